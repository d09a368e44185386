"""The stage outside Streamlit: the whole run as one HTML page."""

from dataclasses import replace

from em_core import Trace
from explorer.export.player_page import Stage, player
from explorer.model.problem import Data
from explorer.stage import Place, Settings, payload
from explorer.stage.assets import markup, script, style
from explorer.stage.library import source

SETTINGS = Settings()
HINT = "Play, or step with the arrow keys. Click a point to select it."


def player_page(
    data: Data,
    trace: Trace,
    *,
    half_step: int = 0,
    point: int | None = None,
    component: int = 0,
    settings: Settings = SETTINGS,
) -> str:
    """The page's HTML (1.4 MB, most of it Plotly), opening at the half-step."""
    settings = replace(settings, editable=False)
    told = payload(data, trace, Place(half_step), point, component, settings)
    charts = told["charts"]
    hints = {"start": HINT, "later": HINT}
    told |= {
        "library": "page",
        "charts": {**charts, "main": {**charts["main"], "hints": hints}},
    }
    stage = Stage(markup(), style(), script(), told, source().decode())
    counted = f"{data.n_points} points, {trace.weights.shape[1]} components."
    return player(stage, data.title, f"{counted} {trace.message}")
