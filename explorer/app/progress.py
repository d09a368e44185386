"""A run on many points is made in portions: how far it is, and a way to stop it."""

import streamlit as st

from em_core.wording import count
from explorer.app import state
from explorer.app.apology import drawn_calmly
from explorer.app.markup import note
from explorer.model.runs import Run

PAUSE = 0.05
"""Seconds between two portions, in which a press of 'Stop' is heard."""


def progress_and_stop() -> None:
    """Nothing where the run is finished."""
    run = state.underway()
    if run is None:
        _paused(state.current_run())
    else:
        st.fragment(_portion, run_every=PAUSE)()


@drawn_calmly("progress")
def _portion() -> None:
    """Say how far the run is, then make it go further; once it is finished, draw the page."""
    run = state.underway()
    if run is None and state.dialog_is_open():
        return
    if run is None:
        state.draw_again()
    _words(f"EM is running on {count(run.problem.data.n_points)} points: {_made(run)} …")
    st.progress(run.trace.n_iter / run.problem.options.max_iter)
    st.button(
        "Stop here",
        key="stop",
        icon=":material/stop:",
        help="Show the run as far as it has got. It can be carried on later.",
        on_click=state.stop,
    )
    if state.carry_on() and not state.dialog_is_open():
        state.draw_again()


def _paused(run: Run) -> None:
    if not run.stopped:
        return
    _words(f"EM was stopped: {_made(run)}.")
    st.button(
        "Carry on",
        key="resume",
        icon=":material/play_arrow:",
        help="Go on with the iterations still to be made.",
        on_click=state.resume,
    )


def _made(run: Run) -> str:
    return f"{run.trace.n_iter} of at most {run.problem.options.max_iter} iterations done"


def _words(words: str) -> None:
    st.html(note(words))
