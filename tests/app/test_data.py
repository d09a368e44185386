"""The ways data come in, through the dialog, and what becomes of a run on many points."""

import re

import numpy as np
import pytest
from markupsafe import escape
from sklearn.metrics import adjusted_rand_score
from sklearn.metrics.cluster import contingency_matrix
from streamlit.testing.v1 import AppTest

from em_core import fit
from em_core.wording import number
from explorer.app.data_entry import late
from explorer.io.session_file import to_json
from explorer.model.problem import Generated, Named, Own, View
from explorer.model.runs import run
from explorer.model.session import sent
from tests.app.told import app_at, text, told


@pytest.fixture
def app() -> AppTest:
    return app_at()


def data(app: AppTest):
    return app.session_state["session"].problem.data


def start(app: AppTest):
    return app.session_state["session"].problem.start.mixture


def opened(app: AppTest, way: str) -> AppTest:
    """The dialog, open at this way in."""
    app.button(key="data-open").click().run()
    if way != "Paste":
        app.button_group(key="data-way").set_value(way)
        again(app)
    return app


def again(app: AppTest) -> AppTest:
    """AppTest draws the whole page, so the dialog stays only while its button is pressed."""
    return app.button(key="data-open").click().run()


def use(app: AppTest) -> AppTest:
    app.button(key="data-use").click()
    return again(app)


def test_pasted_numbers_are_said_back_and_taken_only_when_asked(app):
    opened(app, "Paste").text_area(key="paste").set_value("1,5\n2,5\n-3,25\nNA")
    app.checkbox(key="paste-skip").check()
    again(app)
    assert "1 missing value skipped; 3 values used." in text(app)
    assert "Read commas as decimal signs" in text(app)
    assert data(app).title == "Worked example"
    use(app)
    assert data(app).points[:, 0].tolist() == [1.5, 2.5, -3.25]
    assert isinstance(data(app).source, Own)
    app.button(key="undo").click().run()
    assert data(app).title == "Worked example"


def test_what_cannot_be_read_is_refused_escaped_and_the_old_data_stay(app):
    opened(app, "Paste").text_area(key="paste").set_value("1 2 <b>*three*</b>")
    use(app)
    assert data(app).title == "Worked example"
    assert "&lt;b&gt;*three*&lt;/b&gt;" in text(app)
    assert "<b>*three*" not in text(app)


def test_nothing_is_complained_about_before_something_was_given(app):
    opened(app, "Paste")
    assert 'role="alert"' not in text(app)
    use(app)
    assert "No numbers found" in text(app)


def test_two_numbers_a_point(app):
    opened(app, "Paste").button_group(key="paste-columns").set_value(2)
    app.text_area(key="paste").set_value("width height\n1 2\n3 4\n5 7\n")
    use(app)
    assert data(app).points.tolist() == [[1, 2], [3, 4], [5, 7]]
    assert data(app).columns == ("width", "height")


def test_the_table_is_edited_and_its_last_change_taken_back(app):
    opened(app, "Type")
    edited = {"edited_rows": {0: {"x": 0.5}}, "added_rows": [{"x": 7.0}], "deleted_rows": [1]}
    app.session_state["points-table-0"] = edited
    again(app)
    assert "5 values in the table." in text(app)
    app.button(key="table-undo").click()
    again(app)
    assert app.button(key="table-undo").disabled
    app.session_state["points-table-1"] = edited
    use(app)
    assert data(app).points[:, 0].tolist() == [0.5, -1, 1.2, 1.8, 7]
    assert data(app).title == "Worked example, edited"


def test_a_table_whose_packages_are_on_their_way_says_so_until_they_are_there(app, monkeypatch):
    """As in the static site, which brings them when the table is first looked for."""
    answers = iter([False, False, True])
    monkeypatch.setattr(late, "arrived", lambda: next(answers))
    opened(app, "Type")
    assert late.COMING in text(app)
    assert "table-undo" not in [button.key for button in app.button]
    again(app)
    assert late.COMING in text(app)
    again(app)
    assert late.COMING not in text(app)
    assert app.button(key="table-undo").disabled


