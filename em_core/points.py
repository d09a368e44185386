"""Points as EM sees them: checked once, then scaled by powers of two, one row an axis."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from em_core.errors import InputError
from em_core.wording import axis_name, number

LARGEST_SPAN = 1e153
SMALLEST_SPAN = 1e-151
"""Outside these spans the square of the span, a variance, is no ordinary double."""


@dataclass(frozen=True)
class ScaledPoints:
    """n points divided, axis by axis, by a power of two, which rounds nothing.

    values: (d, n), contiguous rows; scale: (d,) the powers of two; spans: (d,) range of the
    scaled values; sample_weight: (n,) or None for ones; total_weight: their sum.

    S runs may have data of their own: then values are (d, S, 1, n) or sample_weight is (S, n),
    and spans are (S, d) and total_weight (S,).
    """

    values: np.ndarray
    scale: np.ndarray
    spans: np.ndarray
    sample_weight: np.ndarray | None
    total_weight: Any

    @property
    def n_points(self) -> int:
        return self.values.shape[-1]

    @property
    def n_features(self) -> int:
        return self.values.shape[0]

    def of(self, runs: np.ndarray | slice) -> "ScaledPoints":
        """Those of the chosen runs."""
        if self.spans.ndim == 1:
            return self
        own_values, weight = self.values.ndim > 2, self.sample_weight
        return replace(
            self,
            values=self.values[:, runs] if own_values else self.values,
            spans=self.spans[runs],
            sample_weight=weight if weight is None or weight.ndim == 1 else weight[runs],
            total_weight=self.total_weight[runs],
        )


def as_points(points: ArrayLike, n_features: int | None = None) -> np.ndarray:
    """(n, d) float64 view of points given as (n,) or (n, d).

    Raises InputError when they are not numbers, not finite, none, or not of n_features.
    """
    array = _floats(points, "points")
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
    array = _floats(sample_weight, "sample weights")
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
    _check_spans(spans)
    scale = _scale(spans, common_scale)
    values = np.ascontiguousarray(array.T) / scale[:, None]
    total = float(len(array)) if weight is None else float(weight.sum())
    return ScaledPoints(values, scale, spans / scale, weight, total)


def scaled_points_of_runs(
    points: ArrayLike,
    n_features: int,
    n_runs: int,
    sample_weight: ArrayLike | None = None,
    common_scale: bool = False,
) -> ScaledPoints:
    """The same for S runs, which may have points or weights of their own.

    points: (n,) or (n, d) for all runs; or one set for each, (S, n, d), or (S, n) where d is 1;
    sample_weight: (n,) for all, or (S, n).
    """
    array, weight = _floats(points, "points"), None
    if array.ndim == 2 and n_features == 1 and array.shape[1] > 1 and len(array) == n_runs:
        array = array[..., None]
    if sample_weight is not None:
        weight = _floats(sample_weight, "sample weights")
    if array.ndim != 3 and (weight is None or weight.ndim != 2):
        return scaled_points(points, n_features, sample_weight, common_scale)
    array = _points_of_runs(array, n_features, n_runs)
    if weight is not None:
        weight = _weights_of_runs(weight, n_runs, array.shape[-2])
        used = weight > 0 if weight.ndim == 1 else weight.any(axis=0)
        array, weight = array[..., used, :], weight[..., used]
    spans = np.stack([_spans_of_runs(column, weight) for column in np.moveaxis(array, -1, 0)])
    for run, of_run in enumerate(spans.T):
        _check_spans(of_run, f" of start {run + 1}")
    ends = array.reshape(-1, n_features)
    scale = _scale(ends.max(axis=0) - ends.min(axis=0), common_scale)
    if array.ndim == 2:
        values = np.ascontiguousarray(array.T) / scale[:, None]
    else:
        values = (
            np.ascontiguousarray(array.transpose(2, 0, 1))[:, :, None] / scale[:, None, None, None]
        )
    total = array.shape[-2] if weight is None else weight.sum(axis=-1)
    return ScaledPoints(values, scale, spans.T / scale, weight, np.full(n_runs, total, dtype=float))


def _points_of_runs(array: np.ndarray, n_features: int, n_runs: int) -> np.ndarray:
    """(n, d) or (S, n, d), checked."""
    if array.ndim != 3:
        return as_points(array, n_features)
    if len(array) != n_runs:
        raise InputError(
            "shape",
            f"There are points for {len(array)} starts and {n_runs} starts: give each its own.",
        )
    as_points(array.reshape(-1, array.shape[2]), n_features)
    return array


def _weights_of_runs(weight: np.ndarray, n_runs: int, n: int) -> np.ndarray:
    """(n,) or (S, n), checked."""
    if weight.ndim != 2:
        as_sample_weight(weight, n)
        return weight
    if len(weight) != n_runs:
        raise InputError(
            "shape",
            f"There are sample weights for {len(weight)} starts and {n_runs} starts: give each "
            "its own.",
        )
    for of_run in weight:
        as_sample_weight(of_run, n)
    return weight


def _spans_of_runs(column: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    """(S,) range of the values (n,) or (S, n) that have a weight."""
    if weight is None or weight.ndim == 1:
        return column.max(axis=-1) - column.min(axis=-1)
    held = weight > 0
    highest = np.where(held, column, -np.inf).max(axis=-1)
    return highest - np.where(held, column, np.inf).min(axis=-1)


def _check_spans(spans: np.ndarray, of_start: str = "") -> None:
    for axis, span in enumerate(spans):
        if not span <= LARGEST_SPAN or 0 < span < SMALLEST_SPAN:
            along = f"{of_start} along {axis_name(axis, len(spans))}"
            raise InputError(
                "span",
                f"Values{along} span {number(span)}: the span must lie between "
                f"{number(SMALLEST_SPAN)} and {number(LARGEST_SPAN)}. Rescale them (e.g. change "
                "the unit).",
            )


def _scale(spans: np.ndarray, common: bool) -> np.ndarray:
    """(d,) powers of two of about the spans; with `common` the largest of them on every axis."""
    scale = np.ldexp(1.0, np.frexp(spans)[1] - 1)
    return np.full_like(scale, scale.max()) if common else scale


def _floats(values: ArrayLike, what: str) -> np.ndarray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError("not-numeric", f"The {what} are not all numbers.") from error
