"""What the browser keeps of a visit: handed back it is the same, as far as is affordable."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from em_core import InputError
from explorer.io import visit_text
from explorer.io.packed import packed, unpacked
from explorer.model.cards import card_of
from explorer.model.edits import with_data
from explorer.model.endings import verdict_on
from explorer.model.examples import default_problem, own_data
from explorer.model.practice import answered, board
from explorer.model.problem import Problem, View
from explorer.model.runs import run
from explorer.model.session import (
    MAX_UNDO,
    Moment,
    Session,
    changed,
    moved,
    pinning,
    undone,
    with_card,
)
from tests.explorer.strategies import problems_and_views

BEGUN = Session(default_problem())
Moments = st.lists(problems_and_views().map(lambda case: Moment(*case)), max_size=3).map(tuple)


def kept(session: Session) -> Session:
    view = visit_text.view_text(session.problem, session.view)
    return visit_text.from_text(visit_text.to_text(session), view)


def with_own(session: Session, n: int) -> Session:
    points = np.random.default_rng(len(session.past)).normal(size=n)
    return changed(session, with_data(session.problem, own_data(points)))


def with_limit(session: Session, limit: int) -> Session:
    options = replace(session.problem.options, max_iter=limit)
    return changed(session, replace(session.problem, options=options))


@given(problems_and_views(), Moments, Moments)
@settings(max_examples=60)
def test_a_visit_comes_back_as_it_was(
    here: tuple[Problem, View], past: tuple[Moment, ...], future: tuple[Moment, ...]
):
    session = Session(*here, past, future)
    assert kept(session) == session


def test_the_way_back_and_forth_is_walked_as_before():
    session = undone(with_limit(with_own(moved(BEGUN, 3), 50), 7))
    back = kept(session)
    assert undone(back).view.half_step == 3
    assert undone(back).problem == BEGUN.problem
    assert back.future[0].problem.options.max_iter == 7


def test_moments_on_the_same_data_share_their_points():
    session = with_own(BEGUN, 5_000)
    for limit in range(1, MAX_UNDO):
        session = with_limit(session, limit)
    text = visit_text.to_text(session)
    assert len(text) < 100_000
    back = visit_text.from_text(text)
    assert len(back.past) == MAX_UNDO
    assert len({id(moment.problem.data) for moment in (*back.past[1:], back.here)}) == 1


def test_of_a_long_way_back_the_nearest_is_kept():
    session = BEGUN
    for _ in range(4):
        session = with_own(session, visit_text.MAX_OWN // 3)
    back = kept(session)
    assert back.problem == session.problem
    assert back.past == session.past[-2:]


def ended(session: Session) -> Session:
    there = run(session.problem)
    return with_card(session, card_of(there, verdict_on(there, 0)))


def test_answers_of_an_exercise_come_back_with_what_was_said_of_them():
    problem, practice = BEGUN.problem, BEGUN.view.practice
    for typed in ("0.5", "0.6", "not a number"):
        now = board(problem, practice)
        practice = answered(now, now.blanks[0], typed)
    said = [tried.diagnosis for tried in practice.tries]
    assert all(diagnosis is not None and diagnosis.sentence for diagnosis in said)
    back = kept(replace(BEGUN, view=replace(BEGUN.view, practice=practice)))
    assert [tried.diagnosis for tried in back.view.practice.tries] == said


def test_the_endings_that_were_seen_come_back_with_the_pinned_one():
    session = ended(with_limit(ended(with_limit(BEGUN, 3)), 50))
    back = kept(pinning(session, session.cards[0]))
    assert [card.outcome for card in back.cards] == ["max_iter", "converged"]
    for one, other in zip(session.cards, back.cards, strict=True):
        assert one.log_likelihood == other.log_likelihood
        assert one.against == other.against
        assert other.problem.data is back.problem.data
    assert back.pinned is back.cards[0]
    assert kept(session).pinned is None


def test_an_ending_that_takes_long_to_come_to_is_not_kept():
    short, long = with_own(BEGUN, 4_000), with_limit(with_own(BEGUN, 4_000), 2_000)
    assert len(kept(ended(short)).cards) == 1
    assert kept(pinning(ended(long), ended(long).cards[0])).cards == ()


def test_of_the_endings_those_of_other_data_are_not_kept():
    assert kept(with_own(ended(BEGUN), 50)).cards == ()


def test_what_was_kept_before_there_were_cards_is_read():
    text = unpacked(visit_text.to_text(ended(BEGUN)), 10_000)
    old = {
        name: value for name, value in json.loads(text).items() if name not in ("cards", "pinned")
    }
    assert visit_text.from_text(packed(json.dumps(old))).problem == BEGUN.problem


@pytest.mark.parametrize("cards", [1, [1], [{}], [{"data": 7}], {"a": 1}, None, "cards"])
def test_endings_that_are_none_are_refused(cards):
    told = json.loads(unpacked(visit_text.to_text(ended(BEGUN)), 10_000)) | {"cards": cards}
    with pytest.raises(InputError):
        visit_text.from_text(packed(json.dumps(told)))


@pytest.mark.parametrize("pinned", [-1, 1, "0", True, None, 0.0])
def test_a_pinned_ending_that_is_not_there_is_none(pinned):
    told = json.loads(unpacked(visit_text.to_text(ended(BEGUN)), 10_000)) | {"pinned": pinned}
    assert visit_text.from_text(packed(json.dumps(told))).pinned is None


def test_points_that_are_too_many_are_not_kept():
    assert visit_text.to_text(with_own(BEGUN, visit_text.MAX_OWN))
    assert visit_text.to_text(with_own(BEGUN, visit_text.MAX_OWN + 1)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "é",
        packed("{"),
        packed("[]"),
        packed('"here"'),
        packed('{"data": [], "here": {"data": 0}, "past": [], "future": []}'),
        packed('{"data": [{}], "here": {"data": []}, "past": [], "future": []}'),
        packed('{"data": [{}], "here": {"data": 0}, "past": "oh", "future": {}}'),
        packed('{"data": [1], "here": {"data": 0}, "past": [], "future": []}'),
        packed('{"data": [{"points": ["x"]}], "here": {"data": 0}, "past": [], "future": []}'),
        packed(" " * (visit_text.MAX_UNPACKED + 1)),
        visit_text.to_text(BEGUN)[:-4],
    ],
)
def test_whatever_a_browser_sends_is_read_or_refused(text: str):
    with pytest.raises(InputError):
        visit_text.from_text(text)


@pytest.mark.parametrize(
    "view", ["{", "[]", '{"view": {"point": 99}}', '{"view": {"page": "nowhere"}}', '{"view": 1}']
)
def test_a_view_that_does_not_belong_to_it_is_refused(view: str):
    with pytest.raises(InputError):
        visit_text.from_text(visit_text.to_text(BEGUN), view)
