"""Typed or pasted text -> points."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from em_core.wording import count, counted
from explorer.io.reading.commas import comma_reading, is_decimal, meanings, taken_apart
from explorer.io.reading.numbers import is_missing, is_name, is_number, is_overlong, parse, plain
from explorer.io.reading.spaces import refuse_grouped
from explorer.model.examples import axis_names
from explorer.model.points import Reading, counted_reading, reading
from explorer.model.problem import MAX_COLUMNS
from explorer.model.refusal import ReadingError, echo, quoted

MAX_PASTE_BYTES = 200_000
LINES_OF_A_TABLE = 3
"""So many lines of the same width may be meant as a table."""

_LINE_END = re.compile(r"\r\n|[\r\n\f\v]")
_BETWEEN_HEADINGS = re.compile(r"[\t;]|  +")
_BETWEEN = re.compile(r"[ \t]*;[ \t]*|[ \t]*,[ \t]+|[ \t]+(?:,[ \t]*)?")


class _Line(NamedTuple):
    """A line's number, its text, and what stands between spaces, semicolons and spaced commas."""

    number: int
    text: str
    chunks: list[str]
    spaced_comma: bool


def read_counted(
    text: str, *, columns: int | None = 2, bins: bool = False, skip_missing: bool = False
) -> Reading:
    """As `read_text` for lines of so many numbers, of which the last says how often the rest was
    observed; bins: before it stand the two ends of a bin."""
    values, names, notes = _parsed(text, columns, skip_missing, with_counts=True)
    return counted_reading(list(values.T), names, notes, bins)


def read_text(text: str, *, columns: int | None = 1, skip_missing: bool = False) -> Reading:
    """Read numbers separated by spaces, line ends, tabs, semicolons or commas.

    columns=1 takes them all as one list: points (n, 1). columns=2 wants two numbers a line:
    points (n, 2), and so on; None wants as many, up to ten, as the second line has. A first line
    of words is taken as the heading. Missing values (NaN, NA, an empty place between two
    separators) are refused unless skip_missing.
    Raises ReadingError for anything else, and above 200 kB before looking at the text.
    """
    values, names, notes = _parsed(text, columns, skip_missing)
    return reading(values.T, names, notes)


def _parsed(
    text: str, columns: int | None, skip_missing: bool, with_counts: bool = False
) -> tuple[np.ndarray, list[str], list[str]]:
    """The numbers (n, columns), the columns' names, and notes on how they were read."""
    _refuse_size(text)
    lines = _lines(plain(text))
    if columns is None:
        columns = _width(lines, MAX_COLUMNS + with_counts)
    names, lines, notes = _heading(lines, columns, with_counts)
    if columns == 1:
        refuse_grouped([(line.number, line.text) for line in lines])
    reading_of_commas = _reading_of_commas(lines, columns)
    rows = [(line.number, _tokens(line.chunks, reading_of_commas)) for line in lines]
    if columns > 1:
        _refuse_ragged(rows, columns)
    elif like_a_table := _like_a_table(rows):
        notes.append(like_a_table)
    tokens = [token for _, row in rows for token in row]
    if not any(tokens):
        tokens = []
    if reading_of_commas == "decimal":
        n_commas = sum("," in token for token in tokens)
        notes.append(
            f"Read commas as decimal signs ({counted(n_commas, 'value')}). "
            "Not right? Use spaces between numbers."
        )
    elif "," in text:
        notes.append("Read commas as separators.")
    kept, n_missing = _without_missing(tokens, columns) if skip_missing else (tokens, 0)
    plain_tokens = [token.replace(",", ".") if is_decimal(token) else token for token in kept]
    values = parse(plain_tokens, _place(tokens, kept)).reshape(-1, columns)
    return values, names, [_count_note(values, n_missing), *notes]


def _like_a_table(rows: list[tuple[int, list[str]]]) -> str:
    """What to ask whoever wants a list and brings lines of the same width, or ""."""
    width = len(rows[0][1]) if rows else 0
    alike = len(rows) >= LINES_OF_A_TABLE and {len(row) for _, row in rows} == {width}
    if not alike or not 1 < width <= MAX_COLUMNS:
        return ""
    return (
        f"Each line has {width} numbers; all are read as one list. "
        "Is each column something else? Choose more numbers per point."
    )


def _refuse_size(text: str) -> None:
    size = len(text)
    if size <= MAX_PASTE_BYTES:
        size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_PASTE_BYTES:
        raise ReadingError(
            "paste-too-long",
            f"The text is {count(-(-size // 1000))} kB; the limit for pasting is 200 kB. "
            "Save it as a text file and upload that.",
        )


def _lines(text: str) -> list[_Line]:
    lines = []
    for number, line in enumerate(_LINE_END.split(text), start=1):
        content = line.strip(" \t")
        if content.endswith((",", ";")):
            content = content[:-1].rstrip(" \t")
        if content:
            chunks = [_unquoted(chunk) for chunk in _BETWEEN.split(content)]
            lines.append(
                _Line(number, content, chunks, re.search(r",[ \t]|[ \t],", content) is not None)
            )
    return lines


