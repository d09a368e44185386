"""Tables: what a CSV reader gets back is what the run holds, to the last digit."""

import csv
import io

import numpy as np
import pytest

from em_core import e_step
from explorer.export.csv_tables import (
    guarded,
    parameters_csv,
    points_csv,
    responsibilities_csv,
    stride,
    summary_csv,
)
from explorer.model.examples import (
    default_problem,
    generated_data,
    named_data,
    own_data,
    suggested_start,
)
from explorer.model.problem import Generated, Options, Problem, View
from tests.explorer.fitted import trace_of

WORKED_EXAMPLE = default_problem()
PENGUINS = Problem(named_data("penguins"), suggested_start(named_data("penguins")))


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def column(rows: list[dict[str, str]], name: str) -> list[float]:
    return [float(row[name]) for row in rows]


def test_responsibilities_say_by_which_parameters() -> None:
    """At an M-step: those it was made of, and those that its parameters give."""
    trace = trace_of(WORKED_EXAMPLE)
    points = WORKED_EXAMPLE.data.points
    last = trace.n_iter
    for half_step, iterations in [(1, [0]), (2, [0, 1]), (3, [1]), (2 * last, [last - 1, last])]:
        rows = read(responsibilities_csv(WORKED_EXAMPLE, trace, half_step))
        names = [f"responsibility_{k}_by_iteration_{t}" for t in iterations for k in (1, 2)]
        assert list(rows[0]) == ["point", "x", *names]
        for t in iterations:
            expected = e_step(points, trace.mixtures[t]).responsibilities
            for k in (0, 1):
                name = f"responsibility_{k + 1}_by_iteration_{t}"
                assert column(rows, name) == expected[:, k].tolist()
    assert column(rows, "point") == [1, 2, 3, 4, 5]
    assert column(rows, "x") == points[:, 0].tolist()


def test_of_very_many_points_some_are_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = trace_of(PENGUINS)
    whole = responsibilities_csv(PENGUINS, trace, 2)
    assert stride(PENGUINS, trace, 2) == 1
    monkeypatch.setattr("explorer.export.csv_tables.MAX_BYTES", 20_000)
    monkeypatch.setattr("explorer.export.csv_tables.BLOCK", 7)
    some = responsibilities_csv(PENGUINS, trace, 2)
    step = stride(PENGUINS, trace, 2)
    assert step == 4
    assert len(some) < 20_000 < len(whole)
    assert read(some) == read(whole)[::step]


def test_there_are_no_responsibilities_before_the_first_e_step() -> None:
    rows = read(responsibilities_csv(WORKED_EXAMPLE, trace_of(WORKED_EXAMPLE), 0))
    assert list(rows[0]) == ["point", "x"]


def test_parameters_by_iteration_in_one_dimension() -> None:
    trace = trace_of(WORKED_EXAMPLE)
    rows = read(parameters_csv(trace))
    assert column(rows, "iteration") == list(range(trace.n_iter + 1))
    assert column(rows, "log_likelihood") == trace.log_likelihoods.tolist()
    assert rows[0]["lower_bound"] == ""
    assert column(rows[1:], "lower_bound") == trace.lower_bounds.tolist()
    for k in range(2):
        assert column(rows, f"weight_{k + 1}") == trace.weights[:, k].tolist()
        assert column(rows, f"mean_{k + 1}") == trace.means[:, k, 0].tolist()
        assert column(rows, f"variance_{k + 1}") == trace.covariances[:, k, 0, 0].tolist()
    assert rows[1]["mean_1"].startswith("-0.53732894743404")


def test_parameters_by_iteration_in_two_dimensions() -> None:
    trace = trace_of(PENGUINS)
    rows = read(parameters_csv(trace))
    assert column(rows, "mean_3_2") == trace.means[:, 2, 1].tolist()
    for name, i, j in [("11", 0, 0), ("12", 0, 1), ("22", 1, 1)]:
        assert column(rows, f"covariance_2_{name}") == trace.covariances[:, 1, i, j].tolist()


def test_points_read_back() -> None:
    rows = read(points_csv(PENGUINS))
    points = np.array([[float(value) for value in row.values()] for row in rows])
    assert np.array_equal(points, PENGUINS.data.points)
    assert list(rows[0]) == ["Bill length", "Bill depth"]


def test_the_summary_says_what_was_done_and_found() -> None:
    source = Generated("mixture_1d", n=50, n_components=2, separation=4.0, seed=9)
    problem = Problem(
        generated_data(source), suggested_start(generated_data(source)), Options("tied", tol=1e-9)
    )
    trace = trace_of(problem)
    summary = {r["quantity"]: r["value"] for r in read(summary_csv(problem, trace, View(4)))}
    assert summary["data_recipe"] == "mixture_1d"
    assert summary["data_seed"] == "9"
    assert summary["n_points"] == "50"
    assert summary["start_method"] == "quantiles"
    assert summary["options_covariance_type"] == "tied"
    assert float(summary["options_tol"]) == 1e-9
    assert summary["outcome"] == trace.outcome
    assert summary["message"] == trace.message
    assert (summary["iteration"], summary["phase"]) == ("2", "M")
    assert float(summary["log_likelihood"]) == trace.log_likelihoods[2]
    assert float(summary["variance_2"]) == trace.covariances[2, 1, 0, 0]


@pytest.mark.parametrize("text", ["=1+2", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "−1", "＝1"])
def test_text_cells_are_no_formulas(text: str) -> None:
    assert str(guarded(text)).startswith("'")
    problem = Problem(own_data([1, 2, 4], text, (text,), (text,)), WORKED_EXAMPLE.start)
    trace = trace_of(problem)
    for table in (
        points_csv(problem),
        responsibilities_csv(problem, trace, 1),
        summary_csv(problem, trace, View()),
    ):
        cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
        assert not [c for c in cells if c.strip()[:1] in tuple("=+-@") and not is_number(c)]


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_numbers_and_harmless_text_are_left_alone() -> None:
    assert guarded(-1.5) == -1.5
    assert guarded("Waiting time, min") == "Waiting time, min"
    assert guarded("two\nlines") == "two lines"
    assert guarded("") == ""
