"""The pages: which one is looked at is part of the view, so of links and files."""

import pytest
import streamlit as st

from explorer.app import pages
from explorer.io.fields import PAGE
from explorer.model.problem import PAGES
from tests.app.told import app_at, text, told


@pytest.fixture
def second_page(monkeypatch):
    """Another page beside Explore."""
    second = pages.Page("Because", lambda: st.html("<p>Because.</p>"))
    monkeypatch.setitem(pages.PAGES, "because", second)
    monkeypatch.setitem(PAGE.words, "because", "because")


def test_every_page_has_its_name_and_its_drawing():
    assert tuple(pages.PAGES) == PAGES


def test_another_page_is_turned_to_and_undo_does_not_turn_back(second_page):
    app = app_at()
    app.number_input(key="mean0-1").set_value(-2.0).run()
    app.segmented_control(key="page").set_value("because").run()
    assert "Because." in text(app)
    assert "Press <b>E-step" not in text(app)
    assert app.session_state["session"].view.page == "because"
    app.segmented_control(key="page").set_value("explore").run()
    assert told(app, "unsaved")["query"].endswith("mu=-2,2")
    app.button(key="undo").click().run()
    assert "Press <b>E-step" in text(app)


def test_a_link_opens_on_its_page(second_page):
    app = app_at(page="because")
    assert "Because." in text(app)
    assert app.segmented_control(key="page").value == "because"


def test_a_page_that_is_not_there_is_said():
    app = app_at(page="because")
    assert "There is no page of this name" in text(app)
    assert not app.exception
