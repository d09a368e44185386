"""The true groups, where they are known: drawn still, beside what EM finds."""

import numpy as np

from em_core import GaussianMixture, InputError, m_step
from explorer.charts.density import curve_grid, weighted_density
from explorer.charts.layout import Figure
from explorer.charts.palette import LIGHT
from explorer.charts.plane import ellipse
from explorer.model.problem import Data


def true_mixture(data: Data) -> GaussianMixture | None:
    """Each true group's share, mean and covariance; None where they are not known or a group
    has too few points for them."""
    if data.truth is None:
        return None
    try:
        return m_step(data.points, np.eye(int(data.truth.max()) + 1)[data.truth])
    except InputError:
        return None


def truth_traces(data: Data) -> list[Figure]:
    """A dashed curve (one dimension) or ellipse (two) for each true group."""
    mixture = true_mixture(data)
    if mixture is None:
        return []
    outline = _curve if data.n_features == 1 else _ellipse
    return [_trace(k, *outline(mixture, k)) for k in range(mixture.n_components)]


def _curve(mixture: GaussianMixture, k: int) -> tuple[np.ndarray, np.ndarray]:
    mean, reach = mixture.means[k, 0], 5 * np.sqrt(mixture.variances[k])
    grid = curve_grid(mixture, mean - reach, mean + reach)
    return grid, weighted_density(mixture, k, grid)


def _ellipse(mixture: GaussianMixture, k: int) -> tuple[np.ndarray, np.ndarray]:
    return ellipse(mixture.means[k], mixture.covariances[k])


def _trace(k: int, x: np.ndarray, y: np.ndarray) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "meta": {"role": "truth", "k": k},
        "name": f"true group {k + 1}",
        "x": x.tolist(),
        "y": y.tolist(),
        "line": {"color": LIGHT.ink, "width": 1.25, "dash": "7px,4px"},
        "hoverinfo": "skip",
    }
