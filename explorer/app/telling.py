"""What just happened, said beside the stage's buttons where the panel that says it is out of sight.

That is on a phone, in a frame and in a room.
"""

from pathlib import Path

import streamlit as st

from explorer.app import state

_telling = st.components.v2.component(
    "telling",
    js=Path(__file__).with_name("telling.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def beside_the_buttons(sentence: str) -> None:
    undo = bool(state.session().past)
    with st.container(key="telling"):
        _telling(key="said", data={"sentence": sentence, "undo": undo}, on_undo_change=state.undo)
