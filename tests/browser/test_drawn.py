"""What is drawn, read back into data units and compared with em_core: three components, on a line
and in the plane, after two iterations, in both themes."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from playwright.sync_api import Page

from em_core import GaussianMixture, Trace, e_step, fit
from explorer.charts.palette import DARK, LIGHT, Palette, channels
from explorer.io.link import encode, query
from explorer.model.problem import Data, Display, Own, Problem, Start, View
from tests.browser.drawn import Drawn

H = 4
"""The M-step of iteration 2: parameters after it, shares by those before."""
PIXEL = 0.02
"""Places are rounded to a hundredth of a pixel, by Plotly and again in the paths."""
LEVEL_90 = 4.605170185988092
"""The chi-squared quantile of 90 % with two degrees of freedom: −2 log 0.1."""

THEMES = pytest.mark.parametrize(
    ("scheme", "palette"), [("light", LIGHT), ("dark", DARK)], ids=["light", "dark"]
)


@cache
def line() -> tuple[Problem, Trace]:
    """Unequal weights and spreads: no two components can be taken for one another."""
    rng = np.random.default_rng(5)
    groups = [rng.normal(m, s, n) for m, s, n in ((-4, 0.6, 12), (0, 1, 18), (5, 1.6, 25))]
    points = np.concatenate(groups).round(2)[:, None]
    start = GaussianMixture.univariate([0.5, 0.2, 0.3], [-3, 1, 3], [1, 2, 4])
    data = Data(points, "Three on a line", ("x",), ("",), Own())
    return Problem(data, Start(start)), fit(points, start)


@cache
def plane() -> tuple[Problem, Trace]:
    """Ellipses tilted both ways, wide and narrow."""
    rng = np.random.default_rng(6)
    spreads = ([[1, 0.8], [0.8, 1]], [[2, -0.7], [-0.7, 0.5]], [[0.3, 0], [0, 1.5]])
    means = ([0, 0], [5, 1], [2, 5])
    groups = [
        rng.multivariate_normal(m, s, n)
        for m, s, n in zip(means, spreads, (15, 25, 20), strict=True)
    ]
    points = np.concatenate(groups).round(2)
    start = GaussianMixture([0.3, 0.4, 0.3], [[1, 0], [4, 2], [2, 4]], [np.eye(2)] * 3)
    data = Data(points, "Three in the plane", ("a", "b"), ("cm", "kg"), Own())
    return Problem(data, Start(start)), fit(points, start)


STOPS = (("light", 0), ("light", 3), ("light", H), ("dark", H))
"""What is looked at on one page, in this order: half-steps that are still to come are not shown."""


@pytest.fixture(scope="module")
def seen() -> dict[tuple, dict[str, Drawn]]:
    """What was read already: a page is opened once for all tests that look at it."""
    return {}


@pytest.fixture
def drawn_at(open_page, seen):
    """The charts main, shares and trajectory of a problem at a half-step, at rest."""

    def drawn_at(
        problem: Problem,
        scheme: str,
        half_step: int = H,
        whole: bool = False,
        stops: Sequence[tuple[str, int]] = STOPS,
    ) -> dict[str, Drawn]:
        """whole: the trajectory's switch is on."""
        path = "/?" + query(encode(problem, View(display=Display(posterior=True))))
        if (path, scheme, half_step, whole) not in seen:
            page = open_page(path)
            page.wait_for_selector("[data-role='component'] path[d^='M']", state="attached")
            for stop in stops:
                go_to(page, *stop)
                seen[path, *stop, False] = charts_of(page)
            page.get_by_label("show the whole run").check()
            for stop in reversed(stops):
                go_to(page, *stop)
                seen[path, *stop, True] = charts_of(page)
        return seen[path, scheme, half_step, whole]

    return drawn_at


def charts_of(page: Page) -> dict[str, Drawn]:
    return {chart: Drawn(page, chart) for chart in ("main", "shares", "trajectory")}


