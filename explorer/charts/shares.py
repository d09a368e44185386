"""Who has how much of each point: the responsibilities as one stacked bar a point."""

import numpy as np

from em_core import Trace, e_step
from em_core.wording import number
from explorer.charts.layout import Figure, axis, escape, layout, with_unit
from explorer.charts.palette import LIGHT
from explorer.charts.sketch import Sketch, digits_to_tell_apart
from explorer.model.problem import Data

TICKS = 9


def shares_figure(data: Data, trace: Trace, half_step: int, sketch: Sketch) -> Figure:
    """One stacked bar a point in order of value; many points make a strip.

    The points stand at 1, 2, …, at equal distances, so the area of a colour is proportional to
    the effective size N_k of its component.
    """
    frame = trace.frame(half_step)
    points = data.points[sketch.columns]
    ranks = np.arange(1, len(points) + 1)
    shares = e_step(points, frame.sharer).responsibilities if frame.sharer else None
    mark = _area if sketch.compact else _bar
    return {
        "data": [
            {
                "meta": {"role": "share", "k": k},
                "name": f"component {k + 1}",
                "x": ranks.tolist(),
                "y": [] if shares is None else shares[:, k].tolist(),
                "hoverinfo": "skip",
                **mark(k),
            }
            for k in range(frame.mixture.n_components)
        ],
        "layout": layout(
            f"{data.title}:{data.n_points}",
            xaxis=axis(
                _order(data),
                range=[0.5, len(points) + 0.5],
                showgrid=False,
                fixedrange=True,
                **(_value_ticks(points[:, 0]) if data.n_features == 1 else {"tickvals": []}),
            ),
            yaxis=axis(
                "share of the point",
                range=[0, 1],
                tickvals=[0, 0.5, 1],
                fixedrange=True,
                showgrid=False,
            ),
            barmode="stack",
            bargap=0 if sketch.compact else 0.12 if len(points) <= 30 else 0.04,
            dragmode=False,
            annotations=[_empty_note(shown=frame.sharer is None)],
        ),
    }


def _order(data: Data) -> str:
    if data.n_features > 1:
        return "points in order along the data's main direction"
    return f"points in order of {with_unit(escape(data.columns[0]), escape(data.units[0]))}"


def _bar(k: int) -> Figure:
    return {"type": "bar", "marker": {"color": LIGHT.components[k], "line": {"width": 0}}}


def _area(k: int) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "stackgroup": "shares",
        "line": {"width": 0, "shape": "hvh"},
        "fillcolor": LIGHT.components[k],
    }


def _value_ticks(values: np.ndarray) -> Figure:
    """Name some bars by their value; equal steps of rank are unequal steps of value."""
    places = np.unique(np.linspace(0, len(values) - 1, min(TICKS, len(values))).round().astype(int))
    digits = digits_to_tell_apart(values[:1], values[-1:]) - 1
    return {
        "tickvals": (places + 1).tolist(),
        "ticktext": [number(float(values[i]), digits=digits) for i in places],
    }


def _empty_note(shown: bool) -> Figure:
    return {
        "text": "Nobody owns a point yet: press E-step to share out the points",
        "xref": "paper",
        "yref": "paper",
        "x": 0.5,
        "y": 0.5,
        "showarrow": False,
        "visible": shown,
        "font": {"size": 14, "color": LIGHT.muted},
    }
