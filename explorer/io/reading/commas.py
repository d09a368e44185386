"""What commas mean in a set of written numbers: never guessed where two readings are possible."""

import re
from collections.abc import Sequence
from typing import Literal

from em_core.wording import enumerated

CommaReading = Literal["none", "separator", "decimal", "thousands", "mixed"]

_DECIMAL = re.compile(r"[+-]?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_POINT_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+")


def comma_reading(chunks: Sequence[str]) -> tuple[CommaReading, str]:
    """How the commas inside `chunks` (text between spaces, or cells) read, with an example.

    "decimal": each is a decimal sign, and some cannot mark thousands.
    "separator": some chunk allows no other reading, such as 1,2,3 or 1.5,2.5 or 1,-2.
    "thousands": they may mark thousands. "mixed": points are decimal signs elsewhere.
    """
    with_comma = [chunk for chunk in chunks if "," in chunk]
    if not with_comma:
        return "none", ""
    if not all(map(_DECIMAL.fullmatch, with_comma)):
        others = [chunk for chunk in with_comma if not is_decimal(chunk)]
        forced = next((chunk for chunk in others if not maybe_thousands(chunk)), None)
        return ("thousands", others[0]) if forced is None else ("separator", forced)
    if all(map(maybe_thousands, with_comma)):
        return "thousands", with_comma[0]
    if any("." in chunk for chunk in chunks):
        return "mixed", with_comma[0]
    return "decimal", with_comma[0]


def is_decimal(chunk: str) -> bool:
    """Whether `chunk` is a number with a decimal comma, such as 1,5."""
    return _DECIMAL.fullmatch(chunk) is not None


def maybe_thousands(chunk: str) -> bool:
    """Whether `chunk` may hold thousands separators, such as 1,234 or 1.234,5."""
    return bool(_THOUSANDS.fullmatch(chunk) or _POINT_THOUSANDS.fullmatch(chunk))


def is_number_with_commas(chunk: str) -> bool:
    """Whether `chunk` is one number, whatever its commas mean."""
    return is_decimal(chunk) or maybe_thousands(chunk)


def meanings(chunk: str) -> list[str]:
    """The single numbers `chunk` may stand for, written plainly."""
    one_number = []
    if _THOUSANDS.fullmatch(chunk):
        one_number.append(chunk.replace(",", "") + " (with a thousands separator)")
    if _POINT_THOUSANDS.fullmatch(chunk):
        one_number.append(
            chunk.replace(".", "").replace(",", ".") + " (with a thousands separator)"
        )
    if is_decimal(chunk):
        one_number.append(chunk.replace(",", "."))
    return one_number


def taken_apart(parts: Sequence[str]) -> str:
    """The several values that a chunk stands for otherwise: "two values 1 and 234"."""
    count = "two" if len(parts) == 2 else str(len(parts))
    return f"{count} values {enumerated(parts)}"
