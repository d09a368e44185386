"""Do two mixtures, or a mixture and a truth, say the same?

The numbering of components is arbitrary, so two mixtures are compared after `align`, and groups
by the `adjusted_rand_index`, which ignores how they are numbered.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from em_core.errors import InputError
from em_core.mixture import FARTHEST, GaussianMixture

FEW = 256
"""Groups that are counted without sorting the items."""


def assign(points: ArrayLike, mixture: GaussianMixture) -> np.ndarray:
    """The component with the largest responsibility for each point: (n,) integers from 0.

    points: (n,) or (n, d). Of equally responsible components the first is taken. Raises
    InputError when the points do not fit the mixture.
    """
    return np.argmax(mixture.log_densities(points) + np.log(mixture.weights), axis=1)


def assigned_on_a_line(groups: Sequence[np.ndarray], mixture: GaussianMixture) -> np.ndarray:
    """(G, K) how many points of each group `assign` gives each component, in one dimension.

    groups: for each its points (n,), sorted. How many they are hardly matters: between
    neighbouring places where two components are equally responsible, one has most of all points.
    """
    low = min(points[0] for points in groups if len(points))
    high = max(points[-1] for points in groups if len(points))
    ends = [place for place in _crossings(mixture) if low < place < high]
    places = np.array([low, *ends, high])
    owners = assign((places[:-1] + places[1:]) / 2, mixture)
    table = np.zeros((len(groups), mixture.n_components), dtype=int)
    for row, points in zip(table, groups, strict=True):
        np.add.at(row, owners, np.diff([0, *np.searchsorted(points, ends), len(points)]))
    return table


def _crossings(mixture: GaussianMixture) -> np.ndarray:
    """The places on the line, in order, where two components are equally responsible."""
    means, variances = mixture.means[:, 0], mixture.variances
    heights = np.log(mixture.weights) - 0.5 * np.log(variances)
    j, k = np.triu_indices(mixture.n_components, 1)
    # with y = x − μ_j: log r_j − log r_k = a y² + b y + c
    apart, sharp = means[k] - means[j], 0.5 / variances
    a, b = sharp[k] - sharp[j], -2 * sharp[k] * apart
    c = sharp[k] * apart**2 + heights[j] - heights[k]
    with np.errstate(divide="ignore", invalid="ignore"):
        q = -0.5 * (b + np.copysign(np.sqrt(b * b - 4 * a * c), b))
        places = np.concatenate([q / a + means[j], c / q + means[j]])
    return np.sort(places[np.isfinite(places)])


def align(reference: GaussianMixture, other: GaussianMixture) -> tuple[int, ...]:
    """Which component of `other` plays the part of each component of `reference`.

    Element j is the index in `other` that is matched with component j of `reference`; the sum of
    the matched components' distances is as small as any one-to-one matching can make it. The
    distance is Bhattacharyya's, which no change of units alters, plus (√w − √w')², which decides
    between components that lie alike.
    Raises `InputError` ("shapes-differ") unless both have the same K and d.
    """
    if reference.means.shape != other.means.shape:
        raise InputError(
            "shapes-differ",
            f"The mixtures have {reference.n_components} and {other.n_components} components in "
            f"{reference.n_features} and {other.n_features} dimensions; only mixtures with the "
            "same numbers of both can be aligned.",
        )
    weight_distances = np.subtract.outer(np.sqrt(reference.weights), np.sqrt(other.weights)) ** 2
    return cheapest_matching(bhattacharyya(reference, other) + weight_distances)


def relabel(mixture: GaussianMixture, permutation: tuple[int, ...]) -> GaussianMixture:
    """The same mixture with its components in the order `permutation`, as `align` gives it.

    Raises `InputError` ("permutation") unless it names each component once.
    """
    if sorted(permutation) != list(range(mixture.n_components)):
        raise InputError(
            "permutation",
            f"The order {[j + 1 for j in permutation]} must name each of the components 1 to "
            f"{mixture.n_components} once.",
        )
    order = list(permutation)
    return GaussianMixture._trusted(
        mixture.weights[order],
        mixture.means[order],
        mixture.covariances[order],
        mixture.means_residual[order],
    )


def adjusted_rand_index(labels: ArrayLike, truth: ArrayLike) -> float:
    """Agreement of two groupings of the same n items: 1 is perfect, 0 what chance would give.

    labels, truth: (n,) of any values that can be sorted; only which items share a value counts.
    Groupings that agree on every pair score 1 even where chance could do no worse.
    Source: Hubert & Arabie (1985), Journal of Classification 2, 193–218.
    Raises `InputError` ("lengths-differ") where the two do not pair up.
    """
    labels, truth = np.asarray(labels), np.asarray(truth)
    if labels.ndim != 1 or labels.shape != truth.shape:
        raise InputError(
            "lengths-differ",
            f"The groupings have the shapes {labels.shape} and {truth.shape}; give one label per "
            "point in each, as two sequences of the same length.",
        )
    rows, columns = _numbered(labels), _numbered(truth)
    together = _pairs_within(rows * (int(columns.max(initial=0)) + 1) + columns)
    return _adjusted(together, _pairs_within(rows), _pairs_within(columns), _pairs(len(labels)))


def rand_index_of_table(counts: np.ndarray) -> float:
    """As `adjusted_rand_index`; counts: (R, C) integers, how many items each two groups share."""
    each, rows, columns = (a.ravel().tolist() for a in (counts, counts.sum(1), counts.sum(0)))
    return _adjusted(*(sum(map(_pairs, sizes)) for sizes in (each, rows, columns, [sum(each)])))


def _adjusted(together: int, in_labels: int, in_truth: int, pairs: int) -> float:
    """The index, of the pairs that both groupings hold together, each does, and there are."""
    if together == in_labels == in_truth:
        return 1.0
    # (together − expected) / ((in_labels + in_truth)/2 − expected), times 2·pairs: integers only
    product = in_labels * in_truth
    return 2 * (pairs * together - product) / (pairs * (in_labels + in_truth) - 2 * product)


def _numbered(groups: np.ndarray) -> np.ndarray:
    """(n,) each item's group as an integer from 0: as it is where it is one, and a small one."""
    if groups.dtype.kind == "i" and 0 <= groups.min(initial=0) <= groups.max(initial=0) < FEW:
        return groups
    return np.unique(groups, return_inverse=True)[1]


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _pairs_within(groups: np.ndarray) -> int:
    """How many pairs of items share a group, as an exact integer; groups: (n,) from 0."""
    few = groups.max(initial=0) < FEW * FEW
    counts = np.bincount(groups) if few else np.unique(groups, return_counts=True)[1]
    return sum(map(_pairs, counts[counts > 1].tolist()))


