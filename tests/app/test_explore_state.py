"""The Explore page's logic: every control, undo and redo, the run that belongs to a problem."""

import re
from pathlib import Path

import numpy as np
import pytest
from markupsafe import escape
from streamlit.testing.v1 import AppTest

from explorer.app import state
from explorer.model.runs import run
from explorer.model.session import moved
from tests.app.told import app_at, text, told


@pytest.fixture
def app() -> AppTest:
    return app_at()


def session(app: AppTest):
    return app.session_state["session"]


def start(app: AppTest):
    return session(app).problem.start


def at_half_step(app: AppTest, h: int) -> AppTest:
    """As if the browser's cursor had come to rest there."""
    app.session_state["session"] = moved(session(app), h)
    return app.run()


def test_no_widget_is_called_as_something_that_is_remembered(app):
    """Streamlit would take the one for the other's value, and copy it whole at every step."""
    source = Path(state.__file__).read_text(encoding="utf-8")
    remembered = set(re.findall(r'session_state(?:\[|\.\w+\()"([\w-]+)"', source))
    assert {"session", "runs", "told"} <= remembered
    drawn = [node for part in (app.main, app.sidebar) for node in part]
    ids = [getattr(node.proto, "id", "") for node in drawn if not hasattr(node, "children")]
    keys = {each.split("-", 2)[2] for each in ids if each.startswith("$$ID-")}
    assert {"undo", "words", "stage"} <= keys
    assert not keys & remembered


def test_opens_on_the_worked_example_before_its_first_step(app):
    assert not app.exception
    assert session(app).problem.data.title == "Worked example"
    assert told(app, "place")["place"]["halfStep"] == 0
    assert "Press <b>E-step</b>" in text(app)


def test_a_run_is_made_once_for_all_its_half_steps(monkeypatch):
    made = []

    def counted(problem):
        made.append(problem)
        return run(problem)

    monkeypatch.setattr(state, "run", counted)
    app = app_at()
    for h in (1, 2, 3):
        at_half_step(app, h)
    assert len(made) == 1


def test_the_notebooks_digits_after_one_iteration(app):
    shown = text(at_half_step(app, 2))
    for digits in ("1.728", "0.3456", "−0.5373", "0.5758", "0.2942", "−7.422"):
        assert digits in shown


def test_full_precision(app):
    app.toggle(key="precise").set_value(True)
    assert "0.294214972162989" in text(at_half_step(app, 2))


def test_number_and_slider_show_the_same(app):
    app.number_input(key="mean0-1").set_value(-2.5).run()
    assert app.slider(key="mean0-1-slider").value == -2.5
    app.slider(key="mean0-1-slider").set_value(-1.0).run()
    assert app.number_input(key="mean0-1").value == -1.0
    assert start(app).mixture.means[0, 0] == -1.0


def test_a_weight_takes_from_the_others(app):
    app.number_input(key="weight-1").set_value(0.8).run()
    assert start(app).mixture.weights == pytest.approx([0.8, 0.2])
    assert app.number_input(key="weight-2").value == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("weight-1", 0.0, "Weight 1"),
        ("weight-1", 1.5, "Weight 1"),
        ("variance0-2", -1.0, "above 0"),
    ],
)
def test_a_bad_number_is_refused_and_nothing_is_lost(app, key, value, words):
    before = session(app)
    app.number_input(key=key).set_value(value).run()
    assert session(app) == before
    assert app.number_input(key=key).value != value
    assert words in text(app)
    app.number_input(key="mean0-1").set_value(0.0).run()
    assert words not in text(app)


def test_undo_and_redo_every_change(app):
    states = [session(app).problem]
    for act in (
        lambda: app.number_input(key="mean0-1").set_value(-2.0),
        lambda: app.number_input(key="count").set_value(3),
        lambda: app.selectbox(key="covariance").set_value("tied"),
        lambda: app.selectbox(key="data").set_value("galaxies"),
        lambda: app.selectbox(key="method").set_value("random"),
        lambda: app.button(key="new-seed").click(),
        lambda: app.number_input(key="limit").set_value(10),
    ):
        act().run()
        states.append(session(app).problem)
    assert len(states) == len([s for i, s in enumerate(states) if s not in states[:i]])
    for wanted in reversed(states[:-1]):
        app.button(key="undo").click().run()
        assert session(app).problem == wanted
    assert app.button(key="undo").disabled
    for wanted in states[1:]:
        app.button(key="redo").click().run()
        assert session(app).problem == wanted
    assert app.button(key="redo").disabled
    assert not app.exception


