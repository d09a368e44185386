"""More than two columns: read, kept in links and files, taken along, and never too many of them."""

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from em_core import InputError
from explorer.export.csv_tables import parameters_csv, points_csv, responsibilities_csv
from explorer.export.notebook import script
from explorer.io import link
from explorer.io.file_named import problem_in
from explorer.io.reading import ReadingError, read_counted, read_file, read_text
from explorer.io.session_file import from_json, to_json
from explorer.model import edits, points
from explorer.model.comparison import TYPES, begun
from explorer.model.endings import is_cheap
from explorer.model.examples import default_problem, named_data, own_data
from explorer.model.problem import Display, View, pair_within
from explorer.model.runs import run

IRIS = named_data("iris")


def iris_problem():
    return edits.with_data(default_problem(), IRIS)


NUMBERS = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
SEPARATORS = st.sampled_from([",", ";", "\t", " ", "|"])


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, str]:
    """Three to ten columns of numbers under names, and what separates them."""
    d, n = draw(st.integers(3, 10)), draw(st.integers(2, 8))
    rows = draw(st.lists(st.lists(NUMBERS, min_size=d, max_size=d), min_size=n, max_size=n))
    assume(any(row != rows[0] for row in rows))
    return np.array(rows), draw(SEPARATORS)


@given(tables())
def test_every_column_of_a_file_comes_in_as_it_is_written(table):
    values, separator = table
    d = values.shape[1]
    head = separator.join(f"c{i + 1}" for i in range(d))
    lines = [head, *(separator.join(repr(float(x)) for x in row) for row in values)]
    reading = read_file("a.csv", "\n".join(lines).encode()).points(range(d))
    assert reading.points.tolist() == values.tolist()
    assert reading.columns == tuple(f"c{i + 1}" for i in range(d))
    own = own_data(reading.points, "a", reading.columns)
    assert own.columns == reading.columns


@given(tables())
def test_pasted_lines_have_as_many_columns_as_numbers(table):
    values, separator = table
    if separator == "|":
        separator = "  "
    text = "\n".join(separator.join(repr(float(x)) for x in row) for row in values)
    reading = read_text(text, columns=None)
    assert reading.points.tolist() == values.tolist()
    assert reading.columns == tuple(f"x{i + 1}" for i in range(values.shape[1]))


def test_pasted_columns_have_their_headings_and_their_counts():
    reading = read_counted("a b c often\n1 2 3 4\n5 6 8 1\n2 2 2 3", columns=None)
    assert reading.points.tolist() == [[1, 2, 3], [5, 6, 8], [2, 2, 2]]
    assert reading.columns == ("a", "b", "c")
    assert reading.counts.tolist() == [4, 1, 3]
    unnamed = read_counted("1 2 3 4\n5 6 8 1", columns=None)
    assert unnamed.columns == ("x1", "x2", "x3")


def test_ten_pasted_columns_may_have_counts_besides():
    rows = np.array([[*range(10), 4], [*range(1, 11), 2]])
    reading = read_counted("\n".join(" ".join(map(str, row)) for row in rows), columns=None)
    assert reading.points.tolist() == rows[:, :10].tolist()
    assert reading.counts.tolist() == [4, 2]


def test_pasted_lines_of_one_or_two_numbers_are_what_they_are():
    assert read_text("1\n2\n4", columns=None).columns == ("x",)
    assert read_text("1 2\n2 5\n4 4", columns=None).columns == ("x", "y")


def test_eleven_columns_are_refused_with_the_cure():
    with pytest.raises(ReadingError, match=r"Line 2 has 11 numbers; the limit is 10\."):
        read_text("\n".join([" ".join("12345678901")] * 3), columns=None)
    found = read_file("a.csv", b"\n".join([b",".join(b"%d" % i for i in range(12))] * 3))
    with pytest.raises(ReadingError, match="up to 10 different ones"):
        found.points(range(11))
    with pytest.raises(InputError, match="11 columns; choose at most 10"):
        own_data(np.arange(33).reshape(3, 11))


def test_too_many_numbers_are_refused_before_any_is_read(monkeypatch):
    monkeypatch.setattr(points, "MAX_COORDINATES", 12)
    table = read_file("a.csv", b"a,b,c\n" + b"1,x,3\n" * 5)
    with pytest.raises(InputError, match="5 points in 3 columns are 15 numbers; the limit is 12"):
        table.points((0, 1, 2))
    with pytest.raises(InputError, match="Choose fewer columns"):
        own_data(np.ones((5, 3)))


