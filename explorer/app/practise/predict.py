"""Predict, then see: a question, an answer, and the run that settles it."""

import streamlit as st

from em_core import InputError
from em_core.practice.typed import read
from em_core.wording import number
from explorer.app import gallery, state
from explorer.app.markup import html, note
from explorer.app.practise import mark
from explorer.app.practise.verdicts import verdict
from explorer.charts.earned import Earned, View, earned_picture, scatter_picture
from explorer.model.exercise import forgotten, predicted
from explorer.model.lessons import (
    BY_KEY,
    LESSONS,
    Choose,
    Give,
    Lesson,
    Place,
    judged,
    lesson_run,
)
from explorer.stage import Settings
from explorer.stage.component import live_plot

CHOICE, NUMBER = "practice-choice", "practice-estimate"
FEW = 14
"""Points whose shares are drawn as question marks."""


def show() -> None:
    lesson = BY_KEY[state.practice().lesson]
    _which(lesson)
    answers = dict(state.practice().predictions)
    if lesson.key in answers:
        _seen(lesson, answers[lesson.key])
    else:
        _asked(lesson)


# --- which lesson ---------------------------------------------------------------------------------


def _which(lesson: Lesson) -> None:
    answered = dict(state.practice().predictions)
    at = LESSONS.index(lesson)
    with st.container(horizontal=True, vertical_alignment="bottom", key="practice-lessons"):
        _turn_button("Back", "practice-back", at - 1)
        state.show("practice-lesson", lesson.key, frame=tuple(answered))
        st.selectbox(
            "Lesson",
            [each.key for each in LESSONS],
            key="practice-lesson",
            format_func=lambda key: _name(key, key in answered),
            label_visibility="collapsed",
            on_change=_take_lesson,
        )
        _turn_button("Next", "practice-forth", at + 1)


def _name(key: str, answered: bool) -> str:
    at = LESSONS.index(BY_KEY[key]) + 1
    return f"{at} of {len(LESSONS)} · {BY_KEY[key].named(answered)}" + " ✓" * answered


def _turn_button(words: str, key: str, at: int) -> None:
    inside = 0 <= at < len(LESSONS)
    target = LESSONS[at].key if inside else ""
    st.button(words, key=key, disabled=not inside, on_click=_open, args=(target,))


@state.callback
def _take_lesson() -> None:
    _open(state.taken("practice-lesson"))


@state.callback
def _open(key: str) -> None:
    if key in BY_KEY:
        state.change_practice(lesson=key)


# --- before ---------------------------------------------------------------------------------------


def _asked(lesson: Lesson) -> None:
    with st.container(key="workbench"):
        words, picture = st.columns([1, 1.2], gap="large")
    with words:
        st.html(html('<p class="ex-question">{}</p>', lesson.question))
        match lesson.ask:
            case Choose(options):
                _choice(lesson, options)
            case Give() as asked:
                _number(lesson, asked)
            case Place():
                st.html(note("Drag the mark, or move it with the arrow keys; Enter answers."))
    with picture:
        if isinstance(lesson.ask, Place):
            _placing(lesson, lesson.ask)
        else:
            gallery.show([("", _picture(lesson))], key="practice-picture")


def _choice(lesson: Lesson, options: tuple[str, ...]) -> None:
    st.radio(
        lesson.question,
        range(len(options)),
        index=None,
        key=f"{CHOICE}-{lesson.key}",
        format_func=lambda i: options[i],
        label_visibility="collapsed",
    )
    st.button(
        "That is my answer",
        key="practice-say",
        type="primary",
        on_click=_take_choice,
        args=(lesson.key,),
    )


@state.callback
def _take_choice(key: str) -> None:
    chosen = state.value_of(f"{CHOICE}-{key}")
    if chosen is not None:
        _predict(float(chosen))


def _number(lesson: Lesson, asked: Give) -> None:
    st.text_input(
        asked.words,
        key=f"{NUMBER}-{lesson.key}",
        placeholder=f"{number(asked.low)} to {number(asked.high)}, then Enter",
        autocomplete="off",
        on_change=_take_number,
        args=(lesson.key, asked),
    )
    if words := state.notice("field"):
        st.html(note(words))


@state.callback
def _take_number(key: str, asked: Give) -> None:
    text = state.value_of(f"{NUMBER}-{key}")
    if not text.strip():
        return
    try:
        value = read(text)[0].value
    except InputError as error:
        state.tell(str(error), "field")
        return
    if not asked.low <= value <= asked.high:
        words = f"Give a number from {number(asked.low)} to {number(asked.high)}."
        state.tell(words, "field")
        return
    state.hush()
    _predict(value)


def _placing(lesson: Lesson, asked: Place) -> None:
    start = lesson_run(lesson).trace.mixtures[0]
    mark.ask(
        lesson.key,
        _picture(lesson),
        View.of(_earned(lesson)),
        asked.component,
        float(start.means[asked.component, 0]),
        f"Where mean {asked.component + 1} will be",
        _take_mark,
    )


@state.callback
def _take_mark() -> None:
    at = mark.placed(state.practice().lesson)
    if at is not None:
        _predict(at)


def _predict(answer: float) -> None:
    state.set_practice(predicted(state.practice(), state.practice().lesson, answer))


def _picture(lesson: Lesson) -> str:
    """The points and the start, and nothing of what comes of it."""
    data = lesson_run(lesson).problem.data
    if data.n_features == 2:
        return scatter_picture(data.points, data.title)
    return earned_picture(_earned(lesson), data.title)


def _earned(lesson: Lesson) -> Earned:
    run = lesson_run(lesson)
    start, n = run.trace.mixtures[0], run.problem.data.n_points
    shares = (None,) * n if n <= FEW and not isinstance(lesson.ask, Place) else ()
    return Earned(run.problem.data.points[:, 0], start, shares, (None,) * start.n_components)


# --- after ----------------------------------------------------------------------------------------

SAID = {
    "right": ("good", "✓", "Right."),
    "near": ("soft", "≈", "Near."),
    "wrong": ("bad", "✗", "No."),
}


def _seen(lesson: Lesson, answer: float) -> None:
    st.html(html('<p class="ex-question">{}</p>', lesson.question))
    tone, sign, word = SAID[judged(lesson, answer)]
    told = lesson.told(lesson_run(lesson))
    said = verdict(tone, sign, f"You said: {_said(lesson, answer)}. {word}", told)
    st.html(html('<div role="status" class="ex-told">{}</div>', said))
    at = LESSONS.index(lesson)
    with st.container(horizontal=True, key="practice-after"):
        if at + 1 < len(LESSONS):
            following = LESSONS[at + 1]
            known = following.key in dict(state.practice().predictions)
            st.button(
                f"Next: {following.named(known)}",
                key="practice-next",
                type="primary",
                on_click=_open,
                args=(following.key,),
            )
        st.button("Answer again", key="practice-undo", icon=":material/undo:", on_click=_take_back)
    st.html(note("The run plays once. Step through it to see it happen at your own pace."))
    run = lesson_run(lesson)
    settings = Settings(editable=False, plays=True)
    live_plot(
        state.told_of(run, settings),
        key=f"stage-{lesson.key}",
        on_cursor=state.ignore,
        on_edit=state.ignore,
    )


def _said(lesson: Lesson, answer: float) -> str:
    if isinstance(lesson.ask, Choose):
        return lesson.ask.options[int(answer)].lower()
    return number(answer, digits=mark.DIGITS)


@state.callback
def _take_back() -> None:
    state.set_practice(forgotten(state.practice(), state.practice().lesson))
