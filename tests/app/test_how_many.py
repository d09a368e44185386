"""The page 'How many?': it compares by itself, stops, carries on, and opens fits in Explore."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from em_core import influence
from tests.app.told import app_at, text


def opened(data: str) -> AppTest:
    return app_at(page="how-many", data=data)


def finished(app: AppTest) -> AppTest:
    """AppTest runs no fragment by itself: each run of the page makes a portion."""
    for _ in range(300):
        if not any(getattr(work, "running", False) for _, work in desk(app).values()):
            return app.run()
        app.run()
    raise AssertionError("The work does not end.")


def desk(app: AppTest) -> dict:
    return app.session_state["desk"]


def comparison(app: AppTest):
    return desk(app)["comparison"][1]


def tables(app: AppTest) -> list[str]:
    return [element.proto.body for element in app.get("html") if "<table" in element.proto.body]


def focus(app: AppTest):
    return next(box for box in app.selectbox if box.label == "The fit looked at below")


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
    assert "of 16 candidates are fitted" in text(app)
    done = len(comparison(app).selection.candidates)
    assert 0 < done < 16
    app.button(key="comparison-stop").click().run()
    app.run()
    left = comparison(app)
    assert not left.running
    assert len(left.planned) + len(left.selection.candidates) == 16
    assert "Stopped." in text(app)
    app.button(key="comparison-run").click().run()
    assert comparison(app).running or not comparison(app).planned
    assert len(comparison(app).selection.candidates) > len(left.selection.candidates)


def test_parameters_have_standard_errors_and_intervals_and_samples_drawn_anew(galaxies):
    assert "How sure are the parameters?" in text(galaxies)
    assert "200 bootstrap samples drawn from the data" in text(galaxies)
    body = next(t for t in tables(galaxies) if "bootstrap s.e." in t)
    assert body.count("<tr") == 1 + 3 * 3
    assert "–</td>" not in body
    assert 'class="ex-dot ex-c3"' in body


def test_the_fit_is_checked_and_its_deciders_are_ranked(galaxies):
    said = text(galaxies)
    assert "stays inside the 95% band of the data" in said
    assert "quantiles lie outside the envelope" in said
    assert "The values are rounded to 0.001." in said
    assert "moves the fit most" in said
    ranked = next(t for t in tables(galaxies) if "largest change" in t)
    assert ranked.count("<tr") == 1 + 8
    assert gallery(galaxies, "deciders").count("data-ghost") == 30


def test_another_fit_can_be_looked_at():
    app = finished(opened("acidity"))
    assert "2 components with equal variances: log-likelihood −185.949" in text(app)
    focus(app).set_value(("full", 3)).run()
    finished(app)
    assert "3 components with unequal variances: log-likelihood −178.754" in text(app)
    assert len(next(t for t in tables(app) if "bootstrap s.e." in t).split("<tr")) == 1 + 1 + 9


def test_the_fit_opens_in_explore_at_its_end_and_undo_brings_back():
    app = finished(opened("acidity"))
    before = app.session_state["session"].problem
    app.button(key="focus-open").click().run()
    session = app.session_state["session"]
    assert session.view.page == "explore"
    assert session.problem.options.covariance_type == "tied"
    assert session.problem.start.mixture.n_components == 2
    assert "of 2 components with equal variances ends at the log-likelihood −185.949" in text(app)
    assert "−185.95" in text(app)
    app.button(key="undo").click().run()
    assert app.session_state["session"].problem == before
    app.segmented_control(key="page").set_value("how-many").run()
    assert not comparison(app).running


def test_a_typo_is_tried_on_every_optimum():
    app = finished(opened("galaxies"))
    focus(app).set_value(("full", 4)).run()
    finished(app)
    app.number_input(key="typo-point").set_value(78).run()
    assert "is 26.96; what if it were" in [n.label for n in app.number_input]
    app.number_input(key="typo-value-77").set_value(26.69).run()
    assert "With 26.69 the best optimum goes from" in text(app)
    app.number_input(key="typo-value-77").set_value(1e300).run()
    assert not app.exception


def test_everything_can_be_taken_along(galaxies):
    labels = [button.proto.label for button in galaxies.get("download_button")]
    assert labels[-5:] == [
        "Report (HTML)",
        "Parameters (CSV)",
        "All candidates (CSV)",
        "Script (Python)",
        "scikit-learn model",
    ]


def test_one_more_component_is_tested_when_asked():
    app = finished(opened("worked_example"))
    assert "is one more component worth it?" in text(app)
    assert "bootstrap test</th>" not in text(app)
    app.button(key="tests-run").click().run()
    finished(app)
    assert "The bootstrap test of one more component" in text(app)
    assert "The tests lead to" in text(app)
    (votes,) = [each for each in tables(app) if "What each criterion chooses" in each]
    row = votes.split("bootstrap test</th>")[1].split("</tr>")[0]
    tests = desk(app)["tests"][1]
    assert row.startswith(f"<td>{tests.choice} component")
    assert f"p = {tests.tests[-1].p_value:.2g}" in row


def test_counted_points_are_left_out_one_observation_at_a_time():
    points, counts = [0, 1, 2, 3, 4, 6, 7, 8, 9], [4, 16, 30, 12, 5, 8, 22, 31, 6]
    x, count = (",".join(map(str, numbers)) for numbers in (points, counts))
    app = finished(app_at(page="how-many", x=x, count=count))
    fitted = next(c for c in comparison(app).selection.candidates if c.n_components == 2)
    assert fitted.criteria.n == sum(counts)
    found = desk(app)["influence"][1]
    candidate = desk(app)["influence"][0]
    alone = influence(points, candidate.mixture, candidate.covariance_type, counts)
    assert found.displacements.tolist() == alone.displacements.tolist()


@pytest.mark.parametrize("data", ["worked_example", "iris_petal"])
def test_no_two_fits_to_look_at_have_the_same_words(data):
    app = opened(data)
    while comparison(app).running and len(comparison(app).selection.candidates) < 8:
        app.run()
    if comparison(app).running:
        app.button(key="comparison-stop").click().run()
    options = focus(app).options
    assert len(options) == len(set(options)) > 1
    assert sum(option.startswith("1 component") for option in options) == 1 + 2 * (
        data == "iris_petal"
    )


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
