"""What stands above a table in its file: comments, a title, a line that counts rows and columns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from explorer.io.reading.grid import bare_cells
from explorer.io.reading.headings import is_all_names, is_any_number, is_value
from explorer.io.reading.layout import separator_of
from explorer.io.reading.numbers import is_missing, plain
from explorer.model.refusal import ReadingError, quoted

_COMMENT = re.compile(r"#|//|%\s*[^\W\d_]|\*\*|==|--\s*[^\W\d_]")
_ERROR_MARK = re.compile(r"#(?:N/A|\S*[!?])")
_COUNTS = re.compile(r'([0-9]{1,7}),([0-9]{1,3}),"?[^\W\d_].*')
_COMMENTS = ("a comment", "comments")
_NO_PART = "not part of the table"
_MOST_LINES = 100
_SAMPLE_LINES = 200
_FEWEST_ROWS = 3


@dataclass(frozen=True)
class Preamble:
    """n_lines: how many lines are left out; text: what follows them; note: what is said of it."""

    n_lines: int
    text: str
    note: str


def evident(text: str) -> Preamble | None:
    """The comments above a table, or the line by which scikit-learn counts its rows and columns."""
    return _comments(text) or _counting_line(text)


def _comments(text: str) -> Preamble | None:
    """The lines with a comment mark, but the last of them where it names the columns."""
    lines = text.split("\n", _MOST_LINES)
    n_lines = _n_commented(lines)
    if n_lines == 0 or n_lines == len(lines):
        return None
    rest = "\n".join(lines[n_lines:])
    heading = re.sub(r"^[#%/*\s]+", "", lines[n_lines - 1])
    delimiter = _separator(rest)
    below = bare_cells(rest.lstrip("\n").partition("\n")[0], delimiter)
    names = bare_cells(heading, delimiter)
    if is_all_names(names) and len(names) == len(below) and not is_all_names(below):
        if n_lines == 1 and len(bare_cells(lines[0], delimiter)) == len(below):
            return None
        rest, n_lines = f"{heading}\n{rest}", n_lines - 1
    return Preamble(
        n_lines, rest, _note(n_lines, _COMMENTS[n_lines > 1], lines[0]) if n_lines else ""
    )


def _n_commented(lines: list[str]) -> int:
    """How many lines the comments at the top take, blank lines between them included."""
    n_lines, inside = 0, False
    for number, line in enumerate(lines, start=1):
        mark = line.strip()
        if inside or mark.startswith("/*"):
            inside, n_lines = not mark.endswith("*/"), number
        elif _COMMENT.match(mark) and not _ERROR_MARK.match(mark) and not is_missing(mark):
            n_lines = number
        elif mark:
            break
    return 0 if inside else n_lines


def _counting_line(text: str) -> Preamble | None:
    first, _, rest = text.partition("\n")
    counts = _COUNTS.fullmatch(first)
    if counts is None or not rest:
        return None
    n_rows, n_columns = map(int, counts.groups())
    width = len(bare_cells(rest.partition("\n")[0], ","))
    if n_rows != rest.count("\n") + 1 or n_columns not in (width, width - 1):
        return None
    note = f"Line 1, {quoted(first)}, counts the rows and columns: skipped."
    return Preamble(1, rest, note)


def titled(top: Preamble) -> Iterator[Preamble]:
    """`top` and the lines below it that may be no part of the table; none could be a row of it.

    For a file that is no table from there on, but has lines that agree further down.
    """
    lines = top.text.split("\n", _SAMPLE_LINES)
    for n_lines in range(1, min(len(lines) - _FEWEST_ROWS + 1, _MOST_LINES)):
        if _is_row(lines[n_lines - 1]):
            return
        if lines[n_lines].strip() and _is_table(lines[n_lines:_SAMPLE_LINES], lines[n_lines - 1]):
            rest = top.text.split("\n", n_lines)[n_lines]
            n_skipped = top.n_lines + n_lines
            yield Preamble(n_skipped, rest, _note(n_skipped, _NO_PART, lines[0]))


def _is_row(line: str) -> bool:
    cells = [cell.strip() for cell in re.split(r"[;,|\t]|  +", plain(line.strip()))]
    return any(map(is_any_number, cells)) and all(map(is_value, cells))


def _is_table(lines: list[str], above: str) -> bool:
    """Whether the lines have the same number of cells, two or more; the header may differ by 1.

    Not where the line above may be the header of numbers it does not fit.
    """
    delimiter = _separator("\n".join(lines))
    rows = [bare_cells(line, delimiter) for line in lines if line.strip()]
    first, *widths = map(len, rows)
    if len(widths) < _FEWEST_ROWS - 1 or len(set(widths)) > 1 or widths[0] < 2:
        return False
    headless = any(map(is_any_number, rows[0]))
    return abs(first - widths[0]) <= 1 and not (headless and len(bare_cells(above, delimiter)) > 1)


def _separator(text: str) -> str | None:
    try:
        return separator_of(text)
    except ReadingError:
        return ","


def _note(n_lines: int, what: str, first: str) -> str:
    if n_lines == 1:
        return f"Line 1, {quoted(first.strip())}, is {what}: skipped."
    return f"Lines 1 to {n_lines} are {what}: skipped."
