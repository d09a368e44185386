"""Numbers pasted or typed as text."""

import streamlit as st

from explorer.app import state
from explorer.app.data_entry.offer import Offer, of_data, propose
from explorer.io.reading import read_text
from explorer.model.examples import own_data

NUMBERS_PER_POINT = {1: "1: points on a line", 2: "2: points in a plane"}


def show() -> None:
    columns = numbers_per_point("paste-columns")
    state.typed("paste")
    words = st.text_area(
        "Numbers",
        key="paste",
        height=180,
        placeholder="0.2\n-0.9\n-1\n1.2\n1.8" if columns == 1 else "0.2  1.5\n-0.9  2\n1.8  0.4",
        help="Separated by spaces, new lines, tabs, semicolons or commas; a column copied from a "
        "spreadsheet works too, with its heading.",
        on_change=state.keep_typed,
        args=("paste",),
    )
    skip = st.checkbox(
        "Skip missing values",
        key="paste-skip",
        help="Leave out NaN, NA and empty places instead of refusing them; you are told how many.",
    )
    propose(lambda: _read(words, columns, skip), waiting=not words.strip())


def numbers_per_point(key: str) -> int:
    """1 or 2, as the person says; at first, as the data are."""
    chosen = st.segmented_control(
        "Numbers per point",
        list(NUMBERS_PER_POINT),
        default=state.session().problem.data.n_features,
        key=key,
        format_func=lambda columns: NUMBERS_PER_POINT[columns],
        help="One list of numbers, or two numbers on each line.",
    )
    return chosen or 1


def _read(words: str, columns: int, skip: bool) -> Offer:
    reading = read_text(words, columns=columns, skip_missing=skip)
    return of_data(own_data(reading.points, columns=reading.columns), *reading.notes)
