"""The words of a refusal: one exception type and safe quoting of foreign text."""

import unicodedata

from em_core.errors import InputError

ECHO_LENGTH = 40
_CONTROL_PICTURES = 0x2400
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


class ReadingError(InputError):
    """Text or a file that cannot be read as data. It may quote foreign text: show it escaped."""


def echo(text: str) -> str:
    """`text` cut to 40 characters, with control and invisible characters made visible."""
    cut = text if len(text) <= ECHO_LENGTH else text[: ECHO_LENGTH - 1] + "…"
    shown = "".join(map(_visible, cut))
    return shown if len(shown) <= ECHO_LENGTH else shown[: ECHO_LENGTH - 1] + "…"


def quoted(text: str) -> str:
    """`echo` of the text, in quotation marks."""
    return f'"{echo(text)}"'


def is_invisible(character: str) -> bool:
    """Whether it is a control, format, surrogate, private, unassigned or line-end character."""
    return unicodedata.category(character) in _INVISIBLE


def _visible(character: str) -> str:
    if not is_invisible(character):
        return " " if character.isspace() else character
    code = ord(character)
    return chr(_CONTROL_PICTURES + code) if code < 32 else f"\\u{code:04x}"
