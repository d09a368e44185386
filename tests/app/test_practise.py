"""The Practise page's logic: wrong first, then right, through a whole worksheet."""

import pytest
from streamlit.testing.v1 import AppTest

from em_core.wording import number
from explorer.model.exercise import LEVELS
from explorer.model.practice import board
from tests.app.told import app_at


@pytest.fixture
def app() -> AppTest:
    return app_at(page="practise")


def now(app: AppTest):
    session = app.session_state["session"]
    return board(session.problem, session.view.practice)


def written(app: AppTest) -> str:
    """Everything the browser is sent."""
    texts = [element.proto.body for element in app.get("html")]
    return "\n".join([*texts, *(e.proto.json for e in app.get("bidi_component"))])


def answer(app: AppTest, text: str) -> AppTest:
    return app.text_input(key="practice-answer").set_value(text).run()


def go(app: AppTest, level: str) -> AppTest:
    return app.segmented_control(key="practice-level").set_value(level).run()


def gives_away(app: AppTest) -> list[str]:
    """Hidden numbers of four digits that the browser is sent all the same."""
    state, sent = now(app), written(app)
    shown = {number(state.sheet.value(c)) for c in state.sheet.cells() if state.visible(c)}
    hidden = {number(state.sheet.value(c)) for c in state.sheet.cells() if not state.visible(c)}
    return [text for text in hidden - shown if len(text) > 4 and text in sent]


def test_wrong_first_then_right(app):
    assert not app.exception
    answer(app, "0.4455")
    assert "that is what σ = 4 gives; the variance is 4, so σ = 2." in written(app)
    assert app.text_input(key="practice-answer").value == "0.4455"
    assert "0.2942" not in written(app)
    answer(app, "0.3")
    assert "Right so far: give two digits." in written(app)
    answer(app, "0.29")
    assert "Done." in written(app)
    assert "0.2942" in written(app)


@pytest.mark.parametrize("level", [level.name for level in LEVELS])
def test_a_whole_worksheet_wrong_first_and_nothing_given_away(app, level):
    go(app, level)
    while (cell := now(app).current) is not None:
        assert not gives_away(app)
        answer(app, "1234567")
        assert not app.exception
        assert now(app).current == cell
        assert not gives_away(app)
        answer(app, repr(now(app).sheet.value(cell)))
        assert now(app).mark(cell).diagnosis.right
    assert "Done." in written(app)
    assert now(app).score.right == now(app).score.blanks


def test_three_hints_then_the_number(app):
    for i, words in enumerate(("A point is shared out", "P(1|1) = w₁", "0.02773 / 0.09425"), 1):
        assert app.button(key="practice-hint").label == f"Hint {i} of 3"
        app.button(key="practice-hint").click().run()
        assert words in written(app)
        assert "0.2942" not in written(app)
    app.button(key="practice-show").click().run()
    assert "P(1|1) = 0.2942" in written(app)
    assert "1 shown" in written(app)


def test_undo_takes_the_last_answer_back(app):
    answer(app, "0.29")
    app.button(key="practice-undo").click().run()
    assert now(app).current is not None
    assert "0.2942" not in written(app)


def test_the_next_exercise_and_once_more(app):
    answer(app, "0.29")
    app.button(key="practice-next").click().run()
    assert len(now(app).blanks) == 7
    go(app, "One responsibility")
    app.button(key="practice-again").click().run()
    assert now(app).practice.tries == ()


def test_another_blank_can_be_chosen(app):
    go(app, "One iteration")
    chosen = now(app).blanks[12]
    app.selectbox(key="practice-go").set_value(chosen).run()
    assert now(app).current == chosen


def test_what_is_typed_is_shown_as_text(app):
    answer(app, "<img src=x>")
    assert "&lt;img src=x&gt;" in written(app)
    assert not any("<img" in element.proto.body for element in app.get("html"))


def test_data_too_many_for_the_hand_say_so(app):
    app = app_at(page="practise", data="galaxies")
    assert "The data on Explore have 82 points" in written(app)
    assert not app.exception


def test_presented_it_is_whole_and_large(app):
    large = "html { font-size: clamp("
    assert large not in written(app)
    app.button(key="present").click().run()
    assert large in written(app)
    answer(app, "0.29")
    assert "Done." in written(app)
    assert app.button(key="present").label == "Leave"
    app.button(key="present").click().run()
    assert large not in written(app)


def test_the_picture_shows_shares_only_when_they_are_earned(app):
    bar = 'class=\\"ex-share-bar'
    assert bar not in written(app)
    answer(app, "0.29")
    assert written(app).count(bar) == 2


def test_a_number_shown_is_told_from_one_found_and_counted_apart(app):
    for _ in range(3):
        app.button(key="practice-hint").click().run()
    app.button(key="practice-show").click().run()
    shown = "\n".join(e.proto.body for e in app.get("html"))
    assert '<span class="ex-blank ex-soft">0.2942</span>' in shown
    words = "Of 1 blank, 0 right at the first try without a hint, 0 later or with a hint, 1 shown."
    assert words in shown
