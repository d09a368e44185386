"""The map of starts over two parameters, coarse first, then fine; made in portions."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from em_core import GaussianMixture, Parameter, StartMap
from em_core.mixture import CovarianceType
from em_core.optimum.grid import maps_of_starts
from em_core.optimum.parameter import varied
from explorer.model.reach import Sides, side_of, values_of
from explorer.model.runs import Run

SIDES: Sides = ((2_500, 60), (20_000, 36), (math.inf, 18))

STRIDES = (12, 6, 3, 2, 1)


@dataclass(eq=False)
class Charting:
    """A map as far as it has come. further: the maps to come, which can be asked for but once;
    made: the finest so far; running: whether it is to be refined now."""

    run: Run
    x: Parameter
    y: Parameter
    xs: np.ndarray
    ys: np.ndarray
    further: Iterator[StartMap]
    made: StartMap | None = None
    running: bool = True

    @property
    def complete(self) -> bool:
        return self.made is not None and self.made.done == 1.0


def begun(run: Run, x: Parameter, y: Parameter) -> Charting:
    """With nothing made yet."""
    side = side_of(run, SIDES)
    xs, ys = values_of(x, run, side), values_of(y, run, side)
    maps = maps_of_starts(
        run.points,
        run.problem.start.mixture,
        x,
        y,
        xs,
        ys,
        run.problem.options,
        run.sample_weight,
        STRIDES,
    )
    return Charting(run, x, y, xs, ys, maps)


def carried_on(charting: Charting) -> Charting:
    """With the next finer map; it stops running after the finest."""
    further = replace(charting, made=next(charting.further, charting.made))
    return replace(further, running=charting.running and not further.complete)


def set_running(charting: Charting, running: bool) -> Charting:
    return replace(charting, running=running and not charting.complete)


def put(
    mixture: GaussianMixture, values: dict[Parameter, float], covariance_type: CovarianceType
) -> GaussianMixture:
    """The mixture with these parameters put to these values; InputError where that is none."""
    changes = {parameter: np.array([value]) for parameter, value in values.items()}
    (found,) = varied(mixture, changes, covariance_type).mixtures(np.arange(1))
    return GaussianMixture(found.weights, found.means, found.covariances)
