"""Each chart as a Plotly figure ready for print, to be saved by the browser as PNG or SVG.

The size is a full text width of 180 mm; the browser's Plotly makes the files, so nothing but the
page itself is needed, and PNG comes at 300 dots per inch.
"""

from dataclasses import dataclass

from em_core import Trace
from explorer.charts.density import density_figure
from explorer.charts.layout import Figure
from explorer.charts.plane import plane_figure
from explorer.charts.shares import shares_figure
from explorer.charts.sketch import sketch
from explorer.charts.trajectory import Spread, trajectory_figure
from explorer.model.problem import Data

WIDTH = 680
"""CSS pixels: 180 mm at 96 to the inch."""

PNG_SCALE = 300 / 96
FONT = "Helvetica, Arial, sans-serif"


@dataclass(frozen=True)
class Picture:
    """A chart for print. key: a word for the file's name; height: in CSS pixels, WIDTH wide."""

    key: str
    label: str
    figure: Figure
    height: int

    def to_dict(self) -> dict[str, object]:
        return {
            "key": self.key,
            "label": self.label,
            "data": self.figure["data"],
            "layout": self.figure["layout"],
            "height": self.height,
        }


def pictures(
    data: Data,
    trace: Trace,
    half_step: int,
    spread: Spread = "variance",
    posterior: bool = False,
) -> tuple[Picture, ...]:
    """The three charts at the half-step, on white whatever the theme of the page."""
    drawn = sketch(data)
    if data.n_features == 1:
        figure = density_figure(data, trace, half_step, drawn, posterior)
        main = Picture("densities", "Densities", _for_print(figure), 380)
    else:
        main = Picture(
            "plane", "The plane", _for_print(plane_figure(data, trace, half_step, drawn)), 520
        )
    shares = _for_print(shares_figure(data, trace, half_step, drawn))
    trajectory = _for_print(trajectory_figure(data, trace, half_step, spread, columns=2))
    return (
        main,
        Picture("responsibilities", "Responsibilities", shares, 260),
        Picture("trajectory", "Trajectory", trajectory, 480),
    )


def _for_print(figure: Figure) -> Figure:
    layout = figure["layout"]
    white = {"paper_bgcolor": "#ffffff", "plot_bgcolor": "#ffffff"}
    font = {"font": {**layout["font"], "family": FONT}}
    return {"data": figure["data"], "layout": {**layout, **white, **font}}
