"""Each lesson answered right and wrong; nothing of the run is sent before."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.model.cases import CASES
from explorer.model.exercise import predicted
from explorer.model.lessons import LESSONS, Choose, Give, Lesson, lesson_run
from tests.app.told import app_at


def opened(lesson: Lesson) -> AppTest:
    app = app_at(page="practise")
    app.segmented_control(key="practice-task").set_value("predict").run()
    return app.selectbox(key="practice-lesson").set_value(lesson.key).run()


def written(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def runs_sent(app: AppTest) -> int:
    return sum(b'"run":' in e.proto.SerializeToString() for e in app.get("bidi_component"))


def say(app: AppTest, lesson: Lesson, answer: float) -> AppTest:
    match lesson.ask:
        case Choose():
            app.radio(key=f"practice-choice-{lesson.key}").set_value(int(answer)).run()
            return app.button(key="practice-say").click().run()
        case Give():
            return (
                app.text_input(key=f"practice-estimate-{lesson.key}").set_value(str(answer)).run()
            )
    session = app.session_state["session"]  # the mark is placed in the browser's tests
    view = session.view
    app.session_state["session"] = session.__class__(
        session.problem,
        view.__class__(page="practise", practice=predicted(view.practice, lesson.key, answer)),
    )
    return app.run()


def wrong_answer(lesson: Lesson, right: float) -> float:
    if isinstance(lesson.ask, Choose):
        return (right + 1) % len(lesson.ask.options)
    return right + 10 * lesson.ask.tolerance if isinstance(lesson.ask, Give) else right + 3


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)
def test_each_lesson_wrong_then_right(lesson):
    app = opened(lesson)
    right = lesson.right(lesson_run(lesson))
    assert not app.exception
    assert lesson.question in written(app).replace("&#39;", "'")
    assert runs_sent(app) == 0
    say(app, lesson, wrong_answer(lesson, right))
    assert not app.exception
    assert "No." in written(app)
    assert runs_sent(app) == 1
    app.button(key="practice-undo").click().run()
    assert runs_sent(app) == 0
    say(app, lesson, right)
    assert "Right." in written(app)


def test_a_share_beyond_one_or_no_number_is_asked_again():
    lesson = next(each for each in LESSONS if isinstance(each.ask, Give))
    app = opened(lesson)
    say(app, lesson, 7)
    assert "Give a number from 0 to 1." in written(app)
    app.text_input(key=f"practice-estimate-{lesson.key}").set_value("half").run()
    assert "cannot be read as a number" in written(app)
    assert runs_sent(app) == 0


def test_no_choice_is_no_answer():
    app = opened(LESSONS[0])
    app.button(key="practice-say").click().run()
    assert not app.exception
    assert runs_sent(app) == 0


def test_one_lesson_leads_to_the_next_and_back():
    app = opened(LESSONS[0])
    say(app, LESSONS[0], 1)
    app.button(key="practice-next").click().run()
    assert LESSONS[1].question in written(app)
    app.button(key="practice-back").click().run()
    assert "Right." in written(app)
    assert app.button(key="practice-back").disabled


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_each_case_wrong_then_right(case):
    app = app_at(page="practise")
    app.segmented_control(key="practice-task").set_value("find").run()
    app.segmented_control(key="practice-case").set_value(case.key).run()
    assert not app.exception
    assert case.right not in written(app)
    right = case.suspects.index(case.mistake)
    app.radio(key=f"practice-suspect-{case.key}").set_value((right + 1) % 4).run()
    app.button(key="practice-accuse").click().run()
    assert not app.exception
    assert "It is this" in written(app)
    app.button(key="practice-undo").click().run()
    app.radio(key=f"practice-suspect-{case.key}").set_value(right).run()
    app.button(key="practice-accuse").click().run()
    assert "Found." in written(app)
    app.slider(key=f"practice-iteration-{case.key}").set_value(3).run()
    assert not app.exception


def test_a_fall_of_the_log_likelihood_is_marked_and_no_rise():
    app = app_at(page="practise", work="find", case="1")
    shown = written(app)
    assert shown.count(">falls</span>") == 2
    for level in ("−6.1948", "−6.3809"):
        assert f'{level} <span class="ex-fell">falls</span>' in shown
    assert "variance-as-sd" not in shown


def test_what_was_accused_is_told_with_its_own_letters():
    app = app_at(page="practise", work="find", case="1")
    wrong = CASES[0].suspects.index("mean-over-n")
    app.radio(key="practice-suspect-1").set_value(wrong).run()
    app.button(key="practice-accuse").click().run()
    assert "Not “the mean divided by n instead of N”." in written(app)


def test_the_next_lesson_is_announced_without_its_answer():
    fourth = next(each for each in LESSONS if each.key == "again")
    app = opened(fourth)
    say(app, fourth, 0)
    assert app.button(key="practice-next").label == "Next: The log-likelihood"
    names = app.selectbox(key="practice-lesson").options
    assert "5 of 15 · The log-likelihood" in names
    assert "4 of 15 · And again ✓" in names
