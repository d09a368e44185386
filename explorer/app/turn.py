"""The turn, hidden on the page: how much of what the server changed the browser has heard of."""

import streamlit as st

from explorer.app import state


def show(part: state.Part) -> None:
    """Draw this last in that part of the page: see `state.turn_shown`."""
    st.number_input("Turn", key=state.turn_shown(part), step=1, label_visibility="collapsed")
