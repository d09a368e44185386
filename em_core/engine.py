"""EM's two half-steps on the kernel, for S mixtures at once; what `fit` and `fit_many` iterate."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from em_core.covariance import CONSTRAINTS, has_collapsed, is_usable, raised_to_floor
from em_core.kernel import Moments, State, Sweep, prepare
from em_core.mixture import CovarianceType, GaussianMixture
from em_core.points import ScaledPoints
from em_core.steps import two_sum


class Maximum(NamedTuple):
    """The parameters an M-step found, (S, K, ...), not all of them sound.

    empty, collapsed, floored (S, K): what happened to each component; usable (S,): whether the
    parameters make a mixture. squares (S,): sum_k N_k tr(Sigma_k^-1 C_k), C_k the component's
    own scatter.
    """

    weights: np.ndarray
    means: np.ndarray
    residuals: np.ndarray
    covariances: np.ndarray
    empty: np.ndarray
    collapsed: np.ndarray
    floored: np.ndarray
    usable: np.ndarray
    squares: np.ndarray | float


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
        self._log_unit = float(np.log(points.scale).sum())
        self._floor = variance_floor
        self._nowhere = np.zeros((n_mixtures, n_components), dtype=bool)
        if variance_floor > 0:
            self._data_variances = _variances(points, common=covariance_type == "spherical")

    def state_of(self, mixtures: Sequence[GaussianMixture]) -> State:
        scale = self.points.scale
        return prepare(
            np.stack([m.weights for m in mixtures]),
            np.stack([m.means / scale for m in mixtures]),
            np.stack([m.means_residual / scale for m in mixtures]),
            np.stack([m.covariances / scale[:, None] / scale for m in mixtures]),
            self._log_unit,
        )

    def expectation(self, state: State) -> Moments:
        return self._sweep(state)

    def maximisation(self, state: State, moments: Moments) -> Maximum:
        """The M-step. Where a component collapses it is done again without lower bounds, so
        that a variance that is really 0 comes out as 0."""
        maximum = self._maximum(state, moments, in_logs=False)
        if not maximum.collapsed.any():
            return maximum
        return self._maximum(state, self._sweep(state, in_logs=True), in_logs=True)

    def _maximum(self, state: State, moments: Moments, in_logs: bool) -> Maximum:
        counts = moments.counts
        means, residuals, scatter = self._about_new_means(state, moments, in_logs)
        covariances = self._constrain(counts, scatter)
        squares: np.ndarray | float = self.points.total_weight * means.shape[-1]
        floored = self._nowhere
        if self._floor > 0:
            covariances, floored = raised_to_floor(covariances, self._data_variances, self._floor)
            traces = np.trace(np.linalg.solve(covariances, scatter), axis1=-2, axis2=-1)
            squares = (counts * traces).sum(axis=-1)
        empty = counts == 0
        collapsed = has_collapsed(covariances, self.points.spans)
        usable = ~empty.any(axis=-1)
        if collapsed.any() or not usable.all():
            usable &= is_usable(covariances).all(axis=-1)
        return Maximum(
            counts / self.points.total_weight,
            means,
            residuals,
            covariances,
            empty,
            collapsed & ~empty,
            floored,
            usable,
            squares,
        )

    def state_at(self, maximum: Maximum) -> State:
        """The state of a maximum whose mixtures are all usable."""
        return prepare(*maximum[:4], self._log_unit)

    def _about_new_means(
        self, state: State, moments: Moments, in_logs: bool
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """New means, their residuals, and each component's scatter about them.

        Where a mean jumped further than the new spread, the subtraction in
        E[y y^T] - E[y] E[y]^T would cancel: then the moments are taken again about the new mean.
        """
        means, residuals = _moved(state, state, moments)
        central = _central(moments)
        if _jumped(moments.first, central):
            there = state._replace(means=means, residuals=residuals)
            moments = self._sweep(state, there, in_logs)
            means, residuals = _moved(there, state, moments)
            central = _central(moments)
        scatter = state.lower @ central @ state.lower.swapaxes(-1, -2)
        if scatter.shape[-1] > 1:
            scatter = (scatter + scatter.swapaxes(-1, -2)) / 2
        return means, residuals, scatter


def _moved(origin: State, state: State, moments: Moments) -> tuple[np.ndarray, np.ndarray]:
    shift = (state.lower @ moments.first[..., None])[..., 0]
    return two_sum(origin.means, origin.residuals + shift)


def _central(moments: Moments) -> np.ndarray:
    first = moments.first
    return moments.second - first[..., :, None] * first[..., None, :]


def _jumped(first: np.ndarray, central: np.ndarray) -> bool:
    """Whether some mean moved further than its new spread in its narrowest direction."""
    if central.shape[-1] == 1:
        return bool((first * first > central[..., 0]).any())
    narrowest = np.linalg.eigvalsh(np.nan_to_num(central))[..., 0]
    return bool((np.square(first).sum(axis=-1) > narrowest).any())


def _variances(points: ScaledPoints, common: bool) -> np.ndarray:
    """(d,) variances of the scaled data; with `common` their average on every axis."""
    mean = np.average(points.values, axis=1, weights=points.sample_weight)
    squares = np.square(points.values - mean[:, None])
    variances = np.average(squares, axis=1, weights=points.sample_weight)
    return np.full_like(variances, variances.mean()) if common else variances
