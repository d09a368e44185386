"""How numbers and lists are written, wherever a person reads them.

The stage writes the same numbers in the browser: explorer/stage/js/words.js follows these rules.
"""

from collections.abc import Iterable
from decimal import Decimal
from math import copysign, inf, isfinite, nextafter

import numpy as np
from numpy.typing import ArrayLike

DIGITS = 4
FULL = 15
"""Significant digits at full precision: as many as any decimal keeps in a double."""
SHORTEST = 17
"""Significant digits that name every double."""
TYPED = 7
"""Values of the data stand as they were typed where that takes at most so many digits."""

AXES = ("x", "y")

_LEAST_POWER = -4
_WHOLE_DIGITS = 6
"""0.0001 to 999 999 are written out; beyond, and beyond the digits asked for, powers of ten."""
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_GROUPED_FROM = 10_000
_THIN_SPACE = "\u202f"


def number(value: float, spread: float | None = None, digits: int = DIGITS) -> str:
    """So many significant digits; more where `spread` asks for them.

    A value that takes no more digits stands as it is, 2 or 0.5; one that was rounded keeps its
    zeros, so that 2.000 says about 2. `spread` is the range the value is to be told apart in:
    1e6 + 0.25 among values that differ by 1 reads 1 000 000.25. Outside 0.0001 to 999 999 it is
    1.083×10⁻¹⁵; not a number is –.
    """
    value = float(value)
    if not isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "–"
    if value == 0:
        return "0"
    if not spread and (usual := _usual(value, digits)):
        return usual
    significant, power = _shortest(value)
    if spread and power > (least := _shortest(spread)[1]):
        digits = min(SHORTEST, digits + power - least)
    written_out = _LEAST_POWER <= power < max(_WHOLE_DIGITS, digits)
    wanted = max(digits, power + 1) if written_out else digits
    if len(significant) > wanted:
        significant, power = _rounded(_off_a_tie(value, wanted, significant), wanted)
    return _written(value, significant, power, written_out)


def _usual(value: float, digits: int) -> str:
    """`number` in half the time, of values that have more digits than are wanted, as most have;
    "" of others, and where rounding might change how they are written."""
    size = abs(value)
    mantissa, _, power = f"{size:.{digits - 1}e}".partition("e")
    first = int(power)
    written_out = _LEAST_POWER < first < digits - 1
    small_or_large = first < _LEAST_POWER or first > max(_WHOLE_DIGITS, digits)
    if not (written_out or small_or_large) or float(f"{size:.{digits}e}") == size:
        return ""
    return _written(value, mantissa.replace(".", ""), first, written_out)


def _shortest(value: float) -> tuple[str, int]:
    """The digits of the shortest decimal that names the double, and the power of its first."""
    mantissa, _, exponent = repr(abs(float(value))).partition("e")
    whole, _, decimals = mantissa.partition(".")
    digits = (whole + decimals).lstrip("0")
    zeros = len(whole + decimals) - len(digits)
    return digits.rstrip("0"), int(exponent or 0) + len(whole) - 1 - zeros


def _rounded(value: float, digits: int) -> tuple[str, int]:
    """So many digits, trailing zeros kept, and the power of the first."""
    mantissa, _, power = f"{abs(value):.{digits - 1}e}".partition("e")
    return mantissa.replace(".", ""), int(power)


def _off_a_tie(value: float, digits: int, significant: str) -> float:
    """1234.5 goes to 1235 as at school, and in a browser; Python alone would go to the even.

    significant: the value's shortest digits.
    """
    tie = len(significant) == digits + 1 and significant.endswith("5")
    if tie and Decimal(value) == Decimal(repr(value)):
        return nextafter(value, copysign(inf, value))
    return value


def _written(value: float, digits: str, power: int, written_out: bool) -> str:
    """The digits with their point and the sign of the value."""
    text = _written_out(digits, power) if written_out else _scientific(digits, power)
    return "−" + text if value < 0 else text


