"""What is written about the half-step in view, sent to the browser as one message.

Each of Streamlit's elements is a message of its own, which costs the server more than most of
these texts do. So the page has places (`place`), which stay, and a step writes into those that are
in sight (`write`).
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from explorer.app import address, state
from explorer.app.markup import html
from explorer.stage import code
from explorer.stage.assets import script

LONG = 10_000
"""Characters from which on a text travels by itself. Of such messages the browser keeps the last
(Streamlit's cache of messages), so a text that stays, as the E-step's table does when the M-step
follows, is not sent again."""

HERE = Path(__file__)
_words = code.component("words", script(HERE.with_name("words.js")))
_long = st.components.v2.component(
    "long_words", js=script(HERE.with_name("long_words.js")), isolate_styles=False
)


def place(name: str) -> None:
    """Where the text of this name is written."""
    st.html(html('<div class="ex-words" data-words="{}"></div>', name))


def write(words: Mapping[str, Markup | None], sentence: str, on_pick: Callable[[], None]) -> None:
    """Fill the places; those that are not named become empty.

    words: by the names of their places, None where these are out of sight; sentence: what just
    happened, said beside the stage's buttons where its panel is out of sight; on_pick: a mark of a
    picture among the words was chosen.
    """
    texts = {name: text for name, text in words.items() if text is not None}
    long = {name: text for name, text in texts.items() if len(text) >= LONG}
    told = {
        "words": {name: text for name, text in texts.items() if name not in long},
        "away": [name for name in words if name not in texts],
        "sentence": sentence,
        "undo": bool(state.session().past),
        **address.told(state.address_parameters(), state.unsaved()),
    }
    for name, text in long.items():
        _long(key=f"words-{name}", data={"long": name, "body": text})
    _words(
        key=state.WORDS,
        data=json.dumps(told).encode(),
        on_cursor_change=partial(state.follow_cursor, state.WORDS),
        on_cell_change=state.ignore,  # what is unfolded is read when it is drawn
        on_look_change=state.look,
        on_pick_change=on_pick,
        on_undo_change=state.undo,
    )
