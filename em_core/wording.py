"""Numbers and lists as they stand in a plain sentence."""

from collections.abc import Iterable
from math import ceil, isfinite, log10

import numpy as np
from numpy.typing import ArrayLike

SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def number(value: float, spread: float | None = None) -> str:
    """Four significant digits with a true minus sign; more where `spread` asks for them.

    `spread` is the range the value is to be told apart in: 1e6 + 0.25 among values that
    differ by 1 reads 1000000.25, not 1×10⁶.
    """
    digits = 4
    if spread and isfinite(value) and abs(value) > spread:
        digits = min(17, 4 + ceil(log10(abs(value)) - log10(spread)))
    return _written(f"{value:.{digits}g}")


def rough(value: float) -> str:
    """Two significant digits, for what is only known roughly: 690, 0.0012."""
    return _written(f"{float(f'{value:.2g}'):g}")


def _written(text: str) -> str:
    """Python's 1.2e-06 as people write it: 1.2×10⁻⁶."""
    mantissa, _, power = text.partition("e")
    exponent = f"×10{str(int(power)).translate(SUPERSCRIPTS)}" if power else ""
    return mantissa.replace("-", "−") + exponent


def coordinates(value: ArrayLike, spread: ArrayLike) -> str:
    """A computed place (d,), such as a mean: −0.5373, or (38.79, 18.26); `spread` is (d,)."""
    pairs = zip(np.atleast_1d(value), np.atleast_1d(spread), strict=True)
    return _in_parentheses([number(x, s) for x, s in pairs])


def point(value: ArrayLike, spread: ArrayLike) -> str:
    """A point (d,) of the data by name: 10.227, or (39.1, 18.7); `spread` is (d,).

    Coordinates stand as they were typed where that is short.
    """
    texts = []
    for x, s in zip(np.atleast_1d(value), np.atleast_1d(spread), strict=True):
        typed = _written(f"{x:.15g}")
        texts.append(typed if len(typed) <= 8 else number(x, s))
    return _in_parentheses(texts)


def _in_parentheses(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


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
