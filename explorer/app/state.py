"""The one module that touches st.session_state: what a visit remembers, and every change to it.

A `Session` (the problem, the view and the way back) is the truth. Widgets only show it: `show`
puts the true value into a widget before it is drawn, and its callback hands the new value to
`edit`. So slider, number field, chart, link and undo can never disagree.
"""

import json
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Literal, NoReturn, ParamSpec, TypeVar, get_args
from urllib.parse import parse_qsl

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

from em_core import InputError, Trace, Verdict
from em_core.wording import point
from explorer.app import opening
from explorer.app.guard import guarded
from explorer.io import link, visit_text
from explorer.model import edits
from explorer.model import practice as exercises
from explorer.model.cards import Card, card_of, of_data
from explorer.model.endings import N_STARTS, is_cheap, verdict_on
from explorer.model.exercise import Practice
from explorer.model.problem import Data, Display, Own, Pair, Problem, View, pair_within
from explorer.model.runs import Run, carried_on, run
from explorer.model.session import (
    Session,
    changed,
    moved,
    pinning,
    redone,
    sent,
    undone,
    with_card,
    with_component_selected,
    with_point_selected,
)
from explorer.model.why import Why
from explorer.stage import (
    AddPoint,
    Cursor,
    Message,
    MoveStart,
    Place,
    RemovePoint,
    SelectComponent,
    SelectPoint,
    Settings,
    payload,
    read_message,
    run_id,
    serialised,
)

STAGE = "stage"
WORDS = "words"
KEPT = "kept-visit"
MAX_RUNS = 4
MAX_PLACES = 20
"""More names of places for words than a page has: what a browser can make a visit hold."""
MAX_UNHEARD = 20
"""Values of a field that the browser may still show; more only where it never answers."""
LONGEST_LINKED = 20_000
"""A person's own data of more numbers than this can never fit into a link."""
SHORTEST_NUMBER = 2
"""Characters, the comma included."""


P = ParamSpec("P")
T = TypeVar("T")
TOO_MANY = (
    "The server was started anew or you were away for long, and your points were too many for this "
    "browser to keep: they are gone."
)
AS_OPENED = "What is shown is what the page was opened with."
UNMADE = "Something went wrong with that change that should not have, so nothing was changed."

Part = Literal["page", "workbench", "dialog"]
"""What is drawn anew by itself, and holds fields."""
TURNS: dict[Part, str] = {part: f"turn-{part}" for part in get_args(Part)}

NoticeKind = Literal["field", "page", "dialog", "said", "undo"]


@dataclass(frozen=True)
class Notice:
    """Something to tell the person: what is wrong with a field of the problem, with something on
    the page or in a dialog, what was `said` back when all went well, or what one may want to
    `undo`."""

    text: str
    place: NoticeKind


def session() -> Session:
    """The visit so far; at its beginning, what the address stands for."""
    known: Session | None = st.session_state.get("session")
    return known or _begun()


def _begun() -> Session:
    opened = opening.opened(st.query_params.to_dict())
    forced = secrets.randbelow(2**32)  # tells this session of the server from others
    begun = Session(opened.problem, opened.view, forced=forced)
    st.session_state["session"] = begun
    st.session_state["touring"] = not st.query_params
    hush()
    if opened.message:
        tell(opened.message, "page")
    st.session_state["refused"] = begun if opened.refused else None
    return begun


def is_touring() -> bool:
    """Whether the person came without a link, and has neither changed anything nor seen enough."""
    return bool(st.session_state.get("touring")) and not session().past


def callback(act: Callable[P, object]) -> Callable[P, None]:
    """Guard what a widget calls: where something goes wrong the visit stays as it was, and says so.

    Streamlit calls it before the page is drawn, so outside the page's own guard.
    """

    @wraps(act)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        before: list[Session | None] = []

        def from_before() -> None:
            before[:] = before or [st.session_state.get("session")]
            st.session_state["session"] = before[0]
            with guarded(lambda: _stay(before[0])), suppress(_Echo):
                act(*args, **kwargs)

        _to_its_end(from_before)

    return call


