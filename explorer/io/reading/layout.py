"""How a text file's lines are laid out: what separates the columns, and which line is a header.

Python's `csv.Sniffer` guesses from character frequencies and `pandas` eats a headerless first
value; here a separator must explain the lines' shape, and a first line is a header only when
nothing on it could be a value.
"""

import re
from collections.abc import Sequence

from explorer.io.reading.commas import comma_reading, is_decimal, is_number_with_commas, meanings
from explorer.io.reading.grid import SPACES
from explorer.io.reading.numbers import is_missing, is_name, is_number, plain, refusal
from explorer.model.refusal import ReadingError, echo, quoted

_SURE_SEPARATORS = "\t;|"
_QUOTED_PART = re.compile(r'"[^"]*"')
_SAMPLE_CHARACTERS = 100_000
_SAMPLE_LINES = 200
_NAME_CODES = ("not-a-number", "brackets", "quotes", "comma")


def separator_of(text: str) -> str | None:
    """What separates the columns: a tab, ";", "|", ",", SPACES, or None for a single column.

    Raises ReadingError where commas may be decimal signs as well as separators.
    """
    lines = _sample(text)
    for candidate in _SURE_SEPARATORS:
        if _agree(lines, candidate):
            return candidate
    if _agree(lines, ",") and not _is_one_column(lines) and not _is_spaced(lines):
        return ","
    for candidate in _SURE_SEPARATORS:
        if _is_common(lines, candidate):
            return candidate
    if _is_spaced(lines):
        return SPACES
    if _is_one_column(lines):
        return None
    return "," if _is_common(lines, ",") else None


def _sample(text: str) -> list[str]:
    """The first lines that are not blank, quoted parts left out, other writings made plain."""
    sample = _QUOTED_PART.sub('""', text[:_SAMPLE_CHARACTERS])
    lines = sample.split("\n", _SAMPLE_LINES)
    if len(lines) > 1 and len(text) > _SAMPLE_CHARACTERS:
        lines.pop()
    return [plain(line).strip(" ") for line in lines if line.strip()]


def _agree(lines: Sequence[str], character: str) -> bool:
    counts = {line.count(character) for line in lines}
    return len(counts) == 1 and counts != {0}


def _is_common(lines: Sequence[str], character: str) -> bool:
    return 2 * sum(character in line for line in lines) > len(lines)


def _is_valuelike(token: str) -> bool:
    return is_number(token) or is_number_with_commas(token) or is_missing(token)


def _is_spaced(lines: Sequence[str]) -> bool:
    """Whether spaces (or tabs) stand between numbers on most lines."""
    below_header = lines[1:] if len(lines) > 1 else lines
    rows = [line.split() for line in below_header]
    spaced = [len(row) > 1 and all(map(_is_valuelike, row)) for row in rows]
    return 2 * sum(spaced) > len(rows)


def _is_one_column(lines: Sequence[str]) -> bool:
    """Whether each line may be one number, decimal commas included.

    Without a header, lines such as 1,5 may as well be two columns: then ReadingError.
    """
    headed = len(lines) > 1 and is_name(lines[0])
    if headed and "," in lines[0]:
        return False
    values = lines[1:] if headed else lines
    if not all(map(_is_valuelike, values)):
        return False
    if not headed and _agree(values, ","):
        raise ReadingError("ambiguous-comma", _ambiguous(values[0]))
    return True


def _ambiguous(line: str) -> str:
    choices = ", ".join(map(echo, meanings(line)))
    columns = echo(" | ".join(line.split(",")))
    return (
        f"The first line, {quoted(line)}, may be {choices}, or the columns {columns}. "
        "Add a first line that names the columns (x, or x,y), or write decimals with a point."
    )


def width(text: str, delimiter: str | None) -> int:
    """The number of fields on the first line that is not blank, without splitting it."""
    first = _QUOTED_PART.sub('""', text.lstrip("\n").partition("\n")[0]).strip(" ")
    if delimiter is None:
        return 1
    if delimiter == SPACES:
        return sum(1 for _ in re.finditer(r"[^ \t]+", first))
    return first.count(delimiter) + 1


def is_header(cells: Sequence[str]) -> bool:
    """Whether a first line names columns: some cell is a name, and none could be a value."""
    return any(map(is_name, cells)) and all(
        is_name(cell)
        or not cell
        or (not _is_valuelike(plain(cell)) and refusal(plain(cell))[0] in _NAME_CODES)
        for cell in cells
    )


def reads_as_decimal(cells: Sequence[str], delimiter: str | None) -> bool:
    """Whether the commas in a table's cells are decimal signs; ReadingError where unclear.

    Semicolons between columns are how spreadsheets write decimal commas.
    """
    kind, example = comma_reading(cells)
    if kind == "thousands" and delimiter == ";":
        return all(is_decimal(cell) for cell in cells if "," in cell) and not any(
            "." in cell for cell in cells
        )
    if kind == "thousands" and is_decimal(example) and example.count(".") == 0:
        raise ReadingError(
            "ambiguous-comma",
            f"{quoted(example)} may be {' or '.join(map(echo, meanings(example)))}. "
            "Remove the thousands separators and write decimals with a point.",
        )
    if kind == "mixed":
        raise ReadingError(
            "ambiguous-comma",
            f"{quoted(example)} has a comma, other numbers have points. "
            "Write all decimals with points.",
        )
    return kind == "decimal"
