"""A press that comes before the browser has heard of the last change sends what its fields show."""

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from em_core.wording import number
from explorer.app import state
from explorer.model.lessons import LESSONS
from explorer.model.practice import Board, board
from tests.app.test_data import again, opened
from tests.app.told import app_at

MEAN = "mean0-1"


def start(app: AppTest):
    return float(app.session_state["session"].problem.start.mixture.means[0, 0])


def lesson(app: AppTest) -> int:
    shown = app.session_state["session"].view.practice.lesson
    return [each.key for each in LESSONS].index(shown)


def board_of(app: AppTest) -> Board:
    session = app.session_state["session"]
    return board(session.problem, session.view.practice)


def shown(app: AppTest) -> WidgetStates:
    """What the browser would send with a press just now."""
    widgets = app._tree.get_widget_states().widgets
    return WidgetStates(
        widgets=[
            each
            for each in widgets
            if each.WhichOneof("value") != "trigger_value" or each.trigger_value
        ]
    )


def pressed(app: AppTest, button: Button, times: int) -> None:
    """All presses come before the browser has drawn what the first one led to."""
    button.click()
    sent = shown(app)
    for _ in range(times):
        app._run(sent)
    assert not app.exception


@pytest.fixture
def moved() -> AppTest:
    """Mean 1 was moved from −3 to −2.5, −2 and −1.5, a little at a time."""
    app = app_at()
    for value in (-2.5, -2.0, -1.5):
        app.number_input(key=MEAN).set_value(value).run()
    assert start(app) == -1.5
    return app


def test_undo_and_redo_are_pressed_as_quickly_as_one_likes(moved):
    pressed(moved, moved.button(key="undo"), 2)
    assert start(moved) == -2.5
    moved.run()
    assert moved.number_input(key=MEAN).value == -2.5
    pressed(moved, moved.button(key="redo"), 2)
    assert start(moved) == -1.5
    pressed(moved, moved.button(key="undo"), 3)
    assert start(moved) == -3


def test_a_field_is_told_again_while_something_older_is_on_its_way_to_it(moved):
    moved.button(key="undo").click()
    sent = shown(moved)
    moved._run(sent)
    redo = moved.button(key="redo").click()
    sent.widgets.remove(next(each for each in sent.widgets if each.trigger_value))
    sent.widgets.append(redo._widget_state)
    moved._run(sent)
    assert start(moved) == -1.5
    assert moved.number_input(key=MEAN).proto.set_value
    assert moved.slider(key=f"{MEAN}-slider").proto.set_value
    moved.run()
    assert start(moved) == -1.5
    assert not moved.number_input(key=MEAN).proto.set_value


def test_what_the_field_showed_before_can_be_chosen_once_the_page_shows_the_change(moved):
    moved.button(key="undo").click().run()
    assert start(moved) == -2
    moved.number_input(key=MEAN).set_value(-1.5).run()
    assert start(moved) == -1.5


def test_a_browser_that_hears_of_nothing_does_not_fill_the_memory(moved):
    sent = shown(moved)
    field = next(each for each in sent.widgets if each.id.endswith(MEAN))
    for i in range(30):
        field.double_value = i / 10
        moved._run(sent)
    kept = moved.session_state["sent"][f"{MEAN}-slider"].values
    assert len(kept) == len(set(kept)) == 20


def test_a_number_typed_before_the_page_shows_the_change_counts(moved):
    sent = shown(moved)
    next(each for each in sent.widgets if each.id.endswith(MEAN)).double_value = -0.5
    moved.button(key="undo").click().run()
    assert start(moved) == -2
    moved._run(sent)
    assert start(moved) == -0.5


def test_what_a_page_shows_of_a_session_that_is_gone_is_no_choice(moved):
    sent = shown(moved)
    for each in sent.widgets:
        if "turn-" in each.id:
            each.double_value = 7
    field = next(each for each in sent.widgets if each.id.endswith(MEAN))
    field.double_value = -0.5
    moved._run(sent)
    assert start(moved) == -1.5
    assert moved.number_input(key=MEAN).proto.set_value


def test_an_echo_does_not_turn_back_to_the_lesson_before():
    app = app_at(page="practise", work="predict")
    sent = shown(app)
    app.button(key="practice-forth").click().run()
    assert lesson(app) == 1
    app._run(sent)
    assert lesson(app) == 1
    app.selectbox(key="practice-lesson").set_value(LESSONS[0].key).run()
    assert lesson(app) == 0


def test_an_answer_that_was_taken_is_none_to_the_next_blank():
    app = app_at(page="practise")
    app.segmented_control(key="practice-level").set_value("Iteration 2").run()
    now = board_of(app)
    app.text_input(key="practice-answer").set_value(number(now.sheet.value(now.current)))
    sent = shown(app)
    for _ in range(2):
        app._run(sent)
    assert [each.cell for each in board_of(app).practice.tries] == [now.current]


def test_the_seed_before_a_new_one_can_be_taken_back_at_once():
    app = app_at()
    seed = "generate-seed"
    opened(app, "Generate").button(key="generate-new-seed").click()
    again(app)
    assert app.number_input(key=seed).value == 2
    app.number_input(key=seed).set_value(1)
    again(app)
    assert app.number_input(key=seed).value == 1


@pytest.mark.parametrize("page", ["explore", "why"])
def test_each_part_that_is_drawn_by_itself_shows_its_turn(page):
    app = app_at(page=page)
    turns = {each.key for each in app.number_input if each.key in state.TURNS.values()}
    assert turns == {"turn-page", "turn-workbench"}
    assert opened(app, "Paste").number_input(key="turn-dialog").value


@pytest.fixture
def memory(monkeypatch) -> dict:
    """A visit in a plain dict."""
    memory: dict = {}
    monkeypatch.setattr(state.st, "session_state", memory)
    return memory


def test_before_the_first_page_is_drawn_to_its_end_what_is_chosen_counts(memory):
    memory["field"] = 3
    assert state.taken("field") == 3


def test_an_entry_of_a_list_is_no_choice_before_the_page_has_heard_of_the_other(memory):
    state.show("field", 1)
    state.turn_shown("page")
    assert state.chosen("field", [1, 2]) == 1
    state.show("field", 2)
    memory["field"] = 1
    chosen = []
    state.callback(lambda: chosen.append(state.chosen("field", [1, 2])))()
    assert chosen == []
    state.turn_shown("page")
    state.callback(lambda: chosen.append(state.chosen("field", [1, 2])))()
    assert chosen == [1]
