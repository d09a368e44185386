"""What follows while a hand moves parameters, with no server: the picture, its log-likelihood, and
where EM would end from there; then what is told when the hand lets go."""

import numpy as np
import pytest
from playwright.sync_api import expect

from em_core import GaussianMixture, e_step, fit, wording
from explorer.model import edits
from explorer.model.examples import default_problem
from explorer.model.problem import Data, Options, Own, Problem, Start
from explorer.stage import MoveStart, Place
from explorer.stage.payload import mixture_payload
from tests.browser.drawn import Drawn
from tests.browser.test_hands import POINTS, START, TILTED, in_the_plane, on_a_line

FRAMES = """() => {
  window.frames = 0;
  let last = "";
  const turn = () => {
    const curve = document.querySelector("[data-role='component'] path:last-child");
    if (!curve) return;
    const now = curve.getAttribute("d");
    window.frames += now !== last;
    last = now;
    requestAnimationFrame(turn);
  };
  requestAnimationFrame(turn);
}"""


@pytest.fixture
def line(open_bare):
    return open_bare(*on_a_line())


@pytest.fixture
def plane(open_bare):
    return open_bare(*in_the_plane())


def start_of_one_mean(mean: float) -> GaussianMixture:
    return GaussianMixture(START.weights, [[mean], [2]], START.covariances)


def mean_in_hand(stage) -> float:
    """That of component 1, as it is read out."""
    name = stage.page.locator(".em-badge").first.get_attribute("aria-label")
    return float(name.split(": ")[1].split(". ")[0].replace("−", "-"))


def next_frames(stage):
    stage.page.evaluate("new Promise((done) => setTimeout(() => requestAnimationFrame(done), 60))")


def foretold(stage) -> str:
    return stage.page.locator(".em-ahead").inner_text()


def move_to(stage, mean: float) -> float:
    """Take the held component 1 to about this mean; where it is then."""
    _, y = stage.pixel("main", 0, 0)
    x, _ = stage.pixel("main", mean, 0)
    stage.page.mouse.move(x, y - 100)
    next_frames(stage)
    return mean_in_hand(stage)


# --- while the hand moves -------------------------------------------------------------------------


def test_everything_follows_what_is_in_the_hand_and_nothing_is_told(line):
    line.hold(".em-badge >> nth=0")
    mean = move_to(line, -0.5)
    trace = fit(POINTS, start_of_one_mean(mean))
    shared = e_step(POINTS, trace.mixtures[0]).responsibilities
    ending = trace.mixtures[-1]
    expect(line.page.locator(".em-likelihood")).to_have_text(
        f"log-likelihood {wording.log_likelihood(trace.log_likelihoods[0])}"
    )
    assert f"log-likelihood {wording.log_likelihood(trace.log_likelihoods[-1])}" in foretold(line)
    main = Drawn(line.page, "main")
    for k in range(2):
        places = main.curve("ending", k)
        x, y = places[:, :1], places[:, 1]
        density = ending.weights[k] * np.exp(ending.log_densities(x)[:, k])
        inside = density < main.axes["yaxis"].range[1]
        assert y[inside] == pytest.approx(density[inside], abs=2e-3)
    first = Drawn(line.page, "shares").of("share", 0)[0]["paths"][0]["d"].split("M")[1:]
    drawn = Drawn(line.page, "shares")
    order = np.argsort(POINTS)
    for column, i in zip(first, order, strict=True):
        top = float(column.split("V")[1].split("H")[0])
        assert float(drawn.axes["yaxis"].value(top)) == pytest.approx(shared[i, 0], abs=0.01)
    history = Drawn(line.page, "trajectory").curve("log_likelihood", panel=0)
    assert len(history) == trace.n_iter + 1
    assert line.sent() == []
    line.page.mouse.up()
    (message,) = line.wait_for_message()
    assert isinstance(message, MoveStart)
    assert message.means[0][0] == mean
    assert message.weights is None


