"""The page 'How many?': which number of components, how sure, does it fit, who decides it."""

import streamlit as st

from explorer.app import address, data_entry, state
from explorer.app import sidebar as controls
from explorer.app.apology import drawn_calmly
from explorer.app.how_many import (
    choice,
    columns,
    deciders,
    desk,
    fitness,
    sureness,
    taking_along,
    worth,
)


def draw() -> None:
    """The page below its header."""
    with st.sidebar:
        entering = controls.data_section()
    with drawn_calmly("choice"):
        choice.show()
        if not desk.compared().running:
            _closer_look()
    address.follow(state.address_parameters(), state.unsaved())
    if entering:
        data_entry.dialog()


def _closer_look() -> None:
    """What there is to know of one fit, once there is one that nothing speaks against."""
    candidate = desk.focus()
    if candidate is None:
        return
    worth.show()
    choice.focus_section(candidate)
    columns.show(candidate)
    for name, show in (
        ("sureness", sureness.show),
        ("fitness", fitness.show),
        ("deciders", deciders.show),
        ("along", taking_along.show),
    ):
        with drawn_calmly(name):
            show(candidate)
