"""More than two columns: every pair of them as a small picture, the columns on the diagonal."""

import numpy as np

from em_core import GaussianMixture
from em_core.agreement import assign
from em_core.wording import data_value, enumerated
from explorer.charts import marks, svg
from explorer.charts.svg import Panel
from explorer.model.problem import Data, Pair

SIDE, WIDTH = 120, 480
"""Of one picture, and at least of all, in pixels."""
GAP, EDGE = 8, 2
MOST = 6
"""More columns than this at once are too small to be read."""
MOST_DOTS = 300
HEADROOM = 1.15
NAME_WIDTH = 7.2
"""Pixels of a letter of a name."""


def columns_shown(data: Data, mixture: GaussianMixture) -> tuple[int, ...]:
    """The columns (from 0) that have pictures: all, or those in which components lie farthest
    apart, measured by the share of the mixture's variance that lies between their means."""
    if data.n_features <= MOST:
        return tuple(range(data.n_features))
    middle = mixture.weights @ mixture.means
    between = mixture.weights @ (mixture.means - middle) ** 2
    within = mixture.weights @ np.diagonal(mixture.covariances, axis1=1, axis2=2)
    order = np.argsort(-between / (between + within), kind="stable")
    return tuple(sorted(order[:MOST].tolist()))


def words(data: Data, shown: tuple[int, ...]) -> str:
    """What is to be seen, and what of the columns is not."""
    d = data.n_features
    what = f"Every pair of the {d} columns."
    if len(shown) < d:
        names = enumerated([data.columns[i] for i in shown])
        what = (
            f"The {len(shown)} of {d} columns in which the components lie farthest apart: {names}. "
            f"The fit is to all {d}."
        )
    return (
        f"{what} Ellipses hold 90% of each component along two columns, curves are along one; a "
        f"point has the colour of the component that holds most of it, by all {d} columns."
    )


def pairs(
    data: Data, mixture: GaussianMixture, shared_out: bool = True, chosen: Pair | None = None
) -> str:
    """The matrix, of `columns_shown`. A click on a pair picks "across:up", columns from 0.

    shared_out: whether points have the colours of their components; chosen: the pair to frame.
    """
    shown = columns_shown(data, mixture)
    width = max(WIDTH, SIDE * len(shown))
    side = width / len(shown)
    some = np.arange(data.n_points)[:: max(1, -(-data.n_points // MOST_DOTS))]
    points = data.points[some]
    labels = assign(points, mixture) if shared_out else np.full(len(points), -1)
    parts = []
    for row, up in enumerate(shown):
        for column, across in enumerate(shown[: row + 1]):
            left, top = column * side + EDGE, row * side + EDGE
            right, bottom = left + side - GAP, top + side - GAP
            y = (0.0, 1.0) if across == up else marks.span(data, up)
            panel = Panel(left, top, right, bottom, marks.span(data, across), y)
            if across == up:
                parts.append(_column(panel, data, mixture, up))
                continue
            framed = chosen is not None and set(chosen) == {across, up}
            drawn = [
                svg.bar(left, top, right, bottom, svg.NEUTRAL, 0.18 if framed else 0.06),
                *_dots(panel, points[:, across], points[:, up], labels),
                *_ellipses(panel, mixture.marginal((across, up))),
            ]
            name = f"{data.columns[across]} across, {data.columns[up]} up"
            parts.append(svg.chosen_by("".join(drawn), f"{across}:{up}", name))
    label = f"Pairs of {len(shown)} columns, each with the points and the components."
    return svg.picture(width, width, label, parts)


def _column(panel: Panel, data: Data, mixture: GaussianMixture, axis: int) -> str:
    """A column by itself: what is seen of the mixture along it, its name, and its range."""
    alone = mixture.marginal((axis,))
    places = marks.grid(data, alone, axis)
    density = alone.density(places)
    tallest = float(np.quantile(density, 0.98)) or 1.0
    head = panel.top + 0.34 * (panel.bottom - panel.top)
    below = Panel(panel.left, head, panel.right, panel.bottom, panel.x, (0, HEADROOM * tallest))
    low, high = data.points[:, axis].min(), data.points[:, axis].max()
    spread = float(high - low)
    unit = f" {data.units[axis]}" if data.units[axis] else ""
    ends = f"{data_value(low, spread)} to {data_value(high, spread)}{unit}"
    room = int((panel.right - panel.left) / NAME_WIDTH)
    middle = (panel.left + panel.right) / 2
    return "".join(
        [
            *marks.histogram(below, data, axis),
            *marks.components(below, places, alone),
            svg.words(middle, panel.top + 14, _short(data.columns[axis], room), "middle"),
            svg.words(middle, panel.top + 29, _short(ends, room), "middle", svg.MUTED),
        ]
    )


def _short(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"


def _dots(panel: Panel, across: np.ndarray, up: np.ndarray, labels: np.ndarray) -> list[str]:
    """The points, one path for all of a colour."""
    xs, ys = panel.across(across), panel.up(up)
    paths = []
    for label in np.unique(labels):
        own = labels == label
        steps = "".join(f"M{x:.1f},{y:.1f}h0" for x, y in zip(xs[own], ys[own], strict=True))
        colour = svg.NEUTRAL if label < 0 else svg.component(int(label))
        paths.append(
            f'<path d="{steps}" fill="none" style="stroke:{colour}" stroke-width="3" '
            'stroke-linecap="round" opacity="0.55"/>'
        )
    return paths


def _ellipses(panel: Panel, mixture: GaussianMixture) -> list[str]:
    return [marks.ellipse(panel, mixture, k, 1.75) for k in range(mixture.n_components)]