def test_undo_goes_back_to_where_one_stood(app):
    at_half_step(app, 5)
    app.number_input(key="mean0-1").set_value(-2.0).run()
    assert session(app).view.half_step == 0
    app.button(key="undo").click().run()
    assert session(app).view.half_step == 5
    assert told(app, "place")["place"]["halfStep"] == 5


def test_components_that_stay_keep_their_values(app):
    before = start(app).mixture
    app.number_input(key="count").set_value(4).run()
    after = start(app).mixture
    np.testing.assert_array_equal(after.means[:2], before.means)
    np.testing.assert_array_equal(after.covariances[:2], before.covariances)
    assert after.weights.sum() == pytest.approx(1)
    app.number_input(key="count").set_value(2).run()
    np.testing.assert_array_equal(start(app).mixture.means, before.means)
    assert start(app).mixture.weights == pytest.approx(before.weights)


def test_more_components_than_values_are_refused(app):
    app.number_input(key="count").set_value(6).run()
    assert start(app).mixture.n_components == 2
    assert "5" in text(app)
    assert app.number_input(key="count").value == 2


def test_one_component(app):
    app.number_input(key="count").set_value(1).run()
    assert start(app).mixture.weights == pytest.approx([1.0])
    assert app.number_input(key="weight-1").disabled
    assert not app.exception


def test_a_method_and_its_seed(app):
    app.selectbox(key="data").set_value("galaxies").run()
    app.selectbox(key="method").set_value("k-means++").run()
    first = start(app)
    app.button(key="new-seed").click().run()
    assert start(app).seed == first.seed + 1
    assert start(app).mixture != first.mixture
    app.number_input(key="seed").set_value(first.seed).run()
    assert start(app) == first
    app.number_input(key="mean0-1").set_value(10.0).run()
    assert start(app).method == "manual"


def test_sigma_changes_labels_and_no_number(app):
    before = session(app).problem
    app.segmented_control(key="spread").set_value("sd").run()
    assert session(app).problem == before
    assert app.number_input(key="sd0-1").value == 2.0
    app.number_input(key="sd0-1").set_value(3.0).run()
    assert start(app).mixture.variances[0] == pytest.approx(9.0)
    app.segmented_control(key="spread").set_value("variance").run()
    assert app.number_input(key="variance0-1").value == pytest.approx(9.0)


def test_a_change_starts_the_run_anew(app):
    at_half_step(app, 4)
    app.number_input(key="mean0-2").set_value(1.0).run()
    assert session(app).view.half_step == 0
    assert told(app, "place")["place"]["halfStep"] == 0


def test_continue_from_here(app):
    assert not [b for b in app.button if b.key == "continue"]
    at_half_step(app, 2)
    app.button(key="continue").click().run()
    assert start(app).mixture.means[0, 0] == pytest.approx(-0.5373289474340418)
    assert session(app).view.half_step == 0
    app.button(key="undo").click().run()
    assert start(app).mixture.means[0, 0] == -3
    assert session(app).view.half_step == 2


def test_equal_variances_help_against_the_spurious_end(app):
    last = 2 * 8
    shown = text(at_half_step(app, last))
    assert "spurious" in shown
    app.button(key="remedy-Equal variances").click().run()
    assert session(app).problem.options.covariance_type == "tied"


def test_random_starts_find_the_sensible_fit(app):
    at_half_step(app, 16)
    app.button(key="remedy-Try 50 random starts").click().run()
    assert session(app).view.half_step == 0
    run = app.session_state["runs"][0]
    assert run.problem == session(app).problem
    assert run.trace.log_likelihoods[-1] == pytest.approx(-6.22, abs=0.01)
    assert "Of 50 random starts this one ends highest" in text(app)


def test_two_dimensions(app):
    app.selectbox(key="data").set_value("penguins").run()
    assert start(app).mixture.n_components == 3
    before = start(app).mixture.covariances[1].copy()
    app.number_input(key="correlation-2").set_value(0.5).run()
    app.number_input(key="variance1-2").set_value(before[1, 1] * 4).run()
    after = start(app).mixture.covariances[1]
    assert after[0, 0] == before[0, 0]
    assert after[0, 1] / np.sqrt(after[0, 0] * after[1, 1]) == pytest.approx(0.5)
    at_half_step(app, 2)
    assert not app.exception


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_each_covariance_type_in_the_plane(app, covariance_type):
    app.selectbox(key="data").set_value("old_faithful").run()
    app.selectbox(key="covariance").set_value(covariance_type).run()
    at_half_step(app, 3)
    assert told(app, "view")["run"]["options"]["covarianceType"] == covariance_type
    assert not app.exception


