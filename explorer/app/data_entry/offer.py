"""What is offered to take the place of the data, and the button that accepts it."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from em_core import InputError
from explorer.app import state
from explorer.app.markup import alert, text
from explorer.model import edits
from explorer.model.problem import Data, Problem, View


@dataclass(frozen=True)
class Offer:
    """notes: what is said back, plain sentences; view: where to stand, or None for the start."""

    change: Callable[[Problem], Problem]
    notes: tuple[str, ...]
    view: View | None = None


def of_data(data: Data, *notes: str) -> Offer:
    """These data, from the start that suits them. notes: what to say back of them."""
    return Offer(lambda problem: edits.with_data(problem, data), notes)


def propose(
    make: Callable[[], Offer], *, waiting: bool = False, label: str = "Use these points"
) -> None:
    """Say back what was read, or what is wrong with it, and let the person accept it.

    waiting: nothing has been given yet, so nothing is said before the button is pressed.
    """
    words = st.container()
    pressed = st.button(
        label,
        key="data-use",
        type="primary",
        help="They replace the data there now; Undo brings those back.",
    )
    if waiting and not pressed:
        return
    try:
        offer = make()
    except InputError as error:
        words.html(alert(str(error)))
        return
    if pressed and _taken(offer):
        state.forget()
        state.tell(" ".join(offer.notes), "said")
        st.rerun()
    if refused := state.notice("dialog"):
        words.html(alert(refused))
        state.hush()
    words.html(said(offer.notes))


def _taken(offer: Offer) -> bool:
    if offer.view is None:
        return state.edit(offer.change, "dialog")
    return state.edit_and_go(offer.change, offer.view, "dialog")


def said(notes: tuple[str, ...]) -> str:
    """The notes as a list."""
    items = "".join(f"<li>{text(note)}</li>" for note in notes)
    return f'<ul class="ex-said" role="status">{items}</ul>'
