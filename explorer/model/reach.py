"""Over which values a parameter is shown. Pure."""

from collections.abc import Sequence

import numpy as np

from em_core import Parameter
from explorer.model.runs import Run

MARGIN = 0.1
"""Beyond the data, as a share of their range."""

NARROWEST, WIDEST = 1e-5, 4.0
"""Variances, as shares of the data's."""

LIGHTEST = 0.01
"""The least weight, and one less than the most."""


Sides = Sequence[tuple[float, int]]
"""Coordinates × components up to which a grid has so many values along either side."""


def side_of(run: Run, sides: Sides) -> int:
    """Values along either side of a grid over the parameters of this run."""
    size = run.points.size * run.problem.start.mixture.n_components
    return next(side for limit, side in sides if size <= limit)


def values_of(parameter: Parameter, run: Run, count: int) -> np.ndarray:
    """(count,) values that hold those of the run and all that are of interest, evenly spaced;
    variances evenly on a logarithmic axis."""
    low, high = _span(parameter, run)
    if is_logarithmic(parameter):
        return np.geomspace(low, high, count)
    return np.linspace(low, high, count)


def is_logarithmic(parameter: Parameter) -> bool:
    """Whether its axis is."""
    return parameter.kind == "variance"


def _span(parameter: Parameter, run: Run) -> tuple[float, float]:
    if parameter.kind == "weight":
        return LIGHTEST, 1.0 - LIGHTEST
    taken = road_of(parameter, run)
    column = run.points[:, parameter.axis]
    if parameter.kind == "mean":
        low, high = min(column.min(), taken.min()), max(column.max(), taken.max())
        room = MARGIN * (high - low) or 1.0
        return float(low - room), float(high + room)
    variance = float(np.var(column)) or float(taken[0])
    low, high = min(NARROWEST * variance, taken.min()), max(WIDEST * variance, taken.max())
    return float(low), float(high)


def road_of(parameter: Parameter, run: Run) -> np.ndarray:
    """(T + 1,) its value at the start and after each iteration of the run."""
    trace, k, i = run.trace, parameter.component, parameter.axis
    if parameter.kind == "weight":
        return trace.weights[:, k]
    if parameter.kind == "mean":
        return trace.means[:, k, i]
    return trace.covariances[:, k, i, i]
