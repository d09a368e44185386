"""The cloud of starts, what the criteria say of it, and the way into each fit."""

from collections.abc import Sequence

import streamlit as st

from em_core import Candidate
from em_core.inference.selection import weight_of_evidence
from em_core.inference.verdict import (
    CRITERION_NAMES,
    finders,
    model_words,
    sentence_of,
    verdict,
    votes,
)
from em_core.wording import count, counted, log_likelihood, number, sentence_case
from explorer.app import gallery, state
from explorer.app.how_many import desk
from explorer.app.markup import table
from explorer.app.portions import Portions, lead, note, section, to_try
from explorer.charts import cloud
from explorer.model import comparison
from explorer.model.comparison import Comparison, Name
from explorer.model.problem import MAX_ITERATIONS, View

CLOUD = "cloud"


def show() -> None:
    section("How many components?")
    Portions(
        name="comparison",
        get=desk.compared,
        put=desk.put,
        further=comparison.carried_on,
        running=lambda now: now.running,
        set_running=comparison.set_running,
        show=_results,
        words=_how_far,
        progress=lambda now: len(now.selection.candidates) / now.n_candidates,
        left=lambda now: bool(now.planned),
        invitation="Compare",
        help="Fit the candidates that are missing.",
    ).draw()


def _how_far(now: Comparison) -> str:
    done = len(now.selection.candidates)
    starts = counted(now.n_starts, "start")
    if not done and not now.running:
        return (
            f"{count(now.n_candidates)} candidates from {starts} each, on "
            f"{counted(len(now.points), 'point')}: this takes a while, and can be stopped."
        )
    return f"{done} of {now.n_candidates} candidates are fitted, from {starts} each."


def _results(now: Comparison) -> None:
    selection = now.selection
    if not selection.candidates:
        lead(
            "Each number of components is fitted from many starts, and the criteria weigh what is "
            "gained against what is spent on parameters."
        )
        return
    lead(verdict(selection))
    names = [vote.criterion for vote in votes(selection)]
    pictures = []
    for covariance_type in now.types:
        if not cloud.of_type(selection, covariance_type):
            continue
        title = sentence_case(cloud.title_of(selection, covariance_type))
        both = cloud.cloud(selection, covariance_type, now.most_components)
        both += cloud.criteria(selection, covariance_type, now.most_components, names)
        pictures.append((title, both))
    gallery.show(pictures, key=CLOUD, on_pick=_open_picked)
    to_try(
        "choose a dot, and that start opens in Explore, run to its end; Undo brings back what was "
        "there. Hollow dots are endings that something counts against: they are shown and never "
        "chosen, however high."
    )
    if names:
        st.html(_votes(now))


def _votes(now: Comparison) -> str:
    rows = []
    for vote in votes(now.selection):
        rival, behind = "–", "–"
        if vote.runner_up is not None and vote.behind is not None:
            rival = model_words(vote.runner_up)
            behind = number(vote.behind, digits=2)
            if vote.criterion == "bic":
                behind += f" ({weight_of_evidence(vote.behind)})"
        rows.append(
            [
                CRITERION_NAMES[vote.criterion],
                model_words(vote.choice),
                number(getattr(vote.choice, vote.criterion), digits=6),
                rival,
                behind,
            ]
        )
    if not now.running:
        rows += _vote_of_tests(now)
    return table(
        ["criterion", "favours", "its value", "next best", "behind by"],
        rows,
        "What each criterion chooses among the fits that nothing counts against; lower is better.",
    )


def _vote_of_tests(now: Comparison) -> list[list[str]]:
    """What the bootstrap tests lead to, once they have been made."""
    tests = desk.tests()
    chosen = [
        found
        for found in now.selection.candidates
        if (found.covariance_type, found.n_components) == (tests.covariance_type, tests.choice)
    ]
    p_value = f"p = {number(tests.tests[-1].p_value, digits=2)}" if chosen else ""
    return [["bootstrap test", model_words(found), p_value, "–", "–"] for found in chosen]


def focus_section(found: Candidate) -> None:
    """Which fit the rest of the page looks at, its doubts in words, and the way into it.

    With other data or more candidates it is another widget, so that what the browser still has
    of the last one is not taken for a choice.
    """
    sound = _different(desk.compared().selection.ranked("bic"))
    key = _focus_key()
    state.show(key, comparison.name_of(found), frame=tuple(sound))
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    left.selectbox(
        "The fit looked at below",
        list(sound),
        key=key,
        format_func=lambda name: (
            f"{sentence_case(model_words(sound[name]))}: BIC {number(sound[name].bic, digits=6)}"
        ),
        help="In the order of BIC. At first it is the fit that BIC favours.",
        on_change=_look,
        args=(key,),
    )
    right.button(
        "Open in Explore",
        key="focus-open",
        icon=":material/open_in_new:",
        help="See EM arrive there, step by step. Undo brings back what was there.",
        on_click=_open_focus,
        width="stretch",
    )
    note(
        f"{sentence_case(model_words(found))}: log-likelihood "
        f"{log_likelihood(found.log_likelihood, 6)} with "
        f"{counted(found.n_parameters, 'parameter')}; {finders(found)} of "
        f"{counted(len(found.runs), 'start')} ended there."
    )


def _different(candidates: Sequence[Candidate]) -> dict[Name, Candidate]:
    """By name, each model once: one component is the same whether variances are equal or not.

    Two options of the same words would be one to the browser, and the wrong one might come back.
    """
    firsts = {model_words(c): c for c in reversed(candidates)}
    return {comparison.name_of(c): c for c in candidates if firsts[model_words(c)] is c}


@state.callback
def _look(key: str) -> None:
    """What was chosen among other fits is no choice among these; BIC's own is followed on."""
    if key == _focus_key():
        name, best = state.taken(key), desk.compared().selection.best("bic")
        desk.look_at(None if name == comparison.name_of(best) else name)


def _focus_key() -> str:
    return f"focus-{desk.mark()}-{len(desk.compared().selection.candidates)}"


@state.callback
def _open_focus() -> None:
    found = desk.focus()
    if found is not None:
        highest = max((run for run in found.runs if run.sound), key=lambda r: r.log_likelihood)
        _open(found, found.runs.index(highest))


@state.callback
def _open_picked() -> None:
    picked = state.value_of(CLOUD).get("pick")
    if picked:
        found, run = comparison.run_named(desk.compared(), str(picked))
        _open(found, run)


def _open(found: Candidate, run: int) -> None:
    chosen = found.runs[run]
    taken = state.edit_and_go(
        lambda problem: comparison.opened(problem, found.covariance_type, chosen.start),
        View(half_step=2 * MAX_ITERATIONS, display=state.display()),
        "page",
    )
    if taken:
        state.tell(sentence_of(found, run), "said")
