"""Exercises as textbooks set them: no right answer refused, no wrong one taken, mistakes named."""

from dataclasses import replace
from decimal import Decimal
from functools import cache

import numpy as np
import pytest

from em_core import Cell, GaussianMixture, InputError, Rules, diagnose, mistakes_for, worksheet
from em_core.practice import diagnosis

mixture = GaussianMixture.univariate

EXERCISES = {
    "integers": ([1, 2, 3], mixture([0.5, 0.5], [1, 3], [1, 1]), {}),
    "three components": ([1, 2, 2.5, 6, 6.5], mixture([0.2, 0.3, 0.5], [1, 3, 6], [1, 2, 4]), {}),
    "four components": ([-3, 0, 4, 9.5], mixture([0.1, 0.2, 0.3, 0.4], [-3, 0, 4, 9], [9] * 4), {}),
    "variances fixed": (
        [1, 2, 4, 5],
        mixture([0.5, 0.5], [1.5, 4], [1, 1]),
        {"rules": Rules(fixed_covariances=(0, 1))},
    ),
    "variances fixed, weights equal": (
        [0, 1, 3, 4],
        mixture([0.5, 0.5], [0, 3], [1, 1]),
        {"rules": Rules(fixed_covariances=(0, 1), equal_weights=True)},
    ),
    "equal weights": (
        [-1, 0, 2, 3],
        mixture([0.5, 0.5], [0, 3], [2, 3]),
        {"rules": Rules(equal_weights=True)},
    ),
    "a fixed weight": (
        [2, 3, 5, 7],
        mixture([0.3, 0.2, 0.5], [2, 5, 7], [1, 2, 3]),
        {"rules": Rules(fixed_weights=(1,))},
    ),
    "tied": ([1, 2, 3, 7, 8], mixture([0.4, 0.6], [2, 7], [4, 4]), {"covariance_type": "tied"}),
    "thousandths": (
        [0.0012, 0.0019, 0.0041],
        mixture([0.5, 0.5], [0.001, 0.004], [1e-6, 2e-6]),
        {},
    ),
    "millions": ([1.2e6, 1.5e6, 4.4e6], mixture([0.4, 0.6], [1.4e6, 4.6e6], [1e12, 2e12]), {}),
    "negative": ([-12.5, -11, -4, -3], mixture([0.25, 0.75], [-11, -3], [8, 4]), {}),
    "repeated points": ([2, 2, 5, 5, 8], mixture([0.5, 0.5], [2, 6], [1, 2]), {}),
    "far from 0": ([1000.1, 1001.2, 1003.9], mixture([0.5, 0.5], [1000.5, 1003.5], [1, 1]), {}),
    "thirds": ([0, 1, 2, 3], mixture([1 / 3, 2 / 3], [0, 3], [1, 1]), {}),
    "a mean near 0": (
        [-3, -2.5, 0, 0.3, 4, 4.4, 9, 9.5],
        mixture([0.1, 0.2, 0.3, 0.4], [-3, 0, 4, 9], [1, 1, 2, 2]),
        {},
    ),
}


@pytest.fixture(autouse=True)
def led_to_once(monkeypatch):
    """Where the mistakes of a worksheet lead is the same for each number that is typed."""
    for name in ("in_this_cell", "before_this_cell"):
        monkeypatch.setattr(diagnosis, name, cache(getattr(diagnosis, name)))


def sheets(name):
    points, start, options = EXERCISES[name]
    for iteration in (1, 2):
        yield worksheet(points, start, iteration, **options)


def blanks(sheet):
    """Of each kind the first and the last that is to be worked out."""
    for kind in sheet.values:
        cells = [cell for cell in sheet.cells(kind) if not sheet.given(cell)]
        yield from dict.fromkeys(cells[:1] + cells[-1:])


def rounded(value, digits):
    exact = Decimal(value)
    return exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1))


def plain(value):
    """In decimals where these are not endless, and with its digits counted where they are not."""
    text = format(value, "f")
    return text if "." in text and len(text) < 30 else format(value, "e")


@pytest.mark.parametrize("name", EXERCISES)
def test_right_to_any_digits_in_any_spelling(name):
    for sheet in sheets(name):
        for cell in blanks(sheet):
            for digits in (2, 3, 5, 8):
                value = rounded(sheet.value(cell), digits)
                texts = [plain(value), format(value, "e"), plain(value).replace("-", "−")]
                texts.append(plain(value).replace(".", ","))
                if cell.kind in ("posterior", "weight"):
                    texts.append(f"{value.scaleb(2):f} %" if value > 1e-9 else plain(value))
                for text in texts:
                    told = diagnose(sheet, cell, text)
                    assert told.right, (cell, sheet.value(cell), text, told)


