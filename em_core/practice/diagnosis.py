"""What is right or wrong with a number that a person worked out, and which mistake it was."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite, nan
from typing import Literal

import numpy as np

from em_core.errors import InputError
from em_core.practice.arithmetic import KINDS, Cell, Kind, Step
from em_core.practice.mistakes import Mistake, Scene, mistakes_for
from em_core.practice.names import WORDS, symbol
from em_core.practice.typed import Typed, read
from em_core.practice.worksheet import Worksheet, hints
from em_core.wording import enumerated

ROUNDING = 1e-12
"""Relative; an answer in full digits may differ by this from the right number and be it."""

SAME = 1e-9
"""Relative; so close to a number that it was worked out by the same formula."""

ENOUGH_DIGITS = 2

DENSITIES: tuple[Kind, ...] = ("density", "product", "evidence")
SHARES: tuple[Kind, ...] = ("posterior", "weight")
NO_SHARE = 5e-4
"""Below this a share may be given as 0.00."""

WIDEST_CARRY = 0.01
"""Relative; how much of a difference may be laid to earlier answers having few digits."""

NAMED_CELLS = 3

CLOSE, FAR = 0.01, 2.0
"""Relative distances from the right number that are put in words, not in per cent."""

Agrees = Callable[[Typed, float], bool]
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


def diagnose(sheet: Worksheet, cell: Cell, answer: str | float, hint: int = 0) -> Diagnosis:
    """Judge a number, or the text of one: then its digits count.

    Earlier answers of the worksheet (`with_answer`) are carried on; hint: which of the three
    hints (`hints`, from 0) ends the sentence where nothing better can be said.
    Raises InputError ("cell") for a cell that the worksheet does not have.
    """
    sheet.checked(cell)
    try:
        readings = read(answer)
    except InputError as error:
        return Diagnosis(False, "", str(error), "no number")
    written = isinstance(answer, str)
    judged = [_judge(sheet, cell, typed, written, hint) for typed in readings]
    return min(judged, key=lambda each: _BEST_FIRST.index(each.verdict))


_BEST_FIRST: tuple[Verdict, ...] = (
    "right",
    "carried",
    "so far",
    "mistake",
    "nearly",
    "off",
    "no number",
)


def _judge(sheet: Worksheet, cell: Cell, typed: Typed, written: bool, hint: int) -> Diagnosis:
    """written: as text, whose digits say how exactly it is meant."""
    return (
        _exactly_right(sheet, cell, typed)
        or (None if written else _mistaken_exactly(sheet, cell, typed))
        or _right_to_digits(sheet, cell, typed)
        or _mistaken_exactly(sheet, cell, typed)
        or _right_so_far(sheet, cell, typed)
        or _mistaken(sheet, cell, typed, _fits)
        or _carried(sheet, cell, typed)
        or _mistaken_before(sheet, cell, typed, _fits)
        or _nearly(sheet, cell, typed)
        or _off(sheet, cell, typed, hint)
    )


def _exactly_right(sheet: Worksheet, cell: Cell, typed: Typed) -> Diagnosis | None:
    exact = abs(typed.value - sheet.value(cell)) <= _tolerance(sheet, cell)
    return Diagnosis(True, "", "Right.", "right") if exact else None


def _right_to_digits(sheet: Worksheet, cell: Cell, typed: Typed) -> Diagnosis | None:
    value = sheet.value(cell)
    fits = typed.fits(value, _tolerance(sheet, cell))
    two_digits = float(f"{value:.{ENOUGH_DIGITS - 1}e}")
    if (fits and typed.digits >= ENOUGH_DIGITS) or typed.value == two_digits:
        return Diagnosis(True, "", "Right, to the digits you typed.", "right")
    if fits and typed.value == 0 and cell.kind in SHARES and value < NO_SHARE:
        return _no_share(typed)
    return None


def _no_share(typed: Typed) -> Diagnosis:
    """A share so small that nobody writes its first digits."""
    if typed.slack <= 0.005:
        return Diagnosis(True, "", "Right, to the digits you typed.", "right")
    return Diagnosis(False, "", "Right so far: give two decimals at least, 0.00.", "so far")


def _right_so_far(sheet: Worksheet, cell: Cell, typed: Typed) -> Diagnosis | None:
    if not typed.fits(sheet.value(cell), _tolerance(sheet, cell)):
        return None
    return Diagnosis(False, "", "Right so far: give two digits.", "so far")


def _tolerance(sheet: Worksheet, cell: Cell) -> float:
    """What rounding may do to the right number in doubles."""
    if cell.kind == "mean":
        largest, spread = np.abs(sheet.points).max(), np.ptp(sheet.points)
        return float(4 * np.finfo(float).eps * largest + ROUNDING * spread)
    return ROUNDING * abs(sheet.value(cell))


def _faulty(step: Step, cell: Cell) -> Iterator[tuple[Mistake, float]]:
    """Mistakes in the formula of this very cell, and what each leads to."""
    kinds = (cell.kind, "scatter") if cell.kind == "variance" else (cell.kind,)
    for mistake in mistakes_for(step):
        if mistake.kind in kinds:
            yield mistake, _led_to(mistake, step, cell)


def _led_to(mistake: Mistake, step: Step, cell: Cell) -> float:
    """What the mistake makes of the cell; NaN where a density underflows, which says nothing."""
    value = replace(step, faulty={mistake.kind: mistake.formula}).value(cell)
    return nan if value == 0 and cell.kind in DENSITIES else value


def _mistaken_exactly(sheet: Worksheet, cell: Cell, typed: Typed) -> Diagnosis | None:
    return _mistaken(sheet, cell, typed, _same) or _mistaken_before(sheet, cell, typed, _same)


def _mistaken(sheet: Worksheet, cell: Cell, typed: Typed, agrees: Agrees) -> Diagnosis | None:
    """A mistake in the formula of this cell."""
    right, tolerance = sheet.value(cell), _tolerance(sheet, cell)
    for mistake, value in _faulty(sheet.step, cell):
        if agrees(typed, value) and abs(value - right) > tolerance:
            return _named(sheet, cell, mistake)
    return None


def _same(typed: Typed, value: float) -> bool:
    return isfinite(value) and abs(typed.value - value) <= SAME * abs(value)


def _fits(typed: Typed, value: float) -> bool:
    enough = typed.digits >= ENOUGH_DIGITS
    return isfinite(value) and enough and typed.fits(value, SAME * abs(value))


def _named(
    sheet: Worksheet, cell: Cell, mistake: Mistake, whence: str = "", carrying: Step | None = None
) -> Diagnosis:
    """carrying: the step made of the person's own numbers, where those are the ones to show."""
    hiding = sheet.hiding_also(cell)

    def shown(other: Cell) -> float | None:
        if carrying is not None and other != cell:
            return (
                carrying.value(other)
                if other not in (hiding.hidden - sheet.answers.keys())
                else None
            )
        return hiding.shown(other)

    scene = Scene(sheet.step, cell.point or 0, cell.component or 0, shown)
    sentence = mistake.sentence(scene)
    if whence:
        sentence = whence + sentence[:1].lower() + sentence[1:]
    return Diagnosis(False, mistake.name, sentence, "mistake")


