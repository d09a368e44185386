"""The Practise page: EM done by the hand, each number checked at once."""

from functools import cache
from pathlib import Path

import streamlit as st

from explorer.app import address, state
from explorer.app.practise import blanks, find, onward, predict, teach
from explorer.charts import earned

TASKS = {
    "worksheet": ("Work it out", blanks.show),
    "predict": ("Predict, then see", predict.show),
    "find": ("Find the mistake", find.show),
}
"""What there is to do, by the names of explorer.model.exercise."""


def draw() -> None:
    """The page below its header."""
    st.html(f"<style>{_sheet()}</style>")
    onward.listen()
    if state.is_closed():
        blanks.show()
    else:
        if _bar():
            teach.dialog()
        TASKS[state.practice().task][1]()
    address.follow(state.address_parameters(), state.unsaved())


def _bar() -> bool:
    """What there is to do; True when the exercise is to be set for others."""
    with st.container(horizontal=True, vertical_alignment="center", key="practice-bar"):
        _choice()
        return state.practice().task == "worksheet" and teach.button()


def _choice() -> None:
    state.show("practice-task", state.practice().task)
    st.segmented_control(
        "Practise",
        list(TASKS),
        key="practice-task",
        format_func=lambda name: TASKS[name][0],
        label_visibility="collapsed",
        on_change=_take_task,
    )


@state.callback
def _take_task() -> None:
    if task := state.taken("practice-task"):
        state.change_practice(task=task)


@cache
def _sheet() -> str:
    return Path(__file__).with_name("practise.css").read_text(encoding="utf-8") + earned.rules()
