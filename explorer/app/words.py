"""What is written about the half-step in view, sent to the browser as one message.

Each of Streamlit's elements is a message of its own, which costs the server more than most of
these texts do. So the page has places (`place`), which stay, and a step writes into all of them
(`write`).
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from explorer.app import address, state
from explorer.app.markup import html
from explorer.stage.assets import script

_words = st.components.v2.component(
    "words", js=script(Path(__file__).with_name("words.js")), isolate_styles=False
)


def place(name: str) -> None:
    """Where the text of this name is written."""
    st.html(html('<div class="ex-words" data-words="{}"></div>', name))


def write(words: Mapping[str, Markup], sentence: str, on_pick: Callable[[], None]) -> None:
    """Fill the places; those without a text become empty.

    sentence: what just happened, said beside the stage's buttons where its panel is out of sight;
    on_pick: a mark of a picture among the words was chosen.
    """
    told = {
        "words": words,
        "sentence": sentence,
        "undo": bool(state.session().past),
        **address.told(state.address_parameters(), state.unsaved()),
    }
    with st.container(key="following"):
        _words(
            key=state.WORDS,
            data=json.dumps(told).encode(),
            on_cursor_change=partial(state.follow_cursor, state.WORDS),
            on_cell_change=_nothing,
            on_pick_change=on_pick,
            on_undo_change=state.undo,
        )


def _nothing() -> None:
    """What is unfolded is read when it is drawn."""
