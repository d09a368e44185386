"""The page 'Why?': the same problem and cursor as Explore, and the picture that is asked for."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from explorer.app.why import PICTURES, plane
from explorer.model.why import PICTURES as NAMES
from tests.app.told import app_at, text


def opened(**query: str) -> AppTest:
    return app_at(page="why", **query)


def told(app: AppTest) -> list[dict]:
    """What each component was told."""
    found = [e.proto for e in app.get("bidi_component")]
    texts = [p.json or p.bytes.decode(errors="ignore") for p in found]
    return [json.loads(words) for words in texts if words]


def address(app: AppTest) -> str:
    return next(each["query"] for each in told(app) if "unsaved" in each)


def ascent(app: AppTest) -> dict:
    return next(each for each in told(app) if "lowered" in each)


def test_it_shows_why_the_current_run_rises():
    app = opened()
    assert not app.exception
    assert "Look where the two curves touch" in text(app)
    stage = next(each for each in told(app) if "charts" in each)
    assert ascent(app)["run"] == stage["run"]["id"]


def test_a_parameter_is_chosen_and_is_in_the_link():
    app = opened()
    app.selectbox(key="along").set_value("variance 2").run()
    assert ascent(app)["title"] == "Variance 2"
    assert "along=variance-2" in address(app)
    again = opened(along="variance-2")
    assert ascent(again)["title"] == "Variance 2"
    assert again.selectbox(key="along").value == "variance 2"
    again.selectbox(key="along").set_value("M-step").run()
    assert "along" not in address(again)


def test_a_parameter_that_the_problem_does_not_have_gives_way_to_the_m_step():
    app = opened(along="mean-7")
    assert not app.exception
    assert ascent(app)["road"] is None


def test_the_problem_can_be_changed_and_the_curves_are_those_of_the_new_run():
    app = opened()
    before = ascent(app)["run"]
    app.number_input(key="mean0-1").set_value(-2.0).run()
    assert ascent(app)["run"] != before
    app.button(key="undo").click().run()
    assert ascent(app)["run"] == before
    assert app.session_state["session"].view.page == "why"


def test_what_is_asked_is_not_undone():
    app = opened()
    app.number_input(key="mean0-1").set_value(-2.0).run()
    app.selectbox(key="along").set_value("mean 1").run()
    app.button(key="undo").click().run()
    assert app.selectbox(key="along").value == "mean 1"


# --- the other pictures -----------------------------------------------------------------------


LONG = {"gen": "mixture_1d", "n": "3000", "k": "2", "w": "0.5,0.5", "mu": "0,4", "s2": "1,1"}
"""Data that take more than a portion."""


def finished(app: AppTest) -> AppTest:
    """AppTest runs no fragment by itself: each run of the page makes a portion."""
    for _ in range(80):
        if not any(getattr(w, "running", False) for _, w in app.session_state["desk"].values()):
            return app.run()
        app.run()
    raise AssertionError("The work does not end.")


def pictures(app: AppTest) -> str:
    return "".join(each["html"] for each in told(app) if "html" in each)


def test_every_picture_has_its_name_and_its_drawing():
    assert tuple(PICTURES) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("data", ["worked_example", "old_faithful"])
def test_every_picture_leads_with_a_sentence_and_ends_with_something_to_try(name, data):
    app = finished(opened(why=name, data=data))
    assert not app.exception
    assert "went wrong" not in text(app)
    assert 'class="ex-lead"' in text(app)
    assert "<b>Try:</b>" in text(app)
    assert name == "rises" or "<svg" in pictures(app)


def test_the_picture_chosen_is_in_the_link():
    app = opened()
    app.segmented_control(key="why").set_value("speed").run()
    assert "why=speed" in address(app)
    assert "near the end" in text(app).lower()


def test_all_the_endings_are_drawn_once_and_one_opens_in_explore():
    app = finished(opened(why="endings", data="galaxies"))
    assert "Of 100 starts" in text(app)
    assert pictures(app).count("data-pick") == text(app).count("of 100 starts. ") >= 3
    finished(app.segmented_control(key="n-starts").set_value(300).run())
    assert "Of 300 starts" in text(app)
    assert "starts=300" in address(app)


def test_the_map_of_starts_ends_complete_and_tells_labels_apart_when_asked():
    app = finished(opened(why="map"))
    found = next(each for each in told(app) if "cells" in each)
    assert len(found["cells"]) == 3600
    kinds = len(set(found["cells"]))
    app.toggle(key="told-apart").set_value(True).run()
    again = next(each for each in told(app) if "cells" in each)
    assert len(set(again["cells"])) > kinds
    assert "labels=on" in address(app)


def test_the_search_for_endings_is_asked_for_where_it_takes_long_and_can_be_stopped():
    app = opened(why="endings", starts="1000", **LONG)
    assert "Of 1000 starts" not in text(app)
    app.button(key="endings-run").click().run()
    app.button(key="endings-stop").click().run()
    app.run()
    assert "Stopped." in text(app)
    assert app.button(key="endings-run").label == "Carry on"


def test_the_map_can_be_stopped():
    app = opened(why="map", **LONG)
    app.button(key="start-map-stop").click().run()
    app.run()
    assert "Stopped." in text(app)


def test_two_parameters_are_chosen_and_never_the_same_one():
    app = opened(why="landscape")
    app.selectbox(key="why-x").set_value("mean 2").run()
    assert app.selectbox(key="why-y").value == "mean 1"
    app.selectbox(key="why-y").set_value("variance 1").run()
    assert "up=variance-1" in address(app)
    assert "across=mean-2" in address(app)


def test_the_landscape_now_is_another_than_at_the_end():
    app = opened(why="landscape", t="1", phase="M")
    end = next(each for each in told(app) if "values" in each)["values"]
    app.segmented_control(key="others").set_value("now").run()
    assert next(each for each in told(app) if "values" in each)["values"] != end
    assert "others=now" in address(app)


def test_how_fast_says_the_rate_and_what_each_rule_leaves():
    app = opened(why="speed", data="pearson_crabs")
    assert "each iteration leaves 99.4% of the distance" in text(app)
    assert "mclust, 10⁻⁵ relative" in text(app)


def test_a_run_without_iterations_has_words_on_every_picture():
    for name in NAMES:
        app = opened(why=name, iter="0")
        assert not app.exception
        assert "went wrong" not in text(app)


def test_one_component_has_words_on_every_picture():
    for name in NAMES:
        app = finished(opened(why=name, w="1", mu="0", s2="1"))
        assert not app.exception
        assert "went wrong" not in text(app)


def test_the_dial_says_where_components_part():
    query = {"data": "old_faithful_waiting", "mu": "55,80", "s2": "100,100", "w": "0.5,0.5"}
    app = finished(opened(why="dial", **query))
    assert "Components can part below the temperature 1.841" in text(app)
    app.toggle(key="held").set_value(False).run()
    assert "held=off" in address(app)


@pytest.mark.parametrize(
    ("pick", "taken"),
    [
        ({"run": "this", "cell": [1, 2]}, (1, 2)),
        ({"run": "another", "cell": [1, 2]}, None),
        ({"run": "this", "cell": [4, 2]}, None),
        ({"run": "this", "cell": [1, -1]}, None),
        ({"run": "this", "cell": ["1", "2"]}, None),
        ({"run": "this", "cell": [1]}, None),
        ("1,2", None),
        (None, None),
    ],
)
def test_a_cell_is_taken_once_and_only_of_the_run_that_is_shown(monkeypatch, pick, taken):
    monkeypatch.setattr(plane.state, "value_of", lambda key: {"pick": pick})
    monkeypatch.setattr(plane.state, "run_name", lambda: "this")
    assert plane.picked("map", 4, 3) == taken
