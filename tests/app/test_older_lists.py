"""A quick press brings what the browser showed before it heard of a new list: nobody's choice.

Streamlit hands such an entry on as the text of the older list, to the callback of the field.
"""

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1.element_tree import Selectbox

from em_core.wording import number
from explorer.model.practice import board
from tests.app.told import app_at


@pytest.fixture
def shows(monkeypatch):
    """`shows(key, text)`: from now on the browser sends this text for the field."""

    def show(key: str, text: str) -> None:
        usual = Selectbox._widget_state.fget
        monkeypatch.setattr(Selectbox, "_widget_state", property(sends(key, text, usual)))

    return show


def sends(key: str, text: str, usual):
    def state(widget) -> WidgetState:
        told = usual(widget)
        if widget.key == key:
            told.string_value = text
        return told

    return state


def test_an_answer_is_judged_though_the_field_of_blanks_shows_one_that_is_filled(shows):
    app = app_at(page="practise")
    app.segmented_control(key="practice-level").set_value("Iteration 2").run()
    now = board(app.session_state["session"].problem, app.session_state["session"].view.practice)
    filled = app.selectbox(key="practice-go").options[0]
    right = number(now.sheet.value(now.current))
    app.text_input(key="practice-answer").set_value(right).run()
    shows("practice-go", filled)
    app.text_input(key="practice-answer").set_value("7777").run()
    tries = app.session_state["session"].view.practice.tries
    assert [t.act for t in tries] == ["answer", "answer"]
    assert any("7777" in e.proto.body and "ex-bad" in e.proto.body for e in app.get("html"))
    assert not app.exception


@pytest.mark.parametrize(
    ("query", "key", "older"),
    [
        ({}, "component", "7"),
        ({"data": "iris"}, "pair-0", "petal of another flower"),
        ({}, "covariance", "Tied: one ellipse for all"),
    ],
)
def test_what_is_on_the_page_stays_and_nothing_is_said(shows, query, key, older):
    app = app_at(**query)
    before = app.session_state["session"]
    shows(key, older)
    app.run()
    assert app.session_state["session"] == before
    assert not app.exception
    assert app.session_state["notice"] is None