def _carried(sheet: Worksheet, cell: Cell, typed: Typed) -> Diagnosis | None:
    """Right, if the answers before it were: then the method is right."""
    earlier = _earlier_answers(sheet, cell)
    if not earlier or typed.digits < ENOUGH_DIGITS:
        return None
    carrying = replace(sheet.step, typed={c: each.value for c, each in earlier.items()})
    value = carrying.value(cell)
    slack = min(_carried_slack(carrying, cell, earlier), WIDEST_CARRY * abs(value))
    if isfinite(value) and typed.fits(value, slack + SAME * abs(value)):
        return Diagnosis(True, "", _carried_sentence(sheet, earlier), "carried")
    for mistake, faulty in _faulty(carrying, cell):
        if _fits(typed, faulty):
            return _named(sheet, cell, mistake, "Carried on from your own numbers, but ", carrying)
    return None


def _earlier_answers(sheet: Worksheet, cell: Cell) -> dict[Cell, Typed]:
    """What was typed into the cells that this one is made of, directly or not."""
    earlier: dict[Cell, Typed] = {}
    for each in _made_of(sheet, cell):
        if each in sheet.answers:
            try:
                earlier[each] = read(sheet.answers[each])[0]
            except InputError:
                continue
    return earlier


def _made_of(sheet: Worksheet, cell: Cell) -> list[Cell]:
    found: dict[Cell, None] = {}
    waiting = [cell]
    while waiting:
        for each in sheet.formula(waiting.pop()).inputs:
            if each not in found:
                found[each] = None
                waiting.append(each)
    return sorted(found, key=lambda c: (KINDS.index(c.kind), c.index))


