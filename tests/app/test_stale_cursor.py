"""What the stage reports: a cursor of this run or of an earlier one, points added and removed."""

import pytest

from explorer.app import state
from explorer.model.edits import with_mean
from explorer.model.examples import default_problem
from explorer.model.runs import run
from explorer.model.session import Session, changed, moved
from explorer.stage.payload import run_id


@pytest.fixture
def visit(monkeypatch):
    """A visit in a plain dict, after one change of the problem."""
    before = moved(Session(default_problem()), 6)
    session = changed(before, with_mean(before.problem, 0, 0, -2.0))
    memory = {"session": session}
    monkeypatch.setattr(state.st, "session_state", memory)
    return memory, before.problem, session.problem


def reported(memory, problem, half_step):
    memory["words"] = {
        "cursor": {
            "kind": "cursor",
            "run": run_id(problem.data, run(problem).trace),
            "half_step": half_step,
            "query": None,
        }
    }
    state.follow_cursor("words")
    return memory["session"].view.half_step


def test_a_cursor_of_this_run_is_followed(visit):
    memory, _, after = visit
    assert reported(memory, after, 3) == 3
    assert reported(memory, after, 10**6) == run(after).last


def test_a_stale_cursor_moves_nothing(visit):
    memory, before, _ = visit
    assert reported(memory, before, 5) == 0


def did(memory, **edit):
    memory["stage"] = {"edit": edit}
    state.follow_edit()
    return state.notice("undo")


def test_a_point_added_in_mid_run_is_said_with_the_way_back(visit):
    memory, _, after = visit
    reported(memory, after, 3)
    assert did(memory, kind="add_point", value=[0.5]) == (
        "A point was added at 0.5, so the run begins anew."
    )
    assert memory["session"].problem.data.n_points == 6
    state.undo()
    assert state.notice("undo") == ""
    assert memory["session"].problem == after
    assert memory["session"].view.half_step == 3


def test_a_point_removed_in_mid_run_is_said_by_its_number(visit):
    memory, _, after = visit
    reported(memory, after, 3)
    assert did(memory, kind="remove_point", index=1) == (
        "Point 2 was removed, so the run begins anew."
    )


def test_at_the_start_a_point_is_added_without_a_word(visit):
    memory, _, _ = visit
    assert did(memory, kind="add_point", value=[0.5]) == ""
    assert memory["session"].problem.data.n_points == 6


def test_a_step_ends_what_was_said_before_it(visit):
    memory, _, after = visit
    state.tell("Weight 1 is 2.", "field")
    reported(memory, after, 0)
    assert state.notice("field") == "Weight 1 is 2."
    reported(memory, after, 1)
    assert state.notice("field") == ""
    assert memory.pop("redraw")
