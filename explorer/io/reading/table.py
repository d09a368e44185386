"""A table whose shape is known, and the numbers in its columns."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from em_core.wording import counted, enumerated
from explorer.io.reading.grid import Grid
from explorer.io.reading.headings import is_any_number
from explorer.io.reading.layout import reads_as_decimal
from explorer.io.reading.numbers import is_missing, is_overlong, parse
from explorer.model.points import Reading, counted_reading, reading, refuse_size
from explorer.model.problem import MAX_COLUMNS
from explorer.model.refusal import ReadingError, quoted

_LISTED = 5


@dataclass(frozen=True, eq=False)
class Table:
    """A text file whose shape is known and sound; its numbers are read by `points`.

    title: the file's name, to be shown escaped and never used as a path; encoding: such as
    "UTF-8"; separator: such as "semicolons", or "" for one column; skipped_lines: left out at
    the top; has_header; columns: unique names; n_rows: lines of data; preview: the first cells,
    as written, at most 8 rows; numeric: per column, whether most of its first 100 cells are
    numbers; first_numeric: the column to offer first; row_names: what the first column does
    to the rows, "numbers" or "names", or "" where it does neither; notes: sentences.

    It holds the file's text, up to 20 MB: let it go once the points are read.
    """

    title: str
    encoding: str
    separator: str
    skipped_lines: int
    has_header: bool
    columns: tuple[str, ...]
    n_rows: int
    preview: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    first_numeric: int
    row_names: str
    notes: tuple[str, ...]
    _grid: Grid = field(repr=False)
    _n_blank: int = field(repr=False)
    _is_list: bool = field(repr=False)

    @property
    def n_columns(self) -> int:
        return len(self.columns)

    def points(
        self,
        columns: Sequence[int] = (0,),
        *,
        counts: int | None = None,
        bins: bool = False,
        skip_others: bool = False,
    ) -> Reading:
        """The points in one to ten columns (0-based); rows that miss a value are skipped.

        counts: the column that says how often each row was observed, if any; bins: the two
        columns are the lower and the upper ends of bins.

        skip_others: rows with something else than a number are skipped, too, counted and listed.
        Raises ReadingError naming the first line that holds something else.
        """
        columns = [*columns, *([] if counts is None else [counts])]
        self._refuse_columns(columns, MAX_COLUMNS + (counts is not None))
        refuse_size(self.n_rows, len(columns) - (counts is not None))
        values = self._grid.values(columns)
        whole: Sequence[int] = range(self.n_rows)
        others: Counter[str] = Counter()
        comma_notes: list[str] = []
        if values is None:
            cells = self._grid.cells(columns)
            whole, others = _whole_rows(cells, skip_others)
            if len(whole) < self.n_rows:
                cells = [[column[index] for index in whole] for column in cells]
            cells, comma_notes = self._with_points(cells)
            values = [
                parse(column, partial(self._place, whole, j))
                for j, column in zip(columns, cells, strict=True)
            ]
        notes = [
            self._count_note(len(whole), others.total(), len(columns)),
            *([_others_note(others)] if others else []),
            *comma_notes,
            *([self._row_names_note(columns)] if self.row_names else []),
            *self.notes,
        ]
        names = [self.columns[j] for j in columns]
        if counts is None:
            return reading(values, names, notes)
        return counted_reading(values, names, notes, bins)

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

    def _refuse_columns(self, columns: Sequence[int], most: int) -> None:
        known = all(0 <= j < self.n_columns for j in columns)
        if not 1 <= len(columns) <= most or len(set(columns)) != len(columns) or not known:
            raise ReadingError(
                "columns",
                f"Choose one column, or up to {MAX_COLUMNS} different ones, of the "
                f"{self.n_columns} in the file.",
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

    def _count_note(self, n_used: int, n_others: int, n_columns: int) -> str:
        used = counted(n_used, "value" if n_columns == 1 else "point")
        missing = "missing value" if n_columns == 1 else "incomplete line"
        numbers = (
            (self.n_rows - n_used - n_others, missing),
            (n_others, "non-numeric line"),
            (self._n_blank, "blank line"),
        )
        skipped = [counted(number, noun) for number, noun in numbers if number]
        return f"{enumerated(skipped)} skipped; {used} used." if skipped else f"{used} read."

    def _row_names_note(self, columns: Sequence[int]) -> str:
        if 0 in columns:
            return f'"{self.columns[0]}" only {self.row_names} the rows: nothing is measured in it.'
        return f'Passed over "{self.columns[0]}", which only {self.row_names} the rows.'


def _whole_rows(
    cells: Sequence[Sequence[str]], skip_others: bool
) -> tuple[Sequence[int], Counter[str]]:
    """The rows (0-based) that miss nothing, and how often each thing that is no number was met.

    Only with skip_others are rows with such a thing left out.
    """
    n_rows = len(cells[0])
    different = {cell for column in cells for cell in column}
    absent = set(filter(is_missing, different))
    no_number = {cell for cell in different - absent if skip_others and not is_any_number(cell)}
    if not absent and not no_number:
        return range(n_rows), Counter()
    whole: list[int] = []
    others: Counter[str] = Counter()
    for row, values in enumerate(zip(*cells, strict=True)):
        if found := next((cell for cell in values if cell in no_number), None):
            others[found] += 1
        elif absent.isdisjoint(values):
            whole.append(row)
    if not whole:
        what = "missing values" if not others else "nothing that is a number"
        raise ReadingError("no-numbers", f"No numbers found: {counted(n_rows, 'row')} of {what}.")
    return whole, others


def _others_note(others: Counter[str]) -> str:
    kinds = [
        quoted(cell) + (f" ({number} times)" if number > 1 else "")
        for cell, number in others.most_common(_LISTED)
    ]
    more = len(others) - _LISTED
    if more > 0:
        kinds.append(f"{more} more")
    return f"Not numbers: {enumerated(kinds)}."
