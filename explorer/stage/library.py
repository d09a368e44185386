"""Plotly's JavaScript, from the installed plotly package to the browser, by way of no third party.

It is copied into the folder `static` beside the app's entry, from which Streamlit serves it. Where
there is no such place (the app is installed), or it can neither be written nor holds the right copy
(a read-only file system), the library travels inside
a component of its own instead: once a visit, 4.8 MB that the browser cannot keep.
"""

import os
import sys
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

NAME = "plotly.min.js"
PART = "plotly-basic.min.js"
"""Plotly's basic part: the axes that the stage draws on, in a quarter of the size. It is in no
Python package; `scripts.smaller_plotly` fetches it for whoever hosts the app."""
STATIC = Path(__file__).parents[2] / "static"
MAIN = STATIC.with_name("streamlit_app.py")


@cache
def serving() -> Literal["page", "static", "inline"]:
    """How the browser comes by the library: the page has it, the static folder, or a component."""
    if sys.platform == "emscripten":
        return "page"
    return "static" if MAIN.is_file() and _copied(served(), STATIC / NAME) else "inline"


def served(folder: Path = STATIC) -> bytes:
    """What the browser is sent: the basic part where it was put into the folder, else all of it."""
    part = folder / PART
    return part.read_bytes() if part.is_file() else source()


def source() -> bytes:
    """The JavaScript, UTF-8, as the installed package has it."""
    return files("plotly").joinpath("package_data", NAME).read_bytes()


def _copied(content: bytes, target: Path) -> bool:
    """Whether `target` holds `content`, after writing it if need be; others may do so too."""
    if target.is_file() and target.read_bytes() == content:
        return True
    try:
        target.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, target)
    except OSError:
        return False
    return True
