"""Points as EM sees them: checked once, then scaled by powers of two, one row an axis."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from em_core.errors import InputError
from em_core.wording import number

LARGEST_SPAN = 1e153
SMALLEST_SPAN = 1e-151
"""Outside these spans the square of the span, a variance, is no ordinary double."""


@dataclass(frozen=True)
class ScaledPoints:
    """n points divided, axis by axis, by a power of two, which rounds nothing.

    values: (d, n), contiguous rows; scale: (d,) the powers of two; spans: (d,) range of the
    scaled values; sample_weight: (n,) or None for ones; total_weight: their sum.
    """

    values: np.ndarray
    scale: np.ndarray
    spans: np.ndarray
    sample_weight: np.ndarray | None
    total_weight: float

    @property
    def n_points(self) -> int:
        return self.values.shape[1]

    @property
    def n_features(self) -> int:
        return self.values.shape[0]


def as_points(points: ArrayLike, n_features: int | None = None) -> np.ndarray:
    """(n, d) float64 view of points given as (n,) or (n, d).

    Raises InputError when they are not numbers, not finite, none, or not of n_features.
    """
    try:
        array = np.asarray(points, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError("not-numeric", "The points are not all numbers.") from error
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[1] == 0:
        raise InputError(
            "shape", f"Points have shape {array.shape}: give (n,) or (n, d), one row a point."
        )
    if len(array) == 0:
        raise InputError("no-points", "There are no points: give at least 1.")
    if n_features is not None and array.shape[1] != n_features:
        raise InputError(
            "dimension",
            f"Points have {array.shape[1]} coordinates and the mixture {n_features}: "
            "give both the same number.",
        )
    if not np.isfinite(array).all():
        i, axis = np.argwhere(~np.isfinite(array))[0]
        raise InputError(
            "point-not-finite",
            f"Point {i + 1} (coordinate {axis + 1}) is {array[i, axis]}: give a finite number.",
        )
    return array


def as_sample_weight(sample_weight: ArrayLike | None, n: int) -> np.ndarray | None:
    """(n,) float64 repeat counts (any numbers of at least 0), or None for all ones."""
    if sample_weight is None:
        return None
    try:
        array = np.asarray(sample_weight, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError("not-numeric", "The sample weights are not all numbers.") from error
    if array.shape != (n,):
        raise InputError(
            "shape", f"Sample weights have shape {array.shape}: give one for each of {n} points."
        )
    if not (np.isfinite(array).all() and (array >= 0).all()):
        i = int(np.argmin(np.isfinite(array) & (array >= 0)))
        raise InputError(
            "sample-weight", f"Sample weight {i + 1} is {array[i]}: give a number of at least 0."
        )
    if not array.any():
        raise InputError("sample-weight", "All sample weights are 0: give one above 0.")
    return array


def scaled_points(
    points: ArrayLike,
    n_features: int,
    sample_weight: ArrayLike | None = None,
    common_scale: bool = False,
) -> ScaledPoints:
    """Check and scale; with `common_scale` every axis is divided by the same power of two."""
    array = as_points(points, n_features)
    weight = as_sample_weight(sample_weight, len(array))
    if weight is not None and not weight.all():
        array, weight = array[weight > 0], weight[weight > 0]
    spans = array.max(axis=0) - array.min(axis=0)
    for axis, span in enumerate(spans):
        if not span <= LARGEST_SPAN or 0 < span < SMALLEST_SPAN:
            raise InputError(
                "span",
                f"Values on axis {axis + 1} span {number(span)}: the span must lie between "
                f"{number(SMALLEST_SPAN)} and {number(LARGEST_SPAN)}. Rescale them (e.g. change "
                "the unit).",
            )
    scale = np.ldexp(1.0, np.frexp(spans)[1] - 1)
    if common_scale:
        scale = np.full_like(scale, scale.max())
    values = np.ascontiguousarray(array.T) / scale[:, None]
    total = float(len(array)) if weight is None else float(weight.sum())
    return ScaledPoints(values, scale, spans / scale, weight, total)
