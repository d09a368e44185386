"""From parsed columns to points that EM can work on."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from em_core.wording import FULL, counted, number
from explorer.model.refusal import ReadingError

LARGEST_SPAN = 1e150
SMALLEST_SPREAD = 1e-150


@dataclass(frozen=True, eq=False)
class Reading:
    """Points that were read, and what to say about how they were read.

    points: (n, d) float64, read-only; columns: d names; notes: plain sentences, to be shown
    escaped. The first note says how many values were read.
    """

    points: np.ndarray
    columns: tuple[str, ...]
    notes: tuple[str, ...]


def reading(values: Iterable[np.ndarray], columns: Sequence[str], notes: Sequence[str]) -> Reading:
    """The `Reading` of d columns of n values each, or ReadingError where EM cannot use them."""
    points = np.column_stack([np.asarray(column, dtype=float) for column in values])
    _refuse_too_few(points)
    for column, name in zip(points.T, columns, strict=True):
        _refuse_scale(column, f' of "{name}"' if len(columns) > 1 else "")
    constant = [
        f'All values of "{name}" are {column[0] + 0.0:.15g}: every component will collapse on it.'
        for column, name in zip(points.T, columns, strict=True)
        if column.min() == column.max()
    ]
    points.flags.writeable = False
    return Reading(points, tuple(columns), (*notes, *constant))


def _refuse_too_few(points: np.ndarray) -> None:
    n, d = points.shape
    noun = "value" if d == 1 else "point"
    if n == 0:
        raise ReadingError("no-numbers", "No numbers found. Type or paste at least 2 numbers.")
    if n == 1:
        raise ReadingError(
            "too-few-values", f"Only 1 {noun}: EM needs at least 2 different {noun}s."
        )
    if (points == points[0]).all():
        same = ", ".join(number(value, digits=FULL) for value in points[0])
        raise ReadingError(
            "too-few-values",
            f"All {counted(n, noun)} are {same if d == 1 else f'({same})'}: "
            f"EM needs at least 2 different {noun}s.",
        )


def _refuse_scale(column: np.ndarray, of_column: str) -> None:
    low, high = float(column.min()), float(column.max())
    spread = high - low
    reach = max(abs(low), abs(high))
    if spread > LARGEST_SPAN:
        raise ReadingError(
            "span-too-large",
            f"Values{of_column} span more than about 1e150: rescale them "
            f"(e.g. divide by 1e{_round_exponent(reach)}).",
        )
    if reach > LARGEST_SPAN:
        raise ReadingError(
            "values-too-large",
            f"Values{of_column} go beyond about 1e150: rescale them "
            f"(e.g. divide by 1e{_round_exponent(reach)}).",
        )
    if 0 < spread < SMALLEST_SPREAD:
        raise ReadingError(
            "spread-too-small",
            f"Spread {spread:.3g}{of_column} is too small for variances to be represented; "
            f"multiply the data (e.g. by 1e{_round_exponent(1 / max(spread, 1e-300))}).",
        )


def _round_exponent(size: float) -> int:
    return int(math.log10(size)) // 50 * 50
