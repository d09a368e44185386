"""Spaces within numbers: 1 234 may be one number or two, and is never guessed at."""

import re
from collections.abc import Sequence

from explorer.io.reading.commas import taken_apart
from explorer.io.reading.numbers import is_number
from explorer.model.refusal import ReadingError, echo, quoted

_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?: [0-9]{3}){1,3}(?:[.,][0-9]+)?")
_THREES = re.compile(r"[0-9]{3}(?: [0-9]{3})+")
_PLAIN = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")


def refuse_grouped(lines: Sequence[tuple[int, str]]) -> None:
    """ReadingError where two or more numbered lines hold one number each, or else several.

    That is so where spaces stand as thousands separators do. Not for lists of numbers of three
    digits, three or more on some line.
    """
    grouped = [(number, line) for number, line in lines if _GROUPED.fullmatch(line)]
    if len(lines) < 2 or not grouped:
        return
    if not all(_GROUPED.fullmatch(line) or _is_one(line) for _, line in lines):
        return
    if all(_THREES.fullmatch(line) for _, line in grouped) and any(
        line.count(" ") > 1 for _, line in grouped
    ):
        return
    number, line = grouped[0]
    whole = line.replace(" ", "").replace(",", ".")
    apart = taken_apart(line.split(" "))
    raise ReadingError(
        "ambiguous-space",
        f"Line {number}: {quoted(line)} may be {echo(whole)} (with a thousands separator), or "
        f"{echo(apart)}. Leave out thousands separators, or put semicolons between the values.",
    )


def _is_one(line: str) -> bool:
    return _PLAIN.fullmatch(line) is not None or is_number(line)