def _carried_slack(step: Step, cell: Cell, earlier: Mapping[Cell, Typed]) -> float:
    """By how much the cell may differ where earlier answers were written with few digits."""
    value = step.value(cell)
    return sum(
        abs(replace(step, typed={**step.typed, each: t.value + t.slack}).value(cell) - value)
        for each, t in earlier.items()
    )


def _carried_sentence(sheet: Worksheet, earlier: Mapping[Cell, Typed]) -> str:
    wrong = [c for c, t in earlier.items() if not t.fits(sheet.value(c), _tolerance(sheet, c))]
    if not wrong:
        return "Right, carried on from your rounded numbers."
    last = [c for c in wrong if c.kind == wrong[-1].kind]
    names = [symbol(c) for c in last[:NAMED_CELLS]]
    more = len(last) - len(names)
    return (
        f"Right, carried on from your {enumerated([*names, *([f'{more} more'] if more else [])])}."
    )


def _mistaken_before(
    sheet: Worksheet, cell: Cell, typed: Typed, agrees: Agrees
) -> Diagnosis | None:
    """A mistake in a formula before this one, all later steps right."""
    value, tolerance = sheet.value(cell), _tolerance(sheet, cell)
    for mistake in mistakes_for(sheet.step):
        if mistake.kind in (cell.kind, "scatter") or not _before(mistake.kind, cell.kind):
            continue
        faulty = _led_to(mistake, sheet.step, cell)
        if agrees(typed, faulty) and abs(faulty - value) > tolerance:
            word = WORDS[_kind(mistake.kind)]
            return _named(sheet, cell, mistake, f"It goes back to the {word}: ")
    return None


def _before(kind: str, other: Kind) -> bool:
    return KINDS.index(_kind(kind)) < KINDS.index(other)


def _kind(name: str) -> Kind:
    return next(kind for kind in KINDS if kind == name)


def _nearly(sheet: Worksheet, cell: Cell, typed: Typed) -> Diagnosis | None:
    """All digits but the last are right: cut off, or a slip of rounding."""
    distance = abs(typed.value - sheet.value(cell))
    if typed.digits <= ENOUGH_DIGITS or distance > 2 * typed.slack:
        return None
    return Diagnosis(
        False, "", "All but the last digit is right: round that one, or leave it out.", "nearly"
    )


def _off(sheet: Worksheet, cell: Cell, typed: Typed, hint: int) -> Diagnosis:
    told = _impossible(sheet, cell, typed.value) or _how_far(typed.value, sheet.value(cell))
    told_more = hints(sheet.hiding_also(cell), cell)[hint]
    return Diagnosis(False, "", f"{told} {told_more}", "off")


def _impossible(sheet: Worksheet, cell: Cell, value: float) -> str:
    """The rule that no number of this kind can break, where this one does."""
    match cell.kind:
        case "posterior" | "weight" if not 0 <= value <= 1:
            return "A share lies between 0 and 1."
        case "density" | "product" | "evidence" if value < 0:
            return "A density is never negative."
        case "variance" if value < 0:
            return "A variance is never negative."
        case "N" if not 0 <= value <= sheet.n_points:
            return f"A component holds at least none and at most all {sheet.n_points} points."
        case "mean" if not sheet.points.min() <= value <= sheet.points.max():
            return "A mean of points lies among the points."
    return ""


def _how_far(value: float, right: float) -> str:
    """Direction and rough size, without giving the number away."""
    if value == 0:
        return "It is not 0."
    if value * right < 0:
        return "The sign is wrong."
    side = "large" if abs(value) > abs(right) else "small"
    ratio = abs(value - right) / max(abs(right), np.finfo(float).tiny)
    if ratio > FAR:
        return f"Far too {side}."
    if ratio < CLOSE:
        return f"Close, but a little too {side}."
    return f"Too {side}, by about {float(f'{100 * ratio:.1g}'):g} %."
