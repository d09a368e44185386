"""Frequency tables: points with counts are the same as points repeated, everywhere."""

import json
from dataclasses import replace

import numpy as np
import pytest

from em_core import InputError, select_model
from em_core.datasets import load
from explorer.app.formulas import held
from explorer.charts.sketch import sketch
from explorer.export.csv_tables import points_csv, responsibilities_csv, summary_csv
from explorer.export.menu import exports
from explorer.export.notebook import script
from explorer.export.report_script import Told, report_script
from explorer.export.sklearn_code import sklearn_code
from explorer.io.link import decode, encode
from explorer.io.reading import read_counted, read_file
from explorer.io.session_file import from_json, to_json
from explorer.model import edits
from explorer.model.comparison import begun, carried_on
from explorer.model.examples import own_data, suggested_start
from explorer.model.parameters import estimates
from explorer.model.practice import unfit
from explorer.model.problem import Options, Problem, View
from explorer.model.runs import run
from explorer.stage import Place, Settings, payload

CRABS, CRAB_COUNTS = np.unique(load("pearson_crabs").points[:, 0], return_counts=True)


def problem_of(points, counts=None, **options) -> Problem:
    data = own_data(points, "Crabs", counts=counts)
    return Problem(data, suggested_start(data), Options(**options))


@pytest.fixture(scope="module")
def counted():
    return problem_of(CRABS, CRAB_COUNTS, max_iter=40)


@pytest.fixture(scope="module")
def repeated():
    return problem_of(np.repeat(CRABS, CRAB_COUNTS), max_iter=40)


# --- the run --------------------------------------------------------------------------------------


def test_a_run_on_counts_is_the_run_on_repeated_points(counted, repeated):
    few, many = run(counted), run(repeated)
    assert not few.stands_in
    np.testing.assert_allclose(few.trace.log_likelihoods, many.trace.log_likelihoods, rtol=1e-12)
    one, other = few.trace.mixtures[-1], many.trace.mixtures[-1]
    np.testing.assert_allclose(one.means, other.means, rtol=1e-10)
    np.testing.assert_allclose(one.variances, other.variances, rtol=1e-10)
    sizes = few.frame(5).effective_sizes
    np.testing.assert_allclose(sizes, many.frame(5).effective_sizes, rtol=1e-10)
    assert sizes.sum() == pytest.approx(1000)
    assert held(few) == "c r"
    assert held(many) == "r"


def test_starts_are_drawn_of_the_observations(counted, repeated):
    assert counted.start.mixture == repeated.start.mixture
    for count in (3, 4):
        grown = edits.with_component_count(counted, count).start.mixture
        assert grown == edits.with_component_count(repeated, count).start.mixture


def test_many_counted_points_are_compressed_with_their_counts():
    rng = np.random.default_rng(0)
    points = rng.normal(size=30_000) + 4 * (rng.random(30_000) < 0.3)
    counts = rng.integers(1, 4, 30_000)
    few = run(problem_of(points, counts, max_iter=10))
    assert few.stands_in
    assert few.sample_weight.sum() == pytest.approx(counts.sum())


def test_the_comparison_counts_every_observation(counted, repeated):
    here = run(counted)
    compared = begun(here.points, here.sample_weight)
    for _ in range(3):
        compared = carried_on(compared)
    two = compared.selection.candidates[2]
    assert two.criteria.n == 1000
    plain = select_model(repeated.data.points, [two.n_components], [two.covariance_type])
    assert two.bic == pytest.approx(plain.candidates[0].bic, rel=1e-7)


# --- changing them --------------------------------------------------------------------------------


def test_points_added_and_removed_keep_the_counts_beside_them(counted):
    more = edits.with_point_added(counted, [0.6]).data
    assert more.counts.tolist() == [*CRAB_COUNTS.tolist(), 1]
    less = edits.without_point(counted, 2).data
    assert less.counts.tolist() == np.delete(CRAB_COUNTS, 2).tolist()


def test_counts_make_other_data_and_ones_are_none(counted):
    plain = replace(counted, data=own_data(CRABS, "Crabs"))
    assert counted != plain
    ones = own_data(CRABS, "Crabs", counts=np.ones(len(CRABS)))
    assert ones.counts is None
    assert ones == plain.data
    assert counted.data.total == 1000
    assert not counted.data.counts.flags.writeable


@pytest.mark.parametrize(
    "counts", [[1, 2], [1, -1, 2], [1, 0, 2], [1, np.nan, 2], [1, 2e6, 3], [[1], [2], [3]]]
)
def test_counts_that_cannot_be_are_refused_in_words(counts):
    with pytest.raises(InputError) as refusal:
        own_data([1.0, 2, 3], counts=counts)
    assert str(refusal.value).endswith(".") or str(refusal.value).endswith("?")


