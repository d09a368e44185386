"""Inputs people make, with what they must be told: accepted and said back, or refused and why."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest

from explorer.io.reading import MAX_PASTE_BYTES, Reading, ReadingError, read_file, read_text

CASES = json.loads((Path(__file__).parents[1] / "data" / "bad_input.json").read_text("utf-8"))


def _text(payload: str | dict[str, int]) -> str:
    match payload:
        case {"nines": n}:
            return "9" * n
        case {"repeat_lines": n}:
            return "\n".join(map(str, range(n)))
        case {"columns": n}:
            return ",".join(["1"] * n)
        case str():
            return payload
    raise AssertionError(payload)


def _read(case: dict) -> Reading:
    payload = case["payload"]
    if case["channel"] == "paste":
        return read_text(_text(payload))
    data = base64.b64decode(payload) if isinstance(payload, str) else _text(payload).encode()
    return read_file("data.csv", data).points()


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_kept_examples(case):
    if case["accepted"]:
        said = " ".join(_read(case).notes)
    else:
        with pytest.raises(ReadingError) as refusal:
            _read(case)
        said = str(refusal.value)
    for fragment in case["says"]:
        assert fragment in said


def file_points(text: str | bytes, columns: tuple[int, ...] = (0,)) -> Reading:
    payload = text.encode() if isinstance(text, str) else text
    return read_file("data.csv", payload).points(columns)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 2 3", [1, 2, 3]),
        ("1\n2\r\n3\r4", [1, 2, 3, 4]),
        ("1;2\t3  4", [1, 2, 3, 4]),
        ("1, 2, 3,", [1, 2, 3]),
        ("1,\n2,\n3", [1, 2, 3]),
        ("1 , 2 ,3", [1, 2, 3]),
        ("1,2,3", [1, 2, 3]),
        ("1.5,2.5", [1.5, 2.5]),
        ("1,-2", [1, -2]),
        ("1e3,2E-1", [1000, 0.2]),
        ("1,234,567\n1,2,3", [1, 234, 567, 1, 2, 3]),
        ("1,5 2,5", [1.5, 2.5]),
        ("1,5; 2", [1.5, 2]),
        ("1,234 2,5", [1.234, 2.5]),
        ("0,234 0,567", [0.234, 0.567]),
        ("-1,5e3 2,5", [-1500, 2.5]),
        ("+1 .5 2. -.5e1", [1, 0.5, 2, -5]),
        ("\u22121 \u20132 \u20143 \uff0d4", [-1, -2, -3, -4]),
        ("1\u00a02\u20093\u202f4\u30005\u20286", [1, 2, 3, 4, 5, 6]),
        ("0.5\u2009100.5", [0.5, 100.5]),
        ("\uff11\uff12\uff0e\uff15\uff0c\uff13", [12.5, 3]),
        ("\u0661\u0662 \u0967", [12, 1]),
        ("\ufeff1 2\u200b \u200e-3\u202c", [1, 2, -3]),
        ('"1" "2.5"', [1, 2.5]),
        ("5e-324 1", [5e-324, 1]),
        ("0e999 0.0 1", [0, 0, 1]),
    ],
)
def test_pasted_numbers(text, values):
    reading = read_text(text)
    assert reading.points.shape == (len(values), 1)
    assert reading.points[:, 0].tolist() == values
    assert reading.notes[0] == f"{len(values)} values read."


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        (" \n\t", "no-numbers", "No numbers found"),
        (";;;", "no-numbers", "No numbers found"),
        ("-0 0", "too-few-values", "All 2 values are 0"),
        ("3 3 3", "too-few-values", "All 3 values are 3"),
        ("1 Infinity", "infinite", '"Infinity" (item 2) is infinite'),
        ("1 -∞", "infinite", "(item 2) is infinite"),
        ("1 1e309", "too-large", '"1e309" (item 2) is too large'),
        ("1 1e-400", "too-small", '"1e-400" (item 2) is too small'),
        ("1_000 2", "thousands", "remove the thousands separators"),
        ("1'234 5", "thousands", "remove the thousands separators"),
        ("1\u00a0234 5", "thousands", "remove the thousands separators"),
        ("1\u00a0234\u00a0567 5", "thousands", '"1 234 567" (item 1)'),
        ("1\u202f234,5", "thousands", "remove the thousands separators"),
        ("1.234.567 5", "thousands", "remove the thousands separators"),
        ("1,234,567", "ambiguous-comma", "1234567"),
        ("1,234.5 2", "ambiguous-comma", '"1,234.5" may be 1234.5'),
        ("1.234,5 7,5", "ambiguous-comma", '"1.234,5" may be 1234.5'),
        ("1,5", "ambiguous-comma", "may be 1.5, or two values 1 and 5"),
        ("1,5 2.5", "ambiguous-comma", '"1,5" may be'),
        ("1,5, 2,5, 3,5", "ambiguous-comma", '"1,5" may be'),
        ("1,,2", "missing", "Item 2 is empty"),
        ("1;;2", "missing", "Item 2 is empty"),
        ("1 null", "missing", 'tick "skip missing values"'),
        ("0x10 2", "base", "digits 0 to 9"),
        ("1D5 2", "exponent", "with e, as in 1e5"),
        ("10^3 2", "exponent", "with e, as in 1e5"),
        ("$5 6", "currency", "remove the currency signs"),
        ("5\u20ac 6", "currency", "remove the currency signs"),
        ("5‰ 6", "percent", "remove the % signs"),
        ("2020-01-31 1", "date", "looks like a date"),
        ("31.01.2020 1", "date", "looks like a date"),
        ("31-Jan-2020 1", "date", "looks like a date"),
        ("12:30 1", "time", "looks like a time"),
        ("1/2 1", "fraction", "such as 0.5"),
        ("\u00bd 1", "fraction", "such as 0.5"),
        ("=A1 2", "formula", "instead of the formula"),
        ("#DIV/0! 2", "spreadsheet-error", "error mark"),
        ("[1, 2]", "brackets", "remove the brackets"),
        ("'1' 2", "quotes", "quotation marks"),
        ("<5 6", "inexact", "exact"),
        ("1-3 5", "range", "Put a space"),
        ("12kg 3", "unit", "remove the letters"),
        ("5\u00b2 3", "exponent", "(item 1)"),
        ("--1 2", "not-a-number", '"--1" (item 1)'),
        ("1\u200b2 3", "control", '"1\\u200b2" (item 1)'),
        ("1\x1f2 3", "control", '"1\u241f2" (item 1)'),
        ("\u202e12\u202e3 3", "control", "\\u202e"),
        ("1e160 1.00000000000001e160", "values-too-large", "rescale"),
        ("1e151 1", "span-too-large", "rescale"),
    ],
)
def test_pasted_refusals(text, code, says):
    with pytest.raises(ReadingError) as refusal:
        read_text(text)
    assert refusal.value.code == code
    assert says in str(refusal.value)


def test_missing_values_are_skipped_only_when_asked():
    reading = read_text("NA 1 n/a, , 2 NaN", skip_missing=True)
    assert reading.points[:, 0].tolist() == [1, 2]
    assert reading.notes[0] == "4 missing values skipped; 2 values used."


def test_item_numbers_count_what_was_skipped():
    with pytest.raises(ReadingError, match=r'"x" \(item 4\)'):
        read_text("1 NA 2 x", skip_missing=True)


def test_a_copied_heading_names_the_column():
    reading = read_text("waiting time\n79\n54")
    assert reading.columns == ("waiting time",)
    assert reading.points[:, 0].tolist() == [79, 54]
    assert any("waiting time" in note for note in reading.notes)


@pytest.mark.parametrize("first", ["NaN", "5kg", "1e400", "inf", "x,y", "=A1", "<b>1"])
def test_what_may_be_a_value_is_no_heading(first):
    with pytest.raises(ReadingError):
        read_text(f"{first}\n1\n2")


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("1 2\n3 4", [[1, 2], [3, 4]]),
        ("1,2\n3,4", [[1, 2], [3, 4]]),
        ("1,234\n3,4", [[1, 234], [3, 4]]),
        ("x,y\n1,2\n3,4", [[1, 2], [3, 4]]),
        ("1\t2\n3\t4", [[1, 2], [3, 4]]),
        ("1,5 2,5\n3,5 4,5", [[1.5, 2.5], [3.5, 4.5]]),
        ("1,5;2\n3;4,5", [[1.5, 2], [3, 4.5]]),
    ],
)
def test_two_numbers_a_line(text, points):
    assert read_text(text, columns=2).points.tolist() == points


def test_two_columns_want_two_numbers_on_each_line():
    with pytest.raises(ReadingError, match="Line 3 has 1 number, expected 2"):
        read_text("1 2\n\n3\n4 5", columns=2)
    reading = read_text("1 2\nNA 3\n4 5", columns=2, skip_missing=True)
    assert reading.points.tolist() == [[1, 2], [4, 5]]
    assert reading.notes[0] == "1 incomplete line skipped; 2 points used."


def test_paste_limit_is_in_bytes():
    read_text("12 " * (MAX_PASTE_BYTES // 3 - 1) + "13")
    for text in ("1 " * MAX_PASTE_BYTES, "\uff11 " * (MAX_PASTE_BYTES // 3)):
        with pytest.raises(ReadingError, match="limit for pasting is 200 kB"):
            read_text(text)


def test_foreign_text_is_cut_to_forty_characters():
    with pytest.raises(ReadingError) as refusal:
        read_text("1 " + "z" * 5000)
    assert f'"{"z" * 39}…"' in str(refusal.value)


def test_readings_are_read_only():
    points = read_text("1 2").points
    with pytest.raises(ValueError, match="read-only"):
        points[0, 0] = 5.0


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("x\n1\n2", [1, 2]),
        ("1\n2", [1, 2]),
        ("x\r1\r2\r", [1, 2]),
        ("x\r\n1\r\n2\r\n", [1, 2]),
        ("\n\nx\n1\n2", [1, 2]),
        ("2019\n1\n2", [2019, 1, 2]),
        ("x\n1,5\n2,5", [1.5, 2.5]),
        ("1,5\n2\n3,5", [1.5, 2, 3.5]),
        ("a;b\n1,5;2,5\n3;4", [1.5, 3]),
        ("a;b\n1,234;2,345\n3,456;4,567", [1.234, 3.456]),
        ("a\tb\n1,5\t2\n3\t4", [1.5, 3]),
        ('a,b\n"1,5",2\n"3,5",4', [1.5, 3.5]),
        ("1,5 2,5\n3,5 4,5", [1.5, 3.5]),
        ("sep=;\na;b\n1;2\n3;4", [1, 3]),
        ("a|b\n1|2\n3|4", [1, 3]),
        ("a  b\n 1   2\n3 4 ", [1, 3]),
        ('"a","b"\n"1","2"\n"3","4"', [1, 3]),
        ('"a\nb",c\n1,2\n3,4', [1, 3]),
        ("weight, height\n1, 2\n3, 4", [1, 3]),
        ("1.5,2\n2.5,3", [1.5, 2.5]),
        ("1 2 3", [1, 2, 3]),
        ("1,2,3", [1, 2, 3]),
        ("x\n\uff11\n\u22122", [1, -2]),
        ("x\nNA\nn/a\nnull\nNone\n-\n.\n?\n#N/A\nnan\n1\n2", [1, 2]),
        ("x,y\n1,2\n,3\n4,5", [1, 4]),
    ],
)
def test_files(text, values):
    reading = file_points(text)
    assert reading.points[:, 0].tolist() == values
    assert f"{len(values)} values" in reading.notes[0]


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("", "empty-file", "empty"),
        ("\ufeff\n\n", "empty-file", "empty"),
        ("x,y\nNA,1\n,2", "no-numbers", "2 rows of missing values"),
        ("x\n3", "too-few-values", "Only 1 value"),
        ("x\n3\n3", "too-few-values", "All 2 values are 3"),
        ("a,b\n", "no-rows", 'No rows under the header "a, b"'),
        ("x\n1\n1e400", "too-large", 'Line 3: "1e400" is too large'),
        ("1e400\n1\n2", "too-large", 'Line 1: "1e400"'),
        ("inf\n1\n2", "infinite", 'Line 1: "inf"'),
        ("5%\n6%", "percent", 'Line 1: "5%"'),
        ("x\n\n1\n1_000", "thousands", 'Line 4: "1_000"'),
        ("sep=,\na,b\n1,2\n3,q\nz,4", "not-a-number", 'Line 5, column "a": "z"'),
        ("x\n2020-01-01\n1", "date", "Line 2"),
        ("x\n12:30:00\n1", "time", "Line 2"),
        ("x\n$5\n6", "currency", "Line 2"),
        ("x\n1,234\n2,345", "ambiguous-comma", '"1,234" may be 1234'),
        ("1,5\n2,5", "ambiguous-comma", "Add a first line that names the columns"),
        ("a\tb\n1.5\t1\n1,5\t1", "ambiguous-comma", '"1,5" has a comma'),
        ('x,y\n"1,234",1\n"2,345",2', "ambiguous-comma", '"1,234" may be 1234'),
        ("a;b\n1.234,5;1\n2;2", "thousands", 'Line 2, column "a": "1.234,5"'),
        ("a;b\n1,234;2\n2.5;4", "thousands", 'Line 2, column "a": "1,234"'),
        ("setosa,1\nvirginica,2", "not-a-number", 'Line 1, column 1: "setosa"'),
        ("a b\n1 2\n3 4 5", "ragged", "Line 3 has 3 fields, expected 2"),
        ("a;b\n1;2\n\n3", "ragged", "Line 4 has 1 field, expected 2"),
        ('a,b\n"1,2\n3,4', "quotes", "not closed"),
        ('a,b\n"1"2,3', "quotes", "Line 2: a quotation mark is out of place"),
        ("a,b\n1,2\n" + "1," * 20_000, "too-many-columns", "Line 3 has 20\u202f001 fields"),
        ("<!DOCTYPE html><p>1", "markup", "web page"),
        ('{"points": [1, 2]}', "json", "JSON"),
        ("x\n1\x07\n2", "control", 'Line 2: "1\u2407"'),
        ("x\n" + "9" * 5000 + "\n1", "too-long", "Line 2: the value is too long"),
    ],
)
def test_file_refusals(text, code, says):
    with pytest.raises(ReadingError) as refusal:
        file_points(text)
    assert refusal.value.code == code
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"PK\x05\x06rest", "Excel/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"%PDF-1.7\n1 2 3", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"PAR1\x15\x04", "Parquet"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"1\x002\n3\n", "not a text file"),
        (bytes(range(256)), "not a text file"),
        (b"x\n1\n\x81", "not a text file"),
        (b"\xff\xfe1", "UTF-16 but is damaged"),
    ],
)
def test_files_that_are_not_text(payload, says):
    with pytest.raises(ReadingError, match=says):
        read_file("data.csv", payload)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_encodings(encoding):
    text = "größe\n–1,5\n2,5\n" if encoding != "utf-16" else "größe\n−1,5\n2,5\n"
    reading = file_points(text.encode(encoding))
    assert reading.columns == ("größe",)
    assert reading.points[:, 0].tolist() == [-1.5, 2.5]
    said = any("decoded as" in note for note in reading.notes)
    assert said == (not encoding.startswith("utf-8"))


def test_table_shows_what_was_found():
    table = read_file("../../etc/passwd<b>.csv", b"name;x;y\n" + b"a;1;2\nb;NA;3\nc;4;5\n" * 10)
    assert table.title == "../../etc/passwd<b>.csv"
    assert table.columns == ("name", "x", "y")
    assert table.separator == "semicolons"
    assert table.has_header
    assert table.n_rows == 30
    assert table.numeric == (False, True, True)
    assert table.first_numeric == 1
    assert table.preview[:2] == (("a", "1", "2"), ("b", "NA", "3"))
    assert len(table.preview) == 8


def test_two_columns_of_a_file_skip_incomplete_lines():
    reading = file_points("x,y,z\n1,2,a\nNA,3,b\n4,5,c", (1, 0))
    assert reading.columns == ("y", "x")
    assert reading.points.tolist() == [[2, 1], [5, 4]]
    assert reading.notes[0] == "1 incomplete line skipped; 2 points used."


@pytest.mark.parametrize("columns", [(), (0, 0), (2,), (-1,), (0, 1, 0)])
def test_columns_that_cannot_be_chosen(columns):
    with pytest.raises(ReadingError, match="Choose one column"):
        file_points("x,y\n1,2\n3,4", columns)


def test_a_constant_second_column_is_remarked_on():
    assert "collapse" in file_points("x,y\n1,7\n2,7", (0, 1)).notes[-1]


def test_repeated_and_empty_column_names_are_told_apart():
    table = read_file("f", b"x,,x\n1,2,3\n")
    assert table.columns == ("x", "column 2", "x (3)")


@pytest.mark.parametrize("n", [1_000_001, 3_000_000])
def test_more_than_a_million_rows_are_refused(n):
    with pytest.raises(ReadingError, match="the limit is 1\u202f000\u202f000"):
        read_file("f", b"1\n" * n)


def test_more_than_twenty_megabytes_are_refused():
    with pytest.raises(ReadingError, match=r"20\.1 MB; the limit is 20 MB"):
        read_file("f", b"1" * 20_000_001)


def test_a_million_values_to_the_last_bit():
    values = np.random.default_rng(7).normal(size=1_000_000)
    payload = "\n".join(map(repr, values.tolist())).encode()
    assert np.array_equal(file_points(payload[:20_000_000]).points[:, 0], values)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("1 10\n2 20\n3 30", "Each line has 2 numbers"),
        ("a b c\n1 10 0\n2 20 1\n3 30 2", "Each line has 3 numbers"),
        ("1 10\n2 20", ""),
        ("1\n2\n3", ""),
        ("1 10\n2 20\n3", ""),
        ("1 2 3 4 5 6 7 8 9 10 11\n" * 3, ""),
    ],
)
def test_lines_of_one_width_read_as_a_list_may_be_meant_as_a_table(text, asked):
    notes = " ".join(read_text(text).notes)
    assert ("Is each column something else?" in notes) == bool(asked)
    assert asked in notes
