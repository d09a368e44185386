"""A link as a QR code, for those who see it from afar."""

import segno
from markupsafe import Markup

LONGEST = 600
"""Characters: a code of more has such small modules that a phone cannot read it across a room."""
MARGIN = 4
"""Modules of white around the code, which ISO/IEC 18004 asks for."""


def code(link: str) -> Markup | None:
    """The QR code of a whole address as SVG, black on white whatever the theme; None where it is
    too long for one that can be read. It has as much error correction as its size has room for."""
    if len(link) > LONGEST:
        return None
    made = segno.make(link, error="l", micro=False)
    return Markup(
        made.svg_inline(
            border=MARGIN,
            dark="#000",
            light="#fff",
            omitsize=True,
            svgclass="ex-qr",
            lineclass=None,
        )
    )
