"""Lines of cells: text taken apart at a known separator, `csv.reader(strict=True)` for quotes."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from em_core.wording import count, counted
from explorer.io.reading.numbers import parse_clean
from explorer.model.refusal import ReadingError

SPACES = " "
"""Any run of spaces and tabs separates two cells."""

_NEVER = "\x1f"
_MAX_SEPARATORS = 10_000
_QUOTED_PART = re.compile(r'"[^"]*"')
_LONG_LINE = 100_000
_PIECE = 2**18
"""Characters that are taken apart at a time, where that can be."""


def bare(line: str) -> str:
    """`line` with \'""\' for each quoted part, cut where it is very long."""
    return _QUOTED_PART.sub('""', line[:_LONG_LINE]).strip(" ")


def bare_cells(line: str, delimiter: str | None) -> list[str]:
    """The cells of a line as they are written, \'""\' for what is quoted in them."""
    if delimiter == SPACES:
        return bare(line).split()
    return [cell.strip() for cell in bare(line).split(delimiter)] if delimiter else [bare(line)]


@dataclass(frozen=True)
class Grid:
    """text: lines that end in "\\n"; delimiter: one character, SPACES, or None for one column.

    above: how many lines of the file came before `text`.
    """

    text: str
    delimiter: str | None
    above: int = 0

    @property
    def _is_plain(self) -> bool:
        """Whether each line is a record and splitting it at the delimiter gives its cells."""
        return '"' not in self.text and self.delimiter != SPACES

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line number in the file, stripped cells) of each line; no cells where it is blank.

        A record whose quotes span lines has the number of its first line. Raises ReadingError,
        naming the line where the record begins, for quotes that do not match.
        """
        if '"' in self.text:
            yield from self._quoted_rows()
            return
        for number, line in self._lines():
            if not line or line.isspace():
                yield number, []
            elif self.delimiter is None:
                yield number, [line.strip()]
            elif self.delimiter == SPACES:
                yield number, line.split()
            else:
                yield number, [cell.strip() for cell in line.split(self.delimiter)]

    def below(self, number: int) -> "Grid":
        """What follows the row that begins on line `number`."""
        later = next((line for line, _ in self.rows() if line > number), None)
        lines = [] if later is None else self.text.split("\n", later - self.above - 1)
        text = lines[-1] if lines else ""
        return replace(self, text=text, above=self.above + max(0, len(lines) - 1))

    def check_shape(self, width: int) -> tuple[int, int]:
        """Numbers of rows and of blank lines; ReadingError for a row of another width."""
        if self._is_plain and (counted_lines := self._counted(width)) is not None:
            return counted_lines
        n_rows = n_blank = 0
        for number, cells in self.rows():
            n_rows += bool(cells)
            n_blank += not cells
            if cells and len(cells) != width:
                raise ReadingError(
                    "ragged",
                    f"Line {number} has {counted(len(cells), 'field')}, expected {width}. "
                    "Give each line the same number of columns.",
                )
        return n_rows, n_blank

    def _counted(self, width: int) -> tuple[int, int] | None:
        """What `check_shape` says of a plain text, or None where a row is of another width."""
        n_rows = n_blank = 0
        for piece in self._pieces():
            lines = piece.split("\n")
            full = [line for line in lines if line and not line.isspace()]
            if self.delimiter is not None and {x.count(self.delimiter) for x in full} - {width - 1}:
                return None
            n_rows += len(full)
            n_blank += len(lines) - len(full)
        return n_rows, n_blank

    def values(self, columns: Sequence[int]) -> list[np.ndarray] | None:
        """The numbers of each chosen column, or None where any cell needs a second look.

        Piece by piece: a million cells at a time would leave Python's own memory in tatters.
        """
        pieces = self._pieces() if self._is_plain else [self.text]
        parsed = []
        for piece in pieces:
            parsed.append([parse_clean(each) for each in replace(self, text=piece).cells(columns)])
            if any(column is None for column in parsed[-1]):
                return None
        return [np.concatenate(column) for column in zip(*parsed, strict=True)]

    def cells(self, columns: Sequence[int]) -> list[list[str]]:
        """The cells of each chosen column, in the order of rows; the shape must be checked."""
        if not self._is_plain:
            rows = [cells for _, cells in self.rows() if cells]
            return [[cells[j] for cells in rows] for j in columns]
        lines = [line.strip(" ") for line in self.text.split("\n") if line and not line.isspace()]
        if self.delimiter is None:
            return [lines]
        return [[line.split(self.delimiter)[j].strip() for line in lines] for j in columns]

    def line_number(self, row: int) -> int:
        """Where in the file a row (0-based, blank lines not counted) stands."""
        return next(islice((number for number, cells in self.rows() if cells), row, None))

    def _lines(self) -> Iterator[tuple[int, str]]:
        """Numbered lines, each safe to take apart: cells cost far more memory than text."""
        lines = (line for piece in self._pieces() for line in piece.split("\n"))
        for number, line in enumerate(lines, start=self.above + 1):
            if self.delimiter is not None and line.count(self.delimiter) > _MAX_SEPARATORS:
                raise ReadingError(
                    "too-many-columns",
                    f"Line {number} has {count(line.count(self.delimiter) + 1)} fields. "
                    "Give each line the same number of columns, at most 100.",
                )
            yield number, line

    def _pieces(self) -> Iterator[str]:
        """The text cut at some of its line ends, which are left out."""
        begin = 0
        while (end := self.text.find("\n", begin + _PIECE)) >= 0:
            yield self.text[begin:end]
            begin = end + 1
        yield self.text[begin:]

    def _quoted_rows(self) -> Iterator[tuple[int, list[str]]]:
        lines = (line for _, line in self._lines())
        if self.delimiter == SPACES:
            lines = (re.sub(r"[ \t]+", " ", line.strip()) for line in lines)
        reader = csv.reader(
            (line + "\n" for line in lines),
            delimiter=self.delimiter or _NEVER,
            strict=True,
            skipinitialspace=self.delimiter != SPACES,
        )
        begin = self.above + 1
        try:
            for cells in reader:
                stripped = [cell.strip() for cell in cells]
                blank = not any(stripped) and len(stripped) < 2
                yield begin, [] if blank else stripped
                begin = self.above + reader.line_num + 1
        except csv.Error:
            raise ReadingError(
                "quotes",
                f"Line {begin}: a quotation mark is out of place or not closed. "
                "Remove the quotation marks.",
            ) from None
