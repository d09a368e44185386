"""The one module that touches st.session_state: what a visit remembers, and every change to it.

A `Session` (the problem, the view and the way back) is the truth. Widgets only show it: `show`
puts the true value into a widget before it is drawn, and its callback hands the new value to
`edit`. So slider, number field, chart, link and undo can never disagree.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import streamlit as st

from em_core import InputError
from explorer import edits, link
from explorer.live_plot import (
    AddPoint,
    MoveStart,
    Place,
    RemovePoint,
    SelectComponent,
    SelectPoint,
    read_cursor,
    read_edit,
    run_id,
)
from explorer.problem import Data, Own, Problem
from explorer.runs import Run, run
from explorer.session import (
    Session,
    changed,
    moved,
    redone,
    sent,
    undone,
    with_component_selected,
    with_point_selected,
)

STAGE = "stage"
MAX_RUNS = 4
LONGEST_LINKED = 20_000
"""A person's own data of more numbers than this can never fit into a link."""


@dataclass(frozen=True)
class Display:
    """How numbers and charts are shown; nothing of it changes what is computed.

    query: draw the query line, at `query_at` (in the middle of the data where that is None).
    """

    spread: Literal["variance", "sd"] = "variance"
    precise: bool = False
    posterior: bool = False
    query: bool = False
    query_at: float | None = None


@dataclass(frozen=True)
class Notice:
    """Something to tell the person: about a `field` of the problem, or about the page."""

    text: str
    place: Literal["field", "page"]


def session() -> Session:
    """The visit so far; at its beginning, what the address stands for."""
    if "session" not in st.session_state:
        opened = link.decode(st.query_params.to_dict())
        st.session_state["session"] = Session(opened.problem, opened.view)
        if opened.message:
            tell(opened.message, "page")
    return st.session_state["session"]


def display() -> Display:
    return st.session_state.setdefault("display", Display())


def set_display(**changes: Any) -> None:
    st.session_state["display"] = replace(display(), **changes)


# --- runs -----------------------------------------------------------------------------------------


def current_run() -> Run:
    """The run of the problem as it stands; computed once, then remembered."""
    return _run_of(session().problem)


def half_step() -> int:
    """Where the person stands, never beyond the end of the run."""
    return min(session().view.half_step, current_run().last)


def place() -> Place:
    """Where the browser's cursor is put when the run is new or the person was sent somewhere.

    It stays the same while the cursor only follows the browser.
    """
    forced = session().forced
    sent_to = st.session_state.get("sent_to")
    if sent_to is None or sent_to.nonce != forced:
        sent_to = Place(half_step(), forced)
        st.session_state["sent_to"] = sent_to
    return sent_to


def _run_of(problem: Problem) -> Run:
    known: list[Run] = st.session_state.setdefault("runs", [])
    for found in known:
        if found.problem is problem or found.problem == problem:
            return found
    fresh = run(problem)
    st.session_state["runs"] = [fresh, *known[: MAX_RUNS - 1]]
    return fresh


# --- changing the problem -------------------------------------------------------------------------


def edit(change: Callable[[Problem], Problem], where: Literal["field", "page"] = "field") -> None:
    """Change the problem; what cannot be is refused with a notice, and everything stays."""
    try:
        problem = change(session().problem)
        _run_of(problem)
    except InputError as error:
        tell(str(error), where)
        return
    if problem.data is not session().problem.data:
        set_display(query_at=None)
    _put(changed(session(), problem))
    hush()


def edit_field(key: str, change: Callable[[Problem, Any], Problem]) -> None:
    """Take the new value of the widget `key` into the problem."""
    value = st.session_state[key]
    if value is not None:
        edit(lambda problem: change(problem, value))


def undo() -> None:
    _put(undone(session()))
    hush()


def redo() -> None:
    _put(redone(session()))
    hush()


def continue_from_here() -> None:
    """The parameters on the screen become the start of a new run."""
    shown = current_run().parameters(half_step())
    edit(lambda problem: edits.with_start_from(problem, shown), "page")


def start_again() -> None:
    """Forget the visit, as if the page were opened for the first time."""
    st.query_params.clear()
    for key in list(st.session_state):
        del st.session_state[key]


# --- what the stage tells -------------------------------------------------------------------------


def follow_cursor() -> None:
    """The browser's cursor came to rest."""
    cursor = read_cursor(st.session_state[STAGE].get("cursor"))
    here = current_run()
    if cursor is None or cursor.run != run_id(here.problem.data, here.trace):
        return
    _put(moved(session(), min(cursor.half_step, here.last)))
    if cursor.query is not None:
        set_display(query_at=cursor.query)


def follow_edit() -> None:
    """Something was done on the charts."""
    match read_edit(st.session_state[STAGE].get("edit")):
        case MoveStart(means, covariances):
            _edit_on_stage(lambda p: edits.with_start_moved(p, means, covariances))
        case AddPoint(value):
            _edit_on_stage(lambda p: edits.with_point_added(p, value))
        case RemovePoint(index):
            _edit_on_stage(lambda p: edits.without_point(p, index))
            select_point(None)
        case SelectPoint(index):
            select_point(index)
        case SelectComponent(index):
            select_component(index)


def _edit_on_stage(change: Callable[[Problem], Problem]) -> None:
    """As `edit`, and the fields beside the stage are to be drawn again too."""
    edit(change, "page")
    st.session_state["redraw"] = True


def take_redraw() -> bool:
    """Whether the whole page must be drawn again, because the problem changed on the stage."""
    return st.session_state.pop("redraw", False)


# --- selections and widgets -----------------------------------------------------------------------


def select_point(point: int | None) -> None:
    _put(with_point_selected(session(), point))


def select_component(component: int) -> None:
    _put(with_component_selected(session(), component))


def show(key: str, value: Any) -> None:
    """Let the widget `key`, about to be drawn, show this value."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def value_of(key: str) -> Any:
    return st.session_state[key]


def send_to(half_step: int) -> None:
    """Put the cursor somewhere."""
    _put(sent(session(), half_step))


# --- notices --------------------------------------------------------------------------------------


def tell(text: str, where: Literal["field", "page"]) -> None:
    st.session_state["notice"] = Notice(text, where)


def hush() -> None:
    st.session_state.pop("notice", None)


def notice(where: Literal["field", "page"]) -> str:
    """What there is to tell there, or ""."""
    told = st.session_state.get("notice")
    return told.text if told is not None and told.place == where else ""


# --- the address ----------------------------------------------------------------------------------


def link_parameters() -> dict[str, str]:
    """The link to what is on the screen; none where that does not fit into a link."""
    here = session()
    if _never_linked(here.problem.data):
        return {}
    try:
        return link.encode(here.problem, replace(here.view, half_step=half_step()))
    except link.LinkTooLong:
        return {}


def _never_linked(data: Data) -> bool:
    return isinstance(data.source, Own) and np.size(data.points) > LONGEST_LINKED


def _put(session: Session) -> None:
    st.session_state["session"] = session
