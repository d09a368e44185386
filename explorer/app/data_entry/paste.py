"""Numbers pasted or typed as text."""

import streamlit as st

from explorer.app import state
from explorer.app.data_entry.offer import Offer, of_data, propose
from explorer.io.reading import read_counted, read_text
from explorer.model.examples import own_data
from explorer.model.problem import MAX_COLUMNS

COUNTED = {
    "once": "Each point counts once",
    "count": "The last number on a line is a count",
    "bins": "Bins: lower end, upper end, count",
}
SUCH_AS = "Type or paste numbers, such as"
SEVERAL = 3
NUMBERS_PER_POINT = {
    1: "1: points on a line",
    2: "2: points in a plane",
    SEVERAL: f"3 to {MAX_COLUMNS}",
}


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
    places = {1: ["0.2", "-0.9", "1.8"], 2: ["0.2  1.5", "-0.9  2", "1.8  0.4"]}
    lines = places.get(columns, ["5.1  3.5  1.4  0.2", "4.9  3  1.4  0.2", "6.3  3.3  6  2.5"])
    if how == "count":
        lines = [f"{line}  {often}" for line, often in zip(lines, (12, 30, 7), strict=True)]
    return "\n".join([SUCH_AS, *lines])


def numbers_per_point(key: str) -> int:
    """1, 2 or SEVERAL, as the person says; at first, as the data are."""
    chosen = st.segmented_control(
        "Numbers per point",
        list(NUMBERS_PER_POINT),
        default=min(state.session().problem.data.n_features, SEVERAL),
        key=key,
        format_func=lambda columns: NUMBERS_PER_POINT[columns],
        help="One list of numbers, or so many numbers on each line: a column for each.",
    )
    return chosen or 1


def _read(words: str, columns: int, how: str, skip: bool) -> Offer:
    several = columns == SEVERAL
    if how == "once":
        reading = read_text(words, columns=None if several else columns, skip_missing=skip)
    else:
        bins = how == "bins"
        width = None if several else columns + 1 + bins
        reading = read_counted(words, columns=width, bins=bins, skip_missing=skip)
    data = own_data(
        reading.points, columns=reading.columns, counts=reading.counts, bins=reading.bins
    )
    return of_data(data, *reading.notes)
