"""EM's two half-steps on the kernel, for S mixtures at once; what `fit` and `fit_many` iterate."""

from collections.abc import Sequence
from copy import copy
from typing import NamedTuple

import numpy as np

from em_core.covariance import (
    CONSTRAINTS,
    has_collapsed,
    is_usable,
    least_variances,
    raised_to_floor,
)
from em_core.engine.kernel import Moments, State, Sweep, exceeds, prepare
from em_core.mixture import CovarianceType, GaussianMixture
from em_core.points import ScaledPoints


class Maximum(NamedTuple):
    """The parameters an M-step found, (S, K, ...).

    floored (S, K): whose variance was raised to the floor; squares (S,): sum_k N_k
    tr(Sigma_k^-1 C_k), C_k the component's own scatter; sound: whether no component anywhere is
    empty or has collapsed (`Engine.troubles` tells which).
    """

    weights: np.ndarray
    means: np.ndarray
    residuals: np.ndarray
    covariances: np.ndarray
    floored: np.ndarray
    squares: np.ndarray
    sound: bool


class Engine:
    """EM on one set of points. Every mixture it works on has K components."""

    def __init__(
        self,
        points: ScaledPoints,
        n_mixtures: int,
        n_components: int,
        covariance_type: CovarianceType,
        variance_floor: float = 0.0,
    ) -> None:
        self.points = points
        self._sweep = Sweep(points, n_mixtures, n_components)
        self._constrain = CONSTRAINTS[covariance_type]
        self._least = least_variances(points.spans, points.scale)
        self._unit = points.scale[:, None] * points.scale
        self._floor = variance_floor
        self._squares = np.full(n_mixtures, points.total_weight * points.n_features)
        self._nowhere = np.zeros((n_mixtures, n_components), dtype=bool)
        if variance_floor > 0:
            self._data_variances = _variances(points, common=covariance_type == "spherical")

    def narrowed(self, n_mixtures: int) -> "Engine":
        """The same for fewer mixtures, working in the same buffers."""
        narrow = copy(self)
        narrow._sweep = self._sweep.narrowed(n_mixtures)
        narrow._nowhere = self._nowhere[:n_mixtures]
        narrow._squares = self._squares[:n_mixtures]
        return narrow

    def state_of(self, mixtures: Sequence[GaussianMixture]) -> State:
        scale = self.points.scale
        return prepare(
            np.stack([m.weights for m in mixtures]),
            np.stack([m.means / scale for m in mixtures]),
            np.stack([m.means_residual / scale for m in mixtures]),
            np.stack([m.covariances / scale[:, None] / scale for m in mixtures]),
        )

    def expectation(self, state: State) -> Moments:
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
        means, residuals, scatter = self._about_new_means(state, moments, in_logs)
        covariances = self._constrain(counts, scatter)
        squares = self._squares
        floored = self._nowhere
        if self._floor > 0 and np.isfinite(covariances).all():
            covariances, floored = raised_to_floor(covariances, self._data_variances, self._floor)
        sound = self._all_sound(covariances)
        if sound and floored is not self._nowhere:
            traces = np.trace(np.linalg.solve(covariances, scatter), axis1=-2, axis2=-1)
            squares = (counts * traces).sum(axis=-1)
        weights = counts / self.points.total_weight
        return Maximum(weights, means, residuals, covariances, floored, squares, sound)

    def _all_sound(self, covariances: np.ndarray) -> bool:
        """Whether none of (S, K, d, d) has collapsed or, for want of points, is not a number."""
        if covariances.shape[-1] == 1:
            return exceeds(covariances, float(self._least[0]))
        finite = np.isfinite(covariances).all()
        return bool(finite and not has_collapsed(covariances, self._least).any())

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
        empty = maximum.weights == 0
        collapsed = has_collapsed(maximum.covariances, self._least) & ~empty
        usable = ~empty.any(axis=-1) & is_usable(maximum.covariances * self._unit).all(axis=-1)
        return empty, collapsed, usable

    def state_at(self, maximum: Maximum) -> State:
        """The state of a maximum whose mixtures are all usable."""
        return prepare(*maximum[:4])

    def _about_new_means(
        self, state: State, moments: Moments, in_logs: bool
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """New means, their residuals, and each component's scatter about them.

        Where a mean jumped further than the new spread, the subtraction in
        E[y y^T] - E[y] E[y]^T would cancel: then the moments are taken again about the new mean.
        """
        means, residuals = _moved(state, state, moments)
        central, jumped = _central(moments)
        if jumped:
            there = state._replace(means=means, residuals=residuals)
            moments = self._sweep(state, there, in_logs)
            means, residuals = _moved(there, state, moments)
            central, _ = _central(moments)
        return means, residuals, _unwhitened(state, central)


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
    moved = first[..., :, None] * first[..., None, :]
    central = moments.second - moved
    if central.shape[-1] == 1:
        return central, not exceeds(central - moved, 0.0)
    narrowest = np.linalg.eigvalsh(np.nan_to_num(central))[..., 0]
    return central, not exceeds(narrowest - np.square(first).sum(axis=-1), 0.0)


def _variances(points: ScaledPoints, common: bool) -> np.ndarray:
    """(d,) variances of the scaled data; with `common` their average on every axis."""
    mean = np.average(points.values, axis=1, weights=points.sample_weight)
    squares = np.square(points.values - mean[:, None])
    variances = np.average(squares, axis=1, weights=points.sample_weight)
    return np.full_like(variances, variances.mean()) if common else variances
