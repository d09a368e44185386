"""A text file -> a table to choose columns from -> points."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from explorer.reading import layout
from explorer.reading.commas import is_number_with_commas
from explorer.reading.encodings import decode
from explorer.reading.numbers import is_missing, is_number, is_overlong, parse, parse_clean, plain
from explorer.reading.points import Reading, reading
from explorer.reading.words import ReadingError, counted, echo, grouped, quoted

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
    layout.SPACES: "spaces",
}


@dataclass(frozen=True, eq=False)
class Table:
    """A text file whose shape is known and sound; its numbers are read by `points`.

    title: the file's name, to be shown escaped and never used as a path; encoding: such as
    "UTF-8"; separator: such as "semicolons", or "" for one column; has_header; columns: unique
    names; n_rows: lines of data; preview: the first cells, as written, at most 8 rows;
    numeric: per column, whether most of its first 100 cells are numbers; notes: sentences.
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
    _body: str = field(repr=False)
    _delimiter: str | None = field(repr=False)
    _lines_above: int = field(repr=False)
    _n_blank: int = field(repr=False)
    _unit: str = field(repr=False)

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
        names = [self.columns[j] for j in columns]
        cells = self._cells(columns)
        values = [parse_clean(column) for column in cells]
        if all(column is not None for column in values):
            count_note = self._count_note(self.n_rows, 0, len(columns))
            return reading(values, names, [count_note, *self.notes])
        whole = [index for index, row in enumerate(zip(*cells, strict=True)) if not _misses(row)]
        if len(whole) < self.n_rows:
            cells = [[column[index] for index in whole] for column in cells]
        cells, comma_notes = self._with_points(cells)
        values = [
            parse(column, lambda index, token, j=j: self._place(whole[index], j, token))
            for j, column in zip(columns, cells, strict=True)
        ]
        count_note = self._count_note(len(whole), self.n_rows - len(whole), len(columns))
        return reading(values, names, [count_note, *comma_notes, *self.notes])

    def _with_points(self, cells: list[list[str]]) -> tuple[list[list[str]], list[str]]:
        """Cells with decimal commas made points, and a note saying so where there were any."""
        marked = [cell for column in cells for cell in column if "," in cell or "." in cell]
        if not layout.reads_as_decimal(marked, self._delimiter):
            return cells, []
        n_commas = sum("," in cell for cell in marked)
        note = f"Read commas as decimal signs ({counted(n_commas, 'value')})."
        return [[cell.replace(",", ".") for cell in column] for column in cells], [note]

    def _refuse_columns(self, columns: Sequence[int]) -> None:
        known = all(0 <= j < self.n_columns for j in columns)
        if len(columns) not in (1, 2) or len(set(columns)) != len(columns) or not known:
            raise ReadingError(
                "columns",
                f"Choose one column, or two different ones, of the {self.n_columns} in the file.",
            )

    def _cells(self, columns: Sequence[int]) -> list[list[str]]:
        """The cells of each chosen column, in the order of rows."""
        if not layout.is_simple(self._body, self._delimiter):
            body = [cells for _, cells in layout.rows(self._body, self._delimiter) if cells]
            return [[cells[j] for cells in body] for j in columns]
        lines = [line.strip(" ") for line in self._body.split("\n") if line and not line.isspace()]
        if self._delimiter is None:
            return [lines]
        return [[line.split(self._delimiter)[j].strip() for line in lines] for j in columns]

    def _place(self, row: int, column: int, token: str) -> str:
        all_rows = layout.rows(self._body, self._delimiter, self._lines_above)
        number = next(islice((number for number, cells in all_rows if cells), row, None))
        place = f"{self._unit} {number}"
        if self.n_columns > 1:
            name = self.columns[column]
            place += f', column "{name}"' if self.has_header else f", {name}"
        return f"{place}: {'the value' if is_overlong(token) else quoted(token)}"

    def _count_note(self, n_used: int, n_missing: int, n_columns: int) -> str:
        used = counted(n_used, "value" if n_columns == 1 else "point")
        missing = "missing value" if n_columns == 1 else "incomplete line"
        numbers = ((n_missing, missing), (self._n_blank, "blank line"))
        skipped = [counted(number, noun) for number, noun in numbers if number]
        return f"{' and '.join(skipped)} skipped; {used} used." if skipped else f"{used} read."


def _misses(row: Sequence[str]) -> bool:
    return any(map(is_missing, row))


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
        delimiter = layout.separator(text)
    _refuse_width(layout.width(text, delimiter))
    return _table(echo(name), encoding, text, delimiter, above)


def _refuse_rows(n_rows: int) -> None:
    if n_rows > MAX_ROWS:
        raise ReadingError(
            "too-many-rows",
            f"{grouped(n_rows)} values; the limit is {grouped(MAX_ROWS)}. "
            "Keep a random sample of the rows.",
        )


