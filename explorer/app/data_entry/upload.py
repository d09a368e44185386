"""Numbers in a file: a table to choose up to ten columns from, or a saved session."""

from dataclasses import dataclass

import streamlit as st

from em_core import InputError
from explorer.app import state
from explorer.app.data_entry.offer import Offer, of_data, propose
from explorer.app.markup import alert, table, text
from explorer.io.reading import MAX_ROWS, Table, read_file
from explorer.io.session_file import from_json
from explorer.model.examples import own_data
from explorer.model.problem import MAX_COLUMNS

NO_SECOND = -1


@dataclass
class Layout:
    """What the person says about how a file is laid out; None: the reader finds out."""

    skip_lines: int | None = None
    header: bool | None = None

    @state.callback
    def take_skip_lines(self) -> None:
        """The lines below may begin with a header of their own."""
        self.skip_lines, self.header = state.taken("upload-lines"), None

    @state.callback
    def take_header(self) -> None:
        self.header = state.taken("upload-header")


def show() -> None:
    file = st.file_uploader(
        "A CSV, TSV or text file, or a session saved here as JSON",
        key="upload",
        help="At most 20 MB, a million rows and 100 columns. Separators, decimal commas and the "
        "encoding are detected, and you are told what was found.",
    )
    if file is None:
        return
    name, content = file.name, file.getvalue()
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        propose(lambda: _session(file.file_id, content), label="Open this session")
        return
    layout = state.kept("layout", file.file_id, Layout)
    mark = (file.file_id, layout.skip_lines, layout.header)
    try:
        with st.spinner("Reading the file …"):
            found = state.kept(
                "file",
                mark,
                lambda: read_file(
                    name, content, skip_lines=layout.skip_lines, header=layout.header
                ),
            )
    except InputError as error:
        st.html(alert(str(error)))
        _layout_fields(layout, layout.skip_lines or 0, bool(layout.header))
        return
    st.html(_preview(found))
    _layout_fields(layout, found.skipped_lines, found.has_header)
    columns = _choice(found)
    counts, bins = _counts(found, columns)
    skip = st.checkbox(
        "Skip cells that are not numbers",
        key="upload-skip",
        help="Leave out lines with something other than a number there. They are counted, and what "
        "they hold is listed. Missing values are always left out.",
    )
    with st.spinner("Reading the numbers …"):
        propose(lambda: _read(found, columns, counts, bins, skip, mark))


def _layout_fields(layout: Layout, skipped_lines: int, has_header: bool) -> None:
    """How the file is read, to be corrected where it was not found out rightly."""
    left, right = st.columns(2, vertical_alignment="bottom")
    state.show("upload-lines", skipped_lines)
    left.number_input(
        "Lines to skip",
        0,
        MAX_ROWS,
        step=1,
        key="upload-lines",
        help="Lines at the top that are not part of the table: comments, a title, units.",
        on_change=layout.take_skip_lines,
    )
    state.show("upload-header", has_header)
    right.checkbox(
        "The first line is a header",
        key="upload-header",
        help="The first line after those skipped names the columns; its cells are not data.",
        on_change=layout.take_header,
    )


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
        return found.columns[column] + _remark(found, column)

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
        help="The points' y, where they are to lie in a plane or have more columns still.",
    )
    if second == NO_SECOND:
        return (first,)
    further = [column for column in range(found.n_columns) if column not in (first, second)]
    if not further:
        return first, second
    more = st.multiselect(
        "Further columns",
        further,
        key="upload-further",
        format_func=name,
        max_selections=MAX_COLUMNS - 2,
        placeholder="none: points in a plane",
        help=f"Up to {MAX_COLUMNS} columns in all, fitted together. Two of them at a time are on "
        "the stage.",
    )
    return first, second, *more


def _counts(found: Table, columns: tuple[int, ...]) -> tuple[int | None, bool]:
    """The column that says how often each row was observed, and whether the others are bins."""
    left = [column for column in range(found.n_columns) if column not in columns]
    if not left:
        return None, False
    chosen = st.selectbox(
        "Counts",
        [NO_SECOND, *left],
        key="upload-counts",
        format_func=lambda column: (
            "none: each row counts once"
            if column == NO_SECOND
            else found.columns[column] + _remark(found, column)
        ),
        help="For frequency tables and binned data: the column that says how often each row was "
        "observed.",
    )
    if chosen == NO_SECOND:
        return None, False
    bins = len(columns) == 2 and st.checkbox(
        "The two columns are the ends of bins",
        key="upload-bins",
        help="Lower and upper end: each bin counts at its middle, on a line.",
    )
    return chosen, bins


def _remark(found: Table, column: int) -> str:
    if not found.numeric[column]:
        return " (not numbers)"
    return f" ({found.row_names} the rows)" if column == 0 and found.row_names else ""


def _read(
    found: Table,
    columns: tuple[int, ...],
    counts: int | None,
    bins: bool,
    skip: bool,
    mark: tuple,
) -> Offer:
    reading = state.kept(
        "reading",
        (mark, columns, counts, bins, skip),
        lambda: found.points(columns, counts=counts, bins=bins, skip_others=skip),
    )
    data = own_data(
        reading.points, found.title, reading.columns, counts=reading.counts, bins=reading.bins
    )
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
        raise InputError("session-text", "This is not a session file: it is not text.") from None
