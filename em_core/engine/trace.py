"""Whole runs: `iterate`, a generator of half-steps, and `fit`, which keeps the trace."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.engine import Engine
from em_core.engine.frame import Frame
from em_core.engine.kernel import State, arithmetic
from em_core.engine.rounds import Round, rounding, rounds
from em_core.mixture import CovarianceType, GaussianMixture, read_only
from em_core.options import DEFAULTS, Options
from em_core.outcome import Fall, Outcome, explain_fall, explain_stop
from em_core.points import ScaledPoints, as_points, as_sample_weight, scaled_points
from em_core.rules import Rules
from em_core.steps import log_joint, log_shares, shared_out
from em_core.tables import mixture_table, run_table


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
    free_energies (T+1,): the largest sum_ik r_ik log(w_k N_ik) + T entropy(r) at temperature T,
    which is what never falls; at 1 it is the log-likelihood, at 0 that of hard assignment;
    lower_bounds (T,): [t-1] is the same sum after the M-step of iteration t, of the
    responsibilities it was made from (at temperature 1 the ELBO);
    outcome: "converged", "max_iter", "collapsed" or "empty"; message: why, in one sentence;
    iteration: the one it stopped at (T, or T+1 where that one gave no finite mixture);
    components: (from 0) that collapsed or emptied; floored (T+1, K): whose variance was raised
    to the variance floor;
    fell_at: the iteration in which the free energy fell all the same, because the start was not
    of the covariance type (or below the floor, or of unequal weights where they are to be
    equal) and had to be brought into it, else None; fall_message: that in one sentence, or "".
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    means_residuals: np.ndarray = field(repr=False)
    log_likelihoods: np.ndarray
    free_energies: np.ndarray = field(repr=False)
    lower_bounds: np.ndarray
    floored: np.ndarray = field(repr=False)
    options: Options
    outcome: Outcome
    message: str
    iteration: int
    components: tuple[int, ...]
    fell_at: int | None = None
    fall_message: str = ""

    @property
    def covariance_type(self) -> CovarianceType:
        return self.options.covariance_type

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

    def marginal(self, axes: Sequence[int]) -> "Trace":
        """The same run seen along some of its coordinates, `axes` from 0.

        Log-likelihoods and bounds stay those of all coordinates.
        """
        i = np.asarray(axes)
        return replace(
            self,
            means=read_only(self.means[:, :, i]),
            covariances=read_only(self.covariances[:, :, i[:, None], i]),
            means_residuals=read_only(self.means_residuals[:, :, i]),
        )

    def _repr_html_(self) -> str:
        """In a notebook: how it ended, the log-likelihoods, and the last mixture."""
        last = mixture_table(self.weights[-1], self.means[-1], self.covariances[-1])
        return run_table(self.log_likelihoods, self.message, last)

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
    covariance_type: CovarianceType = DEFAULTS.covariance_type,
    max_iter: int = DEFAULTS.max_iter,
    tol: float = DEFAULTS.tol,
    sample_weight: ArrayLike | None = None,
    variance_floor: float = DEFAULTS.variance_floor,
    rules: Rules = DEFAULTS.rules,
) -> Trace:
    """Run EM from `start` and keep its whole history of parameters.

    points: (n,) or (n, d); sample_weight: (n,) repeat counts. EM stops as "converged" when an
    iteration raises the mean log-likelihood per point (at another temperature the free energy)
    by less than `tol` (0: never), after `max_iter` iterations as "max_iter", or when a component
    has collapsed (its spread on some axis at most 1e-12 of the data's range, or its correlation
    matrix singular to 1e-12) or is empty (N_k exactly 0). It then ends with the last finite
    parameters. variance_floor: least variance as a fraction of the data's, 0 for none; rules:
    what is fixed, and how hard points are shared out.

    Raises InputError when arguments do not fit each other.
    """
    options = Options(covariance_type, tol, max_iter, variance_floor, rules)
    return _run(_engine(points, start, options, sample_weight), start)


def extend(
    trace: Trace,
    points: ArrayLike,
    max_iter: int = DEFAULTS.max_iter,
    tol: float = DEFAULTS.tol,
    sample_weight: ArrayLike | None = None,
    variance_floor: float | None = None,
    rules: Rules | None = None,
) -> Trace:
    """The trace of the same run carried on for up to `max_iter` more iterations.

    For runs in portions, with progress shown between them. Arguments and errors are those of
    `fit`, variance_floor and rules by default those of the trace; a trace that did not end at
    its iteration limit is returned as it is.
    """
    if trace.outcome != "max_iter":
        return trace
    options = Options(
        trace.covariance_type,
        tol,
        max_iter,
        trace.options.variance_floor if variance_floor is None else variance_floor,
        trace.options.rules if rules is None else rules,
    )
    last = trace.mixtures[-1]
    settled = trace.n_iter > 0 and options == replace(trace.options, tol=tol, max_iter=max_iter)
    engine = _engine(points, last, options, sample_weight)
    more = _run(engine, last, already=trace.n_iter, settled=settled)
    joined: dict[str, Any] = {
        name: read_only(np.concatenate([getattr(trace, name), getattr(more, name)[skip:]]))
        for name, skip in _HISTORY.items()
    }
    fall = trace if trace.fell_at else more
    return replace(more, **joined, fell_at=fall.fell_at, fall_message=fall.fall_message)


def iterate(
    points: ArrayLike,
    start: GaussianMixture,
    covariance_type: CovarianceType = DEFAULTS.covariance_type,
    max_iter: int = DEFAULTS.max_iter,
    tol: float = DEFAULTS.tol,
    sample_weight: ArrayLike | None = None,
    variance_floor: float = DEFAULTS.variance_floor,
    rules: Rules = DEFAULTS.rules,
) -> Iterator[HalfStep]:
    """EM one half-step at a time: E, M, E, M, ... with the same digits and end as `fit`.

    Arguments and errors are those of `fit`. Each HalfStep holds an (n, K) array; when an M-step
    finds no finite mixture, the E-step before it is the last half-step and says so.
    """
    options = Options(covariance_type, tol, max_iter, variance_floor, rules)
    engine = _engine(points, start, options, sample_weight)
    values = as_points(points)
    return _half_steps(engine, start, values, as_sample_weight(sample_weight, len(values)))


_HISTORY = {
    "weights": 1,
    "means": 1,
    "covariances": 1,
    "means_residuals": 1,
    "log_likelihoods": 1,
    "free_energies": 1,
    "lower_bounds": 0,
    "floored": 1,
}
"""The fields of a Trace that grow, and how many leading entries a continuation repeats."""


def _engine(
    points: ArrayLike, start: GaussianMixture, options: Options, sample_weight: ArrayLike | None
) -> Engine:
    common = options.covariance_type == "spherical"
    data = scaled_points(points, start.n_features, sample_weight, common)
    return Engine(data, 1, start.n_components, options)


def _run(engine: Engine, start: GaussianMixture, already: int = 0, settled: bool = False) -> Trace:
    """The trace from `start`, which `already` iterations have led to."""
    with arithmetic():
        history = list(rounds(engine, [start], settled))
    stop = history[-1].stops[0]
    stop = replace(stop, iteration=stop.iteration + already)
    reached = [r for r in history if len(r.runs)]
    states, data = [r.state for r in reached], engine.points
    weights, means, residuals, covariances = (
        np.concatenate([getattr(s, name) for s in states])
        for name in ("weights", "means", "residuals", "covariances")
    )
    free_energies = np.concatenate([r.moments.free_energy for r in reached])
    fall = _fall(engine, states[0], free_energies, already)
    return Trace(
        weights=_from_start(start.weights, weights),
        means=_from_start(start.means, means * data.scale),
        covariances=_from_start(start.covariances, covariances * data.scale[:, None] * data.scale),
        means_residuals=_from_start(start.means_residual, residuals * data.scale),
        log_likelihoods=read_only(np.concatenate([r.moments.log_likelihood for r in reached])),
        free_energies=read_only(free_energies),
        lower_bounds=read_only(_lower_bounds(reached)),
        floored=read_only(np.concatenate([r.floored for r in reached])),
        options=engine.options,
        outcome=stop.outcome,
        message=explain_stop(stop, data, mixture_of(states[-1], data), engine.options),
        iteration=stop.iteration,
        components=stop.components,
        fell_at=fall.iteration if fall else None,
        fall_message=explain_fall(fall) if fall else "",
    )


def _from_start(first: np.ndarray, later: np.ndarray) -> np.ndarray:
    """(T+1, ...) where [0] is what was given, to the bit."""
    later[0] = first
    return read_only(later)


def _fall(engine: Engine, start: State, free_energies: np.ndarray, already: int) -> Fall | None:
    """The fall of the first iteration, which alone can have one."""
    if len(free_energies) == 1:
        return None
    before, after = free_energies[:2].tolist()
    if after - before >= -rounding(free_energies[1], engine.points.total_weight):
        return None
    broken = engine.unfitting(start)[:, 0].tolist()
    n_features = engine.points.n_features
    return (
        Fall(already + 1, before, after, n_features, engine.options, *broken)
        if any(broken)
        else None
    )


def _lower_bounds(reached: list[Round]) -> np.ndarray:
    """(T,) ELBO after each M-step, from K-sized sums alone.

    The entropy of the responsibilities (times the temperature) is what the free energy of the
    old parameters exceeds their expected complete-data log-likelihood by (PRML 9.74), so
    ELBO(r, new) = free energy(old) + sum_k N_k (log_norm_new - log_norm_old)
                   + sum_k N_k (average |y|^2 about the old) - sum_k N_k (the same about the new).
    """
    if len(reached) == 1:
        return np.empty(0)
    before = [r.moments for r in reached[:-1]]
    counts = np.concatenate([m.counts for m in before])
    second = np.concatenate([m.second for m in before])
    log_norms = np.concatenate([r.state.log_norms for r in reached])
    squares = np.concatenate([r.squares for r in reached[1:]])
    old_squares = np.einsum("tkii->tk", second)
    gains = (counts * (np.diff(log_norms, axis=0) + old_squares)).sum(axis=-1)
    return np.concatenate([m.free_energy for m in before]) + gains - squares / 2


def _half_steps(
    engine: Engine, start: GaussianMixture, values: np.ndarray, weight: np.ndarray | None
) -> Iterator[HalfStep]:
    iterations = _quietly(rounds(engine, [start]))
    temperature = engine.options.rules.temperature
    earlier, mixture, moments = None, start, next(iterations).moments
    joint = log_joint(values, mixture)
    for reached in iterations:
        logs = log_shares(joint, temperature)
        outcome = reached.stops[0].outcome if reached.stops else "running"
        made = mixture_of(reached.state, engine.points) if len(reached.runs) else None
        bound, gap = _bound_and_gap(logs, joint, temperature, weight)
        after_e = HalfStep(
            half_step=2 * reached.iteration - 1,
            mixture=mixture,
            log_likelihood=float(moments.log_likelihood[0]),
            free_energy=float(moments.free_energy[0]),
            lower_bound=bound,
            sharer=mixture,
            earlier_sharer=earlier,
            made=made,
            responsibilities=read_only(np.exp(logs).T),
            kl_gap=gap,
            outcome="running" if made else outcome,
        )
        yield after_e
        if made is None:
            return
        moments, joint = reached.moments, log_joint(values, made)
        bound, gap = _bound_and_gap(logs, joint, temperature, weight)
        yield replace(
            after_e,
            half_step=2 * reached.iteration,
            mixture=made,
            log_likelihood=float(moments.log_likelihood[0]),
            free_energy=float(moments.free_energy[0]),
            lower_bound=bound,
            kl_gap=gap,
            outcome=outcome,
        )
        earlier, mixture = mixture, made


def _bound_and_gap(
    logs: np.ndarray, joint: np.ndarray, temperature: float, weight: np.ndarray | None
) -> tuple[float, float]:
    """Lower bound and gap of log responsibilities and log joint densities, both (K, n)."""
    shares = np.exp(logs) if weight is None else np.exp(logs) * weight
    held = shares > 0  # a share of 0 adds nothing, though the log of its density may be infinite
    terms = np.where(held, joint, 0.0) - temperature * np.where(held, logs, 0.0)
    bound = np.sum(shares * terms)
    if temperature == 1:
        gaps = np.where(held, logs, 0.0) - np.where(held, log_shares(joint), 0.0)
        return float(bound), float(np.sum(shares * gaps))
    energies = shared_out(joint, temperature)[1]
    return float(bound), float(np.sum(shares * (energies - terms)))


def mixture_of(state: State, points: ScaledPoints) -> GaussianMixture:
    """The one mixture of a state (S = 1), in the data's own units."""
    scale = points.scale
    return GaussianMixture._trusted(
        state.weights[0],
        state.means[0] * scale,
        state.covariances[0] * scale[:, None] * scale,
        state.residuals[0] * scale,
    )


def _quietly(iterations: Iterator[Round]) -> Iterator[Round]:
    """The same, with NumPy's floating-point warnings off only while the engine works."""
    while True:
        with arithmetic():
            reached = next(iterations, None)
        if reached is None:
            return
        yield reached
