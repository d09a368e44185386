"""Whether a file's first line names its columns, found by comparing it with the lines below."""

import re
from collections.abc import Sequence
from itertools import pairwise

from explorer.io.reading.commas import is_number_with_commas
from explorer.io.reading.grid import bare_cells
from explorer.io.reading.numbers import is_missing, is_name, is_number, plain, refusal
from explorer.model.refusal import echo

_NAME_CODES = ("not-a-number", "brackets", "quotes", "comma")
_ROW_NAMES = frozenset(
    {"", "rownames", "row.names", "rowname", "row", "rows", "index", "id", "obs", "unnamed: 0", "#"}
)
_FEW = 3
"""Fewer numbers than this are equally spaced by chance."""


def is_value(token: str) -> bool:
    """Whether `token` may be a value: a number however its commas read, or one that is missing."""
    return is_any_number(token) or is_missing(token)


def is_any_number(token: str) -> bool:
    """Whether `token` is one number, whatever its commas mean."""
    return is_number(token) or is_number_with_commas(token)


def is_header(
    first: Sequence[str], below: Sequence[Sequence[str]], raw: Sequence[str], delimiter: str | None
) -> bool:
    """Whether the cells of the first line name the columns of the rows `below`.

    raw: the same lines as they are written, the first one too; with their quotation marks.
    Names are a header, whatever is below; so are names over numbers beside things that are no
    numbers, quoted numbers over bare ones (as R writes `1940`), and equally spaced whole
    numbers, such as years, beside names.
    """
    cells = [plain(cell) for cell in first]
    if not below:
        return is_all_names(first)
    return (
        is_all_names(first)
        or _is_names_over_numbers(cells, below)
        or _is_quoted_over_bare(raw, delimiter)
        or _is_equally_spaced(cells, below)
    )


def is_all_names(cells: Sequence[str]) -> bool:
    """Whether some cell is a name, and none could be a value."""
    return any(map(is_name, cells)) and all(
        is_name(cell)
        or not cell
        or (not is_value(plain(cell)) and refusal(plain(cell))[0] in _NAME_CODES)
        for cell in cells
    )


def _is_names_over_numbers(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    if any(map(is_any_number, cells)):
        return False
    columns = zip(cells, zip(*below, strict=True), strict=True)
    return any(is_name(cell) and is_column_of_numbers(column) for cell, column in columns)


def is_column_of_numbers(column: Sequence[str]) -> bool:
    """Whether there are numbers in `column`, and nothing else."""
    present = [cell for cell in column if not is_missing(cell)]
    return bool(present) and all(map(is_any_number, present))


def _is_quoted_over_bare(raw: Sequence[str], delimiter: str | None) -> bool:
    first, *others = (bare_cells(line, delimiter) for line in raw)
    if set(first) != {'""'} or any(len(cells) != len(first) for cells in others):
        return False
    return any(all(map(is_any_number, column)) for column in zip(*others, strict=True))


def _is_equally_spaced(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the numbers are years or the like, and names or nothing stand over the labels."""
    numbers = [j for j, cell in enumerate(cells) if re.fullmatch("[0-9]{1,9}", cell)]
    others = [j for j in range(len(cells)) if j not in numbers]
    if len(numbers) < _FEW or not others:
        return False
    if not all(is_name(cells[j]) or (not cells[j] and below[0][j]) for j in others):
        return False
    steps = {int(cells[b]) - int(cells[a]) for a, b in pairwise(numbers)}
    return len(steps) == 1 and min(steps) > 0


def counts_rows(column: Sequence[str]) -> bool:
    """Whether `column` counts its rows, from 0 or from 1."""
    return column[0] in ("0", "1") and all(
        cell == str(number) for number, cell in enumerate(column, start=int(column[0]))
    )


def may_number_rows(name: str) -> bool:
    """Whether a column of this heading, "" for none, may hold the rows' numbers or names."""
    return name.lower() in _ROW_NAMES


def column_names(header: Sequence[str] | None, n_columns: int) -> tuple[str, ...]:
    """Different names for the columns, those of the header where there is one."""
    if header is None and n_columns == 1:
        return ("x",)
    names: list[str] = []
    for number, cell in enumerate(header or [""] * n_columns, start=1):
        name = echo(" ".join(cell.split())) if cell else f"column {number}"
        while name in names:
            name = f"{name} ({number})"
        names.append(name)
    return tuple(names)
