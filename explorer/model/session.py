"""One visit: the problem, where the person stands in its run, and the way back. Pure values."""

from dataclasses import dataclass, field, replace

from explorer.model.cards import Card, kept, of_data
from explorer.model.problem import Problem, View

MAX_UNDO = 100
MAX_UNDO_BYTES = 32_000_000
"""Points kept alive for undoing; the oldest changes are forgotten beyond that."""


@dataclass(frozen=True)
class Moment:
    """What an undo brings back."""

    problem: Problem
    view: View


@dataclass(frozen=True)
class Session:
    """past and future: what undo and redo lead to, the nearest last.

    forced: goes up whenever the cursor was put somewhere other than by the browser. cards: the
    endings that were seen; pinned: the one the charts are compared with.
    """

    problem: Problem
    view: View = field(default_factory=View)
    past: tuple[Moment, ...] = ()
    future: tuple[Moment, ...] = ()
    forced: int = 0
    cards: tuple[Card, ...] = ()
    pinned: Card | None = None

    @property
    def here(self) -> Moment:
        return Moment(self.problem, self.view)


def changed(session: Session, problem: Problem) -> Session:
    """Another problem: its run begins at its start, and the change can be undone."""
    if problem == session.problem:
        return session
    past = _bounded((*session.past, session.here))
    view = fitting_view(problem, session.view)
    return _at(session, Moment(problem, view), past, ())


def undone(session: Session) -> Session:
    """Before the last change; the session as it is where there is none."""
    if not session.past:
        return session
    *past, moment = session.past
    future = (*session.future, session.here)
    return _at(session, _as_now(moment, session), tuple(past), future)


def redone(session: Session) -> Session:
    """After the change last undone; the session as it is where there is none."""
    if not session.future:
        return session
    *future, moment = session.future
    past = (*session.past, session.here)
    return _at(session, _as_now(moment, session), past, tuple(future))


def _at(
    session: Session, moment: Moment, past: tuple[Moment, ...], future: tuple[Moment, ...]
) -> Session:
    """Another moment of the visit. What is pinned stays while the data do."""
    pinned = session.pinned
    if pinned is not None and not of_data((pinned,), moment.problem.data):
        pinned = None
    return replace(
        session,
        problem=moment.problem,
        view=moment.view,
        past=past,
        future=future,
        forced=session.forced + 1,
        pinned=pinned,
    )


def _as_now(moment: Moment, session: Session) -> Moment:
    """How things are shown, the page, what Why? is asked, lessons and cases are not undone; an
    exercise on the problem and the answers in it come back with it."""
    now = session.view
    practice = replace(
        moment.view.practice,
        task=now.practice.task,
        lesson=now.practice.lesson,
        case=now.practice.case,
        predictions=now.practice.predictions,
    )
    view = replace(moment.view, display=now.display, page=now.page, practice=practice, why=now.why)
    return Moment(moment.problem, view)


def with_card(session: Session, card: Card) -> Session:
    """A run has ended."""
    return replace(session, cards=kept(session.cards, card))


def pinning(session: Session, card: Card | None) -> Session:
    """Compare the charts with this ending, or with none."""
    return replace(session, pinned=card)


def moved(session: Session, half_step: int) -> Session:
    """The cursor followed the browser."""
    return replace(session, view=replace(session.view, half_step=half_step))


def sent(session: Session, half_step: int) -> Session:
    """The cursor is put somewhere, and the browser is told to follow."""
    return replace(moved(session, half_step), forced=session.forced + 1)


def with_point_selected(session: Session, point: int | None) -> Session:
    """point: an index from 0, or None for no point; one that is not there changes nothing."""
    if point is not None and not 0 <= point < session.problem.data.n_points:
        return session
    return replace(session, view=replace(session.view, point=point))


def with_component_selected(session: Session, component: int) -> Session:
    """component: an index from 0; one that is not there changes nothing."""
    if not 0 <= component < session.problem.start.mixture.n_components:
        return session
    return replace(session, view=replace(session.view, component=component))


def fitting_view(problem: Problem, view: View) -> View:
    """At the start, with what was selected as far as it is still there."""
    point = view.point
    if point is not None and point >= problem.data.n_points:
        point = None
    component = min(view.component, problem.start.mixture.n_components - 1)
    practice = replace(view.practice, tries=())
    return replace(view, half_step=0, point=point, component=component, practice=practice)


def _bounded(past: tuple[Moment, ...]) -> tuple[Moment, ...]:
    """The newest moments, as many as the limits allow; data shared between them count once."""
    kept: list[Moment] = []
    arrays: dict[int, int] = {}
    for moment in reversed(past[-MAX_UNDO:]):
        points = moment.problem.data.points
        arrays[id(points)] = points.nbytes
        if sum(arrays.values()) > MAX_UNDO_BYTES and kept:
            break
        kept.append(moment)
    return tuple(reversed(kept))
