"""Keys of the whole page: Ctrl+Z (⌘Z) undoes, Ctrl+Y (⌘Y, Shift+Ctrl+Z) does again, P presents."""

from pathlib import Path

import streamlit as st

from explorer.app import presenting, state

_keys = st.components.v2.component(
    "page_keys",
    js=Path(__file__).with_name("keys.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def listen() -> None:
    with st.container(key="keys"):
        _keys(
            key="page-keys",
            on_undo_change=state.undo,
            on_redo_change=state.redo,
            on_present_change=presenting.turn,
            on_leave_change=presenting.leave,
        )
