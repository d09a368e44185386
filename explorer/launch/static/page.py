"""The page of the static site: index.html, and the front, which shows the stage before Python."""

import hashlib
import json
import string
import tomllib
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from explorer.app.forms import LARGE
from explorer.app.header import WHAT_FOR
from explorer.charts.palette import DARK, LIGHT, Palette
from explorer.io import strict_json
from explorer.io.places import SETTINGS
from explorer.launch.static.prepared import FRONT, prepared
from explorer.stage.assets import markup, script, style

HERE = Path(__file__).parent
Site = dict[str, Any]
"""Where everything lies: the type `Site` of front/python.js."""
COLOURS = {
    "--st-background-color": "backgroundColor",
    "--front-side": "secondaryBackgroundColor",
    "--front-ink": "textColor",
    "--front-accent": "primaryColor",
}


def write_page(folder: Path, site: Site, modules: Mapping[str, str], address: str = "") -> str:
    """Write index.html and the front's script into `folder`; that script's name.

    modules: the hashes of stlite's scripts by their addresses; address: where the site will be.
    """
    front = write_named_by_content(folder, "front.js", front_script().encode())
    fill(
        folder,
        "index.html",
        IMPORT_MAP=json.dumps({"integrity": modules}),
        SITE=in_script(json.dumps(site)),
        ADDRESS=escape(address),
        PLOTLY=site["plotly"],
        FRONT=front,
        STYLE=front_style(),
        STAGE=markup(),
        WHAT_FOR=escape(WHAT_FOR),
    )
    return front


def front_script() -> str:
    """The front: its modules, the stage's, and what is prepared for them, as one module."""
    site = 'JSON.parse(document.getElementById("site").textContent)'
    return f"{script(FRONT / 'site.js')}\nbegin({strict_json.dumps(prepared())}, {site});\n"


def front_style() -> str:
    """The front's style sheet and the stage's, in the colours and the type of the app's theme."""
    theme = tomllib.loads(SETTINGS.read_text(encoding="utf-8"))["theme"]
    return "\n".join(
        [
            f":root {{ color-scheme: light dark; --st-font: {theme['font']}; }}",
            f":root {{ {_colours(theme['light'], LIGHT)} }}",
            "@media (prefers-color-scheme: dark) {",
            f":root {{ {_colours(theme['dark'], DARK)} }}",
            "}",
            LARGE.replace("html", "html:has(#front.presented)", 1),
            style(),
            (FRONT / "front.css").read_text(encoding="utf-8"),
        ]
    )


def _colours(theme: Mapping[str, str], palette: Palette) -> str:
    named = " ".join(f"{name}: {theme[key]};" for name, key in COLOURS.items())
    return f"{named} --front-muted: {palette.muted};"


def in_script(text: str) -> str:
    """JSON that no HTML parser takes to end a script."""
    return text.replace("<", "\\u003c")


def write_named_by_content(folder: Path, name: str, content: bytes) -> str:
    """Write the file under a name that changes with its content, so that no cache serves a mix."""
    stem, _, ending = name.partition(".")
    named = f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
    (folder / named).write_bytes(content)
    return named


def filled(name: str, **values: str) -> str:
    template = string.Template((HERE / name).read_text(encoding="utf-8"))
    return template.substitute(values)


def fill(folder: Path, name: str, **values: str) -> None:
    (folder / name).write_text(filled(name, **values), encoding="utf-8")