def test_an_empty_cell_is_refused_by_its_row(app):
    opened(app, "Type")
    app.session_state["points-table-0"] = {
        "edited_rows": {2: {"x": None}},
        "added_rows": [],
        "deleted_rows": [],
    }
    use(app)
    assert "Row 3 of x is empty" in text(app)
    assert data(app).title == "Worked example"


def test_a_file_is_previewed_and_two_of_its_columns_are_taken(app):
    opened(app, "Upload").file_uploader(key="upload").upload(
        "<i>men</i>.csv", b"name;kg;cm\nann;61,5;170\nbob;80,25;182\ncy;;177\ndee;55;160\n"
    )
    again(app)
    assert "&lt;i&gt;men&lt;/i&gt;.csv: the first 4 of 4 rows" in text(app)
    assert app.selectbox(key="upload-first").value == 1
    app.selectbox(key="upload-second").set_value(2)
    use(app)
    assert data(app).points.tolist() == [[61.5, 170], [80.25, 182], [55, 160]]
    assert data(app).columns == ("kg", "cm")
    assert "1 incomplete line skipped; 3 points used." in text(app)
    assert "drawer" not in app.session_state


def test_a_file_that_is_no_text_is_refused(app):
    opened(app, "Upload").file_uploader(key="upload").upload("a.xlsx", b"PK\x03\x04" + bytes(99))
    again(app)
    assert 'role="alert"' in text(app)
    assert data(app).title == "Worked example"


def test_a_session_file_opens_where_it_was_saved(app):
    problem = app.session_state["session"].problem
    saved = to_json(problem, View(half_step=3, point=2))
    app.selectbox(key="data").set_value("galaxies").run()
    opened(app, "Upload").file_uploader(key="upload").upload("a.json", saved.encode())
    again(app)
    assert "A session: Worked example, 5 points, 2 components, iteration 2." in text(app)
    use(app)
    session = app.session_state["session"]
    assert session.problem == problem
    assert session.view == View(half_step=3, point=2)


@pytest.mark.parametrize("damaged", [b'{"em_explorer": 99}', b"{", b'{"\xff'])
def test_a_damaged_session_file_is_refused(app, damaged):
    opened(app, "Upload").file_uploader(key="upload").upload("a.json", damaged)
    again(app)
    use(app)
    assert 'role="alert"' in text(app)
    assert data(app).title == "Worked example"


def test_a_classic_data_set_with_its_source_and_the_truth_beside_it(app):
    opened(app, "Pick").radio(key="data-pick").set_value("penguins")
    again(app)
    assert "Gorman, Williams" in text(app)
    use(app)
    assert data(app).source == Named("penguins")
    assert "Adjusted Rand index of the start" in text(app)
    assert "Adelie" in text(app)


def test_drawn_points_keep_their_truth(app):
    opened(app, "Generate").number_input(key="generate-n").set_value(60)
    app.slider(key="generate-separation").set_value(8.0)
    app.button(key="generate-new-seed").click()
    again(app)
    use(app)
    assert data(app).source == Generated("mixture_1d", 60, 2, 8.0, 2)
    assert "Adjusted Rand index of the start" in text(app)
    assert "truth" not in text(app).split("Compared with the true groups")[0]


def test_a_published_run_opens_at_its_state_with_its_digits_beside_ours(app):
    opened(app, "Published").selectbox(key="shelf").set_value("mclust-galaxies-V3")
    again(app)
    assert "441.6122" in text(app)
    assert data(app).title == "Worked example"
    use(app)
    assert data(app).points[77, 0] == 26.69
    session = app.session_state["session"]
    assert session.view.half_step > 20
    shown = text(app)
    assert "Printed elsewhere" in shown
    row = shown.split("Printed elsewhere")[1].split("log-likelihood</th>")[1]
    assert row.startswith("<td>−203.1792</td><td>−203.1792</td><td>✓</td>")
    assert "uncorrected" in shown
    app.button(key="undo").click().run()
    assert "Printed elsewhere" not in text(app)


def test_a_run_that_was_printed_with_a_mistake_says_which_digits_the_mistake_gives(app):
    opened(app, "Published").selectbox(key="shelf").set_value("cross-validated-312703")
    again(app)
    assert "−3.6766</td><td>−3.5492</td><td>≠; with the same mistake −3.6760" in text(app)


