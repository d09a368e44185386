"""What was practised, as a session file holds it. Links carry none of it."""

from dataclasses import dataclass
from math import isfinite
from typing import Any, get_args

from em_core import Cell
from em_core.practice.arithmetic import KINDS
from explorer.io.kinds import one_line
from explorer.model.cases import CASES, answer_key
from explorer.model.exercise import MAX_ROUND, MAX_ROUNDS, Act, Try
from explorer.model.lessons import LESSONS, Choose
from explorer.model.practice import MAX_TRIES
from explorer.model.problem import MAX_POINTS

ACTS = get_args(Act)

CHOICES = {answer_key(case.key): len(case.suspects) for case in CASES} | {
    lesson.key: len(lesson.ask.options) for lesson in LESSONS if isinstance(lesson.ask, Choose)
}
"""How many answers there are to choose from, by the key of a lesson or case."""
KEYS = frozenset(CHOICES) | {lesson.key for lesson in LESSONS}


@dataclass(frozen=True)
class Tries:
    """A list of [iteration, kind, point, component, act, text], counted from 1, 0 for none.

    Whether an answer was right is not in it.
    """

    rule: str

    def check(self, value: Any) -> tuple[Try, ...]:
        if type(value) is not list or len(value) > MAX_TRIES:
            raise ValueError
        return tuple(map(_try, value))

    def plain(self, value: tuple[Try, ...]) -> list[Any]:
        return [
            [t.iteration, t.cell.kind, _place(t.cell.point), _place(t.cell.component), t.act]
            + ([t.text] if t.act == "answer" else [])
            for t in value
        ]

    def parse(self, text: str) -> Any:
        raise ValueError

    def text(self, value: tuple[Try, ...]) -> str:
        raise ValueError


def _place(index: int | None) -> int:
    return 0 if index is None else index + 1


def _try(item: Any) -> Try:
    if type(item) is not list or len(item) not in (5, 6):
        raise ValueError
    iteration, kind, point, component, act, *text = item
    whole = all(type(each) is int for each in (iteration, point, component))
    known = kind in KINDS and act in ACTS and len(text) == (act == "answer")
    if not whole or not known or not all(type(each) is str for each in text):
        raise ValueError
    if not 1 <= iteration < MAX_ROUND + MAX_ROUNDS or not 0 <= min(point, component) <= MAX_POINTS:
        raise ValueError
    cell = Cell(kind, point - 1 if point else None, component - 1 if component else None)
    return Try(cell, act, one_line(*text) if text else "", iteration)


@dataclass(frozen=True)
class Predictions:
    """An object: the answer to each lesson or case, by its key."""

    rule: str

    def check(self, value: Any) -> tuple[tuple[str, float], ...]:
        if type(value) is not dict:
            raise ValueError
        return tuple((key, _answer(key, answer)) for key, answer in value.items())

    def plain(self, value: tuple[tuple[str, float], ...]) -> dict[str, float]:
        return dict(value)

    def parse(self, text: str) -> Any:
        raise ValueError

    def text(self, value: tuple[tuple[str, float], ...]) -> str:
        raise ValueError


def _answer(key: str, answer: Any) -> float:
    if key not in KEYS or type(answer) not in (int, float) or not isfinite(answer):
        raise ValueError
    if key in CHOICES and answer not in range(CHOICES[key]):
        raise ValueError
    return float(answer)
