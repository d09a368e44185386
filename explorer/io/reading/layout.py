"""How a text file's lines are laid out: what separates the columns, and what commas mean.

Python's `csv.Sniffer` guesses from character frequencies; here a separator must explain the
lines' shape.
"""

import re
from collections.abc import Sequence

from explorer.io.reading.commas import comma_reading, is_decimal, meanings
from explorer.io.reading.grid import SPACES
from explorer.io.reading.headings import is_value
from explorer.io.reading.numbers import is_name, plain
from explorer.model.refusal import ReadingError, echo, quoted

_SURE_SEPARATORS = "\t;|"
_QUOTED_PART = re.compile(r'"[^"]*"')
_SAMPLE_CHARACTERS = 100_000
_SAMPLE_LINES = 200


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


def _is_spaced(lines: Sequence[str]) -> bool:
    """Whether spaces (or tabs) stand between numbers on most lines."""
    below_header = lines[1:] if len(lines) > 1 else lines
    rows = [line.split() for line in below_header]
    spaced = [len(row) > 1 and all(map(is_value, row)) for row in rows]
    return 2 * sum(spaced) > len(rows)


def _is_one_column(lines: Sequence[str]) -> bool:
    """Whether each line may be one number, decimal commas included.

    Without a header, lines such as 1,5 may as well be two columns: then ReadingError.
    """
    headed = len(lines) > 1 and is_name(lines[0])
    if headed and "," in lines[0]:
        return False
    values = lines[1:] if headed else lines
    if not all(map(is_value, values)):
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
