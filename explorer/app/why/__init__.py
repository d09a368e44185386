"""The page 'Why?': why EM rises, why it stops, and why it ends elsewhere from elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st

from explorer.app import address, data_entry, explore, progress, state, turn
from explorer.app import sidebar as controls
from explorer.app.apology import drawn_calmly
from explorer.app.markup import html
from explorer.app.why import dial, endings, landscape, rises, speed, start_map


@dataclass(frozen=True)
class Picture:
    """title: as it is chosen; draw: the picture, with what leads it and what to try."""

    title: str
    draw: Callable[[], None]


PICTURES = {
    "rises": Picture("Why it rises", rises.show),
    "endings": Picture("All the endings", endings.show),
    "map": Picture("The map of starts", start_map.show),
    "speed": Picture("How fast", speed.show),
    "landscape": Picture("The landscape", landscape.show),
    "dial": Picture("The dial", dial.show),
}
"""By their names in explorer.model.why.PICTURES, in the order of the choice."""


def draw() -> None:
    """The page below its header."""
    st.html(f"<style>{_sheet()}</style>")
    with st.sidebar:
        entering = _problem()
    underway = st.container()
    _choice()
    _workbench()
    with underway:
        progress.progress_and_stop()
    if entering:
        data_entry.dialog()


def _problem() -> bool:
    """The sidebar, the start and the options folded; True when other data are to be brought."""
    st.html(html('<h2 class="ex-heading">{}</h2>', "Data"))
    with st.container():
        entering = controls.data_section()
    with st.expander("Start values"):
        controls.start_section()
    controls.options_section()
    controls.rules_section()
    return entering


def _choice() -> None:
    if len(PICTURES) == 1:
        return
    state.show("why", state.why().picture)
    st.segmented_control(
        "Picture",
        list(PICTURES),
        key="why",
        format_func=lambda name: PICTURES[name].title,
        label_visibility="collapsed",
        on_change=_choose,
    )


@state.callback
def _choose() -> None:
    if name := state.taken("why"):
        state.change_why(picture=name)


@st.fragment
def _workbench() -> None:
    """All that follows the cursor: a step draws this again and nothing else."""
    if state.take_redraw():
        st.rerun()
    with drawn_calmly("workbench"), st.container(key="workbench"):
        stage, picture = st.columns([1, 1.15], gap="medium")
        with stage, st.container(key="why-stage"):
            explore.show_stage(state.current_run())
        with picture, st.container(key="why-picture"):
            PICTURES[state.why().picture].draw()
        turn.show("workbench")
    address.follow(state.address_parameters(), state.unsaved())


@cache
def _sheet() -> str:
    return Path(__file__).with_name("why.css").read_text(encoding="utf-8")
