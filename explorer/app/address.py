"""What the browser holds of a visit: the address that stands for it, and the visit itself.

Where the address cannot hold the data the browser warns before the page is left.
"""

from pathlib import Path

import streamlit as st

from explorer.app import state
from explorer.io.link import query

_visit = st.components.v2.component(
    "visit",
    js=Path(__file__).with_name("visit.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def keep_visit() -> None:
    """Let the browser keep the visit and hand it back; drawn once, outside every fragment."""
    with st.container(key="kept"):
        _visit(
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
    written = None if parameters is None else query(parameters).removeprefix("?")
    with st.container(key="address"):
        _visit(
            key="address-bar",
            data={"query": written, "unsaved": unsaved} | state.visit_mark(),
        )
