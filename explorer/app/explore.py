"""The Explore page: the problem on the left, the stage, what it means on its right."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import streamlit as st
from markupsafe import Markup

from em_core.report.health import Finding
from explorer.app import (
    arithmetic,
    cards,
    data_entry,
    em_tables,
    fold,
    forms,
    housekeeping,
    pairs,
    parameters,
    presenting,
    printed,
    progress,
    state,
    status,
    truth,
    turn,
)
from explorer.app import sidebar as controls
from explorer.app.apology import drawn_calmly
from explorer.app.markup import NumberStyle, html, stacked
from explorer.app.practise import teach
from explorer.app.words import place, write
from explorer.model.cards import aligned
from explorer.model.problem import FIRST_TWO
from explorer.model.runs import Run, RunFrame
from explorer.stage import Pinned, Settings
from explorer.stage.component import live_plot
from explorer.stage.payload import Form


def draw() -> None:
    """The page below its header."""
    entering = teaching = False
    if forms.form() == "page":
        with st.sidebar:
            entering = _problem()
            _heading("For a class")
            teaching = teach.button()
    underway = st.container()
    _workbench()
    with underway:
        progress.progress_and_stop()
    if entering:
        data_entry.dialog()
    elif teaching:
        teach.dialog()


def _problem() -> bool:
    """The sidebar; True when the person asks to bring other data."""
    _heading("Data")
    with st.container():
        entering = controls.data_section()
    at_start = state.half_step() == 0
    with st.container(key="start-values"), st.expander("Start values", expanded=at_start):
        controls.start_section()
    controls.options_section()
    controls.rules_section()
    controls.view_section()
    controls.forget_section()
    fold.by_itself()
    return entering


def _heading(words: str) -> None:
    st.html(html('<h2 class="ex-heading">{}</h2>', words))


@st.fragment
def _workbench() -> None:
    """The run: what is drawn anew when anything but the cursor changes."""
    housekeeping.somebody_asks()
    if state.take_redraw():
        st.rerun()
    with drawn_calmly("workbench"):
        run = state.current_run()
        frame = run.frame(state.half_step())
        if status.at_the_end(frame):
            state.remember_ending()
        if forms.form() == "presented":
            _for_a_room(run)
        else:
            _whole(run)
        turn.show("workbench")


def _for_a_room(run: Run) -> None:
    with st.container(key="room"):
        stage, aside = st.columns([6, 1], gap="medium")
    with stage:
        show_stage(run)
        _following()
    with aside:
        presenting.aside()


def _whole(run: Run) -> None:
    """The stage, what it means on its right, and every number below."""
    with st.container():  # what follows keeps its place, however much the guide holds
        if forms.form() == "page":
            status.guide()
    with st.container(key="workbench"):
        stage, words = st.columns([1.7, 1], gap="medium")
    with stage:
        show_stage(run)
        _pairs(run)
    with words:
        _following()
        if run.problem.data.truth is not None:
            place("compared")
        printed.printed_elsewhere()
        if run.is_plain:
            arithmetic.where_numbers_come_from(run, _style(run))
        else:
            st.html(status.rules_in_force(run))
    cards.endings()
    if run.is_plain:
        place("e-step")
        place("m-step")


def _pairs(run: Run) -> None:
    """Of more than two columns: which two are on the stage, and all pairs."""
    if run.problem.data.n_features > len(FIRST_TWO):
        pairs.choice()
        with st.expander("All pairs of columns", expanded=True):
            place("pairs")


# --- what follows the cursor ----------------------------------------------------------------------


@st.fragment
def _following() -> None:
    """All that a step writes anew, and the buttons that belong to it."""
    housekeeping.somebody_asks()
    if state.take_redraw():
        st.rerun()
    words: dict[str, Markup | None] = {}
    said = ""
    with drawn_calmly("words"):
        frame = state.current_run().frame(state.half_step())
        if status.at_the_end(frame) and state.remember_ending():
            st.rerun()
        happened, away = status.in_a_sentence(frame), state.away()
        said, form = status.told(frame, happened), forms.form()
        if form == "presented":
            makers = {"code": presenting.code}
        else:
            found = status.found(frame)
            place("happened")
            status.what_helps(frame, found)
            makers = _words(frame, happened, found, form)
        words = {name: None if name in away else make() for name, make in makers.items()}
    write(words, said, partial(pairs.take_picked, state.WORDS))


def _words(
    frame: RunFrame, happened: str, found: Sequence[Finding], form: Form
) -> dict[str, Callable[[], Markup]]:
    """What makes them, by the names of their places: those that this page has."""
    run, style, opened = frame.run, _style(frame.run), state.unfolded()
    words = {"happened": lambda: _what_happened(frame, happened, found, opened, style)}
    if form == "page":
        words["guide"] = lambda: status.guiding(frame)
    if (groups := run.problem.data.truth) is not None:
        words["compared"] = lambda: truth.found_and_true(frame, groups)
    if (pinned := cards.pinned()) is not None:
        words["pinned"] = lambda: cards.differences(frame, pinned, style)
    if run.problem.data.n_features > len(FIRST_TWO):
        words["pairs"] = lambda: pairs.among_words(frame.mixture, frame.phase != "start")
    if run.is_plain:
        words["point"] = lambda: arithmetic.responsibilities(frame, style)
        words["e-step"] = lambda: em_tables.e_step_in_numbers(frame, opened, style)
        words["m-step"] = lambda: em_tables.m_step_in_numbers(frame, opened, style)
    return words


def _what_happened(
    frame: RunFrame, happened: str, found: Sequence[Finding], opened: str, style: NumberStyle
) -> Markup:
    return stacked(
        status.what_just_happened(frame, happened, opened, style),
        parameters.parameters_now(frame, style),
        *([status.findings(found)] if found else []),
    )


def _style(run: Run) -> NumberStyle:
    return NumberStyle(state.display().precise, np.ptp(run.problem.data.points, axis=0))


# --- the stage ------------------------------------------------------------------------------------


def show_stage(run: Run) -> None:
    """The one stage of the visit; its cursor is the visit's."""
    display, data = state.display(), run.problem.data
    query = None
    if display.query and data.n_features == 1:
        middle = float(np.median(data.points))
        query = middle if display.query_at is None else display.query_at
    settings = Settings(
        spread=display.spread,
        posterior=display.posterior,
        truth=display.truth,
        query=query,
        pinned=_pinned(run),
        form=forms.form(),
        pair=state.pair(),
    )
    live_plot(
        state.told(settings),
        key=state.STAGE,
        on_cursor=partial(state.follow_cursor, state.STAGE),
        on_edit=state.follow_edit,
    )


def _pinned(run: Run) -> Pinned | None:
    """The pinned ending, numbered as the run's own where they can be matched."""
    card = state.session().pinned
    if card is None:
        return None
    mixture = aligned(run.trace.mixtures[-1], card) or card.mixture
    return Pinned(mixture, card.log_likelihood)
