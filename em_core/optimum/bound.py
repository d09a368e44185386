"""The log-likelihood and its lower bound about one iteration: why EM rises (PRML figure 9.14).

With the responsibilities held as the E-step made them, the bound Q(theta) + entropy touches the
log-likelihood where they were made and peaks where the M-step goes (Neal & Hinton 1998).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from em_core.covariance import is_usable
from em_core.engine.kernel import Moments, State, Sweep, arithmetic, prepare
from em_core.engine.trace import Trace
from em_core.errors import InputError
from em_core.mixture import read_only
from em_core.optimum.information import state_of
from em_core.optimum.parameter import Parameter, Varied, varied
from em_core.points import ScaledPoints, scaled_points

AT_ONCE = 2**18
"""Mixtures x components x points worked on together."""


@dataclass(frozen=True, eq=False)
class Bound:
    """log_likelihoods and lower_bounds (len(s),) at the places s, which are values of a parameter
    where one is varied; NaN where the parameters at s are none (a weight or a variance that is
    not above 0)."""

    s: np.ndarray
    log_likelihoods: np.ndarray
    lower_bounds: np.ndarray


def bound_along(
    points: ArrayLike,
    trace: Trace,
    t: int,
    s: ArrayLike,
    sample_weight: ArrayLike | None = None,
) -> Bound:
    """Both curves along mixtures[t] + s (mixtures[t+1] - mixtures[t]).

    The responsibilities are those of mixtures[t]: the curves touch at s = 0, and the bound peaks
    at s = 1. points, sample_weight: those of the trace; s: (m,) numbers. The bound costs one
    sweep over the points, whatever m; the log-likelihood one E-step for each s. At a temperature
    other than 1 the free energy stands in the log-likelihood's place.
    Raises InputError ("iteration") unless the trace has mixtures t and t + 1.
    """
    there = trace.mixtures[t + 1] if 0 <= t < trace.n_iter else None
    places = np.atleast_1d(np.asarray(s, dtype=float))

    def path(origin: State, data: ScaledPoints) -> tuple[State, np.ndarray]:
        assert there is not None
        return _path(origin, state_of(there, data), places, data)

    return _bound(points, trace, t, places, path, sample_weight)


def bound_over(
    points: ArrayLike,
    trace: Trace,
    t: int,
    parameter: Parameter,
    values: ArrayLike,
    sample_weight: ArrayLike | None = None,
) -> Bound:
    """Both curves over one parameter of mixtures[t], the others as they are there.

    They touch where the parameter has the value that it has in mixtures[t]. values: (m,) in the
    parameter's own unit; the rest, and what it costs, as in `bound_along`. Raises InputError
    ("parameter") where there is no such parameter, too.
    """
    places = np.atleast_1d(np.asarray(values, dtype=float))

    def path(origin: State, data: ScaledPoints) -> tuple[State, np.ndarray]:
        these = varied(trace.mixtures[t], {parameter: places}, trace.covariance_type)
        return states_of(these, data)

    return _bound(points, trace, t, places, path, sample_weight)


def _bound(
    points: ArrayLike,
    trace: Trace,
    t: int,
    places: np.ndarray,
    path_from: Callable[[State, ScaledPoints], tuple[State, np.ndarray]],
    sample_weight: ArrayLike | None,
) -> Bound:
    """Both curves along a path that leaves mixtures[t]."""
    if not 0 <= t < trace.n_iter:
        raise InputError(
            "iteration",
            f"There is no M-step after iteration {t} in the trace: give 0 to {trace.n_iter - 1}.",
        )
    here = trace.mixtures[t]
    common_scale = trace.covariance_type == "spherical"
    data = scaled_points(points, here.n_features, sample_weight, common_scale)
    log_likelihoods, bounds = np.full(len(places), np.nan), np.full(len(places), np.nan)
    with arithmetic():
        origin = state_of(here, data)
        temperature = trace.options.rules.temperature
        moments = Sweep(data, 1, here.n_components, temperature)(origin)
        path, usable = path_from(origin, data)
        if usable.any():
            log_likelihoods[usable] = heights_of(path, data, temperature)
            bounds[usable] = moments.free_energy + _gain(origin, path, moments)
    return Bound(read_only(places), read_only(log_likelihoods), read_only(bounds))


def heights_of(state: State, data: ScaledPoints, temperature: float = 1.0) -> np.ndarray:
    """(S,) free energies of S mixtures in the coordinates of the data, some at a time; at
    temperature 1 they are the log-likelihoods."""
    S, K = state.weights.shape
    at_once = max(1, AT_ONCE // (K * data.n_points))
    sweep = Sweep(data, min(S, at_once), K, temperature)
    found = np.empty(S)
    for begin in range(0, S, at_once):
        part = State(*(field[begin : begin + at_once] for field in state))
        chosen = (
            sweep
            if len(part.weights) == min(S, at_once)
            else sweep.narrowed(np.arange(at_once) < len(part.weights))
        )
        found[begin : begin + at_once] = chosen(part).free_energy
    return found


def usable_states(
    weights: np.ndarray,
    means: np.ndarray,
    residuals: np.ndarray,
    covariances: np.ndarray,
    data: ScaledPoints,
) -> tuple[State, np.ndarray]:
    """The state of those of S sets of parameters that are mixtures, and which these are (S,)."""
    unit = data.scale[:, None] * data.scale
    usable = (weights > 0).all(axis=-1) & is_usable(covariances * unit).all(axis=-1)
    usable &= np.isfinite(weights).all(axis=-1) & np.isfinite(means).all(axis=(-2, -1))
    parts = (weights, means, residuals, covariances)
    return prepare(*(part[usable] for part in parts)), usable


def states_of(these: Varied, data: ScaledPoints) -> tuple[State, np.ndarray]:
    """As `usable_states`, of parameters in their own units."""
    unit = data.scale
    covariances = these.covariances / unit[:, None] / unit
    return usable_states(
        these.weights, these.means / unit, these.residuals / unit, covariances, data
    )


def _path(
    origin: State, target: State, places: np.ndarray, data: ScaledPoints
) -> tuple[State, np.ndarray]:
    def along(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        steps = places.reshape(-1, *[1] * (a.ndim - 1))
        return a + steps * (b - a)

    shift = (target.means - origin.means) + (target.residuals - origin.residuals)
    moved = origin.residuals + places[:, None, None] * shift
    means = origin.means + moved
    return usable_states(
        along(origin.weights, target.weights),
        means,
        moved - (means - origin.means),
        along(origin.covariances, target.covariances),
        data,
    )


def _gain(origin: State, path: State, moments: Moments) -> np.ndarray:
    """(S,) sum_ik r_ik (log w_k N_ik at the path - the same at the origin), from K-sized sums.

    log w N = log_norm - |y|^2, y the offset from the mean in the component's own unit.
    """
    shift = (path.means - origin.means) + (path.residuals - origin.residuals)
    first = (origin.lower @ moments.first[..., None])[..., 0]
    second = origin.lower @ moments.second @ origin.lower.swapaxes(-1, -2)
    crossed = first[..., :, None] * shift[..., None, :]
    about = second - crossed - crossed.swapaxes(-1, -2) + shift[..., :, None] * shift[..., None, :]
    squares = np.einsum("skij,skjl,skil->sk", path.whiten, about, path.whiten)
    before = np.trace(moments.second, axis1=-2, axis2=-1)
    return np.asarray(
        (moments.counts * (path.log_norms - origin.log_norms - squares + before)).sum(axis=-1)
    )
