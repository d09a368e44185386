"""A file that was named on the command line: a table of numbers, or a session saved as JSON."""

from collections.abc import Sequence
from pathlib import Path

from em_core import InputError
from em_core.wording import enumerated
from explorer.io.reading import MAX_FILE_BYTES, Table, read_file
from explorer.io.session_file import from_json
from explorer.model.examples import own_data, suggested_start
from explorer.model.problem import Problem, View
from explorer.model.refusal import echo


def problem_in(path: Path, columns: Sequence[str] = ()) -> tuple[Problem, View, tuple[str, ...]]:
    """What the file holds, and notes on how it was read.

    columns: one to ten, by name or by number from 1; none: the first that holds numbers.
    Raises InputError.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InputError("file", f"{path} cannot be read: {error.strerror}.") from None
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return *from_json(content.decode(errors="replace")), ()
    table = read_file(path.name, content)
    chosen = [_column(table, name) for name in columns] or [table.first_numeric]
    read = table.points(chosen)
    data = own_data(read.points, table.title, read.columns)
    return Problem(data, suggested_start(data)), View(), tuple(read.notes)


def _column(table: Table, name: str) -> int:
    if name in table.columns:
        return table.columns.index(name)
    if name.isdecimal() and 1 <= int(name) <= table.n_columns:
        return int(name) - 1
    there = enumerated([echo(column) for column in table.columns[:12]])
    raise InputError("column", f"There is no column {echo(name)!r}. There are: {there}.")
