"""How often do 95% intervals hold the truth? `python -m benchmarks.coverage [--save]`.

Data sets are drawn from a known mixture and fitted from the truth; each parameter's interval by
information and by bootstrap (percentiles) either holds the truth or not. With `--save`
docs/coverage.md is written. Takes some minutes.
"""

import numpy as np

from em_core import GaussianMixture, Intervals, bootstrap, fit, information, intervals
from em_core.mixture import CovarianceType
from scripts.measured import print_or_save

DATA_SETS = 300
REPLICATES = 199

NAMES = ("weights", "means", "covariances")

SETTINGS: tuple[tuple[str, GaussianMixture, int, CovarianceType], ...] = (
    (
        "well apart (4σ), equal variances, n = 100",
        GaussianMixture.univariate([0.4, 0.6], [0, 4], [1, 1]),
        100,
        "tied",
    ),
    (
        "overlapping (2.5σ), equal variances, n = 200",
        GaussianMixture.univariate([0.4, 0.6], [0, 2.5], [1, 1]),
        200,
        "tied",
    ),
    (
        "well apart, unequal variances, n = 200",
        GaussianMixture.univariate([0.3, 0.7], [0, 5], [1, 2]),
        200,
        "full",
    ),
    (
        "two clouds in the plane, n = 200",
        GaussianMixture(
            [0.4, 0.6], [[0, 0], [4, 1]], [[[1, 0.4], [0.4, 1]], [[1, -0.3], [-0.3, 2]]]
        ),
        200,
        "full",
    ),
)


def report() -> str:
    lines = [
        "# Coverage of the 95% intervals",
        "",
        f"Made by `python -m benchmarks.coverage --save`: {DATA_SETS} data sets each; the "
        "percentage of intervals that hold the truth (sampling error about 1.3), for weights, "
        f"means and variances. Bootstrap: percentiles of {REPLICATES} nonparametric replicates.",
        "",
        "| truth | by | weights | means | variances | no interval |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for number, (what, truth, n, covariance_type) in enumerate(SETTINGS):
        held = simulate(truth, n, covariance_type, np.random.default_rng([2024, number]))
        for by, found in held.items():
            shares = [100 * np.mean([each[name] for each in found]) for name in NAMES]
            lines.append(
                f"| {what} | {by} | "
                + " | ".join(f"{share:.1f}" for share in shares)
                + f" | {DATA_SETS - len(found)} |"
            )
    return "\n".join([*lines, ""])


def simulate(
    truth: GaussianMixture, n: int, covariance_type: CovarianceType, rng: np.random.Generator
) -> dict[str, list[dict[str, float]]]:
    """For each kind of interval and each data set, the share of parameters it holds."""
    held: dict[str, list[dict[str, float]]] = {"information": [], "bootstrap": []}
    for _ in range(DATA_SETS):
        points = truth.sample(n, rng)[0]
        mixture = fit(points, truth, covariance_type, 5000, 1e-10).mixtures[-1]
        errors = information(points, mixture, covariance_type).standard_errors
        found = {
            "information": None if errors is None else intervals(mixture, errors),
            "bootstrap": bootstrap(points, mixture, covariance_type, REPLICATES, rng).intervals(),
        }
        for by, between in found.items():
            if between is not None:
                held[by].append({name: _share(truth, between, name) for name in NAMES})
    return held


def _share(truth: GaussianMixture, between: Intervals, name: str) -> float:
    """Of the intervals that hold the truth; of covariances the variances alone."""
    low, high = getattr(between, name)
    holds = (low <= getattr(truth, name)) & (getattr(truth, name) <= high)
    if name == "covariances":
        holds = np.diagonal(holds, axis1=1, axis2=2)
    return float(np.mean(holds))


if __name__ == "__main__":
    print_or_save(__doc__, "coverage.md", report)
