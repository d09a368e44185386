"""Files as their owners wrote them: row numbers, headers, comments, titles, things to skip."""

from pathlib import Path

import pytest

from explorer.io.reading import ReadingError, Table, read_file, read_text

FILES = Path(__file__).parents[1] / "data" / "reading"


def kept(name: str, **choices: object) -> Table:
    return read_file(name, (FILES / name).read_bytes(), **choices)


def table(text: str, **choices: object) -> Table:
    return read_file("data.csv", text.encode(), **choices)


def offered(found: Table) -> list[float]:
    """The values of the column that is offered first."""
    return found.points((found.first_numeric,)).points[:, 0].tolist()


# --- row numbers ----------------------------------------------------------------------------------


def test_the_galaxies_are_offered_and_not_their_numbers():
    found = kept("galaxies.csv")
    assert found.columns[found.first_numeric] == "x"
    assert offered(found)[:3] == [9172, 9350, 9483]
    said = found.points((1,)).notes
    assert 'Passed over "column 1", which only numbers the rows.' in said
    assert any("nothing is measured in it" in note for note in found.points((0,)).notes)


@pytest.mark.parametrize(
    ("text", "first", "row_names"),
    [
        ("id,x\n1,5\n2,7\n3,4", 1, "numbers"),
        (",x\n0,5\n1,7\n2,4", 1, "numbers"),
        ("Unnamed: 0,x\n0,5\n1,7", 1, "numbers"),
        (",x\n190,5\n101,7", 1, "names"),
        (",x\nann,5\nbob,7", 1, "names"),
        ("1,5.5\n2,7.5\n3,4", 1, "numbers"),
        ("1,5.5\n2,7.5", 0, ""),
        ("day,x\n1,5\n2,7\n3,4", 0, ""),
        ("id,x\n1,5\n2,7\n4,4", 0, ""),
        ("id,x\n2,5\n3,7\n4,4", 0, ""),
        (",x\n1,a\n2,b\n3,c", 0, "numbers"),
        ("x\n1\n2\n3", 0, ""),
        ("name,one,x\nann,1,5\nbob,1,7", 2, ""),
    ],
)
def test_the_column_offered_first_measures_something(text, first, row_names):
    found = table(text)
    assert found.first_numeric == first
    assert found.row_names == row_names


# --- headers --------------------------------------------------------------------------------------


def test_sodium_is_no_missing_value():
    found = kept("fgl.csv")
    assert found.has_header
    assert found.columns[1:10] == ("RI", "Na", "Mg", "Al", "Si", "K", "Ca", "Ba", "Fe")
    assert found.n_rows == 214
    assert all(len(found.points((column,)).points) == 214 for column in range(1, 10))


def test_quoted_numbers_over_bare_ones_are_a_header():
    found = kept("crimtab.csv")
    assert found.has_header
    assert found.columns[1:3] == ("142.24", "144.78")
    assert found.n_rows == 42
    assert found.row_names == "names"


def test_the_line_that_counts_the_irises_is_no_iris():
    found = kept("sklearn-iris.csv")
    assert found.n_rows == 150
    assert found.skipped_lines == 1
    assert offered(found)[:2] == [5.1, 4.9]
    assert found.notes[0].startswith('Line 1, "150,4,setosa,versicolor')
    wide = table("3,2,male,female\n1,2,0\n3,4,1\n5,6,1")
    assert (wide.n_rows, wide.n_columns) == (3, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2,4,setosa,virginica\n5.1,3.5,1.4,0\n4.9,3.0,1.4,0\n1,2,3,0",
        "3,9,setosa,virginica\n5.1,3.5,1.4,0\n4.9,3.0,1.4,0\n1,2,3,0",
    ],
)
def test_counts_that_are_wrong_are_data(text):
    assert table(text).skipped_lines == 0


