"""What hands, keys and Python do to the stage: what is seen, and what it tells."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from em_core import GaussianMixture, Trace, e_step, fit, wording
from explorer.model.problem import Data, Own
from explorer.stage import (
    AddPoint,
    Cursor,
    MoveStart,
    Pinned,
    Place,
    RemovePoint,
    SelectComponent,
    SelectPoint,
    Settings,
    run_id,
)
from tests.browser.drawn import Drawn

POINTS = np.array([0.2, -0.9, -1.0, 1.2, 1.8])
START = GaussianMixture.univariate([0.3, 0.7], [-3, 2], [4, 1])
TILTED = GaussianMixture(
    [0.4, 0.6], [[0, 1], [3, 0]], [[[1, 0.5], [0.5, 2]], [[2, -0.6], [-0.6, 1]]]
)
PLANE_POINTS = np.array([[0, 0], [1, 2], [-1, 1], [3, 0], [4, -1], [2, 1], [3.5, 0.5]], dtype=float)


def on_a_line(**options) -> tuple[Data, Trace]:
    data = Data(POINTS[:, None], "Five", ("x",), ("",), Own())
    return data, fit(POINTS, START, **options)


def in_the_plane(covariance_type="full") -> tuple[Data, Trace]:
    data = Data(PLANE_POINTS, "Seven", ("a", "b"), ("", ""), Own())
    start = TILTED
    if covariance_type == "tied":
        start = GaussianMixture(start.weights, start.means, start.covariances[[0, 0]])
    return data, fit(PLANE_POINTS, start, covariance_type)


@pytest.fixture
def line(open_bare):
    return open_bare(*on_a_line(tol=0, max_iter=30, variance_floor=0.05))


@pytest.fixture
def plane(open_bare):
    return open_bare(*in_the_plane())


def place_of(stage):
    return stage.page.locator(".em-place")


def press(stage, *keys):
    for key in keys:
        stage.page.keyboard.press(key)


# --- the transport --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "start", "end"),
    [
        ("next", 3, 4),
        ("back", 3, 2),
        ("start", 9, 0),
        ("run", 9, 60),
        ("iterate", 2, 4),
        ("iterate", 3, 4),
        ("ten", 2, 22),
        ("ten", 3, 22),
        ("ten", 45, 60),
    ],
)
def test_each_button_goes_where_it_says(line, act, start, end):
    data, trace = on_a_line(tol=0, max_iter=30, variance_floor=0.05)
    line.tell(data, trace, Place(start, 1))
    line.sent()
    line.page.locator(f"[data-act='{act}']").click()
    assert line.wait_for_message() == [Cursor(run_id(data, trace), end)]


@pytest.mark.parametrize(
    ("key", "start", "end"),
    [
        ("ArrowRight", 2, 3),
        ("ArrowLeft", 2, 1),
        ("Shift+ArrowRight", 3, 4),
        ("Shift+ArrowLeft", 4, 2),
        ("Shift+ArrowLeft", 3, 2),
        ("Home", 5, 0),
        ("End", 5, 60),
    ],
)
def test_each_key_goes_where_it_says(line, key, start, end):
    data, trace = on_a_line(tol=0, max_iter=30, variance_floor=0.05)
    line.tell(data, trace, Place(start, 1))
    line.sent()
    press(line, key)
    assert [m.half_step for m in line.wait_for_message()] == [end]


def test_the_next_step_is_named_with_its_own_words(line):
    following = line.page.locator(".em-next")
    expect(following).to_have_text("E-step")
    expect(following).to_have_attribute("title", re.compile("Share out the points"))
    following.click()
    expect(following).to_have_text("M-step")
    expect(following).to_have_attribute("title", re.compile("Move the curves"))


@pytest.mark.parametrize("h", range(5))
def test_the_log_likelihood_is_that_of_the_parameters_in_force(line, h):
    data, trace = on_a_line(tol=0, max_iter=30, variance_floor=0.05)
    line.tell(data, trace, Place(h, 1))
    frame = trace.frame(h)
    words = f"log-likelihood {wording.log_likelihood(frame.log_likelihood)}"
    if frame.phase == "M":
        gain = frame.log_likelihood - trace.log_likelihoods[h // 2 - 1]
        words += f" {wording.signed(gain)}"
    expect(line.page.locator(".em-likelihood")).to_have_text(words)
    name = line.page.locator(".em-trajectory .em-plot").get_attribute("aria-label")
    assert wording.log_likelihood(frame.log_likelihood) in name


def test_where_the_run_ends_it_says_how(open_bare):
    data, trace = on_a_line()
    stage = open_bare(data, trace, place=Place(10_000, 1))
    expect(stage.page.locator(".em-outcome")).to_have_text("converged")
    expect(stage.page.locator(".em-next")).to_have_text("Converged")
    expect(stage.page.locator(".em-next")).to_be_disabled()
    expect(stage.page.locator("[data-act='back']")).to_be_enabled()
    end = wording.log_likelihood(trace.log_likelihoods[-1])
    expect(stage.page.locator(".em-status")).to_have_text(
        f"Iteration {trace.n_iter} · M-step done, converged. Log-likelihood {end}."
    )


def test_at_the_end_play_begins_anew(line):
    data, trace = on_a_line(tol=0, max_iter=30, variance_floor=0.05)
    line.tell(data, trace, Place(60, 1))
    expect(place_of(line)).to_have_text("Iteration 30 · M-step done")
    line.page.locator("[data-act='play']").click()
    expect(place_of(line)).to_have_text(re.compile(r"Iteration \d ·"))
    line.page.locator("[data-act='play']").click()
    expect(line.page.locator("[data-act='play']")).to_have_text("Play")


# --- what Python tells ----------------------------------------------------------------------------


def test_it_goes_where_python_sends_it(line):
    data, trace = on_a_line(tol=0, max_iter=30, variance_floor=0.05)
    press(line, "ArrowRight", "ArrowRight", "ArrowRight")
    line.tell(data, trace, Place(1, 0))
    expect(place_of(line)).to_have_text("Iteration 2 · E-step done")  # an old place, not meant
    line.tell(data, trace, Place(1, 1))
    expect(place_of(line)).to_have_text("Iteration 1 · E-step done")


def test_an_undo_shows_the_run_as_it_was(line):
    """Another start comes, and then the first one again."""
    data, trace = on_a_line(tol=0, max_iter=30, variance_floor=0.05)
    other = GaussianMixture.univariate([0.5, 0.5], [-1, 1], [1, 1])
    first = Drawn(line.page, "main").curve("component", 0)
    line.tell(data, fit(POINTS, other), Place(0, 1))
    second = Drawn(line.page, "main").curve("component", 0)
    assert second[second[:, 1].argmax(), 0] == pytest.approx(-1, abs=0.1)
    line.tell(data, trace, Place(3, 2))
    expect(place_of(line)).to_have_text("Iteration 2 · E-step done")
    press(line, "Home")
    line.page.wait_for_timeout(100)
    assert Drawn(line.page, "main").curve("component", 0) == pytest.approx(first)


def test_a_new_selection_is_shown(line):
    data, trace = on_a_line(tol=0, max_iter=30, variance_floor=0.05)
    line.tell(data, trace, Place(1, 1), point=3, component=1)
    expect(line.page.locator(".em-selected")).to_contain_text("Point 4: 1.2")
    expect(line.page.locator(".em-chosen")).to_have_text("2")
    ring = line.page.locator(".em-ring").bounding_box()
    x, _ = line.pixel("main", 1.2, 0)
    assert ring["x"] + ring["width"] / 2 == pytest.approx(x, abs=1)
    frame = line.page.locator(".em-frame").bounding_box()
    left, _ = line.pixel("shares", 3.5, 0)
    right, _ = line.pixel("shares", 4.5, 0)
    now = line.page.locator(".em-frame").bounding_box()
    assert now["x"] == pytest.approx(left, abs=2)
    assert frame["width"] == pytest.approx(right - left, abs=4.5)


# --- the start, by hand ---------------------------------------------------------------------------


def assert_start(message, means=None, covariances=None, start=START):
    """The message carries this start, and nothing else of it has changed."""
    assert isinstance(message, MoveStart)
    means = start.means if means is None else np.asarray(means)
    covariances = start.covariances if covariances is None else np.asarray(covariances)
    assert np.array(message.means) == pytest.approx(means.reshape(start.means.shape))
    assert np.array(message.covariances) == pytest.approx(
        covariances.reshape(start.covariances.shape)
    )


def test_a_mean_is_dragged_and_nothing_else(line):
    width = Drawn(line.page, "main").axes["xaxis"]
    line.drag(".em-badge >> nth=0", 60)
    (message,) = line.wait_for_message()
    moved = message.means[0][0]
    assert moved == pytest.approx(-3 + 60 * width.per_pixel, abs=0.02)
    assert moved == round(moved, 2)
    assert_start(message, [[moved], [2]])


def test_while_a_mean_is_dragged_its_curve_follows(line):
    axis = Drawn(line.page, "main").axes["xaxis"]
    x, y = line.hold(".em-badge >> nth=1")
    line.page.mouse.move(x - 80, y)
    line.page.wait_for_timeout(100)
    curve = Drawn(line.page, "main").curve("component", 1)
    assert curve[curve[:, 1].argmax(), 0] == pytest.approx(2 - 80 * axis.per_pixel, abs=0.1)
    assert line.sent() == []
    line.page.mouse.up()
    line.wait_for_message()


def test_one_spread_is_dragged_and_no_other(line):
    axis = Drawn(line.page, "main").axes["xaxis"]
    line.widen(1, 40)
    (message,) = line.wait_for_message()
    sd = np.sqrt(message.covariances[1][0][0])
    assert sd == pytest.approx(1 + 40 * axis.per_pixel, abs=0.02)
    assert_start(message, covariances=[4, sd**2])


def test_tied_spreads_move_together(open_bare):
    data, _ = on_a_line()
    start = GaussianMixture.univariate([0.3, 0.7], [-3, 2], [4, 4])
    trace = fit(POINTS, start, "tied")
    stage = open_bare(data, trace)
    stage.widen(1, -30)
    (message,) = stage.wait_for_message()
    (one,), (other,) = message.covariances[0][0], message.covariances[1][0]
    assert one == other < 4


def test_a_mean_of_the_plane_goes_both_ways_and_keeps_every_covariance(plane):
    axes = Drawn(plane.page, "main").axes
    plane.drag(".em-badge >> nth=1", 50, -30)
    (message,) = plane.wait_for_message()
    moved = [3 + 50 * axes["xaxis"].per_pixel, 30 * axes["yaxis"].per_pixel]
    assert message.means[1] == pytest.approx(moved, abs=0.02)
    assert_start(message, [[0, 1], message.means[1]], start=TILTED)


@pytest.mark.parametrize(
    ("key", "steps"),
    [("ArrowRight", 1), ("ArrowLeft", -1), ("Shift+ArrowRight", 0.1), ("ArrowUp", 1)],
)
def test_keys_nudge_a_mean_by_a_hundredth_of_the_view(line, key, steps):
    left, right = Drawn(line.page, "main").axes["xaxis"].range
    line.page.locator(".em-badge").nth(1).focus()
    press(line, key)
    (message,) = line.wait_for_message()
    assert_start(message, [[-3], message.means[1]])
    assert message.means[1][0] == pytest.approx(2 + steps * (right - left) / 100, abs=0.006)
    expect(place_of(line)).to_have_text("Start")


def test_keys_widen_a_spread(line):
    line.page.locator(".em-handle").nth(0).focus()
    press(line, "ArrowRight", "ArrowRight")
    (message,) = line.wait_for_message()
    assert_start(message, covariances=[4 * 1.05**4, 1])


def test_letting_go_where_one_began_changes_nothing(line):
    x, y = line.hold(".em-badge >> nth=0")
    line.page.mouse.move(x + 40, y)
    line.page.mouse.move(x, y)
    line.page.mouse.up()
    line.page.wait_for_timeout(100)
    assert line.sent() == []
    expect(line.page.locator(".em-likelihood")).not_to_contain_text("…")


def test_a_nudged_handle_keeps_the_focus_when_the_new_start_comes(line):
    """Two slow key presses move a mean twice; they never run an E-step."""
    data, _ = on_a_line()
    line.page.locator(".em-badge").nth(1).focus()
    press(line, "ArrowLeft")
    (message,) = line.wait_for_message()
    moved = GaussianMixture(START.weights, message.means, message.covariances)
    line.tell(data, fit(POINTS, moved))
    press(line, "ArrowLeft")
    (again,) = line.wait_for_message()
    assert again.means[1][0] < message.means[1][0]
    expect(place_of(line)).to_have_text("Start")


def test_after_the_start_spreads_are_out_of_the_way(line):
    press(line, "ArrowRight")
    expect(line.page.locator(".em-handle").first).to_be_hidden()


def test_what_only_shows_a_run_cannot_be_moved(open_bare):
    stage = open_bare(*on_a_line(), settings=Settings(editable=False))
    stage.drag(".em-badge >> nth=0", 60)
    stage.page.wait_for_timeout(100)
    assert stage.sent() == []


def test_a_badge_is_chosen(line):
    line.page.locator(".em-badge").nth(1).click()
    assert line.wait_for_message() == [SelectComponent(1)]
    expect(line.page.locator(".em-chosen")).to_have_text("2")


# --- points ---------------------------------------------------------------------------------------


def test_a_touch_of_the_ground_adds_a_point_there(line, plane):
    per_pixel = Drawn(line.page, "main").axes["xaxis"].per_pixel
    line.page.mouse.click(*line.pixel("main", -2, 0.15))
    (message,) = line.wait_for_message()
    assert isinstance(message, AddPoint)
    assert message.value == pytest.approx([-2], abs=per_pixel)
    plane.page.mouse.click(*plane.pixel("main", 1.5, -1.5))
    (message,) = plane.wait_for_message()
    assert message.value == pytest.approx([1.5, -1.5], abs=3 * per_pixel)


def test_two_touches_end_the_zoom_and_add_nothing(line):
    line.page.mouse.dblclick(*line.pixel("main", -2, 0.15))
    line.page.wait_for_timeout(500)
    assert line.sent() == []


def test_a_dot_is_selected_and_removed(line):
    line.page.mouse.click(*line.pixel("main", 1.2, 0, ("x", "y3")))
    assert line.wait_for_message() == [SelectPoint(3)]
    press(line, "Delete")
    assert line.wait_for_message() == [RemovePoint(3)]


def test_the_nearest_dot_is_meant(line):
    """−1 and −0.9 lie side by side, the second above the first where it would cover it."""
    x, y = line.pixel("main", -1.0, 0, ("x", "y3"))
    line.page.mouse.click(x - 4, y)
    assert line.wait_for_message() == [SelectPoint(2)]
    x, y = line.pixel("main", -0.9, 1, ("x", "y3"))
    line.page.mouse.click(x + 4, y)
    assert line.wait_for_message() == [SelectPoint(1)]


def test_points_are_gone_through_in_order_of_value(line):
    press(line, ".")
    assert line.wait_for_message() == [SelectPoint(2)]
    press(line, ".")
    assert line.wait_for_message() == [SelectPoint(1)]
    press(line, ",")
    assert line.wait_for_message() == [SelectPoint(2)]


@pytest.mark.parametrize("rank", [1, 4])
def test_a_bar_tells_the_shares_of_its_point(line, rank):
    press(line, "ArrowRight")
    line.wait_for_message()
    index = int(np.argsort(POINTS)[rank - 1])
    place = line.pixel("shares", rank, 0.5)
    line.page.mouse.move(*place)
    shares = e_step(POINTS, START).responsibilities[index]
    words = f"Point {index + 1}: {wording.data_value(POINTS[index])}"
    expected = words + "".join(f"{k + 1}{wording.number(r)}" for k, r in enumerate(shares))
    expect(line.page.locator(".em-shares .em-tip")).to_have_text(expected)
    line.page.mouse.click(*place)
    assert line.wait_for_message() == [SelectPoint(index)]


# --- the query line and the trajectory ------------------------------------------------------------


@pytest.mark.parametrize("h", [0, 3, 4])
def test_the_query_card_is_bayes_rule_by_the_parameters_in_force(open_bare, h):
    data, trace = on_a_line()
    stage = open_bare(data, trace, place=Place(h, 1), settings=Settings(query=0.3))
    mixture = trace.frame(h).mixture
    densities = np.exp(mixture.log_densities([0.3])[0])
    products = mixture.weights * densities
    rows = stage.page.locator(".em-card tbody tr").all_inner_texts()
    assert [row.split() for row in rows] == [
        [str(k + 1), *map(wording.number, (w, f, p, p / products.sum()))]
        for k, (w, f, p) in enumerate(zip(mixture.weights, densities, products, strict=True))
    ]


def test_the_query_line_is_dragged_and_told(open_bare):
    data, trace = on_a_line()
    stage = open_bare(data, trace, settings=Settings(query=0.3))
    axis = Drawn(stage.page, "main").axes["xaxis"]
    stage.drag(".em-query", 50)
    (message,) = stage.wait_for_message()
    assert isinstance(message, Cursor)
    assert message.query == pytest.approx(0.3 + 50 * axis.per_pixel, abs=0.02)
    line = stage.page.locator(".em-query")
    assert float(line.get_attribute("aria-valuenow")) == message.query
    line.focus()
    press(stage, "ArrowLeft")
    (again,) = stage.wait_for_message()
    assert again.query == pytest.approx(
        message.query - (axis.range[1] - axis.range[0]) / 100, abs=0.006
    )


@pytest.mark.parametrize("panel", [0, 1, 2, 3])
def test_the_trajectory_tells_its_numbers_and_takes_one_there(line, panel):
    _, trace = on_a_line(tol=0, max_iter=30, variance_floor=0.05)
    line.page.get_by_label("show the whole run").check()
    axes = ("x", "y") if panel == 0 else (f"x{panel + 1}", f"y{panel + 1}")
    full = Drawn(line.page, "trajectory").axes[axes[1].replace("y", "yaxis")]
    middle = float(full.value(full.start + full.length / 2))
    place = line.pixel("trajectory", 7, middle, axes)
    line.page.mouse.move(*place)
    tip = line.page.locator(".em-trajectory .em-tip")
    if panel == 3:
        likelihood = wording.log_likelihood(trace.log_likelihoods[7])
        bound = wording.log_likelihood(trace.lower_bounds[6])
        expect(tip).to_have_text(
            f"Iteration 7 · M-step done: log-likelihood {likelihood}, lower bound {bound}"
        )
    else:
        values = (trace.weights, trace.means[:, :, 0], trace.covariances[:, :, 0, 0])[panel][7]
        numbers = "".join(f"{k + 1}{wording.number(v)}" for k, v in enumerate(values))
        expect(tip).to_have_text(f"Iteration 7 · M-step done{numbers}")
    line.page.mouse.click(*place)
    assert [m.half_step for m in line.wait_for_message()] == [14]


# --- words ----------------------------------------------------------------------------------------


def test_what_is_drawn_is_said_too(line):
    data, trace = on_a_line(tol=0, max_iter=30, variance_floor=0.05)
    line.tell(data, trace, Place(3, 1))
    names = [
        line.page.locator(f".em-{chart} .em-plot").get_attribute("aria-label")
        for chart in ("main", "shares")
    ]
    mixture = trace.mixtures[1]
    for k in range(2):
        weight, mean, variance = (
            wording.number(float(v[k]))
            for v in (mixture.weights, mixture.means[:, 0], mixture.variances)
        )
        assert f"component {k + 1}: weight {weight}, mean {mean}, variance {variance}" in names[0]
    shares = e_step(POINTS, mixture).responsibilities.mean(axis=0)
    for k, share in enumerate(shares):
        assert f"component {k + 1} {wording.percent(share)}" in names[1]


def test_a_pinned_ending_is_dotted_behind_curves_and_trajectory(open_bare):
    pinned = GaussianMixture.univariate([0.6, 0.4], [-1, 1.5], [0.5, 0.8])
    stage = open_bare(*on_a_line(max_iter=3), settings=Settings(pinned=Pinned(pinned, -3.5)))
    chart = Drawn(stage.page, "main")
    for k in range(2):
        places = chart.curve("pinned", k)
        z = (places[:, 0] - pinned.means[k, 0]) / np.sqrt(pinned.variances[k])
        peak = pinned.weights[k] / np.sqrt(2 * np.pi * pinned.variances[k])
        assert places[:, 1] == pytest.approx(peak * np.exp(-0.5 * z * z), abs=0.005)
    trajectory = Drawn(stage.page, "trajectory")
    values = [pinned.weights, pinned.means[:, 0], pinned.variances]
    for i, panel in enumerate(values):
        axis = trajectory.axes[f"yaxis{i + 1 if i else ''}"]
        for k in range(2):
            places = trajectory.places(trajectory.of("pinned", k)[i]["paths"][0]["d"], i)
            assert places[:, 1] == pytest.approx(
                [panel[k]] * 2, abs=0.02 * abs(axis.per_pixel) + 0.05
            )
    (line,) = (each for each in trajectory.of("pinned") if each["k"] is None)
    assert trajectory.places(line["paths"][0]["d"], len(values))[:, 1] == pytest.approx(
        -3.5, abs=0.05
    )
    bars = Drawn(stage.page, "shares")
    levels = bars.places(bars.of("pinned", 0)[0]["paths"][0]["d"], 0)
    shares = e_step(np.sort(POINTS), pinned).responsibilities[:, 0]
    assert levels[::2, 1] == pytest.approx(shares, abs=0.01)


def test_bars_carry_their_numbers_where_they_fit(line):
    line.page.locator(".em-next").click()
    trace = on_a_line(tol=0, max_iter=30, variance_floor=0.05)[1]
    shares = e_step(np.sort(POINTS), trace.mixtures[0]).responsibilities
    for k in range(2):
        texts = line.page.locator(f".em-shares [data-role=share_number][data-k='{k}'] text")
        high = [wording.number(share, digits=3) for share in shares[:, k] if share > 0.3]
        expect(texts.first).to_be_visible()
        written = texts.all_text_contents()
        assert set(high) <= set(written)
        assert wording.number(shares[:, k].min(), digits=3) not in written


def test_a_stage_that_plays_by_itself_tells_nothing(open_bare):
    data, trace = on_a_line(tol=0, max_iter=3)
    stage = open_bare(data, trace, settings=Settings(editable=False, plays=True))
    expect(place_of(stage)).to_have_text("Iteration 3 · M-step done")
    press(stage, "ArrowLeft")
    expect(place_of(stage)).to_have_text("Iteration 3 · E-step done")
    stage.page.wait_for_timeout(400)
    assert stage.sent() == []
