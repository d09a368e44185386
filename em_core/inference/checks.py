"""Does it fit? A mixture beside the data it is to describe.

* **CDF**: the mixture's distribution function beside the data's, which lies everywhere within
  ±√(ln(2/(1 − level)) / 2n) of the truth with the given probability (Dvoretzky, Kiefer &
  Wolfowitz 1956; Massart 1990).
* **Quantiles**: those of the data against the mixture's, in an envelope that holds each of them
  with the given probability if the mixture is the truth (Atkinson 1985, section 4.2). In more
  than one dimension it is the squared Mahalanobis distance of each point from the most probable
  component that is compared.

A mixture fitted to the same points lies closer to them than the truth would, so both checks are
lenient: what lies outside is news, what lies inside is no proof.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import floor, log, log10, sqrt

import numpy as np
from numpy.typing import ArrayLike

from em_core.agreement import assign
from em_core.errors import InputError
from em_core.inference.chance import generator
from em_core.inference.intervals import checked_level
from em_core.inference.normal import log_normal_interval, normal_cdf, normal_quantile
from em_core.mixture import GaussianMixture
from em_core.points import as_points, as_sample_weight

MOST_QUANTILES = 400
"""Of more points than this, as many quantiles, evenly spaced."""

SIMULATIONS = 999

REFERENCE_POINTS = 200_000
MOST_REFERENCE_POINTS = 4_000_000

MOST_DIGITS = 8
"""Values with more are hardly rounded."""


@dataclass(frozen=True, eq=False)
class CdfCheck:
    """Distribution functions at the m different values of the data, in ascending order.

    values, empirical, model: (m,); band: how far the truth may lie from `empirical` at `level`;
    distance: the largest gap between the two, anywhere (Kolmogorov's statistic).
    """

    values: np.ndarray
    empirical: np.ndarray
    model: np.ndarray
    band: float
    distance: float
    level: float

    @property
    def inside(self) -> bool:
        return self.distance <= self.band


@dataclass(frozen=True, eq=False)
class QuantileCheck:
    """Quantiles at m probabilities, and where each would lie if the mixture were the truth.

    probabilities, expected, observed, low, high: (m,), of the data in one dimension, otherwise
    of squared Mahalanobis distances.
    """

    probabilities: np.ndarray
    expected: np.ndarray
    observed: np.ndarray
    low: np.ndarray
    high: np.ndarray
    level: float

    @property
    def outside(self) -> np.ndarray:
        """(m,) which of the observed quantiles lie outside the envelope."""
        return (self.observed < self.low) | (self.observed > self.high)


def cdf(values: ArrayLike, mixture: GaussianMixture) -> np.ndarray:
    """(m,) P(x ≤ value) under a one-dimensional mixture, Σ_k w_k Φ((x − μ_k)/σ_k)."""
    x = as_points(values, _one_dimension(mixture))
    z = (x - mixture.means[:, 0]) / np.sqrt(mixture.variances)
    return normal_cdf(z) @ mixture.weights


def quantile(probabilities: ArrayLike, mixture: GaussianMixture) -> np.ndarray:
    """(m,) the value below which a one-dimensional mixture has each probability, 0 < p < 1.

    It lies between the least and the greatest of the components' own; there it is bisected.
    """
    _one_dimension(mixture)
    p = np.asarray(probabilities, dtype=float)
    own = mixture.means[:, 0] + normal_quantile(p)[:, None] * np.sqrt(mixture.variances)
    low, high = own.min(axis=1), own.max(axis=1)
    while True:
        middle = low + (high - low) / 2
        if np.all((middle == low) | (middle == high)):
            return middle
        below = cdf(middle, mixture) < p
        low, high = np.where(below, middle, low), np.where(below, high, middle)


def check_cdf(
    points: ArrayLike,
    mixture: GaussianMixture,
    level: float = 0.95,
    sample_weight: ArrayLike | None = None,
) -> CdfCheck:
    """The mixture's distribution function beside that of the points, (n,) or (n, 1).

    level: of the band, between 0 and 1; sample_weight: (n,) repeat counts. Raises InputError when
    the points are not in one dimension, or for a level that is none ("level").
    """
    x = as_points(points, _one_dimension(mixture))[:, 0]
    values, shares, n = _table(x, sample_weight)
    empirical = np.minimum(np.cumsum(shares), 1.0)
    model = cdf(values, mixture)
    gaps = np.maximum(np.abs(model - empirical), np.abs(model - (empirical - shares)))
    band = sqrt(log(2 / (1 - checked_level(level))) / (2 * n))
    return CdfCheck(values, empirical, model, band, float(gaps.max()), level)


def check_quantiles(
    points: ArrayLike,
    mixture: GaussianMixture,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    sample_weight: ArrayLike | None = None,
) -> QuantileCheck:
    """The quantiles of the points against the mixture's, in a simulated envelope.

    points: (n,) or (n, d). What is simulated are the uniform order statistics at the ranks that
    are shown, by their exponential spacings (Rényi 1953); the mixture's quantile function takes
    them to the data's unit, so any n takes the same time. level: of the envelope, between 0 and 1;
    rng: for the simulation (None: always the same). Raises InputError as `check_cdf` does.
    """
    chances = generator(rng)
    x = as_points(points, mixture.n_features)
    of_the_model: Callable[[np.ndarray], np.ndarray]
    if mixture.n_features == 1:
        measured, of_the_model = x[:, 0], partial(quantile, mixture=mixture)
    else:
        measured = distances(x, mixture)
        of_the_model = _simulated_quantiles(mixture, len(x), chances)
    values, shares, n = _table(measured, sample_weight)
    count = max(1, round(n))
    ranks = np.unique(np.linspace(1, count, min(count, MOST_QUANTILES)).round().astype(int))
    probabilities = (ranks - 0.5) / count
    places = np.searchsorted(np.cumsum(shares), probabilities)
    low, high = _order_statistics(ranks, count, checked_level(level), chances)
    return QuantileCheck(
        probabilities,
        of_the_model(probabilities),
        values[np.minimum(places, len(values) - 1)],
        of_the_model(low),
        of_the_model(high),
        level,
    )


def distances(points: ArrayLike, mixture: GaussianMixture) -> np.ndarray:
    """(n,) squared Mahalanobis distance of each point from its most probable component."""
    x = as_points(points, mixture.n_features)
    own = assign(x, mixture)
    offsets = (x - mixture.means[own]) - mixture.means_residual[own]
    whitened = np.einsum("nij,nj->ni", mixture._factor.whiten[own], offsets)
    return np.square(whitened).sum(axis=1)


def interval_log_likelihood(
    low: ArrayLike,
    high: ArrayLike,
    mixture: GaussianMixture,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Log-probability of intervals (low, high], (n,) each: Σ_i w_i log Σ_k w_k P_k(low, high).

    For binned and rounded data. Unlike the density's, this likelihood is at most 1, so that a
    spike on one value gains nothing without end (Biernacki 2007, Statistics & Probability
    Letters 77, 1–9). The ends may be infinite. Raises InputError ("interval") for one that is
    not an interval.
    """
    _one_dimension(mixture)
    ends = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if ends[0].shape != ends[1].shape or ends[0].ndim != 1 or not len(ends[0]):
        raise InputError("shape", "Intervals need as many lower ends as upper ends, at least one.")
    right = ends[0] < ends[1]
    if not right.all():
        i = int(np.argmin(right))
        raise InputError(
            "interval",
            f"Interval {i + 1} goes from {ends[0][i]:g} to {ends[1][i]:g}: "
            "its lower end must lie below its upper end.",
        )
    weight = as_sample_weight(sample_weight, len(right))
    means, deviations = mixture.means[:, 0], np.sqrt(mixture.variances)
    z = [(end[:, None] - means) / deviations for end in ends]
    logs = np.logaddexp.reduce(log_normal_interval(*z) + np.log(mixture.weights), axis=1)
    return float(logs.sum() if weight is None else weight @ logs)


def rounding_unit(points: ArrayLike) -> float | None:
    """The power of ten (… 0.01, 0.1, 1, 10 …) that all values are multiples of.

    points: (n,) or (n, d). None where they have more than eight digits and so are hardly rounded.
    """
    x = as_points(points)
    largest = float(np.abs(x).max())
    highest = floor(log10(largest)) if largest > 0 else 0
    for power in range(highest, highest - MOST_DIGITS, -1):
        multiples = x / float(f"1e{power}")
        if np.abs(multiples - multiples.round()).max() < 1e-6:
            return float(f"1e{power}")
    return None


def _one_dimension(mixture: GaussianMixture) -> int:
    if mixture.n_features != 1:
        raise InputError(
            "dimension",
            f"This check is for one dimension and the mixture has {mixture.n_features}: "
            "compare its quantiles instead.",
        )
    return 1


def _table(
    measured: np.ndarray, sample_weight: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, float]:
    """Different values (m,), ascending, the share (m,) of the points at each, and how many."""
    weight = as_sample_weight(sample_weight, len(measured))
    counts = np.ones(len(measured)) if weight is None else weight
    values, which = np.unique(measured[counts > 0], return_inverse=True)
    totals = np.bincount(which, counts[counts > 0])
    return values, totals / totals.sum(), float(totals.sum())


def _order_statistics(
    ranks: np.ndarray, count: int, level: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """(m,) and (m,) between which each of these of `count` uniform order statistics lies."""
    spacings = np.diff(np.concatenate([[0], ranks, [count + 1]]))
    sums = np.cumsum(rng.gamma(spacings, size=(SIMULATIONS, len(spacings))), axis=1)
    uniform = sums[:, :-1] / sums[:, -1:]
    tail = (1 - level) / 2
    low, high = np.quantile(uniform, [tail, 1 - tail], axis=0)
    return low, high


def _simulated_quantiles(
    mixture: GaussianMixture, n: int, rng: np.random.Generator
) -> Callable[[np.ndarray], np.ndarray]:
    """The quantile function of `distances` of points drawn from the mixture itself."""
    size = min(MOST_REFERENCE_POINTS, max(REFERENCE_POINTS, 10 * n))
    drawn = np.sort(distances(mixture.sample(size, rng)[0], mixture))
    positions = (np.arange(size) + 0.5) / size
    return lambda p: np.interp(p, positions, drawn)