def test_values_with_counts_count_everywhere(app):
    opened(app, "Paste").selectbox(key="paste-counts").set_value("count")
    app.text_area(key="paste").set_value("size n\n0.5 12\n1 30\n1.5 7\n4 11\n4.5 20\n6 0")
    again(app)
    assert "Counted 80 times in all." in text(app)
    assert "1 row with a count of 0 left out." in text(app)
    use(app)
    assert data(app).counts.tolist() == [12, 30, 7, 11, 20]
    assert data(app).columns == ("size",)
    app.session_state["session"] = sent(app.session_state["session"], 2)
    app.run()
    shown = text(app)
    assert "5 points, counted 80 times in all; your own." in shown
    assert "count c" in shown
    assert "Σ c r" in shown
    assert "its responsibility r times its count c" in shown
    weighted = fit(data(app).points, start(app), max_iter=1, sample_weight=data(app).counts)
    held = weighted.mixtures[1].weights * 80
    for each in held:
        assert f"<td>{number(float(each))}" in shown or number(float(each)) in shown
    app.session_state["session"] = sent(app.session_state["session"], 0)
    app.run()
    assert told(app, "points")["points"]["counts"] == [12, 30, 7, 11, 20]


def test_bins_are_read_and_the_table_has_a_column_of_counts(app):
    opened(app, "Paste").selectbox(key="paste-counts").set_value("bins")
    app.text_area(key="paste").set_value("0 1 5\n1 2 7\n2 3 9\n3 5 1")
    again(app)
    assert "EM counts each bin at its middle." in text(app)
    use(app)
    assert data(app).points[:, 0].tolist() == [0.5, 1.5, 2.5, 4]
    assert data(app).bins.tolist() == [[0, 1], [1, 2], [2, 3], [3, 5]]
    assert "the middles of bins" in text(app)
    opened(app, "Type")
    app.session_state["points-table-0"] = {
        "edited_rows": {"0": {"count": 6}},
        "added_rows": [],
        "deleted_rows": [],
    }
    again(app)
    use(app)
    assert data(app).counts.tolist() == [6, 7, 9, 1]


def test_an_uploaded_column_of_counts(app):
    opened(app, "Upload").file_uploader(key="upload").upload("t.csv", b"value,n\n1,4\n2,5\n7,6\n")
    again(app)
    app.selectbox(key="upload-counts").set_value(1)
    again(app)
    assert "Counted 15 times in all." in text(app)
    use(app)
    assert data(app).counts.tolist() == [4, 5, 6]


@pytest.mark.parametrize(("iteration", "last"), [(3, "e"), (3, "m")])
def test_the_true_groups_are_compared_with_who_has_most_of_each_point(iteration, last):
    app = app_at(data="iris", t=str(iteration), phase=last)
    problem = app.session_state["session"].problem
    frame = run(problem).frame(2 * iteration - (last == "e"))
    labels, truth = frame.responsibilities.argmax(axis=1), problem.data.truth
    compared = text(app).partition("Compared with the true groups")[2]
    index = number(adjusted_rand_score(truth, labels))
    assert f"<span>Adjusted Rand index</span><b>{index}</b>" in compared
    cells = re.findall(r"<td[^>]*>(\d+)</td>", compared.partition("</table>")[0])
    assert list(map(int, cells)) == contingency_matrix(truth, labels).ravel().tolist()


def test_own_points_have_no_truth_beside_them(app):
    assert "Adjusted Rand index" not in text(app)


@pytest.fixture
def small_portions(monkeypatch):
    """The worked example is run in portions of two iterations."""
    monkeypatch.setattr("explorer.model.runs.PORTION", 20)


def run_shown(app: AppTest):
    return app.session_state["runs"][0]


def test_a_long_run_is_made_in_portions_until_it_is_finished(small_portions):
    app = app_at()
    assert "EM is running on 5 points: 2 of at most 200 iterations done" in text(app)
    assert run_shown(app).trace.n_iter == 2
    app.run()
    assert "4 of at most 200 iterations" in text(app)
    app.run()
    assert "EM is running" not in text(app)
    assert run_shown(app).trace.outcome == "converged"
    problem = run_shown(app).problem
    at_once = fit(problem.data.points, problem.start.mixture)
    assert np.array_equal(run_shown(app).trace.log_likelihoods, at_once.log_likelihoods)