def _to_its_end(act: Callable[[], None]) -> None:
    """Begin anew what is interrupted, until it is done.

    Where the next press arrives during a callback, any look into st.session_state ends that, and
    what was pressed would be lost. The next press has its turn when all callbacks are done.
    """
    following: RerunException | None = None
    while True:
        try:
            act()
            break
        except RerunException as pressed:
            following = pressed
    if following is not None:
        raise following


def _stay(before: Session | None) -> None:
    if before is not None:
        _put(before)
    tell(UNMADE, "page")
    _redraw_all()


@callback
def end_tour() -> None:
    st.session_state["touring"] = False


def display() -> Display:
    return session().view.display


def show_page(name: str) -> None:
    """Turn to another page; the problem comes along."""
    _put(replace(session(), view=replace(session().view, page=name)))


def set_display(**changes: Any) -> None:
    """changes: fields of `Display`."""
    view = session().view
    _put(replace(session(), view=replace(view, display=replace(view.display, **changes))))


def pair() -> Pair:
    """Which columns are on the stage where there are more than two."""
    return pair_within(display().pair, session().problem.data.n_features)


def show_pair(pair: Pair) -> None:
    """Put two other columns on the stage."""
    set_display(pair=pair)
    _redraw_all()


def present(on: bool) -> None:
    """Show the run to a room, or the whole page again."""
    set_display(present=on)
    _redraw_all()


# --- practising -----------------------------------------------------------------------------------


def practice() -> Practice:
    return session().view.practice


def set_practice(practice: Practice) -> None:
    _put(replace(session(), view=replace(session().view, practice=practice)))


def is_closed() -> bool:
    """Whether only the exercise may be seen, because somebody who set it waits for its answers."""
    return exercises.is_closed(session().problem, practice())


def change_practice(**changes: Any) -> None:
    """changes: fields of `Practice`."""
    set_practice(replace(practice(), **changes))


@callback
def ignore() -> None:
    """Of what a component tells, that which asks for no change: a drawing anew is all it takes."""


def told_of(run: Run, settings: Settings) -> bytes:
    """What a stage is told that only shows this run, from its start."""
    return serialised(payload(run.problem.data, run.trace, Place(), None, 0, settings))


# --- asking why -----------------------------------------------------------------------------------


def why() -> Why:
    return session().view.why


def change_why(**changes: Any) -> None:
    view = session().view
    _put(replace(session(), view=replace(view, why=replace(view.why, **changes))))


# --- runs -----------------------------------------------------------------------------------------


def current_run() -> Run:
    """The run of the problem as it stands; computed once, then remembered."""
    return _run_of(session().problem)


def half_step() -> int:
    """Where the person stands, never beyond the end of the run."""
    return _half_step_of(session())


def _half_step_of(here: Session) -> int:
    return min(here.view.half_step, _run_of(here.problem).last)


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


@dataclass(frozen=True)
class Told:
    """What the stage was told last, and what it was made from."""

    trace: Trace
    run_id: str
    mark: tuple[Place, int | None, int, Settings]
    payload: bytes


def told(settings: Settings) -> bytes:
    """What the stage is told. While nothing but the cursor moves these are the same bytes."""
    here, view = current_run(), session().view
    mark = (place(), view.point, view.component, settings)
    last: Told | None = st.session_state.get("told")
    if last is None or last.trace is not here.trace or last.mark != mark:
        made = payload(here.problem.data, here.trace, *mark)
        last = Told(here.trace, made["run"]["id"], mark, serialised(made))
        st.session_state["told"] = last
    return last.payload


def run_name() -> str:
    """What the browser calls the current run."""
    here = current_run()
    last: Told | None = st.session_state.get("told")
    if last is not None and last.trace is here.trace:
        return last.run_id
    return run_id(here.problem.data, here.trace)


def _run_of(problem: Problem) -> Run:
    known: list[Run] = st.session_state.setdefault("runs", [])
    for found in known:
        if found.problem is problem or found.problem == problem:
            return found
    fresh = run(problem)
    known[:] = [fresh, *known[: MAX_RUNS - 1]]
    return fresh


