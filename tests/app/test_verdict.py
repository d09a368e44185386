"""The tick on the page: only an ending that stands up to other starts, to curvature and to time."""

import re

import numpy as np
import pytest
from markupsafe import escape
from streamlit.testing.v1 import AppTest

from em_core import Options
from explorer.model.endings import N_STARTS, verdict_on
from explorer.model.examples import drawn_start, named_data
from explorer.model.problem import Problem
from explorer.model.runs import run
from explorer.model.session import moved, pinning
from tests.app.told import app_at, text

TICK = "✓"
THE_END = 10_000
SPLIT_ACROSS = {
    "data": "old_faithful",
    "w": "0.5,0.5",
    "mu": "3,70~4.25,50",
    "cov": "0.65,0,0,92~0.65,0,0,92",
}


def at_the_end(parameters: dict[str, str]) -> AppTest:
    return go_to_the_end(app_at(**parameters))


def go_to_the_end(app: AppTest) -> AppTest:
    app.session_state["session"] = moved(app.session_state["session"], THE_END)
    app.run()
    assert not app.exception
    return app


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button}


def run_of(app: AppTest):
    problem = app.session_state["session"].problem
    return next(each for each in app.session_state["runs"] if each.problem == problem)


def reached(app: AppTest) -> float:
    return float(run_of(app).trace.log_likelihoods[-1])


def test_a_sound_ending_is_ticked():
    shown = text(at_the_end({"data": "old_faithful"}))
    assert TICK in shown
    assert "none of 20 random starts ends higher" in shown


def test_a_run_that_is_not_at_its_end_is_not_judged():
    app = app_at(data="old_faithful", t="2", phase="m")
    assert TICK not in text(app)


def test_an_ending_that_other_starts_beat_is_not_ticked_and_the_better_one_is_a_click_away():
    app = at_the_end(SPLIT_ACROSS)
    assert reached(app) == pytest.approx(-1285.3, abs=0.1)
    assert TICK not in text(app)
    assert "above the −1285.3 here" in text(app)
    app.button(key="remedy-Go to the better ending").click().run()
    assert reached(app) == pytest.approx(-1130.26, abs=0.01)
    session = app.session_state["session"]
    assert session.view.half_step == run_of(app).last
    assert "This is the better ending" in text(app)
    app.button(key="undo").click().run()
    assert reached(app) == pytest.approx(-1285.3, abs=0.1)


def test_galaxies_are_ticked_at_their_best_ending_only():
    data = named_data("galaxies")
    lower = []
    for seed in range(9):
        ended = run(Problem(data, drawn_start(data, 3, "random", seed), Options(max_iter=2000)))
        level = float(ended.trace.log_likelihoods[-1])
        if level < -210:
            lower.append(level)
            verdict = verdict_on(ended, N_STARTS)
            assert not verdict.sound
            assert verdict.better.log_likelihood > level + 1
    assert lower == pytest.approx([-212.14] * 3, abs=0.02)


def test_an_ending_on_the_way_is_not_ticked_and_can_go_on():
    app = at_the_end({"data": "pearson_crabs"})
    assert TICK not in text(app)
    assert "EM stopped on the way" in text(app)
    app.button(key="remedy-Go on further").click().run()
    go_to_the_end(app)
    assert "remedy-Go on further" not in keys(app)


def test_a_variance_on_the_floor_has_no_tick_below_it():
    app = at_the_end({"floor": "0.01", "mu": "-1,2", "s2": "0.1,4"})
    assert "raised to the variance floor" in text(app)
    assert TICK not in text(app)


def test_many_points_are_tried_from_other_starts_when_asked():
    app = at_the_end({"data": "penguins", "tol": "1e-10", "iter": "2000"})
    assert TICK not in text(app)
    assert "has not been tried" in text(app)
    app.button(key="other-starts").click().run()
    assert "has not been tried" not in text(app)
    assert TICK in text(app) or "random starts end" in text(app)
    assert "other-starts" not in keys(app)


def test_where_every_start_collapses_something_else_is_offered():
    app = at_the_end({"x": "1,2,4,7,11", "mu": "1,2,4,7,11", "s2": "0.1,0.1,0.1,0.1,0.1"})
    assert "collapsed" in text(app)
    offered = {key for key in keys(app) if key.startswith("remedy-")}
    assert "remedy-Try 50 random starts" not in offered
    assert {"remedy-Equal variances", "remedy-Set a variance floor"} <= offered
    assert "continue" not in keys(app)
    app.button(key="remedy-Set a variance floor").click().run()
    assert "collapsed" not in text(go_to_the_end(app))


def test_a_run_that_cannot_take_a_step_says_why_where_it_says_what_to_press():
    app = app_at(mu="1000000,2", s2="1,1")
    trace = run_of(app).trace
    assert trace.last_half_step == 0
    assert escape(trace.message) in text(app)
    assert "Press <b>E-step</b>" not in text(app)


def test_a_start_that_fails_at_once_says_so_and_not_what_to_press():
    app = at_the_end({"mu": "1e6,2"})
    assert "Press <b>E-step" not in text(app)
    assert "became empty at iteration 1" in text(app)
    assert {"remedy-Drop component 1", "remedy-Try 50 random starts"} <= keys(app)


def test_endings_stay_and_a_pinned_one_is_compared_with():
    app = at_the_end({})
    assert "preferred" not in text(app)
    app.button(key="remedy-Equal variances").click().run()
    app = go_to_the_end(app)
    assert "−6.531 is preferred to −3.218, although it is lower" in text(app)
    session = app.session_state["session"]
    assert [round(card.log_likelihood, 3) for card in session.cards] == [-3.218, -6.531]
    assert "Beside the pinned ending" not in text(app)
    app.session_state["session"] = pinning(session, session.cards[0])
    app.run()
    assert "Beside the pinned ending" in text(app)
    assert "−3.313" in text(app)
    beside = text(app).partition("Beside the pinned ending")[2].partition("</table>")[0]
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", beside.replace("−", "-").replace("×10", "e"))
    rows = np.array(cells, dtype=float).reshape(-1, 3)
    assert len(rows) == 6
    assert np.abs(rows[:, 2]).min() > 0.1
    assert np.allclose(rows[:, 0] - rows[:, 1], rows[:, 2], atol=0.002)
    assert not app.exception