def test_the_ending_changes_at_a_threshold(line):
    """A finger can find the place where another start ends elsewhere."""
    line.hold(".em-badge >> nth=0")
    seen = []
    for wanted in np.linspace(-2, -0.4, 12):
        mean = move_to(line, wanted)
        trace = fit(POINTS, start_of_one_mean(mean))
        written = wording.log_likelihood(trace.log_likelihoods[-1])
        assert f"log-likelihood {written}" in foretold(line)
        elsewhere = abs(trace.log_likelihoods[-1] + 3.218) > 0.01
        assert ("elsewhere" in foretold(line)) == elsewhere
        seen.append(elsewhere)
    assert seen == sorted(seen)
    assert set(seen) == {False, True}
    line.page.mouse.up()


@pytest.mark.parametrize("name", ["line", "plane"])
def test_each_move_of_the_hand_is_a_frame(request, name):
    stage = request.getfixturevalue(name)
    x, y = stage.hold(".em-badge >> nth=0")
    stage.page.evaluate(FRAMES)
    for move in range(1, 31):
        stage.page.mouse.move(x + 2 * move, y)
        stage.page.evaluate("new Promise((done) => requestAnimationFrame(done))")
    assert stage.page.evaluate("window.frames") >= 28
    assert stage.sent() == []
    stage.page.mouse.up()


def test_many_points_are_drawn_live_without_an_ending(open_bare):
    rng = np.random.default_rng(3)
    points = np.concatenate([rng.normal(-2, 1, 1500), rng.normal(2, 1, 1500)]).round(3)
    data = Data(points[:, None], "Many", ("x",), ("",), Own())
    stage = open_bare(data, fit(points, START, max_iter=3))
    stage.hold(".em-badge >> nth=0")
    move_to(stage, -1)
    expect(stage.page.locator(".em-likelihood")).to_have_text("log-likelihood …")
    assert foretold(stage) == ""
    stage.page.mouse.up()


# --- letting go -----------------------------------------------------------------------------------


def test_the_axes_stay_under_the_hand_until_the_next_step(line):
    data, _ = on_a_line()
    before = {name: axis.range for name, axis in Drawn(line.page, "main").axes.items()}
    line.hold(".em-badge >> nth=0")
    mean = move_to(line, -0.5)
    line.page.mouse.up()
    line.wait_for_message()
    line.tell(data, fit(POINTS, start_of_one_mean(mean)), Place(0, 1))
    next_frames(line)
    assert {name: axis.range for name, axis in Drawn(line.page, "main").axes.items()} == before
    expect(line.page.locator(".em-ahead")).to_have_text("")
    line.page.locator(".em-next").click()
    next_frames(line)
    after = {name: axis.range for name, axis in Drawn(line.page, "main").axes.items()}
    assert after["yaxis"] != before["yaxis"]


def test_a_hand_in_mid_run_goes_on_from_there(line):
    """The weights are those of the moment, not of the start."""
    data, trace = on_a_line()
    line.tell(data, trace, Place(4, 1))
    line.sent()
    line.drag(".em-badge >> nth=1", 40)
    (message,) = line.wait_for_message()
    assert isinstance(message, MoveStart)
    now = trace.mixtures[2]
    assert message.weights == pytest.approx(now.weights, rel=1e-15)
    assert message.means[0] == pytest.approx(now.means[0], rel=1e-15)
    assert message.means[1][0] > now.means[1, 0] + 0.1
    assert np.array(message.covariances) == pytest.approx(now.covariances, rel=1e-15)


# --- the E-step, point by point -------------------------------------------------------------------


