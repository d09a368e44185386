"""Above every page: its title, the other pages, the way back, Share and Export, and notices."""

from collections.abc import Mapping

import streamlit as st

from explorer.app import export, forms, keys, presenting, share, state
from explorer.app.markup import alert, html, note

WHAT_FOR = (
    "EM finds the bell curves behind your data by asking in turn: whose is each point, and where "
    "are the curves?"
)


def show(titles: Mapping[str, str], exporting: bool = True) -> None:
    """titles: of the pages, by name; with one alone there is nothing to choose; exporting: whether
    the run may be taken along."""
    keys.listen()
    forms.sheet()
    if forms.form() == "page":
        _whole(titles, exporting)
    else:
        state.dialog_opens(False)
    if words := state.notice("page"):
        st.html(alert(words))
    if forms.form() != "presented" and (words := state.notice("said")):
        st.html(note(words))


def _whole(titles: Mapping[str, str], exporting: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="header"):
        st.html(html('<h1 class="ex-title">EM Explorer</h1>'))
        if len(titles) > 1:
            _choice(titles)
        _way_back()
        if exporting and state.session().view.page in forms.PRESENTED:
            st.button(
                "Leave" if state.display().present else "Present",
                key="present",
                icon=":material/present_to_all:",
                help="Show it to a room, in large type (P); on Explore with a code of the link.",
                on_click=presenting.turn,
            )
        sharing = st.button(
            "Share",
            key="share",
            icon=":material/share:",
            help="A link to what is on the screen.",
        )
        exported = exporting and st.button(
            "Export",
            key="export",
            icon=":material/download:",
            help="Notebook, tables, charts, a page that plays.",
        )
    state.dialog_opens(sharing or exported)
    st.html(html('<p class="ex-what-for">{}</p>', WHAT_FOR))
    if sharing:
        share.dialog()
    elif exported:
        export.dialog()


def _way_back() -> None:
    """Every change of the problem can be undone."""
    here = state.session()
    st.button(
        "Undo",
        key="undo",
        icon=":material/undo:",
        help="Take back the last change of the problem (Ctrl+Z, ⌘Z).",
        disabled=not here.past,
        on_click=state.undo,
    )
    st.button(
        "Redo",
        key="redo",
        icon=":material/redo:",
        help="Make the change again that was taken back (Ctrl+Y, ⇧⌘Z).",
        disabled=not here.future,
        on_click=state.redo,
    )


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
    if name := state.taken("page"):
        state.show_page(name)
