"""The three charts of the stage with their words, as the browser gets them."""

from typing import Any

from em_core import Trace
from em_core.wording import count
from explorer.charts.line import line_layout
from explorer.charts.plane import plane_layout
from explorer.charts.shares import shares_layout
from explorer.charts.sketch import Sketch
from explorer.charts.trajectory import Spread, panels, titles, trajectory_layout
from explorer.model.problem import Data

Charts = dict[str, dict[str, Any]]

WORDS = {
    "several": "Two of {0} columns: ellipses and contours are what is seen of the mixture along "
    "them. Points are shared out by all {0}, so a colour need not follow the ellipses here. "
    "Nothing can be dragged.",
    "binned": "{} points, coloured at the middle of each bin.",
    "thinned": "{} of {} points are drawn.",
    "sized": "A dot is as large as its count.",
    "start": "Drag a number or its ring to change the start; click to add or select a point.",
    "later": "Drag a number to go on from there; click to add or select a point.",
    "shown": "Click a point to select it.",
    "few": "who has how much of each point",
    "counted": "{} points side by side, whatever their counts",
    "all": "{} points side by side; the area of a colour is its N",
    "some": "{} of {} points at even ranks; the area of a colour is its share of all",
}
"""What is said below and above the charts, with places for numbers of points."""


def stage_charts(
    data: Data,
    trace: Trace,
    sketch: Sketch,
    spread: Spread,
    posterior: bool,
    editable: bool,
    beside: float | None = None,
    n_columns: int = 2,
) -> Charts:
    """main, shares and trajectory: each {layout, caption, …}.

    beside: a log-likelihood that is to be in view with those of the run; n_columns: how many the
    points have of which at most two are drawn, those of data and trace.
    """
    line = data.n_features == 1
    shown = panels(data, trace, spread)
    return {
        "main": {
            "layout": line_layout(data, trace, sketch, posterior)
            if line
            else plane_layout(data, trace, sketch),
            "caption": "Densities" if line else "The plane",
            "hints": _hints(data, sketch, editable, n_columns),
        },
        "shares": {"layout": shares_layout(data, sketch), "caption": _shares_caption(data, sketch)},
        "trajectory": {
            "layout": trajectory_layout(trace, shown, beside),
            "narrow": trajectory_layout(trace, shown, beside, columns=2),
            "titles": titles(trace, shown),
            "panels": [panel.quantity for panel in shown],
            "caption": "the run so far; click to travel",
        },
    }


def _hints(data: Data, sketch: Sketch, editable: bool, n_columns: int) -> dict[str, str]:
    """What is drawn and what hands can do, at the start and later in the run."""
    words = []
    if n_columns > 2:
        editable = False
        words.append(WORDS["several"].format(n_columns))
    if sketch.histogram is not None:
        words.append(WORDS["binned"].format(count(data.n_points)))
    elif len(sketch.dots) < data.n_points:
        words.append(WORDS["thinned"].format(count(len(sketch.dots)), count(data.n_points)))
    if data.counts is not None and sketch.histogram is None:
        words.append(WORDS["sized"])
    return {
        when: " ".join([*words, WORDS[when if editable else "shown"]])
        for when in ("start", "later")
    }


def _shares_caption(data: Data, sketch: Sketch) -> str:
    if not sketch.compact:
        return WORDS["few"]
    if data.counts is not None:
        return WORDS["counted"].format(len(sketch.columns))
    if len(sketch.columns) == sketch.n_points:
        return WORDS["all"].format(sketch.n_points)
    return WORDS["some"].format(len(sketch.columns), count(sketch.n_points))
