"""Where EM starts from: means at random points, spread out by k-means++, or at quantiles.

Every method chooses K of the *different* values among the points as means, gives all components
the same weight, and on each axis the variance of the data divided by K. The off-diagonal
covariances start at 0. Lengths along an axis are measured in its standard deviation, so a change
of units or of origin changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from em_core.errors import InputError
from em_core.mixture import GaussianMixture, checked_covariance_type
from em_core.points import ScaledPoints, as_points, scaled_points
from em_core.wording import axis_name, number


@dataclass(frozen=True)
class ProposedStart:
    """A start and what there is to say about it ("" when all is well)."""

    mixture: GaussianMixture
    note: str = ""


def random_points(
    points: ArrayLike,
    n_components: int,
    rng: np.random.Generator,
    covariance_type: str = "full",
    sample_weight: ArrayLike | None = None,
) -> ProposedStart:
    """Means at K points drawn at random, all different where the data allow.

    points: (n,) or (n, d). Source of the idea: Forgy (1965).
    Raises `InputError` ("no-spread") where all points agree on an axis.
    """
    return _propose("random", points, n_components, rng, covariance_type, sample_weight)


def k_means_plus_plus(
    points: ArrayLike,
    n_components: int,
    rng: np.random.Generator,
    covariance_type: str = "full",
    sample_weight: ArrayLike | None = None,
) -> ProposedStart:
    """Means at points that tend to lie far apart: each next one is drawn with a probability
    proportional to its squared distance from the nearest mean so far.

    Arguments and errors as in `random_points`.
    Source: Arthur & Vassilvitskii (2007), Proc. 18th ACM-SIAM SODA, 1027–1035.
    """
    return _propose("k-means++", points, n_components, rng, covariance_type, sample_weight)


def quantiles(
    points: ArrayLike,
    n_components: int,
    rng: np.random.Generator,
    covariance_type: str = "full",
    sample_weight: ArrayLike | None = None,
) -> ProposedStart:
    """Means at the (j + ½)/K quantiles, j = 0 … K − 1; each is one of the points.

    In more than one dimension the points are put in order along the first principal axis.
    Nothing is random here: `rng` is not used. Arguments and errors as in `random_points`.
    """
    return _propose("quantiles", points, n_components, rng, covariance_type, sample_weight)


METHODS: dict[str, Callable[..., ProposedStart]] = {
    "random": random_points,
    "k-means++": k_means_plus_plus,
    "quantiles": quantiles,
}


def draw(
    method: str,
    points: ArrayLike,
    n_components: int,
    n_starts: int,
    rng: np.random.Generator,
    covariance_type: str = "full",
    sample_weight: ArrayLike | None = None,
) -> tuple[GaussianMixture, ...]:
    """n_starts starts by one of the `METHODS`, all drawn at once.

    They are those that the method itself gives when it is called n_starts times with `rng`
    (so all the same for "quantiles").
    Raises `InputError` as the method does, and "start-method" for a name not in `METHODS`.
    """
    if method not in _CHOICES:
        raise InputError(
            "start-method",
            f"There is no start method {method!r}; choose one of: {', '.join(_CHOICES)}.",
        )
    for what, code, number_of in (
        ("components", "n-components", n_components),
        ("starts", "n-starts", n_starts),
    ):
        if number_of < 1:
            raise InputError(code, f"The number of {what} is {number_of}: give at least 1.")
    different = _different_values(points, sample_weight)
    means = different.values[_choose(_CHOICES[method], different, n_components, n_starts, rng)]
    covariances = _covariances(different.variances / n_components, n_components, covariance_type)
    first = GaussianMixture(np.full(n_components, 1 / n_components), means[0], covariances)
    return first, *(
        GaussianMixture._trusted(first.weights, each, first.covariances, first.means_residual)
        for each in means[1:]
    )


@dataclass(frozen=True)
class _DifferentValues:
    """The m different values among the points.

    values: (m, d) in ascending order; weights: (m,) total weight of the points with that value;
    standardised: (m, d), the values with mean 0 and variance 1 on each axis;
    variances: (d,) of the data.
    """

    values: np.ndarray
    weights: np.ndarray
    standardised: np.ndarray
    variances: np.ndarray


def _propose(
    method: str,
    points: ArrayLike,
    n_components: int,
    rng: np.random.Generator,
    covariance_type: str,
    sample_weight: ArrayLike | None,
) -> ProposedStart:
    (mixture,) = draw(method, points, n_components, 1, rng, covariance_type, sample_weight)
    n_means = len(np.unique(mixture.means, axis=0))
    if n_means == n_components:
        return ProposedStart(mixture)
    return ProposedStart(
        mixture,
        f"The data have only {n_means} different values, so {n_components} components cannot all "
        "start from different means, and EM never parts components that start the same. Choose "
        f"at most {n_means} components.",
    )


def _different_values(points: ArrayLike, sample_weight: ArrayLike | None) -> _DifferentValues:
    array = as_points(points)
    scaled = scaled_points(array, array.shape[1], sample_weight)
    _check_spread(array[0], scaled.spans)
    order = np.lexsort(scaled.values[::-1])
    rows = scaled.values.T[order]
    first = np.flatnonzero(np.append(True, np.any(rows[1:] != rows[:-1], axis=1)))
    values, weights = rows[first], np.add.reduceat(_weights(scaled)[order], first)
    centred = values - (np.min(values, axis=0) + scaled.spans / 2)
    centred -= np.average(centred, axis=0, weights=weights)
    deviation = np.sqrt(np.average(centred**2, axis=0, weights=weights))
    variances = (scaled.scale * deviation) ** 2
    return _DifferentValues(values * scaled.scale, weights, centred / deviation, variances)


def _weights(scaled: ScaledPoints) -> np.ndarray:
    return np.ones(scaled.n_points) if scaled.sample_weight is None else scaled.sample_weight


def _check_spread(point: np.ndarray, spans: np.ndarray) -> None:
    for axis in np.flatnonzero(spans == 0).tolist():
        where, cure = (
            (f" along {axis_name(axis, len(spans))}", " or leave that axis out")
            if len(spans) > 1
            else ("", "")
        )
        raise InputError(
            "no-spread",
            f"All points have the same value{where} ({number(point[axis])}), so no component can "
            f"have a positive variance there: add a point that differs{cure}.",
        )


def _covariances(variances: np.ndarray, n_components: int, covariance_type: str) -> np.ndarray:
    """(K, d, d): the same diagonal covariance for every component."""
    if checked_covariance_type(covariance_type) == "spherical":
        variances = np.full_like(variances, np.mean(variances))
    return np.tile(np.diag(variances), (n_components, 1, 1))


_Choice = Callable[[_DifferentValues, int, int, np.random.Generator], np.ndarray]


def _choose(
    choice: _Choice,
    different: _DifferentValues,
    n_components: int,
    n_starts: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """(S, K) indices of values, without repetition unless there are fewer than K values.

    The starts are drawn in blocks, so that memory stays bounded; where the blocks end changes
    nothing, as each start takes its own random numbers in turn.
    """
    n_values = len(different.values)
    block = max(1, _BLOCK_ELEMENTS // different.values.size)
    sizes = [min(block, n_starts - done) for done in range(0, n_starts, block)]
    count = min(n_components, n_values)
    chosen = [choice(different, count, size, rng) for size in sizes]
    return np.concatenate(chosen)[:, np.arange(n_components) % n_values]


_BLOCK_ELEMENTS = 2**20


def _choose_random(
    different: _DifferentValues, count: int, n_starts: int, rng: np.random.Generator
) -> np.ndarray:
    """By weight, each value at most once: as k-means++ does if all values are equally far apart."""
    return _choose_far(different, count, n_starts, rng, _unlike)


def _choose_k_means_plus_plus(
    different: _DifferentValues, count: int, n_starts: int, rng: np.random.Generator
) -> np.ndarray:
    return _choose_far(different, count, n_starts, rng, _squared_distances)


def _choose_far(
    different: _DifferentValues,
    count: int,
    n_starts: int,
    rng: np.random.Generator,
    distances: Callable[[_DifferentValues, np.ndarray], np.ndarray],
) -> np.ndarray:
    """One value after the other, with odds weight × distance from the nearest one chosen so far."""
    uniform = rng.random((n_starts, count))
    chosen = np.empty((n_starts, count), dtype=int)
    nearest = np.ones((n_starts, len(different.values)))
    for place in range(count):
        cumulative = np.cumsum(nearest * different.weights, axis=1)
        target = uniform[:, place] * cumulative[:, -1]
        chosen[:, place] = np.argmax(cumulative > target[:, None], axis=1)
        gaps = distances(different, chosen[:, place])
        nearest = gaps if place == 0 else np.minimum(nearest, gaps)
    return chosen


def _unlike(different: _DifferentValues, chosen: np.ndarray) -> np.ndarray:
    """(S, m): 0 for the value that start s has just chosen, 1 for all others."""
    return (np.arange(len(different.values)) != chosen[:, None]).astype(float)


def _squared_distances(different: _DifferentValues, chosen: np.ndarray) -> np.ndarray:
    """(S, m) from the chosen values, never 0 for another value, however close it lies."""
    gaps = different.standardised - different.standardised[chosen][:, None]
    return np.maximum(np.sum(gaps**2, axis=2), 1e-200 * _unlike(different, chosen))


def _choose_quantiles(
    different: _DifferentValues, count: int, n_starts: int, rng: np.random.Generator
) -> np.ndarray:
    """Where the cumulative weight reaches (j + ½)/K of the total; ties move on to a free value."""
    order = np.argsort(different.standardised @ _principal_axis(different), kind="stable")
    cumulative = np.cumsum(different.weights[order])
    ranks = np.arange(count)
    places = np.searchsorted(cumulative, (2 * ranks + 1) * cumulative[-1] / (2 * count))
    places = np.maximum.accumulate(places - ranks) + ranks
    places = np.minimum(places, len(order) - count + ranks)
    return np.tile(order[places], (n_starts, 1))


def _principal_axis(different: _DifferentValues) -> np.ndarray:
    """(d,) first eigenvector of the correlations, its first sizeable entry positive."""
    weighted = different.standardised * different.weights[:, None]
    axis = np.linalg.eigh(weighted.T @ different.standardised)[1][:, -1]
    sizeable = np.abs(axis) > np.max(np.abs(axis)) / 2
    return axis * np.sign(axis[np.argmax(sizeable)])


_CHOICES: dict[str, _Choice] = {
    "random": _choose_random,
    "k-means++": _choose_k_means_plus_plus,
    "quantiles": _choose_quantiles,
}
