"""The dialog in which points are typed, pasted or corrected."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from em_core import InputError
from explorer import edits, state
from explorer.examples import own_data
from explorer.markup import alert
from explorer.problem import Data
from explorer.reading import read_text

MAX_TABLE = 2_000
"""More points than this are not put into the table."""


@st.dialog("Edit points", width="medium")
def dialog() -> None:
    data = state.session().problem.data
    paste, correct = st.tabs(["Paste or type", "Correct in a table"])
    with paste:
        _paste(data)
    with correct:
        _table(data)


def _paste(data: Data) -> None:
    columns = st.segmented_control(
        "Numbers per point",
        [1, 2],
        default=data.n_features,
        key="paste-columns",
        format_func={1: "1: points on a line", 2: "2: points in a plane"}.get,
        help="One list of numbers, or two numbers on each line.",
    )
    words = st.text_area(
        "Numbers",
        key="paste",
        height=180,
        placeholder="0.2  -0.9  -1  1.2  1.8",
        help="Separated by spaces, new lines, tabs, semicolons or commas; a column copied from a "
        "spreadsheet will do.",
    )
    if st.button("Use these points", key="paste-use", type="primary", help="Replace the data."):
        try:
            read = read_text(words, columns=columns or 1)
        except InputError as error:
            st.html(alert(str(error)))
            return
        _use(own_data(read.points, columns=_names(read.columns)))


def _names(columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(columns)


def _table(data: Data) -> None:
    if data.n_points > MAX_TABLE:
        st.caption(f"The table is for up to {MAX_TABLE} points; there are {data.n_points}.")
        return
    names = [name or "xy"[axis] for axis, name in enumerate(data.columns)]
    edited = st.data_editor(
        {name: data.points[:, axis] for axis, name in enumerate(names)},
        num_rows="dynamic",
        key="points-table",
        height=280,
        width="stretch",
    )
    if st.button("Use this table", key="table-use", type="primary", help="Replace the points."):
        try:
            columns = [_numbers(edited[name], name) for name in names]
            state.edit(lambda problem: edits.with_points(problem, np.column_stack(columns)), "page")
        except InputError as error:
            st.html(alert(str(error)))
            return
        if words := state.notice("page"):
            st.html(alert(words))
            return
        st.rerun()


def _numbers(values: Sequence[float | None], name: str) -> np.ndarray:
    column = np.array([np.nan if value is None else value for value in values], dtype=float)
    if not np.isfinite(column).all():
        row = int(np.argmin(np.isfinite(column))) + 1
        raise InputError("missing", f"Row {row} of {name} is empty: type a number or delete it.")
    return column


def _use(data: Data) -> None:
    state.edit(lambda problem: edits.with_data(problem, data), "page")
    if words := state.notice("page"):
        st.html(alert(words))
        return
    st.rerun()
