"""Speed of em_core beside its peers and its limit: `python -m benchmarks.em_core [--save]`.

Every figure is a ratio of two times taken in turn, A B A B ..., in one process on one machine, so
that it holds where the machine's speed drifts. Needs requirements-dev.txt (scikit-learn).
"""

import gc
import math
import platform
import statistics
import time
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture as SklearnMixture

from em_core import GaussianMixture, compress, fit, fit_many
from scripts.measured import print_or_save

FIVE = np.array([0.2, -0.9, -1, 1.2, 1.8])
FIVE_START = GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])
LINE_START = GaussianMixture.univariate([1 / 3] * 3, [-4, 0, 3], [1, 1, 1])
PLANE_START = GaussianMixture([1 / 3] * 3, [[0, 0], [4, 4], [-4, 0]], [np.eye(2)] * 3)


@dataclass(frozen=True)
class Row:
    """One line of the table. ratio: how many times as long the other took, or we took."""

    what: str
    ours: float
    other: float
    ratio: float
    low: float
    high: float
    wanted: str
    reached: bool

    def markdown(self) -> str:
        return (
            f"| {self.what} | {_time(self.ours)} | {_time(self.other)} | {self.ratio:.1f}× "
            f"({self.low:.1f}–{self.high:.1f}) | {self.wanted} | "
            f"{'yes' if self.reached else 'no'} |"
        )


def measure(
    what: str,
    ours: Callable[[], object],
    other: Callable[[], object],
    at_least: float | None = None,
    at_most: float | None = None,
    rounds: int = 5,
    other_stands_for: float = 1.0,
) -> Row:
    """Time both in turn. at_least: wanted other/ours; at_most: wanted ours/other instead.

    other_stands_for: how many of `other` the comparison is with (a sample of a long loop).
    """
    pairs = []
    for _ in range(rounds + 1):
        a, b = _seconds(ours), _seconds(other) * other_stands_for
        pairs.append((a, b))
    pairs = pairs[1:]
    upward = at_most is None
    ratios = sorted(b / a if upward else a / b for a, b in pairs)
    ratio = statistics.median(ratios)
    limit = at_least if upward else at_most
    assert limit is not None
    return Row(
        what,
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        ratio,
        ratios[0],
        ratios[-1],
        f"{'≥' if upward else '≤'} {limit:g}×",
        ratio >= limit if upward else ratio <= limit,
    )


def _seconds(run: Callable[[], object]) -> float:
    gc.disable()
    begin = time.perf_counter()
    run()
    seconds = time.perf_counter() - begin
    gc.enable()
    return seconds


