"""One written number: what counts as one, and why something else does not.

A number is an optional sign, ASCII digits with at most one decimal point, and an optional
exponent with e. `float` reads it, so it is the nearest double to the last bit; but `float`
alone also takes nan, inf, underscores and 1e400, so the grammar is checked first.

Other writings are made plain beforehand (`plain`): Unicode minus and dashes, full-width forms,
the decimal digits of every script, and all kinds of space. Other number-like things (percent,
dates, thousands separators, …) are refused, each with its own cure.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np

from explorer.model.refusal import ReadingError, is_invisible

MAX_TOKEN = 400
MISSING = frozenset(
    {"", "na", "n/a", "#n/a", "nan", "none", "null", "nil", "missing", ".", "-", "--", "?"}
)

_NUMBER_PATTERN = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_NUMBER = re.compile(_NUMBER_PATTERN)
_NUMBER_BYTES = b"0123456789+-.eE"

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_GROUPING_SPACE = re.compile(r"(?<![\d.,])(\d{1,3})[\u00a0\u2007\u2009\u202f](?=\d{3}(?!\d))")
_THIN_SPACE = "\u202f"
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_MARKS = rf"[{_INVISIBLE}]{{1,8}}"
_EDGE_INVISIBLE = re.compile(rf"(?<![^\s,;|]){_MARKS}|{_MARKS}(?![^\s,;|])")

_ELEMENTS = ("Na", "nA")
"""Sodium and nanoamperes: no program writes a missing value so."""
_CURRENCY = "$¢£¤¥֏฿₠-⃀"
_PLAIN_REFUSAL = ("not-a-number", "is not a number. Correct or remove it.")
_KINDS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), code, predicate)
    for pattern, code, predicate in (
        (
            r"[+-]?(?:inf|infinity|∞|1\.#inf)",
            "infinite",
            "is infinite. Remove it.",
        ),
        (r"=.*", "formula", "is not a number. Use the result instead of the formula."),
        (r"#.*[!?]", "spreadsheet-error", "is a spreadsheet's error mark. Correct that cell."),
        (r".*[0-9] ?[%‰]|[%‰] ?[0-9].*", "percent", "is not a number: remove the % signs."),
        (
            rf"[+-]?[{_CURRENCY}].*|.*[0-9].*[{_CURRENCY}]",
            "currency",
            "is not a number: remove the currency signs.",
        ),
        (
            r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:[t ].*)?|\d{4}[-/]\d{1,2}"
            r"|\d{1,2}[-/. ]?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-/. ]?\d*",
            "date",
            "looks like a date. Write it as one number, such as days since the first.",
        ),
        (
            r"\d{1,3}:\d{1,2}(?::\d{1,2})?(?:[.,]\d+)?z?(?: ?[ap]m)?",
            "time",
            "looks like a time. Write it as one number, such as minutes.",
        ),
        (
            r"[+-]?\d{1,3}(?:['’,. _\u202f]\d{3})+(?:[.,]\d*)?|[+-]?\d+(?:_\d+)+(?:\.\d*)?",
            "thousands",
            "is not a plain number: remove the thousands separators "
            "(between numbers, use ordinary spaces).",
        ),
        (r"[+-]?0[xob][0-9a-f]+", "base", "is not a decimal number. Write it with digits 0 to 9."),
        (
            r"[+-]?[0-9.]+[dq][+-]?[0-9]+|.*[0-9] ?[×x*] ?10.*|.*\^.*|[0-9.]+[⁰¹²³⁴-⁹].*",
            "exponent",
            "is not a number here. Write powers of ten with e, as in 1e5.",
        ),
        (
            r"[+-]?\d+ ?[/⁄] ?\d+|.*[¼-¾⅐-⅞]",
            "fraction",
            "is a fraction. Write it as a decimal number, such as 0.5.",
        ),
        (r"[<>≤≥~≈±]=? ?[0-9.].*", "inexact", "is not one exact number. Remove the sign."),
        (r"c?[\[({].*|.*[\])}]", "brackets", "is not a number: remove the brackets."),
        (
            r"[\"'“”„‘’«»`].*|.*[\"'“”‘’«»`]",
            "quotes",
            "is not a number: remove the quotation marks.",
        ),
        (
            r"[+-]?[0-9.]+(?:-|\.\.+|…)[0-9.]+",
            "range",
            "is not one number. Put a space between two numbers.",
        ),
        (
            r".*[0-9],.*|.*,[0-9].*",
            "comma",
            "is not a number: its comma is not a decimal sign here. Use points for decimals.",
        ),
        (rf"{_NUMBER_PATTERN} ?[^\W\d_].*", "unit", "is not a number: remove the letters."),
    )
)


def plain(text: str) -> str:
    """`text` with its dashes, digits, full-width forms and spaces written in ASCII.

    A no-break or thin space before a group of three digits may be a thousands separator: it is
    kept, so that the number is refused rather than cut in two. Invisible marks at the edges of
    a number, left by copying, are dropped; inside a number they stay and are refused.
    """
    if text.isascii():
        return text
    text = _EDGE_INVISIBLE.sub("", _GROUPING_SPACE.sub("\\1\ue000", text))
    table = {ord(character): _ascii(character) for character in set(text)}
    return text.translate(table | {0xE000: _THIN_SPACE})


def _ascii(character: str) -> str:
    if character in _DASHES:
        return "-"
    if "\uff01" <= character <= "\uff5e":
        return chr(ord(character) - 0xFEE0)
    if character in "\u0085\u2028\u2029":
        return "\n"
    if character == "\u066b":
        return "."
    if character == "\u060c":
        return ","
    if not character.isascii() and character.isspace():
        return " "
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def is_missing(token: str) -> bool:
    """Whether `token` stands for a value that is not there (NA, empty, …)."""
    return len(token) <= 7 and token.lower() in MISSING


def is_number(token: str) -> bool:
    return len(token) <= MAX_TOKEN and _NUMBER.fullmatch(token) is not None


def is_name(token: str) -> bool:
    """Whether `token` can head a column: a letter comes before any digit, and it is no value.

    A unit's sign alone can, such as % or (°).
    """
    first = next(filter(str.isalnum, token), "")
    if not first:
        return re.fullmatch(rf"[(\[]?(?:[%‰°#]|[{_CURRENCY}])+[)\]]?", token) is not None
    return (
        first.isalpha()
        and (not is_missing(token) or token in _ELEMENTS)
        and not re.match(rf"[={_CURRENCY}]", token)
        and refusal(token)[0] != "infinite"
    )


def is_overlong(token: str) -> bool:
    """Whether `token` is written like a number, but with more digits than any number needs."""
    return len(token) > MAX_TOKEN and re.fullmatch(r"[0-9.,+\-eE]+", token) is not None


def refusal(token: str) -> tuple[str, str]:
    """Why `token` is not a number that can be used: a code, and a predicate with the cure."""
    if is_overlong(token):
        return "too-long", f"is too long for a number ({len(token)} characters). Remove it."
    if is_number(token):
        return _range_refusal(token)
    if any(is_invisible(character) for character in token):
        return "control", "contains an invisible character. Delete it and type it again."
    if not token:
        return "missing", 'is empty. Remove the extra separator or tick "skip missing values".'
    if is_missing(token):
        return "missing", 'is not a number. Remove it or tick "skip missing values".'
    for pattern, code, predicate in _KINDS:
        if pattern.fullmatch(token[:MAX_TOKEN]):
            return code, predicate
    return _PLAIN_REFUSAL


def _range_refusal(token: str) -> tuple[str, str]:
    if math.isinf(float(token)):
        return "too-large", "is too large. Numbers reach to about 1.8e308: rescale the data."
    return "too-small", "is too small to tell from 0. Rescale the data."


def parse(tokens: Sequence[str], where: Callable[[int, str], str]) -> np.ndarray:
    """The (n,) float64 values of `tokens`, each correctly rounded.

    where(index, token) says where a token stands, e.g. '"x" (item 3)', to begin its refusal.
    Raises ReadingError for the first token that is not a finite number.
    """
    values = parse_clean(tokens)
    if values is not None:
        return values
    for index, token in enumerate(tokens):
        if not is_number(token) or _leaves_doubles(token):
            code, predicate = refusal(token)
            raise ReadingError(code, f"{where(index, token)} {predicate}")
    return np.fromiter(map(float, tokens), dtype=float, count=len(tokens))


def parse_clean(tokens: Sequence[str]) -> np.ndarray | None:
    """All values at once, fast, or None where any token needs a second look.

    Made only of digits, signs, points and e, a text that `float` takes is one of our numbers.
    """
    text = "".join(tokens)
    if not text.isascii() or text.encode("ascii").translate(None, _NUMBER_BYTES):
        return None
    try:
        values = np.fromiter(map(float, tokens), dtype=float, count=len(tokens))
    except ValueError:
        return None
    if not np.isfinite(values).all() or max(map(len, tokens), default=0) > MAX_TOKEN:
        return None
    if any(map(_leaves_doubles, {tokens[index] for index in np.flatnonzero(values == 0).tolist()})):
        return None
    return values


def _leaves_doubles(token: str) -> bool:
    """Whether a number is too large for a double, or so small that it would become 0."""
    value = float(token)
    mantissa = re.split("[eE]", token)[0]
    return math.isinf(value) or (value == 0 and any(digit in mantissa for digit in "123456789"))
