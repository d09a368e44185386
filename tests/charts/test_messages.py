import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.stage.messages import (
    AddPoint,
    Cursor,
    MoveStart,
    RemovePoint,
    SelectComponent,
    SelectPoint,
    read_message,
)


def test_a_cursor_is_read():
    cursor = {"kind": "cursor", "run": "ab"}
    assert read_message(cursor | {"half_step": 3, "query": 0.5}) == Cursor("ab", 3, 0.5)
    assert read_message(cursor | {"half_step": 3.0, "query": None}) == Cursor("ab", 3)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"kind": "add_point", "value": [1, 2.5]}, AddPoint((1.0, 2.5))),
        ({"kind": "remove_point", "index": 4}, RemovePoint(4)),
        ({"kind": "select_point", "index": 0}, SelectPoint(0)),
        ({"kind": "select_point", "index": None}, SelectPoint(None)),
        ({"kind": "select_component", "index": 1}, SelectComponent(1)),
        (
            {"kind": "move_start", "means": [[-3], [2]], "covariances": [[[4]], [[1]]]},
            MoveStart(((-3.0,), (2.0,)), (((4.0,),), ((1.0,),))),
        ),
    ],
)
def test_an_edit_is_read(sent, read):
    assert read_message(sent) == read


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        {"kind": "launch"},
        {"kind": "add_point", "value": []},
        {"kind": "add_point", "value": [float("nan")]},
        {"kind": "add_point", "value": ["1"]},
        {"kind": "remove_point", "index": -1},
        {"kind": "remove_point", "index": True},
        {"kind": "select_point", "index": 1.5},
        {"kind": "move_start", "means": [[1]], "covariances": [[[1]], [[1]]]},
        {"kind": "move_start", "means": [1], "covariances": [[[1]]]},
        {"kind": "move_start", "means": [[1], [1, 2]], "covariances": [[[1]], [[1]]]},
        {"kind": "move_start", "means": [[1, 2]], "covariances": [[[1, 0]]]},
        {"kind": "move_start", "means": [[1, 2]], "covariances": [[[1, 0], [1]]]},
        {"kind": "add_point", "value": [10**400]},
        {"kind": "select_component", "index": 10**400},
        {"kind": 10**5000},
    ],
)
def test_nonsense_reads_as_none(sent):
    assert read_message(sent) is None


def test_a_cursor_of_impossible_numbers_is_no_cursor():
    assert read_message({"kind": "cursor", "run": "ab", "half_step": 10**400}) is None
    assert read_message(
        {"kind": "cursor", "run": "ab", "half_step": 1, "query": -(10**400)}
    ) == Cursor("ab", 1)


huge = st.integers(300, 5000).map(lambda digits: 10**digits)
anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | huge | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "index", "value", "means", "run", "half_step", "query"]), inner
        )
    ),
    max_leaves=8,
)


@given(anything)
def test_no_message_can_raise(sent):
    read_message(sent)
