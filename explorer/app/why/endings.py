"""All the endings: where EM comes to from many starts, each ending once."""

import streamlit as st

from em_core import Optima
from explorer.app import gallery, state
from explorer.app.markup import html, joined
from explorer.app.portions import Portions, lead, note, to_try
from explorer.app.why import taking_along
from explorer.charts.ending import ending
from explorer.charts.sketch import sketch
from explorer.export.why_tables import endings_csv
from explorer.model import search
from explorer.model.problem import MAX_ITERATIONS, View
from explorer.model.search import Search

KEY, PICTURES = "endings", "ending-pictures"
MOST = 12
"""Endings that are drawn."""


def show() -> None:
    lead(
        "Each picture is a place where EM comes to rest, however its components are numbered, the "
        "best first: look how different the endings are, and how often each is come to."
    )
    _how_many()
    n_starts = state.why().n_starts
    Portions(
        name=KEY,
        get=_search,
        put=lambda further: state.work_out(_name(), further),
        further=search.carried_on,
        running=lambda now: now.running,
        set_running=search.set_running,
        show=_show,
        words=search.how_far,
        progress=lambda now: now.done,
        left=lambda now: now.done < 1,
        invitation=f"Try {n_starts} starts",
        help="Run EM from starts drawn at random; some seconds of work.",
    ).draw()
    if found := _search().found:
        taking_along.offer(lambda: endings_csv(found))
    to_try(
        "choose a picture: the first start that ended there opens in Explore, run to its end. Undo "
        "brings back what was there."
    )


def _show(now: Search) -> None:
    found = now.found
    if found is None:
        return
    note(search.in_words(found))
    data = state.session().problem.data
    pair = state.pair()
    drawn = sketch(data.seen(pair))
    pictures = [
        (
            search.title_of(optimum, found.n_starts),
            ending(data, drawn, optimum, str(place), search.verdict_on(optimum), pair),
        )
        for place, optimum in enumerate(found.optima[:MOST])
    ]
    gallery.show(pictures, key=PICTURES, on_pick=_open_picked)
    st.html(_verdicts(found))


def _how_many() -> None:
    state.show("n-starts", state.why().n_starts)
    st.segmented_control(
        "Starts",
        list(search.N_STARTS),
        key="n-starts",
        help="How many starts are drawn at random, at points of the data.",
        on_change=_take_number,
    )


@state.callback
def _take_number() -> None:
    if number := state.taken("n-starts"):
        state.change_why(n_starts=number)


def _name() -> str:
    return f"endings {search.asked(state.current_run(), state.why().n_starts)}"


def _search() -> Search:
    """The search as far as it has come."""
    run, n_starts = state.current_run(), state.why().n_starts
    found: Search = state.worked_out(_name(), run.problem.data, lambda: search.begun(run, n_starts))
    return found


def _verdicts(found: Optima) -> str:
    said = [
        html(
            '<li class="ex-finding {}"><i aria-hidden="true">{}</i><span>{}. {}</span></li>',
            "good" if optimum.sound else "warning",
            "✓" if optimum.sound else "!",
            search.title_of(optimum, found.n_starts),
            search.verdict_on(optimum),
        )
        for optimum in found.optima[:MOST]
    ]
    left = len(found.optima) - MOST
    more = html('<p class="ex-note">And {} more.</p>', left) if left > 0 else ""
    return html('<ul class="ex-panel ex-verdicts">{}</ul>{}', joined(said), more)


@state.callback
def _open_picked() -> None:
    picked, found = state.value_of(PICTURES).get("pick"), _search().found
    if found is None or not str(picked).isdecimal() or int(picked) >= len(found.optima):
        return
    optimum = found.optima[int(picked)]
    view = View(half_step=2 * MAX_ITERATIONS, display=state.display(), why=state.why())
    if state.edit_and_go(lambda problem: search.opened(problem, optimum), view, "page"):
        state.tell(
            f"{search.title_of(optimum, found.n_starts)}. {search.verdict_on(optimum)}", "said"
        )
