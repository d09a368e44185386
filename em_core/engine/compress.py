"""Ten million points as a few thousand weighted ones with the same moments.

The points of each histogram cell are replaced by the two nodes of the Gauss quadrature of their
own distribution: the positive weights and nodes, inside the cell's range, that share its count,
mean, variance and third moment (Golub & Welsch 1969). That is a genuine weighted data set, so
EM on it is EM: monotone, with every identity of `fit`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from em_core.errors import InputError
from em_core.mixture import GaussianMixture, read_only
from em_core.points import as_points, as_sample_weight
from em_core.steps import log_joint, shared_out

DEFAULT_CELLS = 4096
BLOCK = 2**15
EPS = float(np.finfo(float).eps)

NO_WIDTH = 1e-12
"""Variance, in units of the squared cell width, below which a cell holds one value."""

FINEST = 1024
"""Cells narrower than this many units in the last place are not cut: equal values are merged."""


@dataclass(frozen=True, eq=False)
class Compressed:
    """A weighted data set standing for n points in one dimension.

    points: (m, 1), m at most 2 x cells (or the different values themselves, where they are
    too close in doubles to be cut into cells); sample_weight: (m,), summing to the weight of the
    n points; cell_width: the width of a histogram cell, in the data's unit; n_points: n.
    """

    points: np.ndarray
    sample_weight: np.ndarray
    cell_width: float
    n_points: int

    def error_bound(self, mixture: GaussianMixture) -> float:
        """Bound on the error of the mean log-likelihood per point at `mixture`.

        Gauss quadrature with two nodes misses the integral of f over a cell of width h by at
        most n_cell sup|f''''| / 4! x h^4 / 64 (Davis & Rabinowitz 1984, section 4.3; h^2 / 8
        bounds a monic quadratic on the cell). Of f = log p, with u_k the log joint densities,
        f'''' = kappa_4(u') + 6 kappa(u', u', u'') + 3 var(u''), cumulants over the posterior;
        with S the spread of the u'_k, V that of the u''_k and q the probability that two draws
        from the posterior differ, |f''''| <= (S^4 + 6 S^2 V + 3 V^2) q / 2. All of it is worked
        out in units of the cell width. Infinite where it goes beyond the doubles, which is where
        a component is far narrower than a cell.
        """
        if self.cell_width == 0:
            return 0.0
        with np.errstate(all="ignore"):
            bound = float(self._bound(mixture))
        return bound if bound >= 0 else np.inf

    def _bound(self, mixture: GaussianMixture) -> np.float64:
        """NaN where numbers go beyond the doubles."""
        deviations = np.sqrt(mixture.variances[:, None]) / self.cell_width
        posterior, _ = shared_out(log_joint(self.points, mixture))
        offsets = (mixture.means - self.points.T) / self.cell_width
        curvature_spread = np.ptp(1.0 / deviations / deviations)
        slope_spread = np.ptp(offsets / deviations / deviations, axis=0) + curvature_spread
        growth = np.exp(2 * np.minimum(slope_spread, 300.0))
        differ = np.minimum(growth * (1.0 - np.square(posterior).sum(axis=0) + EPS), 1.0)
        fourth = slope_spread**4 + 6 * slope_spread**2 * curvature_spread
        fourth = (fourth + 3 * curvature_spread**2) * differ / 2
        share = self.sample_weight / self.sample_weight.sum()
        return (share @ fourth) / (24 * 64)


def compress(
    points: ArrayLike, sample_weight: ArrayLike | None = None, cells: int = DEFAULT_CELLS
) -> Compressed:
    """Compress n points in one dimension into at most 2 x `cells` weighted points.

    points: (n,) or (n, 1). Moments 0 to 3 of every cell are kept, to rounding.
    Raises InputError for points in more dimensions or fewer than 1 cell.
    """
    column = as_column(points)
    check_cells(cells, 1)
    weight = as_sample_weight(sample_weight, len(column))
    low, high = float(column.min()), float(column.max())
    width = (high - low) / cells
    if width < FINEST * np.spacing(max(abs(low), abs(high))):
        different, where = np.unique(column, return_inverse=True)
        return compressed(different, np.bincount(where, weights=weight), 0.0, len(column))
    counts, moments = _cell_moments(column, weight, low, width, cells)
    occupied = counts > 0
    counts, moments = counts[occupied], moments[:, occupied] / counts[occupied]
    centres = low + (np.flatnonzero(occupied) + 0.5) * width
    nodes, shares = gauss_nodes(*moments)
    points_kept, weight_kept = (centres + nodes * width).ravel(), (counts * shares).ravel()
    kept = weight_kept > 0
    return compressed(points_kept[kept], weight_kept[kept], width, len(column))


def as_column(points: ArrayLike) -> np.ndarray:
    """(n,) the points of one dimension; InputError for more."""
    values = as_points(points)
    if values.shape[1] != 1:
        raise InputError(
            "dimension",
            f"Compression is for one dimension and the points have {values.shape[1]}.",
        )
    return np.ascontiguousarray(values[:, 0])


def check_cells(cells: int, least: int) -> None:
    if cells < least:
        raise InputError("cells", f"{cells} cells: give at least {least}.")


def _cell_moments(
    column: np.ndarray, weight: np.ndarray | None, low: float, width: float, cells: int
) -> tuple[np.ndarray, np.ndarray]:
    """Counts (cells,) and sums (3, cells) of t, t^2, t^3, t from -1/2 to 1/2 across a cell."""
    counts, moments = np.zeros(cells), np.zeros((3, cells))
    for begin in range(0, len(column), BLOCK):
        position = (column[begin : begin + BLOCK] - low) * (1.0 / width)
        cell = position.astype(np.intp)
        np.minimum(cell, cells - 1, out=cell)
        position -= cell
        position -= 0.5
        block_weight = None if weight is None else weight[begin : begin + BLOCK]
        counts += np.bincount(cell, block_weight, cells)
        power = position if block_weight is None else position * block_weight
        for sums in moments:
            sums += np.bincount(cell, power, cells)
            power = power * position
    return counts, moments


def gauss_nodes(
    first: np.ndarray, second: np.ndarray, third: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights (2, c) of c distributions with these moments about 0.

    With mean m, standard deviation s and skewness g: m + s (g/2 -+ sqrt(1 + g^2/4)).
    A distribution of no width to speak of is one node, its mean.
    """
    variance = (second - first**2).clip(0.0)
    central_third = third - 3 * first * second + 2 * first**3
    deviation = np.where(variance > NO_WIDTH, np.sqrt(variance), 0.0)
    half_skewness = central_third / np.where(deviation > 0, deviation, np.inf) ** 3 / 2
    reach = np.sqrt(1.0 + half_skewness**2)
    below, above = half_skewness - reach, half_skewness + reach
    lower_share = np.where(deviation > 0, above / (2 * reach), 1.0)
    nodes = np.stack([first + deviation * below, first + deviation * above])
    return nodes.clip(-0.5, 0.5), np.stack([lower_share, 1.0 - lower_share])


def compressed(
    values: np.ndarray, sample_weight: np.ndarray, cell_width: float, n_points: int
) -> Compressed:
    """values, sample_weight: (m,), those of weight 0 left out already."""
    return Compressed(read_only(values[:, None]), read_only(sample_weight), cell_width, n_points)
