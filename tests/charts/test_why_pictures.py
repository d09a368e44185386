"""The pictures of 'Why?' read back: cells, contours, the road, the pace, the dial."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from em_core import GaussianMixture, Options, Parameter, wording
from explorer.charts import svg
from explorer.charts.contours import contour
from explorer.charts.dialing import dial_picture
from explorer.charts.ending import ending
from explorer.charts.ground import Ground
from explorer.charts.landscape import landscape_picture, levels_of
from explorer.charts.pace import missing_picture, pace_picture, panel_of
from explorer.charts.sketch import sketch
from explorer.charts.start_map import in_words, kinds_of, start_map
from explorer.model import dialing, landscape, search
from explorer.model import pace as paces
from explorer.model import start_map as charting
from explorer.model.examples import named_data, suggested_start
from explorer.model.problem import Problem, Start
from explorer.model.reach import values_of
from explorer.model.runs import run

MEANS = (Parameter("mean", 0), Parameter("mean", 1))


def run_of(name: str, **options):
    data = named_data(name)
    return run(Problem(data, suggested_start(data), Options(**options)))


def well_formed(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)


# --- the ground -------------------------------------------------------------------------------


def ground_of(xs=(0.0, 1.0, 2.0, 3.0), ys=(0.0, 10.0, 20.0), x=MEANS[0], y=MEANS[1]) -> Ground:
    return Ground(x, y, np.array(xs), np.array(ys))


def test_values_lie_in_the_middle_of_their_cells():
    ground = ground_of()
    panel = ground.panel
    wide, high = (panel.right - panel.left) / 4, (panel.bottom - panel.top) / 3
    (first, last) = ground.pixels(np.array([0.0, 3.0]), np.array([0.0, 20.0]))
    assert first == pytest.approx([panel.left + wide / 2, panel.bottom - high / 2], abs=0.06)
    assert last == pytest.approx([panel.right - wide / 2, panel.top + high / 2], abs=0.06)


def test_a_variance_is_evenly_spaced_on_its_logarithmic_axis():
    ground = ground_of(xs=np.geomspace(0.01, 10, 4), x=Parameter("variance", 0))
    places = ground.pixels(np.geomspace(0.01, 10, 4), np.zeros(4))
    np.testing.assert_allclose(np.diff([x for x, _ in places]), 101.5, atol=0.11)


def test_cells_cover_exactly_what_is_chosen_rows_from_below():
    ground = ground_of()
    chosen = np.zeros((3, 4), dtype=bool)
    chosen[0, 1:3] = chosen[2, 0] = True
    found = re.findall(r"M([\d.]+),([\d.]+)H([\d.]+)V([\d.]+)H", ground.cells(chosen))
    boxes = [[float(v) for v in box] for box in found]
    panel = ground.panel
    wide, high = (panel.right - panel.left) / 4, (panel.bottom - panel.top) / 3
    below, above = boxes
    expected = [panel.left + wide, panel.bottom - high, panel.left + 3 * wide, panel.bottom]
    assert below == pytest.approx(expected, abs=0.06)
    expected = [panel.left, panel.top, panel.left + wide, panel.top + high]
    assert above == pytest.approx(expected, abs=0.06)
    assert ground.cells(np.zeros((3, 4), dtype=bool)) == ""


# --- contours ---------------------------------------------------------------------------------


def test_a_contour_of_a_cone_is_a_circle():
    rows, columns = np.mgrid[-20:21, -20:21]
    segments = contour(-np.hypot(rows, columns), -12.0)
    radii = np.hypot(*(segments - 20).transpose(2, 0, 1))
    np.testing.assert_allclose(radii, 12, atol=0.05)
    length = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1).sum()
    assert length == pytest.approx(2 * np.pi * 12, rel=0.01)


@pytest.mark.parametrize("middle", [1.0, -1.0])
def test_at_a_saddle_high_corners_are_joined_where_the_middle_is_high(middle):
    high, low = 2.0 + middle, -2.0 + middle
    segments = contour(np.array([[high, low], [low, high]]), 0.0)
    assert len(segments) == 2
    sides = [sorted(tuple(np.round(2 * end).astype(int)) for end in s) for s in segments]
    about = {
        corner
        for one, other in segments
        for corner in [tuple(np.round((one + other) / 2).astype(int))]
    }
    assert about == ({(0, 1), (1, 0)} if middle > 0 else {(0, 0), (1, 1)}), sides


def test_no_line_where_there_is_no_number():
    values = np.array([[0.0, 2.0, np.nan], [0.0, 2.0, 2.0]])
    assert len(contour(values, 1.0)) == 1
    assert len(contour(values, 5.0)) == 0


def test_levels_are_closer_together_near_the_top():
    levels = levels_of(-np.arange(1000.0).reshape(10, 100))
    assert (np.diff(levels) < 0).all()
    assert (np.diff(np.diff(levels)) < 0).all()
    assert levels[0] == pytest.approx(-0.5)
    assert len(levels_of(np.full((3, 3), np.nan))) == 0
    assert len(levels_of(np.zeros((3, 3)))) == 0


# --- pictures ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def charted():
    now = charting.begun(run_of("worked_example"), *MEANS)
    while now.running:
        now = charting.carried_on(now)
    return now


def test_every_cell_of_the_map_is_coloured_once_by_its_ending(charted):
    ground = Ground(charted.x, charted.y, charted.xs, charted.ys)
    drawn = start_map(charted.run, ground, charted.made, False, sketch(charted.run.problem.data))
    picture = well_formed(drawn)
    kinds, which = kinds_of(charted.made, False)
    covered = dict.fromkeys(range(len(kinds)), 0.0)
    for path in picture.iter("{http://www.w3.org/2000/svg}path"):
        place = re.search(r"fill:var\(--em-e(\d)\)", path.get("style", ""))
        if place and path.get("shape-rendering"):
            for left, top, right, bottom in re.findall(
                r"M([\d.]+),([\d.]+)H([\d.]+)V([\d.]+)H", path.get("d")
            ):
                area = (float(right) - float(left)) * (float(bottom) - float(top))
                covered[int(place[1]) - 1] += area
    panel = ground.panel
    whole = (panel.right - panel.left) * (panel.bottom - panel.top)
    for place, area in covered.items():
        assert area / whole == pytest.approx((which == place).mean(), abs=0.003)
    assert drawn.count("data-ghost") == len(kinds)


def test_swapped_labels_are_one_kind_unless_they_are_told_apart(charted):
    together, _ = kinds_of(charted.made, False)
    apart, which = kinds_of(charted.made, True)
    assert len(apart) > len(together)
    assert {kind.letter for kind in apart} > {"A1", "A2"}
    transposed = np.unique(which[20, 40]), np.unique(which[40, 20])
    assert transposed[0] != transposed[1]
    assert kinds_of(charted.made, False)[1][20, 40] == kinds_of(charted.made, False)[1][40, 20]


def test_the_road_begins_at_the_start_and_ends_at_the_end(charted):
    ground = Ground(charted.x, charted.y, charted.xs, charted.ys)
    places = ground.plane(charted.run)["road"]
    trace = charted.run.trace
    assert len(places) == trace.n_iter + 1
    ends = ground.pixels(trace.means[[0, -1], 0, 0], trace.means[[0, -1], 1, 0])
    assert [places[0], places[-1]] == ends


@pytest.mark.parametrize("name", ["worked_example", "old_faithful"])
def test_the_landscape_has_lines_and_the_road(name):
    here = run_of(name)
    x, y = (Parameter("mean", 0), Parameter("variance", 0))
    view = landscape.seen(here, here.trace.mixtures[-1], x, y)
    ground = Ground(x, y, values_of(x, here, 48), values_of(y, here, 48))
    picture = well_formed(landscape_picture(view, ground))
    words = "".join(picture.itertext())
    assert "highest here" in words
    assert "NaN" not in ElementTree.tostring(picture, "unicode")


def test_a_place_of_the_run_lies_on_the_logarithm_of_its_distance():
    found = paces.pace(run_of("old_faithful_waiting"))
    drawn, places = pace_picture(found)
    well_formed(drawn)
    panel = panel_of(found)
    assert len(places) == found.run.trace.n_iter + 1
    expected = float(panel.up(np.log10(found.speed.distances[7])))
    assert places[7] == pytest.approx([float(panel.across(7)), expected], abs=0.06)
    for name in ("EM", "SQUAREM", "Anderson", "rate 0.658", "mclust", "scikit-learn"):
        assert f">{name}<" in drawn


@pytest.mark.parametrize("name", ["old_faithful_waiting", "old_faithful"])
def test_each_point_shows_its_share_of_the_missing_information(name):
    found = paces.pace(run_of(name))
    picture = missing_picture(found, sketch(found.run.problem.data))
    assert picture.count("<title>point") == 272
    strongest = int(np.argmax(found.shares)) + 1
    dot = re.search(rf'r="([\d.]+)"[^>]*><title>point {strongest},', picture)
    assert float(dot[1]) == pytest.approx(5.2)
    well_formed(picture)


def test_the_dial_draws_each_mean_at_each_temperature():
    start = GaussianMixture.univariate([0.5, 0.5], [55, 80], [100, 100])
    data = named_data("old_faithful_waiting")
    now = dialing.begun(run(Problem(data, Start(start))), True)
    for _ in range(12):
        now = dialing.carried_on(now)
    drawn = dial_picture(now)
    well_formed(drawn)
    assert drawn.count("<title>component 1 at") == drawn.count("<title>component 2 at") == 12
    assert ">EM<" in drawn
    assert ">hard<" in drawn
    assert ">split<" in drawn
    heights = re.findall(r'cy="([\d.]+)" r="2.2"[^>]*><title>component [12] at ([\d.]+)', drawn)
    hot = {y for y, t in heights if float(t) > now.splits}
    cold = {y for y, t in heights if float(t) < 0.9 * now.splits}
    assert len(hot) == 1
    assert len(cold) > 2


DOT = re.compile(
    r'cx="(?P<x>[\d.]+)" cy="(?P<y>[\d.]+)" r="2.2"[^>]*>'
    r"<title>component (?P<k>\d) at (?P<t>[\d.]+)<"
)


@pytest.fixture(scope="module")
def turned():
    """The dial of galaxies, turned down to 0."""
    now = dialing.set_running(dialing.begun(run_of("galaxies"), True), True)
    while now.running:
        now = dialing.carried_on(now)
    return now


def test_the_dial_goes_from_hot_on_the_left_to_0_on_the_right_and_each_mean_is_at_its_height(
    turned,
):
    found = [dot.groupdict() for dot in DOT.finditer(dial_picture(turned))]
    assert len(found) == 3 * len(turned.settled)
    across = [float(dot["x"]) for dot in found if dot["k"] == "1"]
    warm, coldest = across[:-1], across[-1]
    steps = -np.diff(np.log10([setting.temperature for setting in turned.settled[:-1]]))
    np.testing.assert_allclose(np.diff(warm) / steps, np.diff(warm)[0] / steps[0], rtol=0.2)
    assert coldest - warm[-1] == pytest.approx(30, abs=0.1)
    means = np.array([setting.mixture.means[:, 0] for setting in turned.settled])
    heights = np.array([float(dot["y"]) for dot in found]).reshape(3, -1).T
    scale = np.polyfit(means.ravel(), heights.ravel(), 1)
    np.testing.assert_allclose(np.polyval(scale, means), heights, atol=0.2)
    assert scale[0] < 0


def test_em_stands_at_temperature_1_and_hard_at_0(turned):
    drawn = dial_picture(turned)
    at = {dot["t"]: float(dot["x"]) for dot in DOT.finditer(drawn)}
    for name, temperature in (("EM", "1"), ("hard", "0")):
        x = re.search(rf'<text x="([\d.]+)"[^>]*>{name}</text>', drawn)[1]
        assert float(x) == pytest.approx(at[temperature], abs=0.1)


def posts(found, drawn: str) -> dict[str, float]:
    """Where the stopping rules stand, in iterations, by the words beside them."""
    panel = panel_of(found)
    marks = re.findall(r'<text x="([\d.]+)"[^>]*text-anchor="(\w+)"[^>]*>([\w -]+)</text>', drawn)
    places = {}
    for x, side, words in marks:
        at = float(x) + (4 if side == "end" else -4)
        places[words] = (at - panel.left) / (panel.right - panel.left) * panel.x[1]
    return places


def test_each_stopping_rule_stands_where_it_stops():
    found = paces.pace(run_of("old_faithful_waiting"))
    places = posts(found, pace_picture(found)[0])
    names = {"here": "our default"}
    for stop in found.speed.stops:
        assert places[names.get(stop.rule, stop.rule)] == pytest.approx(stop.iteration, abs=0.05)


def test_the_line_of_the_rate_falls_as_theory_has_it():
    found = paces.pace(run_of("old_faithful_waiting"))
    panel, drawn = panel_of(found), pace_picture(found)[0]
    path = re.search(r'<path d="M([^"]+)"[^>]*var\(--em-c2\)[^>]*', drawn)[1]
    (x0, y0), *_, (x1, y1) = [tuple(map(float, place.split(","))) for place in path.split("L")]
    iterations = (x1 - x0) / (panel.right - panel.left) * (panel.x[1] - panel.x[0])
    powers = (y0 - y1) / (panel.bottom - panel.top) * (panel.y[1] - panel.y[0])
    assert 10 ** (powers / iterations) == pytest.approx(found.speed.rate, abs=0.005)


def areas(drawn: str, of: str) -> float:
    """What is covered by the cells whose path has this in it, in square pixels."""
    total = 0.0
    for path in re.findall(r"<path [^>]*crispEdges[^>]*>", drawn):
        if of in path:
            for box in re.findall(r"M([\d.]+),([\d.]+)H([\d.]+)V([\d.]+)H", path):
                left, top, right, bottom = map(float, box)
                total += (right - left) * (bottom - top)
    return total


def test_quick_starts_are_strong_slow_ones_pale_and_those_that_failed_grey(charted):
    made, ground = charted.made, Ground(charted.x, charted.y, charted.xs, charted.ys)
    endings = (replace(made.endings[0], outcome="collapsed"), *made.endings[1:])
    iterations = np.tile(np.arange(made.ending.shape[1]), (made.ending.shape[0], 1))
    made = replace(made, endings=endings, iterations=iterations)
    data = sketch(charted.run.problem.data)
    drawn = start_map(charted.run, ground, made, False, data)
    failed = float((made.ending == 0).mean())
    panel = ground.panel
    whole = (panel.right - panel.left) * (panel.bottom - panel.top)
    assert areas(drawn, f"fill:{svg.MUTED}") / whole == pytest.approx(failed, abs=0.003)
    for opacity in ("1", "0.8", "0.62", "0.46", "0.32"):
        assert areas(drawn, f'opacity="{opacity}"') / whole == pytest.approx(0.2, abs=0.01)
    strong = re.search(r'<path d="M([\d.]+),[^>]*opacity="1"', drawn)[1]
    assert float(strong) == pytest.approx(panel.left, abs=0.1)


def test_an_endings_words_say_what_share_of_the_starts_lead_there(charted):
    kinds, which = kinds_of(charted.made, False)
    share = wording.percent(float((which == 0).mean()), digits=2)
    assert in_words(charted.made, kinds[0], which, 0).endswith(f", {share} of these starts")


def test_an_ending_can_be_chosen_and_what_strangers_wrote_is_escaped():
    here = run_of("old_faithful_waiting")
    optimum = search.carried_on(search.begun(here, 100)).found.optima[0]
    drawn = ending(here.problem.data, sketch(here.problem.data), optimum, "3", "<b>&</b>")
    assert 'data-pick="3"' in drawn
    assert "<b>" not in drawn
    well_formed(drawn)


def test_endings_beyond_the_colours_are_grey():
    assert svg.ending(0) == "var(--em-e1)"
    assert svg.ending(svg.N_ENDINGS) == svg.MUTED
