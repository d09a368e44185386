"""The cloud of starts, what the criteria say of it, and the way into each fit."""

import time

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
from explorer.app.apology import drawn_calmly
from explorer.app.how_many import desk
from explorer.app.markup import table, text
from explorer.charts import cloud
from explorer.model import comparison
from explorer.model.comparison import Comparison
from explorer.model.problem import MAX_ITERATIONS, View

CLOUD = "cloud"


def show() -> None:
    """All of it; in portions while it is being worked out."""
    st.html('<h2 class="ex-section">How many components?</h2>')
    if desk.compared().running:
        st.fragment(_portion, run_every=desk.PAUSE)()
        return
    _results(desk.compared())
    _go_on(desk.compared())


@drawn_calmly("comparing")
def _portion() -> None:
    """What there is so far, how far it is, and then a piece more."""
    now = desk.compared()
    if not now.running:
        st.rerun()
    _results(now)
    done = len(now.selection.candidates)
    covariance_type, k = now.planned[0]
    _note(
        f"Fitting {counted(k, 'component')} ({covariance_type}) from "
        f"{counted(now.n_starts, 'start')} … {done} of {now.n_candidates} candidates are done."
    )
    st.progress(done / now.n_candidates)
    st.button(
        "Stop here",
        key="comparison-stop",
        icon=":material/stop:",
        help="Look at what there is so far. The rest can be fitted later.",
        on_click=_run,
        args=(False,),
    )
    begun = time.monotonic()
    while now.running and time.monotonic() - begun < desk.PORTION:
        now = comparison.carried_on(now)
    desk.put(now)
    if not now.running:
        st.rerun()


def _go_on(now: Comparison) -> None:
    """A way to begin or to carry on, where something is left to be fitted."""
    if not now.planned:
        return
    done = len(now.selection.candidates)
    if done:
        _note(f"Stopped: {done} of {now.n_candidates} candidates are fitted.")
    else:
        _note(
            f"{count(now.n_candidates)} candidates from {counted(now.n_starts, 'start')} each, on "
            f"{counted(len(now.points), 'point')}: this takes a while, and can be stopped."
        )
    st.button(
        "Carry on" if done else "Compare",
        key="comparison-run",
        icon=":material/play_arrow:",
        type="secondary" if done else "primary",
        help="Fit the candidates that are missing.",
        on_click=_run,
        args=(True,),
    )


@state.callback
def _run(running: bool) -> None:
    desk.put(comparison.set_running(desk.compared(), running))


def _results(now: Comparison) -> None:
    selection = now.selection
    if not selection.candidates:
        st.html(
            '<p class="ex-lead">Each number of components is fitted from many starts, and the '
            "criteria weigh what is gained against what is spent on parameters.</p>"
        )
        return
    st.html(f'<p class="ex-lead">{text(verdict(selection))}</p>')
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
    st.html(
        '<p class="ex-try"><b>Try:</b> choose a dot, and that start opens in Explore, run to its '
        "end; Undo brings back what was there. Hollow dots are endings that something speaks "
        "against: they are shown and never chosen, however high.</p>"
    )
    if names:
        st.html(_votes(now))


def _votes(now: Comparison) -> str:
    rows = []
    for vote in votes(now.selection):
        rival, behind = "–", "–"
        if vote.runner_up is not None and vote.behind is not None:
            rival = text(model_words(vote.runner_up))
            behind = number(vote.behind, digits=2)
            if vote.criterion == "bic":
                behind += f" ({weight_of_evidence(vote.behind)})"
        rows.append(
            [
                CRITERION_NAMES[vote.criterion],
                text(model_words(vote.choice)),
                number(getattr(vote.choice, vote.criterion), digits=6),
                rival,
                behind,
            ]
        )
    return table(
        ["criterion", "favours", "its value", "next best", "behind by"],
        rows,
        "What each criterion chooses among the fits that nothing speaks against; lower is better.",
    )


def focus_section() -> Candidate | None:
    """Which fit the rest of the page looks at, its doubts in words, and the way into it."""
    found = desk.focus()
    if found is None:
        return None
    sound = {comparison.name_of(c): c for c in desk.compared().selection.ranked("bic")}
    state.show("focus", comparison.name_of(found), frame=tuple(sound))
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    left.selectbox(
        "The fit looked at below",
        list(sound),
        key="focus",
        format_func=lambda name: (
            f"{sentence_case(model_words(sound[name]))}: BIC {number(sound[name].bic, digits=6)}"
        ),
        help="In the order of BIC. At first it is the fit that BIC favours.",
        on_change=_look,
    )
    right.button(
        "Open in Explore",
        key="focus-open",
        icon=":material/open_in_new:",
        help="See EM arrive there, step by step. Undo brings back what was there.",
        on_click=_open_focus,
        width="stretch",
    )
    _note(
        f"{sentence_case(model_words(found))}: log-likelihood "
        f"{log_likelihood(found.log_likelihood, 6)} with "
        f"{counted(found.n_parameters, 'parameter')}; {finders(found)} of "
        f"{counted(len(found.runs), 'start')} ended there."
    )
    return found


@state.callback
def _look() -> None:
    desk.look_at(state.value_of("focus"))


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


def _note(words: str) -> None:
    st.html(f'<p class="ex-note" role="status">{text(words)}</p>')
