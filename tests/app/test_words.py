"""What is out of sight is not written, and the browser is told so."""

import json
import re

import pytest

from explorer.app import explore, state
from tests.app.told import app_at, text, told


def test_words_that_are_out_of_sight_are_left_out_and_come_when_they_are_looked_at():
    app = app_at(t="1", phase="e")
    everything = told(app, "words")
    assert everything["away"] == []
    assert {"guide", "happened", "point", "e-step", "m-step"} <= everything["words"].keys()
    app.session_state["away"] = frozenset({"m-step", "no such place"})
    app.run()
    less = told(app, "words")
    assert less["away"] == ["m-step"]
    assert less["words"] == {k: v for k, v in everything["words"].items() if k != "m-step"}
    assert "M-step of iteration 1" not in text(app)


@pytest.mark.parametrize("data", ["worked_example", "old_faithful_waiting", "iris", "penguins"])
def test_every_place_of_the_page_has_its_words_and_none_are_made_for_another(data):
    app = app_at(data=data, t="1")
    places = re.findall('data-words="([^"]+)"', text(app))
    assert len(places) == len(set(places))
    long = {
        json.loads(element.proto.json)["long"]
        for element in app.get("bidi_component")
        if element.proto.component_name == "long_words"
    }
    assert set(places) == told(app, "words")["words"].keys() | long


@pytest.mark.parametrize("nonsense", [None, "m-step", {"away": "m-step"}, {"away": None}, {}])
def test_a_browser_can_send_anything(monkeypatch, nonsense):
    memory = {"away": frozenset({"point"}), "words": {"look": nonsense}}
    monkeypatch.setattr(state.st, "session_state", memory)
    state.look()
    assert state.away() == {"point"}
    memory["words"] = {"look": {"away": [["m-step"], "e-step", *map(str, range(100_000))]}}
    state.look()
    assert "e-step" in state.away()
    assert len(state.away()) <= state.MAX_PLACES


def test_where_the_words_break_no_old_ones_stay(monkeypatch):
    def breaks(*_: object) -> None:
        raise RuntimeError("put here on purpose")

    monkeypatch.setattr(explore, "_what_happened", breaks)
    app = app_at()
    assert not app.exception
    assert told(app, "words") | {"words": {}, "away": []} == told(app, "words")
    assert "Something went wrong here" in text(app)
    assert told(app, "unsaved")["query"] == ""
