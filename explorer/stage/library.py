"""Plotly's JavaScript: its basic part, which has the axes that the stage draws on.

It lies in the folder `static` beside the app's entry, from which Streamlit serves it, so it comes
from the app's own server and is kept by the browser.
"""

import sys
from typing import Literal

from explorer.io.places import STATIC

NAME = "plotly-basic.min.js"


def serving() -> Literal["page", "static"]:
    """How the browser comes by the library: the page has it, or it asks the static folder."""
    return "page" if sys.platform == "emscripten" else "static"


def source() -> bytes:
    """The JavaScript, UTF-8."""
    return (STATIC / NAME).read_bytes()