def test_in_slow_motion_the_e_step_goes_from_point_to_point(line):
    """In order of value, each with the numbers its shares are made of; the rest are still empty."""
    line.page.keyboard.press("s")
    card = line.page.locator(".em-turn")
    for i in np.argsort(POINTS)[[0, 2]]:
        expect(card).to_contain_text(f"Point {i + 1}: {wording.data_value(POINTS[i])}")
        densities = np.exp(START.log_densities(POINTS[[i]])[0])
        evidence = float(START.weights @ densities)
        expect(card.locator("tfoot")).to_contain_text(wording.number(evidence))
        for k in range(2):
            share = START.weights[k] * densities[k] / evidence
            expect(card.locator("tbody tr").nth(k)).to_contain_text(wording.number(float(share)))
    last = Drawn(line.page, "shares").of("share", 0)[0]["paths"][0]["d"].split("M")[-1]
    height = [float(part) for part in last.split(",")[1].split("H")[0].split("V")]
    assert abs(height[0] - height[1]) < 0.1
    (message,) = line.wait_for_message()
    assert message.half_step == 1
    expect(card).to_be_hidden()
    expect(line.page.locator(".em-place")).to_have_text("Iteration 1 · E-step done")


# --- spreads in the plane -------------------------------------------------------------------------


def hand_on_axis(stage, handle, dx, dy):
    stage.drag(f".em-handle >> nth={handle}", dx, dy)
    (message,) = stage.wait_for_message()
    return np.array(message.covariances), np.array(message.means)


def on_screen(stage, covariance):
    axes = Drawn(stage.page, "main").axes
    unit = np.array([1 / axes["xaxis"].per_pixel, -1 / axes["yaxis"].per_pixel])
    return covariance * unit * unit[:, None]


def test_an_axis_of_an_ellipse_is_stretched_and_turned(plane):
    """Its end comes to lie under the hand, and the other axis keeps its length."""
    before = np.linalg.eigvalsh(on_screen(plane, TILTED.covariances[0]))
    badge = plane.page.locator(".em-badge").first.bounding_box()
    handle = plane.page.locator(".em-handle").first.bounding_box()
    middle = [box["x"] + box["width"] / 2 for box in (badge, handle)] + [
        box["y"] + box["height"] / 2 for box in (badge, handle)
    ]
    arm = np.array([middle[1] - middle[0] + 20, middle[3] - middle[2] - 35])
    covariances, means = hand_on_axis(plane, 0, 20, -35)
    assert means == pytest.approx(TILTED.means)
    assert covariances[1] == pytest.approx(TILTED.covariances[1])
    values, vectors = np.linalg.eigh(on_screen(plane, covariances[0]))
    length = np.hypot(*arm)
    along = int(np.argmax(np.abs(arm @ vectors)))
    assert abs(arm @ vectors[:, along]) / length == pytest.approx(1, abs=1e-3)
    assert 2.1459660262893 * np.sqrt(values[along]) == pytest.approx(length, rel=0.02)
    assert np.min(np.abs(values[1 - along] / before - 1)) < 1e-4


@pytest.mark.parametrize("covariance_type", ["diag", "spherical"])
def test_types_without_tilt_are_only_stretched(open_bare, covariance_type):
    data, _ = in_the_plane()
    start = GaussianMixture(TILTED.weights, TILTED.means, [np.eye(2), np.eye(2)])
    stage = open_bare(data, fit(data.points, start, covariance_type))
    covariances, _ = hand_on_axis(stage, 0, 40, 25)
    (xx, xy), (_, yy) = covariances[0]
    assert xy == 0
    assert xx > 1.2
    assert yy == pytest.approx(xx if covariance_type == "spherical" else 1)
    assert covariances[1] == pytest.approx(np.eye(2))


def test_handles_at_one_place_stand_side_by_side(open_bare):
    data, _ = on_a_line()
    start = GaussianMixture.univariate([0.3, 0.7], [0, 0], [1, 1.1])
    stage = open_bare(data, fit(POINTS, start, max_iter=1))
    for name in (".em-badge", ".em-handle"):
        one, other = (stage.page.locator(name).nth(k).bounding_box() for k in range(2))
        assert np.hypot(one["x"] - other["x"], one["y"] - other["y"]) > 15


# --- the sidebar's sliders ------------------------------------------------------------------------