@pytest.mark.parametrize(
    ("text", "has_header"),
    [
        ("x,nA\n1,2\n3,4", True),
        ("Na\n1\n2", True),
        ("%\n1\n2", True),
        ("a,4.Letter\n1,2\n3,4", True),
        ("a,5%\n1,2\n3,4", True),
        ("NA\n1\n2", False),
        ("NA,NaN\n1,2\n3,4", False),
        ("a,4\n1,2\n3,4", False),
        ("ann,NA\nbob,2\ncy,4", False),
        ('"1","2"\n3,4\n5,6', True),
        ('"1","2"\n"3","4"\n"5","6"', False),
        ('"1",2\n3,4\n5,6', False),
        ("Country,1960,1961,1962\nAruba,4.8,4.6,4.4\nChad,6.2,6.2,6.3", True),
        (",1940,1945,1950\nfood,22.2,44.5,59.6\ncare,1,2,4", True),
        ("Country,1960,1962,1963\nAruba,4.8,4.6,4.4\nChad,6.2,6.2,6.3", False),
        ("Country,1962,1961,1960\nAruba,4.8,4.6,4.4\nChad,6.2,6.2,6.3", False),
        ("1940,1945,1950\n22.2,44.5,59.6\n1,2,4", False),
    ],
)
def test_a_header_is_found_by_comparison(text, has_header):
    assert table(text).has_header == has_header


@pytest.mark.parametrize("has_header", [True, False])
def test_the_person_decides_what_the_first_line_is(has_header):
    found = table("1;2\n3;4\n5;6", header=has_header)
    assert found.has_header == has_header
    assert offered(found) == ([3, 5] if has_header else [1, 3, 5])
    assert found.columns[0] == ("1" if has_header else "column 1")


def test_row_names_without_a_heading_as_R_writes_them():
    for text in ('"x" "y"\n"a" 5 2\n"b" 3 4\n"c" 4 4', '"x","y"\n"1",5,2\n"2",3,4\n"3",4,4'):
        found = table(text)
        assert found.columns == ("column 1", "x", "y")
        assert offered(found) == [5, 3, 4]
    with pytest.raises(ReadingError, match="Line 1 has 2 fields, the lines below it have 3"):
        table("x,y\n1,5,2\n3,5,4\n8,5,4")


def test_separators_at_the_ends_of_lines():
    assert table("x,y\n1,2,\n3,4,\n5,6,").columns == ("x", "y", "column 3")
    assert table("x,y,\n1,2\n3,4\n5,6").columns == ("x", "y")


# --- lines above the table ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "columns", "n_skipped"),
    [
        ("# made by a\n# program\n1\n2", ("program",), 1),
        ("# made by a, 2020\nx,y\n1,2\n3,4", ("x", "y"), 1),
        ("# made by\n\n# a program, 3\nx,y\n1,2\n3,4", ("x", "y"), 3),
        ("# x y\n1 2\n3 4", ("x", "y"), 0),
        ("# 2020\n1\n2", ("x",), 1),
        ("# weight\n1\n2", ("# weight",), 0),
        ("/* quarterly\nin DM */\nx y\n1 2\n3 4", ("x", "y"), 2),
        ("Heights of men\nx,y\n1,2\n3,4", ("x", "y"), 1),
        ("Heights\nof men\n\nx,y\n1,2\n3,4", ("x", "y"), 3),
        ("sep=;\nHeights\nx;y\n1;2\n3;4", ("x", "y"), 2),
    ],
)
def test_what_stands_above_a_table_is_passed_over_and_said(text, columns, n_skipped):
    found = table(text)
    assert found.columns == columns
    assert found.skipped_lines == n_skipped
    assert offered(found)[0] == 1
    assert (n_skipped == 0) == (not any("skipped" in note for note in found.notes))


def test_numbers_above_a_table_are_not_passed_over():
    with pytest.raises(ReadingError) as refusal:
        table("1,2,3\n1,2\n3,4\n5,6")
    assert "Line 1 has 3 fields, the lines below it have 2." in str(refusal.value)
    assert 'set "Lines to skip" to 1' in str(refusal.value)


def test_the_person_says_how_many_lines_to_skip():
    text = "Heights 2020\n1;2\n3;4\n5;x"
    found = table(text, skip_lines=2)
    assert offered(found) == [3, 5]
    assert "2 lines at the top skipped." in found.notes
    with pytest.raises(ReadingError, match='Line 4, column 2: "x"'):
        found.points((1,))
    with pytest.raises(ReadingError, match="the file has 4 lines and 9 are skipped"):
        table(text, skip_lines=9)
    assert table("sep=;\n1;2\n3;4\n5;6", skip_lines=2).n_rows == 2


def test_the_line_where_a_quotation_mark_opens_is_at_fault():
    with pytest.raises(ReadingError, match="Line 2: a quotation mark"):
        table('a,b\n"1,2\n3,4\n5,6')
    with pytest.raises(ReadingError, match="Line 2: a quotation mark"):
        table('a,b\n"1,2\n3,4\n"x",6')