# --- endings --------------------------------------------------------------------------------------


def verdict() -> Verdict:
    """On the end of the current run, worked out once."""
    here = current_run()
    known: tuple[Trace, Verdict] | None = st.session_state.get("verdict")
    if known is None or known[0] is not here.trace:
        known = _judged(here, N_STARTS if is_cheap(here) else 0)
    return known[1]


@callback
def try_other_starts() -> None:
    """Look for a better ending, as was asked for."""
    _judged(current_run(), N_STARTS)


def _judged(here: Run, n_starts: int) -> tuple[Trace, Verdict]:
    found = here.trace, verdict_on(here, n_starts)
    st.session_state["verdict"] = found
    return found


def remember_ending() -> bool:
    """The run on the screen has ended: its card is kept. Whether it is a new one."""
    here = current_run()
    if any(card.problem is here.problem for card in session().cards):
        return False
    _put(with_card(session(), card_of(here, verdict())))
    return True


def cards() -> tuple[Card, ...]:
    """Of the endings that were seen of these data."""
    return of_data(session().cards, session().problem.data)


@callback
def pin(card: Card | None) -> None:
    _put(pinning(session(), card))


# --- a run on many points, made in portions -------------------------------------------------------


def underway() -> Run | None:
    """The current run as far as it has been made, where it is not finished; else None."""
    begun = current_run()
    if not begun.unfinished:
        return None
    known: Run | None = st.session_state.get("underway")
    return known if known is not None and known.problem is begun.problem else begun


def carry_on() -> bool:
    """Make another portion of the run; True once nothing is left to be made."""
    begun = underway()
    if begun is None:
        return True
    further = carried_on(begun)
    st.session_state["underway"] = further
    if further.unfinished:
        return False
    _finish(further)
    return True


@callback
def stop() -> None:
    """The person has seen enough of the run: it is shown as far as it has been made."""
    begun = underway()
    if begun is not None:
        _finish(replace(begun, stopped=True))


@callback
def resume() -> None:
    """Carry on with a run that was stopped."""
    _finish(replace(current_run(), stopped=False))


def _finish(further: Run) -> None:
    """Show the run as it now is."""
    known: list[Run] = st.session_state["runs"]
    others = [each for each in known if each.problem is not further.problem]
    st.session_state["runs"] = [further, *others]
    st.session_state.pop("underway", None)
    _put(sent(session(), session().view.half_step))


# --- changing the problem -------------------------------------------------------------------------


def edit(change: Callable[[Problem], Problem], where: NoticeKind = "field") -> bool:
    """Change the problem; what cannot be is refused with a notice, and everything stays."""
    try:
        problem = change(session().problem)
        _run_of(problem)
    except InputError as error:
        tell(str(error), where)
        _redraw_all()
        return False
    if problem.data is not session().problem.data:
        set_display(query_at=None)
    _put(changed(session(), problem))
    _redraw_all()
    hush()
    return True


@callback
def press(
    change: Callable[[Problem], Problem],
    where: NoticeKind = "field",
    said: Callable[[Run], str] = lambda run: "",
    at_end: bool = False,
) -> None:
    """As `edit`, for a button; `said` gives what to say of the run that came of it, of which the
    start is shown, or the end."""
    if not edit(change, where):
        return
    if at_end:
        _put(sent(session(), current_run().last))
    if words := said(current_run()):
        tell(words, "said")


def edit_and_go(change: Callable[[Problem], Problem], view: View, where: NoticeKind) -> bool:
    """As `edit`, and look at what `view` says: a whole session is opened."""
    taken = edit(change, where)
    if taken:
        _put(replace(session(), view=view, forced=session().forced + 1))
    return taken


@callback
def edit_field(key: str, change: Callable[[Problem, Any], Problem]) -> None:
    """Take the new value of the widget `key` into the problem."""
    value = taken(key)
    if value is not None:
        edit(lambda problem: change(problem, value))


@callback
def undo() -> None:
    _put(undone(session()))
    _redraw_all()
    hush()


