"""Rules of a problem's own, in the sidebar and on the page."""

from streamlit.testing.v1 import AppTest

from em_core import Rules
from tests.app.told import app_at, text


def rules(app: AppTest) -> Rules:
    return app.session_state["session"].problem.options.rules


def test_temperature_and_equal_weights_are_set_said_and_undone():
    app = app_at()
    assert "The whole iteration in numbers" in text(app)
    app.number_input(key="temperature").set_value(2.0).run()
    app.toggle(key="equal_weights").set_value(True).run()
    assert rules(app) == Rules(2.0, True)
    assert "The temperature T is 2." in text(app)
    assert "The weights stay equal." in text(app)
    assert "Not plain EM" in text(app)
    assert "The whole iteration in numbers" not in text(app)
    app.button(key="undo").click().run()
    app.button(key="undo").click().run()
    assert rules(app) == Rules()
    assert "The whole iteration in numbers" in text(app)


def test_what_is_held_comes_by_link_and_is_shown():
    app = app_at(holdmu="1", holdcov="1,2")
    assert not app.exception
    assert rules(app) == Rules(fixed_means=(0,), fixed_covariances=(0, 1))
    assert app.session_state["hold-means"] == [0]
    assert "The mean of component 1 stays as it is." in text(app)


def test_a_rule_that_cannot_be_leaves_everything_as_it_was():
    app = app_at(holdmu="7")
    assert not app.exception
    assert rules(app) == Rules()
    assert "fixed_means" in text(app)
