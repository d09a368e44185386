"""Is one more component worth it? The likelihood ratio test by bootstrap.

Twice the gain of K + 1 over K components does not follow a chi-squared distribution: under K the
extra component's parameters are not identified. Its distribution is simulated instead, from data
drawn from the fit with K (McLachlan 1987, Applied Statistics 36, 318–324; McLachlan & Peel 2000,
section 6.4).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.many import Fits, fit_many
from em_core.errors import InputError
from em_core.inference.chance import generator
from em_core.inference.endings import MAX_ITER, is_merit, various_starts
from em_core.inference.selection import candidate
from em_core.mixture import CovarianceType, GaussianMixture, checked_covariance_type, read_only
from em_core.optimum.optima import FAILED
from em_core.points import as_points, as_sample_weight

TOL_OF_TEST = 1e-7
"""Per point: enough for a statistic that is compared with its replicates to two decimals."""

STARTS = 5
STARTS_OF_THE_NULL = 20
MOST_VALUES = 2**20
"""Values of simulated points that are kept at once, one set for each start."""

HALF_APART = 0.8
"""Halves of a split component lie this many deviations from its centre."""


@dataclass(frozen=True, eq=False)
class RatioTest:
    """K components (`null`) against K + 1.

    statistic: 2 (log-likelihood with K + 1 − with K), not below 0, as the larger model holds the
    smaller; replicates (B,): the same for data drawn from `null`.
    """

    n_components: int
    covariance_type: CovarianceType
    null: GaussianMixture
    statistic: float
    replicates: np.ndarray

    @property
    def p_value(self) -> float:
        """(1 + number of replicates at least as large as the statistic) / (B + 1)."""
        as_large = np.count_nonzero(self.replicates >= self.statistic)
        return float((1 + as_large) / (len(self.replicates) + 1))

    def __add__(self, more: "RatioTest") -> "RatioTest":
        """The same test with more replicates: for a test in portions."""
        return replace(
            self, replicates=read_only(np.concatenate([self.replicates, more.replicates]))
        )


def bootstrap_lrt(
    points: ArrayLike,
    n_components: int,
    covariance_type: CovarianceType = "full",
    n_replicates: int = 99,
    rng: np.random.Generator | None = None,
    sample_weight: ArrayLike | None = None,
    n_starts: int = STARTS,
    null: GaussianMixture | None = None,
) -> RatioTest:
    """Test K against K + 1 components.

    points: (n,) or (n, d); sample_weight: (n,) repeat counts; n_starts: of the fits with K + 1,
    the same for the data and for every replicate, besides those that split a component of the
    fit with K; null: the fit with K components, where it is known already. Of each set of
    endings the highest whose height is no spike's counts. Without `rng` the draws are the same
    each time. Raises InputError as `fit` does.
    """
    checked_covariance_type(covariance_type)
    if n_replicates < 0:
        raise InputError(
            "n-replicates", f"The number of replicates is {n_replicates}: give at least 0."
        )
    chances = generator(rng)
    values = as_points(points)
    weight = as_sample_weight(sample_weight, len(values))
    if null is None:
        searched = (STARTS_OF_THE_NULL, chances, weight)
        null = candidate(values, n_components, covariance_type, *searched).mixture
    alone = None if weight is None else weight[None]
    statistic = _statistics(values[None], [null], covariance_type, n_starts, chances, alone)[0]
    n = max(1, round(len(values) if weight is None else float(weight.sum())))
    size = max(1, MOST_VALUES // (n * values.shape[1] * (n_starts + n_components)))
    batches = [min(size, n_replicates - done) for done in range(0, n_replicates, size)]
    replicates = [
        _statistics(
            np.stack([null.sample(n, chances)[0] for _ in range(batch)]),
            [null] * batch,
            covariance_type,
            n_starts,
            chances,
        )
        for batch in batches
    ]
    return RatioTest(
        n_components,
        covariance_type,
        null,
        float(statistic),
        read_only(np.concatenate([np.empty(0), *replicates])),
    )


def sequential_lrt(
    points: ArrayLike,
    most_components: int = 8,
    covariance_type: CovarianceType = "full",
    level: float = 0.05,
    n_replicates: int = 99,
    rng: np.random.Generator | None = None,
    sample_weight: ArrayLike | None = None,
) -> Iterator[RatioTest]:
    """Test 1 against 2, 2 against 3 … until one more component is not worth it.

    Ends with the first test whose p-value is above `level`, or that of most_components − 1
    against most_components. The number of components chosen is that of the last test, plus 1
    where it is still significant. points: (n,) or (n, d); other arguments and errors as in
    `bootstrap_lrt`.
    """
    chances = generator(rng)
    for k in range(1, most_components):
        test = bootstrap_lrt(points, k, covariance_type, n_replicates, chances, sample_weight)
        yield test
        if test.p_value > level:
            return


def _statistics(
    sets: np.ndarray,
    nulls: Sequence[GaussianMixture],
    covariance_type: CovarianceType,
    n_starts: int,
    rng: np.random.Generator,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """(B,) statistics of data sets (B, n, d), whose fits with K components start at `nulls`."""
    smaller = _fitted(sets, nulls, covariance_type, weights)
    starts = [
        start
        for b, points in enumerate(sets)
        for start in _larger_starts(
            points,
            smaller.mixture(b),
            covariance_type,
            n_starts,
            rng,
            None if weights is None else weights[b],
        )
    ]
    each = len(starts) // len(sets)
    owners = np.repeat(np.arange(len(sets)), each)
    own_weights = None if weights is None else weights[owners]
    larger = _fitted(sets[owners], starts, covariance_type, own_weights)
    best = [
        _highest_sound(
            sets[b],
            larger,
            range(b * each, (b + 1) * each),
            covariance_type,
            None if weights is None else weights[b],
        )
        for b in range(len(sets))
    ]
    return np.maximum(0.0, 2 * (np.array(best) - smaller.log_likelihoods))


def _fitted(
    sets: np.ndarray,
    starts: Sequence[GaussianMixture],
    covariance_type: CovarianceType,
    weights: np.ndarray | None,
) -> Fits:
    return fit_many(sets, starts, covariance_type, MAX_ITER, TOL_OF_TEST, weights)


def _highest_sound(
    points: np.ndarray,
    fits: Fits,
    chosen: range,
    covariance_type: CovarianceType,
    weight: np.ndarray | None,
) -> float:
    """The highest log-likelihood that is not a spike's; -inf where there is none."""
    for s in sorted(chosen, key=lambda s: -fits.log_likelihoods[s]):
        if fits.outcomes[s] in FAILED:
            continue
        if is_merit(points, fits.mixture(s), covariance_type, weight, TOL_OF_TEST):
            return float(fits.log_likelihoods[s])
    return -np.inf


