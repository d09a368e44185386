"""What an editable table takes: a server has it, the static site brings it when first wanted."""

import time
from collections.abc import Callable

import streamlit as st

from explorer.app import state
from explorer.app.markup import note

COMING = (
    "The table is on its way: it takes a few MB more, once. Paste takes the same points meanwhile."
)
LOOK_AGAIN = """
export default function ({ setTriggerValue }) {
  const timer = setTimeout(() => setTriggerValue("looked", Date.now()), 500);
  return () => clearTimeout(timer);
}
"""

_look_again = st.components.v2.component("look_again", js=LOOK_AGAIN, isolate_styles=False)


def _at_once() -> bool:
    return True


arrived: Callable[[], bool] = _at_once
"""Whether it is there; asked for where not. The static site puts its own here."""


def coming() -> bool:
    """Whether the table has to wait; says so, and draws what calls this again in a moment."""
    if arrived():
        return False
    st.html(note(COMING))
    _look_again(key="look-again", data={"at": time.monotonic()}, on_looked_change=state.ignore)
    return True
