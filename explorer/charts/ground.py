"""The ground of pictures over two parameters: axes, cells, and the road of the run on it."""

from dataclasses import dataclass

import numpy as np

from em_core import Parameter
from em_core.wording import number, sentence_case
from explorer.charts import svg
from explorer.charts.layout import squared, with_unit
from explorer.charts.svg import Panel
from explorer.model.problem import Data
from explorer.model.reach import is_logarithmic, road_of
from explorer.model.runs import Run

WIDTH, HEIGHT = 480, 400
LEFT, RIGHT, TOP, BOTTOM = 62, 12, 26, 44


@dataclass(frozen=True, eq=False)
class Ground:
    """A grid of values of two parameters, a cell about each, columns by x and rows, from below, by
    y. xs (columns,), ys (rows,): evenly spaced, a variance's on a logarithmic axis."""

    x: Parameter
    y: Parameter
    xs: np.ndarray
    ys: np.ndarray

    @property
    def panel(self) -> Panel:
        """In pixels; where an axis is logarithmic its range is of powers of ten."""
        return Panel(
            LEFT,
            TOP,
            WIDTH - RIGHT,
            HEIGHT - BOTTOM,
            _edges(_measured(self.x, self.xs)),
            _edges(_measured(self.y, self.ys)),
        )

    def pixels(self, x: np.ndarray, y: np.ndarray) -> list[list[float]]:
        """Where pairs of values lie."""
        across = self.panel.across(_measured(self.x, x))
        up = self.panel.up(_measured(self.y, y))
        return np.column_stack([across, up]).round(1).tolist()

    def cells(self, chosen: np.ndarray) -> str:
        """The path about the cells (rows, columns) that are chosen, runs of them as one."""
        panel, (rows, columns) = self.panel, chosen.shape
        wide = (panel.right - panel.left) / columns
        high = (panel.bottom - panel.top) / rows
        pieces = []
        for row in range(rows):
            flags = np.concatenate([[False], chosen[row], [False]])
            turns = np.flatnonzero(flags[1:] != flags[:-1])
            top = panel.bottom - (row + 1) * high
            for begin, end in zip(turns[::2], turns[1::2], strict=True):
                left, right = panel.left + begin * wide, panel.left + end * wide
                pieces.append(f"M{left:.1f},{top:.1f}H{right:.1f}V{top + high:.1f}H{left:.1f}z")
        return "".join(pieces)

    def axes(self, data: Data) -> str:
        """Numbers along both, and their titles."""
        panel, parts = self.panel, []
        for value in _ticks(self.x, panel.x, 6):
            at = float(panel.across(value))
            written = number(10.0**value if is_logarithmic(self.x) else value)
            parts.append(svg.segment(at, panel.bottom, at, panel.bottom + 4, svg.MUTED))
            parts.append(svg.words(at, panel.bottom + 17, written, "middle", svg.MUTED))
        for value in _ticks(self.y, panel.y, 7):
            at = float(panel.up(value))
            written = number(10.0**value if is_logarithmic(self.y) else value)
            parts.append(svg.segment(panel.left - 4, at, panel.left, at, svg.MUTED))
            parts.append(svg.words(panel.left - 7, at + 4, written, "end", svg.MUTED))
        middle = (panel.left + panel.right) / 2
        parts.append(svg.words(middle, HEIGHT - 8, title_of(self.x, data), "middle", svg.MUTED))
        parts.append(svg.words(4, panel.top - 10, title_of(self.y, data), "start", svg.MUTED))
        return "".join(parts)

    def road(self, run: Run) -> tuple[str, list[list[float]]]:
        """The run's own way as a line, and its pixels: at the start and after each iteration."""
        places = self.pixels(road_of(self.x, run), road_of(self.y, run))
        line = "M" + "L".join(f"{x},{y}" for x, y in places)
        path = f'<path d="{line}" class="ex-road"/>'
        return path + "".join(svg.dot(x, y, 2, svg.INK) for x, y in places[:200]), places

    def plane(self, run: Run) -> dict[str, object]:
        """What js/plane.js must know to tell where the pointer is, and where the run stands."""
        panel = self.panel
        return {
            "left": panel.left,
            "right": panel.right,
            "top": panel.top,
            "bottom": panel.bottom,
            "columns": len(self.xs),
            "rows": len(self.ys),
            "road": self.road(run)[1],
        }


def title_of(parameter: Parameter, data: Data) -> str:
    """Its name with its unit: 'Variance 1 (min²)'."""
    name = sentence_case(parameter.name(data.n_features))
    if parameter.kind == "weight":
        return name
    unit = data.units[parameter.axis]
    return with_unit(name, squared(unit) if parameter.kind == "variance" else unit)


def _measured(parameter: Parameter, values: np.ndarray) -> np.ndarray:
    return np.log10(values) if is_logarithmic(parameter) else np.asarray(values)


def _edges(places: np.ndarray) -> tuple[float, float]:
    """The outer edges of the cells about evenly spaced places."""
    half = (places[-1] - places[0]) / (len(places) - 1) / 2
    return float(places[0] - half), float(places[-1] + half)


def _ticks(parameter: Parameter, ends: tuple[float, float], most: int) -> list[float]:
    found = svg.ticks(*ends, most)
    return [v for v in found if v == round(v)] if is_logarithmic(parameter) else found
