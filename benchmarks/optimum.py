"""Speed of em_core.optimum: `python -m benchmarks.optimum [--save]`.

Ratios as in `benchmarks.em_core`: two times taken in turn in one process. Counts of EM
iterations and seconds of processor time stand as they are.
"""

import platform
import time
import warnings
from collections.abc import Callable

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning

from benchmarks.em_core import (
    FIVE,
    FIVE_START,
    LINE_START,
    PLANE_START,
    Row,
    line,
    measure,
    plane,
    scikit_learn,
)
from em_core import (
    GaussianMixture,
    Parameter,
    accelerate,
    bound_along,
    draw,
    find_optima,
    fit,
    fit_many,
    information,
    judge,
    map_of_starts,
    quantiles,
)
from em_core.datasets import load
from scripts.measured import print_or_save

MEANS = (Parameter("mean", 0), Parameter("mean", 1))


def ratios() -> list[Row]:
    points = load("old_faithful").points
    starts = draw("random", points, 2, 100, np.random.default_rng(0))
    iterations = fit_many(points, starts, max_iter=1000, tol=1e-9).iterations

    def loop_of_scikit_learn() -> None:
        for start, n_iter in zip(starts, iterations.tolist(), strict=True):
            scikit_learn(points, start, n_iter)

    def against_five(points: np.ndarray, start: GaussianMixture, what: str) -> Row:
        return measure(
            what,
            lambda: information(points, start),
            lambda: fit(points, start, max_iter=5, tol=0),
            at_most=1,
            rounds=3,
        )

    return [
        measure(
            "find_optima: 100 starts to tol 1e-9 on Old Faithful, endings judged, against a loop "
            "of scikit-learn at the same iterations",
            lambda: find_optima(points, 2, rng=np.random.default_rng(0)),
            loop_of_scikit_learn,
            at_least=50,
            rounds=3,
        ),
        against_five(
            line(10**6), LINE_START, "information, n = 10⁶, K = 3, against 5 iterations of fit"
        ),
        against_five(plane(10**6), PLANE_START, "the same in the plane"),
    ]


def seconds() -> list[str]:
    """Processor time of what has an absolute limit."""
    waiting, both = load("old_faithful_waiting").points, load("old_faithful").points
    start = GaussianMixture.univariate([0.5, 0.5], [55, 80], [100, 100])
    five, wait = np.linspace(-4, 4, 60), np.linspace(43, 96, 60)
    plane_start = quantiles(both, 2, np.random.default_rng(0)).mixture
    trace = fit(both, plane_start)
    s = np.linspace(-0.5, 2, 61)
    rows: list[tuple[str, Callable[[], object], float]] = [
        (
            "60 × 60 map of starts, worked example",
            lambda: map_of_starts(FIVE, FIVE_START, *MEANS, five, five),
            0.5,
        ),
        (
            "60 × 60 map of starts, waiting times",
            lambda: map_of_starts(waiting, start, *MEANS, wait, wait),
            3.0,
        ),
        ("a verdict with 20 starts, Old Faithful", lambda: judge(both, trace), 0.1),
        ("the bound at 61 places, Old Faithful", lambda: bound_along(both, trace, 2, s), 1 / 30),
    ]
    return [f"| {what} | {_least(run):.3f} s | < {limit:.3g} s |" for what, run, limit in rows]


def _least(run: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        begin = time.process_time()
        run()
        times.append(time.process_time() - begin)
    return min(times)


def maps() -> list[str]:
    """EM iterations to the same tolerance, and the log-likelihood reached."""
    points = load("pearson_crabs").points
    start = quantiles(points, 2, np.random.default_rng(0)).mixture
    em = fit(points, start, max_iter=5000, tol=1e-9)
    lines = [f"| EM | {em.n_iter} | {em.log_likelihoods[-1]:.6f} | |"]
    for method in ("squarem", "anderson"):
        run = accelerate(points, start, method)
        share = f"{em.n_iter / run.n_maps:.1f}× fewer (wanted: 5×)"
        lines.append(f"| {method} | {run.n_maps} | {run.log_likelihoods[-1]:.6f} | {share} |")
    return lines


def report() -> str:
    warnings.simplefilter("ignore", ConvergenceWarning)
    lines = [
        "# Speed of em_core.optimum",
        "",
        "Made by `python -m benchmarks.optimum --save`. Times are medians; each ratio is the "
        "median (lowest–highest) of pairs measured in turn in one run.",
        "",
        f"Python {platform.python_version()}, NumPy {np.__version__}, scikit-learn "
        f"{sklearn.__version__} ('full', reg_covar = 0, same starts and numbers of iterations).",
        "",
        "| what | em_core | the other | ratio | wanted | reached |",
        "| --- | --- | --- | --- | --- | --- |",
        *(row.markdown() for row in ratios()),
        "",
        "| what | processor time | wanted |",
        "| --- | --- | --- |",
        *seconds(),
        "",
        "Pearson's crabs from the quantiles to tol 1e-9:",
        "",
        "| method | EM iterations | log-likelihood | |",
        "| --- | --- | --- | --- |",
        *maps(),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print_or_save(__doc__, "benchmarks/optimum.md", report)
