"""The shape of a text file's table: its columns and what they are called, its rows."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from em_core.wording import count, counted
from explorer.io.reading.encodings import CP1252
from explorer.io.reading.grid import SPACES, Grid
from explorer.io.reading.headings import (
    column_names,
    counts_rows,
    is_all_names,
    is_any_number,
    is_header,
    may_number_rows,
)
from explorer.io.reading.layout import separator_of, width
from explorer.io.reading.numbers import is_missing, plain
from explorer.io.reading.preamble import Preamble
from explorer.io.reading.spaces import refuse_grouped
from explorer.io.reading.table import Table
from explorer.model.refusal import ReadingError, echo

MAX_ROWS = 1_000_000
MAX_COLUMNS = 100
PREVIEW_ROWS = 8
_SAMPLE_ROWS = 100
_FEWEST_NUMBERED = 3
"""Fewer rows than this are numbered by chance."""
_SEPARATOR_NAMES = {
    None: "",
    "\t": "tabs",
    ";": "semicolons",
    "|": "bars",
    ",": "commas",
    SPACES: "spaces",
}


def refuse_rows(n_rows: int) -> None:
    """ReadingError for more rows than can be taken."""
    if n_rows > MAX_ROWS:
        raise ReadingError(
            "too-many-rows",
            f"{count(n_rows)} values; the limit is {count(MAX_ROWS)}. "
            "Keep a random sample of the rows.",
        )


def _refuse_width(n_columns: int) -> None:
    if n_columns > MAX_COLUMNS:
        raise ReadingError(
            "too-many-columns",
            f"{count(n_columns)} columns; choose a file with at most {MAX_COLUMNS}.",
        )


def shaped(
    title: str,
    encoding: str,
    top: Preamble,
    above: int,
    delimiter: str | None,
    header: bool | None,
) -> Table:
    """The table below a preamble; header: as the person says, None where it is to be found out."""
    if delimiter is None:
        delimiter = separator_of(top.text)
    _refuse_width(width(top.text, delimiter))
    grid = Grid(top.text, delimiter, above + top.n_lines)
    numbers, rows = _sample(grid)
    first, below = rows[0], [list(map(plain, cells)) for cells in rows[1:]]
    raw = _written(grid, numbers)
    _refuse_grouped(delimiter, numbers, [first, *below])
    first, shape_note = _fitted(first, below, raw, grid)
    agree = all(len(cells) == len(first) for cells in below)
    if header is None:
        header = is_header(first, below if agree else [], raw, delimiter)
    body = grid.below(numbers[0]) if header else grid
    body = replace(body, text=plain(body.text))
    n_rows, n_blank = _checked_shape(body, first, numbers[0], below)
    if not n_rows:
        raise ReadingError(
            "no-rows", f'No rows under the header "{echo(", ".join(map(echo, first)))}".'
        )
    refuse_rows(n_rows)
    is_list = n_rows == 1 and not header and len(first) > 1
    if is_list:
        body = Grid("\n".join(plain(cell) or "NA" for cell in first), None)
        n_rows, first = len(first), first[:1]
    sample = [cells for _, cells in islice(body.rows(), _SAMPLE_ROWS) if cells]
    names = column_names(first if header else None, len(first))
    numeric = tuple(_is_numeric(column) for column in zip(*sample, strict=True))
    row_names = _row_names(body, first[0] if header else "", header, sample)
    separator = _SEPARATOR_NAMES[body.delimiter]
    notes = (
        top.note,
        _first_line_note(is_list, header, names, n_rows, numbers[0]),
        shape_note,
        f"Columns are separated by {separator}." if separator else "",
        _encoding_note(encoding, header and body.text.isascii()),
    )
    return Table(
        title=title,
        encoding=encoding,
        separator=separator,
        skipped_lines=above + top.n_lines,
        has_header=header,
        columns=names,
        n_rows=n_rows,
        preview=tuple(tuple(map(echo, cells)) for cells in sample[:PREVIEW_ROWS]),
        numeric=numeric,
        first_numeric=_offered(body, numeric, row_names, sample),
        row_names=row_names,
        notes=tuple(filter(None, notes)),
        _grid=body,
        _n_blank=n_blank,
        _is_list=is_list,
    )


def _sample(grid: Grid) -> tuple[list[int], list[list[str]]]:
    """The first rows that are not blank, and the lines they begin on."""
    numbers, rows = [], []
    try:
        for number, cells in islice(grid.rows(), 2 * _SAMPLE_ROWS):
            if cells:
                numbers.append(number)
                rows.append(cells)
    except ReadingError:
        if not rows:
            raise
    if not rows:
        raise ReadingError("empty-file", "No numbers found: the file's cells are all empty.")
    return numbers, rows


def _written(grid: Grid, numbers: Sequence[int]) -> list[str]:
    """The lines of these numbers as they are written."""
    lines = grid.text.split("\n", 2 * _SAMPLE_ROWS)
    places = [number - grid.above - 1 for number in numbers]
    return [lines[place] for place in places if place < len(lines)]


def _fitted(
    first: list[str], below: Sequence[Sequence[str]], raw: Sequence[str], grid: Grid
) -> tuple[list[str], str]:
    """The first row with a cell for each column, and what is said of one that was added.

    R leaves out the heading of the row names; some programs end each line, or only the first,
    with a separator.
    """
    widths = {len(cells) for cells in below}
    if len(widths) != 1 or len(below) < 2 or not is_all_names(first):
        return first, ""
    difference = widths.pop() - len(first)
    if difference == -1 and not first[-1]:
        return first[:-1], ""
    if difference != 1:
        return first, ""
    if grid.delimiter != SPACES and not any(cells[-1] for cells in below):
        return [*first, ""], "Each line below the header ends with a separator."
    quoted_names = all(line.lstrip().startswith('"') for line in raw[1:])
    labels = [cells[0] for cells in below]
    if quoted_names or not any(map(is_any_number, labels)) or counts_rows(labels):
        return ["", *first], "The header has no name for the first column."
    return first, ""


def _refuse_grouped(
    delimiter: str | None, numbers: Sequence[int], rows: Sequence[Sequence[str]]
) -> None:
    """ReadingError for a file of one column whose spaces may be thousands separators.

    A table, with the same number of cells on each line, is none. The first row may be a header.
    """
    widths = {len(cells) for cells in rows}
    if delimiter == SPACES and (len(widths) > 1 or widths == {1}):
        begin = 0 if is_any_number(plain(rows[0][0])) else 1
        lines = [" ".join(cells) for cells in rows]
        refuse_grouped(list(zip(numbers, lines, strict=False))[begin:])


def _checked_shape(
    body: Grid, first: Sequence[str], first_line: int, below: Sequence[Sequence[str]]
) -> tuple[int, int]:
    """Numbers of rows and blank lines; where only the first line differs, it is at fault."""
    try:
        return body.check_shape(len(first))
    except ReadingError as refusal:
        widths = {len(cells) for cells in below}
        if refusal.code != "ragged" or len(below) < 2 or len(widths) > 1:
            raise
        expected = widths.pop()
        if expected == len(first):
            raise
        raise ReadingError(
            "ragged",
            f"Line {first_line} has {counted(len(first), 'field')}, the lines below it have "
            f'{expected}. Correct it or, if it is not part of the table, set "Lines to skip" to '
            f"{first_line}.",
        ) from None


def _is_numeric(column: Sequence[str]) -> bool:
    present = [cell for cell in column if not is_missing(cell)]
    return 2 * sum(map(is_any_number, present)) > len(present)


def _row_names(body: Grid, name: str, header: bool, sample: Sequence[Sequence[str]]) -> str:
    """What the first column does to the rows, "numbers" or "names", or ""."""
    if len(sample[0]) < 2 or not may_number_rows(name):
        return ""
    column = [cells[0] for cells in sample]
    enough = header or len(column) >= _FEWEST_NUMBERED
    if enough and counts_rows(column) and counts_rows(body.cells((0,))[0]):
        return "numbers"
    return "names" if header and not name and all(column) else ""


def _offered(
    body: Grid, numeric: Sequence[bool], row_names: str, sample: Sequence[Sequence[str]]
) -> int:
    """The first column of numbers, where one is, that neither names the rows nor is constant."""
    of_numbers = [j for j, is_of_numbers in enumerate(numeric) if is_of_numbers]
    measured = [j for j in of_numbers if j > 0 or not row_names]
    for j in measured:
        if _varies([cells[j] for cells in sample]) or _varies(body.cells((j,))[0]):
            return j
    return next(iter([*measured, *of_numbers]), 0)


def _varies(column: Sequence[str]) -> bool:
    return len({cell for cell in column if not is_missing(cell)}) > 1


def _first_line_note(
    is_list: bool, has_header: bool, names: Sequence[str], n_rows: int, number: int
) -> str:
    if is_list:
        return f"The one line is read as a list of {counted(n_rows, 'value')}."
    line = "The first line" if number == 1 else f"Line {number}"
    if has_header:
        return f"{line} is the header: {echo(', '.join(names))}."
    return f"No header line: {line[0].lower() + line[1:]} is data."


def _encoding_note(encoding: str, only_in_header: bool) -> str:
    if encoding == "UTF-8":
        return ""
    what = "Header" if only_in_header and encoding == CP1252 else "Text"
    return f"{what} decoded as {encoding}."
