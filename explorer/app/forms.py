"""In which form the page is drawn: whole, within another page, or for a room."""

import streamlit as st

from explorer.app import state
from explorer.stage.payload import Form

BARE = """
:is([data-testid="stSidebar"], [data-testid="stExpandSidebarButton"], [data-testid="stHeader"]) {
  display: none;
}
[data-testid="stMainBlockContainer"] { padding: 0.4rem 1rem 1rem; }
"""
LARGE = "html { font-size: clamp(16px, min(1.42vw, 2.55vh), 44px) !important; }"
SHEETS: dict[Form, str] = {"page": "", "embedded": BARE, "presented": BARE + LARGE}
PRESENTED = ("explore", "practise")
"""The pages that can be shown to a room: Explore without what is about it, Practise whole."""


def sheet() -> None:
    """What the form changes of the whole page."""
    view = state.session().view
    whole_and_large = view.page == "practise" and view.display.present
    if rules := LARGE if whole_and_large else SHEETS[form()]:
        st.html(f"<style>{rules}</style>")


def form() -> Form:
    """Only the page Explore has another than the whole."""
    view = state.session().view
    if view.page != "explore" or state.is_closed():
        return "page"
    if view.display.present:
        return "presented"
    return "embedded" if st.context.is_embedded else "page"
