"""An exercise that somebody set for others: what is asked, whose it is, and handing it in."""

import streamlit as st

from em_core.wording import counted, enumerated
from explorer.app import state
from explorer.app.markup import html, note
from explorer.export.hand_in import result_text
from explorer.export.menu import file_stem
from explorer.io.session_file import to_json
from explorer.model import practice
from explorer.model.exercise import Practice, Terms
from explorer.model.problem import MAX_TITLE

HELP_WORDS = {
    "all": "There are hints, and after the last one the number itself.",
    "hints": "There are hints.",
    "none": "There are no hints.",
}


def introduced(terms: Terms) -> bool:
    """What is asked; False where a name must be given before there are numbers."""
    doing = state.practice()
    st.html(html('<p class="ex-question">{}</p>', _asked(doing, terms)))
    waiting = terms.variant is not None and not doing.name
    if waiting or not practice.own_tries(state.session().problem, doing):
        _name(terms)
    return not waiting


def _asked(doing: Practice, terms: Terms) -> str:
    now = practice.score(state.session().problem, doing)
    iterations = [str(t) for t in doing.exercise.iterations]
    where = f"iteration{'s' * (len(iterations) > 1)} {enumerated(iterations)}"
    return (
        f"An exercise that was set for you: {counted(now.blanks, 'blank')} in {where}. Each is "
        f"checked at once. {HELP_WORDS[terms.help]}"
    )


def _name(terms: Terms) -> None:
    """Whose it is, for the result and, where that is so, for the numbers."""
    state.show("practice-name", state.practice().name)
    own = terms.variant is not None
    st.text_input(
        "Your name or number",
        key="practice-name",
        max_chars=MAX_TITLE,
        autocomplete="off",
        help="It is written into the result that you hand in, and kept nowhere else."
        + " Your numbers are drawn from it, so type it the same way each time." * own,
        on_change=_take_name,
    )
    if own and not state.practice().name:
        st.html(note("Your own numbers come with your name: type it, then Enter."))


@state.callback
def _take_name() -> None:
    state.change_practice(name=" ".join(state.taken("practice-name").split()))


def hand_in() -> None:
    """The result as it stands, as text and as a file."""
    problem, doing, view = state.session().problem, state.practice(), state.view()
    text = result_text(problem, doing)
    with st.expander("Hand in", icon=":material/assignment_turned_in:"):
        st.html(note("Copy this text, or save the file, and send it to whoever set the exercise."))
        st.code(text, language=None, wrap_lines=True)
        st.download_button(
            "Result file (JSON)",
            lambda: to_json(problem, view).encode(),
            f"{file_stem(f'{problem.data.title} {doing.name}')}-result.json",
            "application/json",
            key="practice-hand-in",
            icon=":material/download:",
            help="Every step, with the exercise's check value. It opens again by upload on "
            "Explore, and can be carried on with.",
            on_click="ignore",
        )
