"""What pictures of a fit are made of: the data's dots, its components as curves or ellipses."""

import numpy as np

from em_core import GaussianMixture
from explorer.charts import svg
from explorer.charts.sketch import Sketch
from explorer.charts.svg import Panel
from explorer.model.problem import Data

RADIUS = float(np.sqrt(-2 * np.log(0.1)))
"""The Mahalanobis radius of an ellipse that holds 90 % of its component."""
ANGLES = np.linspace(0, 2 * np.pi, 49)

GRID = 161


def span(data: Data, axis: int = 0) -> tuple[float, float]:
    """The data's range on an axis, with some room."""
    low, high = float(data.points[:, axis].min()), float(data.points[:, axis].max())
    room = 0.12 * (high - low) or 1.0
    return low - room, high + room


def grid(data: Data, mixture: GaussianMixture) -> np.ndarray:
    """Evenly over what is shown, and closely about each mean."""
    near = mixture.means + np.sqrt(mixture.covariances[:, :, 0]) * np.linspace(-4, 4, 41)
    low, high = span(data)
    every = np.union1d(np.linspace(low, high, GRID), near.ravel())
    return every[(every >= low) & (every <= high)]


def components(panel: Panel, grid: np.ndarray, mixture: GaussianMixture) -> list[str]:
    """Each component's weighted density over the grid."""
    joint = mixture.weights * np.exp(mixture.log_densities(grid))
    return [
        svg.line(panel, grid, joint[:, k], svg.component(k), 1.5)
        for k in range(mixture.n_components)
    ]


def dots(panel: Panel, data: Data, sketch: Sketch) -> list[str]:
    """The points in the plane."""
    shown = data.points[sketch.dots]
    xs, ys = panel.across(shown[:, 0]), panel.up(shown[:, 1])
    return [svg.dot(x, y, 2, svg.NEUTRAL, opacity=0.6) for x, y in zip(xs, ys, strict=True)]


def ellipse(
    panel: Panel, mixture: GaussianMixture, k: int, width: float, opacity: float = 1
) -> str:
    """What holds 90 % of component k; a line where it has no extent across."""
    values, axes = np.linalg.eigh(mixture.covariances[k])
    half_axes = axes * np.sqrt(np.maximum(values, 0))
    circle = np.array([np.cos(ANGLES), np.sin(ANGLES)])
    xs, ys = mixture.means[k][:, None] + RADIUS * half_axes @ circle
    return svg.line(panel, xs, ys, svg.component(k), width, opacity=opacity)
