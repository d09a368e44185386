"""What is right or wrong with a number that a person worked out, and which mistake it was."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from em_core.errors import InputError
from em_core.practice.arithmetic import Cell, Kind
from em_core.practice.candidates import (
    ENOUGH_DIGITS,
    Candidate,
    before_this_cell,
    in_this_cell,
    in_two_digits,
)
from em_core.practice.carried import Carried, carried_to
from em_core.practice.mistakes import Scene
from em_core.practice.typed import Typed, read
from em_core.practice.worksheet import Worksheet, hints

ROUNDING = 1e-12
"""Relative; an answer in full digits may differ by this from the right number and be it."""

SHARES: tuple[Kind, ...] = ("posterior", "weight")
NO_SHARE = 5e-4
"""Below this a share may be given as 0.00."""

CLOSE, FAR = 0.01, 2.0
"""Relative distances from the right number that are put in words, not in per cent."""

Verdict = Literal["right", "carried", "so far", "mistake", "nearly", "off", "no number"]


@dataclass(frozen=True)
class Diagnosis:
    """right: the number is right, or follows rightly from earlier answers ("carried");
    mistake: the name of the faulty formula whose value it is, "" if none fits;
    sentence: what to tell the person, without the right number;
    verdict: "so far" is right in too few digits, "nearly" wrong in the last digit only.
    """

    right: bool
    mistake: str
    sentence: str
    verdict: Verdict


def diagnose(sheet: Worksheet, cell: Cell, answer: str | float, hint: int | None = 0) -> Diagnosis:
    """Judge a number, or the text of one: then its digits count.

    Earlier answers of the worksheet (`with_answer`) are carried on; hint: which of the three
    hints (`hints`, from 0) ends the sentence where nothing better can be said, None for none.
    Raises InputError ("cell") for a cell that the worksheet does not have.
    """
    sheet.checked(cell)
    try:
        readings = read(answer)
    except InputError as error:
        return Diagnosis(False, "", str(error), "no number")
    written = isinstance(answer, str)
    judged = [_Case(sheet, cell, typed, hint).judged(written) for typed in readings]
    best = min(judged, key=lambda each: _BEST_FIRST.index(each.verdict))
    if not written or best.verdict not in ("nearly", "off"):
        return best
    rough = (_Case(sheet, cell, typed.rough, hint).roughly() for typed in readings if typed.zeros)
    return next(filter(None, rough), best)


_BEST_FIRST: tuple[Verdict, ...] = (
    "right",
    "carried",
    "so far",
    "mistake",
    "nearly",
    "off",
    "no number",
)


@dataclass(frozen=True, eq=False)
class _Case:
    """A number in a cell, and all that can be said of it; each judgement is None where it is not
    the one that applies."""

    sheet: Worksheet
    cell: Cell
    typed: Typed
    hint: int | None

    def judged(self, written: bool) -> Diagnosis:
        """written: the number came as text, whose digits say how exactly it is meant."""
        return (
            self._exactly_right()
            or (None if written else self._exact_mistake())
            or self._right_to_digits()
            or self._exact_mistake()
            or self._right_so_far()
            or self._mistake(each for each in self._own if each.fits(self.typed))
            or self._carried()
            or self._mistake(each for each in self._before if each.fits(self.typed))
            or self._nearly()
            or self._off()
        )

    def roughly(self) -> Diagnosis | None:
        """What it is, or is so far, if the zeros at its end are no digits."""
        return (
            self._right_but_for_zeros()
            or self._mistake(each for each in self._own if each.fits(self.typed))
            or self._mistake(each for each in self._before if each.fits(self.typed))
        )

    @cached_property
    def _right(self) -> float:
        return self.sheet.value(self.cell)

    @cached_property
    def _own(self) -> list[Candidate]:
        return self._wrong(in_this_cell(self.sheet.step, self.cell))

    @cached_property
    def _before(self) -> list[Candidate]:
        return self._wrong(before_this_cell(self.sheet.step, self.cell))

    def _wrong(self, candidates: list[Candidate]) -> list[Candidate]:
        """Those that do not happen to lead to the right number."""
        tolerance = _tolerance(self.sheet, self.cell)
        return [each for each in candidates if not abs(each.value - self._right) <= tolerance]

    @cached_property
    def _fits(self) -> bool:
        return self.typed.fits(self._right, _tolerance(self.sheet, self.cell))

    def _exactly_right(self) -> Diagnosis | None:
        exact = abs(self.typed.value - self._right) <= _tolerance(self.sheet, self.cell)
        return Diagnosis(True, "", "Right.", "right") if exact else None

    def _right_to_digits(self) -> Diagnosis | None:
        enough = self.typed.digits >= ENOUGH_DIGITS
        right = self._fits if enough else self.typed.value == in_two_digits(self._right)
        if right or self._no_share(0.005):
            return Diagnosis(True, "", "Right, to the digits you typed.", "right")
        if self._no_share(0.5):
            sentence = "Right so far: give two decimals at least, 0.00."
            return Diagnosis(False, "", sentence, "so far")
        return None

    def _no_share(self, coarsest: float) -> bool:
        """Is it 0 for a share so small that nobody writes its first digits?"""
        small = self.cell.kind in SHARES and self._right < NO_SHARE
        return small and self.typed.value == 0 and self.typed.slack <= coarsest

    def _right_so_far(self) -> Diagnosis | None:
        sentence = "Right so far: give two digits."
        return Diagnosis(False, "", sentence, "so far") if self._fits else None

    def _right_but_for_zeros(self) -> Diagnosis | None:
        if not self._fits:
            return None
        written = f"{self.typed.value:.{max(int(self.typed.digits), 1) - 1}e}".replace("e+0", "e")
        sentence = f"Right so far: zeros at the end count as digits. Type the others, or {written}."
        return Diagnosis(False, "", sentence, "so far")

    def _exact_mistake(self) -> Diagnosis | None:
        return self._mistake(each for each in self._own if each.same(self.typed)) or self._mistake(
            each for each in self._before if each.same(self.typed)
        )

    def _mistake(
        self, candidates: Iterable[Candidate], carried: Carried | None = None
    ) -> Diagnosis | None:
        """The first of them; carried: the person's own numbers are the ones to show."""
        found = next(iter(candidates), None)
        if found is None:
            return None
        sentence = found.mistake.sentence(self._scene(carried))
        whence = "Carried on from your own numbers, but " if carried else found.whence
        if whence:
            sentence = whence + sentence[:1].lower() + sentence[1:]
        return Diagnosis(False, found.mistake.name, sentence, "mistake")

    def _scene(self, carried: Carried | None) -> Scene:
        hiding = self.sheet.hiding_also(self.cell)

        def own(cell: Cell) -> float | None:
            kept = cell in hiding.hidden and cell not in self.sheet.answers
            return None if kept or carried is None else carried.step.value(cell)

        shown = hiding.shown if carried is None else own
        return Scene(self.sheet.step, self.cell.point or 0, self.cell.component or 0, shown)

    def _carried(self) -> Diagnosis | None:
        """Right, or one mistake, if the answers before it were right."""
        carried = carried_to(self.sheet, self.cell)
        if carried is None:
            return None
        if carried.leads_to(self.cell, self.typed):
            wrong = [
                cell
                for cell, typed in carried.earlier.items()
                if not typed.fits(self.sheet.value(cell), _tolerance(self.sheet, cell))
            ]
            return Diagnosis(True, "", carried.sentence(wrong), "carried")
        candidates = in_this_cell(carried.step, self.cell)
        return self._mistake((each for each in candidates if each.fits(self.typed)), carried)

    def _nearly(self) -> Diagnosis | None:
        """All digits but the last are right: cut off, or a slip of rounding."""
        distance = abs(self.typed.value - self._right)
        if self.typed.digits <= ENOUGH_DIGITS or distance > 2 * self.typed.slack:
            return None
        sentence = "All digits but the last are right: round that one, or leave it out."
        return Diagnosis(False, "", sentence, "nearly")

    def _off(self) -> Diagnosis:
        """How far off, and a hint."""
        value = self.typed.value
        far = _impossible(self.sheet, self.cell, value) or _how_far(value, self._right)
        if self.hint is not None:
            far += f" {hints(self.sheet.hiding_also(self.cell), self.cell)[self.hint]}"
        return Diagnosis(False, "", far, "off")


