"""Find the mistake: a faulty run, four suspects, then the faulty rule beside the right one."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from markupsafe import Markup

from em_core import GaussianMixture
from em_core.practice.arithmetic import Parameters
from em_core.wording import log_likelihood, number
from explorer.app import gallery, state
from explorer.app.markup import html, note, table
from explorer.app.practise.verdicts import verdict
from explorer.charts.earned import Earned, View, earned_picture
from explorer.model.cases import (
    BY_KEY,
    CASES,
    DATA,
    ITERATIONS,
    Case,
    answer_key,
    faulty_of,
    mistake_of,
    right_of,
)
from explorer.model.exercise import forgotten, predicted

ASKED = (
    "Someone's program made this run. One of its rules is wrong in every iteration. Which mistake "
    "was made?"
)


def show() -> None:
    case = BY_KEY[state.practice().case]
    _which(case)
    answers = dict(state.practice().predictions)
    key = answer_key(case.key)
    st.html(html('<p class="ex-question">{}</p>', ASKED))
    if key in answers:
        _found(case, case.suspects[int(answers[key])])
    else:
        _asked(case)


def _which(case: Case) -> None:
    answered = {key for key, _ in state.practice().predictions}
    names = [each.key for each in CASES]
    state.show("practice-case", case.key, frame=tuple(sorted(answered)))
    st.segmented_control(
        "Run",
        names,
        key="practice-case",
        format_func=lambda key: f"{names.index(key) + 1}" + " ✓" * (answer_key(key) in answered),
        on_change=_take_case,
    )


@state.callback
def _take_case() -> None:
    if key := state.taken("practice-case"):
        state.change_practice(case=key)


def _asked(case: Case) -> None:
    run = faulty_of(case.key)
    with st.container(key="workbench"):
        numbers, suspects = st.columns([1.4, 1], gap="large")
    with numbers:
        st.html(_numbers(run.parameters, run.log_likelihoods, "What the program printed"))
        points = ", ".join(number(x) for x in DATA[case.data][0])
        st.html(note(f"The points: {points}."))
    with suspects:
        st.radio(
            "Suspects",
            range(len(case.suspects)),
            index=None,
            key=f"practice-suspect-{case.key}",
            format_func=lambda i: _capitalised(_title(case, case.suspects[i])),
        )
        st.button(
            "That is it",
            key="practice-accuse",
            type="primary",
            on_click=_take_suspect,
            args=(case.key,),
        )


def _title(case: Case, name: str) -> str:
    return mistake_of(name, case.kind if name == case.mistake else "").title


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


@state.callback
def _take_suspect(key: str) -> None:
    chosen = state.value_of(f"practice-suspect-{key}")
    if chosen is not None:
        state.set_practice(predicted(state.practice(), answer_key(key), float(chosen)))


def _found(case: Case, accused: str) -> None:
    right = accused == case.mistake
    tone, sign = ("good", "✓") if right else ("bad", "✗")
    bold = "Found." if right else f"Not “{_title(case, accused)}”."
    told = case.told if right else f"It is this: {_title(case, case.mistake)}. {case.told}"
    st.html(html('<div role="status" class="ex-told">{}</div>', verdict(tone, sign, bold, told)))
    with st.container(horizontal=True, key="practice-after"):
        at = CASES.index(case)
        if at + 1 < len(CASES):
            st.button(
                "Next run",
                key="practice-next",
                type="primary",
                on_click=_open,
                args=(CASES[at + 1].key,),
            )
        st.button(
            "Look again",
            key="practice-undo",
            icon=":material/undo:",
            on_click=_take_back,
            args=(case.key,),
        )
    _side_by_side(case)
    if source := mistake_of(case.mistake, case.kind).source:
        st.html(note(f"On record: {source}."))


@state.callback
def _open(key: str) -> None:
    state.change_practice(case=key)


@state.callback
def _take_back(key: str) -> None:
    state.set_practice(forgotten(state.practice(), answer_key(key)))


def _side_by_side(case: Case) -> None:
    """Both runs, moved by one slider."""
    faulty, (right, levels) = faulty_of(case.key), right_of(case.key)
    last = min(ITERATIONS, len(faulty.parameters) - 1, len(right) - 1)
    t = st.slider("Iteration", 0, last, min(1, last), key=f"practice-iteration-{case.key}")
    points = np.array(DATA[case.data][0], dtype=float)
    runs = [
        (f"Faulty. {case.faulty}", faulty.parameters[t], faulty.log_likelihoods),
        (f"Right. {case.right}", right[t], levels),
    ]
    drawn = [_drawn(points, parameters) for _, parameters, _ in runs]
    views = [View.of(each) for each in drawn]
    view = View(
        min(each.low for each in views),
        max(each.high for each in views),
        max(each.top for each in views),
        views[0].K,
    )
    gallery.show(
        [
            (f"{title} · log-likelihood {log_likelihood(float(level[t]))}", picture)
            for (title, _, level), picture in zip(
                runs,
                [earned_picture(each, f"Iteration {t}", view) for each in drawn],
                strict=True,
            )
        ],
        key="practice-both",
    )
    left, other = st.columns(2, gap="large")
    left.html(_numbers(faulty.parameters, faulty.log_likelihoods, "The faulty run", t))
    other.html(_numbers(right[: last + 1], levels, "The right run", t))


def _drawn(points: np.ndarray, parameters: Parameters) -> Earned:
    mixture = GaussianMixture.univariate(
        parameters.weights / parameters.weights.sum(), parameters.means, parameters.variances
    )
    return Earned(points, mixture, (), (None,) * mixture.n_components)


def _numbers(
    states: Sequence[Parameters], levels: np.ndarray, caption: str, at: int | None = None
) -> Markup:
    """Every iteration's log-likelihood and parameters; a fall is marked."""
    head = ["t", "log-likelihood", "weights", "means", "variances"]
    rows = []
    for t, parameters in enumerate(states):
        fell = t > 0 and levels[t] < levels[t - 1] - 1e-9
        level = log_likelihood(float(levels[t]), 5)
        rows.append(
            [
                str(t),
                html('{} <span class="ex-fell">falls</span>', level) if fell else level,
                *(
                    ", ".join(number(float(v)) for v in values)
                    for values in (parameters.weights, parameters.means, parameters.variances)
                ),
            ]
        )
    return table(head, rows, caption, chosen=at)
