"""Above every page: its title, the way to the others, Share and Export, what there is to tell."""

from collections.abc import Mapping

import streamlit as st

from explorer.app import export, share, state
from explorer.app.markup import alert, html, note


def show(titles: Mapping[str, str]) -> None:
    """titles: of the pages, by name; with one alone there is nothing to choose."""
    with st.container(horizontal=True, vertical_alignment="center", key="header"):
        st.html(html('<h1 class="ex-title">EM Explorer</h1>'))
        if len(titles) > 1:
            _choice(titles)
        sharing = st.button(
            "Share",
            key="share",
            icon=":material/share:",
            help="A link to what is on the screen.",
        )
        exporting = st.button(
            "Export",
            key="export",
            icon=":material/download:",
            help="Notebook, tables, charts, a page that plays.",
        )
    if words := state.notice("page"):
        st.html(alert(words))
    if words := state.notice("said"):
        st.html(note(words))
    if sharing:
        share.dialog()
    elif exporting:
        export.dialog()


def _choice(titles: Mapping[str, str]) -> None:
    state.show("page", state.session().view.page)
    st.segmented_control(
        "Page",
        list(titles),
        key="page",
        format_func=lambda name: titles[name],
        label_visibility="collapsed",
        help="The same data and start, seen from another side.",
        on_change=_turn,
    )


@state.callback
def _turn() -> None:
    if name := state.value_of("page"):
        state.show_page(name)
