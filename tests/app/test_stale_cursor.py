"""The browser reports where its cursor rests; a report of an earlier run moves nothing."""

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
    memory["stage"] = {
        "cursor": {
            "kind": "cursor",
            "run": run_id(problem.data, run(problem).trace),
            "half_step": half_step,
            "query": None,
        }
    }
    state.follow_cursor()
    return memory["session"].view.half_step


def test_a_cursor_of_this_run_is_followed(visit):
    memory, _, after = visit
    assert reported(memory, after, 3) == 3
    assert reported(memory, after, 10**6) == run(after).last


def test_a_stale_cursor_moves_nothing(visit):
    memory, before, _ = visit
    assert reported(memory, before, 5) == 0