def slider_problems():
    line = default_problem()
    rng = np.random.default_rng(4)
    data = Data(rng.normal(size=(20, 2)), "Plane", ("a", "b"), ("", ""), Own())
    for kind in ("full", "tied", "diag", "spherical"):
        covariance = {"full": TILTED.covariances, "tied": TILTED.covariances[[0, 0]]}.get(
            kind, np.array([np.eye(2), 2 * np.eye(2)])
        )
        mixture = GaussianMixture(TILTED.weights, TILTED.means, covariance)
        yield Problem(data, Start(mixture), Options(covariance_type=kind))
    yield line
    yield edits.with_options(line, Options(covariance_type="tied"))
    yield edits.with_weight(edits.with_component_count(line, 3), 0, 0.5)


def changes_of(problem):
    """What the sidebar's fields of component 2 do, beside what its slider is called."""
    axes = range(problem.data.n_features)
    yield ("weight", 0, 0.35), edits.with_weight(problem, 1, 0.35)
    for axis in axes:
        yield ("mean", axis, 0.7), edits.with_mean(problem, 1, axis, 0.7)
        yield ("variance", axis, 1.7), edits.with_variance(problem, 1, axis, 1.7)
        yield ("sd", axis, 1.7), edits.with_variance(problem, 1, axis, 1.7**2)
    if len(axes) == 2 and problem.options.covariance_type in ("full", "tied"):
        yield ("correlation", 0, 0.3), edits.with_correlation(problem, 1, 0.3)


def test_a_slider_changes_the_start_as_the_sidebar_does(module):
    page = module("draft")
    for problem in slider_problems():
        for (quantity, axis, value), changed in changes_of(problem):
            start = mixture_payload(problem.start.mixture)
            slid = {"quantity": quantity, "axis": axis, "k": 1, "value": value}
            found = page.evaluate(
                """([{ K, d, ...lists }, slid, type]) => {
                  const mixture = { K, d };
                  for (const name in lists) mixture[name] = Float64Array.from(lists[name]);
                  const { w, m, c } = draft.withParameter(mixture, slid, type);
                  return { w: [...w], m: [...m], c: [...c] };
                }""",
                [start, slid, problem.options.covariance_type],
            )
            expected = mixture_payload(changed.start.mixture)
            for name in ("w", "m", "c"):
                assert found[name] == pytest.approx(expected[name], rel=1e-14), slid


def test_in_the_app_a_drag_and_a_slider_ask_the_server_nothing_until_they_end(open_page):
    page = open_page("/", reduced_motion="no-preference")
    asked = []
    page.evaluate(
        """() => {
          const send = WebSocket.prototype.send;
          window.asked = 0;
          WebSocket.prototype.send = function (...data) {
            window.asked += 1;
            return send.apply(this, data);
          };
        }"""
    )
    likelihood = page.locator(".em-likelihood b")
    badge = page.locator(".em-badge").first
    thumb = page.locator(".st-key-mean0-1-slider [data-rac]").last
    written = page.get_by_label("Mean 1", exact=True)
    for held, dx in ((badge, 50), (thumb, 30)):
        box = held.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        before = likelihood.inner_text()
        page.mouse.move(x, y)
        page.mouse.down()
        for move in range(1, 11):
            page.mouse.move(x + dx * move / 10, y)
            page.wait_for_timeout(20)
        expect(page.locator(".em-ahead")).to_contain_text("would end")
        expect(likelihood).not_to_have_text(before)
        asked.append(page.evaluate("window.asked"))
        seen = likelihood.inner_text()
        page.mouse.up()
        expect(page.locator(".em-ahead")).to_have_text("")
        expect(likelihood).to_have_text(seen)
        expect(written).not_to_have_value("-3")
        page.wait_for_timeout(800)
        page.evaluate("window.asked = 0")
    assert asked == [0, 0]


def test_in_the_app_two_slow_keys_on_a_handle_never_run_a_step(open_page):
    page = open_page("/", reduced_motion="no-preference")
    page.locator(".em-badge").first.focus()
    values = []
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(2500)
        values.append(page.get_by_label("Mean 1", exact=True).input_value())
        expect(page.locator(".em-place")).to_have_text("Start")
    assert values[0] != values[1]
    assert float(values[0]) < float(values[1])