def test_a_long_run_is_stopped_and_carried_on(small_portions):
    app = app_at()
    app.button(key="stop").click().run()
    assert run_shown(app).stopped
    assert run_shown(app).trace.n_iter == 4
    assert "EM was stopped: 4 of at most 200 iterations done." in text(app)
    app.button(key="resume").click().run()
    app.run().run()
    assert run_shown(app).trace.outcome == "converged"


def test_the_true_groups_are_drawn_when_asked_for(app):
    assert "truth" not in [toggle.key for toggle in app.toggle]
    app.selectbox(key="data").set_value("penguins").run()
    assert told(app, "truth")["truth"] is None
    app.toggle(key="truth").set_value(True).run()
    assert told(app, "truth")["truth"]["K"] == 3


def test_pasted_text_is_there_again_after_another_way_in_and_after_the_dialog_was_closed(app):
    opened(app, "Paste").text_area(key="paste").set_value("3 4 5")
    again(app)
    app.button_group(key="data-way").set_value("Pick")
    again(app)
    app.button_group(key="data-way").set_value("Paste")
    again(app)
    assert app.text_area(key="paste").value == "3 4 5"
    app.run()
    assert not app.text_area
    again(app)
    assert app.text_area(key="paste").value == "3 4 5"
    assert "3 values read." in text(app)


def test_the_table_is_there_again_after_another_way_in(app):
    opened(app, "Type")
    app.session_state["points-table-0"] = {
        "edited_rows": {0: {"x": 0.5}},
        "added_rows": [],
        "deleted_rows": [],
    }
    again(app)
    app.button_group(key="data-way").set_value("Pick")
    again(app)
    app.button_group(key="data-way").set_value("Type")
    use(again(app))
    assert data(app).points[:, 0].tolist() == [0.5, -0.9, -1, 1.2, 1.8]


def test_row_numbers_are_passed_over_and_said(app):
    upload(app, b'"","x"\n"1",9172\n"2",9350\n"3",9483\n')
    assert app.selectbox(key="upload-first").value == 1
    assert "Passed over &#34;column 1&#34;, which only numbers the rows." in text(app)
    assert "column 1 (numbers the rows)" in app.selectbox(key="upload-first").options
    use(app)
    assert data(app).points[:, 0].tolist() == [9172, 9350, 9483]


def test_how_a_file_is_laid_out_is_corrected(app):
    upload(app, b"Heights;2020\n1;2\n3;4\n5;7\n8;9\n")
    assert app.number_input(key="upload-lines").value == 0
    app.number_input(key="upload-lines").set_value(1)
    again(app)
    assert "4 values read." in text(app)
    assert not app.checkbox(key="upload-header").value
    app.checkbox(key="upload-header").check()
    again(app)
    assert app.selectbox(key="upload-first").options[0] == "1"
    use(app)
    assert data(app).points[:, 0].tolist() == [3, 5, 8]


def test_lines_above_a_table_are_skipped_where_it_could_not_be_read(app):
    upload(app, b"2020;7;1\n1;2\n3;4\n5;7\n")
    assert "Line 1 has 3 fields" in text(app)
    app.number_input(key="upload-lines").set_value(1)
    use(again(app))
    assert data(app).points[:, 0].tolist() == [1, 3, 5]


def test_cells_that_are_no_numbers_are_skipped_when_asked(app):
    upload(app, b"x\n1\n<b>\n3\n<b>\n7\n")
    assert escape('Line 3: "<b>" is not a number') in text(app)
    app.checkbox(key="upload-skip").check()
    again(app)
    assert "2 non-numeric lines skipped; 3 values used." in text(app)
    assert escape('Not numbers: "<b>" (2 times).') in text(app)
    use(app)
    assert data(app).points[:, 0].tolist() == [1, 3, 7]


def upload(app: AppTest, content: bytes) -> AppTest:
    """The dialog, open at a file of this content."""
    opened(app, "Upload").file_uploader(key="upload").upload("a.csv", content)
    return again(app)
