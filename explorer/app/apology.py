"""What stands where something could not be drawn: a calm sentence and two ways out."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import streamlit as st

from explorer.app import state
from explorer.app.guard import guarded
from explorer.app.markup import alert

UNEXPECTED = (
    "Something went wrong here that should not have. Your last change may be the reason: undo it, "
    "or start again."
)


@contextmanager
def drawn_calmly(part: str) -> Iterator[None]:
    """A guard for drawing a part of the page, the page itself or a dialog.

    part: a word that tells this part's buttons from those of others.
    """
    with guarded(partial(_apologise, part)):
        yield


def _apologise(part: str) -> None:
    st.html(alert(UNEXPECTED))
    st.button("Undo", key=f"{part}-undo", help="Take back the last change.", on_click=state.undo)
    st.button(
        "Start again",
        key=f"{part}-start-again",
        help="Forget everything and open the worked example.",
        on_click=state.start_again,
    )
