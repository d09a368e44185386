"""A number as a person typed it: its value, and how exactly its digits say it."""

import re
from dataclasses import dataclass
from math import inf, isfinite

from em_core.errors import InputError

LONGEST = 60
"""Characters; no number that a person types is longer."""

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_VULGAR = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅛": "1/8"}
_SIGNS = str.maketrans({"−": "-", "–": "-", "‒": "-", "－": "-", "⁄": "/", "∕": "/", "÷": "/"})
_PLAIN = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?")


@dataclass(frozen=True)
class Typed:
    """A number and its precision.

    digits: significant digits that were typed, infinite for a fraction of whole numbers;
    slack: half a unit of the last digit, 0 for such a fraction;
    zeros: at the end of a whole number, where they may be digits or only fill its places.
    """

    value: float
    digits: float
    slack: float
    zeros: int = 0

    @property
    def rough(self) -> "Typed":
        """The number read with its zeros at the end as fillers: 1230000 as 1.23e6."""
        return Typed(self.value, self.digits - self.zeros, self.slack * 10**self.zeros)

    def fits(self, number: float, tolerance: float = 0.0) -> bool:
        """Is this `number`, rounded to the digits that were typed?"""
        return abs(self.value - number) <= self.slack * (1 + 1e-9) + tolerance


def read(answer: str | float) -> tuple[Typed, ...]:
    """What `answer` may mean: one number, or two where a comma may be decimal or group digits.

    Understood are 0.29, .29, 0,29, −11.6, 1 234.5, 1'234.5, 29 %, 1/3, 2.9e-1 and 2.9×10⁻¹.
    Raises InputError ("no-number", "too-large", "too-long", "empty") with the cure.
    """
    if isinstance(answer, str):
        text = answer
    elif isinstance(answer, bool) or not hasattr(answer, "__float__"):
        raise InputError("no-number", f"{answer!r} is not a number: give a number or its text.")
    else:
        text = repr(float(answer))
    bare = _bare(text)
    if not bare:
        raise InputError("empty", "Nothing is typed yet: type a number, such as 0.29.")
    per_cent = bare.endswith("%")
    readings = [_quotient(each, text) for each in _commas_read(bare.removesuffix("%"))]
    found = tuple(_hundredth(each) if per_cent else each for each in readings)
    if not all(isfinite(each.value) for each in found):
        raise InputError("too-large", f"“{text.strip()}” is too large a number for this blank.")
    return found


def _bare(text: str) -> str:
    """The text in ASCII, without what people put around a number."""
    if len(text) > LONGEST:
        raise InputError("too-long", f"A number has at most {LONGEST} characters: type only that.")
    bare = text.strip().lstrip("=≈~").strip()
    bare = _VULGAR.get(bare, bare)
    bare = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", lambda m: "^" + m[0].translate(_SUPERSCRIPTS), bare)
    bare = bare.translate(_SIGNS).replace("％", "%").lower()
    bare = re.sub(r"(?<=\d)[\s'’](?=\d{3}(?!\d))", "", bare)
    bare = re.sub(r"\s*([-+/%×*·⋅^])\s*", r"\1", bare)
    bare = re.sub(r"[×x*·⋅]10\^([-+]?\d+)", r"e\1", bare)
    return re.sub(r"^([-+]?)10\^([-+]?\d+)$", r"\g<1>1e\2", bare)


def _commas_read(bare: str) -> tuple[str, ...]:
    """The text with a decimal point and no grouping; two texts where a comma may be either."""
    if "," not in bare:
        grouped = re.fullmatch(r"[-+]?\d{1,3}(\.\d{3}){2,}", bare)
        return (bare.replace(".", ""),) if grouped else (bare,)
    if "." in bare and bare.rindex(",") > bare.rindex("."):
        return (bare.replace(".", "").replace(",", "."),)
    if "." in bare or bare.count(",") > 1:
        grouped = re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", bare)
        return (bare.replace(",", ""),) if grouped else (bare,)
    decimal = bare.replace(",", ".")
    if re.fullmatch(r"[-+]?[1-9]\d{0,2},\d{3}", bare):
        return decimal, bare.replace(",", "")
    return (decimal,)


def _quotient(bare: str, text: str) -> Typed:
    parts = [_plain(part, text) for part in bare.split("/")]
    if len(parts) == 1:
        return parts[0]
    if len(parts) > 2:
        raise _no_number(text)
    above, below = (_exact(part) for part in parts)
    if below.value == 0:
        raise InputError("no-number", f"“{text.strip()}” divides by 0: check what stands below.")
    value = above.value / below.value
    slack = (above.slack + abs(value) * below.slack) / abs(below.value)
    return Typed(value, min(above.digits, below.digits), slack)


def _exact(part: Typed) -> Typed:
    """Whole numbers in a fraction are exact."""
    return Typed(part.value, inf, 0.0) if part.slack == 0.5 else part


def _plain(bare: str, text: str) -> Typed:
    match = _PLAIN.fullmatch(bare)
    if match is None or not (match[2] or match[3]):
        raise _no_number(text)
    decimals, power = match[3] or "", int(match[4] or 0)
    written = (match[2] + decimals).lstrip("0")
    zeros = len(written) - len(written.rstrip("0")) if bare.lstrip("+-") == match[2] else 0
    return Typed(float(bare), len(written), 0.5 * float(f"1e{power - len(decimals)}"), zeros)


def _hundredth(typed: Typed) -> Typed:
    return Typed(typed.value / 100, typed.digits, typed.slack / 100)


def _no_number(text: str) -> InputError:
    return InputError(
        "no-number",
        f"“{text.strip()}” cannot be read as a number: type digits such as 0.29, "
        "a fraction such as 1/3, or 2.9e-1.",
    )
