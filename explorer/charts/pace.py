"""How fast: the distance to the end against EM iterations, and the points that hold it up."""

import numpy as np

from em_core.wording import number, percent
from em_core.wording import point as point_name
from explorer.charts import svg
from explorer.charts.marks import axis_name, span
from explorer.charts.sketch import Sketch
from explorer.charts.svg import Panel
from explorer.model.pace import Pace
from explorer.model.problem import FIRST_TWO, Pair

WIDTH, HEIGHT = 480, 320
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 46, 44
LEAST = 1e-9
"""Distances are shown down to this."""
POINTS_HEIGHT = 150
STYLES = {"SQUAREM": (svg.ACCENT, ""), "Anderson": (svg.MUTED, "5 4")}


def panel_of(found: Pace) -> Panel:
    """As many iterations as EM is seen to take, and powers of ten of the distance."""
    distances = found.speed.distances
    arrived = np.flatnonzero(distances < LEAST)
    last = int(arrived[0]) if len(arrived) else len(distances) - 1
    last = max(last, found.run.trace.n_iter, 4)
    seen = distances[: last + 1]
    least = max(LEAST, float(seen[seen > 0].min(initial=1.0)))
    most = max(float(distances[0]), 10 * least)
    y = (float(np.floor(np.log10(least))), float(np.ceil(np.log10(most))))
    return Panel(LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM, (0, last * 1.04), y)


def pace_picture(found: Pace) -> tuple[str, list[list[float]]]:
    """The picture, and the pixels of the run's own places on it."""
    panel = panel_of(found)
    iterations = np.arange(len(found.speed.distances))
    em = _logs(found.speed.distances)
    parts = [_axes(panel), *_stops(panel, found), *_slope(panel, found)]
    for name, (maps, distances) in found.others.items():
        colour, dash = STYLES[name]
        parts.append(_within(panel, maps, _logs(distances), colour, dash))
    parts.append(_within(panel, iterations, em, svg.INK, ""))
    parts += _names(panel, found)
    run = slice(0, found.run.trace.n_iter + 1)
    places = np.column_stack([panel.across(iterations[run]), panel.up(em[run])])
    places[:, 1] = np.clip(places[:, 1], panel.top, panel.bottom)
    label = "The distance to the end of EM and of accelerated EM, on a logarithmic axis."
    return svg.picture(WIDTH, HEIGHT, label, parts), places.round(1).tolist()


def _logs(distances: np.ndarray) -> np.ndarray:
    return np.log10(np.maximum(distances, LEAST / 10))


