"""The keyboard goes on by itself: from an answer to what comes next."""

from pathlib import Path

import streamlit as st

_onward = st.components.v2.component(
    "onward",
    js=Path(__file__).with_name("onward.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def listen() -> None:
    with st.container(key="onward"):
        _onward(key="practice-onward", data={})
