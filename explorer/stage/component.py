"""The stage as a Streamlit component."""

from collections.abc import Callable
from functools import lru_cache

import streamlit as st

from explorer.stage.assets import markup, script, style
from explorer.stage.library import served, serving

_stage = st.components.v2.component(
    "live_plot",
    html=markup(),
    css=style(),
    js=script(),
    isolate_styles=False,
)


def live_plot(
    told: bytes,
    *,
    key: str,
    on_cursor: Callable[[], None],
    on_edit: Callable[[], None],
) -> None:
    """Draw the stage; told: a `payload`, serialised."""
    if serving() == "inline":
        _library()(key=f"{key}-library")
    _stage(key=key, data=told, on_cursor_change=on_cursor, on_edit_change=on_edit)


@lru_cache(maxsize=1)
def _library():
    """The component that carries Plotly where the static folder cannot."""
    return st.components.v2.component(
        "plotly_library", js=served().decode() + "\nexport default () => {};", isolate_styles=False
    )
