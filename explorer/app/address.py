"""What the browser holds of a visit: the address that stands for it, and the visit itself.

Where the address cannot hold the data the browser warns before the page is left.
"""

from pathlib import Path
from typing import Any

import streamlit as st

from explorer.app import state
from explorer.io.link import query
from explorer.stage import code
from explorer.stage.assets import script

HERE = Path(__file__)
_kept = st.components.v2.component(
    "kept", js=script(HERE.with_name("kept.js")), isolate_styles=False
)
_address = code.component("address", script(HERE.with_name("address.js")))


def keep_visit() -> None:
    """Let the browser keep the visit and hand it back; drawn once, outside every fragment."""
    with st.container(key="kept"):
        _kept(
            key=state.KEPT,
            data=state.kept_visit().told,
            on_handed_change=state.take_back,
            on_again_change=state.go_on,
            on_refused_change=state.not_kept,
        )


def follow(parameters: dict[str, str] | None, unsaved: bool) -> None:
    """Let the address stand for these parameters of a link; Streamlit's own ones stay.

    None: leave it as it is. unsaved: the browser asks before the page is left.
    """
    with st.container(key="address"):
        _address(key="address-bar", data=told(parameters, unsaved))


def told(parameters: dict[str, str] | None, unsaved: bool) -> dict[str, Any]:
    """As `follow`, what the browser is told."""
    written = None if parameters is None else query(parameters).removeprefix("?")
    return {"query": written, "unsaved": unsaved} | state.visit_mark()
