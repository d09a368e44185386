"""What all charts share: the layout, axes, units. Colours and fonts are the browser's."""

from typing import Any

Layout = dict[str, Any]
"""A Plotly layout as a plain dict."""


def layout(revision: str, **entries: Any) -> Layout:
    """A quiet layout; zoom is kept for as long as `revision` stays the same."""
    return {
        "template": {"layout": {}},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 58, "r": 16, "t": 8, "b": 44},
        "showlegend": False,
        "dragmode": "zoom",
        "uirevision": revision,
        "separators": ".\u202f",
        **entries,
    }


def axis(title: str = "", **entries: Any) -> Layout:
    """An axis as Plotly has it; entries: what is particular to it."""
    return {
        "title": {"text": title, "standoff": 8},
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "automargin": False,
        "minexponent": 5,
        **entries,
    }


def with_unit(name: str, unit: str) -> str:
    """'Bill length (mm)'; the name alone where there is no unit."""
    return f"{name} ({unit})" if unit else name


def squared(unit: str) -> str:
    """The unit of a variance: mm², (1000 km/s)²."""
    if not unit:
        return ""
    return f"{unit}²" if unit.isalpha() else f"({unit})²"


def product(one: str, other: str) -> str:
    """The unit of a covariance: mm·g."""
    return squared(one) if one == other else "·".join(filter(None, (one, other)))


def escape(text: str) -> str:
    """Foreign text for a chart: Plotly would read tags and entities in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