def test_by_hand_each_point_counts_once():
    assert "counts" in unfit(problem_of([1.0, 2, 3], [1, 2, 3]))


# --- reading --------------------------------------------------------------------------------------


def test_value_and_count_pasted_in_two_columns():
    found = read_counted("value\tcount\n0.5\t3\n1.5\t0\n2.5\t4\n")
    assert found.points[:, 0].tolist() == [0.5, 2.5]
    assert found.counts.tolist() == [3, 4]
    assert found.columns == ("value",)
    assert any("Counted 7 times in all." in note for note in found.notes)
    assert any("1 row with a count of 0 left out." in note for note in found.notes)


def test_points_of_the_plane_with_counts():
    found = read_counted("1 2 3\n4 5 6\n7 1 1", columns=3)
    assert found.points.tolist() == [[1, 2], [4, 5], [7, 1]]
    assert found.counts.tolist() == [3, 6, 1]


def test_bins_count_at_their_middles():
    found = read_counted("0 1 5\n1 3 2\n3 4 9", columns=3, bins=True)
    assert found.points[:, 0].tolist() == [0.5, 2, 3.5]
    assert found.counts.tolist() == [5, 2, 9]
    assert "EM counts each bin at its middle." in found.notes


@pytest.mark.parametrize(
    ("text", "how", "words"),
    [
        ("1 2\n3 -4", {}, "Count 2 is −4"),
        ("0 1 5\n3 2 2", {"columns": 3, "bins": True}, "Bin 2 goes from 3 to 2"),
        ("1 2\n3", {}, "Line 2 has 1 number, expected 2"),
        ("1 900000\n2 900000", {}, "Divide them all"),
        ("1 0\n2 0", {}, "No numbers found"),
        ("1 x\n2 3", {}, "x"),
    ],
)
def test_what_is_wrong_with_counts_is_said(text, how, words):
    with pytest.raises(InputError, match=words):
        read_counted(text, **how)


def test_a_column_of_counts_in_a_file():
    table = read_file("t.csv", b"low,high,n\n0,1,5\n1,2,7\n2,3,0\n")
    plain = table.points((0,), counts=2)
    assert plain.points[:, 0].tolist() == [0, 1]
    assert plain.counts.tolist() == [5, 7]
    binned = table.points((0, 1), counts=2, bins=True)
    assert binned.points[:, 0].tolist() == [0.5, 1.5]
    assert binned.columns == ("middle of low to high",)
    assert table.points((0, 1)).counts is None


# --- taken along ----------------------------------------------------------------------------------


def test_links_and_session_files_hold_the_counts(counted):
    small = problem_of([0.5, 1, 2, 4], [3, 1.5, 7, 2])
    again = decode(encode(small, View()))
    assert not again.message
    assert again.problem == small
    assert from_json(to_json(counted, View(half_step=3)))[0] == counted
    packed = decode(encode(counted, View()))
    assert packed.problem == counted


def test_counts_in_a_link_that_do_not_suit_the_points_are_refused():
    parameters = {"v": "1", "x": "1,2,3", "count": "1,2"}
    assert decode(parameters).refused


@pytest.mark.parametrize("half_step", [0, 3, 8])
@pytest.mark.parametrize(
    "options", [{}, {"covariance_type": "tied"}, {"variance_floor": 0.2}], ids=str
)
def test_the_script_makes_the_numbers_of_the_screen_again(half_step, options):
    problem = problem_of(CRABS, CRAB_COUNTS, max_iter=4, **options)
    exec(script(problem, run(problem).trace, View(half_step=half_step)), {})


@pytest.mark.parametrize("kind", ["full", "spherical"])
def test_the_script_of_points_in_the_plane(kind):
    values = load("old_faithful").points[:40]
    counts = np.arange(40) % 5 + 0.5
    for floor in (0, 0.1):
        problem = problem_of(values, counts, covariance_type=kind, variance_floor=floor, max_iter=3)
        exec(script(problem, run(problem).trace, View(half_step=5)), {})


def test_the_script_of_many_points_reads_their_counts(tmp_path, monkeypatch):
    points = np.random.default_rng(1).normal(size=2500)
    problem = problem_of(points, np.arange(2500) % 3 + 1, max_iter=2)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "points.csv").write_text(points_csv(problem), encoding="utf-8")
    exec(script(problem, run(problem).trace, View(half_step=4)), {})


def test_the_report_s_script_makes_its_numbers_again(counted):
    here = run(counted)
    compared = begun(here.points, here.sample_weight)
    for _ in range(3):
        compared = carried_on(compared)
    two = compared.selection.candidates[2]
    from em_core import bootstrap, information

    known = information(here.points, two.mixture, two.covariance_type, here.sample_weight)
    samples = bootstrap(
        here.points,
        two.mixture,
        two.covariance_type,
        5,
        np.random.default_rng([0, 0]),
        sample_weight=here.sample_weight,
    )
    found = estimates(counted.data, two.mixture, two.covariance_type, known, samples)
    exec(report_script(Told(counted.data, two, found, 5, portion=5, stand_ins=False)), {})


