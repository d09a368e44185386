"""For teachers: the problem as an exercise for others, by a link, a QR code and on paper."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from em_core.practice.arithmetic import OF_POINTS
from em_core.wording import counted
from explorer.app import gallery, share, state
from explorer.app.apology import drawn_calmly
from explorer.app.markup import alert, html, note
from explorer.export import qr
from explorer.export.exercise_sheet import exercise_sheet
from explorer.export.menu import file_stem
from explorer.export.question_sheet import question_sheet
from explorer.io import link
from explorer.model.check_value import exercise_check
from explorer.model.exercise import (
    ALL,
    BLANKS,
    MAX_ROUND,
    MAX_ROUNDS,
    Exercise,
    Help,
    Practice,
    Terms,
)
from explorer.model.practice import boards, unfit
from explorer.model.problem import MAX_SEED, Problem

BLANK_NAMES = {
    "responsibilities": "The responsibilities",
    "e-step": "The E-step",
    "m-step": "The M-step",
    "iteration": "A whole iteration, densities given",
    "everything": "Every number",
}
HELP_NAMES: dict[Help, str] = {
    "all": "Hints, then the number",
    "hints": "Hints, never the number",
    "none": "None: only whether it is right, and which mistake it was",
}
MOST_NAMES = 60


def button() -> bool:
    """Whether the problem is to be set as an exercise; where it cannot be, the reason is said."""
    reason = unfit(state.session().problem)
    return st.button(
        "Make it an exercise",
        key="teach",
        icon=":material/school:",
        disabled=bool(reason),
        help=reason or "For a class: a link with blanks, a QR code, a sheet to print.",
    )


@st.dialog("Set as an exercise", width="medium")
@drawn_calmly("teach")
def dialog() -> None:
    problem = state.session().problem
    st.html(note("The same problem with its numbers left blank. Nothing is stored on a server."))
    practice = Practice(exercise=_exercise(problem), terms=_terms())
    if reason := boards(problem, practice)[0].reason:
        st.html(alert(f"{reason} Choose fewer iterations, or another start on Explore."))
        return
    parameters = _parameters(problem, practice)
    _link(problem, practice, parameters)
    _paper(problem, practice, parameters)


# --- what is asked --------------------------------------------------------------------------------


def _exercise(problem: Problem) -> Exercise:
    left, right = st.columns(2)
    blanks = left.selectbox(
        "Blanks",
        list(BLANK_NAMES),
        index=3,
        key="teach-blanks",
        format_func=lambda name: BLANK_NAMES[name],
        help="Which numbers are left out. What they are made of is given.",
    )
    of_points = set(BLANKS[blanks]) <= OF_POINTS
    point = right.selectbox(
        "Of which points",
        [ALL, *range(problem.data.n_points)] if of_points else [ALL],
        key="teach-row",
        format_func=lambda i: "All" if i == ALL else f"Point {i + 1} alone",
        help="One point alone is a short exercise; the M-step needs all of them.",
    )
    left, right = st.columns(2)
    first = left.number_input(
        "First iteration",
        1,
        MAX_ROUND,
        1,
        key="teach-first",
        help="In iteration 2 weights and variances differ, which is where hidden mistakes show.",
    )
    rounds = right.number_input(
        "How many iterations", 1, MAX_ROUNDS, 1, key="teach-rounds", help="One after the other."
    )
    return Exercise(BLANKS[blanks], first, rounds, point)


def _terms() -> Terms:
    left, right = st.columns(2)
    help_given = left.selectbox(
        "Help",
        list(HELP_NAMES),
        key="teach-help",
        format_func=lambda name: HELP_NAMES[name],
        help="Each number is checked at once in any case, and a mistake is named.",
    )
    own = right.toggle(
        "Own numbers for each student",
        key="teach-own",
        help="Points drawn from the seed and the student's name: other numbers, as hard as these.",
    )
    if not own:
        return Terms(help_given)
    seed = right.number_input(
        "Seed", 0, MAX_SEED, 1, key="teach-seed", help="Another seed draws other numbers for all."
    )
    return Terms(help_given, seed)


# --- what is taken along --------------------------------------------------------------------------


def _parameters(problem: Problem, practice: Practice) -> dict[str, str]:
    view = replace(state.session().view, half_step=0, point=None, component=0)
    return link.encode(problem, replace(view, page="practise", practice=practice))


def _link(problem: Problem, practice: Practice, parameters: dict[str, str]) -> None:
    share.links("teach-links", parameters)
    code = qr.code(_address(parameters)) if _address(parameters) else None
    if code is not None:
        gallery.show([("", code)], key="teach-code")
    check = "This is exercise {}. Each result that is handed in names it, and so does its file."
    st.html(html(f'<p class="ex-note">{check}</p>', exercise_check(problem, practice)))


def _address(parameters: dict[str, str]) -> str:
    """The whole link, "" where the browser did not say where the page is."""
    here = (st.context.url or "").partition("?")[0]
    return here + link.query(parameters) if here else ""


def _paper(problem: Problem, practice: Practice, parameters: dict[str, str]) -> None:
    names = _names(practice)
    stem, address = file_stem(problem.data.title), _address(parameters)
    with st.container(horizontal=True, key="teach-paper"):
        for solved, label in ((False, "Sheet to print"), (True, "Solution")):
            st.download_button(
                label,
                _bytes_of(exercise_sheet, problem, practice, names, solved, address),
                f"{stem}-{'solution' if solved else 'exercise'}.html",
                "text/html",
                key=f"teach-sheet-{solved}",
                icon=":material/print:",
                help="HTML made for A4 paper: open it and print.",
                on_click="ignore",
            )
    st.html(note("A page of questions about the worked example, to be answered with this app:"))
    with st.container(horizontal=True, key="teach-questions"):
        for answers, label in ((False, "Question sheet"), (True, "With answers")):
            st.download_button(
                label,
                _bytes_of(question_sheet, answers),
                f"em-{'answers' if answers else 'questions'}.html",
                "text/html",
                key=f"teach-questions-{answers}",
                icon=":material/quiz:",
                help="HTML made for A4 paper: open it and print.",
                on_click="ignore",
            )


def _bytes_of(write: Callable[..., str], *about: object) -> Callable[[], bytes]:
    """Made only when the file is asked for."""
    return lambda: write(*about).encode()


def _names(practice: Practice) -> list[str]:
    """Whose sheets are printed; one without a name where none are given."""
    if practice.terms is None or practice.terms.variant is None:
        return [""]
    text = st.text_area(
        "Names for the sheets",
        key="teach-names",
        placeholder="Anna\nBen",
        help="One a line, as the students type them; capitals do not matter. Each name gets a "
        "sheet with the numbers that the link gives it.",
    )
    names = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(names) > MOST_NAMES:
        left_out = counted(len(names) - MOST_NAMES, "name")
        st.html(note(f"The sheets are for the first {MOST_NAMES} names; {left_out} left out."))
    return names[:MOST_NAMES] or [""]
