"""The stage as a Streamlit component."""

from collections.abc import Callable

import streamlit as st

from explorer.stage.assets import markup, script, style

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
    _stage(key=key, data=told, on_cursor_change=on_cursor, on_edit_change=on_edit)
