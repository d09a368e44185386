"""Each chart for print, as the browser makes it: PNG or SVG, a full text width of 180 mm.

What is drawn is what the stage shows, by the same code and from the same payload, in the colours
of the light theme, with a legend.
"""

from typing import Any

from em_core import Trace
from explorer.charts.trajectory import panels, trajectory_layout
from explorer.export.menu import file_stem
from explorer.model.problem import Data
from explorer.stage import Place, Settings, payload

WIDTH = 680
"""CSS pixels: 180 mm at 96 to the inch."""

DPI = 300
"""Dots per inch of a PNG file."""

HEIGHTS = {"line": 360, "plane": 500, "shares": 210}
"""Of each chart in CSS pixels, without its legend; the trajectory's follows from its panels."""


def pictures(data: Data, trace: Trace, half_step: int, settings: Settings) -> dict[str, Any]:
    """The three charts at the half-step, for js/pictures.js."""
    told = payload(data, trace, Place(), None, 0, settings)
    line = data.n_features == 1
    run = trace if data.n_features <= 2 else trace.marginal(settings.pair)
    shown = panels(data.seen(settings.pair), run, settings.spread)
    layout = trajectory_layout(trace, shown, columns=2 if line else 3)
    return {
        "stem": file_stem(data.title),
        "width": WIDTH,
        "dpi": DPI,
        "halfStep": min(half_step, trace.last_half_step),
        "told": told,
        "pictures": [
            _picture("densities", "Densities", "main", HEIGHTS["line"])
            if line
            else _picture("plane", "The plane", "main", HEIGHTS["plane"]),
            _picture("responsibilities", "Responsibilities", "shares", HEIGHTS["shares"]),
            _picture("trajectory", "Trajectory", "trajectory", layout["height"], layout=layout),
        ],
    }


def _picture(key: str, label: str, chart: str, height: int, **more: Any) -> dict[str, Any]:
    """key: a word for the file's name; chart: which of the stage's."""
    return {"key": key, "label": label, "chart": chart, "height": height, **more}
