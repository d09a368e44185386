"""What the Share and Export dialogs offer."""

from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.io import link
from explorer.model.edits import with_data
from explorer.model.examples import own_data
from explorer.model.session import moved
from tests.app.told import app_at, text, told


@pytest.fixture
def app() -> AppTest:
    return app_at()


def at_half_step(app: AppTest, h: int) -> AppTest:
    app.session_state["session"] = moved(app.session_state["session"], h)
    return app.run()


def with_own(app: AppTest, n: int) -> AppTest:
    """n points of the person's own."""
    session = app.session_state["session"]
    points = np.random.default_rng(0).normal(size=n).round(6)
    problem = with_data(session.problem, own_data(points))
    app.session_state["session"] = type(session)(problem)
    return app.run()


def of_the_address(app: AppTest) -> dict[str, Any]:
    said = told(app, "unsaved")
    return {name: said[name] for name in ("query", "unsaved")}


def test_the_link_stands_for_the_screen(app):
    at_half_step(app, 3).button(key="share").click().run()
    shared = told(app, "snippet")
    opened = link.decode(parse_qs(shared["query"].removeprefix("?")))
    assert opened.problem == app.session_state["session"].problem
    assert opened.view.half_step == 3
    assert "can be read and changed by hand" in text(app)
    assert 'src="ADDRESS?embed=true' in shared["snippet"]


def test_a_larger_problem_is_compressed_and_the_dialog_says_so(app):
    with_own(app, 300).button(key="share").click().run()
    assert "z=" in told(app, "snippet")["query"]
    assert "compressed" in text(app)


@pytest.mark.parametrize("n", [5_000, 30_000])
def test_what_no_link_can_hold_is_offered_as_a_file_with_the_reason(app, n):
    with_own(app, n).button(key="share").click().run()
    assert "too many for a link" in text(app)
    assert app.get("download_button")[0].proto.label == "Session (JSON)"


@pytest.mark.parametrize("n", [300, 5_000], ids=["in the link", "too many for it"])
def test_points_are_packed_once_for_all_half_steps(app, monkeypatch, n):
    packings, pack = [], link._packed

    def counted(record):
        packings.append(record)
        return pack(record)

    monkeypatch.setattr(link, "_packed", counted)
    with_own(app, n)
    before = len(packings)
    assert before > 0
    for h in (1, 2, 3):
        at_half_step(app, h)
    assert len(packings) == before


def test_what_no_link_can_hold_is_said_where_it_happens_and_kept_from_being_lost(app):
    assert of_the_address(app) == {"query": "", "unsaved": False}
    with_own(app, 5_000)
    assert "This tab keeps them" in text(app)
    assert of_the_address(app) == {"query": "v=1&missing=5000", "unsaved": True}
    assert app.get("download_button")[0].proto.label == "Session (JSON)"
    app.session_state["saved"] = app.session_state["session"].problem
    assert not told(app.run(), "unsaved")["unsaved"]
    app.number_input(key="mean0-1").set_value(0.5).run()
    assert told(app, "unsaved")["unsaved"]
    with_own(app, 30)
    assert "This tab keeps them" not in text(app)
    assert not told(app, "unsaved")["unsaved"]


def test_who_opens_an_address_that_could_not_hold_the_data_is_told():
    app = app_at(v="1", missing="5000")
    assert "too many for a link" in text(app)
    assert "session as a JSON file" in text(app)


def test_a_refused_link_stays_in_the_address_until_something_is_done():
    app = app_at(x="1,two,3")
    assert of_the_address(app) == {"query": None, "unsaved": False}
    assert told(app.run(), "unsaved")["query"] is None
    app.number_input(key="mean0-1").set_value(-2.0).run()
    assert "mu=-2,2" in told(app, "unsaved")["query"]
    app.button(key="undo").click().run()
    assert told(app, "unsaved")["query"] == ""


def test_every_export_has_a_button_with_help(app):
    app.button(key="export").click().run()
    offered = [element.proto for element in app.get("download_button")]
    assert [button.label for button in offered] == [
        "Web page that plays",
        "Session (JSON)",
        "Notebook",
        "Python script",
        "Responsibilities (CSV)",
        "Parameters by iteration (CSV)",
        "Summary (CSV)",
        "scikit-learn model",
    ]
    assert all(button.help for button in offered)
    assert "sklearn" in app.code[0].value


def test_charts_are_exported_at_the_cursor(app):
    at_half_step(app, 2).button(key="export").click().run()
    order = told(app, "pictures")
    charts = [picture["key"] for picture in order["pictures"]]
    assert charts == ["densities", "responsibilities", "trajectory"]
    assert order["halfStep"] == 2
    assert order["told"]["run"]["id"] == told(app, "place")["run"]["id"]


def test_in_two_dimensions_too(app):
    app.selectbox(key="data").set_value("old_faithful").run()
    app.button(key="export").click().run()
    assert told(app, "pictures")["pictures"][0]["key"] == "plane"
    assert not app.exception
