"""EM's two half-steps on the kernel, for S mixtures at once; what `fit` and `fit_many` iterate."""

from collections.abc import Sequence
from copy import copy
from typing import NamedTuple, TypeVar

import numpy as np

from em_core.covariance import (
    CONSTRAINTS,
    has_collapsed,
    is_usable,
    least_variances,
    raised_to_floor,
)
from em_core.engine.kernel import Moments, State, Sweep, exceeds, prepare
from em_core.errors import InputError
from em_core.mixture import FARTHEST, GaussianMixture
from em_core.options import Options
from em_core.points import LARGEST_SPAN, ScaledPoints
from em_core.rules import held

FITTING = 1e-14
"""A relative deviation from covariance type, floor or equal weights up to this is rounding."""


LOOKS = 20
"""Times at most that moments are taken again: each adds a double's digits to the mean, and down
to the least double there are 308."""

OUT_OF_SIGHT = FARTHEST**2
"""Squares of distances in deviations beyond this are hardly doubles."""


class Maximum(NamedTuple):
    """The parameters an M-step found, (S, K, ...).

    counts (S, K): the N_k; floored (S, K): whose variance was raised to the floor; squares (S,):
    sum_k N_k tr(Sigma_k^-1 C_k), C_k the component's own scatter; sound: whether no component
    anywhere is empty or has collapsed (`Engine.troubles` tells which).
    """

    weights: np.ndarray
    means: np.ndarray
    residuals: np.ndarray
    covariances: np.ndarray
    counts: np.ndarray
    floored: np.ndarray
    squares: np.ndarray
    sound: bool


Batch = TypeVar("Batch", State, Moments, Maximum)


def chosen_rows(batch: Batch, chosen: np.ndarray) -> Batch:
    """The chosen mixtures (S,) of a batch, whose fields all lead with S."""
    if chosen.all():
        return batch
    fields = [field[chosen] if isinstance(field, np.ndarray) else field for field in batch]
    return type(batch)(*fields)  # type: ignore[arg-type]


