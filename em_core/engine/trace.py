"""Whole runs: `iterate`, a generator of half-steps, and `fit`, which keeps the trace."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.engine import Engine, Maximum
from em_core.engine.frame import Frame
from em_core.engine.kernel import Moments, State, arithmetic
from em_core.errors import InputError
from em_core.mixture import CovarianceType, GaussianMixture, read_only
from em_core.options import check_options
from em_core.outcome import Ending, Outcome, explain_ending
from em_core.points import ScaledPoints, as_points, as_sample_weight, scaled_points

START_TOO_NARROW = (
    "The points lie so far from every starting component that their density has no logarithm in "
    "doubles: start with larger variances."
)


@dataclass(frozen=True, eq=False)
class HalfStep(Frame):
    """The state of EM after a half-step, by `iterate`: a `Frame` with the responsibilities.

    responsibilities: (n, K) in force (after an M-step those it was made from);
    kl_gap: sum_ik r_ik log(r_ik / posterior_ik), so that log_likelihood = lower_bound + kl_gap
    (PRML 9.70; Neal & Hinton 1998); outcome: "running", or how the run ended here. made is None
    where the M-step found no finite mixture.
    """

    lower_bound: float
    sharer: GaussianMixture
    responsibilities: np.ndarray
    kl_gap: float
    outcome: Outcome


@dataclass(frozen=True, eq=False)
class Trace:
    """A whole run of T full iterations; index t is the state after t of them, 0 the start.

    weights (T+1, K), means (T+1, K, d), covariances (T+1, K, d, d), read-only;
    log_likelihoods (T+1,): [t] belongs to the parameters at [t];
    lower_bounds (T,): [t-1] is the ELBO after the M-step of iteration t;
    outcome: "converged", "max_iter", "collapsed" or "empty"; message: why, in one sentence;
    iteration: the one it stopped at (T, or T+1 where that one gave no finite mixture);
    components: (from 0) that collapsed or emptied; floored (T+1, K): whose variance was raised
    to the variance floor.
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    means_residuals: np.ndarray = field(repr=False)
    log_likelihoods: np.ndarray
    lower_bounds: np.ndarray
    floored: np.ndarray = field(repr=False)
    covariance_type: CovarianceType
    outcome: Outcome
    message: str
    iteration: int
    components: tuple[int, ...]

    @property
    def n_iter(self) -> int:
        """T, the number of full iterations in the trace."""
        return len(self.log_likelihoods) - 1

    @cached_property
    def mixtures(self) -> tuple[GaussianMixture, ...]:
        """[0] is the start, [t] the state after t full iterations."""
        return tuple(
            map(
                GaussianMixture._trusted,
                self.weights,
                self.means,
                self.covariances,
                self.means_residuals,
            )
        )

    @property
    def free_energies(self) -> np.ndarray:
        """(T+1,) what never falls: the log-likelihoods."""
        return self.log_likelihoods

    @property
    def last_half_step(self) -> int:
        """2 T: the M-step of the last iteration."""
        return 2 * self.n_iter

    def frame(self, half_step: int) -> Frame:
        """What is in force at a half-step; at the start or the end for one beyond them."""
        h = min(max(half_step, 0), self.last_half_step)
        in_force, sharer = h // 2, (h - 1) // 2
        free_energy = float(self.free_energies[in_force])
        return Frame(
            half_step=h,
            mixture=self.mixtures[in_force],
            log_likelihood=float(self.log_likelihoods[in_force]),
            free_energy=free_energy,
            lower_bound=_lower_bound_at(h, free_energy, self.lower_bounds),
            sharer=self.mixtures[sharer] if h else None,
            earlier_sharer=self.mixtures[sharer - 1] if sharer > 0 else None,
            made=self.mixtures[sharer + 1] if h else None,
        )