@callback
def redo() -> None:
    _put(redone(session()))
    _redraw_all()
    hush()


@callback
def continue_from_here() -> None:
    """The parameters on the screen become the start of a new run."""
    shown = current_run().frame(half_step()).mixture
    edit(lambda problem: edits.with_start_from(problem, shown), "page")


@callback
def start_again() -> None:
    """Forget the visit, in the browser too, as if the page were opened for the first time."""
    st.query_params.clear()
    for key in list(st.session_state):
        if key != "token":
            del st.session_state[key]


# --- what the stage tells -------------------------------------------------------------------------


@callback
def follow_cursor(teller: str) -> None:
    """The browser's cursor came to rest, says the component `teller`. What was said of the step
    before is said no longer."""
    told = st.session_state[teller].get("cursor")
    _see(told)
    cursor = read_message(told)
    if not isinstance(cursor, Cursor) or cursor.run != run_name():
        return
    before, to = half_step(), min(cursor.half_step, current_run().last)
    _put(moved(session(), to))
    if to != before and st.session_state.get("notice"):
        hush()
        _redraw_all()
    if cursor.query is not None:
        set_display(query_at=cursor.query)


@callback
def look() -> None:
    """Words that were out of sight have come into sight, or are wanted all the same."""
    _see(st.session_state[WORDS].get("look"))


def _see(told: object) -> None:
    if isinstance(told, Mapping) and isinstance(told.get("away"), list):
        st.session_state["away"] = frozenset(map(str, told["away"][:MAX_PLACES]))


def away() -> Collection[str]:
    """The names of the places for words that are out of sight, as the browser told last."""
    return st.session_state.get("away", frozenset())


@callback
def follow_edit() -> None:
    """Something was done on the charts."""
    _do(read_message(st.session_state[STAGE].get("edit")))


def _do(edited: Message | None) -> None:
    match edited:
        case MoveStart(means, covariances, weights):
            taken = edit(lambda p: edits.with_start_moved(p, means, covariances, weights), "page")
            if taken and weights is not None:
                tell("What was moved is the start of a new run.", "undo")
        case AddPoint(value):
            where = point(value, np.ptp(session().problem.data.points, axis=0))
            _edit_points(
                lambda p: edits.with_point_added(p, value), f"A point was added at {where}"
            )
        case RemovePoint(removed):
            _edit_points(
                lambda p: edits.without_point(p, removed), f"Point {removed + 1} was removed"
            )
            select_point(None)
        case SelectPoint(index):
            select_point(index)
        case SelectComponent(index):
            select_component(index)


def _edit_points(change: Callable[[Problem], Problem], done: str) -> None:
    """Other points; where that ends a run one was in the middle of, say so beside the way back."""
    in_mid_run = half_step() > 0
    if edit(change, "page") and in_mid_run:
        tell(f"{done}, so the run begins anew.", "undo")


def _redraw_all() -> None:
    """What was changed beside the stage is to be seen in the fields too."""
    st.session_state["redraw"] = True


def take_redraw() -> bool:
    """Whether the whole page must be drawn again since this was last asked."""
    asked = st.session_state.get("redraw")
    if asked is not False:
        st.session_state["redraw"] = False
    return bool(asked)


# --- selections and widgets -----------------------------------------------------------------------


def select_point(point: int | None) -> None:
    _put(with_point_selected(session(), point))


def select_component(component: int) -> None:
    _put(with_component_selected(session(), component))


def show(key: str, value: Any, frame: Any = None) -> None:
    """Let the widget `key`, about to be drawn, show this value.

    frame: what else makes the widget what it is (bounds, options, words). When that changes the
    browser takes it for a new widget, and forgets the value unless it is sent again. So it is, too,
    as long as the browser may be about to show an older one.
    """
    frames: dict[str, Any] = st.session_state.setdefault("frames", {})
    unsent = key not in frames or frames[key] != frame or _is_unheard(key)
    if unsent or key not in st.session_state or st.session_state[key] != value:
        _send(key, value)
    frames[key] = frame