def test_a_command_takes_as_many_columns_as_are_named(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("a,b,c,d\n1,2,3,4\n5,6,7,9\n2,2,1,1\n")
    problem, _, _ = problem_in(file, ["d", "1", "c"])
    assert problem.data.columns == ("d", "a", "c")
    assert problem.data.points.tolist() == [[4, 1, 3], [9, 5, 7], [1, 2, 1]]


# --- kept and taken along -------------------------------------------------------------------------


def test_a_link_holds_small_data_of_many_columns_with_their_names():
    rng = np.random.default_rng(3)
    data = own_data(rng.normal(size=(6, 4)).round(1), "Four", ("a~b", 'c,"d', "e", "f"), ("m",))
    problem = edits.with_component_count(edits.with_data(default_problem(), data), 1)
    view = View(display=Display(pair=(3, 1)))
    parameters = link.encode(problem, view)
    opened = link.decode(parameters)
    assert not opened.message
    assert opened.problem == problem
    assert opened.problem.data.columns == ("a~b", 'c,"d', "e", "f")
    assert opened.problem.data.units == ("m", "", "", "")
    assert opened.view.display.pair == (3, 1)
    assert parameters["pair"] == "4,2"


def test_a_link_names_the_pair_only_where_there_are_more_columns():
    assert "pair" not in link.encode(default_problem(), View(display=Display(pair=(3, 1))))
    assert "pair" not in link.encode(iris_problem(), View())


@pytest.mark.parametrize("pair", ["1,1", "0,2", "1", "1,2,3", "1,11", "x,2", "1,5"])
def test_a_pair_that_is_none_is_refused(pair):
    opened = link.decode({"data": "iris", "pair": pair})
    assert opened.refused
    assert "pair" in opened.message


@pytest.mark.parametrize("names", ["[]", "[1,2,3]", '"abc"', "[", json.dumps(["a"] * 11)])
def test_names_that_are_none_are_refused(names):
    opened = link.decode({"x": "1,2,3~4,5,6~7,8,1", "names": names})
    assert opened.refused
    assert "names" in opened.message.lower()


def test_a_session_file_holds_every_column():
    problem = iris_problem()
    own = edits.with_points(problem, problem.data.points[:30])
    text = to_json(own, View(display=Display(pair=(2, 3))))
    assert json.loads(text)["data"]["columns"] == list(IRIS.columns)
    assert json.loads(text)["data"]["units"] == ["cm"] * 4
    assert from_json(text) == (own, View(display=Display(pair=(2, 3))))


def test_tables_have_every_column_and_every_covariance():
    here = run(iris_problem())
    assert points_csv(here.problem).splitlines()[0] == ",".join(IRIS.columns)
    head = next(csv.reader([parameters_csv(here.trace).splitlines()[0]]))
    assert "mean_1_4" in head
    assert sum(name.startswith("covariance_1_") for name in head) == 10
    rows = list(csv.reader(responsibilities_csv(here.problem, here.trace, 1).splitlines()))
    assert rows[0][:5] == ["point", *IRIS.columns]


def test_of_ten_columns_no_two_covariances_share_a_name():
    data = own_data(np.random.default_rng(0).normal(size=(40, 10)))
    here = run(edits.with_data(default_problem(), data))
    head = next(csv.reader([parameters_csv(here.trace).splitlines()[0]]))
    assert len(set(head)) == len(head)
    assert "covariance_1_1_10" in head


@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
def test_the_script_makes_the_numbers_on_the_screen_again(kind, tmp_path):
    problem = iris_problem()
    options = problem.options
    changed = edits.with_options(problem, type(options)(kind, max_iter=6, variance_floor=0.01))
    file = tmp_path / "again.py"
    file.write_text(script(changed, run(changed).trace, View(half_step=12)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(file)], capture_output=True, text=True, check=False, timeout=60
    )
    assert "The numbers are those on the screen." in done.stdout, done.stderr


# --- what depends on the number of columns --------------------------------------------------------


def test_other_starts_are_tried_unasked_only_while_that_is_quick():
    small = own_data(np.random.default_rng(0).normal(size=(60, 3)))
    assert is_cheap(run(edits.with_data(default_problem(), small)))
    wide = own_data(np.random.default_rng(0).normal(size=(60, 10)))
    assert not is_cheap(run(edits.with_data(default_problem(), wide)))


def test_all_shapes_are_compared_in_any_number_of_columns():
    assert begun(IRIS.points).types == TYPES
    assert begun(IRIS.points[:, :1]).types == ("tied", "full")


def test_the_pair_is_one_that_the_data_have():
    assert pair_within((3, 1), 4) == (3, 1)
    assert pair_within((3, 1), 3) == (0, 1)


def test_two_columns_are_seen_with_their_names_and_all_where_there_are_no_more():
    seen = IRIS.seen((3, 0))
    assert seen.columns == ("Petal width", "Sepal length")
    assert seen.points.tolist() == IRIS.points[:, [3, 0]].tolist()
    assert not seen.points.flags.writeable
    plane = named_data("penguins")
    assert plane.seen((3, 0)) is plane
