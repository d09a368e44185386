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
SHEETS: dict[Form, str] = {
    "page": "",
    "embedded": BARE,
    "presented": BARE + "html { font-size: clamp(16px, min(1.42vw, 2.55vh), 44px) !important; }",
}


def sheet() -> None:
    """What the form changes of the whole page."""
    if rules := SHEETS[form()]:
        st.html(f"<style>{rules}</style>")


def form() -> Form:
    """Only the page Explore has another than the whole."""
    view = state.session().view
    if view.page != "explore" or state.is_closed():
        return "page"
    if view.display.present:
        return "presented"
    return "embedded" if st.context.is_embedded else "page"