def draw_again() -> NoReturn:
    """Begin the page anew, which may be before the browser was told of what is drawn so far.

    So each widget's value is sent once more.
    """
    st.session_state["frames"] = {}
    st.rerun()


def dialog_opens(opened: bool = True) -> None:
    """Say whether this drawing of the page opens a dialog: the next one would close it."""
    st.session_state["dialog"] = opened


def dialog_is_open() -> bool:
    """Whether to wait with drawing the page anew."""
    return bool(st.session_state.get("dialog", False))


def value_of(key: str) -> Any:
    return st.session_state[key]


def taken(key: str) -> Any:
    """What was chosen in the widget `key`, for its callback; that ends where it is an `_Echo`."""
    value = st.session_state[key]
    if _is_of_another_session() or (_is_unheard(key) and value in _sent()[key].values):
        raise _Echo
    return value


def unfolded() -> str:
    """The number among the words that shows where it comes from, or "".

    It is named by the kind of its column and its row, such as density-2:4. A browser can send
    anything: a name that no number has unfolds nothing.
    """
    cell = st.session_state.get(WORDS, {}).get("cell")
    return cell if isinstance(cell, str) else ""


def chosen(key: str, offered: Collection[T]) -> T | None:
    """What was chosen among those offered; None for anything else.

    With each press the browser sends what all its widgets show. A quick press comes before it has
    heard of a new list, so what an older list offered would pass for a choice, as mere text.
    """
    value: T = taken(key)
    return value if value in offered else None


# --- what the browser has not heard of yet -------------------------------------------------------


class _Echo(Exception):
    """A field tells what it showed before the server changed it: nobody has chosen that.

    With each press the browser sends what all its widgets show. A quick press (or any, where the
    network is slow) comes before it has heard of the last change: undone twice, the second press
    would bring back what the first one took away.
    """


@dataclass(frozen=True)
class _Sent:
    """What a field may still show in the browser, until that has heard of this turn."""

    values: tuple[Any, ...]
    turn: int


def turn_shown(part: Part) -> str:
    """The key of a hidden number field, to be drawn last in this part of the page.

    It counts the values that the server has sent to fields, from the time of the session's
    beginning on. With each press the browser sends what it shows, and so how much of that the
    browser has heard of.
    """
    key, turn = TURNS[part], _turn()
    if st.session_state.get(key) != turn:
        st.session_state[key] = turn
    return key


def _turn() -> int:
    turn: int = st.session_state.setdefault("turn", _first_turn())
    return turn