def test_tables_have_a_column_of_counts(counted):
    assert points_csv(counted).splitlines()[1] == f"{CRABS[0]},{float(CRAB_COUNTS[0])}"
    rows = responsibilities_csv(counted, run(counted).trace, 4).splitlines()
    head, first = rows[0].split(","), rows[1].split(",")
    assert float(first[head.index("count")]) == CRAB_COUNTS[0]
    assert len(head) == len(first)
    assert "n_observations,1000.0" in summary_csv(counted, run(counted).trace, View())


def test_scikit_learn_is_said_to_have_no_weights(counted):
    mixture = counted.start.mixture
    assert "no sample_weight" in sklearn_code(mixture, "full", counted=True)
    assert "sample_weight" not in sklearn_code(mixture, "full")
    made = {each.key: each for each in exports(run(counted), View())}["scikit-learn"].make()
    assert b"no sample_weight" in made


# --- drawn ----------------------------------------------------------------------------------------


def test_the_stage_is_told_the_counts(counted):
    trace = run(counted).trace
    told = payload(counted.data, trace, Place(), None, 0, Settings())
    assert told["points"]["counts"] == CRAB_COUNTS.tolist()
    assert "as large as its count" in told["charts"]["main"]["hints"]["start"]
    plain = payload(own_data(CRABS), trace, Place(), None, 0, Settings())
    assert plain["points"]["counts"] is None
    assert plain["run"]["dataId"] != told["run"]["dataId"]
    json.dumps(told)


def test_bars_that_are_as_wide_for_every_count_are_not_said_to_have_the_area_n():
    points = np.linspace(0, 1, 80)
    for counts, words in ((None, "the area of a colour is its N"), ([2.0] * 80, "whatever")):
        problem = problem_of(points, counts, max_iter=1)
        told = payload(problem.data, run(problem).trace, Place(), None, 0, Settings())
        assert words in told["charts"]["shares"]["caption"]


def test_a_histogram_counts_observations():
    points = np.linspace(0, 1, 400)
    counts = np.where(points < 0.5, 9.0, 1.0)
    drawn = sketch(own_data(points, counts=counts)).histogram
    left = drawn.density[drawn.centres < 0.5].sum() / drawn.density.sum()
    assert left == pytest.approx(0.9, abs=0.02)
    assert (drawn.density * np.diff(drawn.edges)).sum() == pytest.approx(1)


BINS = [[0, 1], [1, 3], [3, 4], [4, 9]]


def binned():
    data = own_data([0.5, 2, 3.5, 6.5], "Bins", counts=[5, 2, 9, 4], bins=BINS)
    return Problem(data, suggested_start(data))


def test_the_ends_of_bins_are_read_without_those_that_were_never_seen():
    found = read_counted("0 1 5\n1 3 0\n3 4 9\n4 9 1", columns=3, bins=True)
    assert found.bins.tolist() == [[0, 1], [3, 4], [4, 9]]
    assert not found.bins.flags.writeable
    table = read_file("a.csv", b"from,to,n\n0,1,5\n1,3,2\n")
    assert table.points((0, 1), counts=2, bins=True).bins.tolist() == [[0, 1], [1, 3]]
    assert read_counted("1 5\n2 7").bins is None


def test_bins_travel_in_links_and_files_and_are_told_apart():
    problem = binned()
    assert decode(encode(problem, View())).problem == problem
    assert decode(encode(problem, View())).problem.data.bins.tolist() == BINS
    back, _ = from_json(to_json(problem, View()))
    assert back == problem
    without = own_data([0.5, 2, 3.5, 6.5], "Bins", counts=[5, 2, 9, 4])
    assert problem.data != without
    other = own_data([0.5, 2, 3.5, 6.5], "Bins", counts=[5, 2, 9, 4], bins=[*BINS[:3], [5, 8]])
    assert problem.data != other
    assert edits.with_point_added(problem, [3.0]).data.bins is None


@pytest.mark.parametrize(
    ("bins", "words"),
    [
        ([[0, 1], [1, 3], [3, 4], [4, 8]], "not the middles"),
        ([[0, 1], [1, 3], [3, 4]], "not the middles"),
        ([[0, 1], [3, 1], [3, 4], [4, 9]], "Bin 2 goes from 3 to 1"),
        ([0, 1, 2, 3], "a lower and an upper end"),
    ],
)
def test_bins_that_do_not_go_with_the_points_are_refused(bins, words):
    with pytest.raises(InputError, match=words):
        own_data([0.5, 2, 3.5, 6.5], counts=[5, 2, 9, 4], bins=bins)
