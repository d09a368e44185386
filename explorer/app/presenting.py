"""A run shown to a room: the chart, one sentence and the bars, in type for the last row."""

import streamlit as st
from markupsafe import Markup

from explorer.app import forms, gallery, state
from explorer.app.markup import note
from explorer.app.words import place
from explorer.export import qr
from explorer.io import link

SCAN = "Scan to open this very screen."


@state.callback
def turn() -> None:
    """Begin or end it."""
    if state.session().view.page in forms.PRESENTED:
        state.present(not state.display().present)


@state.callback
def leave() -> None:
    state.present(False)


def aside() -> None:
    """Beside the charts: the link as a code, for those who want it on a screen of their own."""
    place("code")
    st.button(
        "Leave",
        key="leave",
        icon=":material/close_fullscreen:",
        help="Back to the whole page (P or Escape).",
        on_click=leave,
    )


def code() -> Markup:
    """The link to the half-step in view."""
    drawn = _code()
    if drawn is None:
        return note("This screen is too much for a code.")
    return gallery.among_words(gallery.figure(SCAN, drawn))


def _code() -> str | None:
    """None where the link is too long, or where the page does not know its address."""
    address = st.context.url
    try:
        parameters = state.link_parameters(present=False)
    except link.LinkTooLong:
        return None
    return qr.code(address + link.query(parameters)) if address else None