def test_a_start_is_brought_into_the_type_visibly_and_undo_takes_it_back(app):
    app.selectbox(key="data").set_value("old_faithful").run()
    before = session(app).problem
    app.selectbox(key="covariance").set_value("spherical").run()
    covariances = start(app).mixture.covariances
    assert (covariances[:, 0, 0] == covariances[:, 1, 1]).all()
    assert app.number_input(key="variance0-1").value == covariances[0, 0, 0]
    assert app.number_input(key="variance1-1").value == covariances[0, 0, 0]
    assert app.number_input(key="correlation-1").disabled
    assert "brought into this type" in text(app)
    likelihoods = app.session_state["runs"][0].trace.log_likelihoods
    assert (likelihoods[1:] >= likelihoods[:-1] - 1e-9).all()
    app.button(key="undo").click().run()
    assert session(app).problem == before
    assert "brought into this type" not in text(app)
    app.selectbox(key="covariance").set_value("full").run()
    assert "brought into this type" not in text(app)


def test_a_link_with_a_start_of_another_type_says_what_will_happen():
    app = app_at(data="old_faithful", type="spherical")
    assert "not of the chosen covariance type" in text(app)
    trace = app.session_state["runs"][0].trace
    assert trace.log_likelihoods[1] < trace.log_likelihoods[0]
    assert escape(trace.fall_message) not in text(app)
    assert escape(trace.fall_message) in text(at_half_step(app, 2))
    assert escape(trace.fall_message) not in text(at_half_step(app, 4))
    assert trace.n_iter > 1


@pytest.mark.parametrize(
    ("parameters", "key", "value"),
    [
        ({"floor": "0.7"}, "floor", 0.7),
        ({"iter": "0"}, "limit", 0),
        ({"iter": "2000"}, "limit", 2000),
        ({"tol": "5"}, "tolerance", 5.0),
        ({"tol": "0"}, "tolerance", 0.0),
    ],
)
def test_a_field_shows_whatever_a_link_may_bring(parameters, key, value):
    app = app_at(**parameters)
    names = {"floor": "variance_floor", "limit": "max_iter", "tolerance": "tol"}
    assert getattr(session(app).problem.options, names[key]) == value
    assert app.number_input(key=key).value == value
    app.number_input(key="mean0-1").set_value(-2.0).run()
    assert getattr(session(app).problem.options, names[key]) == value


def test_points_and_components_are_chosen_by_fields(app):
    app.number_input(key="point").set_value(3).run()
    app.selectbox(key="component").set_value(1).run()
    assert session(app).view.point == 2
    assert session(app).view.component == 1
    assert told(app, "view")["view"]["point"]["index"] == 2
    assert "Point 3: x = −1" in text(app)


def test_a_link_opens_where_it_points():
    app = app_at(mu="-2,1", t="1", phase="m", pt="2")
    assert start(app).mixture.means[:, 0].tolist() == [-2, 1]
    assert session(app).view.half_step == 2
    assert session(app).view.point == 1
    assert told(app, "place")["place"]["halfStep"] == 2


def test_a_damaged_link_opens_the_default_and_says_so():
    app = app_at(x="1,<b>two</b>")
    assert session(app).problem.data.title == "Worked example"
    assert "damaged" in text(app)
    assert "<b>two" not in text(app)


def test_the_address_follows(app):
    app.number_input(key="mean0-1").set_value(-2.0).run()
    at_half_step(app, 2)
    address = told(app, "query")["query"]
    assert "mu=-2,2" in address
    assert "t=1" in address


def test_a_cursor_beyond_the_run_stands_at_its_end(app):
    at_half_step(app, 10_000)
    assert not app.exception
    app.button(key="end-tour").click().run()
    assert "Converged" in text(app)


def test_the_tour_is_led_by_the_run_and_left_by_a_change(app):
    for half_step, words in ((0, "1 of 5"), (1, "2 of 5"), (2, "3 of 5"), (3, "4 of 5")):
        assert words in text(at_half_step(app, half_step))
    assert "5 of 5" in text(at_half_step(app, 10_000))
    app.number_input(key="mean0-1").set_value(-2.0).run()
    assert "of 5" not in text(app)


