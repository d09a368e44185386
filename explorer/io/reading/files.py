"""A text file -> a table to choose columns from -> points."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from em_core.wording import count, counted
from explorer.io.reading.commas import is_number_with_commas
from explorer.io.reading.encodings import CP1252, decode
from explorer.io.reading.grid import SPACES, Grid
from explorer.io.reading.layout import is_header, reads_as_decimal, separator_of, width
from explorer.io.reading.numbers import (
    is_missing,
    is_number,
    is_overlong,
    parse,
    parse_clean,
    plain,
)
from explorer.model.points import Reading, reading
from explorer.model.refusal import ReadingError, echo, quoted

MAX_FILE_BYTES = 20_000_000
MAX_ROWS = 1_000_000
MAX_COLUMNS = 100
PREVIEW_ROWS = 8
_SAMPLE_ROWS = 100
_SEPARATOR_NAMES = {
    None: "",
    "\t": "tabs",
    ";": "semicolons",
    "|": "bars",
    ",": "commas",
    SPACES: "spaces",
}


@dataclass(frozen=True, eq=False)
class Table:
    """A text file whose shape is known and sound; its numbers are read by `points`.

    title: the file's name, to be shown escaped and never used as a path; encoding: such as
    "UTF-8"; separator: such as "semicolons", or "" for one column; has_header; columns: unique
    names; n_rows: lines of data; preview: the first cells, as written, at most 8 rows;
    numeric: per column, whether most of its first 100 cells are numbers; notes: sentences.

    It holds the file's text, up to 20 MB: let it go once the points are read.
    """

    title: str
    encoding: str
    separator: str
    has_header: bool
    columns: tuple[str, ...]
    n_rows: int
    preview: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    notes: tuple[str, ...]
    _grid: Grid = field(repr=False)
    _n_blank: int = field(repr=False)
    _is_list: bool = field(repr=False)

    @property
    def n_columns(self) -> int:
        return len(self.columns)

    @property
    def first_numeric(self) -> int:
        """The column to offer first."""
        return self.numeric.index(True) if True in self.numeric else 0

    def points(self, columns: Sequence[int] = (0,)) -> Reading:
        """The points in one or two columns (0-based); rows that miss a value are skipped.

        Raises ReadingError naming the first line that holds something else.
        """
        self._refuse_columns(columns)
        cells = self._grid.cells(columns)
        whole: Sequence[int] = range(self.n_rows)
        comma_notes: list[str] = []
        parsed = [parse_clean(column) for column in cells]
        values = [column for column in parsed if column is not None]
        if len(values) < len(columns):
            whole = _whole_rows(cells)
            if len(whole) < self.n_rows:
                cells = [[column[index] for index in whole] for column in cells]
            cells, comma_notes = self._with_points(cells)
            values = [
                parse(column, partial(self._place, whole, j))
                for j, column in zip(columns, cells, strict=True)
            ]
        notes = [self._count_note(len(whole), len(columns)), *comma_notes, *self.notes]
        return reading(values, [self.columns[j] for j in columns], notes)

    def _with_points(self, cells: list[list[str]]) -> tuple[list[list[str]], list[str]]:
        """Cells with decimal commas made points, and a note saying so where there were any."""
        marked = [cell for column in cells for cell in column if "," in cell or "." in cell]
        if not reads_as_decimal(marked, self._grid.delimiter):
            return cells, []
        n_commas = sum("," in cell for cell in marked)
        note = (
            f"Read commas as decimal signs ({counted(n_commas, 'value')}). Not right? Use points."
        )
        return [[cell.replace(",", ".") for cell in column] for column in cells], [note]

    def _refuse_columns(self, columns: Sequence[int]) -> None:
        known = all(0 <= j < self.n_columns for j in columns)
        if len(columns) not in (1, 2) or len(set(columns)) != len(columns) or not known:
            raise ReadingError(
                "columns",
                f"Choose one column, or two different ones, of the {self.n_columns} in the file.",
            )

    def _place(self, whole: Sequence[int], column: int, index: int, token: str) -> str:
        """Where the cell in the index-th of the whole rows stands, to begin its refusal."""
        if self._is_list:
            place = f"Item {whole[index] + 1}"
        else:
            place = f"Line {self._grid.line_number(whole[index])}"
        if self.n_columns > 1:
            name = self.columns[column]
            place += f', column "{name}"' if self.has_header else f", {name}"
        return f"{place}: {'the value' if is_overlong(token) else quoted(token)}"

    def _count_note(self, n_used: int, n_columns: int) -> str:
        used = counted(n_used, "value" if n_columns == 1 else "point")
        missing = "missing value" if n_columns == 1 else "incomplete line"
        numbers = ((self.n_rows - n_used, missing), (self._n_blank, "blank line"))
        skipped = [counted(number, noun) for number, noun in numbers if number]
        return f"{' and '.join(skipped)} skipped; {used} used." if skipped else f"{used} read."


def _whole_rows(cells: Sequence[Sequence[str]]) -> Sequence[int]:
    """The rows (0-based) in which no column misses its value."""
    n_rows = len(cells[0])
    absent = {cell for column in cells for cell in set(column) if is_missing(cell)}
    if not absent:
        return range(n_rows)
    whole = [row for row in range(n_rows) if not any(column[row] in absent for column in cells)]
    if not whole:
        raise ReadingError(
            "no-numbers", f"No numbers found: {counted(n_rows, 'row')} of missing values."
        )
    return whole


def read_file(name: str, payload: bytes) -> Table:
    """Read the shape of a CSV, TSV or text file; `Table.points` then reads its numbers.

    Limits, checked before the text is taken apart: 20 MB, 1 000 000 rows, 100 columns.
    Raises ReadingError where the file is not text, is ragged, or its shape is unclear.
    """
    if len(payload) > MAX_FILE_BYTES:
        raise ReadingError(
            "file-too-large",
            f"The file has {math.ceil(len(payload) / 1e5) / 10} MB; the limit is 20 MB. "
            "Keep only the columns you need, or a random sample of the rows.",
        )
    text, encoding = decode(payload)
    text = text.rstrip("\n")
    if not text.strip():
        raise ReadingError("empty-file", "The file is empty: it needs at least 2 numbers.")
    _refuse_rows(text.count("\n"))
    above, text, delimiter = _declared_separator(text)
    if delimiter is None:
        delimiter = separator_of(text)
    _refuse_width(width(text, delimiter))
    return _table(echo(name), encoding, Grid(text, delimiter, above))


def _refuse_rows(n_rows: int) -> None:
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


def _declared_separator(text: str) -> tuple[int, str, str | None]:
    """Take off a spreadsheet's first line "sep=;": lines taken, the rest, the separator."""
    first, _, rest = text.partition("\n")
    if len(first) == 5 and first.lower().startswith("sep=") and first[4] in "\t;|,":
        return 1, rest, first[4]
    return 0, text, None


