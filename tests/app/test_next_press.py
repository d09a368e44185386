"""The next press arrives in the middle of a callback: Streamlit ends it at its next look into
st.session_state, and takes up that press when all callbacks are done."""

import pytest
from streamlit.runtime.scriptrunner import RerunData, RerunException

from explorer.app import state
from explorer.model.edits import with_mean
from explorer.model.examples import default_problem
from explorer.model.session import Session, changed


class Interrupted(dict):
    """Session state, at the looks into which (first, …) the next presses arrive."""

    looks = 0
    pressed: tuple[int, ...] = ()

    def look(self) -> None:
        self.looks += 1
        if self.looks in self.pressed:
            raise RerunException(RerunData(query_string=f"press {self.looks}"))

    def __getitem__(self, key):
        self.look()
        return super().__getitem__(key)

    def get(self, key, otherwise=None):
        self.look()
        return super().get(key, otherwise)

    def __setitem__(self, key, value):
        self.look()
        super().__setitem__(key, value)


@pytest.fixture
def memory(monkeypatch):
    first = default_problem()
    session = changed(Session(first), with_mean(first, 0, 0, -2.0))
    session = changed(session, with_mean(first, 0, 0, -1.0))
    memory = Interrupted(session=session)
    monkeypatch.setattr(state.st, "session_state", memory)
    return memory


def start(memory) -> float:
    return float(dict(memory)["session"].problem.start.mixture.means[0, 0])


def test_without_a_next_press_nothing_is_raised(memory):
    state.undo()
    assert start(memory) == -2


@pytest.mark.parametrize("look", range(1, 7))
def test_what_was_pressed_first_is_done_once_and_the_next_has_its_turn(memory, look):
    memory.pressed = (look,)
    with pytest.raises(RerunException) as following:
        state.undo()
    assert start(memory) == -2
    assert following.value.rerun_data.query_string == f"press {look}"


def test_after_two_more_presses_the_newer_one_has_its_turn(memory):
    memory.pressed = (3, 7)
    with pytest.raises(RerunException) as following:
        state.undo()
    assert start(memory) == -2
    assert following.value.rerun_data.query_string == "press 7"
