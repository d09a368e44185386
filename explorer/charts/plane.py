"""Two dimensions: blended points, ellipses, contours of the mixture, the path of each mean."""

import numpy as np

from em_core import Frame, GaussianMixture, Trace
from em_core.wording import number
from explorer.charts.density import shared_colours
from explorer.charts.layout import Figure, axis, escape, layout, with_unit
from explorer.charts.palette import LIGHT
from explorer.charts.ranges import value_range
from explorer.charts.sketch import Sketch
from explorer.model.problem import Data

LEVEL = 0.9
"""An ellipse holds this share of its component's probability."""

RADIUS = float(np.sqrt(-2 * np.log1p(-LEVEL)))
"""The Mahalanobis radius of that ellipse: the square root of a chi-squared quantile, 2 degrees."""

ANGLES = np.linspace(0, 2 * np.pi, 73)
CONTOUR_CELLS = 48
PATH_POINTS = 150


def plane_figure(data: Data, trace: Trace, half_step: int, sketch: Sketch) -> Figure:
    """The plane at `half_step`; traces carry `meta` with their role and component."""
    frame = trace.frame(half_step)
    horizontal, vertical = (value_range(trace, sketch, j) for j in (0, 1))
    components = range(frame.mixture.n_components)
    return {
        "data": [
            _contours(frame.mixture, horizontal, vertical),
            _points(data, frame, sketch),
            *(_ellipse("ghost", frame.previous, k) for k in components),
            *(_path(trace, frame, k) for k in components),
            *(_ellipse("component", frame.mixture, k) for k in components),
            *(_badge(frame.mixture, k) for k in components),
        ],
        "layout": layout(
            f"{data.title}:{data.n_points}",
            margin={"l": 58, "r": 16, "t": 16, "b": 44},
            xaxis=axis(
                with_unit(escape(data.columns[0]), escape(data.units[0])), range=list(horizontal)
            ),
            yaxis=axis(
                with_unit(escape(data.columns[1]), escape(data.units[1])), range=list(vertical)
            ),
        ),
    }


def ellipse(mean: np.ndarray, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The outline that holds `LEVEL` of a Gaussian: mean + RADIUS · L · (cos, sin), Σ = L Lᵀ."""
    sds = np.sqrt(np.diagonal(covariance))
    correlation = float(np.clip(covariance[0, 1] / (sds[0] * sds[1]), -1, 1))
    x, y = RADIUS * np.cos(ANGLES), RADIUS * np.sin(ANGLES)
    return (
        mean[0] + sds[0] * x,
        mean[1] + sds[1] * (correlation * x + np.sqrt(1 - correlation**2) * y),
    )


def _ellipse(role: str, mixture: GaussianMixture | None, k: int) -> Figure:
    x, y = ellipse(mixture.means[k], mixture.covariances[k]) if mixture else (ANGLES[:0],) * 2
    before = role == "ghost"
    return {
        "type": "scatter",
        "mode": "lines",
        "meta": {"role": role, "k": k},
        "name": f"component {k + 1}" + (" before" if before else f", {LEVEL:.0%} of it"),
        "x": x.tolist(),
        "y": y.tolist(),
        "line": {"color": LIGHT.ghosts[k], "width": 1.25, "dash": "4px,4px"}
        if before
        else {"color": LIGHT.components[k], "width": 2.25},
        **({} if before else {"fill": "toself", "fillcolor": LIGHT.washes[k]}),
        "hoverinfo": "skip",
    }


def _path(trace: Trace, frame: Frame, k: int) -> Figure:
    """Where the mean has been, thinned when the run is long."""
    here = frame.n_iter
    steps = np.unique(np.linspace(0, here, min(here + 1, PATH_POINTS)).round().astype(int))
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "meta": {"role": "path", "k": k},
        "name": f"path of mean {k + 1}",
        "x": trace.means[steps, k, 0].tolist(),
        "y": trace.means[steps, k, 1].tolist(),
        "line": {"color": LIGHT.components[k], "width": 1},
        "marker": {"color": LIGHT.components[k], "size": 4},
        "hoverinfo": "skip",
    }


def _badge(mixture: GaussianMixture, k: int) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "meta": {"role": "badge", "k": k},
        "name": f"mean {k + 1}",
        "x": [float(mixture.means[k, 0])],
        "y": [float(mixture.means[k, 1])],
        "text": [str(k + 1)],
        "textfont": {"size": 11, "color": LIGHT.on_components[k]},
        "marker": {
            "color": LIGHT.components[k],
            "size": 19,
            "line": {"color": LIGHT.surface, "width": 1.5},
        },
        "hoverinfo": "skip",
    }


def _contours(
    mixture: GaussianMixture, horizontal: tuple[float, float], vertical: tuple[float, float]
) -> Figure:
    """Lines of equal density, each a factor of √10 apart, down to a thousandth of the peak."""
    x, y = np.linspace(*horizontal, CONTOUR_CELLS), np.linspace(*vertical, CONTOUR_CELLS)
    cells = np.stack([a.ravel() for a in np.meshgrid(x, y)], axis=1)
    height = mixture.log_density(cells) / np.log(10)
    height -= height.max()
    return {
        "type": "contour",
        "meta": {"role": "contours"},
        "name": "mixture",
        "x": x.tolist(),
        "y": y.tolist(),
        "z": np.maximum(height, -4).round(4).reshape(CONTOUR_CELLS, CONTOUR_CELLS).tolist(),
        "autocontour": False,
        "contours": {"coloring": "none", "start": -3, "end": 0, "size": 0.5},
        "line": {"color": LIGHT.muted, "width": 0.75, "smoothing": 0.8},
        "showscale": False,
        "opacity": 0.7,
        "hoverinfo": "skip",
    }


def _points(data: Data, frame: Frame, sketch: Sketch) -> Figure:
    points = data.points[sketch.dots]
    return {
        "type": "scatter",
        "mode": "markers",
        "meta": {"role": "rug"},
        "name": "points",
        "x": points[:, 0].tolist(),
        "y": points[:, 1].tolist(),
        "marker": {
            "size": 8 if len(points) <= 400 else 5,
            "color": shared_colours(frame, points),
            "line": {"color": LIGHT.surface, "width": 0.75},
        },
        "text": [
            f"point {i + 1}: {number(x, digits=6)}, {number(y, digits=6)}"
            for i, (x, y) in zip(sketch.dots, points, strict=True)
        ],
        "hovertemplate": "%{text}<extra></extra>",
    }
