"""The page 'How many?': it compares by itself, stops, carries on, and opens fits in Explore."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "streamlit_app.py"


def opened(data: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params.update({"page": "how-many", "data": data})
    return app.run()


def finished(app: AppTest) -> AppTest:
    """AppTest runs no fragment by itself: each run of the page makes a portion."""
    for _ in range(200):
        if not comparison(app).running:
            return app.run()
        app.run()
    raise AssertionError("The comparison does not end.")


def comparison(app: AppTest):
    return app.session_state["desk"]["comparison"][1]


def text(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def gallery(app: AppTest, key: str) -> str:
    told = [json.loads(e.proto.json) for e in app.get("bidi_component") if e.proto.json]
    return "".join(each["html"] for each in told if "html" in each)


@pytest.fixture(scope="module")
def galaxies() -> AppTest:
    return finished(opened("galaxies"))


def test_it_says_which_number_of_components_and_how_clear_that_is(galaxies):
    assert not galaxies.exception
    assert "BIC favours 3 components with unequal variances" in text(galaxies)
    assert "hardly a difference (Kass &amp; Raftery 1995)" in text(galaxies)


def test_every_start_is_a_mark_of_the_cloud(galaxies):
    starts = sum(len(c.runs) for c in comparison(galaxies).selection.candidates)
    assert gallery(galaxies, "cloud").count("data-pick") == starts == 16 * 20


def test_the_first_portion_shows_how_far_it_is_and_a_way_to_stop():
    app = opened("galaxies")
    assert "candidates are done" in text(app)
    done = len(comparison(app).selection.candidates)
    assert 0 < done < 16
    app.button(key="comparison-stop").click().run()
    app.run()
    left = comparison(app)
    assert not left.running
    assert len(left.planned) + len(left.selection.candidates) == 16
    assert "Stopped:" in text(app)
    app.button(key="comparison-run").click().run()
    assert comparison(app).running or not comparison(app).planned
    assert len(comparison(app).selection.candidates) > len(left.selection.candidates)


def test_other_data_are_compared_anew(galaxies):
    app = opened("worked_example")
    first = comparison(app)
    app.selectbox(key="data").set_value("acidity").run()
    assert comparison(app) is not first
    assert len(comparison(app).points) == 155


def test_five_points_are_compared_without_complaint():
    app = finished(opened("worked_example"))
    assert not app.exception
    assert comparison(app).most_components == 5
