"""The one EM loop: S runs at once, each with its own end. `fit` is it with S = 1."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from em_core.engine.engine import OUT_OF_SIGHT, Engine, Maximum, chosen_rows
from em_core.engine.kernel import Moments, State, exceeds
from em_core.errors import InputError
from em_core.mixture import GaussianMixture
from em_core.outcome import Outcome, Stop

ROUNDING = 1e-13
"""A fall of the free energy up to this, relative to it and the weight of the points, is none."""


class Round(NamedTuple):
    """What one full iteration made of the runs that were still going; iteration 0 is the start.

    runs: (R,) the runs that reached finite mixtures; state and moments, theirs; floored (R, K)
    and squares (R,), as in `Maximum`; stops: run -> how it ended in this iteration. A run that
    is in stops and not in runs found no finite mixture.
    """

    iteration: int
    runs: np.ndarray
    state: State
    moments: Moments
    floored: np.ndarray
    squares: np.ndarray
    stops: dict[int, Stop]


def rounds(
    engine: Engine, starts: Sequence[GaussianMixture], settled: bool = False
) -> Iterator[Round]:
    """The starts, then one round an iteration, until all runs have ended.

    A run ends as "converged" when an iteration raised its free energy (the log-likelihood, at
    temperature 1) per point by less than the tolerance. A fall is no convergence: it happens
    only in the first iteration, which may have to bring the start into its covariance type,
    above the variance floor or to equal weights; and that iteration never converges. settled:
    the starts are known to need none of this.
    """
    max_iter, tol = engine.options.max_iter, engine.options.tol
    going = _Going.at_start(engine, starts)
    nothing_floored = np.zeros(going.state.weights.shape, dtype=bool)
    stops = {} if max_iter else _all(going.runs, Stop("max_iter", 0, ()))
    no_squares = np.zeros(len(starts))
    yield Round(0, *going[1:], nothing_floored, no_squares, stops)
    for t in range(1, max_iter + 1):
        maximum = going.engine.maximisation(going.state, going.moments)
        stops = {}
        if not maximum.sound:
            stops, usable = _troubles(going, maximum, t)
            going, maximum = going.only(usable), chosen_rows(maximum, usable)
        after = going.moved_to(maximum)
        if tol > 0:
            for run in _at_rest(going, after, tol, settled or t > 1):
                stops.setdefault(run, Stop("converged", t, ()))
        if t == max_iter:
            stops = _all(after.runs, Stop("max_iter", t, ())) | stops
        if stops:
            finite = np.isfinite(after.moments.free_energy) | ~_ended(after, stops)
            after, maximum = after.only(finite), chosen_rows(maximum, finite)
        yield Round(t, *after[1:], maximum.floored, maximum.squares, stops)
        if stops:
            going_on = ~_ended(after, stops)
            if not going_on.any():
                return
            after = after.only(going_on)
        going = after


class _Going(NamedTuple):
    """Runs (R,) that have not ended, the engine that works on them, and where they stand."""

    engine: Engine
    runs: np.ndarray
    state: State
    moments: Moments

    @classmethod
    def at_start(cls, engine: Engine, starts: Sequence[GaussianMixture]) -> "_Going":
        state = engine.state_of(starts)
        moments = engine.expectation(state)
        refuse_hopeless(moments.log_likelihood)
        return cls(engine, np.arange(len(starts)), state, moments)

    def only(self, chosen: np.ndarray) -> "_Going":
        """The chosen ones (R,) of them."""
        if chosen.all():
            return self
        return _Going(
            self.engine.narrowed(chosen),
            self.runs[chosen],
            chosen_rows(self.state, chosen),
            chosen_rows(self.moments, chosen),
        )

    def moved_to(self, maximum: Maximum) -> "_Going":
        if not len(self.runs):
            return self
        state = self.engine.state_at(maximum)
        return _Going(self.engine, self.runs, state, self.engine.expectation(state))


def _at_rest(before: _Going, after: _Going, tol: float, settled: bool) -> list[int]:
    """The runs that have converged."""
    total = after.engine.points.total_weight
    gains = after.moments.free_energy - before.moments.free_energy
    enough = gains - tol * total
    if exceeds(enough, 0.0):
        return []
    at_rest = (enough < 0) & (gains >= -rounding(after.moments.free_energy, total))
    if not settled:
        at_rest &= ~after.engine.unfitting(before.state).any(axis=0)
    return after.runs[at_rest].tolist()


def rounding(free_energies: np.ndarray, total_weight: np.ndarray | float) -> np.ndarray:
    """What a fall of the free energy must exceed to be one."""
    return ROUNDING * (np.abs(free_energies) + total_weight)


def _troubles(going: _Going, maximum: Maximum, t: int) -> tuple[dict[int, Stop], np.ndarray]:
    """How runs end that an unsound maximum ends, and whose parameters can be kept (R,)."""
    empty, collapsed, usable = going.engine.troubles(maximum)
    stops = {}
    for row in np.flatnonzero((empty | collapsed).any(axis=-1) | ~usable):
        outcome: Outcome = "empty" if empty[row].any() else "collapsed"
        befallen = np.flatnonzero(empty[row] if empty[row].any() else collapsed[row])
        stops[int(going.runs[row])] = Stop(outcome, t, tuple(befallen.tolist()))
    return stops, usable


def _all(runs: np.ndarray, stop: Stop) -> dict[int, Stop]:
    return dict.fromkeys(runs.tolist(), stop)


def _ended(going: _Going, stops: dict[int, Stop]) -> np.ndarray:
    """(R,) which of the runs are among the stops."""
    return np.array([run in stops for run in going.runs.tolist()], dtype=bool)


def refuse_hopeless(log_likelihoods: np.ndarray) -> None:
    """Raises InputError for a start (S,) of no log-likelihood, or one on the brink of none."""
    hopeful = log_likelihoods > -OUT_OF_SIGHT
    if hopeful.all():
        return
    s = int(np.argmin(hopeful))
    which = f"start {s + 1}" if len(log_likelihoods) > 1 else "the start"
    raise InputError(
        "start-too-narrow",
        f"In {which} the points lie so far from every component that their density has no "
        "logarithm in doubles: start with larger variances.",
    )