@pytest.mark.parametrize("name", EXERCISES)
def test_one_off_in_the_last_digit_is_wrong(name):
    for sheet in sheets(name):
        for cell in blanks(sheet):
            exact = Decimal(sheet.value(cell))
            for digits in (2, 3, 5, 8):
                value = rounded(sheet.value(cell), digits)
                unit = Decimal(1).scaleb(value.as_tuple().exponent)
                for other in (value - unit, value + unit):
                    if other and abs(other - exact) > unit * Decimal("0.50001"):
                        text = plain(other)
                        assert not diagnose(sheet, cell, text).right, (cell, float(exact), text)


@pytest.mark.parametrize("name", EXERCISES)
def test_every_mistake_is_named_in_four_digits(name):
    for sheet in sheets(name):
        for cell in blanks(sheet):
            steps = [sheet.step]
            if cell.kind in ("weight", "mean", "variance"):
                steps.append(sheet.step.without_rule(cell.kind))
            led_to = [
                (each.name, replace(step, faulty={each.kind: each.formula}).value(cell))
                for step in steps
                for each in mistakes_for(step)
            ]
            for mistake, value in led_to[: len(mistakes_for(sheet.step))]:
                if not np.isfinite(value) or value == 0:
                    continue
                text = plain(rounded(value, 4))
                told = diagnose(sheet, cell, text)
                if told.mistake == mistake:
                    continue
                near = abs(Decimal(text)) * Decimal("5.1e-4")
                alike = {
                    m
                    for m, v in led_to
                    if np.isfinite(v) and abs(Decimal(v) - Decimal(text)) < near
                }
                right = abs(Decimal(sheet.value(cell)) - Decimal(text)) <= near
                assert told.mistake in alike or right, (cell, mistake, text, told)


@pytest.mark.parametrize("name", EXERCISES)
def test_a_wrong_number_is_carried_to_the_end(name):
    """Every later number worked out from what was typed, rounded to four digits."""
    for sheet in sheets(name):
        start = next(blanks(sheet))
        typed, carried = {}, 0
        for cell in sheet.cells():
            if sheet.given(cell):
                continue
            value = replace(sheet.step, typed=typed).value(cell)
            text = f"{1.37 * value if cell == start else value:#.4g}"
            if cell != start:
                told = diagnose(_with(sheet, typed), cell, text)
                carried += told.verdict == "carried"
                assert told.right or told.mistake, (cell, text, told)
            typed[cell] = float(text)
        assert carried


def _with(sheet, typed):
    for cell, value in typed.items():
        sheet = sheet.with_answer(cell, f"{value:.4g}")
    return sheet


@pytest.mark.parametrize("answer", ["1/2", "0,5", "50 %", "½", "2/4", "5e-1", "0.50"])
def test_a_half_as_people_type_it(answer):
    sheet = worksheet(*EXERCISES["integers"][:2])
    assert diagnose(sheet, Cell("weight", None, 0), answer).right
    assert diagnose(sheet, Cell("posterior", 1, 1), answer).right


def test_a_carried_number_that_is_short_needs_no_second_digit():
    sheet = worksheet([1, 2, 4, 7, 8], mixture([0.5, 0.5], [1, 8], [4, 4]))
    size, weight = Cell("N", None, 0), Cell("weight", None, 0)
    assert not diagnose(sheet.with_answer(size, "4.5"), weight, "0.8").right
    told = diagnose(sheet.with_answer(size, "4"), weight, "0.8")
    assert (told.right, told.verdict) == (True, "carried")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("1600000", "right"),
        ("1.6e6", "right"),
        ("2000000", "so far"),
        ("2e6", "so far"),
        ("1610000", "off"),
        ("1500000", "off"),
    ],
)
def test_zeros_at_the_end_of_a_whole_number_may_only_fill_it_up(answer, verdict):
    sheet = worksheet([1.2e6, 1.5e6, 2.1e6], mixture([1], [1.4e6], [1e11]))
    assert sheet.value(Cell("mean", None, 0)) == 1.6e6
    assert diagnose(sheet, Cell("mean", None, 0), answer).verdict == verdict


def test_a_mistake_in_a_large_whole_number_is_named_by_its_first_digits():
    sheet = worksheet([1.2e6, 1.5e6, 4.4e6], mixture([0.4, 0.6], [1.4e6, 4.6e6], [1e12, 2e12]))
    mean = Cell("mean", None, 0)
    sum_alone = sheet.value(mean) * sheet.value(Cell("N", None, 0))
    told = diagnose(sheet, mean, f"{round(sum_alone, -3):.0f}")
    assert told.mistake == "mean-not-divided"
    told = diagnose(sheet, mean, f"{round(sheet.value(mean), -4):.0f}")
    assert told.verdict == "so far"
    assert told.sentence.startswith("Right so far: zeros at the end count as digits.")


def test_an_exercise_that_breaks_off_says_where():
    with pytest.raises(InputError, match="In iteration"):
        worksheet([0, 0.5, 1, 20], mixture([0.7, 0.3], [0.5, 18], [1, 9]), iteration=2)
