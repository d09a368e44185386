"""The numbers behind the pictures of 'Why?', read back from CSV."""

import csv
import io

import numpy as np
import pytest

from em_core import Parameter, bound_along
from explorer.export import why_tables
from explorer.model import ascent, dialing, landscape, pace, search, start_map
from explorer.model.examples import named_data, suggested_start
from explorer.model.problem import Problem
from explorer.model.runs import run

MEANS = (Parameter("mean", 0), Parameter("mean", 1))


def run_of(name: str):
    data = named_data(name)
    return run(Problem(data, suggested_start(data)))


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_curves_are_those_of_the_iteration_and_empty_where_there_are_no_parameters():
    here = run_of("worked_example")
    rows = read(why_tables.ascent_csv(ascent.begun(here, None)))
    assert len(rows) == here.trace.n_iter * len(ascent.ALONG)
    second = [row for row in rows if row["iteration"] == "2"]
    true = bound_along(here.points, here.trace, 1, ascent.ALONG).lower_bounds
    bounds = [float(row["lower_bound"] or "nan") for row in second]
    np.testing.assert_array_equal(bounds, true)
    assert any(row["lower_bound"] == "" for row in rows)
    along = read(why_tables.ascent_csv(ascent.begun(here, MEANS[1])))
    assert "mean 2" in along[0]


def test_each_ending_has_a_row_with_its_parameters():
    looked_for = search.begun(run_of("galaxies"), 100)
    while looked_for.running:
        looked_for = search.carried_on(looked_for)
    found = looked_for.found
    rows = read(why_tables.endings_csv(found))
    assert sum(int(row["starts"]) for row in rows) == 100
    assert float(rows[0]["log_likelihood"]) == found.optima[0].log_likelihood
    assert float(rows[0]["mean_2"]) == found.optima[0].mixture.means[1, 0]
    assert rows[0]["findings"] == ""
    assert "spurious" in rows[-1]["findings"]


def test_each_start_of_the_map_has_a_row():
    now = start_map.carried_on(start_map.begun(run_of("worked_example"), *MEANS))
    rows = read(why_tables.start_map_csv(now))
    assert len(rows) == 3600
    row = rows[61]
    assert (float(row["mean 1"]), float(row["mean 2"])) == (now.xs[1], now.ys[1])
    ending = now.made.endings[now.made.ending[1, 1]]
    assert float(row["log_likelihood"]) == ending.log_likelihood
    assert int(row["iterations"]) == now.made.iterations[1, 1]


def test_distances_are_there_by_method():
    found = pace.pace(run_of("old_faithful_waiting"))
    rows = read(why_tables.pace_csv(found))
    em = [row for row in rows if row["method"] == "EM"]
    distances = [float(row["distance_in_standard_errors"]) for row in em]
    np.testing.assert_array_equal(distances, found.speed.distances)
    assert {row["method"] for row in rows} == {"EM", "SQUAREM", "Anderson"}


def test_the_landscape_has_a_row_for_each_place():
    here = run_of("worked_example")
    view = landscape.seen(here, here.trace.mixtures[-1], *MEANS)
    rows = read(why_tables.landscape_csv(view))
    assert len(rows) == 48**2
    assert float(rows[50]["log_likelihood"]) == view.found.log_likelihoods[1, 2]
    assert float(rows[50]["mean 1"]) == view.found.xs[2]


def test_the_dial_has_a_row_for_each_temperature():
    now = dialing.begun(run_of("worked_example"), True)
    for _ in range(3):
        now = dialing.carried_on(now)
    rows = read(why_tables.dial_csv(now))
    assert [float(row["temperature"]) for row in rows] == [s.temperature for s in now.settled]
    assert float(rows[2]["mean_1"]) == pytest.approx(now.settled[2].mixture.means[0, 0])
