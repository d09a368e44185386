"""The log-likelihood over two parameters. Pure."""

import math
from dataclasses import dataclass

from em_core import GaussianMixture, Landscape, Parameter, landscape
from explorer.model.reach import Sides, side_of, values_of
from explorer.model.runs import Run

SIDES: Sides = ((20_000, 48), (80_000, 32), (math.inf, 24))


@dataclass(frozen=True, eq=False)
class View:
    """The log-likelihood over x and y, all else as in `base`."""

    run: Run
    base: GaussianMixture
    x: Parameter
    y: Parameter
    found: Landscape


def seen(run: Run, base: GaussianMixture, x: Parameter, y: Parameter) -> View:
    """Over all values that are of interest."""
    side = side_of(run, SIDES)
    found = landscape(
        run.points,
        base,
        x,
        y,
        values_of(x, run, side),
        values_of(y, run, side),
        run.trace.covariance_type,
        run.sample_weight,
    )
    return View(run, base, x, y, found)
