"""The first minute: five steps, one sentence and one action each, in the place of the guide.

Where one is in it follows from where one is in the run, so it never holds anybody up: whoever
knows what to do does it, and whoever changes anything has left it.
"""

import streamlit as st
from markupsafe import Markup

from explorer.app import state
from explorer.app.markup import html
from explorer.app.words import place
from explorer.model.runs import RunFrame

STEPS = (
    "Who made these points? Two bell curves, perhaps. Press <b>E-step</b>: whose is each point?",
    "Each point is shared out, by colour. Press <b>M-step</b>: each curve moves to the points it "
    "holds.",
    "The curves moved, and the log-likelihood rose. Press <b>Iterate</b> to do both steps again.",
    "Again and again, and each time it rises. Press <b>Run</b> to see where it ends.",
    "And when it goes wrong? Curve 1 is a spike on two points. Press <b>Equal variances</b>, and "
    "run again.",
)


def step(frame: RunFrame) -> int:
    """Which of the steps one is at, from 0."""
    if frame.half_step >= frame.run.last:
        return len(STEPS) - 1
    return min(frame.half_step, len(STEPS) - 2)


def words(frame: RunFrame) -> Markup:
    at = step(frame)
    return html(
        '<p class="ex-guide"><span class="ex-step">{} of {}</span> {}</p>',
        at + 1,
        len(STEPS),
        Markup(STEPS[at]),
    )


def show() -> None:
    """A place for the words, and the way out."""
    with st.container(horizontal=True, vertical_alignment="center", key="tour"):
        place("guide")
        st.button(
            "End the tour",
            key="end-tour",
            type="tertiary",
            help="The page stays as it is.",
            on_click=state.end_tour,
        )
