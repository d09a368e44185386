"""The page 'How many?': which number of components, how sure, does it fit, who decides it."""

import streamlit as st

from explorer.app import address, data_entry, state
from explorer.app import sidebar as controls
from explorer.app.apology import drawn_calmly
from explorer.app.how_many import choice


def draw() -> None:
    """The page below its header."""
    with st.sidebar:
        controls.undo_section()
        entering = controls.data_section()
    with drawn_calmly("choice"):
        choice.show()
    address.follow(state.address_parameters(), state.unsaved())
    if entering:
        data_entry.dialog()