def _lower_bound_at(h: int, free_energy: float, lower_bounds: np.ndarray) -> float | None:
    """None at the start; the free energy itself at an E-step, which closes the gap."""
    if h == 0:
        return None
    return free_energy if h % 2 else float(lower_bounds[h // 2 - 1])


def fit(
    points: ArrayLike,
    start: GaussianMixture,
    covariance_type: CovarianceType = "full",
    max_iter: int = 200,
    tol: float = 1e-6,
    sample_weight: ArrayLike | None = None,
    variance_floor: float = 0.0,
) -> Trace:
    """Run EM from `start` and keep its whole history of parameters.

    points: (n,) or (n, d); sample_weight: (n,) repeat counts. EM stops as "converged" when an
    iteration raises the mean log-likelihood per point by less than `tol` (0: never), after
    `max_iter` iterations as "max_iter", or when a component has collapsed (its spread on some
    axis at most 1e-12 of the data's range, or its correlation matrix singular to 1e-12) or is
    empty (N_k exactly 0). It then ends with the last finite parameters. variance_floor: least
    variance as a fraction of the data's, 0 for none.

    Raises InputError when arguments do not fit each other.
    """
    engine = _engine(points, start, covariance_type, max_iter, tol, sample_weight, variance_floor)
    return _run(engine, start, covariance_type, max_iter, tol, already=0)


def extend(
    trace: Trace,
    points: ArrayLike,
    max_iter: int = 200,
    tol: float = 1e-6,
    sample_weight: ArrayLike | None = None,
    variance_floor: float = 0.0,
) -> Trace:
    """The trace of the same run carried on for up to `max_iter` more iterations.

    For runs in portions, with progress shown between them. Arguments and errors are those of
    `fit`; a trace that did not end at its iteration limit is returned as it is.
    """
    if trace.outcome != "max_iter":
        return trace
    last = trace.mixtures[-1]
    engine = _engine(
        points, last, trace.covariance_type, max_iter, tol, sample_weight, variance_floor
    )
    more = _run(engine, last, trace.covariance_type, max_iter, tol, already=trace.n_iter)
    joined: dict[str, Any] = {
        name: read_only(np.concatenate([getattr(trace, name), getattr(more, name)[skip:]]))
        for name, skip in _HISTORY.items()
    }
    return replace(more, **joined)


def iterate(
    points: ArrayLike,
    start: GaussianMixture,
    covariance_type: CovarianceType = "full",
    max_iter: int = 200,
    tol: float = 1e-6,
    sample_weight: ArrayLike | None = None,
    variance_floor: float = 0.0,
) -> Iterator[HalfStep]:
    """EM one half-step at a time: E, M, E, M, ... with the same digits and end as `fit`.

    Arguments and errors are those of `fit`. Each HalfStep holds an (n, K) array; when an M-step
    finds no finite mixture, the E-step before it is the last half-step and says so.
    """
    engine = _engine(points, start, covariance_type, max_iter, tol, sample_weight, variance_floor)
    values = as_points(points)
    weight = as_sample_weight(sample_weight, len(values))
    return _half_steps(engine, start, max_iter, tol, values, weight)


_HISTORY = {
    "weights": 1,
    "means": 1,
    "covariances": 1,
    "means_residuals": 1,
    "log_likelihoods": 1,
    "lower_bounds": 0,
    "floored": 1,
}
"""The fields of a Trace that grow, and how many leading entries a continuation repeats."""


def _run(
    engine: Engine,
    start: GaussianMixture,
    covariance_type: CovarianceType,
    max_iter: int,
    tol: float,
    already: int,
) -> Trace:
    """The trace from `start`, which `already` iterations have led to."""
    with arithmetic():
        history = list(_iterations(engine, start, max_iter, tol))
    reached = [r for r in history if r.moments is not None]
    ending = history[-1].ending
    assert ending is not None
    ending = replace(ending, iteration=ending.iteration + already)
    states = [r.state for r in reached]
    scale = engine.points.scale
    weights, means, residuals, covariances = (
        np.concatenate([getattr(s, name) for s in states])
        for name in ("weights", "means", "residuals", "covariances")
    )
    return Trace(
        weights=read_only(weights),
        means=read_only(means * scale),
        covariances=read_only(covariances * scale[:, None] * scale),
        means_residuals=read_only(residuals * scale),
        log_likelihoods=read_only(np.array([r.log_likelihood for r in reached])),
        lower_bounds=read_only(_lower_bounds(reached)),
        floored=read_only(np.concatenate([r.floored for r in reached])),
        covariance_type=covariance_type,
        outcome=ending.outcome,
        message=explain_ending(ending, engine.points, mixture_of(states[-1], engine.points), tol),
        iteration=ending.iteration,
        components=ending.components,
    )


class _Reached(NamedTuple):
    """The engine after `iteration` full iterations; `ending` when it went no further.

    moments is None when the iteration gave no finite mixture: state is then the one before.
    """

    iteration: int
    state: State
    moments: Moments | None
    floored: np.ndarray
    squares: np.ndarray
    ending: Ending | None

    @property
    def log_likelihood(self) -> float:
        assert self.moments is not None
        return self.moments.log_likelihood[0]


def _engine(
    points: ArrayLike,
    start: GaussianMixture,
    covariance_type: CovarianceType,
    max_iter: int,
    tol: float,
    sample_weight: ArrayLike | None,
    variance_floor: float,
) -> Engine:
    check_options(covariance_type, max_iter, tol, variance_floor)
    data = scaled_points(
        points, start.n_features, sample_weight, common_scale=covariance_type == "spherical"
    )
    return Engine(data, 1, start.n_components, covariance_type, variance_floor)


def _iterations(
    engine: Engine, start: GaussianMixture, max_iter: int, tol: float
) -> Iterator[_Reached]:
    """The start and each full iteration after it; the last one carries the ending."""
    state = engine.state_of([start])
    moments = engine.expectation(state)
    if not np.isfinite(moments.log_likelihood[0]):
        raise InputError("start-too-narrow", START_TOO_NARROW)
    floored = np.zeros_like(moments.counts, dtype=bool)
    ending = Ending("max_iter", 0, ()) if max_iter == 0 else None
    yield _Reached(0, state, moments, floored, np.zeros(1), ending)
    least_gain = tol * engine.points.total_weight
    for t in range(1, max_iter + 1):
        maximum = engine.maximisation(state, moments)
        ending, usable = (None, True) if maximum.sound else _trouble(engine, maximum, t)
        if usable:
            state_after = engine.state_at(maximum)
            moments_after = engine.expectation(state_after)
            gain = moments_after.log_likelihood[0] - moments.log_likelihood[0]
        if not usable or (ending is not None and not np.isfinite(gain)):
            yield _Reached(t, state, None, floored, np.zeros(1), ending)
            return
        if ending is None and tol > 0 and gain < least_gain:
            ending = Ending("converged", t, ())
        elif ending is None and t == max_iter:
            ending = Ending("max_iter", t, ())
        state, moments = state_after, moments_after
        yield _Reached(t, state, moments, maximum.floored, maximum.squares, ending)
        if ending is not None:
            return


def _trouble(engine: Engine, maximum: Maximum, iteration: int) -> tuple[Ending, bool]:
    """The ending that an unsound maximum brings, and whether its parameters can be kept."""
    empty, collapsed, usable = (found[0] for found in engine.troubles(maximum))
    befallen = np.flatnonzero(empty if empty.any() else collapsed)
    outcome: Outcome = "empty" if empty.any() else "collapsed"
    return Ending(outcome, iteration, tuple(befallen.tolist())), bool(usable)


def _lower_bounds(reached: list[_Reached]) -> np.ndarray:
    """(T,) ELBO after each M-step, from K-sized sums alone.

    The entropy of the responsibilities is what the log-likelihood of the old parameters exceeds
    their expected complete-data log-likelihood by (PRML 9.74), so
    ELBO(r, new) = log-likelihood(old) + sum_k N_k (log_norm_new - log_norm_old)
                   + sum_k N_k (average |y|^2 about the old) - sum_k N_k (the same about the new).
    """
    if len(reached) == 1:
        return np.empty(0)
    before = [r.moments for r in reached[:-1] if r.moments is not None]
    counts = np.concatenate([m.counts for m in before])
    second = np.concatenate([m.second for m in before])
    log_norms = np.concatenate([r.state.log_norms for r in reached])
    squares = np.concatenate([r.squares for r in reached[1:]])
    old_squares = np.einsum("tkii->tk", second)
    gains = (counts * (np.diff(log_norms, axis=0) + old_squares)).sum(axis=-1)
    return np.concatenate([m.log_likelihood for m in before]) + gains - squares / 2


def _half_steps(
    engine: Engine,
    start: GaussianMixture,
    max_iter: int,
    tol: float,
    values: np.ndarray,
    weight: np.ndarray | None,
) -> Iterator[HalfStep]:
    iterations = _quietly(_iterations(engine, start, max_iter, tol))
    earlier, mixture, log_likelihood = None, start, next(iterations).log_likelihood
    log_joint = _log_joint(values, mixture)
    for t, reached in enumerate(iterations, start=1):
        log_posterior = _log_posterior(log_joint)
        outcome = reached.ending.outcome if reached.ending else "running"
        made = None if reached.moments is None else mixture_of(reached.state, engine.points)
        bound, gap = _bound_and_gap(log_posterior, log_joint, weight)
        shared_out = HalfStep(
            half_step=2 * t - 1,
            mixture=mixture,
            log_likelihood=log_likelihood,
            free_energy=log_likelihood,
            lower_bound=bound,
            sharer=mixture,
            earlier_sharer=earlier,
            made=made,
            responsibilities=read_only(np.exp(log_posterior).T),
            kl_gap=gap,
            outcome="running" if made else outcome,
        )
        yield shared_out
        if made is None:
            return
        log_likelihood, log_joint = reached.log_likelihood, _log_joint(values, made)
        bound, gap = _bound_and_gap(log_posterior, log_joint, weight)
        yield replace(
            shared_out,
            half_step=2 * t,
            mixture=made,
            log_likelihood=log_likelihood,
            free_energy=log_likelihood,
            lower_bound=bound,
            kl_gap=gap,
            outcome=outcome,
        )
        earlier, mixture = mixture, made


def _bound_and_gap(
    log_responsibilities: np.ndarray, log_joint: np.ndarray, weight: np.ndarray | None
) -> tuple[float, float]:
    """ELBO and KL gap of responsibilities and log joint densities, both (K, n)."""
    shares = np.exp(log_responsibilities)
    if weight is not None:
        shares = shares * weight
    bound = np.sum(shares * (log_joint - log_responsibilities))
    gap = np.sum(shares * (log_responsibilities - _log_posterior(log_joint)))
    return float(bound), float(gap)


def _log_joint(values: np.ndarray, mixture: GaussianMixture) -> np.ndarray:
    return np.log(mixture.weights)[:, None] + mixture.log_densities(values).T


def _log_posterior(log_joint: np.ndarray) -> np.ndarray:
    logs = log_joint - log_joint.max(axis=0)
    return logs - np.logaddexp.reduce(logs, axis=0)


def mixture_of(state: State, points: ScaledPoints) -> GaussianMixture:
    """The one mixture of a state (S = 1), in the data's own units."""
    scale = points.scale
    return GaussianMixture._trusted(
        state.weights[0],
        state.means[0] * scale,
        state.covariances[0] * scale[:, None] * scale,
        state.residuals[0] * scale,
    )


def _quietly(iterations: Iterator[_Reached]) -> Iterator[_Reached]:
    """The same, with NumPy's floating-point warnings off only while the engine works."""
    while True:
        with arithmetic():
            reached = next(iterations, None)
        if reached is None:
            return
        yield reached