class Engine:
    """EM on one set of points, or one for each mixture. Every mixture has K components."""

    def __init__(
        self, points: ScaledPoints, n_mixtures: int, n_components: int, options: Options
    ) -> None:
        options.rules.check(n_components, options.covariance_type)
        self.points = points
        self.options = options
        self.n_mixtures = n_mixtures
        self._sweep = Sweep(points, n_mixtures, n_components, options.rules.temperature)
        self._constrain = CONSTRAINTS[options.covariance_type]
        self._unit = points.scale[:, None] * points.scale
        self._floor = options.variance_floor
        self._fixed_means = _mask(options.rules.fixed_means, n_components)
        self._fixed_covariances = _mask(options.rules.fixed_covariances, n_components)
        self._plain_weights = not (options.rules.equal_weights or options.rules.fixed_weights)
        self._nowhere = np.zeros((n_mixtures, n_components), dtype=bool)
        self._measure()

    def _measure(self) -> None:
        """What depends on the points alone; per mixture where each has its own."""
        points = self.points
        self._own = points.spans.ndim == 2
        least = least_variances(points.spans, points.scale)
        self._least = least[:, None] if self._own else least
        self._total = points.total_weight[:, None] if self._own else points.total_weight
        self._squares = np.full(self.n_mixtures, points.total_weight * points.n_features)
        if self._floor > 0:
            common = self.options.covariance_type == "spherical"
            self._data_variances = _variances(points, common)

    def narrowed(self, chosen: np.ndarray) -> "Engine":
        """The same for the chosen mixtures (S,) alone, working in the same buffers."""
        if chosen.all():
            return self
        narrow = copy(self)
        narrow.n_mixtures = int(np.count_nonzero(chosen))
        narrow.points = self.points.of(chosen)
        narrow._sweep = self._sweep.narrowed(chosen)
        narrow._nowhere = self._nowhere[: narrow.n_mixtures]
        narrow._squares = self._squares[chosen]
        if self._own:
            narrow._least, narrow._total = self._least[chosen], self._total[chosen]
            if self._floor > 0:
                narrow._data_variances = self._data_variances[chosen]
        return narrow

    def state_of(self, mixtures: Sequence[GaussianMixture]) -> State:
        """The starts in scaled coordinates. Raises InputError where they are beyond doubles."""
        scale = self.points.scale
        state = prepare(
            np.stack([m.weights for m in mixtures]),
            np.stack([m.means / scale for m in mixtures]),
            np.stack([m.means_residual / scale for m in mixtures]),
            np.stack([m.covariances / scale[:, None] / scale for m in mixtures]),
        )
        self._refuse_remote(state)
        return state

    def _refuse_remote(self, state: State) -> None:
        """A start so wide or so far that no double holds it beside the data; and a fixed mean
        so far that none holds a variance about it."""
        wide = ~np.isfinite(state.covariances).all(axis=(-2, -1))
        far = ~np.isfinite(state.means).all(axis=-1)
        if self._fixed_means is not None:
            reach = self._sweep.reach(state.means) * np.maximum(1.0, self.points.scale)
            far |= self._fixed_means & ~(reach <= LARGEST_SPAN).all(axis=-1)
        remote = wide | far
        if remote.any():
            run, component = np.argwhere(remote)[0].tolist()
            which = f" of start {run + 1}" if len(remote) > 1 else ""
            what = "wide" if wide[run, component] else "far away"
            raise InputError(
                "start-too-wide",
                f"Component {component + 1}{which} is too {what} for these data: beside their "
                "span its numbers are beyond doubles. Start nearer to the data.",
            )

    def unfitting(self, state: State) -> np.ndarray:
        """(3, S) in which mixtures the covariances are not of the type, lie below the floor, or
        the weights are not as equal as they have to be. The next M-step puts that right."""
        free = _free(self._fixed_covariances, state.weights.shape[-1])
        covariances = state.covariances
        deviations = np.sqrt(np.diagonal(covariances, axis1=-2, axis2=-1))
        off = np.abs(self._constrain(state.weights, covariances) - covariances)
        allowed = FITTING * deviations[..., :, None] * deviations[..., None, :]
        off_type = (off > allowed).any(axis=(-2, -1)) & free
        floored = self._nowhere
        if self._floor > 0:
            floored = raised_to_floor(covariances, self._data_variances, self._floor)[1] & free
        even = FITTING if self.options.rules.equal_weights else np.inf
        uneven = np.abs(state.weights * state.weights.shape[-1] - 1) > even
        return np.stack([broken.any(axis=-1) for broken in (off_type, floored, uneven)])

    def expectation(self, state: State) -> Moments:
        """The E-step: one sweep over the points."""
        return self._sweep(state)

    def maximisation(self, state: State, moments: Moments) -> Maximum:
        """The M-step. Where a component is in trouble it is done again without lower bounds, so
        that a variance that is really 0 comes out as 0."""
        maximum = self._maximum(state, moments, in_logs=False)
        if maximum.sound:
            return maximum
        return self._maximum(state, self._sweep(state, in_logs=True), in_logs=True)

    def _maximum(self, state: State, moments: Moments, in_logs: bool) -> Maximum:
        counts = moments.counts
        means, residuals, scatter = self._about_means_in_force(state, moments, in_logs)
        covariances = self._constrain(counts, scatter)
        squares, floored, fixed = self._squares, self._nowhere, self._fixed_covariances
        if self._floor > 0 and np.isfinite(covariances).all():
            covariances, floored = raised_to_floor(covariances, self._data_variances, self._floor)
        if fixed is not None:
            covariances = np.where(fixed[:, None, None], state.covariances, covariances)
            floored = floored & ~fixed
        sound = self._all_sound(covariances)
        if self._plain_weights:
            weights = counts / self._total
            sound = sound and exceeds(weights, 0.0)
        else:
            weights = self.options.rules.weights(counts, self._total, state.weights)
            sound = sound and exceeds(counts, 0.0)
        if floored is not self._nowhere and (sound or fixed is not None):
            squares = _squares(counts, covariances, scatter)
        return Maximum(weights, means, residuals, covariances, counts, floored, squares, sound)

    def _all_sound(self, covariances: np.ndarray) -> bool:
        """Whether none of (S, K, d, d) has collapsed or, for want of points, is not a number."""
        if self._fixed_covariances is not None:
            covariances = self._judged(covariances)
        if covariances.shape[-1] > 1:
            finite = np.isfinite(covariances).all()
            return bool(finite and not has_collapsed(covariances, self._least).any())
        if self._own:
            return exceeds(covariances[..., 0] - self._least, 0.0)
        return exceeds(covariances, float(self._least[0]))

    def _judged(self, covariances: np.ndarray) -> np.ndarray:
        """The covariances, with something harmless for those that are fixed."""
        if self._fixed_covariances is None:
            return covariances
        harmless = np.eye(covariances.shape[-1])
        return np.where(self._fixed_covariances[:, None, None], harmless, covariances)

    def allows(self, covariances: np.ndarray) -> bool:
        """Whether (S, K, d, d) are all usable, not collapsed and not below the floor."""
        if not is_usable(covariances * self._unit).all() or not self._all_sound(covariances):
            return False
        if self._floor == 0:
            return True
        return not raised_to_floor(covariances, self._data_variances, self._floor)[1].any()

    def troubles(self, maximum: Maximum) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which components are empty (S, K), which have collapsed (S, K), and in which mixtures
        the parameters can be used all the same (S,)."""
        empty = (maximum.counts == 0) | (maximum.weights == 0)
        usable = is_usable(maximum.covariances * self._unit) & self._in_sight(maximum)
        collapsed = has_collapsed(self._judged(maximum.covariances), self._least) | ~usable
        return empty, collapsed & ~empty, usable.all(axis=-1) & ~empty.any(axis=-1)

    def _in_sight(self, maximum: Maximum) -> np.ndarray:
        """(S, K) whether no point is so many deviations away that their square is no double."""
        variances = np.diagonal(maximum.covariances, axis1=-2, axis2=-1)
        farthest = np.square(self._sweep.reach(maximum.means))
        return np.asarray((farthest < OUT_OF_SIGHT * variances).all(axis=-1))

    def state_at(self, maximum: Maximum) -> State:
        """The state of a maximum whose mixtures are all usable."""
        return prepare(*maximum[:4])

    def _about_means_in_force(
        self, state: State, moments: Moments, in_logs: bool
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """New means, their residuals, and each component's scatter about them.

        Where a mean jumped further than the new spread, the subtraction in
        E[y y^T] - E[y] E[y]^T would cancel: then the moments are taken again about the new mean,
        and once more where a spread is so close to nothing that the mean still moves further.
        A fixed mean does not move, and the scatter is taken about it.
        """
        moments = self._held(moments)
        means, residuals = _moved(state, state, moments)
        central, jumped = _central(moments)
        for _ in range(LOOKS):
            if not jumped:
                break
            there = state._replace(means=means, residuals=residuals)
            moments = self._held(self._sweep(state, there, in_logs))
            means, residuals = _moved(there, state, moments)
            central, jumped = _central(moments)
            jumped &= bool(np.any((means != there.means) | (residuals != there.residuals)))
        return means, residuals, _unwhitened(state, central)

    def _held(self, moments: Moments) -> Moments:
        """Moments in which a component whose mean is fixed has not moved."""
        if self._fixed_means is None:
            return moments
        return moments._replace(first=np.where(self._fixed_means[:, None], 0.0, moments.first))


def _mask(components: tuple[int, ...], n_components: int) -> np.ndarray | None:
    """(K,) whether each component is one of these; None where there are none."""
    return held(components, n_components) if components else None


def _free(fixed: np.ndarray | None, n_components: int) -> np.ndarray:
    """(K,) whether each component is none of the fixed ones."""
    return np.ones(n_components, dtype=bool) if fixed is None else ~fixed


def _squares(counts: np.ndarray, covariances: np.ndarray, scatter: np.ndarray) -> np.ndarray:
    """(S,) sum_k N_k tr(Sigma_k^-1 C_k)."""
    usable = is_usable(covariances)[..., None, None]
    solvable = np.where(usable, covariances, np.eye(covariances.shape[-1]))
    traces = np.trace(np.linalg.solve(solvable, scatter), axis1=-2, axis2=-1)
    return np.asarray((counts * traces).sum(axis=-1))


def _moved(origin: State, state: State, moments: Moments) -> tuple[np.ndarray, np.ndarray]:
    """The means of `origin` moved by the average offset, and what rounding took from them."""
    if state.lower.shape[-1] == 1:
        shift = state.lower[..., 0] * moments.first
    else:
        shift = (state.lower @ moments.first[..., None])[..., 0]
    shift += origin.residuals
    means = origin.means + shift
    return means, shift - (means - origin.means)


def _unwhitened(state: State, central: np.ndarray) -> np.ndarray:
    """(S, K, d, d) covariances of x from those of y, whose unit is sqrt(2) deviations."""
    if central.shape[-1] == 1:
        return state.doubled * central
    scatter = state.lower @ central @ state.lower.swapaxes(-1, -2)
    return (scatter + scatter.swapaxes(-1, -2)) / 2


def _central(moments: Moments) -> tuple[np.ndarray, bool]:
    """Covariances of y, and whether some mean of y exceeds their narrowest direction."""
    first = moments.first
    if first.shape[-1] == 1:
        moved = np.square(first)[..., None]
        central = moments.second - moved
        return central, not exceeds(central - moved, 0.0)
    central = moments.second - first[..., :, None] * first[..., None, :]
    narrowest = np.linalg.eigvalsh(np.nan_to_num(central))[..., 0]
    return central, not exceeds(narrowest - np.square(first).sum(axis=-1), 0.0)


def _variances(points: ScaledPoints, common: bool) -> np.ndarray:
    """(d,) variances of the scaled data, or (S, 1, d) where each mixture has its own; with
    `common` their average on every axis."""
    weight = np.ones(points.n_points) if points.sample_weight is None else points.sample_weight
    values = points.values
    if points.spans.ndim == 2:
        values = values[:, None] if values.ndim == 2 else values[:, :, 0]
    total = weight.sum(axis=-1)
    mean = (values * weight).sum(axis=-1) / total
    variances = (np.square(values - mean[..., None]) * weight).sum(axis=-1) / total
    if common:
        variances = np.broadcast_to(variances.mean(axis=0), variances.shape)
    return variances if points.spans.ndim == 1 else variances.T[:, None]
