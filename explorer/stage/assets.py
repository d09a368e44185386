"""The browser's part of the stage: its markup, style and script, each as one text."""

import re
from pathlib import Path

from explorer.charts.palette import DARK, LIGHT, css_variables

HERE = Path(__file__).parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|function|async|class)", re.MULTILINE)


def script(entry: str = "stage") -> str:
    """The JavaScript module js/`entry`.js and all that it imports, as one module.

    A component takes one text. The modules come one after the other, each after those it imports,
    in one scope: a name that two of them give at their top is refused by the browser.
    """
    order: dict[str, str] = {}
    _collect(entry, order, ())
    *imported, last = order.values()
    return "\n".join([*(_EXPORT.sub("", text) for text in imported), last])


def _collect(name: str, order: dict[str, str], importers: tuple[str, ...]) -> None:
    """Add the module `name` to `order`, after what it imports."""
    if name in importers:
        raise ImportError(f"{' → '.join([*importers, name])}: these modules import each other.")
    if name in order:
        return
    text = (HERE / "js" / f"{name}.js").read_text(encoding="utf-8")
    for imported in _IMPORT.findall(text):
        _collect(imported, order, (*importers, name))
    order[name] = _IMPORT.sub("", text)


def markup() -> str:
    """The HTML."""
    return (HERE / "stage.html").read_text(encoding="utf-8")


def style() -> str:
    """The CSS, the palette's variables for both themes first."""
    themes = (("light", LIGHT), ("dark", DARK))
    variables = [f'.em-stage[data-theme="{n}"]{{{css_variables(p)}}}' for n, p in themes]
    return "\n".join([*variables, (HERE / "stage.css").read_text(encoding="utf-8")])
