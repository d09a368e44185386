"""The stage as a Streamlit component."""

from collections.abc import Callable
from functools import lru_cache

import streamlit as st

from em_core import Trace
from explorer.model.problem import Data
from explorer.stage.assets import markup, script, style
from explorer.stage.library import serving, source
from explorer.stage.payload import Place, Settings, payload

_stage = st.components.v2.component(
    "live_plot",
    html=markup(),
    css=style(),
    js=script(),
    isolate_styles=False,
)


def live_plot(
    data: Data,
    trace: Trace,
    *,
    key: str,
    place: Place,
    point: int | None,
    component: int,
    settings: Settings,
    on_cursor: Callable[[], None],
    on_edit: Callable[[], None],
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


@lru_cache(maxsize=1)
def _library():
    """The component that carries Plotly where the static folder cannot."""
    return st.components.v2.component(
        "plotly_library", js=source().decode() + "\nexport default () => {};", isolate_styles=False
    )
