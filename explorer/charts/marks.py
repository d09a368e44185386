"""What pictures of a fit are made of: the data's dots, its components as curves or ellipses."""

from collections.abc import Callable

import numpy as np

from em_core import GaussianMixture
from explorer.charts import svg
from explorer.charts.layout import with_unit
from explorer.charts.sketch import Sketch
from explorer.charts.svg import Panel
from explorer.model.problem import FIRST_TWO, Data, Pair

RADIUS = float(np.sqrt(-2 * np.log(0.1)))
"""The Mahalanobis radius of an ellipse that holds 90 % of its component."""
ANGLES = np.linspace(0, 2 * np.pi, 49)

GRID = 161


def span(data: Data, axis: int = 0) -> tuple[float, float]:
    """The data's range on an axis, with some room."""
    low, high = float(data.points[:, axis].min()), float(data.points[:, axis].max())
    room = 0.12 * (high - low) or 1.0
    return low - room, high + room


def drawn(mixture: GaussianMixture, pair: Pair) -> GaussianMixture:
    """What is seen of a mixture: that of two columns, or its marginal along the pair."""
    return mixture if mixture.n_features <= 2 else mixture.marginal(pair)


def grid(data: Data, mixture: GaussianMixture, axis: int = 0) -> np.ndarray:
    """Evenly over what is shown, and closely about each mean of a mixture on that axis."""
    near = mixture.means + np.sqrt(mixture.covariances[:, :, 0]) * np.linspace(-4, 4, 41)
    low, high = span(data, axis)
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


def axis_name(data: Data, axis: int = 0) -> str:
    """An axis of the data with its unit."""
    return with_unit(data.columns[axis], data.units[axis])


def histogram(panel: Panel, data: Data, axis: int = 0) -> list[str]:
    """The data on a line, or on one axis, as bars of density."""
    values = data.points[:, axis]
    bins = int(np.clip(np.sqrt(data.total), 6, 40))
    heights, edges = np.histogram(values, bins, density=True, weights=data.counts)
    xs, ys = panel.across(edges), np.maximum(panel.up(heights), panel.top)
    return [
        svg.bar(xs[i] + 0.5, ys[i], xs[i + 1] - 0.5, panel.bottom, svg.NEUTRAL, 0.22)
        for i in range(len(heights))
    ]


def peak_badges(panel: Panel, mixture: GaussianMixture) -> list[str]:
    """Each component's number on top of its curve."""
    heights = mixture.weights / np.sqrt(2 * np.pi * mixture.covariances[:, 0, 0])
    xs = panel.across(mixture.means[:, 0])
    ys = np.maximum(panel.up(heights), panel.top + 4)
    return [svg.badge(x, y, k) for k, (x, y) in enumerate(zip(xs, ys, strict=True))]


def mean_badges(panel: Panel, mixture: GaussianMixture) -> list[str]:
    """Each component's number at its mean in the plane."""
    xs, ys = panel.across(mixture.means[:, 0]), panel.up(mixture.means[:, 1])
    return [svg.badge(x, y, k) for k, (x, y) in enumerate(zip(xs, ys, strict=True))]


def portrait(
    panel_of: Callable[[tuple[float, float], tuple[float, float]], Panel],
    data: Data,
    sketch: Sketch,
    mixture: GaussianMixture,
    pair: Pair = FIRST_TWO,
) -> list[str]:
    """The data and the mixture, in the panel that is made for their ranges.

    Of more than two columns a pair, of which the sketch is.
    """
    if data.n_features >= 2:
        data, mixture = data.seen(pair), drawn(mixture, pair)
        panel = panel_of(span(data, 0), span(data, 1))
        ellipses = [ellipse(panel, mixture, k, 1.75) for k in range(mixture.n_components)]
        return [*dots(panel, data, sketch), *ellipses, *mean_badges(panel, mixture)]
    places = grid(data, mixture)
    density = mixture.density(places)
    tallest = float(np.quantile(density, 0.98))
    panel = panel_of(span(data), (0, 1.2 * tallest))
    return [
        *histogram(panel, data),
        *components(panel, places, mixture),
        svg.line(panel, places, density, svg.INK, 1.75),
        *peak_badges(panel, mixture),
    ]
