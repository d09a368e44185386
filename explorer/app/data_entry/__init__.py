"""The one place where data come in: pasted, typed, uploaded, picked or generated.

Each way ends in an `Offer`, which says back what was read; nothing changes before the person
accepts it, and what cannot be used is refused in words while the old data stay.
"""

import streamlit as st

from explorer.app import state
from explorer.app.apology import drawn_calmly
from explorer.app.data_entry import generate, paste, pick, table, upload

WAYS = {
    "Paste": paste.show,
    "Type": table.show,
    "Upload": upload.show,
    "Pick": pick.show,
    "Generate": generate.show,
}


@st.dialog("Data", width="medium", on_dismiss=state.forget)
@drawn_calmly("data")
def dialog() -> None:
    way = st.segmented_control(
        "How the data come in",
        list(WAYS),
        default="Paste",
        key="data-way",
        help="Paste a column, type in a table, upload a file, pick a classic data set, or let a "
        "generator draw points whose groups are known.",
        width="stretch",
    )
    WAYS[way or "Paste"]()
