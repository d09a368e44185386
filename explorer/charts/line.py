"""One dimension: the axes of the densities, of the posterior curves and of the points below."""

from em_core import Trace
from explorer.charts.layout import Layout, axis, escape, layout, with_unit
from explorer.charts.ranges import density_top, value_range
from explorer.charts.sketch import Sketch
from explorer.model.problem import Data


def line_layout(data: Data, trace: Trace, sketch: Sketch, posterior: bool = False) -> Layout:
    """y is the density, y2 the posterior on the right, y3 the strip of points, by their level."""
    name, unit = escape(data.columns[0]), escape(data.units[0])
    rows = int(sketch.levels.max(initial=0)) + 1
    strip = min(0.07 + 0.04 * (rows - 1), 0.2) if len(sketch.dots) else 0.02
    return layout(
        f"{data.title}:{data.n_points}",
        xaxis=axis(
            with_unit(name, unit),
            range=list(value_range(trace, sketch, 0)),
            anchor="y3",
            showgrid=False,
        ),
        yaxis=axis(
            f"density (per {unit})" if unit else "density",
            range=[0, density_top(trace, sketch, float(data.points[:, 0].std()))],
            domain=[strip + 0.03, 1],
            rangemode="nonnegative",
            fixedrange=True,
            nticks=5,
        ),
        yaxis2=axis(
            "posterior",
            range=[0, 1 / 0.97],
            overlaying="y",
            side="right",
            showgrid=False,
            fixedrange=True,
            tickvals=[0, 0.5, 1],
            visible=posterior,
        ),
        yaxis3=axis(
            range=[-0.7, rows - 0.3],
            domain=[0, strip],
            visible=False,
            fixedrange=True,
        ),
        margin={"l": 58, "r": 48 if posterior else 16, "t": 16, "b": 44},
    )
