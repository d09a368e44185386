"""A text file -> a table to choose columns from."""

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from em_core.wording import counted
from explorer.io.reading.encodings import decode
from explorer.io.reading.grid import SPACES
from explorer.io.reading.preamble import Preamble, evident, titled
from explorer.io.reading.shape import refuse_rows, shaped
from explorer.io.reading.table import Table
from explorer.model.refusal import ReadingError, echo

MAX_FILE_BYTES = 20_000_000


def read_file(
    name: str, payload: bytes, *, skip_lines: int | None = None, header: bool | None = None
) -> Table:
    """Read the shape of a CSV, TSV or text file; `Table.points` then reads its numbers.

    skip_lines: how many lines at the top are left out; header: whether the first line after
    them names the columns. None: found out, and said in the notes.
    Limits, checked before the text is taken apart: 20 MB, 1 000 000 rows, 100 columns.
    Raises ReadingError where the file is not text, is ragged, or its shape is unclear.
    """
    if len(payload) > MAX_FILE_BYTES:
        raise ReadingError(
            "file-too-large",
            f"The file is {math.ceil(len(payload) / 1e5) / 10} MB; the limit is 20 MB. "
            "Keep only the columns you need, or a random sample of the rows.",
        )
    text, encoding = decode(payload)
    text = text.rstrip("\n")
    if not text.strip():
        raise ReadingError("empty-file", "The file is empty: it needs at least 2 numbers.")
    refuse_rows(text.count("\n"))
    above, text, delimiter = _declared_separator(text)
    if skip_lines is None:
        top = evident(text) or Preamble(0, text, "")
    else:
        top = _skipped(text, max(0, skip_lines - above), skip_lines)

    def table(found: Preamble, separator: str | None = delimiter) -> Table:
        return shaped(echo(name), encoding, found, above, separator, header)

    try:
        found = table(top)
    except ReadingError as refusal:
        for other, separator in _other_ways(top, refusal.code, skip_lines is None):
            with suppress(ReadingError):
                found = table(other, separator or delimiter)
                if found.n_columns > 1 and any(found.numeric):
                    return found
        raise
    if found.n_columns == 1 and not any(found.numeric):
        with suppress(ReadingError):
            spaced = table(top, SPACES)
            return spaced if any(spaced.numeric) else found
    return found


def _other_ways(
    top: Preamble, refused: str, may_skip: bool
) -> Iterator[tuple[Preamble, str | None]]:
    """Less usual layouts to try on a file that is no table as it stands: text and separator."""
    if refused == "quotes" and '\\"' in top.text:
        yield replace(top, text=top.text.replace('\\"', '""')), None
    if refused == "quotes" or (refused == "ragged" and "\t" in top.text):
        yield top, SPACES
    if refused == "ragged" and may_skip:
        yield from ((longer, None) for longer in titled(top))


def _skipped(text: str, n_lines: int, asked: int) -> Preamble:
    lines = text.split("\n", n_lines)
    if len(lines) <= n_lines:
        raise ReadingError(
            "no-rows",
            f"Nothing is left: the file has {counted(len(lines), 'line')} and {asked} "
            f"{'is' if asked == 1 else 'are'} skipped.",
        )
    note = f"{counted(n_lines, 'line')} at the top skipped." if n_lines else ""
    return Preamble(n_lines, lines[-1], note)


def _declared_separator(text: str) -> tuple[int, str, str | None]:
    """Take off a spreadsheet's first line "sep=;": lines taken, the rest, the separator."""
    first, _, rest = text.partition("\n")
    if len(first) == 5 and first.lower().startswith("sep=") and first[4] in "\t;|,":
        return 1, rest, first[4]
    return 0, text, None