def _larger_starts(
    points: np.ndarray,
    smaller: GaussianMixture,
    covariance_type: CovarianceType,
    n_starts: int,
    rng: np.random.Generator,
    weight: np.ndarray | None,
) -> list[GaussianMixture]:
    """Starts with one component more: each component split in turn, and n_starts others."""
    K = smaller.n_components
    others = various_starts(points, K + 1, n_starts, rng, covariance_type, weight)
    return [*(split(smaller, k) for k in range(K)), *others]


def split(mixture: GaussianMixture, k: int) -> GaussianMixture:
    """The mixture with component k in two halves, side by side on its longest axis.

    The halves together keep the component's mean and covariance (Richardson & Green 1997, 3.2).
    """
    deviations = np.sqrt(np.diagonal(mixture.covariances[k]))
    values, axes = np.linalg.eigh(mixture.covariances[k] / np.outer(deviations, deviations))
    shift = HALF_APART * np.sqrt(values[-1]) * axes[:, -1] * deviations
    order = [*range(k), k, *range(k, mixture.n_components)]
    weights, means = mixture.weights[order], mixture.means[order]
    covariances = mixture.covariances[order]
    weights[k : k + 2] /= 2
    means[k], means[k + 1] = means[k] - shift, means[k] + shift
    covariances[k : k + 2] -= np.outer(shift, shift)
    return GaussianMixture(weights, means, covariances)
