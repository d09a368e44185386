"""The browser's part of the stage: its markup, style and script, each as one text."""

from pathlib import Path

from explorer.charts.palette import DARK, LIGHT, css_variables

HERE = Path(__file__).parent
SCRIPTS = (
    "formulas",
    "run",
    "words",
    "sheet",
    "charts",
    "overlay",
    "transport",
    "scene",
    "gestures",
    "load",
    "stage",
)


def script() -> str:
    """The JavaScript: its files one after the other, as one module."""
    return "\n".join((HERE / "js" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)


def markup() -> str:
    """The HTML."""
    return (HERE / "stage.html").read_text(encoding="utf-8")


def style() -> str:
    """The CSS, the palette's variables for both themes first."""
    themes = (("light", LIGHT), ("dark", DARK))
    variables = [f'.em-stage[data-theme="{n}"]{{{css_variables(p)}}}' for n, p in themes]
    return "\n".join([*variables, (HERE / "stage.css").read_text(encoding="utf-8")])
