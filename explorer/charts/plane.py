"""Two dimensions: the axes of the plane."""

from em_core import Trace
from explorer.charts.layout import Layout, axis, escape, layout, with_unit
from explorer.charts.ranges import value_range
from explorer.charts.sketch import Sketch
from explorer.model.problem import Data


def plane_layout(data: Data, trace: Trace, sketch: Sketch) -> Layout:
    """x and y are the two axes of the data; their ranges hold the whole run."""
    across, up = (
        axis(
            with_unit(escape(data.columns[j]), escape(data.units[j])),
            range=list(value_range(trace, sketch, j)),
        )
        for j in (0, 1)
    )
    return layout(
        f"{data.title}:{data.n_points}",
        margin={"l": 58, "r": 16, "t": 16, "b": 44},
        xaxis=across,
        yaxis=up,
    )
