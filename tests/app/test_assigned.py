"""Setting an exercise for others, and working on one that was set: what is closed, what opens."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from explorer.io import link
from explorer.model.check_value import exercise_check
from explorer.model.examples import default_problem
from explorer.model.exercise import BLANKS, Exercise, Practice, Terms
from explorer.model.practice import board, numbers_of
from explorer.model.problem import View
from tests.app.told import app_at, told

ONE_POINT = Practice(exercise=Exercise(BLANKS["e-step"], point=0), terms=Terms())


def opened(practice: Practice | None = None, **parameters: str) -> AppTest:
    if practice is not None:
        view = View(page="practise", practice=practice)
        parameters = link.encode(default_problem(), view) | parameters
    return app_at(**parameters)


def words(app: AppTest) -> str:
    return "\n".join(each.proto.body for each in app.get("html"))


def keys(app: AppTest) -> set[str]:
    return {each.key for each in app.button} | {each.key for each in app.segmented_control}


def now(app: AppTest):
    session = app.session_state["session"]
    return board(session.problem, session.view.practice)


def answer(app: AppTest, text: str) -> AppTest:
    return app.text_input(key="practice-answer").set_value(text).run()


# --- the teacher ----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["explore", "practise"])
def test_one_button_makes_the_problem_an_exercise(page):
    app = opened(page=page, mu="-2,2").button(key="teach").click().run()
    assert not app.exception
    query = dict(parse_qsl(told(app, "snippet")["query"].removeprefix("?")))
    made = link.decode(query)
    assert made.message == ""
    assert made.problem == app.session_state["session"].problem
    assert made.view.page == "practise"
    assert made.view.practice == Practice(exercise=Exercise(BLANKS["iteration"]), terms=Terms())
    assert exercise_check(made.problem, made.view.practice) in words(app)


def test_what_is_chosen_is_in_the_link():
    app = opened()
    chosen = {"blanks": "e-step", "row": 2, "rounds": 3, "help": "none", "own": True, "seed": 42}
    for name, value in chosen.items():
        app.session_state[f"teach-{name}"] = value
    app.button(key="teach").click().run()
    query = dict(parse_qsl(told(app, "snippet")["query"].removeprefix("?")))
    exercise = Exercise(BLANKS["e-step"], 1, 3, 2)
    assert link.decode(query).view.practice == Practice(exercise=exercise, terms=Terms("none", 42))
    assert app.text_area(key="teach-names").value == ""


def test_a_problem_that_is_too_much_for_the_hand_says_why():
    app = opened(data="galaxies")
    assert app.button(key="teach").disabled
    assert "82 points" in app.button(key="teach").help


# --- the student ----------------------------------------------------------------------------------


def test_until_it_is_done_only_the_exercise_is_there():
    app = opened(ONE_POINT, page="explore")
    assert "7 blanks in iteration 1" in words(app)
    assert not keys(app) & {"page", "export", "practice-task", "practice-level", "teach"}
    assert not [each for each in app.get("bidi_component") if "em-" in each.proto.json[:200]]
    while (cell := now(app).current) is not None:
        assert "page" not in keys(app)
        answer(app, "7777")
        answer(app, repr(now(app).sheet.value(cell)))
    assert {"page", "export"} <= keys(app)
    assert "practice-undo" not in keys(app)
    app.segmented_control(key="page").set_value("explore").run()
    assert not app.exception


def test_the_help_is_what_was_agreed():
    for help_given, buttons in (("all", 1), ("hints", 1), ("none", 0)):
        app = opened(replace(ONE_POINT, terms=Terms(help_given)))
        assert len([b for b in app.button if b.key == "practice-hint"]) == buttons
        for _ in range(3 * buttons):
            app.button(key="practice-hint").click().run()
        shows = [b for b in app.button if b.key == "practice-show"]
        assert len(shows) == (help_given == "all")
        answer(app, "0.9")
        assert ("How high does" in words(app)) is (help_given != "none")


def test_own_numbers_come_with_the_name():
    app = opened(replace(ONE_POINT, terms=Terms("all", 7)))
    assert not [each for each in app.text_input if each.key == "practice-answer"]
    app.text_input(key="practice-name").set_value(" Anna  B ").run()
    practice = app.session_state["session"].view.practice
    assert practice.name == "Anna B"
    assert now(app).problem == numbers_of(default_problem(), practice)
    assert now(app).problem != default_problem()
    address = next(
        json.loads(e.proto.json) for e in app.get("bidi_component") if "unsaved" in e.proto.json
    )
    assert "whose=Anna%20B" in address["query"]
    answer(app, "0.5")
    assert not [each for each in app.text_input if each.key == "practice-name"]


def test_the_result_is_there_to_be_handed_in_at_any_time():
    app = opened(ONE_POINT)
    app.text_input(key="practice-name").set_value("Anna").run()
    answer(app, "0.07242")
    text = app.code[0].value
    assert f"exercise {exercise_check(default_problem(), ONE_POINT)}" in text
    assert "Name: Anna" in text
    assert "the variance taken for σ" in text
    assert "0 of 7 blanks" in text


def test_one_point_alone_can_be_asked_for_of_the_e_step_only():
    for blanks, points in (("e-step", 6), ("m-step", 1), ("iteration", 1)):
        app = opened()
        app.session_state["teach-blanks"] = blanks
        app.button(key="teach").click().run()
        assert len(app.selectbox(key="teach-row").options) == points
