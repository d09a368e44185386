"""What all figures share: the type of a figure, axes, titles."""

from typing import Any

from explorer.charts.palette import LIGHT

Figure = dict[str, Any]
"""A Plotly figure as a plain dict {"data": [...], "layout": {...}}, which `go.Figure` takes."""

FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'


def layout(revision: str, **entries: Any) -> dict[str, Any]:
    """A quiet layout; zoom is kept for as long as `revision` stays the same."""
    return {
        "template": {"layout": {}},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13, "color": LIGHT.ink},
        "margin": {"l": 58, "r": 16, "t": 8, "b": 44},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": "zoom",
        "uirevision": revision,
        "separators": ".\u202f",
        **entries,
    }


def axis(title: str = "", **entries: Any) -> dict[str, Any]:
    return {
        "title": {"text": title, "font": {"size": 12, "color": LIGHT.muted}, "standoff": 8},
        "tickfont": {"size": 12, "color": LIGHT.muted},
        "gridcolor": LIGHT.grid,
        "linecolor": LIGHT.grid,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "automargin": False,
        "minexponent": 5,
        **entries,
    }


def with_unit(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


def escape(text: str) -> str:
    """Foreign text for a chart: Plotly would read tags and entities in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
