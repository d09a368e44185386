"""What each mistake of the table makes of a cell."""

from dataclasses import dataclass, replace
from math import isfinite, nan

from em_core.practice.arithmetic import KINDS, RULED_KINDS, Cell, Kind, Step
from em_core.practice.mistakes import Mistake, mistakes_for
from em_core.practice.names import WORDS
from em_core.practice.typed import Typed

ENOUGH_DIGITS = 2
"""Fewer say too little to tell one number from another."""

SAME = 1e-9
"""Relative; so close to a number that it was worked out by the same formula."""

DENSITIES: tuple[Kind, ...] = ("density", "product", "evidence")


@dataclass(frozen=True)
class Candidate:
    """A mistake and the value it leads to; whence: words for a mistake made in an earlier cell."""

    mistake: Mistake
    value: float
    whence: str = ""

    def same(self, typed: Typed) -> bool:
        """Is it what was typed, in all digits?"""
        return isfinite(self.value) and abs(typed.value - self.value) <= SAME * abs(self.value)

    def fits(self, typed: Typed) -> bool:
        """Is it what was typed, rounded to those digits?"""
        enough = typed.digits >= ENOUGH_DIGITS
        return isfinite(self.value) and enough and typed.fits(self.value, SAME * abs(self.value))


def in_this_cell(step: Step, cell: Cell) -> list[Candidate]:
    """Mistakes in the formula of this very cell; where rules keep it, also made despite them."""
    kinds = (cell.kind, "scatter") if cell.kind == "variance" else (cell.kind,)
    steps = [step, step.without_rule(cell.kind)] if cell.kind in RULED_KINDS else [step]
    return [
        Candidate(mistake, _led_to(mistake, each, cell))
        for mistake in mistakes_for(step)
        if mistake.kind in kinds
        for each in steps
    ]


def before_this_cell(step: Step, cell: Cell) -> list[Candidate]:
    """Mistakes in a formula before this one, all later steps right."""
    return [
        Candidate(mistake, _led_to(mistake, step, cell), f"It goes back to the {WORDS[kind]}: ")
        for mistake in mistakes_for(step)
        for kind in KINDS[: KINDS.index(cell.kind)]
        if mistake.kind == kind
    ]


def _led_to(mistake: Mistake, step: Step, cell: Cell) -> float:
    """NaN where a density underflows, which says nothing."""
    value = replace(step, faulty={mistake.kind: mistake.formula}).value(cell)
    return nan if value == 0 and cell.kind in DENSITIES else value


def in_two_digits(number: float) -> float:
    """Who types this needs no second digit: 0.5 for 0.5 and for 0.4999."""
    return float(f"{number:.{ENOUGH_DIGITS - 1}e}")
