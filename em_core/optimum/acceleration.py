"""EM to its end in far fewer iterations: extrapolation of the road it is on.

SQUAREM (Varadhan & Roland 2008, Scandinavian Journal of Statistics 35, 335-353, steplength S3)
extrapolates from two EM maps, Anderson's method (Henderson & Varadhan 2019, Journal of
Computational and Graphical Statistics 28, 834-846) from the last few. Both leave the EM map as
it is, so they end where EM ends. A jump is kept only if its log-likelihood is at least that of
where it started; otherwise the run goes on from the EM map, so it never falls.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.engine import Engine
from em_core.engine.kernel import Moments, State, arithmetic, prepare
from em_core.engine.rounds import refuse_hopeless
from em_core.engine.trace import mixture_of
from em_core.errors import InputError
from em_core.mixture import CovarianceType, GaussianMixture, read_only
from em_core.optimum.coordinates import SQRT_2
from em_core.options import Options
from em_core.outcome import Outcome
from em_core.points import scaled_points
from em_core.rules import PLAIN, Rules

Method = Literal["squarem", "anderson"]
METHODS: tuple[Method, ...] = ("squarem", "anderson")

MEMORY = 5
"""Differences that Anderson's method extrapolates from."""


@dataclass(frozen=True, eq=False)
class Accelerated:
    """An accelerated run; index i is the state after maps[i] EM iterations.

    log_likelihoods (T+1,), of mixtures[i], never falling but for a first iteration that brings
    the start into its covariance type (at a temperature other than 1 it is the free energy that
    never falls); maps (T+1,): EM iterations spent to get there, those in
    vain included; n_maps: all that were spent; outcome: as in a Trace.
    """

    mixtures: tuple[GaussianMixture, ...]
    log_likelihoods: np.ndarray
    maps: np.ndarray
    n_maps: int
    outcome: Outcome


def accelerate(
    points: ArrayLike,
    start: GaussianMixture,
    method: Method = "squarem",
    covariance_type: CovarianceType = "full",
    max_iter: int = 1000,
    tol: float = 1e-9,
    sample_weight: ArrayLike | None = None,
    variance_floor: float = 0.0,
    rules: Rules = PLAIN,
) -> Accelerated:
    """Run EM from `start`, jumping ahead where that raises the log-likelihood.

    max_iter: most EM maps to spend; tol: it has converged when an EM map raises the mean
    log-likelihood per point by less. Other arguments, endings and errors as in `fit`; a method
    other than "squarem" and "anderson" raises InputError ("method").
    """
    if method not in METHODS:
        raise InputError("method", f"There is no method {method!r}: choose squarem or anderson.")
    options = Options(covariance_type, tol, max_iter, variance_floor, rules)
    data = scaled_points(
        points, start.n_features, sample_weight, common_scale=covariance_type == "spherical"
    )
    engine = Engine(data, 1, start.n_components, options)
    with arithmetic():
        road = _Road(engine, start)
        (_squarem if method == "squarem" else _anderson)(road)
    return Accelerated(
        tuple(mixture_of(place.state, data) for place in road.places),
        read_only(np.array([place.log_likelihood for place in road.places])),
        read_only(np.array(road.maps)),
        road.spent,
        road.outcome,
    )


class _Place(NamedTuple):
    """Parameters, and the E-step there."""

    state: State
    moments: Moments

    @property
    def log_likelihood(self) -> float:
        return float(self.moments.log_likelihood[0])

    @property
    def height(self) -> float:
        """What EM never lowers: the free energy, at temperature 1 the log-likelihood."""
        return float(self.moments.free_energy[0])


