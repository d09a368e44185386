"""The log-likelihood and its lower bound about every iteration of a run, made in portions. Pure."""

import time
from dataclasses import dataclass, replace

import numpy as np

from em_core import Bound, Parameter, bound_along, bound_over
from explorer.model.reach import values_of
from explorer.model.runs import Run

ALONG = np.linspace(-0.5, 2.0, 51)
"""Shares of the M-step's way at which both curves are worked out; 0 and 1 are among them."""

N_VALUES = 61
"""Values of one parameter at which they are."""

AT_ONCE = 0.25
"""Seconds of work that are made unasked, and in one portion."""


@dataclass(frozen=True, eq=False)
class Ascent:
    """The curves of the first iterations of a run.

    along: the parameter they are over, None for the M-step's own direction; places (m,): values
    of it, or shares of the M-step's way; curves: those about iteration t + 1 at place t;
    running: whether more are to be made now.
    """

    run: Run
    along: Parameter | None
    places: np.ndarray
    curves: tuple[Bound, ...] = ()
    running: bool = False

    @property
    def complete(self) -> bool:
        return len(self.curves) == self.run.trace.n_iter


def begun(run: Run, along: Parameter | None) -> Ascent:
    """With as many curves as are made in no time; the others are made when asked for."""
    places = ALONG if along is None else values_of(along, run, N_VALUES)
    return replace(carried_on(Ascent(run, along, places)), running=False)


def carried_on(ascent: Ascent) -> Ascent:
    """With another portion of the curves, one at least; it stops running after the last."""
    made, until = list(ascent.curves), time.monotonic() + AT_ONCE
    for t in range(len(made), ascent.run.trace.n_iter):
        made.append(_about(ascent, t))
        if time.monotonic() >= until:
            break
    further = replace(ascent, curves=tuple(made))
    return replace(further, running=ascent.running and not further.complete)


def set_running(ascent: Ascent, running: bool) -> Ascent:
    return replace(ascent, running=running and not ascent.complete)


def _about(ascent: Ascent, t: int) -> Bound:
    run = ascent.run
    if ascent.along is None:
        return bound_along(run.points, run.trace, t, ascent.places, run.sample_weight)
    return bound_over(run.points, run.trace, t, ascent.along, ascent.places, run.sample_weight)