def _refuse_width(n_columns: int) -> None:
    if n_columns > MAX_COLUMNS:
        raise ReadingError(
            "too-many-columns",
            f"{grouped(n_columns)} columns; choose a file with at most {MAX_COLUMNS}.",
        )


def _declared_separator(text: str) -> tuple[int, str, str | None]:
    """Take off a spreadsheet's first line "sep=;": lines taken, the rest, the separator."""
    first, _, rest = text.partition("\n")
    if len(first) == 5 and first.lower().startswith("sep=") and first[4] in "\t;|,":
        return 1, rest, first[4]
    return 0, text, None


def _table(title: str, encoding: str, text: str, delimiter: str | None, above: int) -> Table:
    first_line, first = _first_row(text, delimiter, above)
    has_header = layout.is_header(first)
    body = text
    if has_header:
        body = "".join(text.split("\n", first_line - above)[first_line - above :])
        above = first_line
    body_is_ascii = body.isascii()
    body = plain(body)
    n_rows, n_blank = _check_shape(body, delimiter, len(first), above)
    if not n_rows:
        names = ", ".join(map(echo, first))
        raise ReadingError("no-rows", f'No rows under the header "{echo(names)}".')
    _refuse_rows(n_rows)
    unit = "Line"
    if n_rows == 1 and not has_header and len(first) > 1:
        body, delimiter, unit, n_rows = (
            "\n".join(plain(cell) or "NA" for cell in first),
            None,
            "Item",
            len(first),
        )
        first, above = first[:1], 0
    sample = [cells for _, cells in islice(layout.rows(body, delimiter), _SAMPLE_ROWS) if cells]
    names = _column_names(first, has_header)
    return Table(
        title=title,
        encoding=encoding,
        separator=_SEPARATOR_NAMES[delimiter],
        has_header=has_header,
        columns=names,
        n_rows=n_rows,
        preview=tuple(tuple(map(echo, cells)) for cells in sample[:PREVIEW_ROWS]),
        numeric=tuple(_is_numeric(column) for column in zip(*sample, strict=True)),
        notes=_shape_notes(
            encoding, body_is_ascii, _SEPARATOR_NAMES[delimiter], has_header, names, n_rows, unit
        ),
        _body=body,
        _delimiter=delimiter,
        _lines_above=above,
        _n_blank=n_blank,
        _unit=unit,
    )


def _first_row(text: str, delimiter: str | None, above: int) -> tuple[int, list[str]]:
    for number, cells in layout.rows(text, delimiter, above):
        if cells:
            return number, cells
    raise ReadingError("empty-file", "No numbers found: the file's cells are all empty.")


def _check_shape(body: str, delimiter: str | None, expected: int, above: int) -> tuple[int, int]:
    """Numbers of data rows and of blank lines; ReadingError for the first ragged line."""
    if layout.is_simple(body, delimiter):
        lines = body.split("\n")
        full = [line for line in lines if line and not line.isspace()]
        if delimiter is None or {line.count(delimiter) for line in full} <= {expected - 1}:
            return len(full), len(lines) - len(full)
    n_rows = n_blank = 0
    for number, cells in layout.rows(body, delimiter, above):
        n_rows += bool(cells)
        n_blank += not cells
        if cells and len(cells) != expected:
            raise ReadingError(
                "ragged",
                f"Line {number} has {counted(len(cells), 'field')}, expected {expected}. "
                "Give each line the same number of columns.",
            )
    return n_rows, n_blank


def _column_names(first: Sequence[str], has_header: bool) -> tuple[str, ...]:
    if not has_header and len(first) == 1:
        return ("x",)
    names: list[str] = []
    for number, cell in enumerate(first, start=1):
        name = echo(" ".join(cell.split())) if has_header and cell else f"column {number}"
        names.append(name if name not in names else f"{name} ({number})")
    return tuple(names)


def _is_numeric(column: Sequence[str]) -> bool:
    present = [cell for cell in column if not is_missing(cell)]
    n_numbers = sum(is_number(cell) or is_number_with_commas(cell) for cell in present)
    return 2 * n_numbers > len(present)


def _shape_notes(
    encoding: str,
    body_is_ascii: bool,
    separator: str,
    has_header: bool,
    names: Sequence[str],
    n_rows: int,
    unit: str,
) -> tuple[str, ...]:
    notes = []
    if unit == "Item":
        notes.append(f"The one line is read as a list of {counted(n_rows, 'value')}.")
    elif has_header:
        notes.append(f"The first line is the header: {echo(', '.join(names))}.")
    else:
        notes.append("No header line: the first line is data.")
    if separator:
        notes.append(f"Columns are separated by {separator}.")
    if encoding != "UTF-8":
        where = (
            "Header" if body_is_ascii and has_header and not encoding.startswith("UTF") else "Text"
        )
        notes.append(f"{where} decoded as {encoding}.")
    return tuple(notes)
