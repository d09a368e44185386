"""What the stage tells Python, read from the browser's plain dicts into frozen values.

Each is a mapping whose `kind` says which of these it is; js/messages.js spells them the same.
A browser can send anything: whatever does not have the promised form reads as None.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard


@dataclass(frozen=True)
class Cursor:
    """Where the person came to rest: `half_step` of the run named `run`; `query` is in data units.

    `run` is the `run_id` the stage was drawn with; a cursor of another run is out of date.
    """

    run: str
    half_step: int
    query: float | None = None


@dataclass(frozen=True)
class MoveStart:
    """A component's mean or spread was dragged: all K means and covariances.

    means: K tuples of d numbers; covariances: K tuples of d rows of d numbers; weights: K numbers
    where it was dragged in mid-run, whose weights are not those of the start, else None.
    """

    means: tuple[tuple[float, ...], ...]
    covariances: tuple[tuple[tuple[float, ...], ...], ...]
    weights: tuple[float, ...] | None = None


@dataclass(frozen=True)
class AddPoint:
    """Empty space was clicked: a new point of d coordinates."""

    value: tuple[float, ...]


@dataclass(frozen=True)
class RemovePoint:
    """Delete was pressed on a selected point; `index` counts the data's rows from 0."""

    index: int


@dataclass(frozen=True)
class SelectPoint:
    """A point was clicked; None when the selection was given up."""

    index: int | None


@dataclass(frozen=True)
class SelectComponent:
    """A component's badge was clicked."""

    index: int


Edit = MoveStart | AddPoint | RemovePoint | SelectPoint | SelectComponent
Message = Cursor | Edit


def read_message(value: object) -> Message | None:
    """The value of the component's state `cursor` or of its trigger `edit`; None for nonsense."""
    if not isinstance(value, Mapping):
        return None
    kind = value.get("kind")
    return _READERS[kind](value) if isinstance(kind, str) and kind in _READERS else None


def _cursor(value: Mapping) -> Cursor | None:
    run, half_step = value.get("run"), _index(value.get("half_step"))
    query = value.get("query")
    if not isinstance(run, str) or half_step is None:
        return None
    return Cursor(run, half_step, float(query) if _is_number(query) else None)


def _move_start(value: Mapping) -> MoveStart | None:
    means, covariances = _tuples(value.get("means"), 2), _tuples(value.get("covariances"), 3)
    if means is None or covariances is None or len(means) != len(covariances):
        return None
    d = len(means[0])
    rows = [*means, *(row for covariance in covariances for row in covariance)]
    if any(len(row) != d for row in rows) or any(len(each) != d for each in covariances):
        return None
    if value.get("weights") is None:
        return MoveStart(means, covariances)
    weights = _tuples(value.get("weights"), 1)
    if weights is None or len(weights) != len(means):
        return None
    return MoveStart(means, covariances, weights)


def _add_point(value: Mapping) -> AddPoint | None:
    coordinates = _tuples(value.get("value"), 1)
    return AddPoint(coordinates) if coordinates else None


def _remove_point(value: Mapping) -> RemovePoint | None:
    index = _index(value.get("index"))
    return None if index is None else RemovePoint(index)


def _select_point(value: Mapping) -> SelectPoint | None:
    if value.get("index") is None:
        return SelectPoint(None)
    index = _index(value.get("index"))
    return None if index is None else SelectPoint(index)


def _select_component(value: Mapping) -> SelectComponent | None:
    index = _index(value.get("index"))
    return None if index is None else SelectComponent(index)


_READERS: dict[str, Callable[[Mapping], Message | None]] = {
    "cursor": _cursor,
    "move_start": _move_start,
    "add_point": _add_point,
    "remove_point": _remove_point,
    "select_point": _select_point,
    "select_component": _select_component,
}


def _is_number(value: object) -> TypeGuard[int | float]:
    """Finite, and within the range of a double: an integer may have thousands of digits."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return -sys.float_info.max <= value <= sys.float_info.max


def _index(value: object) -> int | None:
    if not _is_number(value) or value < 0 or value % 1:
        return None
    return int(value)


def _tuples(value: object, depth: int) -> Any:
    """Nested lists of numbers, `depth` deep, as nested tuples of floats; None if they are not."""
    if depth == 0:
        return float(value) if _is_number(value) else None
    if not isinstance(value, list | tuple) or not value:
        return None
    inner = [_tuples(item, depth - 1) for item in value]
    return None if any(item is None for item in inner) else tuple(inner)
