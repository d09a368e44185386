"""Numbers survive any way of writing them to the last bit; nothing else ever gets through."""

import math
import re
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.io.reading import Reading, ReadingError, grid, read_file, read_text
from explorer.io.reading.numbers import parse, parse_clean
from explorer.model.refusal import echo

doubles = st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: abs(x) < 1e140)
lists = st.lists(doubles, min_size=2, max_size=12).filter(
    lambda xs: 1e-140 < max(xs) - min(xs) < 1e140
)
styles = st.sampled_from(["{!r}", "{:.17g}", "{:.16e}", "{:+.17E}", "{:.25e}"])
separators = st.sampled_from([" ", "\n", "\t", ";", ", ", "\r\n", "\u00a0 ", " ; ", "\u2003"])


def bits(values) -> bytes:
    return struct.pack(f"{len(values)}d", *values)


@given(lists, styles, separators)
def test_pasted_numbers_keep_every_bit(values, style, separator):
    text = separator.join(map(style.format, values))
    assert bits(read_text(text).points[:, 0]) == bits(values)


@given(lists, styles)
def test_unicode_writing_keeps_every_bit(values, style):
    fullwidth = {ord(digit): 0xFF10 + int(digit) for digit in "0123456789"}
    text = " ".join(map(style.format, values)).replace("-", "\u2212").translate(fullwidth)
    assert bits(read_text(text).points[:, 0]) == bits(values)


@given(st.lists(st.tuples(doubles, doubles), max_size=12), styles, st.data())
def test_files_keep_every_bit(rows, style, data):
    rows = [(0.5, 0.25), (1.5, -2.75), *rows]
    delimiter = data.draw(st.sampled_from([",", ";", "\t", "|"]))
    end = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"]))
    quote = data.draw(st.sampled_from(["", '"']))
    decimal_comma = delimiter != "," or quote == '"'
    decimal_comma = decimal_comma and data.draw(st.booleans())
    cells = [[f"{quote}{style.format(x)}{quote}" for x in row] for row in rows]
    if decimal_comma:
        cells = [[cell.replace(".", ",") for cell in row] for row in cells]
    lines = [delimiter.join(row) for row in [["x", "größe"], *cells]]
    payload = end.join(lines).encode(encoding)
    points = read_file("f", payload).points((0, 1)).points
    assert bits(points.ravel()) == bits([x for row in rows for x in row])


@given(st.text(alphabet="0123456789+-.eE_ naifxINF,", max_size=12))
def test_only_written_numbers_are_numbers(token):
    grammar = re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", token, re.ASCII)
    try:
        value = parse([token], lambda index, text: text)[0]
    except ReadingError:
        if grammar is not None:
            assert math.isinf(float(token)) or float(token) == 0
        return
    assert grammar is not None
    assert math.isfinite(value)
    assert value == float(token)


@pytest.mark.parametrize(
    "token", ["nan", "inf", "1_0", "1e400", "1e-400", "٣", "", "1 2", "1\u00a0", "9" * 401]
)
def test_the_fast_path_is_as_strict_as_the_slow_one(token):
    assert parse_clean(["1", token]) is None


@settings(max_examples=300)
@given(st.text(max_size=60), st.sampled_from([1, 2]), st.booleans())
def test_any_text_is_read_or_refused(text, columns, skip_missing):
    check_outcome(lambda: read_text(text, columns=columns, skip_missing=skip_missing))


numberish = st.lists(
    st.sampled_from(
        [*"0123456789.,; \n\t\r-−e\"'x|%=/:\u00a0\u200b\ud800\x00", "NA", "1,5", "1,234", "<b>"]
    ),
    max_size=40,
).map("".join)


@settings(max_examples=500)
@given(numberish, st.sampled_from([1, 2]), st.booleans())
def test_near_numbers_are_read_or_refused(text, columns, skip_missing):
    check_outcome(lambda: read_text(text, columns=columns, skip_missing=skip_missing))


@settings(max_examples=500)
@given(numberish, st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-16-be"]))
def test_near_tables_are_read_or_refused(text, encoding):
    payload = text.encode(encoding, "ignore")
    check_outcome(lambda: read_every_column(payload))


@settings(max_examples=300)
@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(payload):
    check_outcome(lambda: read_every_column(payload))


def read_every_column(payload: bytes) -> Reading:
    table = read_file("f", payload)
    assert len(table.numeric) == table.n_columns == len(set(table.columns))
    assert all(len(row) == table.n_columns for row in table.preview)
    readings = [table.points((j,)) for j in range(table.n_columns)]
    return readings[-1]


NO_BREAK_SPACE = "\u202f"
"""Groups the digits of long numbers."""


def check_outcome(read) -> None:
    try:
        reading = read()
    except ReadingError as refusal:
        said = str(refusal)
        assert said[0].isupper() or said[0] in '"0123456789'
        assert said.replace(NO_BREAK_SPACE, " ").isprintable()
        assert said.rstrip().endswith((".", ")"))
        assert len(said) < 400
        said.encode("utf-8")
        return
    n, d = reading.points.shape
    assert n >= 2
    assert len(reading.columns) == d
    assert np.isfinite(reading.points).all()
    assert not reading.points.flags.writeable
    assert reading.notes[0].endswith((" read.", " used."))


@pytest.mark.parametrize(
    "text",
    [
        " " * 199_000 + "1",
        "1" + " " * 199_000 + "x",
        "a" + "\u200b" * 66_000 + "b",
        '"' * 199_999,
        "," * 199_999,
        "1," * 99_999,
        "1,234 " * 33_000,
        "'1" * 99_999,
        "((" * 99_999,
        "1-" * 99_999,
    ],
)
def test_long_hostile_text_is_dealt_with_in_one_pass(text):
    check_outcome(lambda: read_text(text))
    check_outcome(lambda: read_every_column(text.encode()))


@given(st.text(max_size=100))
def test_echo_is_short_and_visible(text):
    shown = echo(text)
    assert len(shown) <= 40
    assert shown.isprintable()


@pytest.mark.parametrize("piece", [1, 7, 50])
@pytest.mark.parametrize(
    "content",
    [
        "1\n2\n\n3.5\n  4\n\n\n5",
        "x;y\n1;2\n3;4\n\n5;6\n7;8\n\n",
        "x,y\n1,2\n3,\n5,6\n7,8",
        "x;y\n1,5;2\n3,25;4\n5;6",
        '"a b";"c"\n1;2\n"3";4\n\n5;6',
        'x;y\n1;"2\n"\n3;"4\n"\n5;6',
        "1 2\n3  4\n5 6",
        "x;y\n1;2\n3;4\nx;9\n5;6",
        "x;y\n1;2\n3;4\n\n5;6;7\n8;9",
    ],
)
def test_in_however_many_pieces_a_text_is_read_it_says_the_same(content, piece, monkeypatch):
    whole = _outcome(content)
    monkeypatch.setattr(grid, "_PIECE", piece)
    assert _outcome(content) == whole


def _outcome(content):
    """What comes of all the columns, or the refusal."""
    try:
        table = read_file("a.csv", content.encode())
        found = table.points(range(table.n_columns))
    except ReadingError as error:
        return str(error)
    return table.n_rows, found.points.tolist(), found.notes


def test_many_numbers_are_read_in_little_memory():
    """A text is at no time as many strings as it has numbers."""
    content = b"x,y\n" + b"1.25,-3.5\n6.5,3.75\n" * 50_000
    tracemalloc.start()
    try:
        table = read_file("a.csv", content)
        table.points((0, 1))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12 * len(content)
