"""More than two columns in the app: brought in, on the stage a pair at a time, and compared."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from explorer.app.apology import UNEXPECTED
from explorer.model.examples import named_data
from explorer.model.session import sent
from tests.app.told import app_at, text, told

FOUR = b"a;b;c;d\n" + b"".join(b"%d;%d;%d;%d,5\n" % (i, i * i, 9 - i, i % 3) for i in range(8))


def data(app: AppTest):
    return app.session_state["session"].problem.data


def pair(app: AppTest):
    return app.session_state["session"].view.display.pair


def gallery(app: AppTest) -> str:
    told = [e.proto.json for e in app.get("bidi_component") if e.proto.json]
    return "".join(each["html"] for each in map(json.loads, told) if "html" in each)


def upload(app: AppTest) -> AppTest:
    app.button(key="data-open").click().run()
    app.button_group(key="data-way").set_value("Upload")
    app.button(key="data-open").click().run()
    app.file_uploader(key="upload").upload("four.csv", FOUR)
    return app.button(key="data-open").click().run()


def test_four_columns_of_a_file_are_taken_in_the_order_in_which_they_were_chosen():
    app = upload(app_at())
    app.selectbox(key="upload-second").set_value(2)
    app.button(key="data-open").click().run()
    app.multiselect(key="upload-further").set_value([3, 1])
    app.button(key="data-use").click()
    app.button(key="data-open").click().run()
    assert data(app).columns == ("a", "c", "d", "b")
    assert data(app).points[1].tolist() == [1, 8, 1.5, 1]
    assert not app.exception
    assert UNEXPECTED not in text(app)


def test_pasted_columns_come_in():
    app = app_at()
    app.button(key="data-open").click().run()
    app.button_group(key="paste-columns").set_value(3)
    app.text_area(key="paste").set_value("u v w\n1 2 3\n2 2 5\n4 1 1")
    app.button(key="data-use").click()
    app.button(key="data-open").click().run()
    assert data(app).columns == ("u", "v", "w")
    app.button(key="data-open").click().run()
    assert app.button_group(key="paste-columns").value == 3


def test_the_table_holds_every_column_and_another_width_begins_empty():
    app = app_at(data="iris")
    app.button(key="data-open").click().run()
    app.button_group(key="data-way").set_value("Type")
    app.button(key="data-open").click().run()
    assert app.number_input(key="table-width").value == 4
    edited = {"edited_rows": {0: {"Petal width": 9.0}}, "added_rows": [], "deleted_rows": []}
    app.session_state["points-table-0"] = edited
    app.button(key="data-use").click()
    app.button(key="data-open").click().run()
    assert data(app).points[0].tolist() == [5.1, 3.5, 1.4, 9]
    assert data(app).title == "Iris, all four measurements, edited"


@pytest.mark.parametrize("half_step", [0, 1, 4, 900])
def test_explore_draws_iris_at_every_kind_of_step(half_step):
    app = app_at(data="iris")
    app.session_state["session"] = sent(app.session_state["session"], half_step)
    app.run()
    assert not app.exception
    assert UNEXPECTED not in text(app)
    assert "mean Petal width" in text(app)
    assert "How the columns go together" in text(app)


def test_the_fields_are_those_of_the_pair_on_the_stage():
    app = app_at(data="iris", pair="4,2")
    assert app.number_input(key="mean3-1").label == "Mean 1 Petal width"
    with pytest.raises(KeyError):
        app.number_input(key="mean0-1")
    with pytest.raises(KeyError):
        app.number_input(key="correlation-1")
    before = app.session_state["session"].problem.start.mixture
    app.number_input(key="mean3-1").set_value(1.5).run()
    after = app.session_state["session"].problem.start.mixture
    assert after.means[0].tolist() == [*before.means[0, :3], 1.5]
    app.number_input(key="variance1-2").set_value(0.5).run()
    after = app.session_state["session"].problem.start.mixture
    assert after.covariances[1, 1, 1] == 0.5
    assert after.covariances[1, 0, 0] == before.covariances[1, 0, 0]


def test_another_pair_is_chosen_by_its_columns_and_the_run_stays():
    app = app_at(data="iris")
    run = told(app, "run")["run"]["id"]
    app.selectbox(key="pair-0").set_value(3).run()
    assert pair(app) == (3, 1)
    assert told(app, "run")["seen"] == [3, 1]
    assert told(app, "run")["view"]["labels"] == ["Petal width", "Sepal width"]
    assert told(app, "run")["run"]["id"] == run
    app.selectbox(key="pair-1").set_value(3).run()
    assert pair(app) == (1, 3)


def test_the_browser_is_told_all_coordinates_and_that_nothing_can_be_dragged():
    app = app_at(data="iris")
    here = told(app, "run")
    assert here["run"]["d"] == 4
    assert len(here["points"]["spread"]) == 4
    assert here["view"]["editable"] is False
    assert "Points are shared out by all 4" in here["charts"]["main"]["hints"]["start"]
    plane = told(app_at(data="penguins"), "run")
    assert plane["seen"] is None
    assert plane["view"]["editable"] is True


def test_other_data_put_a_pair_on_the_stage_that_they_have():
    app = app_at(data="iris", pair="4,3")
    app.selectbox(key="data").set_value("penguins").run()
    assert not app.exception
    assert told(app, "run")["seen"] is None
    app.selectbox(key="data").set_value("iris").run()
    assert told(app, "run")["seen"] == [3, 2]


def test_how_many_compares_fits_to_all_columns_and_shows_the_pairs():
    app = app_at(page="how-many", data="iris")
    for _ in range(12):
        app.run()
    app.button(key="comparison-stop").click().run()
    assert not app.exception
    assert UNEXPECTED not in text(app)
    assert "What do the components look like?" in text(app)
    assert 'data-pick="2:3"' in gallery(app)
    first = app.session_state["desk"]["comparison"][1].selection.candidates[0]
    assert first.mixture.n_features == named_data("iris").n_features


@pytest.mark.parametrize("page", ["practise", "why"])
def test_the_other_pages_draw_or_say_that_they_cannot(page):
    app = app_at(page=page, data="iris")
    assert not app.exception
    assert UNEXPECTED not in text(app)


@pytest.mark.parametrize("why", ["endings", "map", "speed", "landscape", "dial"])
def test_each_picture_of_why_is_of_all_columns(why):
    app = app_at(page="why", data="iris", why=why, pair="3,4")
    assert not app.exception
    assert UNEXPECTED not in text(app)