def _first_turn() -> int:
    """Milliseconds: no session before this one has come so far."""
    first: int = st.session_state.setdefault("first-turn", time.time_ns() // 10**6)
    return first


def _heard() -> int:
    """The turn that the browser shows."""
    return max(st.session_state.get(key, 0) for key in TURNS.values())


def _is_of_another_session() -> bool:
    """Whether the browser shows what a session showed that the server has lost."""
    return 0 < _heard() < _first_turn()


def _is_unheard(key: str) -> bool:
    """Whether the browser may still show something else in the field, or be about to."""
    sent = _sent().get(key)
    return sent is not None and _heard() < sent.turn


def _send(key: str, value: Any) -> None:
    """Let the field show this in place of what it shows in the browser."""
    values = list(_sent()[key].values) if _is_unheard(key) else []
    for each in (st.session_state.get(key, value), value):
        if each not in values:
            values.append(each)
    st.session_state["turn"] = turn = _turn() + 1
    _sent()[key] = _Sent(tuple(values[-MAX_UNHEARD:]), turn)
    st.session_state[key] = value


def _sent() -> dict[str, _Sent]:
    known: dict[str, _Sent] = st.session_state.setdefault("sent", {})
    return known


# --- what an open dialog keeps --------------------------------------------------------------------


def kept(name: str, mark: Any, make: Callable[[], Any]) -> Any:
    """What `make` gives, made once for as long as `mark` stays the same and the dialog is open."""
    drawer: dict[str, tuple[Any, Any]] = st.session_state.setdefault("drawer", {})
    if name not in drawer or drawer[name][0] != mark:
        drawer[name] = (mark, make())
    return drawer[name][1]


@callback
def forget() -> None:
    """The dialog was closed; what was typed in it is kept."""
    st.session_state.pop("drawer", None)


def typed(key: str) -> None:
    """Let the text field `key`, about to be drawn, show what was typed in it when last there."""
    if key not in st.session_state:
        st.session_state[key] = st.session_state.get("typed", {}).get(key, "")


@callback
def keep_typed(key: str) -> None:
    """Remember what was typed: Streamlit forgets the text of a field that is not drawn."""
    st.session_state.setdefault("typed", {})[key] = st.session_state[key]


def is_drawn(key: str) -> bool:
    """Whether the widget `key` was there in the last drawing, and holds what was done in it."""
    return key in st.session_state


# --- what a page works out bit by bit -------------------------------------------------------------


def worked_out(name: str, mark: Any, make: Callable[[], Any]) -> Any:
    """What was worked out so far, begun by `make`; begun anew once `mark` is another object."""
    desk: dict[str, tuple[Any, Any]] = st.session_state.setdefault("desk", {})
    if name not in desk or desk[name][0] is not mark:
        desk[name] = (mark, make())
    return desk[name][1]


def work_out(name: str, further: Any) -> None:
    """Go on from here with what `worked_out` gave."""
    desk: dict[str, tuple[Any, Any]] = st.session_state["desk"]
    desk[name] = (desk[name][0], further)


# --- notices --------------------------------------------------------------------------------------


def tell(text: str, where: NoticeKind) -> None:
    """Show a sentence there, in place of what was told before."""
    st.session_state["notice"] = Notice(text, where)


def hush() -> None:
    """Take back what was told. (Streamlit takes long to find that something is not there.)"""
    st.session_state["notice"] = None


def notice(where: NoticeKind) -> str:
    """What there is to tell there, or ""."""
    told = st.session_state.get("notice")
    return told.text if told is not None and told.place == where else ""


# --- the address ----------------------------------------------------------------------------------


def view() -> View:
    """What is looked at, the cursor within the run."""
    here = session()
    return replace(here.view, half_step=_half_step_of(here))


def link_parameters(**shown: Any) -> dict[str, str]:
    """The link to what is on the screen, `shown` in its way; LinkTooLong where that does not fit
    into a link."""
    here = view()
    return _encoded(session().problem, replace(here, display=replace(here.display, **shown)))


def _encoded(problem: Problem, view: View) -> dict[str, str]:
    if _never_linked(problem.data):
        raise link.LinkTooLong(problem.data.points.size * SHORTEST_NUMBER, link.MAX_LINK)
    return link.encode(problem, view, _work_parameters(problem, view))


def _work_parameters(problem: Problem, view: View) -> dict[str, str]:
    """What of the link stays while somebody steps, worked out once."""
    mark = (problem, view.practice, view.why)
    known: tuple[tuple[object, ...], dict[str, str]] | None = st.session_state.get("linked")
    if known is None or any(a is not b for a, b in zip(known[0], mark, strict=True)):
        known = st.session_state["linked"] = (mark, link.work_parameters(problem, view))
    return known[1]


def address_parameters() -> dict[str, str] | None:
    """What the address bar says: the link, or that there is none; None: it stays as it is.

    It does for as long as the link it was opened with is refused and nothing else was done, so that
    the link can still be mended or sent back.
    """
    refused: Session | None = st.session_state.get("refused")
    if refused is not None:
        if (refused.problem, refused.view) == (session().problem, view()):
            return None
        st.session_state["refused"] = None
    try:
        if fits_into_link():
            return link_parameters()
    except link.LinkTooLong:  # with what is practised it is too long
        pass
    return link.stand_in(session().problem)


def fits_into_link() -> bool:
    """Whether the address bar keeps the problem; worked out once for each."""
    problem = session().problem
    known = st.session_state.get("linkable")
    if known is None or known[0] is not problem:
        try:
            _encoded(problem, View())
            fits = True
        except link.LinkTooLong:
            fits = False
        known = st.session_state["linkable"] = (problem, fits)
    return known[1]


def unsaved() -> bool:
    """Whether leaving the page would lose the problem: no link holds it and no file was made."""
    return not fits_into_link() and st.session_state.get("saved") is not session().problem


@callback
def saved() -> None:
    """The problem was taken along as a file."""
    st.session_state["saved"] = session().problem


# --- what the browser keeps -----------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """What the browser was told to keep last, and the problem, ways and cards it was made from."""

    made_from: tuple[object, ...]
    mark: str
    told: bytes
    whole: bool


def kept_visit() -> Kept:
    """The visit as the browser keeps it; the same bytes while all that is in it stays."""
    here = session()
    made_from = (here.problem, here.past, here.future, here.cards, here.pinned)
    last: Kept | None = st.session_state.get("kept")
    if last is None or any(a is not b for a, b in zip(last.made_from, made_from, strict=True)):
        text, mark = visit_text.to_text(here), secrets.token_hex(8)
        told = {"mark": mark, "text": text, "points": here.problem.data.n_points}
        last = Kept(made_from, mark, json.dumps(told).encode(), bool(text))
        st.session_state["kept"] = last
    return last


def visit_mark() -> dict[str, Any]:
    """Which session of the server this is, whether it took a visit back, and what is looked at."""
    token = st.session_state.get("token")
    if token is None:
        token = st.session_state["token"] = secrets.token_hex(8)
    return {
        "token": token,
        "taken": st.session_state.get("taken", False),
        "mark": kept_visit().mark,
        "view": visit_text.view_text(session().problem, view()),
    }


def browser_keeps() -> bool:
    """Whether a reload, or the loss of the server's session, leaves the problem as it is."""
    return kept_visit().whole and st.session_state.get("refused_mark") != kept_visit().mark


@callback
def not_kept() -> None:
    """The browser has no room for the visit."""
    st.session_state["refused_mark"] = st.session_state[KEPT].get("refused")


@callback
def go_on() -> None:
    """The browser was cut off and is back; what was done on the stage meanwhile was not heard."""
    _put(sent(session(), half_step()))
    back = st.session_state[KEPT].get("again")
    if isinstance(back, Mapping):
        _go_where(back.get("left"))


@callback
def take_back() -> None:
    """The browser hands back the visit that another session of the server, now gone, had made."""
    handed = st.session_state[KEPT].get("handed")
    if not isinstance(handed, Mapping) or st.session_state.get("taken"):
        return
    st.session_state["taken"] = True
    _redraw_all()
    try:
        back = _handed_back(handed)
        _run_of(back.problem)
    except InputError as error:
        tell(f"{error} {AS_OPENED}", "page")
        return
    hush()
    _put(replace(back, forced=session().forced + 1))
    _go_where(handed.get("left"))


def _handed_back(handed: Mapping[str, Any]) -> Session:
    """The visit, or what an address that came after this session's own stands for."""
    if isinstance(address := handed.get("address"), str):
        opened = link.decode(dict(parse_qsl(address.removeprefix("?"), keep_blank_values=True)))
        return Session(opened.problem, opened.view)
    return _read_back(handed.get("text"), handed.get("view"))


def _read_back(text: object, view: object) -> Session:
    if not text:
        raise InputError("kept-too-many", TOO_MANY)
    return visit_text.from_text(str(text), view if isinstance(view, str) else "")


def _go_where(left: object) -> None:
    """To where the stage was left, and what was done there: nobody may have heard of it."""
    if isinstance(left, Mapping):
        cursor = read_message(
            {"kind": "cursor", "run": left.get("run"), "half_step": left.get("h")}
        )
        if isinstance(cursor, Cursor) and cursor.run == run_name():
            _put(sent(session(), min(cursor.half_step, current_run().last)))
            _do(read_message(left.get("edit")))


def _never_linked(data: Data) -> bool:
    return isinstance(data.source, Own) and np.size(data.points) > LONGEST_LINKED


def _put(session: Session) -> None:
    st.session_state["session"] = session
