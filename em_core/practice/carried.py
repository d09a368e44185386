"""Follow-through: a number that is right if the answers before it were."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite

from em_core.errors import InputError
from em_core.practice.arithmetic import KINDS, Cell, Step
from em_core.practice.candidates import ENOUGH_DIGITS, SAME, in_two_digits
from em_core.practice.names import symbol
from em_core.practice.typed import Typed, read
from em_core.practice.worksheet import Worksheet
from em_core.wording import enumerated

WIDEST = 0.01
"""Relative; how much of a difference may be laid to earlier answers having few digits."""

NAMED_CELLS = 3


@dataclass(frozen=True, eq=False)
class Carried:
    """earlier: what was typed into the cells that this one is made of; step: made of it."""

    earlier: Mapping[Cell, Typed]
    step: Step

    def leads_to(self, cell: Cell, typed: Typed) -> bool:
        """Is the number what the earlier answers lead to?"""
        value = self.step.value(cell)
        if not isfinite(value):
            return False
        if typed.digits < ENOUGH_DIGITS:
            return typed.value == in_two_digits(value)
        slack = min(self._slack(cell, value), WIDEST * abs(value))
        return typed.fits(value, slack + SAME * abs(value))

    def _slack(self, cell: Cell, value: float) -> float:
        """By how much the cell may differ where earlier answers were written with few digits."""
        moved = (
            replace(self.step, typed={**self.step.typed, each: typed.value + typed.slack})
            for each, typed in self.earlier.items()
        )
        return sum(abs(step.value(cell) - value) for step in moved)

    def sentence(self, wrong: list[Cell]) -> str:
        """wrong: the earlier answers that are, in the order of work."""
        if not wrong:
            return "Right, carried on from your rounded numbers."
        last = [cell for cell in wrong if cell.kind == wrong[-1].kind]
        names = [symbol(cell) for cell in last[:NAMED_CELLS]]
        if len(last) > len(names):
            names.append(f"{len(last) - len(names)} more")
        return f"Right, carried on from your {enumerated(names)}."


def carried_to(sheet: Worksheet, cell: Cell) -> Carried | None:
    """What the answers so far make of the cell; None where none of them matters to it."""
    if not sheet.answers:
        return None
    earlier: dict[Cell, Typed] = {}
    for each in _made_of(sheet, cell):
        if each in sheet.answers:
            try:
                earlier[each] = read(sheet.answers[each])[0]
            except InputError:
                continue
    if not earlier:
        return None
    return Carried(earlier, replace(sheet.step, typed={c: t.value for c, t in earlier.items()}))


def _made_of(sheet: Worksheet, cell: Cell) -> list[Cell]:
    """The cells that this one is made of, directly or not, in the order of work."""
    found: dict[Cell, None] = {}
    waiting = [cell]
    while waiting:
        for each in sheet.formula(waiting.pop()).inputs:
            if each not in found:
                found[each] = None
                waiting.append(each)
    return sorted(found, key=lambda c: (KINDS.index(c.kind), c.index))
