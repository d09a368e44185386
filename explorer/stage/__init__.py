"""The stage: transport bar, densities, responsibility bars and trajectory, drawn in place.

One Streamlit component holds the whole run, so stepping, scrubbing and playing never wait for
the server. Python sends a problem's run once; the browser reports back where it came to rest
(the state `cursor`) and what the person did on the charts (the trigger `edit`).

    from explorer.stage import Place, Settings, live_plot, read_cursor, read_edit, run_id

    live_plot(
        data, trace,
        key="stage",
        place=state.place,            # Place(half_step, nonce); see below
        point=view.point, component=view.component,
        settings=Settings(spread="variance", posterior=False, query=0.2, editable=True),
        on_cursor=state.follow_cursor,
        on_edit=state.apply_edit,
    )

Both callbacks run before the script does and take no arguments; there
`read_cursor(st.session_state["stage"].get("cursor"))` gives a `Cursor` (or None) and
`read_edit(st.session_state["stage"].get("edit"))` one of `MoveStart`, `AddPoint`, `RemovePoint`,
`SelectPoint`, `SelectComponent` (or None). A `Cursor` whose `run` differs from
`run_id(data, trace)` belongs to an earlier run and is to be ignored.

`place` is where Python last put the cursor: it counts when the run is new or `nonce` has changed
(undo, a link opened, 'continue from here'). Do not feed the followed cursor back into it: as long
as nothing but the cursor moved, what is sent stays the same and so is not sent again.

Selections made on the charts show at once in the browser and are confirmed by `point` and
`component` on the next run of the script. Nothing here depends on the theme: the browser follows
it by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from weakref import finalize

import streamlit as st

from em_core import Trace
from explorer.charts.palette import DARK, LIGHT, css_variables
from explorer.charts.plane import RADIUS
from explorer.charts.sketch import Sketch, digits_to_tell_apart, sketch
from explorer.charts.stage import stage_figures
from explorer.charts.trajectory import Spread
from explorer.model.problem import Data
from explorer.stage.library import serving, source
from explorer.stage.messages import (
    AddPoint,
    Cursor,
    Edit,
    MoveStart,
    RemovePoint,
    SelectComponent,
    SelectPoint,
    read_cursor,
    read_edit,
)
from explorer.stage.payload import Payload, points_payload, run_id, run_payload

__all__ = [
    "AddPoint",
    "Cursor",
    "Edit",
    "MoveStart",
    "Place",
    "RemovePoint",
    "SelectComponent",
    "SelectPoint",
    "Settings",
    "live_plot",
    "markup",
    "payload",
    "read_cursor",
    "read_edit",
    "run_id",
    "script",
    "style",
]

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
    """The component's JavaScript: its files one after the other, as one module."""
    return "\n".join((HERE / "js" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)


def markup() -> str:
    """The component's HTML."""
    return (HERE / "stage.html").read_text(encoding="utf-8")


def style() -> str:
    """The component's CSS, the palette's variables for both themes first."""
    themes = (("light", LIGHT), ("dark", DARK))
    variables = [f'.em-stage[data-theme="{n}"]{{{css_variables(p)}}}' for n, p in themes]
    return "\n".join([*variables, (HERE / "stage.css").read_text(encoding="utf-8")])


_stage = st.components.v2.component(
    "live_plot",
    html=markup(),
    css=style(),
    js=script(),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Place:
    """Where Python puts the cursor; a changed `nonce` says that it means it."""

    half_step: int = 0
    nonce: int = 0


@dataclass(frozen=True)
class Settings:
    """How the stage shows things.

    spread: which of σ² and σ the trajectory shows; posterior: draw the posterior curves;
    query: where the query line stands, in data units, or None for no line (1-D);
    editable: whether the start can be dragged; covariance_type: so that tied spreads move as one;
    truth: draw the true groups, where the data know them.
    """

    spread: Spread = "variance"
    posterior: bool = False
    query: float | None = None
    editable: bool = True
    covariance_type: str = "full"
    truth: bool = False


def live_plot(
    data: Data,
    trace: Trace,
    *,
    key: str,
    place: Place = Place(),
    point: int | None = None,
    component: int = 0,
    settings: Settings = Settings(),
    on_cursor: Callable[[], None] = lambda: None,
    on_edit: Callable[[], None] = lambda: None,
) -> None:
    """Draw the stage for the run `trace` on `data` (one or two dimensions)."""
    if serving() == "inline":
        _library()(key=f"{key}-library")
    _stage(
        key=key,
        data=payload(data, trace, place, point, component, settings),
        on_cursor_change=on_cursor,
        on_edit_change=on_edit,
    )


def payload(
    data: Data,
    trace: Trace,
    place: Place,
    point: int | None,
    component: int,
    settings: Settings,
) -> Payload:
    """All that the browser is told."""
    drawn = _sketch_of(data)
    known = point is not None and 0 <= point < data.n_points
    return {
        "library": serving(),
        "palette": {"light": LIGHT.to_dict(), "dark": DARK.to_dict()},
        "run": run_payload(data, trace),
        "points": points_payload(data, drawn, digits_to_tell_apart(drawn.lowest, drawn.highest)),
        "figures": stage_figures(
            data,
            trace,
            drawn,
            settings.spread,
            settings.posterior,
            settings.editable,
            settings.truth,
        ),
        "place": {"halfStep": place.half_step, "nonce": place.nonce},
        "view": {
            "point": {"index": point, "value": data.points[point].tolist()} if known else None,
            "component": component,
            "query": settings.query,
            "posterior": settings.posterior,
            "editable": settings.editable,
            "covarianceType": settings.covariance_type,
            "radius": RADIUS,
            "labels": list(data.columns),
        },
    }


@lru_cache(maxsize=1)
def _library():
    """The component that carries Plotly where the static folder cannot."""
    return st.components.v2.component(
        "plotly_library", js=source().decode() + "\nexport default () => {};", isolate_styles=False
    )


_sketches: dict[int, Sketch] = {}


def _sketch_of(data: Data) -> Sketch:
    """The sketch of the data, made once for each array of points and forgotten with it."""
    key = id(data.points)
    if key not in _sketches:
        _sketches[key] = sketch(data)
        finalize(data.points, _sketches.pop, key, None)
    return _sketches[key]
