"""Who has how much of each point: the axes of the responsibility bars."""

import numpy as np

from em_core.wording import number
from explorer.charts.layout import Layout, axis, escape, layout, with_unit
from explorer.charts.sketch import Sketch, digits_to_tell_apart
from explorer.model.problem import Data

TICKS = 9
ALONG, IN_ORDER = "points in order along the data's main direction", "points in order of {}"
FEW_BARS = 30
GAPS = {"strip": 0, "few": 0.12, "more": 0.04}
"""Between bars, as a part of their distance: of many points, of up to FEW_BARS, and between."""


def shares_layout(data: Data, sketch: Sketch) -> Layout:
    """One stacked bar a point in order of value; many points make a strip.

    The points stand at 1, 2, …, at equal distances, so the area of a colour is proportional to
    the effective size N_k of its component.
    """
    points = data.points[sketch.columns]
    return layout(
        f"{data.title}:{data.n_points}",
        xaxis=axis(
            _order(data),
            range=[0.5, len(points) + 0.5],
            showgrid=False,
            fixedrange=True,
            **(_value_ticks(points[:, 0]) if data.n_features == 1 else {"tickvals": []}),
        ),
        yaxis=axis(
            "responsibility",
            range=[0, 1],
            tickvals=[0, 0.5, 1],
            fixedrange=True,
            showgrid=False,
        ),
        bargap=GAPS["strip" if sketch.compact else "few" if len(points) <= FEW_BARS else "more"],
        dragmode=False,
    )


def _order(data: Data) -> str:
    if data.n_features > 1:
        return ALONG
    return IN_ORDER.format(with_unit(escape(data.columns[0]), escape(data.units[0])))


def _value_ticks(values: np.ndarray) -> Layout:
    """Name some bars by their value; equal steps of rank are unequal steps of value."""
    places = np.unique(np.linspace(0, len(values) - 1, min(TICKS, len(values))).round().astype(int))
    digits = digits_to_tell_apart(values[:1], values[-1:]) - 1
    return {
        "tickvals": (places + 1).tolist(),
        "ticktext": [number(float(values[i]), digits=digits) for i in places],
    }
