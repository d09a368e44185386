"""What the browser is told to keep, and what becomes of what it hands back."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.io.session_file import to_json
from explorer.model.examples import default_problem, own_data, suggested_start
from explorer.model.problem import Problem, View
from explorer.model.session import Session, moved
from tests.app.told import app_at, told


@pytest.fixture
def app() -> AppTest:
    return app_at()


def test_what_is_kept_stays_the_same_while_only_the_cursor_moves(app):
    before, where = told(app, "text"), told(app, "unsaved")["view"]
    app.session_state["session"] = moved(app.session_state["session"], 2)
    app.run()
    assert told(app, "text") == before
    assert told(app, "unsaved")["view"] != where
    app.number_input(key="mean0-1").set_value(0.5).run()
    assert told(app, "text")["mark"] == told(app, "unsaved")["mark"] != before["mark"]


def test_to_forget_leaves_the_same_session_of_the_server_with_a_new_visit(app):
    token = told(app, "unsaved")["token"]
    app.number_input(key="mean0-1").set_value(0.5).run()
    kept = told(app, "text")["text"]
    app.button(key="forget").click().run()
    assert told(app, "unsaved")["token"] == token
    assert told(app, "text")["text"] != kept
    assert app.session_state["session"].problem == default_problem()


def test_points_that_are_too_many_are_said_not_to_be_kept(app):
    data = own_data(np.random.default_rng(0).normal(size=150_000).round(3))
    app.session_state["session"] = Session(Problem(data, suggested_start(data)))
    app.run()
    assert told(app, "text")["text"] == ""
    assert any("a reload loses them" in element.proto.body for element in app.get("html"))


def test_an_app_started_with_a_file_opens_it(monkeypatch, tmp_path):
    file = tmp_path / "five.csv"
    file.write_text("a,b\n1,10\n2,30\n4,50\n5,20\n")
    monkeypatch.setenv("EM_EXPLORER_FILE", f'["{file}", "b"]')
    app = app_at()
    problem = app.session_state["session"].problem
    assert problem.data.points[:, 0].tolist() == [10, 30, 50, 20]
    assert any("4" in e.proto.body and "ex-note" in e.proto.body for e in app.get("html"))

    assert app_at(data="galaxies").session_state["session"].problem.data.source.name == "galaxies"

    file.write_text(to_json(default_problem(), View(half_step=2)))
    monkeypatch.setenv("EM_EXPLORER_FILE", f'["{file}"]')
    app = app_at()
    assert app.session_state["session"].view.half_step == 2