def test_who_comes_by_a_link_knows_the_way():
    assert "of 5" not in text(app_at(t="1"))


@pytest.mark.parametrize(("page", "presented"), [("explore", True), ("practise", False)])
def test_only_the_stage_of_explore_is_shown_to_a_room(page, presented):
    app = app_at(present="on", page=page)
    assert not app.exception
    keys = {button.key for button in app.button}
    assert ("leave" in keys, "share" in keys) == (presented, not presented)
    if presented:
        assert told(app, "place")["view"]["form"] == "presented"
        app.button(key="leave").click().run()
        assert told(app, "place")["view"]["form"] == "page"
        assert "present" in {button.key for button in app.button}


def test_every_control_has_a_label_and_help(app):
    widgets = [*app.number_input, *app.slider, *app.selectbox, *app.button, *app.toggle]
    assert len(widgets) > 20
    for widget in (each for each in widgets if each.key not in state.TURNS.values()):
        assert widget.proto.label, widget.key
        assert widget.proto.help, widget.key


def test_many_points_are_compressed_and_it_says_so():
    app = app_at(gen="mixture_1d", n="30000", t="1", phase="m")
    assert "weighted points that stand for the 30\u202f000" in text(app)
    assert "The first 60 of 30\u202f000 points" in text(app)
    assert not app.exception


def test_the_unforeseen_ends_in_a_calm_sentence_and_a_way_out(app, caplog):
    app.session_state["session"] = "nonsense"
    app.run()
    assert not app.exception
    assert "Something went wrong here" in text(app)
    assert "Something went wrong" in caplog.text
    app.button(key="page-start-again").click().run()
    assert session(app).problem.data.title == "Worked example"
    assert "Press <b>E-step</b>" in text(app)


def test_a_tied_type_in_one_dimension_says_equal_variances():
    app = app_at(type="diag")
    assert app.selectbox(key="covariance").value == "full"
    app.selectbox(key="covariance").set_value("tied").run()
    app.number_input(key="variance0-1").set_value(9.0).run()
    assert start(app).mixture.variances.tolist() == [9.0, 9.0]


@pytest.mark.parametrize(
    "points",
    [
        "1000000000000001,1000000000000002,1000000000000005",
        "1e-140,2e-140,5e-140",
        "1e140,2e140,5e140",
        "0,0,0,1",
        "1,1~2,1~3,1",
        "1e-6,1e6~2e-6,2e6~3e-6,5e6~4e-6,4e6",
        "1,1~2,2~3,3",
    ],
)
def test_extreme_data_leave_no_trace_of_nan(points):
    app = app_at(x=points)
    assert "damaged" not in text(app) or "constant" in text(app) or "same value" in text(app)
    for h in (0, 1, 10_000):
        at_half_step(app, h)
        assert "Something went wrong" not in text(app)
        assert not {"nan", "NaN", "None"} & set(text(app).replace("<", " ").split())


def test_a_number_typed_while_its_component_is_taken_away_is_let_go(app):
    app.number_input(key="weight-2").set_value(0.3)
    app.number_input(key="count").set_value(1)
    app.run()
    assert not app.exception
    assert start(app).mixture.n_components == 1


def test_a_number_typed_while_the_data_leave_its_axis_is_let_go(app):
    app.selectbox(key="data").set_value("old_faithful").run()
    app.number_input(key="mean1-2").set_value(60.0)
    app.selectbox(key="data").set_value("worked_example")
    app.run()
    assert not app.exception
    assert session(app).problem.data.n_features == 1


def test_found_groups_are_counted_beside_the_true_ones():
    """They change with the iteration, not with its M-step."""
    app = app_at(data="iris")
    shown = [counted_groups(at_half_step(app, h)) for h in (1, 2, 3)]
    run = app.session_state["runs"][0]
    truth = run.problem.data.truth
    for counts, h in zip(shown, (1, 2, 3), strict=True):
        labels = run.frame(h).responsibilities.argmax(axis=1)
        K = run.problem.start.mixture.n_components
        assert counts == [
            [int(np.sum(labels[truth == g] == k)) for k in range(K)] for g in range(3)
        ]
    assert shown[0] == shown[1] != shown[2]


def counted_groups(app: AppTest) -> list[list[int]]:
    panel = told(app, "words")["words"]["compared"]
    rows = re.findall(r'<tr class=""><th scope="row">\w+</th>((?:<td>\d+</td>)+)</tr>', panel)
    return [[int(n) for n in re.findall(r"\d+", row)] for row in rows]