def test_a_cell_of_several_lines_has_the_number_of_its_first():
    with pytest.raises(ReadingError, match='Line 3, column "b": "x'):
        table('a,b\n1,2\n3,"x\ny"\n5,6').points((1,))


def test_quotation_marks_escaped_by_a_backslash():
    assert offered(table('n,x\n"a \\"b\\" c",1\n"d",2\n"e, f",4')) == [1, 2, 4]


def test_words_and_numbers_between_spaces_are_columns():
    assert offered(table("name x\nann 5\nbob 6")) == [5, 6]
    assert offered(table("name\t x y\nann\t\t5 1\nbob \t\t6\t2")) == [5, 6]
    assert table("the cat\nsat on\nthe mat").n_columns == 1


# --- skipping what is no number -------------------------------------------------------------------


def test_cells_that_are_no_numbers_are_skipped_counted_and_listed():
    found = table("a;b\n1,5;x\n2,5;3\n<5;4\n<5;8\nNA;5\n7,5;6\n\n8;7")
    with pytest.raises(ReadingError, match='Line 4, column "a": "<5"'):
        found.points((0,))
    reading = found.points((0,), skip_others=True)
    assert reading.points[:, 0].tolist() == [1.5, 2.5, 7.5, 8]
    assert reading.notes[0] == (
        "1 missing value, 2 non-numeric lines and 1 blank line skipped; 4 values used."
    )
    assert 'Not numbers: "<5" (2 times).' in reading.notes
    both = found.points((0, 1), skip_others=True)
    assert both.points.tolist() == [[2.5, 3], [7.5, 6], [8, 7]]


def test_a_long_list_of_skipped_cells_is_cut():
    found = table("x\n1\n2\n" + "\n".join(f"word{i}" for i in range(9)))
    assert any(
        note.endswith('"word4" and 4 more.') for note in found.points((0,), skip_others=True).notes
    )
    with pytest.raises(ReadingError, match="9 rows of nothing that is a number"):
        table("x\n" + "\n".join(f"word{i}" for i in range(9))).points((0,), skip_others=True)


# --- pasted ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("Price ($)", 1),
        ("Q1 2020", 1),
        ("%", 1),
        ("Share %", 1),
        ("Na", 1),
        ("waiting time", 1),
        ("Price ($)\tQ1 2020", 2),
        ("Share, %;Q1 2020", 2),
    ],
)
def test_headings_as_spreadsheets_have_them(heading, columns):
    body = "1\n2\n3" if columns == 1 else "1\t2\n3\t4"
    reading = read_text(f"{heading}\n{body}", columns=columns)
    assert reading.columns == tuple(heading.replace(";", "\t").split("\t"))
    assert reading.points[0, 0] == 1


@pytest.mark.parametrize("first", ["2020 Q1", "x: 5", "x 5 6", "NaN 5"])
def test_what_holds_numbers_is_no_heading(first):
    with pytest.raises(ReadingError):
        read_text(f"{first}\n1\n2")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1 234\n2 300\n987", 'Line 1: "1 234" may be 1234 (with a thousands separator), or two'),
        ("987\n1 234\n", 'Line 2: "1 234" may be 1234'),
        ("Price\n1 234,5\n2 300,5\n987,25", 'Line 2: "1 234,5" may be 1234.5'),
        ("1 234 567\n-5", "or 3 values 1, 234 and 567."),
        ("-12 345.5\n2e3", '"-12 345.5" may be -12345.5'),
    ],
)
def test_spaces_that_may_mark_thousands_are_refused(text, says):
    with pytest.raises(ReadingError) as refusal:
        read_text(text)
    assert refusal.value.code == "ambiguous-space"
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    ["100 200 300", "1 2\n3 400", "0 123\n1 234", "120 130 140\n150 160 170", "1  234\n2\t345"],
)
def test_spaces_that_mark_no_thousands_separate(text):
    assert len(read_text(text).points) == len(text.split())


def test_a_file_of_one_column_with_spaces_for_thousands_is_refused():
    with pytest.raises(ReadingError, match='Line 2: "1 234" may be 1234'):
        table("x\n1 234\n2 300\n987")
    assert offered(table("1 234\n2 300\n4 200")) == [1, 2, 4]