def _width(lines: Sequence[_Line], most: int) -> int:
    """How many numbers the second line has, which is no heading; where commas part them, too."""
    if not lines:
        return 1
    line = lines[min(1, len(lines) - 1)]
    n = len(line.chunks) if len(line.chunks) > 1 else 1 + line.chunks[0].count(",")
    if n > most:
        raise ReadingError(
            "too-many-columns",
            f"Line {line.number} has {n} numbers; the limit is {most}. Leave some columns out.",
        )
    return n


def _unquoted(chunk: str) -> str:
    return chunk[1:-1] if len(chunk) > 1 and chunk[0] == chunk[-1] == '"' else chunk


def _heading(
    lines: list[_Line], columns: int, with_counts: bool
) -> tuple[list[str], list[_Line], list[str]]:
    """Column names, the lines that hold the numbers, and a note where a heading was taken."""
    names = list(map(echo, _names(lines, columns)))
    if not names:
        usual = [*axis_names(columns - 1), "count"] if with_counts else axis_names(columns)
        return list(usual), lines, []
    return names, lines[1:], [f'Took the first line, "{", ".join(names)}", as the heading.']


def _names(lines: list[_Line], columns: int) -> list[str]:
    """What the first line calls the columns, or nothing where it is no heading."""
    if len(lines) < 2:
        return []
    first, *below = lines
    words = first.chunks
    if columns == 1:
        whole = " ".join(words)
        if "," in whole or "<" in whole or first.spaced_comma:
            return []
        a_value_each = all(len(line.chunks) == 1 for line in below)
        is_heading = all(map(is_name, words)) or (a_value_each and _is_title(words))
        return [whole] if is_heading else []
    parts = [part.strip() for part in _BETWEEN_HEADINGS.split(first.text)]
    if len(parts) == columns and all(_is_title(part.split()) for part in parts):
        return parts
    names = words if len(words) == columns else ",".join(words).split(",")
    return names if len(names) == columns and all(map(is_name, names)) else []


def _is_title(words: Sequence[str]) -> bool:
    """Whether words begin with a name and hold at most one number, as in "Q1 2020"."""
    named = bool(words) and is_name(words[0]) and not words[0].endswith((":", "="))
    return named and sum(map(is_number, words)) < 2


def _reading_of_commas(lines: Sequence[_Line], columns: int) -> str:
    """ "none", "separator" or "decimal"; ReadingError where two readings are possible."""
    chunks = [chunk for line in lines for chunk in line.chunks]
    kind, example = comma_reading(chunks)
    if columns > 1 and kind != "none":
        if all(sum(1 + chunk.count(",") for chunk in line.chunks) == columns for line in lines):
            return "separator"
        if kind == "decimal" and all(len(line.chunks) == columns for line in lines):
            return "decimal"
    if kind in ("none", "separator"):
        return kind
    spaced = any(line.spaced_comma for line in lines)
    if kind == "decimal" and len(chunks) > 1 and not spaced:
        return "decimal"
    item = sum(1 + chunk.count(",") for chunk in chunks[: chunks.index(example)]) + 1
    raise ReadingError("ambiguous-comma", _ambiguous(example, item))


def _ambiguous(chunk: str, item: int) -> str:
    apart = taken_apart([part or "(nothing)" for part in chunk.split(",")])
    choices = ", ".join(map(echo, meanings(chunk)))
    return (
        f"{quoted(chunk)} may be {choices}, or {echo(apart)}. Write decimals with a point, "
        "leave out thousands separators, and put spaces between numbers."
    )


def _tokens(chunks: Sequence[str], reading_of_commas: str) -> list[str]:
    if reading_of_commas != "separator":
        return list(chunks)
    return [token for chunk in chunks for token in chunk.split(",")]


def _refuse_ragged(rows: Sequence[tuple[int, Sequence[str]]], columns: int) -> None:
    for number, row in rows:
        if len(row) != columns:
            raise ReadingError(
                "ragged",
                f"Line {number} has {counted(len(row), 'number')}, expected {columns}. "
                f"Write {columns} numbers on each line.",
            )


def _without_missing(tokens: Sequence[str], columns: int) -> tuple[list[str], int]:
    """The tokens of the rows that miss nothing, and how many rows were left out."""
    rows = [tokens[start : start + columns] for start in range(0, len(tokens), columns)]
    whole = [row for row in rows if not any(map(is_missing, row))]
    return [token for row in whole for token in row], len(rows) - len(whole)


def _place(tokens: Sequence[str], kept: Sequence[str]) -> Callable[[int, str], str]:
    """Say where the i-th kept token stands among all tokens."""

    def where(index: int, token: str) -> str:
        items = [k for k, each in enumerate(tokens, start=1) if not is_missing(each)]
        item = index + 1 if len(kept) == len(tokens) else items[index]
        named = token and not is_overlong(token)
        return f"{quoted(token)} (item {item})" if named else f"Item {item}"

    return where


def _count_note(values: np.ndarray, n_missing: int) -> str:
    n, columns = values.shape
    used = counted(n, "value" if columns == 1 else "point")
    if not n_missing:
        return f"{used} read."
    left_out = counted(n_missing, "missing value" if columns == 1 else "incomplete line")
    return f"{left_out} skipped; {used} used."