def bhattacharyya(reference: GaussianMixture, other: GaussianMixture) -> np.ndarray:
    """(K, K) distances ⅛ δᵀΣ⁻¹δ + ½ ln(|Σ| / √(|Σ₁||Σ₂|)) with Σ = (Σ₁ + Σ₂)/2.

    Source: Kailath (1967), IEEE Transactions on Communication Technology 15, 52–60.
    """
    both = np.concatenate([reference.covariances, other.covariances])
    scale = np.sqrt(np.max(np.diagonal(both, axis1=1, axis2=2), axis=0))
    first = reference.covariances / scale / scale[:, None]
    second = other.covariances / scale / scale[:, None]
    between = (reference.means[:, None] - other.means) / scale
    values, axes = _spectrum((first[:, None] + second) / 2)
    along = np.abs(np.einsum("jki,jkia->jka", between, axes)) / np.sqrt(values)
    apart = np.sum(np.minimum(along, FARTHEST) ** 2, axis=2)
    own = np.add.outer(_log_determinants(first), _log_determinants(second))
    return apart / 8 + (np.sum(np.log(values), axis=2) - own / 2) / 2


def _log_determinants(covariances: np.ndarray) -> np.ndarray:
    return np.sum(np.log(_spectrum(covariances)[0]), axis=-1)


def _spectrum(covariances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, kept positive where a covariance is singular to rounding, and eigenvectors."""
    values, axes = np.linalg.eigh(covariances)
    return np.maximum(values, np.finfo(float).eps ** 2), axes


def cheapest_matching(costs: np.ndarray) -> tuple[int, ...]:
    """For each row of the (K, K) `costs` its column in a one-to-one matching of least total cost.

    The Hungarian method by shortest augmenting paths, exact in K³ steps.
    Source: Jonker & Volgenant (1987), Computing 38, 325–340.
    """
    size = len(costs)
    row_of = np.full(size + 1, -1)  # the last column is a stand-in that each new row starts from
    row_price, column_price = np.zeros(size), np.zeros(size + 1)
    for new_row in range(size):
        row_of[size], column = new_row, size
        slack, came_from = np.full(size, np.inf), np.full(size, -1)
        visited = np.zeros(size + 1, dtype=bool)
        while row_of[column] >= 0:
            visited[column] = True
            row = row_of[column]
            reduced = costs[row] - row_price[row] - column_price[:size]
            better = ~visited[:size] & (reduced < slack)
            slack[better], came_from[better] = reduced[better], column
            nearest = int(np.argmin(np.where(visited[:size], np.inf, slack)))
            step = slack[nearest]
            row_price[row_of[visited]] += step
            column_price[visited] -= step
            slack[~visited[:size]] -= step
            column = nearest
        while column != size:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
    return tuple(int(column) for column in np.argsort(row_of[:size]))
