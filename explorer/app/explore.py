"""The Explore page: the problem on the left, the stage, what it means on its right."""

from threading import Lock

import numpy as np
import streamlit as st

from em_core import Rules
from explorer.app import (
    address,
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
    sums,
    telling,
    truth,
    unfold,
)
from explorer.app import sidebar as controls
from explorer.app.apology import drawn_calmly
from explorer.app.markup import NumberStyle, html
from explorer.app.practise import teach
from explorer.model.cards import aligned
from explorer.model.problem import FIRST_TWO
from explorer.model.runs import Run, RunFrame
from explorer.stage import Pinned, Settings
from explorer.stage.component import live_plot


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


_TURN = Lock()
"""One visitor's words are drawn at a time. They go out in dozens of small messages, and among many
threads handing over the interpreter for each takes longer than the work (benchmarks/load.py)."""


@st.fragment
def _workbench() -> None:
    """All that follows the cursor: a step draws this again and nothing else."""
    housekeeping.somebody_asks()
    if state.take_redraw():
        st.rerun()
    with drawn_calmly("workbench"):
        frame = state.current_run().frame(state.half_step())
        with _TURN:
            _draw_workbench(frame)
    address.follow(state.address_parameters(), state.unsaved())


def _draw_workbench(frame: RunFrame) -> None:
    if status.at_the_end(frame):
        state.remember_ending()
    if forms.form() == "presented":
        _for_a_room(frame)
    else:
        _with_words(frame)
    telling.beside_the_buttons(status.told(frame))


def _for_a_room(frame: RunFrame) -> None:
    with st.container(key="room"):
        stage, aside = st.columns([6, 1], gap="medium")
    with stage:
        show_stage(frame.run)
    with aside:
        presenting.aside()


def _with_words(frame: RunFrame) -> None:
    """The stage, what it means on its right, and every number below."""
    with st.container():  # what follows keeps its place, however much the guide holds
        if forms.form() == "page":
            status.guide(frame)
    opened = unfold.opened()
    numbers = NumberStyle(state.display().precise, np.ptp(frame.run.problem.data.points, axis=0))
    plain = frame.run.problem.options.rules == Rules()
    account = sums.account_of(frame, state.session().view.component)
    with st.container(key="workbench"):
        stage, words = st.columns([1.7, 1], gap="medium")
    with stage:
        show_stage(frame.run)
        _pairs(frame)
    with words:
        status.what_just_happened(frame, opened, numbers)
        parameters.parameters_now(frame, numbers)
        status.health_and_remedies(frame)
        truth.found_and_true(frame)
        printed.printed_elsewhere()
        if plain:
            arithmetic.where_numbers_come_from(frame, numbers)
        else:
            status.rules_in_force(frame.run)
    cards.endings(frame, numbers)
    if plain:
        em_tables.iteration_in_numbers(frame, account, opened, numbers)


def _pairs(frame: RunFrame) -> None:
    """Of more than two columns: which two are on the stage, and all pairs."""
    if frame.run.problem.data.n_features <= len(FIRST_TWO):
        return
    pairs.choice()
    with st.expander("All pairs of columns", expanded=True):
        pairs.matrix(frame.mixture, "pairs", shared_out=frame.phase != "start")


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
        on_cursor=state.follow_cursor,
        on_edit=state.follow_edit,
    )


def _pinned(run: Run) -> Pinned | None:
    """The pinned ending, numbered as the run's own where they can be matched."""
    card = state.session().pinned
    if card is None:
        return None
    mixture = aligned(run.trace.mixtures[-1], card) or card.mixture
    return Pinned(mixture, card.log_likelihood)
