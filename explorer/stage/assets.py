"""The browser's part of the stage: its markup, style and script, each as one text."""

import re
from pathlib import Path

from explorer.charts.palette import DARK, LIGHT, css_variables

HERE = Path(__file__).parent.resolve()
MODULES = HERE / "js"
_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[\w./-]+\.js)";\n', re.MULTILINE)
_REMARK = re.compile(r"^ *(?://.*|/\*\*(?:(?!\*/)[\s\S])*\*/)\n", re.MULTILINE)
"""A comment on lines of its own: browsers do without."""
_EXPORT = re.compile(r"^export (?=const|function|async|class)", re.MULTILINE)


def script(entry: str | Path = "component") -> str:
    """The JavaScript module js/`entry`.js, or that of another path, and all it imports, as one.

    A component takes one text. The modules come one after the other, each after those it imports,
    in one scope: a name that two of them give at their top is refused by the browser. Comments
    stay behind.
    """
    order: dict[Path, str] = {}
    _collect(entry if isinstance(entry, Path) else MODULES / f"{entry}.js", order, ())
    *imported, last = order.values()
    return "\n".join([*(_EXPORT.sub("", text) for text in imported), last])


def _collect(path: Path, order: dict[Path, str], importers: tuple[Path, ...]) -> None:
    """Add the module at `path` to `order`, after what it imports."""
    if path in importers:
        names = [each.stem for each in (*importers, path)]
        raise ImportError(f"{' → '.join(names)}: these modules import each other.")
    if path in order:
        return
    text = path.read_text(encoding="utf-8")
    for imported in _IMPORT.findall(text):
        _collect((path.parent / imported).resolve(), order, (*importers, path))
    order[path] = _REMARK.sub("", _IMPORT.sub("", text))


def markup() -> str:
    """The HTML."""
    return (HERE / "stage.html").read_text(encoding="utf-8")


def style() -> str:
    """The CSS, the palette's variables for both themes first."""
    themes = (("light", LIGHT), ("dark", DARK))
    variables = [f'.em-stage[data-theme="{n}"]{{{css_variables(p)}}}' for n, p in themes]
    return "\n".join([*variables, (HERE / "stage.css").read_text(encoding="utf-8")])
