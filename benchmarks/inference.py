"""Speed of em_core's inference beside a loop of scikit-learn: `python -m benchmarks.inference`.

With `--save` docs/benchmarks/inference.md is written. Both sides run EM from the same starts to
the same tolerance on the same data sets; a sample of the loop stands for the whole of it. Needs
requirements-dev.txt (scikit-learn).
"""

import os
import platform
import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture as SklearnMixture

from em_core import GaussianMixture, bootstrap, bootstrap_lrt, influence, select_model
from em_core.datasets import load
from em_core.inference.endings import MAX_ITER, TOL, various_starts
from em_core.inference.ratio_test import TOL_OF_TEST, split
from em_core.inference.selection import candidate
from scripts.measured import print_or_save

ROUNDS = 3
ACIDITY = load("acidity").points


def report() -> str:
    warnings.simplefilter("ignore", ConvergenceWarning)
    two = candidate(ACIDITY, 2, "tied").mixture
    return "\n".join(
        [
            "# Speed of the inference",
            "",
            "Made by `python -m benchmarks.inference --save`: medians of "
            f"{ROUNDS} rounds taken in turn. Acidity, n = 155, equal variances unless said.",
            "",
            f"Python {platform.python_version()}, NumPy {np.__version__}, scikit-learn "
            f"{sklearn.__version__}, {os.cpu_count()} cores, one process.",
            "",
            "| what | em_core | a loop of scikit-learn | ratio |",
            "| --- | --- | --- | --- |",
            row(
                "`bootstrap_lrt`: 199 replicates × 5 starts, K = 2 against 3",
                lambda: bootstrap_lrt(ACIDITY, 2, "tied", 199, null=two),
                lambda: loop_of_tests(two, 4),
                199 / 4,
            ),
            row(
                "`bootstrap`: 999 replicates, K = 2",
                lambda: bootstrap(ACIDITY, two, "tied", 999),
                lambda: loop_of_replicates(two, 30),
                999 / 30,
            ),
            row(
                "`influence`: each of 155 points left out, K = 2",
                lambda: influence(ACIDITY, two, "tied"),
                lambda: loop_of_leaving_out(two, 15),
                155 / 15,
            ),
            row(
                "`select_model`: K = 1 … 8, equal and unequal variances, 20 starts of each",
                lambda: select_model(ACIDITY),
                None,
                1,
            ),
            "",
        ]
    )


def row(
    what: str, ours: Callable[[], object], loop: Callable[[], object] | None, stands_for: float
) -> str:
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(seconds(ours))
        if loop is not None:
            theirs.append(seconds(loop) * stands_for)
    own = statistics.median(mine)
    if not theirs:
        return f"| {what} | {own:.2f} s | | |"
    other = statistics.median(theirs)
    return f"| {what} | {own:.2f} s | {other:.1f} s | {other / own:.0f}× |"


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def loop_of_tests(null: GaussianMixture, n_replicates: int) -> None:
    rng = np.random.default_rng(1)
    for _ in range(n_replicates):
        points = null.sample(len(ACIDITY), rng)[0]
        peer_fit(points, null, TOL_OF_TEST)
        for start in [*(split(null, k) for k in range(2)), *various_starts(points, 3, 5, rng)]:
            peer_fit(points, start, TOL_OF_TEST)


def loop_of_replicates(mixture: GaussianMixture, n_replicates: int) -> None:
    rng = np.random.default_rng(1)
    for _ in range(n_replicates):
        peer_fit(rng.choice(ACIDITY, len(ACIDITY)), mixture, TOL)


def loop_of_leaving_out(mixture: GaussianMixture, n_points: int) -> None:
    for i in range(n_points):
        peer_fit(np.delete(ACIDITY, i, axis=0), mixture, TOL / 1000)


def peer_fit(points: np.ndarray, start: GaussianMixture, tol: float) -> None:
    """scikit-learn's EM with one variance for all, from the same start."""
    SklearnMixture(
        start.n_components,
        covariance_type="tied",
        tol=tol,
        max_iter=MAX_ITER,
        reg_covar=0,
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=np.linalg.inv(np.average(start.covariances, 0, start.weights)),
    ).fit(points)


if __name__ == "__main__":
    print_or_save(__doc__, "benchmarks/inference.md", report)