def _axes(panel: Panel) -> str:
    parts = []
    low, high = (round(end) for end in panel.y)
    for power in range(low, high + 1, max(1, (high - low) // 6)):
        at = float(panel.up(power))
        parts.append(svg.segment(panel.left, at, panel.right, at, svg.GRID))
        parts.append(svg.words(panel.left - 6, at + 4, number(10.0**power), "end", svg.MUTED))
    for value in svg.ticks(*panel.x, 6):
        if value == round(value):
            at = float(panel.across(value))
            parts.append(svg.words(at, panel.bottom + 17, number(value), "middle", svg.MUTED))
    middle = (panel.left + panel.right) / 2
    parts.append(svg.words(middle, HEIGHT - 8, "EM iterations", "middle", svg.MUTED))
    parts.append(svg.words(4, 14, "distance to the end, in standard errors", "start", svg.MUTED))
    return "".join(parts)


def _within(panel: Panel, xs: np.ndarray, ys: np.ndarray, colour: str, dash: str) -> str:
    """The line as far as it is above the panel's floor, and within it."""
    below = np.flatnonzero((ys < panel.y[0]) | (xs > panel.x[1]))
    end = int(below[0]) + 1 if len(below) else len(ys)
    return svg.line(panel, xs[:end], ys[:end], colour, 2, dash)


def _slope(panel: Panel, found: Pace) -> list[str]:
    """The theoretical rate, as a line through a late place of the run."""
    rate, distances = found.speed.rate, found.speed.distances
    there = np.flatnonzero(distances > 10 * 10 ** panel.y[0])
    if not 0 < rate < 1 or len(there) < 2:
        return []
    through = min(int(there[-1]), int(panel.x[1]))
    xs = np.array(panel.x)
    ys = np.log10(distances[through]) + (xs - through) * np.log10(rate)
    inside = (ys > panel.y[0]) & (ys < panel.y[1])
    if not inside.any():
        xs = through + (np.array(panel.y) - np.log10(distances[through])) / np.log10(rate)
        ys = np.array(panel.y)
    return [svg.line(panel, xs, ys, svg.component(1), 1.25, "2 3")]


def _stops(panel: Panel, found: Pace) -> list[str]:
    """Where stopping rules end the run: a post each, named at its foot."""
    parts = []
    stops = [s for s in found.speed.stops if s.iteration is not None and s.iteration <= panel.x[1]]
    for place, stop in enumerate(sorted(stops, key=lambda s: s.iteration or 0)):
        at = float(panel.across(stop.iteration or 0))
        parts.append(svg.segment(at, panel.top, at, panel.bottom, svg.NEUTRAL, 1, "1 3"))
        row = panel.top + 10 + 13 * place
        name = "our default" if stop.rule == "here" else stop.rule
        side = "end" if at > panel.right - 80 else "start"
        shift = -4 if side == "end" else 4
        parts.append(svg.words(at + shift, row, name, side, svg.MUTED))
    return parts


def _names(panel: Panel, found: Pace) -> list[str]:
    """What each line is, in a row of its own."""
    entries = [("EM", svg.INK, "")]
    entries += [(name, *STYLES[name]) for name in found.others]
    if 0 < found.speed.rate < 1:
        entries.append((f"rate {number(found.speed.rate, digits=3)}", svg.component(1), "2 3"))
    parts, left = [], float(LEFT)
    for name, colour, dash in entries:
        parts.append(svg.segment(left, 30, left + 16, 30, colour, 2, dash))
        parts.append(svg.words(left + 20, 34, name, "start", colour))
        left += 40 + 7 * len(name)
    return parts


def missing_picture(found: Pace, sketch: Sketch, pair: Pair = FIRST_TWO) -> str:
    """The points, larger and stronger the more of the missing information they carry.

    Of more than two columns along a pair, of which the sketch is.
    """
    data, shares = found.run.problem.data.seen(pair), found.shares
    if shares is None or not len(sketch.dots) or found.run.stands_in:
        return ""
    strength = shares / (float(shares.max()) or 1.0)
    plane = data.n_features == 2
    height = HEIGHT if plane else POINTS_HEIGHT
    y = span(data, 1) if plane else (0.0, 1.15)
    panel = Panel(LEFT, TOP, WIDTH - RIGHT, height - BOTTOM, span(data), y)
    parts = [
        svg.axes(
            panel,
            axis_name(data),
            axis_name(data, 1) if plane else "",
            y_ticks=None if plane else (),
        )
    ]
    extent = np.ptp(data.points, axis=0)
    for i in sketch.dots.tolist():
        x = float(panel.across(data.points[i, 0]))
        share = max(0.0, float(strength[i]))
        tip = f"point {i + 1}, {point_name(data.points[i], extent)}: {percent(float(shares[i]), 2)}"
        if not plane:
            top = float(panel.up(share))
            parts.append(svg.segment(x, panel.bottom, x, top, svg.ACCENT, 1.5))
        at = float(panel.up(data.points[i, 1])) if plane else float(panel.up(share))
        parts.append(
            svg.dot(x, at, 1.8 + 3.4 * share, svg.ACCENT, tip=tip, opacity=0.25 + 0.75 * share)
        )
    label = "Each point's share of the missing information."
    return svg.picture(WIDTH, height, label, parts)
