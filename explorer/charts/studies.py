"""Pictures of one fit: how sure it is, whether it fits, and who decides it."""

from collections.abc import Sequence

import numpy as np

from em_core import (
    Bootstrap,
    CdfCheck,
    GaussianMixture,
    Influence,
    QuantileCheck,
)
from em_core.wording import counted, number
from em_core.wording import point as point_name
from explorer.charts import marks, svg
from explorer.charts.sketch import Sketch
from explorer.charts.svg import Panel
from explorer.model.problem import FIRST_TWO, Data, Pair

WIDTH, HEIGHT = 420, 260
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 24, 42
SMALL, SMALL_HEIGHT, PER_ROW = 134, 104, 3
MOST_GHOSTS = 60
MOST_DECIDERS = 30
MOST_BINS = 24


def _panel(x: tuple[float, float], y: tuple[float, float]) -> Panel:
    return Panel(LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM, x, y)


# --- how sure -------------------------------------------------------------------------------------


def ghosts(data: Data, sketch: Sketch, replicates: Bootstrap, pair: Pair = FIRST_TWO) -> str:
    """The fit, and behind it what other samples would have given.

    Of more than two columns along a pair, of which the sketch is.
    """
    if data.n_features == 1:
        return _ghost_densities(data, replicates)
    return _ghost_ellipses(data.seen(pair), sketch, replicates, pair)


def _mixtures(replicates: Bootstrap) -> list[GaussianMixture]:
    parts = zip(replicates.weights, replicates.means, replicates.covariances, strict=True)
    return [GaussianMixture(*part) for part in list(parts)[:MOST_GHOSTS]]


def _ghost_densities(data: Data, replicates: Bootstrap) -> str:
    grid = marks.grid(data, replicates.mixture)
    fitted = replicates.mixture.density(grid)
    top = 1.25 * float(fitted.max())
    panel = _panel(marks.span(data), (0, top))
    parts = [
        *marks.histogram(panel, data),
        *(
            svg.line(panel, grid, ghost.density(grid), svg.NEUTRAL, 0.8, opacity=0.35)
            for ghost in _mixtures(replicates)
        ),
        *marks.components(panel, grid, replicates.mixture),
        svg.line(panel, grid, fitted, svg.INK, 2),
        *marks.peak_badges(panel, replicates.mixture),
    ]
    label = "The fitted density, with those of the replicates behind it."
    axes = svg.axes(panel, marks.axis_name(data), "density")
    return svg.picture(WIDTH, HEIGHT, label, [axes, *parts])


def _ghost_ellipses(data: Data, sketch: Sketch, replicates: Bootstrap, pair: Pair) -> str:
    panel = _panel(marks.span(data, 0), marks.span(data, 1))
    mixture = marks.drawn(replicates.mixture, pair)
    parts = [
        *marks.dots(panel, data, sketch),
        *(
            marks.ellipse(panel, marks.drawn(ghost, pair), k, 0.7, 0.3)
            for ghost in _mixtures(replicates)
            for k in range(mixture.n_components)
        ),
        *(marks.ellipse(panel, mixture, k, 2.25) for k in range(mixture.n_components)),
        *marks.mean_badges(panel, mixture),
    ]
    label = "The fitted ellipses, with those of the replicates about them."
    axes = svg.axes(panel, marks.axis_name(data, 0), marks.axis_name(data, 1))
    return svg.picture(WIDTH, HEIGHT, label, [axes, *parts])