def _tolerance(sheet: Worksheet, cell: Cell) -> float:
    """What rounding may do to the right number in doubles."""
    if cell.kind == "mean":
        largest, spread = np.abs(sheet.points).max(), np.ptp(sheet.points)
        return float(4 * np.finfo(float).eps * largest + ROUNDING * spread / 10)
    return ROUNDING * abs(sheet.value(cell))


def _impossible(sheet: Worksheet, cell: Cell, value: float) -> str:
    """The rule that no number of this kind can break, where this one does."""
    match cell.kind:
        case "posterior" | "weight" if not 0 <= value <= 1:
            name = "responsibility" if cell.kind == "posterior" else "weight"
            return f"A {name} lies between 0 and 1."
        case "density" | "product" | "evidence" if value < 0:
            return "A density is never negative."
        case "variance" if value < 0:
            return "A variance is never negative."
        case "N" if not 0 <= value <= sheet.n_points:
            return f"A component holds between 0 and {sheet.n_points} points."
        case "mean" if not sheet.points.min() <= value <= sheet.points.max():
            return "A mean of points lies among the points."
    return ""


def _how_far(value: float, right: float) -> str:
    """Direction and rough size, without giving the number away."""
    if value == 0:
        return "It is not 0."
    if value * right < 0:
        return "The sign is wrong."
    sides = ("large", "small") if right > 0 else ("far from 0", "close to 0")
    side = sides[abs(value) < abs(right)]
    ratio = abs(value - right) / max(abs(right), np.finfo(float).tiny)
    if ratio > FAR:
        return f"{'Far' if right > 0 else 'Much'} too {side}."
    if ratio < CLOSE:
        return f"Close, but a little too {side}."
    return f"Too {side}, by about {float(f'{100 * ratio:.1g}'):g}%."
