"""From parsed columns to points that EM can work on."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

import em_core.points
from em_core import InputError
from em_core.inference.remarks import AT_MIDDLES
from em_core.wording import FULL, count, counted, number
from explorer.model.problem import MAX_COLUMNS, MAX_COORDINATES, MAX_POINTS
from explorer.model.refusal import ReadingError

LARGEST_SPAN = em_core.points.LARGEST_SPAN / 1e3
SMALLEST_SPREAD = em_core.points.SMALLEST_SPAN * 10
"""Those of em_core, with room for starts that are wider or narrower than the data."""

MAX_TOTAL = 1_000_000
"""Observations, counted one by one."""


@dataclass(frozen=True, eq=False)
class Reading:
    """Points that were read, and what to say about how they were read.

    points: (n, d) float64, read-only; columns: d names; notes: plain sentences, to be shown
    escaped. The first note says how many values were read. counts: (n,) how often each point was
    observed, or None; bins: (n, 2) the ends of the bins whose middles the points are, or None.
    """

    points: np.ndarray
    columns: tuple[str, ...]
    notes: tuple[str, ...]
    counts: np.ndarray | None = None
    bins: np.ndarray | None = None


def refuse_size(n: int, d: int) -> None:
    """InputError for more points or columns than are taken, before anything is made of them."""
    if d > MAX_COLUMNS:
        raise InputError("columns", f"The points have {d} columns; choose at most {MAX_COLUMNS}.")
    if n > MAX_POINTS:
        raise InputError("too-many", f"{n} points; the limit is {MAX_POINTS}.")
    if n * d > MAX_COORDINATES:
        raise InputError(
            "too-many",
            f"{count(n)} points in {d} columns are {count(n * d)} numbers; the limit is "
            f"{count(MAX_COORDINATES)}. Choose fewer columns, or keep a random sample of the rows.",
        )


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


def counted_reading(
    values: Sequence[np.ndarray], columns: Sequence[str], notes: Sequence[str], bins: bool = False
) -> Reading:
    """The `Reading` of columns of which the last says how often each row was observed.

    bins: before it stand the lower and the upper ends of bins, and each bin counts at its middle.
    Rows that were never observed are left out.
    """
    *places, counts = (np.asarray(column, dtype=float) for column in values)
    ends = None
    names, said = list(columns[:-1]), list(notes)
    _refuse_counts(counts)
    if bins:
        ends = checked_bins(np.column_stack(places))
        places, names = [middles(ends)[:, 0]], [f"middle of {names[0]} to {names[1]}"]
        said.append(AT_MIDDLES)
    seen = counts > 0
    if not seen.all():
        said.append(f"{counted(int((~seen).sum()), 'row')} with a count of 0 left out.")
    said.append(f"Counted {number(float(counts.sum()), digits=FULL)} times in all.")
    found = reading([column[seen] for column in places], names, said)
    often = checked_counts(counts[seen], len(found.points))
    return replace(found, counts=often, bins=None if ends is None else checked_bins(ends[seen]))


def checked_bins(bins: np.ndarray) -> np.ndarray:
    """(n, 2) read-only ends of bins. ReadingError where a lower end is not below its upper end."""
    array = np.array(bins, dtype=float)
    if array.ndim != 2 or array.shape[1] != 2:
        raise ReadingError("bins", "Bins need a lower and an upper end each.")
    _refuse_bins(array[:, 0], array[:, 1])
    array.flags.writeable = False
    return array


def middles(bins: np.ndarray) -> np.ndarray:
    """(n, 1) where bins (n, 2) count."""
    return bins[:, :1] + (bins[:, 1:] - bins[:, :1]) / 2


def checked_counts(counts: np.ndarray, n: int) -> np.ndarray | None:
    """(n,) read-only counts of n points, None where each counts once. ReadingError otherwise."""
    array = np.array(counts, dtype=float)
    if array.shape != (n,):
        raise ReadingError(
            "counts", f"There are {array.size} counts for {counted(n, 'point')}: give one for each."
        )
    _refuse_counts(array)
    if not array.all():
        row = int(np.argmin(array)) + 1
        raise ReadingError("counts", f"Count {row} is 0: leave out what was never observed.")
    array.flags.writeable = False
    return None if (array == 1).all() else array


def _refuse_counts(counts: np.ndarray) -> None:
    wrong = ~(counts >= 0)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ReadingError(
            "counts",
            f"Count {row + 1} is {number(float(counts[row]))}: a count is at least 0. Is the last "
            "column the one with the counts?",
        )
    if counts.sum() > MAX_TOTAL:
        raise ReadingError(
            "too-many",
            f"The counts add up to {number(float(counts.sum()))}; the limit is {count(MAX_TOTAL)}. "
            "Divide them all by the same number.",
        )


def _refuse_bins(low: np.ndarray, high: np.ndarray) -> None:
    wrong = ~(low < high)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ReadingError(
            "bins",
            f"Bin {row + 1} goes from {number(float(low[row]))} to {number(float(high[row]))}: its "
            "lower end must be below its upper end.",
        )


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
            f"Values{of_column} span more than about {_plain(LARGEST_SPAN)}: rescale them "
            f"(e.g. divide by 1e{_round_exponent(reach)}).",
        )
    if reach > LARGEST_SPAN:
        raise ReadingError(
            "values-too-large",
            f"Values{of_column} go beyond about {_plain(LARGEST_SPAN)}: rescale them "
            f"(e.g. divide by 1e{_round_exponent(reach)}).",
        )
    if 0 < spread < SMALLEST_SPREAD:
        raise ReadingError(
            "spread-too-small",
            f"Spread {spread:.3g}{of_column} is too small for variances to be represented; "
            f"multiply the data (e.g. by 1e{_round_exponent(1 / max(spread, 1e-300))}).",
        )


def _plain(size: float) -> str:
    """As it is typed: 1e150."""
    return f"{size:.0e}".replace("+", "")


def _round_exponent(size: float) -> int:
    return int(math.log10(size)) // 50 * 50