def spread_of(replicates: Bootstrap, data: Data, k: int) -> str:
    """How each parameter of component k varies between the replicates."""
    panels = []
    for place, (name, values, estimate) in enumerate(_parameters(replicates, data, k)):
        left = (place % PER_ROW) * (WIDTH / PER_ROW)
        top = (place // PER_ROW) * SMALL_HEIGHT
        panels.append(_spread(left, top, name, values, estimate, k))
    rows = -(-len(panels) // PER_ROW)
    label = f"How the parameters of component {k + 1} vary between the replicates."
    return svg.picture(WIDTH, rows * SMALL_HEIGHT, label, panels)


def _parameters(replicates: Bootstrap, data: Data, k: int) -> list[tuple[str, np.ndarray, float]]:
    mixture = replicates.mixture
    several = data.n_features > 1
    found = [("weight", replicates.weights[:, k], float(mixture.weights[k]))]
    for axis, column in enumerate(data.columns):
        name = f"mean {column}" if several else "mean"
        found.append((name, replicates.means[:, k, axis], float(mixture.means[k, axis])))
    for axis, column in enumerate(data.columns):
        name = f"variance {column}" if several else "variance"
        values = replicates.covariances[:, k, axis, axis]
        found.append((name, values, float(mixture.covariances[k, axis, axis])))
    return found


def _spread(left: float, top: float, name: str, values: np.ndarray, estimate: float, k: int) -> str:
    """A histogram with the estimate and the middle 95% marked."""
    low, high = np.quantile(values, [0.025, 0.975])
    inner = (low - (high - low) * 0.4, high + (high - low) * 0.4)
    if not inner[0] < inner[1]:
        inner = (estimate - 1, estimate + 1)
    heights, edges = np.histogram(values, MOST_BINS, range=inner)
    tallest = max(1, int(heights.max()))
    panel = Panel(
        left + 6, top + 22, left + SMALL - 6, top + SMALL_HEIGHT - 24, inner, (0, tallest)
    )
    xs, ys = panel.across(edges), panel.up(heights)
    parts = [
        svg.bar(xs[i], ys[i], xs[i + 1], panel.bottom, svg.component(k), 0.45)
        for i in range(len(heights))
    ]
    at = float(np.clip(panel.across(estimate), panel.left, panel.right))
    ends = panel.across(np.array([low, high]))
    parts.append(svg.segment(panel.left, panel.bottom, panel.right, panel.bottom, svg.GRID))
    parts.append(svg.segment(at, panel.top - 4, at, panel.bottom, svg.INK, 1.5))
    parts.append(svg.segment(ends[0], panel.bottom + 1.5, ends[1], panel.bottom + 1.5, svg.INK, 3))
    spread = float(high - low) or None
    for end, value, anchor in ((panel.left, low, "start"), (panel.right, high, "end")):
        words = number(float(value), spread, 3)
        parts.append(svg.words(end, panel.bottom + 17, words, anchor, svg.MUTED))
    short = name if len(name) <= 20 else f"{name[:19]}…"
    return svg.words(panel.left, top + 12, short, "start", svg.MUTED) + "".join(parts)


# --- does it fit ----------------------------------------------------------------------------------


def distribution(data: Data, check: CdfCheck) -> str:
    """The two distribution functions, and the band about the data's."""
    panel = _panel(marks.span(data), (0, 1))
    steps = np.repeat(check.values, 2)
    below = np.concatenate([[0], check.empirical[:-1]])
    heights = np.column_stack([below, check.empirical]).ravel()
    thin = slice(None, None, max(1, len(steps) // 1200))
    low, high = np.clip(heights - check.band, 0, 1), np.clip(heights + check.band, 0, 1)
    edges = np.array(panel.x)
    xs = np.concatenate([[edges[0]], check.values, [edges[1]]])
    model = np.concatenate([[0], check.model, [1]])
    parts = [
        svg.axes(panel, marks.axis_name(data), "share of the data below"),
        svg.area(panel, steps[thin], low[thin], high[thin], svg.NEUTRAL, 0.25),
        svg.line(panel, steps[thin], heights[thin], svg.MUTED, 1),
        svg.line(panel, xs, model, svg.ACCENT, 2),
    ]
    label = "Distribution functions of the data, in its band, and of the mixture."
    return svg.picture(WIDTH, HEIGHT, label, parts)


def quantiles(data: Data, check: QuantileCheck) -> str:
    """Observed against expected quantiles, those outside the envelope marked."""
    low = float(min(check.expected.min(), check.observed.min()))
    high = float(max(check.expected.max(), check.observed.max()))
    room = 0.04 * (high - low) or 1.0
    ends = (low - room, high + room)
    panel = _panel(ends, ends)
    plane = data.n_features > 1
    what = "squared Mahalanobis distance" if plane else marks.axis_name(data)
    xs, ys = panel.across(check.expected), panel.up(check.observed)
    outside = check.outside
    parts = [
        svg.axes(panel, f"{what}, by the mixture", "the data's"),
        svg.area(panel, check.expected, check.low, check.high, svg.NEUTRAL, 0.25),
        svg.line(panel, np.array(ends), np.array(ends), svg.MUTED, 1),
        *(
            svg.dot(
                x,
                float(np.clip(y, panel.top, panel.bottom)),
                2.5,
                svg.component(1) if out else svg.ACCENT,
                tip=f"{number(observed)}, expected {number(expected)}",
            )
            for x, y, out, observed, expected in zip(
                xs, ys, outside, check.observed, check.expected, strict=True
            )
        ),
    ]
    label = f"Quantiles: {counted(int(outside.sum()), 'of them')} outside the envelope."
    return svg.picture(WIDTH, HEIGHT, label, parts)


# --- who decides it -------------------------------------------------------------------------------


def deciders(
    data: Data,
    sketch: Sketch,
    mixture: GaussianMixture,
    found: Influence,
    pair: Pair = FIRST_TWO,
) -> str:
    """Each point as tall, or as large, as its influence; the fit without it appears with it.

    Of more than two columns along a pair, of which the sketch is.
    """
    if data.n_features == 1:
        return _stems(data, mixture, found)
    return _sized_dots(data, sketch, mixture, found, pair)


def without(found: Influence, i: int) -> GaussianMixture | None:
    """The fit without point i; None where there is no such mixture."""
    try:
        return GaussianMixture(found.weights[i], found.means[i], found.covariances[i])
    except ValueError:
        return None


def _finite(found: Influence) -> np.ndarray:
    """(n,) displacements; infinite ones a quarter above the largest that is not."""
    finite = np.isfinite(found.displacements)
    largest = float(found.displacements[finite].max(initial=0.0)) or 1.0
    return np.where(finite, found.displacements, 1.25 * largest)


def tip_of(data: Data, found: Influence, i: int) -> str:
    """'point 3, 1.2: 0.153': where point i (from 0) is and how far it moves the fit."""
    where = point_name(data.points[i], np.ptp(data.points, axis=0))
    value = found.displacements[i]
    effect = number(float(value), digits=3) if np.isfinite(value) else "a component collapses"
    return f"point {i + 1}, {where}: {effect}"


def _stems(data: Data, mixture: GaussianMixture, found: Influence) -> str:
    grid = marks.grid(data, mixture)
    fitted = mixture.density(grid)
    middle = HEIGHT * 0.62
    upper = Panel(
        LEFT, TOP, WIDTH - RIGHT, middle, marks.span(data), (0, 1.2 * float(fitted.max()))
    )
    heights = _finite(found)
    lower = Panel(
        LEFT,
        middle + 32,
        WIDTH - RIGHT,
        HEIGHT + 40,
        marks.span(data),
        (0, 1.1 * float(heights.max())),
    )
    parts = [
        svg.axes(upper, "", "density", x_ticks=[]),
        svg.axes(lower, marks.axis_name(data), "influence"),
        *marks.components(upper, grid, mixture),
        svg.line(upper, grid, fitted, svg.INK, 2),
        *marks.peak_badges(upper, mixture),
    ]
    for i in reversed(_shown(found)):
        x = float(lower.across(data.points[i, 0]))
        y = float(lower.up(heights[i]))
        parts.append(_ghost_line(upper, grid, found, i))
        stem = svg.segment(x, lower.bottom, x, y, svg.MUTED)
        dot = svg.dot(x, y, 4, svg.ACCENT, tip=tip_of(data, found, i))
        parts.append(svg.shows(stem + dot, str(i), tip_of(data, found, i)))
    label = "The influence of each point on the fit, under the fitted density."
    return svg.picture(WIDTH, HEIGHT + 40 + BOTTOM, label, parts)


def _shown(found: Influence) -> Sequence[int]:
    """The most influential points, first of all those."""
    return [int(i) for i in found.order[:MOST_DECIDERS]]


def _ghost_line(panel: Panel, grid: np.ndarray, found: Influence, i: int) -> str:
    other = without(found, i)
    if other is None:
        return ""
    return svg.ghost(svg.line(panel, grid, other.density(grid), svg.component(1), 2, "5 4"), str(i))


def _sized_dots(
    whole: Data, sketch: Sketch, fitted: GaussianMixture, found: Influence, pair: Pair
) -> str:
    data, mixture = whole.seen(pair), marks.drawn(fitted, pair)
    panel = _panel(marks.span(data, 0), marks.span(data, 1))
    heights = _finite(found)
    parts = [
        svg.axes(panel, marks.axis_name(data, 0), marks.axis_name(data, 1)),
        *marks.dots(panel, data, sketch),
        *(marks.ellipse(panel, mixture, k, 2) for k in range(mixture.n_components)),
        *marks.mean_badges(panel, mixture),
    ]
    for i in reversed(_shown(found)):
        x, y = float(panel.across(data.points[i, 0])), float(panel.up(data.points[i, 1]))
        other = without(found, i)
        if other is not None:
            seen = marks.drawn(other, pair)
            outlines = "".join(
                marks.ellipse(panel, seen, k, 2.5, 0.7) for k in range(seen.n_components)
            )
            parts.append(svg.ghost(outlines, str(i)))
        radius = 2.5 + 6 * float(np.sqrt(heights[i] / heights.max()))
        tip = tip_of(whole, found, i)
        parts.append(
            svg.shows(svg.dot(x, y, radius, svg.ACCENT, tip=tip, opacity=0.8), str(i), tip)
        )
    label = "The most influential points, as large as their influence, and the fitted ellipses."
    return svg.picture(WIDTH, HEIGHT, label, parts)