def _written_out(digits: str, power: int) -> str:
    if power < 0:
        return f"0.{'0' * (-power - 1)}{digits}"
    whole, decimals = digits[: power + 1].ljust(power + 1, "0"), digits[power + 1 :]
    return count(int(whole)) + (f".{decimals}" if decimals else "")


def _scientific(digits: str, power: int) -> str:
    decimals = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{decimals}×10{str(power).translate(_SUPERSCRIPTS)}"


def count(n: int) -> str:
    """A whole number, from five digits on in groups of three: 342, 1234, 30 000."""
    return f"{n:,}".replace(",", _THIN_SPACE) if n >= _GROUPED_FROM else str(n)


def counted(n: int, noun: str) -> str:
    """counted(3, "value") -> "3 values"."""
    return f"{count(n)} {noun}{'' if n == 1 else 's'}"


def log_likelihood(value: float, digits: int = DIGITS) -> str:
    """At least two decimals, so that a gain can be seen in it: −7.422, −1644.49."""
    if value == 0 or not isfinite(value):
        return number(value)
    return number(value, digits=min(FULL, max(digits, _shortest(value)[1] + 3)))


def signed(value: float, digits: int = DIGITS) -> str:
    """A change: +0.9713, −0.002, +0."""
    return ("+" if value >= 0 else "") + number(value, digits=digits)


def to_decimals(value: float, places: int) -> str:
    """With so many decimals, to stand beside a number that was printed with them."""
    if value == 0 or not isfinite(value):
        return number(value)
    return number(value, digits=max(1, _shortest(value)[1] + 1 + places))


def rough(value: float, digits: int = 2) -> str:
    """Two significant digits, for what is only known roughly: 690, 0.0012."""
    value = float(value)
    if value == 0 or not isfinite(value):
        return number(value)
    value = _off_a_tie(value, digits, _shortest(value)[0])
    significant, power = _rounded(value, digits)
    written_out = _LEAST_POWER <= power < _WHOLE_DIGITS
    return _written(value, significant.rstrip("0"), power, written_out)


def percent(share: float, digits: int = 3) -> str:
    """A share of the whole: 57.4%, 100%."""
    return f"{rough(100 * share, digits)}%"


def data_value(value: float, spread: float | None = None, digits: int = DIGITS) -> str:
    """A value of the data by name: as it was typed where that is short, else as `number`."""
    value = float(value)
    if isfinite(value) and len(_shortest(value)[0]) <= TYPED:
        return number(value, digits=TYPED)
    return number(value, spread, digits)


def coordinates(value: ArrayLike, spread: ArrayLike) -> str:
    """A computed place (d,), such as a mean: −0.5373, or (38.79, 18.26); `spread` is (d,)."""
    pairs = zip(np.atleast_1d(value), np.atleast_1d(spread), strict=True)
    return _in_parentheses([number(x, s) for x, s in pairs])


def point(value: ArrayLike, spread: ArrayLike) -> str:
    """A point (d,) of the data by name: 10.227, or (39.1, 18.7); `spread` is (d,)."""
    pairs = zip(np.atleast_1d(value), np.atleast_1d(spread), strict=True)
    return _in_parentheses([data_value(x, s) for x, s in pairs])


def _in_parentheses(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def axis_name(axis: int, n_features: int) -> str:
    """x or y, on a line or in the plane; beyond that by its number."""
    return AXES[axis] if n_features <= len(AXES) else f"axis {axis + 1}"


def enumerated(items: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    *head, last = items
    return f"{', '.join(head)} and {last}" if head else last


def component_names(components: Iterable[int]) -> str:
    """'component 2' or 'components 1 and 3' from 0-based indices."""
    numbers = [str(j + 1) for j in components]
    return f"component{'s' if len(numbers) > 1 else ''} {enumerated(numbers)}"


def sentence_case(text: str) -> str:
    """The text with its first letter in upper case, the rest untouched."""
    return text[:1].upper() + text[1:]
