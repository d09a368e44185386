"""More than two columns: all pairs of them, and which pair is on the stage."""

import streamlit as st
from markupsafe import Markup

from em_core import GaussianMixture
from explorer.app import gallery, state
from explorer.app.markup import html, note, stacked
from explorer.charts import pairs
from explorer.model.problem import FIRST_TWO


def choice() -> None:
    """Two fields for the columns on the stage; nothing where there are no more than two."""
    data = state.session().problem.data
    if data.n_features <= len(FIRST_TWO):
        return
    fields = zip(st.columns(2), ("Across", "Up"), state.pair(), strict=True)
    for axis, (place, label, column) in enumerate(fields):
        key = f"pair-{axis}"
        state.show(key, column, frame=data.columns)
        place.selectbox(
            label,
            range(data.n_features),
            key=key,
            format_func=lambda i: data.columns[i],
            help="Which two of the columns are drawn; all of them are fitted.",
            on_change=_take,
            args=(axis,),
        )


@state.callback
def _take(axis: int) -> None:
    """Where both would be the same they change places."""
    new = state.chosen(f"pair-{axis}", range(state.session().problem.data.n_features))
    if new is None:
        return
    before = state.pair()
    other = before[1 - axis] if before[1 - axis] != new else before[axis]
    state.show_pair((new, other) if axis == 0 else (other, new))


def matrix(mixture: GaussianMixture, key: str) -> None:
    """All pairs; a click on one puts it on the stage."""
    gallery.draw(_figure(mixture), key=key, on_pick=lambda: take_picked(key))
    st.html(_words(mixture))


def among_words(mixture: GaussianMixture, shared_out: bool) -> Markup:
    """The matrix where it is written by every step. shared_out: points have colours."""
    return stacked(gallery.among_words(_figure(mixture, shared_out)), _words(mixture))


def _figure(mixture: GaussianMixture, shared_out: bool = True) -> Markup:
    drawn = pairs.pairs(state.session().problem.data, mixture, shared_out, state.pair())
    return html('<figure class="ex-matrix">{}</figure>', Markup(drawn))


def _words(mixture: GaussianMixture) -> Markup:
    data = state.session().problem.data
    return note(pairs.words(data, pairs.columns_shown(data, mixture)))


@state.callback
def take_picked(key: str) -> None:
    """One of the matrix's pairs was chosen. A browser can send anything."""
    across, _, up = str(state.value_of(key).get("pick")).partition(":")
    d = state.session().problem.data.n_features
    if across in map(str, range(d)) and up in map(str, range(d)) and across != up:
        state.show_pair((int(across), int(up)))
