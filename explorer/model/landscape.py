"""The log-likelihood over two parameters. Pure."""

from dataclasses import dataclass

from em_core import GaussianMixture, Landscape, Parameter, landscape
from explorer.model.reach import values_of
from explorer.model.runs import Run

SIDE = 48


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
    found = landscape(
        run.points,
        base,
        x,
        y,
        values_of(x, run, SIDE),
        values_of(y, run, SIDE),
        run.trace.covariance_type,
        run.sample_weight,
    )
    return View(run, base, x, y, found)