def go_to(page: Page, scheme: str, half_step: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.wait_for_selector(f".em-stage[data-theme={scheme}]")
    page.get_by_role("slider", name="Half-step of the run").fill(str(half_step))
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def blend(palette: Palette, shares: np.ndarray) -> list[int]:
    """The mean of the components' colours, each counted by its share; half way to ink where all
    have the same."""
    colours = np.array([channels(colour) for colour in palette.components[: len(shares)]])
    mean = shares @ colours
    doubt = 0.5 * (1 - shares.max()) * len(shares) / (len(shares) - 1)
    mixed = mean + doubt * (np.array(channels(palette.ink)) - mean)
    return np.floor(mixed + 0.5).astype(int).tolist()


def rgb(colour: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", colour)]


def pies(mark: dict, palette: Palette, K: int) -> np.ndarray:
    """(n, K) the part of each disc that has the colour of each component."""
    found = []
    for i, disc in enumerate(mark["circles"]):
        shares = np.zeros(K)
        for k, path in enumerate(mark["paths"][i * K : (i + 1) * K]):
            assert path["fill"] == palette.components[k]
            sector = re.match(
                r"M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)A\S+ 0 ([01]) 1 ([\d.]+),([\d.]+)", path["d"]
            )
            if sector:
                x, y, *edge, wide, end_x, end_y = map(float, sector.groups())
                angles = [np.arctan2(u - x, y - v) for u, v in (edge, (end_x, end_y))]
                shares[k] = (angles[1] - angles[0]) % (2 * np.pi) / (2 * np.pi)
                assert (shares[k] > 0.5) == bool(wide)
        leader = palette.components.index(disc["fill"])
        assert shares[leader] == 0
        shares[leader] = 1 - shares.sum()
        found.append(shares)
    return np.array(found)


def weighted(mixture: GaussianMixture, x: np.ndarray) -> np.ndarray:
    """(m, K) w_k N(x | mu_k, sigma_k squared), by the textbook's formula."""
    z = (x[:, None] - mixture.means[:, 0]) / np.sqrt(mixture.variances)
    return mixture.weights * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi * mixture.variances)


def assert_curve(places: np.ndarray, expected: np.ndarray, chart: Drawn, axis: str = "yaxis"):
    """A line goes where it should, to the part of a pixel that its slope leaves it."""
    assert len(places) > 100
    per_pixel = chart.axes[axis].per_pixel
    steps = np.abs(np.gradient(expected, places[:, 0])) * chart.axes["xaxis"].per_pixel
    assert np.all(np.abs(places[:, 1] - expected) <= PIXEL * (per_pixel + steps) + 1e-9)


# --- on a line ------------------------------------------------------------------------------------


@THEMES
def test_densities_are_those_of_the_parameters_in_force(drawn_at, scheme, palette):
    problem, trace = line()
    chart = drawn_at(problem, scheme)["main"]
    now, before = trace.mixtures[2], trace.mixtures[1]
    for k in range(3):
        places = chart.curve("component", k)
        assert_curve(places, weighted(now, places[:, 0])[:, k], chart)
        fill = chart.of("component", k)[0]["paths"][0]
        area = chart.places(fill["d"])
        assert fill["fill"] == palette.washes[k]
        assert area[:-2] == pytest.approx(places)
        assert area[-2:] == pytest.approx(np.array([[places[-1, 0], 0], [places[0, 0], 0]]))
        places = chart.curve("ghost", k)
        assert_curve(places, weighted(before, places[:, 0])[:, k], chart)
    places = chart.curve("mixture")
    assert_curve(places, weighted(now, places[:, 0]).sum(axis=1), chart)
    assert chart.strokes("component") == list(palette.components[:3])
    assert chart.strokes("mixture") == [palette.ink]


@THEMES
def test_posterior_curves_and_boundaries(drawn_at, scheme, palette):
    problem, trace = line()
    chart = drawn_at(problem, scheme)["main"]
    now = trace.mixtures[2]
    for k in range(3):
        places = chart.places(chart.of("posterior", k)[0]["paths"][0]["d"], y="yaxis2")
        expected = e_step(places[:, 0], now).responsibilities[:, k]
        assert_curve(places, expected, chart, "yaxis2")
    assert chart.strokes("posterior") == list(palette.components[:3])
    ends = chart.curve("boundary")
    assert len(ends) >= 4
    assert ends[0::2, 0] == pytest.approx(ends[1::2, 0])
    assert ends[0::2, 1] == pytest.approx(0, abs=1e-6)
    close = 2 * PIXEL * chart.axes["xaxis"].per_pixel
    for x in ends[0::2, 0]:
        left, right = e_step([x - close, x + close], now).responsibilities.argmax(axis=1)
        assert left != right


@THEMES
def test_points_carry_the_colours_of_their_shares(drawn_at, scheme, palette):
    problem, trace = line()
    chart = drawn_at(problem, scheme)["main"]
    dots = chart.of("points")[0]["circles"]
    values = np.sort(problem.data.points[:, 0])
    x = chart.axes["xaxis"]
    assert x.value([dot["x"] for dot in dots]) == pytest.approx(values, abs=PIXEL * x.per_pixel)
    shares = e_step(values, trace.mixtures[1]).responsibilities
    assert pies(chart.of("points")[0], palette, 3) == pytest.approx(shares, abs=0.01)


@THEMES
@pytest.mark.parametrize("make", [line, plane])
def test_bars_are_the_responsibilities_that_made_the_step(drawn_at, scheme, palette, make):
    problem, trace = make()
    chart = drawn_at(problem, scheme)["shares"]
    shares = e_step(problem.data.points, trace.mixtures[1]).responsibilities
    order = np.argsort(along(problem.data.points), kind="stable")
    heights = chart.axes["yaxis"]
    for k in range(3):
        path = chart.of("share", k)[0]["paths"][0]
        ends = np.array(re.findall(r"M[\d.-]+,([\d.-]+)V([\d.-]+)", path["d"]), dtype=float)
        parts = heights.value(ends[:, 1]) - heights.value(ends[:, 0])
        assert parts == pytest.approx(shares[order, k], abs=2 * PIXEL * heights.per_pixel)
        assert path["fill"] == palette.components[k]


def along(points: np.ndarray) -> np.ndarray:
    """What the bars are ordered by: the value; in the plane the main direction."""
    standard = (points - points.mean(axis=0)) / points.std(axis=0)
    if points.shape[1] == 1:
        return points[:, 0]
    together = (standard[:, 0] * standard[:, 1]).mean() >= 0
    return standard[:, 0] + (1 if together else -1) * standard[:, 1]


# --- in the plane ---------------------------------------------------------------------------------


@THEMES
def test_ellipses_hold_nine_tenths_of_their_component(drawn_at, scheme, palette):
    problem, trace = plane()
    chart = drawn_at(problem, scheme)["main"]
    for role, mixture in (("component", trace.mixtures[2]), ("ghost", trace.mixtures[1])):
        for k in range(3):
            offsets = chart.curve(role, k) - mixture.means[k]
            squares = np.sum(offsets.T * np.linalg.solve(mixture.covariances[k], offsets.T), axis=0)
            assert len(squares) > 50
            assert squares == pytest.approx(LEVEL_90, rel=5e-3)
    assert chart.strokes("component") == list(palette.components[:3])


@THEMES
def test_contours_lie_at_their_heights(drawn_at, scheme, palette):
    problem, trace = plane()
    chart = drawn_at(problem, scheme)["main"]
    mixture = trace.mixtures[2]
    places = chart.curve("contours")
    heights = mixture.log_density(places) / np.log(10)
    x, y = (np.linspace(*chart.axes[axis].range, 400) for axis in ("xaxis", "yaxis"))
    everywhere = np.stack([a.ravel() for a in np.meshgrid(x, y)], axis=1)
    highest = mixture.log_density(everywhere).max() / np.log(10)
    below = heights - highest
    assert set(np.round(2 * below)) == {-6, -5, -4, -3, -2, -1}
    assert below == pytest.approx(np.round(2 * below) / 2, abs=0.06)
    assert chart.strokes("contours") == [palette.muted]


@THEMES
def test_points_of_the_plane_stand_where_they_are_in_their_colours(drawn_at, scheme, palette):
    problem, trace = plane()
    chart = drawn_at(problem, scheme)["main"]
    dots = chart.of("points")[0]["circles"]
    x = chart.axes["xaxis"].value([dot["x"] for dot in dots])
    y = chart.axes["yaxis"].value([dot["y"] for dot in dots])
    points = problem.data.points[np.argsort(along(problem.data.points), kind="stable")]
    close = PIXEL * max(chart.axes[axis].per_pixel for axis in ("xaxis", "yaxis"))
    assert np.stack([x, y], axis=1) == pytest.approx(points, abs=close)
    shares = e_step(points, trace.mixtures[1]).responsibilities
    assert pies(chart.of("points")[0], palette, 3) == pytest.approx(shares, abs=0.01)


@THEMES
def test_the_path_of_each_mean_ends_where_the_mean_is(drawn_at, scheme, palette):
    problem, trace = plane()
    chart = drawn_at(problem, scheme)["main"]
    close = PIXEL * max(chart.axes[axis].per_pixel for axis in ("xaxis", "yaxis"))
    for k in range(3):
        assert chart.curve("path", k) == pytest.approx(trace.means[:3, k], abs=close)
    assert chart.strokes("path") == list(palette.components[:3])


# --- the whole run --------------------------------------------------------------------------------


def parameters(trace: Trace, d: int) -> list[np.ndarray]:
    """(T + 1, K) for each panel of the trajectory, in their order."""
    variances = [trace.covariances[:, :, j, j] for j in range(d)]
    between = [trace.covariances[:, :, 0, 1]] if d == 2 else []
    return [trace.weights, *np.moveaxis(trace.means, 2, 0), *variances, *between]


@THEMES
@pytest.mark.parametrize("make", [line, plane])
def test_the_trajectory_has_every_parameter_of_every_iteration(drawn_at, scheme, palette, make):
    problem, trace = make()
    d = problem.data.n_features
    chart = drawn_at(problem, scheme, whole=True)["trajectory"]
    panels = parameters(trace, d)
    steps = np.arange(trace.n_iter + 1)
    for i, values in enumerate(panels):
        number = "" if i == 0 else i + 1
        close = PIXEL * chart.axes[f"yaxis{number}"].per_pixel
        for k in range(3):
            mark = chart.of("history", k)[i]
            places = chart.places(mark["paths"][0]["d"], i)
            assert np.round(places[:, 0], 1) == pytest.approx(steps, abs=0.11)
            if chart.axes[f"yaxis{number}"].log:
                close = 0.01 * values[:, k].min()
            assert places[:, 1] == pytest.approx(values[:, k], abs=close)
            assert mark["paths"][0]["stroke"] == palette.components[k]
        badges = chart.of("badges")[i]["circles"]
        at = chart.axes[f"xaxis{number}"].value([badge["x"] for badge in badges])
        assert np.round(np.mean(at)) == H // 2
        assert [badge["fill"] for badge in badges] == list(palette.components[:3])


@pytest.mark.parametrize("make", [line, plane])
@pytest.mark.parametrize("half_step", [3, 4])
def test_log_likelihood_and_lower_bound(drawn_at, make, half_step):
    problem, trace = make()
    panel = len(parameters(trace, problem.data.n_features))
    chart = drawn_at(problem, "light", half_step, whole=True)["trajectory"]
    y_axis, x_axis = chart.axes[f"yaxis{panel + 1}"], chart.axes[f"xaxis{panel + 1}"]
    close = PIXEL * y_axis.per_pixel
    places = chart.places(chart.of("log_likelihood")[0]["paths"][0]["d"], panel)
    assert places[:, 1] == pytest.approx(np.array(trace.log_likelihoods), abs=close)
    bound = chart.places(chart.of("lower_bound")[0]["paths"][0]["d"], panel)
    assert bound[0::2, 1] == pytest.approx(np.array(trace.log_likelihoods[:-1]), abs=close)
    assert bound[1::2, 1] == pytest.approx(np.array(trace.lower_bounds), abs=close)
    assert bound[0::2, 0] == pytest.approx(np.arange(trace.n_iter) + 0.5, abs=0.05)
    (here,) = chart.of("here")[0]["circles"]
    assert x_axis.value(here["x"]) == pytest.approx(half_step / 2, abs=0.01)
    assert y_axis.value(here["y"]) == pytest.approx(
        trace.log_likelihoods[half_step // 2], abs=close
    )


@pytest.mark.parametrize("half_step", [0, 3, 4])
def test_what_is_still_to_come_is_not_given_away(drawn_at, half_step):
    problem, _ = line()
    chart = drawn_at(problem, "light", half_step)["trajectory"]
    (places,) = [chart.places(mark["paths"][0]["d"], 3) for mark in chart.of("log_likelihood")]
    assert len(places) == half_step // 2 + 1
    assert len(chart.of("history", 0)[1]["paths"][0]["d"].split("L")) == half_step // 2 + 1


def threads(chart: Drawn) -> list[list[float]]:
    """For each component, how wide each is that is drawn, in pixels."""
    widths = []
    for mark in chart.of("thread"):
        found = re.findall(
            r"M([\d.-]+),[\d.-]+C.*?L([\d.-]+),.*?([\d.-]+),[\d.-]+Z", mark["paths"][0]["d"]
        )
        widths.append([float(right) - float(left) for left, _, right in found])
    return widths


def test_threads_are_as_wide_as_the_shares_after_an_e_step_alone(drawn_at):
    problem, trace = line()
    shares = e_step(np.sort(problem.data.points[:, 0]), trace.mixtures[1]).responsibilities
    chart = drawn_at(problem, "light", 3)["main"]
    for k, widths in enumerate(threads(chart)):
        held = shares[:, k][shares[:, k] >= 0.004]
        assert np.array(widths) == pytest.approx(held * max(widths) / held.max(), abs=0.03)
    for half_step in (0, 4):
        chart = drawn_at(problem, "light", half_step)["main"]
        assert threads(chart) == [[]] * 3


# --- before the first step ------------------------------------------------------------------------


@pytest.mark.parametrize("make", [line, plane])
def test_at_the_start_nobody_owns_a_point(drawn_at, make):
    problem, _ = make()
    charts = drawn_at(problem, "light", 0)
    chart = charts["main"]
    dots = chart.of("points")[0]["circles"]
    assert {dot["fill"] for dot in dots} == {LIGHT.neutral}
    assert [mark["paths"][0]["d"] for mark in chart.of("ghost")] == [""] * 3
    assert {mark["paths"][0]["d"] for mark in charts["shares"].of("share")} == {""}


def test_a_spike_is_seen_whole_as_far_as_there_is_room_and_says_how_high_it_is(drawn_at):
    points = np.array([0.0, 0.001, 5.0, 9.0, 10.0])
    start = GaussianMixture.univariate([0.4, 0.6], [0.0005, 8.0], [1e-6, 4.0])
    data = Data(points[:, None], "A spike", ("x",), ("",), Own())
    chart = drawn_at(Problem(data, Start(start)), "light", 0, stops=[("light", 0)])["main"]
    peak = 0.4 / np.sqrt(2 * np.pi * 1e-6)
    top = chart.axes["yaxis"].range[1]
    assert peak > top
    places = chart.curve("component", 0)
    assert np.sum(np.abs(places[:, 0] - 0.0005) < 4e-3) > 60
    assert places[:, 1].max() > 10 * top
    assert chart.of("peak")[0]["words"] == ["▲ 1 peaks at 160"]


def test_a_crowd_is_a_histogram_of_area_one_each_bin_divided_by_shares(drawn_at):
    rng = np.random.default_rng(3)
    points = np.concatenate([rng.normal(0, 1, 300), rng.normal(6, 0.5, 200)]).round(2)
    start = GaussianMixture.univariate([0.4, 0.6], [1, 4], [2, 2])
    data = Data(points[:, None], "A crowd", ("x",), ("mm",), Own())
    chart = drawn_at(Problem(data, Start(start)), "light", 1, stops=[("light", 1)])["main"]
    x, y = chart.axes["xaxis"], chart.axes["yaxis"]
    corner = r"M([\d.-]+),([\d.-]+)V([\d.-]+)H([\d.-]+)"
    heights: dict[float, np.ndarray] = {}
    area = 0.0
    *own, rest = chart.of("histogram")[0]["paths"]
    assert rest["d"] == ""
    for k, path in enumerate(own):
        assert path["fill"] == LIGHT.components[k]
        for rectangle in re.findall(corner, path["d"]):
            left, low, high, right = map(float, rectangle)
            height = float(y.value(high) - y.value(low))
            area += height * float(x.value(right) - x.value(left))
            heights.setdefault(float(x.value((left + right) / 2)), np.zeros(2))[k] = height
    assert area == pytest.approx(1, abs=0.01)
    shares = e_step(np.array(list(heights)), start).responsibilities
    for held, share in zip(heights.values(), shares, strict=True):
        if held.sum() < 0.005:  # a bin without points, or of a pixel
            continue
        assert held / held.sum() == pytest.approx(share, abs=0.02 / (held.sum() / 0.05))
