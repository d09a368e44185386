"""One dimension: weighted components, their mixture, posterior curves, and the points."""

import numpy as np

from em_core import Frame, GaussianMixture, Trace, e_step
from em_core.wording import number
from explorer.charts.layout import Figure, axis, escape, layout, with_unit
from explorer.charts.palette import LIGHT, blend
from explorer.charts.ranges import density_top, value_range
from explorer.charts.sketch import Sketch
from explorer.model.problem import Data

EVEN_POINTS = 120
NEAR_MEAN = np.linspace(-4, 4, 65)
"""Where, in σ from its mean, a narrow curve is sampled besides evenly: no spike is missed."""
NARROW_PART = 12
"""A curve is narrow if so many of its σ fit into the view."""


def density_figure(
    data: Data, trace: Trace, half_step: int, sketch: Sketch, posterior: bool = False
) -> Figure:
    """The densities at `half_step`; traces carry `meta` with their role and component."""
    frame = trace.frame(half_step)
    name, unit = escape(data.columns[0]), escape(data.units[0])
    left, right = value_range(trace, sketch, 0)
    top = density_top(trace, sketch, float(data.points[:, 0].std()))
    grid = curve_grid(frame.mixture, left, right)
    rows = int(sketch.levels.max(initial=0)) + 1
    strip = min(0.06 + 0.02 * (rows - 1), 0.16) if len(sketch.dots) else 0.02
    return {
        "data": [
            *_points(data, frame, sketch),
            *_ghosts(frame, left, right),
            *_components(frame, left, right),
            _boundaries(frame.mixture, grid, top),
            _mixture(frame, grid),
            *_posteriors(frame, grid, posterior),
            _peaks(frame, top, (left + right) / 2),
            _badges(frame.mixture, top),
        ],
        "layout": layout(
            f"{data.title}:{data.n_points}",
            xaxis=axis(with_unit(name, unit), range=[left, right], anchor="y3", showgrid=False),
            yaxis=axis(
                f"density (per {unit})" if unit else "density",
                range=[0, top],
                domain=[strip + 0.03, 1],
                rangemode="nonnegative",
                fixedrange=True,
                nticks=5,
            ),
            yaxis2=axis(
                "posterior",
                range=[0, 1 / 0.97],
                overlaying="y",
                side="right",
                showgrid=False,
                fixedrange=True,
                tickvals=[0, 0.5, 1],
                visible=posterior,
            ),
            yaxis3=axis(
                range=[-0.7, rows - 0.3],
                domain=[0, strip],
                visible=False,
                fixedrange=True,
            ),
            bargap=0,
            margin={"l": 58, "r": 48 if posterior else 16, "t": 16, "b": 44},
        ),
    }


def curve_grid(mixture: GaussianMixture, left: float, right: float) -> np.ndarray:
    """Sorted places to draw the mixture's curve at: evenly spread, and closely about the mean of
    each narrow component."""
    sds = np.sqrt(mixture.variances)[:, None]
    narrow = sds[:, 0] * NARROW_PART <= right - left
    near = mixture.means[narrow] + sds[narrow] * NEAR_MEAN
    near = near[(near > left) & (near < right)]
    return np.union1d(np.linspace(left, right, EVEN_POINTS), near)


def weighted_density(mixture: GaussianMixture, k: int, grid: np.ndarray) -> np.ndarray:
    """w_k N(x | mu_k, sigma_k squared) on the grid."""
    return mixture.weights[k] * np.exp(mixture.log_densities(grid)[:, k])


def _component_grid(mixture: GaussianMixture, k: int, left: float, right: float) -> np.ndarray:
    alone = GaussianMixture(np.ones(1), mixture.means[[k]], mixture.covariances[[k]])
    return curve_grid(alone, left, right)


def _components(frame: Frame, left: float, right: float) -> list[Figure]:
    traces = []
    for k in range(frame.mixture.n_components):
        grid = _component_grid(frame.mixture, k, left, right)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "meta": {"role": "component", "k": k},
                "name": f"component {k + 1}",
                "x": grid.tolist(),
                "y": weighted_density(frame.mixture, k, grid).tolist(),
                "fill": "tozeroy",
                "fillcolor": LIGHT.washes[k],
                "line": {"color": LIGHT.components[k], "width": 2, "simplify": False},
                "hoverinfo": "skip",
            }
        )
    return traces


def _ghosts(frame: Frame, left: float, right: float) -> list[Figure]:
    traces = []
    for k in range(frame.mixture.n_components):
        before = frame.previous
        grid = _component_grid(before, k, left, right) if before else np.array([])
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "meta": {"role": "ghost", "k": k},
                "name": f"component {k + 1} before",
                "x": grid.tolist(),
                "y": weighted_density(before, k, grid).tolist() if before else [],
                "line": {"color": LIGHT.ghosts[k], "width": 1.25, "dash": "4px,4px"},
                "hoverinfo": "skip",
            }
        )
    return traces


def _mixture(frame: Frame, grid: np.ndarray) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "meta": {"role": "mixture"},
        "name": "mixture",
        "x": grid.tolist(),
        "y": frame.mixture.density(grid).tolist(),
        "line": {"color": LIGHT.ink, "width": 1.75, "simplify": False},
        "hoverinfo": "skip",
    }


