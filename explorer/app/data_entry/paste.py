"""Numbers pasted or typed as text."""

import streamlit as st

from explorer.app import state
from explorer.app.data_entry.offer import Offer, of_data, propose
from explorer.io.reading import read_counted, read_text
from explorer.model.examples import own_data

COUNTED = {
    "once": "Each point counts once",
    "count": "The last number on a line is a count",
    "bins": "Bins: lower end, upper end, count",
}
SUCH_AS = "Type or paste numbers, such as"
NUMBERS_PER_POINT = {1: "1: points on a line", 2: "2: points in a plane"}


def show() -> None:
    columns = numbers_per_point("paste-columns")
    how = st.selectbox(
        "Counts",
        [each for each in COUNTED if columns == 1 or each != "bins"],
        key="paste-counts",
        format_func=lambda each: COUNTED[each],
        help="For frequency tables and binned data: how often each value was observed.",
    )
    state.typed("paste")
    words = st.text_area(
        "Numbers",
        key="paste",
        height=180,
        placeholder=_example(columns, how),
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
    propose(lambda: _read(words, columns, how, skip), waiting=not words.strip())


def _example(columns: int, how: str) -> str:
    """What the field shows while it is empty."""
    if how == "bins":
        return f"{SUCH_AS}\n0  0.5  12\n0.5  1  30\n1  1.5  7"
    lines = ["0.2", "-0.9", "1.8"] if columns == 1 else ["0.2  1.5", "-0.9  2", "1.8  0.4"]
    if how == "count":
        lines = [f"{line}  {often}" for line, often in zip(lines, (12, 30, 7), strict=True)]
    return "\n".join([SUCH_AS, *lines])


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


def _read(words: str, columns: int, how: str, skip: bool) -> Offer:
    if how == "once":
        reading = read_text(words, columns=columns, skip_missing=skip)
    else:
        bins = how == "bins"
        reading = read_counted(words, columns=columns + 1 + bins, bins=bins, skip_missing=skip)
    data = own_data(reading.points, columns=reading.columns, counts=reading.counts)
    return of_data(data, *reading.notes)
