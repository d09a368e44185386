"""Numbers in a file: a table to choose one or two columns from, or a saved session."""

import streamlit as st

from em_core import InputError
from explorer.app import state
from explorer.app.data_entry.offer import Offer, of_data, propose
from explorer.app.markup import alert, table, text
from explorer.io.reading import Table, read_file
from explorer.io.session_file import from_json
from explorer.model.examples import own_data

NO_SECOND = -1


def show() -> None:
    file = st.file_uploader(
        "A CSV, TSV or text file, or a session saved here as JSON",
        key="upload",
        help="At most 20 MB, a million rows and 100 columns. Separators, decimal commas and the "
        "encoding are found out, and what was found is said.",
    )
    if file is None:
        return
    name, content = file.name, file.getvalue()
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        propose(lambda: _session(file.file_id, content), label="Open this session")
        return
    try:
        with st.spinner("Reading the file …"):
            found = state.kept("file", file.file_id, lambda: read_file(name, content))
    except InputError as error:
        st.html(alert(str(error)))
        return
    st.html(_preview(found))
    columns = _choice(found)
    with st.spinner("Reading the numbers …"):
        propose(lambda: _read(found, columns, file.file_id))


def _preview(found: Table) -> str:
    head = ["row", *map(text, found.columns)]
    rows = [[str(i), *map(text, cells)] for i, cells in enumerate(found.preview, start=1)]
    return table(head, rows, f"{found.title}: the first {len(rows)} of {found.n_rows} rows")


def _choice(found: Table) -> tuple[int, ...]:
    """The columns the points are to be taken from."""
    if found.n_columns == 1:
        return (0,)

    def name(column: int) -> str:
        if column == NO_SECOND:
            return "none: points on a line"
        return found.columns[column] + ("" if found.numeric[column] else " (not numbers)")

    left, right = st.columns(2)
    first = left.selectbox(
        "Column of numbers",
        range(found.n_columns),
        index=found.first_numeric,
        key="upload-first",
        format_func=name,
        help="The values of the points, or their x in a plane.",
    )
    second = right.selectbox(
        "Second column",
        [NO_SECOND, *(column for column in range(found.n_columns) if column != first)],
        key="upload-second",
        format_func=name,
        help="The points' y, where they are to lie in a plane.",
    )
    return (first,) if second == NO_SECOND else (first, second)


def _read(found: Table, columns: tuple[int, ...], file_id: str) -> Offer:
    reading = state.kept("reading", (file_id, columns), lambda: found.points(columns))
    data = own_data(reading.points, found.title, reading.columns)
    return of_data(data, *reading.notes)


def _session(file_id: str, content: bytes) -> Offer:
    problem, view = state.kept("session-file", file_id, lambda: from_json(_decoded(content)))
    data = problem.data
    notes = (
        f"A session: {data.title}, {data.n_points} points, "
        f"{problem.start.mixture.n_components} components, iteration {view.iteration}.",
    )
    return Offer(lambda _: problem, notes, view)


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise InputError("session-text", "This is no session file: it is not text.") from None
