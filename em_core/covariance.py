"""What each covariance_type allows, and when a covariance has degenerated."""

from collections.abc import Callable

import numpy as np

from em_core.mixture import SINGULAR, CovarianceType, smallest_correlation_eigenvalue

COLLAPSED_SPREAD = 1e-12
"""A component has collapsed when, on some axis, its standard deviation is at most this
fraction of the data's range, or its smallest correlation eigenvalue is below it."""

TINY = float(np.finfo(float).tiny)
"""The least normal double; a smaller number has fewer digits."""


def _full(counts: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    return covariances


def _tied(counts: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    shares = counts / counts.sum(axis=-1, keepdims=True)
    pooled = np.einsum("...k,...kij->...ij", shares, covariances)[..., None, :, :]
    return np.broadcast_to(pooled, covariances.shape).copy()


def _diag(counts: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    return covariances * np.eye(covariances.shape[-1])


def _spherical(counts: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    d = covariances.shape[-1]
    variances = np.trace(covariances, axis1=-2, axis2=-1) / d
    return variances[..., None, None] * np.eye(d)


CONSTRAINTS: dict[CovarianceType, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "full": _full,
    "tied": _tied,
    "diag": _diag,
    "spherical": _spherical,
}
"""From counts (..., K) and the components' own covariances (..., K, d, d) to the maximum-
likelihood covariances of each type (PRML 9.25; tied: the average weighted by N_k)."""


def raised_to_floor(
    covariances: np.ndarray, data_variances: np.ndarray, floor: float
) -> tuple[np.ndarray, np.ndarray]:
    """Covariances with no variance, in any direction, below `floor` times the data's.

    data_variances: (d,), or any shape that goes with (..., K, d). Returns the covariances and
    (..., K) which of them were raised. It is the M-step's maximum under that constraint:
    eigenvalues of Sigma, in axes scaled by the data's standard deviations, are raised to the
    floor (Hathaway 1985).
    """
    deviations = np.sqrt(np.where(data_variances > 0, data_variances, 1.0))
    unit = deviations[..., :, None] * deviations[..., None, :]
    values, vectors = np.linalg.eigh(covariances / unit)
    raised = values[..., 0] < floor
    rebuilt = np.einsum("...ij,...j,...kj->...ik", vectors, np.maximum(values, floor), vectors)
    return np.where(raised[..., None, None], rebuilt * unit, covariances), raised


def least_variances(spans: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """(..., d) variances, in scaled coordinates, at or below which a component has collapsed.

    spans: (..., d) the scaled data's ranges; scale: (d,) their unit. A variance that in the data's
    own unit is no normal double any more has collapsed too (data of scale 1e-150).
    """
    return np.maximum(np.square(COLLAPSED_SPREAD * spans), TINY / np.square(scale))


def has_collapsed(covariances: np.ndarray, least: np.ndarray) -> np.ndarray:
    """(..., K) whether each of (..., K, d, d) has collapsed; least: `least_variances`, (d,) or
    any shape that goes with (..., K, d)."""
    variances = np.diagonal(covariances, axis1=-2, axis2=-1)
    too_narrow = np.any(variances <= least, axis=-1)
    if covariances.shape[-1] == 1:
        return too_narrow
    return too_narrow | (_smallest_eigenvalue(covariances) < COLLAPSED_SPREAD)


def is_usable(covariances: np.ndarray) -> np.ndarray:
    """(..., K) whether each covariance is finite and, in normal doubles, positive definite."""
    variances = np.diagonal(covariances, axis1=-2, axis2=-1)
    usable = np.isfinite(covariances).all(axis=(-2, -1)) & (variances >= TINY).all(axis=-1)
    if covariances.shape[-1] > 1:
        usable &= _smallest_eigenvalue(covariances) > SINGULAR
    return usable


def _smallest_eigenvalue(covariances: np.ndarray) -> np.ndarray:
    """As `smallest_correlation_eigenvalue`, and 0 where there is no correlation matrix."""
    d = covariances.shape[-1]
    variances = np.diagonal(covariances, axis1=-2, axis2=-1)
    sound = (variances > 0).all(axis=-1) & np.isfinite(covariances).all(axis=(-2, -1))
    safe = np.where(sound[..., None, None], covariances, np.eye(d))
    return np.asarray(np.where(sound, smallest_correlation_eigenvalue(safe), 0.0))