def _table(title: str, encoding: str, grid: Grid) -> Table:
    """The table of a file whose first row is not too wide."""
    first_line, first = grid.first_row()
    has_header = is_header(first)
    body = grid.text
    if has_header:
        n_lines = first_line - grid.above
        body = "".join(body.split("\n", n_lines)[n_lines:])
        grid = replace(grid, above=first_line)
    grid = replace(grid, text=plain(body))
    n_rows, n_blank = grid.check_shape(len(first))
    if not n_rows:
        raise ReadingError(
            "no-rows", f'No rows under the header "{echo(", ".join(map(echo, first)))}".'
        )
    _refuse_rows(n_rows)
    is_list = n_rows == 1 and not has_header and len(first) > 1
    if is_list:
        grid = Grid("\n".join(plain(cell) or "NA" for cell in first), None)
        n_rows, first = len(first), first[:1]
    sample = [cells for _, cells in islice(grid.rows(), _SAMPLE_ROWS) if cells]
    names = _column_names(first, has_header)
    separator = _SEPARATOR_NAMES[grid.delimiter]
    return Table(
        title=title,
        encoding=encoding,
        separator=separator,
        has_header=has_header,
        columns=names,
        n_rows=n_rows,
        preview=tuple(tuple(map(echo, cells)) for cells in sample[:PREVIEW_ROWS]),
        numeric=tuple(_is_numeric(column) for column in zip(*sample, strict=True)),
        notes=(
            _first_line_note(is_list, has_header, names, n_rows),
            *([f"Columns are separated by {separator}."] if separator else []),
            *_encoding_notes(encoding, has_header and body.isascii()),
        ),
        _grid=grid,
        _n_blank=n_blank,
        _is_list=is_list,
    )


def _column_names(first: Sequence[str], has_header: bool) -> tuple[str, ...]:
    if not has_header and len(first) == 1:
        return ("x",)
    names: list[str] = []
    for number, cell in enumerate(first, start=1):
        name = echo(" ".join(cell.split())) if has_header and cell else f"column {number}"
        while name in names:
            name = f"{name} ({number})"
        names.append(name)
    return tuple(names)


def _is_numeric(column: Sequence[str]) -> bool:
    present = [cell for cell in column if not is_missing(cell)]
    n_numbers = sum(is_number(cell) or is_number_with_commas(cell) for cell in present)
    return 2 * n_numbers > len(present)


def _first_line_note(is_list: bool, has_header: bool, names: Sequence[str], n_rows: int) -> str:
    if is_list:
        return f"The one line is read as a list of {counted(n_rows, 'value')}."
    if has_header:
        return f"The first line is the header: {echo(', '.join(names))}."
    return "No header line: the first line is data."


def _encoding_notes(encoding: str, only_in_header: bool) -> list[str]:
    if encoding == "UTF-8":
        return []
    what = "Header" if only_in_header and encoding == CP1252 else "Text"
    return [f"{what} decoded as {encoding}."]
