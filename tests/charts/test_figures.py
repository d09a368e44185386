"""The figures show the numbers of em_core, whatever the run."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from em_core import GaussianMixture, e_step, fit
from explorer.charts.density import boundaries, density_figure
from explorer.charts.palette import LIGHT
from explorer.charts.plane import LEVEL, RADIUS, ellipse, plane_figure
from explorer.charts.shares import shares_figure
from explorer.charts.sketch import sketch
from explorer.charts.stage import stage_figures
from explorer.charts.trajectory import thinned, trajectory_figure
from explorer.model.examples import generated_data, suggested_start
from explorer.model.problem import Generated
from tests.charts.problems import data_of


def traces(figure, role):
    return [trace for trace in figure["data"] if trace["meta"]["role"] == role]


def draw(data, trace, h):
    drawn = sketch(data)
    main = density_figure if data.n_features == 1 else plane_figure
    return [
        main(data, trace, h, drawn),
        shares_figure(data, trace, h, drawn),
        trajectory_figure(data, trace, h),
    ]


@pytest.mark.parametrize("problem", ["worked", "crowd", "plane"])
def test_every_figure_is_one_plotly_accepts_and_json_can_hold(problem, request):
    data, trace = request.getfixturevalue(problem)
    for h in (0, 1, 2, trace.last_half_step):
        for figure in draw(data, trace, h):
            go.Figure(figure)
            json.dumps(figure, allow_nan=False)


def test_curves_are_the_weighted_densities(worked):
    data, trace = worked
    figure = density_figure(data, trace, 2, sketch(data))
    mixture = trace.mixtures[1]
    for k, curve in enumerate(traces(figure, "component")):
        expected = mixture.weights[k] * np.exp(mixture.log_densities(curve["x"])[:, k])
        assert curve["y"] == pytest.approx(expected, rel=1e-12)
        assert curve["line"]["color"] == LIGHT.components[k]
    whole = traces(figure, "mixture")[0]
    assert whole["y"] == pytest.approx(mixture.density(whole["x"]), rel=1e-12)


def test_no_spike_falls_between_the_points_of_a_curve():
    data = data_of([0.0, 0.001, 5.0, 9.0, 10.0])
    start = GaussianMixture.univariate([0.4, 0.6], [0.0005, 8.0], [1e-6, 4.0])
    trace = fit(data.points, start, max_iter=0)
    spike = traces(density_figure(data, trace, 0, sketch(data)), "component")[0]
    assert max(spike["y"]) == pytest.approx(0.4 / np.sqrt(2 * np.pi * 1e-6))


def test_bars_are_the_responsibilities_in_order_of_value(worked):
    data, trace = worked
    figure = shares_figure(data, trace, 1, sketch(data))
    expected = e_step(np.sort(data.points[:, 0]), trace.mixtures[0]).responsibilities
    heights = np.array([bar["y"] for bar in traces(figure, "share")]).T
    assert heights == pytest.approx(expected, rel=1e-12)
    assert figure["layout"]["xaxis"]["ticktext"] == ["−1", "−0.9", "0.2", "1.2", "1.8"]
    assert not figure["layout"]["annotations"][0]["visible"]


def test_before_the_first_e_step_nobody_owns_a_point(worked):
    data, trace = worked
    density, shares, _ = draw(data, trace, 0)
    assert all(bar["y"] == [] for bar in traces(shares, "share"))
    assert shares["layout"]["annotations"][0]["visible"]
    assert set(traces(density, "rug")[0]["marker"]["color"]) == {LIGHT.neutral}


def test_a_histogram_has_the_area_of_the_mixture(crowd):
    data, trace = crowd
    bars = traces(density_figure(data, trace, 0, sketch(data)), "histogram")[0]
    assert np.dot(bars["y"], bars["width"]) == pytest.approx(1)


def test_axes_hold_for_the_whole_run(worked, plane):
    for data, trace in (worked, plane):
        layouts = [
            [draw(data, trace, h)[0]["layout"][axis]["range"] for axis in ("xaxis", "yaxis")]
            for h in range(trace.last_half_step + 1)
        ]
        assert all(layout == layouts[0] for layout in layouts)


def test_a_spike_is_cut_off_and_says_so(worked):
    data, trace = worked
    end = density_figure(data, trace, trace.last_half_step, sketch(data))
    start = density_figure(data, trace, 0, sketch(data))
    top = end["layout"]["yaxis"]["range"][1]
    assert max(traces(end, "component")[0]["y"]) > top
    assert "1 peaks at 3.19" in traces(end, "peak")[0]["text"][0]
    assert traces(start, "peak")[0]["text"] == []
    assert max(traces(start, "mixture")[0]["y"]) > 0.2 * top


def test_the_mixture_stays_below_the_top():
    data = generated_data(Generated("mixture_1d", 200, 6, 4.0, 1))
    trace = fit(data.points, suggested_start(data).mixture)
    for h in range(0, trace.last_half_step + 1, 2):
        figure = density_figure(data, trace, h, sketch(data))
        top = figure["layout"]["yaxis"]["range"][1]
        assert max(traces(figure, "mixture")[0]["y"]) <= top


def test_boundaries_are_where_two_components_tie():
    mixture = GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])
    assert boundaries(mixture, np.linspace(-6, 6, 3000)) == pytest.approx([-0.5], abs=0.01)


def test_an_ellipse_holds_its_share_of_the_component():
    covariance = np.array([[4.0, 1.5], [1.5, 1.0]])
    x, y = ellipse(np.array([10.0, -3.0]), covariance)
    offsets = np.stack([x - 10, y + 3])
    squares = np.sum(offsets * np.linalg.solve(covariance, offsets), axis=0)
    assert squares == pytest.approx(RADIUS**2, rel=1e-9)
    assert 1 - np.exp(-(RADIUS**2) / 2) == pytest.approx(LEVEL)


def test_the_path_of_a_mean_ends_where_the_mean_is(plane):
    data, trace = plane
    path = traces(plane_figure(data, trace, 6, sketch(data)), "path")[1]
    assert path["x"] == pytest.approx(trace.means[:4, 1, 0])
    assert path["y"] == pytest.approx(trace.means[:4, 1, 1])


def test_the_lower_bound_touches_after_each_e_step(worked):
    data, trace = worked
    bound = traces(trajectory_figure(data, trace, 0), "lower_bound")[0]
    assert bound["x"][:4] == [0.5, 1, 1.5, 2]
    assert bound["y"][0::2] == pytest.approx(trace.log_likelihoods[:-1])
    assert bound["y"][1::2] == pytest.approx(trace.lower_bounds)


def test_the_spread_switch_relabels_and_takes_the_root(worked):
    data, trace = worked
    titles, last = {}, {}
    for spread in ("variance", "sd"):
        figure = trajectory_figure(data, trace, 0, spread)
        titles[spread] = figure["layout"]["annotations"][2]["text"]
        last[spread] = traces(figure, "history")[5]["y"][-1]
    assert "σ²" in titles["variance"]
    assert "deviations σ" in titles["sd"]
    assert last["sd"] == pytest.approx(np.sqrt(last["variance"]))


@pytest.mark.parametrize("columns", [4, 2])
def test_panels_do_not_overlap(worked, columns):
    layout = trajectory_figure(*worked, 0, columns=columns)["layout"]
    boxes = [(*layout[f"xaxis{i}"]["domain"], *layout[f"yaxis{i}"]["domain"]) for i in range(1, 5)]
    for i, (left, right, bottom, top) in enumerate(boxes):
        assert 0 <= left < right <= 1 + 1e-9
        for l2, r2, b2, t2 in boxes[:i]:
            assert right <= l2 or r2 <= left or top <= b2 or t2 <= bottom


def test_a_long_run_is_thinned_but_keeps_its_ends():
    kept = thinned(2001, 70)
    assert len(kept) <= 70
    assert (kept[0], kept[1], kept[-1]) == (0, 1, 2000)


@pytest.mark.parametrize("problem", ["worked", "crowd", "plane"])
def test_each_axis_has_a_title_with_its_unit(problem, request):
    data, trace = request.getfixturevalue(problem)
    main, shares, trajectory = (figure["layout"] for figure in draw(data, trace, 0))
    for unit in filter(None, data.units):
        assert unit in main["xaxis"]["title"]["text"] + main["yaxis"]["title"]["text"]
    assert shares["xaxis"]["title"]["text"]
    assert shares["yaxis"]["title"]["text"]
    assert len(trajectory["annotations"]) == 4
    assert trajectory["xaxis4"]["title"]["text"] == "iteration"


def test_foreign_words_cannot_become_markup(worked):
    _, trace = worked
    data = data_of([0.2, -0.9, -1.0, 1.2, 1.8], ("<b>x</b>",), ('<a href="//e.vil">m</a>',))
    for figure in draw(data, trace, 1):
        assert "<a" not in json.dumps(figure)
        assert "<b>" not in json.dumps(figure)


def test_templates_leave_the_moving_numbers_to_the_browser(worked):
    data, trace = worked
    figures = stage_figures(data, trace, sketch(data), "variance", True, editable=True)
    for curve in traces(figures["main"], "component"):
        assert curve["x"] == curve["y"] == []
    assert traces(figures["trajectory"], "history")[0]["y"]
    assert figures["trajectory"]["narrow"] != figures["trajectory"]["layout"]
