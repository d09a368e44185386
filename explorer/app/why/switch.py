"""A switch of a picture, which the view keeps."""

import streamlit as st

from explorer.app import state


def switch(label: str, field: str, help: str) -> None:
    """label: what it says; field: that of `Why` which it turns on and off."""
    key = field.replace("_", "-")
    state.show(key, getattr(state.why(), field))
    st.toggle(label, key=key, help=help, on_change=_take, args=(key, field))


@state.callback
def _take(key: str, field: str) -> None:
    state.change_why(**{field: state.taken(key)})