def _time(seconds: float) -> str:
    for unit, factor in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def line(n: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    third = n // 3
    return np.concatenate(
        [rng.normal(0, 1, third), rng.normal(4, 1.5, third), rng.normal(-5, 1, n - 2 * third)]
    )


def plane(n: int) -> np.ndarray:
    points = np.random.default_rng(0).normal(size=(n, 2))
    points[: n // 3] += 4
    points[n // 3 : 2 * n // 3, 0] -= 4
    return points


def scikit_learn(points: np.ndarray, start: GaussianMixture, n_iter: int) -> None:
    """The peer, from the same start, for the same number of iterations, with no ridge."""
    SklearnMixture(
        start.n_components,
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=np.linalg.inv(start.covariances),
        init_params="random_from_data",
        tol=0,
        max_iter=n_iter,
        reg_covar=0,
    ).fit(points)


def naive_loop(points: np.ndarray, start: GaussianMixture, n_iter: int) -> None:
    """The notebook's way: plain Python, point by point."""
    weights, means = start.weights.tolist(), start.means[:, 0].tolist()
    variances, xs = start.variances.tolist(), points.tolist()
    components = range(len(weights))
    for _ in range(n_iter):
        shares = []
        for x in xs:
            joint = [
                weights[k]
                * math.exp(-((x - means[k]) ** 2) / (2 * variances[k]))
                / math.sqrt(2 * math.pi * variances[k])
                for k in components
            ]
            shares.append([p / sum(joint) for p in joint])
        for k in components:
            size = sum(share[k] for share in shares)
            weights[k] = size / len(xs)
            means[k] = sum(s[k] * x for s, x in zip(shares, xs, strict=True)) / size
            variances[k] = (
                sum(s[k] * (x - means[k]) ** 2 for s, x in zip(shares, xs, strict=True)) / size
            )


def exp_limit(n: int, n_components: int, n_iter: int) -> Callable[[], None]:
    """np.exp of n x K numbers an iteration, in blocks that stay in cache, and nothing else."""
    block = -np.random.default_rng(0).random((n_components, 8192)) * 20
    out = np.empty_like(block)

    def run() -> None:
        for _ in range(n_iter * math.ceil(n / 8192)):
            np.exp(block, out=out)

    return run


def rows() -> list[Row]:
    wide = _has("AVX512F") or _has("X86_V4")
    big, plane_big = line(10**6), plane(10**6)
    starts = [
        GaussianMixture.univariate([0.5, 0.5], [a, b + 1e-9], [1, 1])
        for a in np.linspace(-3, 3, 60)
        for b in np.linspace(-3, 3, 60)
    ]
    fifteen = 15.0 if wide else 7.5

    def peer(points: np.ndarray, start: GaussianMixture, n_iter: int) -> Callable[[], None]:
        return lambda: scikit_learn(points.reshape(len(points), -1), start, n_iter)

    def ours(points: np.ndarray, start: GaussianMixture, n_iter: int) -> Callable[[], object]:
        return lambda: fit(points, start, max_iter=n_iter, tol=0)

    def ours_compressed() -> object:
        few = compress(big)
        return fit(few.points, LINE_START, max_iter=100, tol=0, sample_weight=few.sample_weight)

    def loop_of_36() -> None:
        for start in starts[::100]:
            scikit_learn(FIVE[:, None], start, 100)

    thousand, lakh = line(1000), line(10**5)
    return [
        measure(
            "5 points, K = 2: 100 iterations with full history, against scikit-learn",
            ours(FIVE, FIVE_START, 100),
            peer(FIVE, FIVE_START, 100),
            at_least=10,
            rounds=15,
        ),
        measure(
            "the same, against the notebook's plain Python loop",
            ours(FIVE, FIVE_START, 100),
            lambda: naive_loop(FIVE, FIVE_START, 100),
            at_least=1,
            rounds=15,
        ),
        measure(
            "n = 10³, K = 3: 100 iterations, against scikit-learn",
            ours(thousand, LINE_START, 100),
            peer(thousand, LINE_START, 100),
            at_least=fifteen,
            rounds=9,
        ),
        measure(
            "n = 10⁵, K = 3: 10 iterations, against scikit-learn",
            ours(lakh, LINE_START, 10),
            peer(lakh, LINE_START, 10),
            at_least=fifteen,
        ),
        measure(
            "n = 10⁶, K = 3: 10 iterations, against scikit-learn",
            ours(big, LINE_START, 10),
            peer(big, LINE_START, 10),
            at_least=fifteen,
            rounds=3,
        ),
        measure(
            "n = 10⁶, d = 2, K = 3: 10 iterations, against scikit-learn",
            ours(plane_big, PLANE_START, 10),
            peer(plane_big, PLANE_START, 10),
            at_least=fifteen,
            rounds=3,
        ),
        measure(
            "n = 10⁶, K = 3: 10 iterations, against n·K np.exp alone",
            ours(big, LINE_START, 10),
            exp_limit(10**6, 3, 11),
            at_most=6,
        ),
        measure(
            "3 600 starts × 100 iterations on 5 points, against a loop of scikit-learn "
            "(36 of them × 100)",
            lambda: fit_many(FIVE, starts, max_iter=100, tol=0),
            loop_of_36,
            at_least=100,
            rounds=3,
            other_stands_for=100,
        ),
        measure(
            "n = 10⁶ compressed, its cost included: 100 iterations, against scikit-learn "
            "(10 iterations × 10)",
            ours_compressed,
            peer(big, LINE_START, 10),
            at_least=500,
            rounds=3,
            other_stands_for=10,
        ),
    ]


def working_memory() -> float:
    """MB that fit allocates beyond the data, at n = 10⁶, K = 3."""
    points = line(10**6)
    tracemalloc.start()
    fit(points, LINE_START, max_iter=3, tol=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def _has(feature: str) -> bool:
    found = np.show_config(mode="dicts")["SIMD Extensions"]
    return any(f.startswith(feature) for f in [*found.get("found", []), *found["baseline"]])


def _vector_width() -> str:
    if _has("AVX512F") or _has("X86_V4"):
        return "AVX-512"
    return "AVX2" if _has("AVX2") or _has("X86_V3") else "neither AVX2 nor AVX-512"


def report() -> str:
    warnings.simplefilter("ignore", ConvergenceWarning)
    lines = [
        "# Speed of em_core",
        "",
        "Made by `python -m benchmarks.em_core --save`. Times are medians; each ratio is the "
        "median (lowest–highest) of pairs measured in turn in one run.",
        "",
        f"Python {platform.python_version()}, NumPy {np.__version__} with {_vector_width()}, "
        f"scikit-learn {sklearn.__version__} ('full', reg_covar = 0, same start and number of "
        "iterations).",
        "",
        "| what | em_core | the other | ratio | wanted | reached |",
        "| --- | --- | --- | --- | --- | --- |",
        *(row.markdown() for row in rows()),
        "",
        f"Working memory beyond the data at n = 10⁶, K = 3: {working_memory():.1f} MB (wanted: "
        "under 50).",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print_or_save(__doc__, "benchmarks/em_core.md", report)
