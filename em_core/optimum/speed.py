"""How fast EM arrives, why no faster, and what a stopping rule leaves undone.

Near its end EM takes away the same share of the distance in each iteration: 1 - rate, where the
rate is the largest fraction of missing information (Dempster, Laird & Rubin 1977), and the
direction that is slowest is the one of which the labels hide most.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.trace import Trace
from em_core.mixture import GaussianMixture, read_only
from em_core.optimum.acceleration import accelerate
from em_core.optimum.information import Curvature, curvature_of
from em_core.optimum.verdict import all_numbers, direction_of, named_errors
from em_core.options import TOL, Options

FOLLOWED, END_TOL = 2000, 1e-15

SCIKIT_LEARN_TOL = 1e-3
"""scikit-learn's GaussianMixture: on the change of the mean log-likelihood per point."""

MCLUST_TOL = 1e-5
"""mclust's emControl: on the change of the log-likelihood relative to 1 + its size."""


@dataclass(frozen=True)
class Stop:
    """Where a stopping rule ends a run.

    rule: "scikit-learn", "mclust" or "here", each with its default; iteration: the one it stops
    after, or None where the trace is too short to tell; log_likelihood_to_come: what EM would
    still gain; errors_to_come: how far the parameter `which` still has to go, in its standard
    errors, the farthest of all; None and "" where the end is no proper maximum and has none.
    """

    rule: str
    iteration: int | None
    log_likelihood_to_come: float
    errors_to_come: float | None
    which: str


@dataclass(frozen=True, eq=False)
class Speed:
    """end: where the run leads if it goes on for ever, with its log_likelihood;
    distances (T+1,): from each mixture of the trace to the end, in standard errors, all
    parameters together (the square root of step^T observed step; of the complete-data
    information where the end is no proper maximum); rate: the share of the distance that an
    iteration leaves, near the end; slowest: the parameters that change in the slowest direction
    and how much, in complete-data standard errors relative to the most; stops: where stopping
    rules end the run."""

    end: GaussianMixture
    log_likelihood: float
    distances: np.ndarray
    rate: float
    slowest: tuple[tuple[str, float], ...]
    stops: tuple[Stop, ...]


def how_fast(points: ArrayLike, trace: Trace, sample_weight: ArrayLike | None = None) -> Speed:
    """The road of a trace seen from its end.

    points, sample_weight: those of the trace. The end is found by accelerated EM. Raises
    InputError where they do not fit.
    """
    options = trace.options
    road = accelerate(
        points,
        trace.mixtures[-1],
        "squarem",
        options.covariance_type,
        FOLLOWED,
        END_TOL,
        sample_weight,
        options.variance_floor,
        options.rules,
    )
    end, height = road.mixtures[-1], float(road.log_likelihoods[-1])
    there = curvature_of(points, end, options.covariance_type, sample_weight, options.rules)
    coordinates = there.coordinates
    steps = _steps(trace.mixtures, end, there)
    distances = _lengths(steps, there)
    errors = named_errors(there) if there.definite and coordinates.names else None

    def stop(rule: str, iteration: int | None) -> Stop:
        t = trace.n_iter if iteration is None else iteration
        gain = max(0.0, height - float(trace.log_likelihoods[t]))
        if errors is None:
            return Stop(rule, iteration, gain, None, "")
        to_go = np.abs(steps[t]) / errors
        worst = int(np.argmax(to_go))
        return Stop(rule, iteration, gain, float(to_go[worst]), coordinates.names[worst])

    total = _total(points, sample_weight)
    fractions = there.missing_fractions
    return Speed(
        end,
        height,
        read_only(distances),
        float(fractions[0]) if len(fractions) else 0.0,
        direction_of(there, there.slowest) if len(fractions) else (),
        tuple(stop(rule, find(trace.log_likelihoods, total)) for rule, find in RULES.items()),
    )


def distances_to(
    points: ArrayLike,
    end: GaussianMixture,
    mixtures: Sequence[GaussianMixture],
    options: Options,
    sample_weight: ArrayLike | None = None,
) -> np.ndarray:
    """(len(mixtures),) their distances to an end of a run with these options, as in `Speed`."""
    there = curvature_of(points, end, options.covariance_type, sample_weight, options.rules)
    return read_only(_lengths(_steps(mixtures, end, there), there))


def _steps(
    mixtures: Sequence[GaussianMixture], end: GaussianMixture, there: Curvature
) -> np.ndarray:
    """(len(mixtures), p) how far each is from the end in the named parameters, in scaled data."""
    rows = there.coordinates.rows
    numbers = np.array([all_numbers(mixture)[rows] for mixture in mixtures])
    return (numbers - all_numbers(end)[rows]) / there.coordinates.units(there.scale)


def _lengths(steps: np.ndarray, there: Curvature) -> np.ndarray:
    """Of steps (m, p), in standard errors."""
    local = steps @ there.coordinates.to_local.T
    metric = there.observed if there.definite else np.diag(there.typical)
    lengths = np.sqrt(np.maximum(np.einsum("tp,pq,tq->t", local, metric, local), 0.0))
    return np.asarray(np.nan_to_num(lengths))


def _total(points: ArrayLike, sample_weight: ArrayLike | None) -> float:
    weight = np.ones(len(np.asarray(points))) if sample_weight is None else sample_weight
    return float(np.sum(weight))


def _scikit_learn(log_likelihoods: np.ndarray, total: float) -> int | None:
    """It compares the log-likelihoods of its E-steps, so it sees a gain one iteration late."""
    seen = _first(np.abs(np.diff(log_likelihoods)) < SCIKIT_LEARN_TOL * total)
    return None if seen is None or seen + 1 >= len(log_likelihoods) else seen + 1


def _mclust(log_likelihoods: np.ndarray, total: float) -> int | None:
    relative = np.abs(np.diff(log_likelihoods)) / (1.0 + np.abs(log_likelihoods[1:]))
    return _first(relative < MCLUST_TOL)


def _here(log_likelihoods: np.ndarray, total: float) -> int | None:
    return _first(np.diff(log_likelihoods) < TOL.default * total)


def _first(true: np.ndarray) -> int | None:
    """The iteration (from 1) of the first that is true."""
    return int(np.argmax(true)) + 1 if true.any() else None


RULES: dict[str, Callable[[np.ndarray, float], int | None]] = {
    "scikit-learn": _scikit_learn,
    "mclust": _mclust,
    "here": _here,
}
"""Stopping rules with their defaults: from log-likelihoods (T+1,) and the total weight to the
iteration they stop after, or None where the trace does not get there."""
