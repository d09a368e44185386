"""The way back: what undo and redo lead to, and how much of it is kept."""

import numpy as np

from explorer.model import edits
from explorer.model.examples import default_problem, own_data
from explorer.model.problem import MAX_POINTS, Problem, View
from explorer.model.session import (
    MAX_UNDO,
    MAX_UNDO_BYTES,
    Session,
    changed,
    moved,
    redone,
    sent,
    undone,
    with_component_selected,
    with_point_selected,
)

START = Session(default_problem())


def with_mean(session: Session, mean: float) -> Session:
    return changed(session, edits.with_mean(session.problem, 0, 0, mean))


def test_undo_and_redo_lead_to_problem_and_place():
    there = moved(START, 6)
    after = moved(with_mean(there, 1.0), 3)
    back = undone(after)
    assert (back.problem, back.view) == (there.problem, there.view)
    again = redone(back)
    assert (again.problem, again.view) == (after.problem, after.view)


def test_a_change_after_an_undo_forgets_what_was_undone():
    session = with_mean(undone(with_mean(START, 1.0)), 2.0)
    assert session.future == ()


def test_no_change_leaves_no_trace():
    assert changed(START, START.problem) is START
    assert undone(START) is START
    assert redone(START) is START


def test_a_change_puts_the_cursor_at_the_start_and_tells_the_browser():
    session = with_mean(moved(START, 4), 1.0)
    assert session.view.half_step == 0
    assert session.forced == START.forced + 1
    assert moved(session, 2).forced == session.forced
    assert sent(session, 2).forced == session.forced + 1


def test_the_way_back_is_bounded():
    session = START
    for i in range(MAX_UNDO + 20):
        session = with_mean(session, float(i))
    assert len(session.past) == MAX_UNDO
    assert session.past[-1].problem.start.mixture.means[0, 0] == MAX_UNDO + 18


def test_large_data_are_forgotten_first():
    rng = np.random.default_rng(0)
    session = START
    for _ in range(6):
        data = own_data(rng.normal(size=MAX_POINTS))
        session = changed(session, Problem(data, START.problem.start))
    assert 1 <= len(session.past) <= MAX_UNDO_BYTES // data.points.nbytes


def test_selections_that_are_gone_are_given_up():
    session = with_component_selected(with_point_selected(START, 4), 1)
    assert session.view == View(point=4, component=1)
    session = changed(session, edits.without_point(session.problem, 0))
    assert session.view.point is None
    session = changed(session, edits.with_component_count(session.problem, 1))
    assert session.view.component == 0
    assert with_point_selected(session, 99) is session
    assert with_component_selected(session, 5) is session
