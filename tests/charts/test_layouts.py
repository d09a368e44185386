"""Axes hold for a whole run, hold what is to be seen, and say what they show in which unit."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from em_core import GaussianMixture, fit
from explorer.charts.layout import product, squared
from explorer.charts.line import line_layout
from explorer.charts.ranges import thinned
from explorer.charts.shares import shares_layout
from explorer.charts.sketch import sketch
from explorer.charts.stage import stage_charts
from explorer.charts.trajectory import panels, titles, trajectory_layout
from explorer.model.examples import generated_data, suggested_start
from explorer.model.problem import Generated
from tests.charts.problems import data_of

PROBLEMS = pytest.mark.parametrize("problem", ["worked", "crowd", "plane"])


def charts_of(data, trace, spread="variance"):
    return stage_charts(data, trace, sketch(data), spread, posterior=True, editable=True)


def layouts_of(data, trace):
    charts = charts_of(data, trace)
    narrow = charts["trajectory"]["narrow"]
    return [*(chart["layout"] for chart in charts.values()), narrow]


@PROBLEMS
def test_every_layout_is_one_plotly_accepts_and_json_can_hold(problem, request):
    for layout in layouts_of(*request.getfixturevalue(problem)):
        go.Figure(layout=layout)
        json.dumps(layout, allow_nan=False)


def test_bars_are_named_by_their_values_in_order(worked):
    data, _ = worked
    layout = shares_layout(data, sketch(data))
    assert layout["xaxis"]["ticktext"] == ["−1", "−0.9", "0.2", "1.2", "1.8"]


def heights(mixture, layout):
    """The mixture's curve over the axis in view."""
    return mixture.density(np.linspace(*layout["xaxis"]["range"], 2000))


def test_a_spike_does_not_press_the_others_flat(worked):
    data, trace = worked
    layout = line_layout(data, trace, sketch(data))
    top = layout["yaxis"]["range"][1]
    end = trace.mixtures[-1]
    assert (end.weights / np.sqrt(2 * np.pi * end.variances)).max() > top
    assert heights(trace.mixtures[0], layout).max() > 0.2 * top


def test_the_mixture_stays_below_the_top():
    data = generated_data(Generated("mixture_1d", 200, 6, 4.0, 1))
    trace = fit(data.points, suggested_start(data).mixture)
    layout = line_layout(data, trace, sketch(data))
    for mixture in trace.mixtures:
        assert heights(mixture, layout).max() <= layout["yaxis"]["range"][1]


@PROBLEMS
def test_every_point_and_every_mean_of_the_run_is_in_view(problem, request):
    data, trace = request.getfixturevalue(problem)
    layout = charts_of(data, trace)["main"]["layout"]
    for j, axis in enumerate(["xaxis", "yaxis"][: data.n_features]):
        low, high = layout[axis]["range"]
        seen = np.concatenate([data.points[:, j], trace.means[:, :, j].ravel()])
        assert low < seen.min()
        assert seen.max() < high


def test_the_spread_switch_relabels_and_takes_the_root(worked):
    data, trace = worked
    by = {spread: panels(data, trace, spread)[2] for spread in ("variance", "sd")}
    assert "σ²" in by["variance"].word
    assert by["sd"].word == "std. deviations σ"
    assert by["sd"].curves == pytest.approx(np.sqrt(by["variance"].curves))
    assert (by["variance"].quantity, by["sd"].quantity) == (("variance", 0), ("sd", 0))


def test_the_plane_has_every_parameter_of_its_components(plane):
    data, trace = plane
    shown = panels(data, trace)
    assert [panel.quantity for panel in shown] == [
        ("weight", 0),
        ("mean", 0),
        ("mean", 1),
        ("variance", 0),
        ("variance", 1),
        ("covariance", 0),
    ]
    assert shown[4].curves == pytest.approx(trace.covariances[:, :, 1, 1])
    assert titles(trace, shown) == [
        ("weights", ""),
        ("means x", "cm"),
        ("means y", "kg"),
        ("σ² x", "cm²"),
        ("σ² y", "kg²"),
        ("covariances", "cm·kg"),
        ("log-likelihood", ""),
    ]


@pytest.mark.parametrize("columns", [4, 3, 2])
@pytest.mark.parametrize("problem", ["worked", "plane"])
def test_panels_do_not_overlap(problem, columns, request):
    data, trace = request.getfixturevalue(problem)
    shown = panels(data, trace)
    layout = trajectory_layout(trace, shown, columns=columns)
    names = ["", *range(2, len(shown) + 2)]
    boxes = [(*layout[f"xaxis{i}"]["domain"], *layout[f"yaxis{i}"]["domain"]) for i in names]
    assert {round(top - bottom, 6) for _, _, bottom, top in boxes} == {
        round(boxes[0][3] - boxes[0][2], 6)
    }
    for i, (left, right, bottom, top) in enumerate(boxes):
        assert 0 <= left < right <= 1 + 1e-9
        assert 0 <= bottom < top <= 1 + 1e-9
        for l2, r2, b2, t2 in boxes[:i]:
            assert right <= l2 or r2 <= left or top <= b2 or t2 <= bottom


def test_a_long_run_is_thinned_but_keeps_its_ends():
    kept = thinned(2001, 70)
    assert len(kept) <= 70
    assert (kept[0], kept[1], kept[-1]) == (0, 1, 2000)


@PROBLEMS
def test_each_axis_has_a_title_with_its_unit(problem, request):
    data, trace = request.getfixturevalue(problem)
    main, shares, trajectory, _ = layouts_of(data, trace)
    for unit in filter(None, data.units):
        assert unit in main["xaxis"]["title"]["text"] + main["yaxis"]["title"]["text"]
    assert shares["xaxis"]["title"]["text"]
    assert shares["yaxis"]["title"]["text"]
    assert trajectory["xaxis4"]["title"]["text"] == "iteration"


@pytest.mark.parametrize(
    ("unit", "square"),
    [("mm", "mm²"), ("1000 km/s", "(1000 km/s)²"), ("", ""), ("km/h", "(km/h)²")],
)
def test_the_unit_of_a_variance(unit, square):
    assert squared(unit) == square
    assert product(unit, unit) == square
    assert product(unit, "") == unit


def test_foreign_words_cannot_become_markup():
    data = data_of([0.2, -0.9, -1.0, 1.2, 1.8], ("<b>x</b>",), ('<a href="//e.vil">m</a>',))
    trace = fit(data.points, GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4]))
    told = json.dumps(charts_of(data, trace))
    assert "<a" not in told
    assert "<b>" not in told


def test_covariances_that_are_all_0_have_an_axis_about_0(plane):
    data, trace = plane
    diagonal = fit(data.points, trace.mixtures[0], "diag", max_iter=2)
    start = GaussianMixture(diagonal.weights[-1], diagonal.means[-1], diagonal.covariances[-1])
    uncorrelated = fit(data.points, start, "diag", max_iter=2)
    shown = panels(data, uncorrelated)
    assert shown[-1].word == "covariances"
    assert trajectory_layout(uncorrelated, shown)[f"yaxis{len(shown)}"]["range"] == [-1, 1]


def test_a_log_likelihood_to_compare_with_is_in_view(worked):
    data, trace = worked
    shown = panels(data, trace)
    above = float(trace.log_likelihoods.max()) + 5
    for beside, within in [(None, False), (above, True)]:
        low, high = trajectory_layout(trace, shown, beside)[f"yaxis{len(shown) + 1}"]["range"]
        assert (low < above < high) is within