class _Road:
    """The run as it grows. A step along EM's road costs one sweep over the points, and so does
    a look at the end of a jump."""

    def __init__(self, engine: Engine, start: GaussianMixture) -> None:
        self._engine, self._max_iter = engine, engine.options.max_iter
        self.least_gain = engine.options.tol * engine.points.total_weight
        state = engine.state_of([start])
        self._reference = state.means
        self.here = _Place(state, engine.expectation(state))
        refuse_hopeless(self.here.moments.log_likelihood)
        self.places, self.maps, self.spent = [self.here], [0], 0
        self.outcome: Outcome = "running" if self._max_iter > 0 else "max_iter"

    @property
    def running(self) -> bool:
        return self.outcome == "running"

    def look(self, state: State) -> _Place:
        self.spent += 1
        if self.running and self.spent >= self._max_iter:
            self.outcome = "max_iter"
        return _Place(state, self._engine.expectation(state))

    def move(self, place: _Place) -> None:
        self.here = place
        self.places.append(place)
        self.maps.append(self.spent)

    def mapped(self) -> State | None:
        """Where EM goes from here; None where a component collapses or empties: the run ends."""
        maximum = self._engine.maximisation(*self.here)
        if maximum.sound:
            return self._engine.state_at(maximum)
        empty, _, usable = self._engine.troubles(maximum)
        self.outcome = "empty" if empty.any() else "collapsed"
        if usable[0]:
            last = self.look(self._engine.state_at(maximum))
            if np.isfinite(last.height):
                self.move(last)
        return None

    def step(self, target: State) -> None:
        """To where EM goes from here; it has converged when that gains too little.

        The first step may fall, where it brings the start into its covariance type.
        """
        gain = (there := self.look(target)).height - self.here.height
        falls_once = gain < 0 and len(self.places) == 1
        if gain < self.least_gain and not falls_once:
            self.outcome = "converged"
        if gain >= 0 or falls_once:
            self.move(there)

    def jump(self, numbers: np.ndarray) -> bool:
        """To these parameters, if they are some and not below here."""
        state = self._read(numbers)
        if state is None:
            return False
        there = self.look(state)
        if not there.height >= self.here.height:
            return False
        self.move(there)
        return True

    def numbers(self, state: State) -> np.ndarray:
        """Weights, means as offsets from the start's, covariances: one flat array."""
        offsets = (state.means - self._reference) + state.residuals
        return np.concatenate([state.weights.ravel(), offsets.ravel(), state.covariances.ravel()])

    def lengths(self, step: np.ndarray) -> np.ndarray:
        """The step in units that are the same in all directions and know no units: those of
        the complete-data information."""
        state = self.here.state
        weights, means, covariances = self._parted(step)
        roots = np.sqrt(state.weights)
        turned = (state.whiten @ means[..., None])[..., 0] * roots[..., None]
        shapes = state.whiten @ covariances @ state.whiten.swapaxes(-1, -2)
        shapes = shapes * roots[..., None, None]
        return np.concatenate(
            [(weights / roots).ravel(), turned.ravel() * SQRT_2, shapes.ravel() * SQRT_2]
        )

    def _parted(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        K, d = self._reference.shape[1:]
        weights, means, covariances = np.split(numbers, [K, K + K * d])
        return weights.reshape(1, K), means.reshape(1, K, d), covariances.reshape(1, K, d, d)

    def _read(self, numbers: np.ndarray) -> State | None:
        """The state of these numbers, or None where they are no mixture or a collapsed one."""
        weights, offsets, covariances = self._parted(numbers)
        if not ((weights > 0).all() and np.isfinite(numbers).all()):
            return None
        if not self._engine.allows(covariances):
            return None
        means = self._reference + offsets
        residuals = offsets - (means - self._reference)
        return prepare(weights, means, residuals, covariances)


def _squarem(road: _Road) -> None:
    """To theta + 2 a r + a^2 v with r = F - theta, v = F(F) - 2 F + theta, a = |r| / |v|, and
    one EM map on. a = 1 is where two EM maps lead."""
    while road.running:
        x, first = road.numbers(road.here.state), road.mapped()
        if first is None:
            return
        road.step(first)
        if not road.running or (second := road.mapped()) is None:
            return
        r = road.numbers(first) - x
        v = road.numbers(second) - road.numbers(first) - r
        a = _ratio(road.lengths(r), road.lengths(v))
        jumped = a > 1 and road.jump(x + 2 * a * r + a * a * v)
        target = road.mapped() if jumped else second
        if target is not None and road.running:
            road.step(target)


def _ratio(step: np.ndarray, change: np.ndarray) -> float:
    bent = float(np.linalg.norm(change))
    return float(np.linalg.norm(step)) / bent if bent > 0 else 1.0


def _anderson(road: _Road) -> None:
    """theta + r - (dX + dR) g, with g such that dR g is closest to r: the differences of the
    last few theta and r = F - theta say how r shrinks to nothing."""
    xs: list[np.ndarray] = []
    rs: list[np.ndarray] = []
    while road.running and (target := road.mapped()) is not None:
        x = road.numbers(road.here.state)
        xs.append(x)
        rs.append(road.numbers(target) - x)
        xs, rs = xs[-MEMORY - 1 :], rs[-MEMORY - 1 :]
        before = road.here.height
        if len(rs) > 1:
            dx, dr = np.diff(np.stack(xs, axis=1)), np.diff(np.stack(rs, axis=1))
            lengths = np.stack([road.lengths(column) for column in dr.T], axis=1)
            g = np.linalg.lstsq(lengths, road.lengths(rs[-1]), rcond=1e-12)[0]
            if road.jump(x + rs[-1] - (dx + dr) @ g):
                if road.here.height - before >= road.least_gain or not road.running:
                    continue
                xs, rs = [], []
                if (target := road.mapped()) is None:
                    return
            else:
                xs, rs = xs[-1:], rs[-1:]
        if road.running:
            road.step(target)