def _posteriors(frame: Frame, grid: np.ndarray, shown: bool) -> list[Figure]:
    shares = e_step(grid, frame.mixture).responsibilities
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "meta": {"role": "posterior", "k": k},
            "name": f"posterior of component {k + 1}",
            "x": grid.tolist(),
            "y": shares[:, k].tolist(),
            "yaxis": "y2",
            "visible": shown,
            "line": {"color": LIGHT.components[k], "width": 1.5, "dash": "1.5px,3px"},
            "hoverinfo": "skip",
        }
        for k in range(frame.mixture.n_components)
    ]


def boundaries(mixture: GaussianMixture, grid: np.ndarray) -> list[float]:
    """Where along the grid the most probable component changes, halfway between two places."""
    leader = e_step(grid, mixture).responsibilities.argmax(axis=1)
    changes = np.flatnonzero(np.diff(leader))
    return [float(grid[i] + grid[i + 1]) / 2 for i in changes]


def _boundaries(mixture: GaussianMixture, grid: np.ndarray, top: float) -> Figure:
    places = boundaries(mixture, np.linspace(grid[0], grid[-1], 2000))
    return {
        "type": "scatter",
        "mode": "lines",
        "meta": {"role": "boundary"},
        "name": "decision boundary",
        "x": [x for place in places for x in (place, place, None)],
        "y": [y for _ in places for y in (0, top, None)],
        "line": {"color": LIGHT.muted, "width": 1, "dash": "1px,3px"},
        "hoverinfo": "skip",
    }


def _peaks(frame: Frame, top: float, middle: float) -> Figure:
    """Where a spike is cut off at the top: its real height in words, on the side with more room."""
    mixture = frame.mixture
    heights = mixture.weights / np.sqrt(2 * np.pi * mixture.variances)
    cut = np.flatnonzero(heights > top)
    words = [f"▲ {k + 1} peaks at {number(float(heights[k]), digits=3)}" for k in cut]
    before = mixture.means[cut, 0] > middle
    gap = "\u2003\u2003"
    return {
        "type": "scatter",
        "mode": "text",
        "meta": {"role": "peak"},
        "x": mixture.means[cut, 0].tolist(),
        "y": [top * 0.97] * len(cut),
        "text": [w + gap if b else gap + w for w, b in zip(words, before, strict=True)],
        "textposition": ["middle left" if b else "middle right" for b in before],
        "textfont": {"size": 12, "color": [LIGHT.components[k] for k in cut]},
        "hoverinfo": "skip",
    }


def _badges(mixture: GaussianMixture, top: float) -> Figure:
    """Each component's number on the summit of its curve."""
    heights = mixture.weights / np.sqrt(2 * np.pi * mixture.variances)
    K = mixture.n_components
    return {
        "type": "scatter",
        "mode": "markers+text",
        "meta": {"role": "badge"},
        "x": mixture.means[:, 0].tolist(),
        "y": np.minimum(heights, top).tolist(),
        "text": [str(k + 1) for k in range(K)],
        "textfont": {"size": 11, "color": list(LIGHT.on_components[:K])},
        "cliponaxis": False,
        "marker": {
            "size": 18,
            "color": list(LIGHT.components[:K]),
            "line": {"color": LIGHT.surface, "width": 1.5},
        },
        "hoverinfo": "skip",
    }


def _points(data: Data, frame: Frame, sketch: Sketch) -> list[Figure]:
    if sketch.histogram is not None:
        return [_histogram(frame, sketch)]
    values = data.points[sketch.dots, 0]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "meta": {"role": "rug"},
            "name": "points",
            "x": values.tolist(),
            "y": sketch.levels.tolist(),
            "yaxis": "y3",
            "cliponaxis": False,
            "marker": {
                "size": 12 if data.n_points <= 30 else 7,
                "color": shared_colours(frame, values),
                "line": {"color": LIGHT.surface, "width": 1},
            },
            "hovertemplate": "%{text}<extra></extra>",
            "text": [
                f"point {i + 1}: {number(x, digits=6)}"
                for i, x in zip(sketch.dots, values, strict=True)
            ],
        }
    ]


def _histogram(frame: Frame, sketch: Sketch) -> Figure:
    histogram = sketch.histogram
    assert histogram is not None
    return {
        "type": "bar",
        "meta": {"role": "histogram"},
        "name": "points",
        "x": histogram.centres.tolist(),
        "y": histogram.density.tolist(),
        "width": np.diff(histogram.edges).tolist(),
        "marker": {
            "color": shared_colours(frame, histogram.centres),
            "opacity": 0.45,
            "line": {"width": 0},
        },
        "hoverinfo": "skip",
    }


def shared_colours(frame: Frame, points: np.ndarray) -> list[str]:
    """A colour for each point: blended by its responsibilities, neutral before the first E-step."""
    if frame.sharer is None:
        return [LIGHT.neutral] * len(points)
    shares = e_step(points, frame.sharer).responsibilities
    return [blend(LIGHT.components, row) for row in shares]
