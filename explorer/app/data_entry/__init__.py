"""The one place where data come in: pasted, typed, uploaded, picked, generated or from the shelf.

Each way ends in an `Offer`, which says back what was read; nothing changes before the person
accepts it, and what cannot be used is refused in words while the old data stay.
"""

import streamlit as st

from explorer.app import state, turn
from explorer.app.apology import drawn_calmly
from explorer.app.data_entry import generate, paste, pick, shelf, table, upload

COMMIT_ON_ESCAPE = """
const commit = (event) => {
  if (event.key === "Escape" && event.target.matches("[role=dialog] textarea")) event.target.blur();
};

export default function () {
  document.addEventListener("keydown", commit, true);
  return () => document.removeEventListener("keydown", commit, true);
}
"""
"""Streamlit sends a text when its field is left; Escape would close the dialog before that."""

_commit_on_escape = st.components.v2.component(
    "commit_on_escape", js=COMMIT_ON_ESCAPE, isolate_styles=False
)

WAYS = {
    "Paste": paste.show,
    "Type": table.show,
    "Upload": upload.show,
    "Pick": pick.show,
    "Generate": generate.show,
    "Published": shelf.show,
}


@st.dialog("Data", width="medium", on_dismiss=state.forget)
@drawn_calmly("data")
def dialog() -> None:
    way = st.segmented_control(
        "How to bring in data",
        list(WAYS),
        default="Paste",
        key="data-way",
        help="Paste a column, type in a table, upload a file, pick a classic data set, let a "
        "generator draw points whose groups are known, or open a run that others printed.",
        width="stretch",
    )
    WAYS[way or "Paste"]()
    turn.show("dialog")
    _commit_on_escape(key="commit-on-escape", height=0)
