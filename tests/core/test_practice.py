"""The worksheet by hand: a right answer is never refused, a wrong one is told its mistake."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from em_core import (
    Cell,
    GaussianMixture,
    InputError,
    Rules,
    diagnose,
    faulty_run,
    hints,
    mistakes_for,
    worksheet,
)
from em_core.practice.mistakes import Scene
from em_core.practice.typed import read

WORKED = json.loads((Path(__file__).parents[1] / "data" / "practice_worked.json").read_text())
START = GaussianMixture.univariate(*WORKED["start"].values())
SHEET = worksheet(WORKED["points"], START)
FIRST = Cell("posterior", 0, 0)


def cell_of(entry):
    return Cell(entry["cell"], entry["point"], entry["component"])


# --- the worked example -----------------------------------------------------------------------


def test_every_right_value_of_the_worked_example():
    for kind, values in WORKED["right"].items():
        np.testing.assert_allclose(SHEET.values[kind], values, rtol=1e-13)


@pytest.mark.parametrize("written", [float, repr, "{:.6g}".format])
def test_every_mistake_of_the_worked_example_is_named(written):
    for entry in WORKED["wrong"]:
        cell, value = cell_of(entry), entry["value"]
        alike = {
            other["mistake"]
            for other in WORKED["wrong"]
            if cell_of(other) == cell and other["value"] == pytest.approx(value, rel=1e-9)
        }
        told = diagnose(SHEET, cell, written(value))
        if value == pytest.approx(SHEET.value(cell), rel=1e-9):
            assert told.right, (entry, told)
        else:
            assert told.mistake in alike, (entry, told)
            assert not told.right


def test_a_sentence_names_the_step_and_both_numbers():
    told = diagnose(SHEET, Cell("density", 0, 0), "0.0724")
    assert told.sentence == "That is what σ = 4 gives; the variance is 4, so σ = 2."
    told = diagnose(SHEET, Cell("mean", None, 0), "-0.1857")
    assert told.sentence == "That divides by n = 5; the mean of component 1 divides by N₁ = 1.728."
    told = diagnose(SHEET, FIRST, "0.4455")
    assert told.sentence == (
        "It goes back to the density: that is what σ = 4 gives; the variance is 4, so σ = 2."
    )


# --- digits -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        *("0.29", "0.294", "0.29421497", "0.2942150", ".29", "0,294", "29.4%", "29,4 %", "2.94e-1"),
        *("2.94×10⁻¹", "2.94 · 10^-1", " ≈ 0.29 ", "0.0277/0.0943", "0.29421497216298875"),
        *("０.29", 0.29, 0.294, 0.29421497216298875, np.float64(0.294)),
    ],
)
def test_right_to_the_digits_that_were_typed(answer):
    assert diagnose(SHEET, FIRST, answer).right


@pytest.mark.parametrize(("answer", "right"), [("1.5", True), ("1.55", True), ("1.50", False)])
def test_a_typed_zero_is_a_digit(answer, right):
    """1.5496 is 1.5 to two digits, and 1.55 to three."""
    sheet = worksheet([1, 2.0992], GaussianMixture.univariate([1], [0], [1]))
    assert diagnose(sheet, Cell("mean", component=0), answer).right == right


def test_one_digit_is_right_so_far():
    told = diagnose(SHEET, FIRST, "0.3")
    assert (told.right, told.mistake, told.verdict) == (False, "", "so far")
    assert told.sentence == "Right so far: give two digits."


@pytest.mark.parametrize(
    "answer",
    ["0.28", "0.30", "0.295", "0.2942149", "5/17", "28%", "80%", "0.290 %", "-0.29", "29", "1/3"],
)
def test_wrong_to_the_digits_that_were_typed(answer):
    assert not diagnose(SHEET, FIRST, answer).right


def test_a_fraction_of_decimals_has_the_digits_of_the_coarser():
    assert diagnose(SHEET, FIRST, "0.3/1.00").verdict == "so far"


def test_a_digit_cut_off_is_said_to_be_nearly_right():
    assert diagnose(SHEET, FIRST, "0.2942149").verdict == "nearly"
    assert diagnose(SHEET, FIRST, "0.297").verdict == "off"


@pytest.mark.parametrize("answer", ["1.728", "1,728", "1.7281230917763732"])
def test_a_comma_is_read_the_way_that_fits(answer):
    assert diagnose(SHEET, Cell("N", None, 0), answer).right


def test_exact_numbers_need_no_second_digit():
    even = worksheet([1, 2, 3], GaussianMixture.univariate([0.5, 0.5], [1, 3], [1, 1]))
    assert diagnose(even, Cell("posterior", 1, 0), "1/2").right
    assert diagnose(even, Cell("posterior", 1, 0), "0.5").right
    assert diagnose(even, Cell("posterior", 1, 0), "½").right
    assert diagnose(even, Cell("N", None, 0), "3/2").right


def test_a_share_too_small_to_write_may_be_zero():
    far = worksheet([0, 1, 50, 51], GaussianMixture.univariate([0.5, 0.5], [0, 50], [1, 1]))
    assert diagnose(far, Cell("posterior", 0, 1), "0.00").right
    assert diagnose(far, Cell("posterior", 0, 0), "1.00").right
    assert diagnose(far, Cell("posterior", 0, 1), "0.01").right is False


@pytest.mark.parametrize(
    ("text", "value", "digits"),
    [
        ("−11.65", -11.65, 4),
        ("–11,65", -11.65, 4),
        ("1\u2009234.5", 1234.5, 5),
        ("1 234 567", 1234567, 7),
        ("1'234.5", 1234.5, 5),
        ("1,234.5", 1234.5, 5),
        ("1.234,5", 1234.5, 5),
        ("1,234,567", 1234567, 7),
        ("1.234.567", 1234567, 7),
        ("- 3", -3, 1),
        ("0.050", 0.05, 2),
        ("5e-3", 0.005, 1),
        ("10⁻³", 0.001, 1),
        ("3×10⁵", 3e5, 1),
        ("29 %", 0.29, 2),
        ("1 / 3", 1 / 3, float("inf")),
        ("-1/4", -0.25, float("inf")),
        ("0.10/0.40", 0.25, 2),
    ],
)
def test_numbers_as_people_write_them(text, value, digits):
    (typed,) = read(text)
    assert typed.value == pytest.approx(value, rel=1e-15)
    assert typed.digits == digits


def test_a_comma_before_three_digits_has_two_readings():
    assert [typed.value for typed in read("1,234")] == [1.234, 1234]


@pytest.mark.parametrize(
    "answer",
    [
        *(
            "",
            " ",
            "abc",
            "nan",
            "inf",
            "0..3",
            "1e",
            "--1",
            "1/0",
            "1/2/3",
            "3½",
            "3×105",
            "0.2 9",
        ),
        *("1,2,3", "0.5*0.055", "e", ".", "9" * 61, "1e999", "0x10", "1_0"),
        *(float("nan"), float("inf")),
    ],
)
def test_what_is_no_number_gets_a_sentence(answer):
    told = diagnose(SHEET, FIRST, answer)
    assert (told.right, told.mistake, told.verdict) == (False, "", "no number")
    assert told.sentence.endswith((".", "?"))
    assert "Traceback" not in told.sentence


# --- follow-through ---------------------------------------------------------------------------


def carried_mean(share):
    shares = np.array(WORKED["right"]["posterior"])[:, 0]
    shares[1] = share
    return shares @ WORKED["points"] / shares.sum()


def test_what_follows_from_a_wrong_answer_is_right_and_says_so():
    sheet = SHEET.with_answer(Cell("posterior", 1, 0), "0.45")
    told = diagnose(sheet, Cell("mean", None, 0), f"{carried_mean(0.45):.4f}")
    assert (told.right, told.verdict) == (True, "carried")
    assert told.sentence == "Right, carried on from your P(1|2)."
    assert not diagnose(SHEET, Cell("mean", None, 0), f"{carried_mean(0.45):.4f}").right


def test_the_right_number_stays_right_after_a_wrong_answer():
    sheet = SHEET.with_answer(Cell("posterior", 1, 0), "0.45")
    assert diagnose(sheet, Cell("mean", None, 0), "-0.5373").verdict == "right"


def test_a_mistake_made_with_carried_numbers_is_named_with_them():
    sheet = SHEET.with_answer(Cell("posterior", 1, 0), "0.45")
    size = np.array(WORKED["right"]["posterior"])[:, 0].sum() - 0.6224593312018545 + 0.45
    told = diagnose(sheet, Cell("mean", None, 0), f"{carried_mean(0.45) * size / 5:.5f}")
    assert told.mistake == "mean-over-n"
    assert "your own numbers" in told.sentence
    assert f"{size:.4g}" in told.sentence


def test_rounded_answers_are_followed_as_they_were_typed():
    sheet, shares = SHEET, np.array(WORKED["right"]["posterior"])[:, 0].round(2)
    for i, share in enumerate(shares):
        sheet = sheet.with_answer(Cell("posterior", i, 0), f"{share:.2f}")
    mean = shares @ WORKED["points"] / shares.sum()
    told = diagnose(sheet, Cell("mean", None, 0), f"{mean:.5f}")
    assert told.right
    assert told.sentence == "Right, carried on from your rounded numbers."


def test_an_answer_far_from_both_is_carried_on_from_nothing():
    sheet = SHEET.with_answer(Cell("posterior", 1, 0), "0.45")
    assert not diagnose(sheet, Cell("mean", None, 0), "-0.4").right
    assert not diagnose(sheet, Cell("mean", None, 0), f"{carried_mean(0.44):.4f}").right


def test_few_digits_excuse_a_small_difference_only():
    sheet = SHEET.with_answer(Cell("posterior", 1, 0), "0.5")
    assert diagnose(sheet, Cell("mean", None, 0), f"{carried_mean(0.5):.4f}").right
    assert not diagnose(sheet, Cell("mean", None, 0), f"{carried_mean(0.54):.4f}").right


def test_text_that_is_no_number_carries_nothing():
    sheet = SHEET.with_answer(Cell("posterior", 1, 0), "soon")
    assert diagnose(sheet, Cell("mean", None, 0), "-0.5373").right


# --- hints and what they keep to themselves ---------------------------------------------------


def test_hints_tell_more_and_more():
    idea, symbols, numbers = hints(SHEET, FIRST)
    assert "shared" in idea
    assert symbols == "P(1|1) = w₁·N(x₁; μ₁, σ₁²) / p(x₁)"
    assert numbers == "P(1|1) = 0.02773 / 0.09425"


def test_the_last_hint_ends_the_sentence_where_nothing_is_known():
    told = diagnose(SHEET, FIRST, "0.9", hint=2)
    assert told.sentence.endswith("P(1|1) = 0.02773 / 0.09425")
    assert told.sentence.startswith("Far too large.")


def test_hidden_numbers_stand_in_no_sentence_and_no_hint():
    hidden = SHEET.hiding(SHEET.cells())
    numbers = {f"{float(v):.4g}".replace("-", "−") for a in SHEET.values.values() for v in a.flat}
    numbers -= {"0.5", "2", "4"}
    told = [diagnose(hidden, cell_of(e), repr(e["value"])).sentence for e in WORKED["wrong"]]
    for cell in SHEET.cells():
        told += [
            *hints(hidden, cell),
            *(diagnose(hidden, cell, "7.77", h).sentence for h in range(3)),
        ]
    for text in told:
        assert not [n for n in numbers if n in text], text


# --- faulty runs ------------------------------------------------------------------------------

THREAD = ([1, 2, 3], GaussianMixture.univariate([0.5, 0.5], [1, 3], [1, 1]))


def mistake(name, kind=None):
    return next(m for m in mistakes_for(SHEET.step) if m.name == name and kind in (None, m.kind))


def test_the_variance_taken_for_sd_prints_the_numbers_of_the_thread():
    run = faulty_run(*THREAD, mistake("variance-as-sd"), max_iter=2)
    np.testing.assert_allclose(run.log_likelihoods, [-4.3893, -3.676, -6.195], atol=5e-4)
    assert run.falls
    assert run.complete


@pytest.mark.parametrize(
    ("name", "kind", "log_likelihoods"),
    [
        # worked with plain NumPy loops, formula by formula
        ("log-likelihood-of-old-parameters", None, [-4.38925, -4.38925, -3.54922, -3.48679]),
        ("variance-about-old-mean", None, [-4.38925, -3.68808, -3.60262, -3.57496]),
        ("mean-over-n", None, [-4.38925, -5.15976, -4.87796, -4.59560]),
        ("responsibilities-recomputed", None, [-4.38925, -3.66211, -3.59963, -3.55833]),
        ("unweighted-variance", None, [-4.38925, -3.85139, -3.70151, -3.67365]),
    ],
)
def test_faulty_runs(name, kind, log_likelihoods):
    run = faulty_run(*THREAD, mistake(name, kind), max_iter=3)
    np.testing.assert_allclose(run.log_likelihoods, log_likelihoods, atol=6e-6)


def test_weights_never_updated_stay():
    run = faulty_run(WORKED["points"], START, mistake("weight-not-updated"), max_iter=4)
    assert all((each.weights == 0.5).all() for each in run.parameters)
    assert run.parameters[1].means[0] == pytest.approx(-0.5373289474)


def test_a_run_that_breaks_off_says_so_and_has_ordinary_numbers_only():
    run = faulty_run(WORKED["points"], START, mistake("unbiased-variance"), max_iter=50)
    assert np.isfinite(run.log_likelihoods).all()
    assert len(run.parameters) == len(run.log_likelihoods)
    assert run.complete == (len(run.parameters) == 51)


# --- rules ------------------------------------------------------------------------------------


def test_what_the_rules_fix_is_given_and_its_free_value_is_a_mistake():
    sheet = worksheet(WORKED["points"], START, rules=Rules(fixed_covariances=(0, 1)))
    blank = Cell("variance", None, 0)
    assert sheet.value(blank) == 4
    assert sheet.given(blank)
    assert not sheet.given(Cell("mean", None, 0))
    told = diagnose(sheet, blank, "0.5758")
    assert told.mistake == "rule-ignored"
    assert told.sentence.endswith("by the rules it stays 4.")


def test_equal_weights_stay_equal():
    sheet = worksheet(WORKED["points"], START, rules=Rules(equal_weights=True))
    assert sheet.value(Cell("weight", None, 0)) == 0.5
    told = diagnose(sheet, Cell("weight", None, 0), 0.3456246183552746)
    assert told.mistake == "rule-ignored"
    assert "each is 1/K = 0.5" in told.sentence


def test_free_weights_share_what_the_fixed_ones_leave():
    start = GaussianMixture.univariate([0.2, 0.3, 0.5], [-3, 0, 2], [4, 4, 4])
    sheet = worksheet(WORKED["points"], start, rules=Rules(fixed_weights=(2,)))
    size = sheet.values["N"]
    wanted = 0.5 * size[0] / (size[0] + size[1])
    assert sheet.value(Cell("weight", None, 0)) == pytest.approx(wanted, rel=1e-14)
    told = diagnose(sheet, Cell("weight", None, 0), float(size[0] / 5))
    assert told.mistake == "rule-ignored"
    assert "(1 − fixed weights)" in hints(sheet, Cell("weight", None, 0))[1]


def test_a_warmer_share_is_not_the_posterior_of_temperature_one():
    sheet = worksheet(WORKED["points"], START, rules=Rules(temperature=2))
    told = diagnose(sheet, FIRST, "0.29421")
    assert told.mistake == "temperature-left-out"
    products = np.sqrt(np.array(WORKED["right"]["product"])[0])
    assert diagnose(sheet, FIRST, f"{products[0] / products.sum():.5f}").right


# --- random exercises -------------------------------------------------------------------------

hundredths = st.integers(-800, 800).map(lambda v: v / 100)


@st.composite
def sheets(draw):
    K = draw(st.integers(1, 4))
    points = draw(st.lists(hundredths, min_size=2, max_size=8, unique=True))
    parts = draw(st.lists(st.integers(1, 9), min_size=K, max_size=K))
    means = draw(st.lists(hundredths, min_size=K, max_size=K))
    variances = draw(st.lists(st.integers(2, 90).map(lambda v: v / 10), min_size=K, max_size=K))
    start = GaussianMixture.univariate(np.array(parts) / sum(parts), means, variances)
    some = st.lists(st.integers(0, K - 1), max_size=K).map(tuple)
    rules = draw(
        st.one_of(
            st.just(Rules()),
            st.just(Rules(equal_weights=True)),
            st.builds(Rules, fixed_weights=some, fixed_means=some, fixed_covariances=some),
            st.builds(Rules, temperature=st.sampled_from([0, 0.5, 2])),
        )
    )
    try:
        return worksheet(
            points,
            start,
            iteration=draw(st.integers(1, 3)),
            covariance_type=draw(st.sampled_from(["full", "tied"])),
            rules=rules,
        )
    except InputError:
        assume(False)


@st.composite
def blanks(draw):
    sheet = draw(sheets())
    cells = list(sheet.cells())
    return sheet, cells[draw(st.integers(0, len(cells) - 1))]


@given(sheets())
@settings(max_examples=60, deadline=None)
def test_the_plain_formulas_give_the_right_values(sheet):
    for kind, values in sheet.values.items():
        np.testing.assert_allclose(getattr(sheet.step, kind), values, rtol=1e-7, atol=1e-12)


@given(blanks(), st.integers(2, 12), st.sampled_from(["g", "e", "f"]))
@settings(max_examples=200, deadline=None)
def test_a_right_answer_is_never_refused(blank, digits, form):
    sheet, cell = blank
    text = f"{sheet.value(cell):.{digits - (form == 'e')}{form}}"
    told = diagnose(sheet, cell, text)
    assert told.right or read(text)[0].digits < 2, (text, told)


@given(blanks(), st.floats(-3, 3), st.integers(2, 6))
@settings(max_examples=200, deadline=None)
def test_a_wrong_answer_is_never_accepted(blank, factor, digits):
    sheet, cell = blank
    text = f"{sheet.value(cell) * factor:.{digits - 1}e}"
    half = Decimal(5).scaleb(Decimal(text).as_tuple().exponent - 1)
    wrong = abs(Decimal(text) - Decimal(sheet.value(cell))) > half * Decimal("1.001")
    share = cell.kind in ("posterior", "weight") and sheet.value(cell) < 1e-3
    assert not (wrong and not share and diagnose(sheet, cell, text).right)


@given(blanks())
@settings(max_examples=25, deadline=None)
def test_any_mistake_is_named_or_one_that_gives_the_same_number(blank):
    sheet, cell = blank
    led_to = [
        (m.name, replace(sheet.step, faulty={m.kind: m.formula}).value(cell))
        for m in mistakes_for(sheet.step)
    ]
    for _, value in led_to:
        if not np.isfinite(value) or value == pytest.approx(sheet.value(cell), rel=1e-6, abs=1e-12):
            continue
        if value == 0 and cell.kind in ("density", "product", "evidence"):
            continue  # it underflowed
        told = diagnose(sheet, cell, value)
        alike = {name for name, other in led_to if other == pytest.approx(value, rel=1e-6)}
        assert told.mistake in alike, (cell, value, told)


@given(blanks(), st.floats(0.5, 2), st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_what_follows_from_any_wrong_answer_is_carried_on(blank, factor, choice):
    sheet, cell = blank
    inputs = sheet.formula(cell).inputs
    assume(inputs)
    earlier = inputs[choice % len(inputs)]
    wrong = sheet.value(earlier) * factor
    value = replace(sheet.step, typed={earlier: wrong}).value(cell)
    assume(np.isfinite(value))
    assume(value != pytest.approx(sheet.value(cell), rel=1e-6, abs=1e-12))
    told = diagnose(sheet.with_answer(earlier, wrong), cell, f"{value:.9e}")
    led_to = {
        m.name
        for m in mistakes_for(sheet.step)
        if replace(sheet.step, faulty={m.kind: m.formula}).value(cell)
        == pytest.approx(value, rel=1e-8)
    }
    assert told.verdict == "carried" or told.mistake in led_to, (earlier, wrong, value, told)


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        Cell("density", 0),
        Cell("posterior", 5, 0),
        Cell("posterior", 0, 2),
        Cell("posterior", -1, 0),
        Cell("N", 0, 0),
        Cell("N"),
        Cell("log_likelihood", 0),
        Cell("median", 0, 0),
    ],
)
def test_a_cell_that_is_not_there_is_refused(cell):
    with pytest.raises(InputError) as refusal:
        diagnose(SHEET, cell, "0.5")
    assert refusal.value.code == "cell"


@pytest.mark.parametrize("iteration", [0, -1, 1.5, True])
def test_an_iteration_before_the_first_is_refused(iteration):
    with pytest.raises(InputError, match="from 1"):
        worksheet([1, 2, 3], THREAD[1], iteration)


def test_two_dimensions_are_refused():
    plane = GaussianMixture([1.0], [[0, 0]], [np.eye(2)])
    with pytest.raises(InputError, match="one"):
        worksheet([[1, 2], [3, 4]], plane)


def test_a_collapse_on_the_way_names_its_iteration():
    start = GaussianMixture.univariate([0.5, 0.5], [0, 100], [1, 1])
    with pytest.raises(InputError, match="In iteration 1") as refusal:
        worksheet([0, 1, 100], start)
    assert refusal.value.code == "collapsed"


def test_the_second_iteration_starts_where_the_first_ended():
    second = worksheet(WORKED["points"], START, iteration=2)
    np.testing.assert_allclose(second.mixture.weights, WORKED["right"]["weight"])
    assert second.value(Cell("log_likelihood")) == pytest.approx(-7.4220, abs=5e-5)
    told = diagnose(second, Cell("log_likelihood"), "-11.648")
    assert told.mistake == "log-likelihood-of-old-parameters"


# --- small things that a person would notice -----------------------------------------------------


def test_hard_assignment_gives_a_tie_to_the_first():
    start = GaussianMixture.univariate([0.5, 0.5], [1, 5], [1, 1])
    even = worksheet([1, 2, 3, 4, 5], start, rules=Rules(temperature=0))
    assert even.step.posterior[:, 0].tolist() == [1, 1, 1, 0, 0]
    assert even.step.posterior.tolist() == even.values["posterior"].tolist()


def test_a_density_that_underflows_is_no_mistake_of_those_who_type_0():
    far = worksheet([0, 1, 60, 61], GaussianMixture.univariate([0.5, 0.5], [0, 60], [1, 4]))
    assert diagnose(far, Cell("density", 2, 0), "0").mistake == ""


@pytest.mark.parametrize("used", [0.446, 0.45, 0.454])
def test_who_types_two_digits_and_goes_on_with_more_is_carried_on(used):
    sheet = SHEET.with_answer(Cell("posterior", 1, 0), "0.45")
    told = diagnose(sheet, Cell("mean", None, 0), f"{carried_mean(used):.5f}")
    assert told.verdict == "carried"


def test_one_off_in_the_seventh_digit_is_not_carried_on():
    sheet = SHEET.with_answer(Cell("posterior", 1, 0), "0.45000000")
    right = f"{carried_mean(0.45):.7f}"
    assert diagnose(sheet, Cell("mean", None, 0), right).verdict == "carried"
    wrong = f"{carried_mean(0.45) + 2e-7:.7f}"
    assert not diagnose(sheet, Cell("mean", None, 0), wrong).right


def test_no_more_than_three_earlier_answers_are_named_and_only_the_latest_kind():
    sheet, shares = SHEET.with_answer(Cell("evidence", 4), "0.2"), [0.35, 0.61, 0.66, 0.12, 0.06]
    for i, share in enumerate(shares):
        sheet = sheet.with_answer(Cell("posterior", i, 0), share)
    told = diagnose(sheet, Cell("N", None, 0), f"{sum(shares):.4f}")
    assert told.sentence == "Right, carried on from your P(1|1), P(1|2), P(1|3) and 2 more."


def test_a_share_that_can_be_written_is_not_0():
    """0.00 is right below 0.0005 alone, and 0 says too little."""
    small = worksheet([0, 0.5, 4], GaussianMixture.univariate([0.5, 0.5], [0, 3.6], [1, 1]))
    assert 0.0005 < small.value(Cell("posterior", 0, 1)) < 0.005 / 2
    assert not diagnose(small, Cell("posterior", 0, 1), "0.00").right
    far = worksheet([0, 1, 9, 10], GaussianMixture.univariate([0.5, 0.5], [0, 9], [1, 1]))
    told = diagnose(far, Cell("posterior", 0, 1), "0")
    assert (told.right, told.verdict) == (False, "so far")


@pytest.mark.parametrize(
    ("cell", "answer", "words"),
    [
        (FIRST, "0.31", "Too large, by about 5%."),
        (FIRST, "0.25", "Too small, by about 20%."),
        (FIRST, "0.2960", "Close, but a little too large."),
        (FIRST, "0.95", "Far too large."),
        (FIRST, "1.2", "A responsibility lies between 0 and 1."),
        (Cell("density", 0, 0), "-0.01", "A density is never negative."),
        (Cell("variance", None, 0), "-2", "A variance is never negative."),
        (Cell("N", None, 1), "0.3", "Too small, by about 90%."),
        (Cell("N", None, 0), "5.1", "A component holds between 0 and 5 points."),
        (Cell("mean", None, 1), "1.7", "Too large, by about 100%."),
        (Cell("mean", None, 1), "1.85", "A mean of points lies among the points."),
        (Cell("mean", None, 1), "-0.3", "The sign is wrong."),
        (Cell("mean", None, 1), "0", "It is not 0."),
        (Cell("log_likelihood"), "-12.9", "Too far from 0, by about 10%."),
        (Cell("log_likelihood"), "-11.60", "Close, but a little too close to 0."),
        (Cell("log_likelihood"), "-40", "Much too far from 0."),
    ],
)
def test_how_far_off_and_on_which_side(cell, answer, words):
    told = diagnose(SHEET, cell, answer, hint=None)
    assert (told.sentence, told.mistake) == (words, "")


THREE = worksheet([0, 1, 3, 7], GaussianMixture.univariate([0.3, 0.2, 0.5], [0, 6, 5], [1, 1, 9]))


@pytest.mark.parametrize(
    ("name", "kind", "sentence"),
    [
        # point 3 at x = 3, component 3 with w = 0.5, μ = 5, σ² = 9; checked with pen and paper
        ("no-half-in-exponent", "density", "e to the −0.4444, and it should be e to the −0.2222."),
        ("no-normalising-constant", "density", "e to the −0.2222 alone"),
        ("no-normalising-constant", "density", "divided by √(2πσ²) = 7.520."),
        (
            "variance-outside-root",
            "density",
            "divides by √(2π)·9 = 22.56 and not by √(2π·9) = 7.520.",
        ),
        ("distance-not-squared", "density", "|x − μ| = 2 where (x − μ)² = 4 belongs."),
        ("two-pi-outside-root", "density", "divides by 2π·3 = 18.85 and not by √(2π)·3 = 7.520."),
        ("sd-for-variance", "density", "a variance of 3 gives; 3 is σ, and the variance σ² is 9."),
        ("prior-left-out", "product", "its weight, here 0.5."),
        (
            "first-prior-for-all",
            "product",
            "the first weight, 0.3, for every component; component 3 has",
        ),
        ("evidence-without-priors", "evidence", "by its weight, 0.3, 0.2 and 0.5."),
        ("prior-left-out", "posterior", "if each were 0.3333, and they are 0.3, 0.2 and 0.5."),
        (
            "not-normalised",
            "posterior",
            "0.5 times the density: it is still to be divided by p(x₃) =",
        ),
        ("normalised-over-points", "posterior", "the 4 points; a point is shared out among the 3"),
        ("hard-assignment", "posterior", "gives point 3 whole to one component"),
        ("log-base-10", "log_likelihood", "the natural ones, ln, are 2.303 times that."),
        ("mean-log-likelihood", "log_likelihood", "the total is 4 times that."),
        ("sign-flipped", "log_likelihood", "ln 0.1 is −2.303."),
        (
            "weight-over-components",
            "weight",
            "K = 3 components; the weight divides by n = 4 points.",
        ),
        ("weight-not-updated", "weight", "0.5 is the weight as it was: the new one is N₃ = 1.879"),
        ("mean-not-updated", "mean", "5 is the mean as it was"),
        (
            "variance-about-old-mean",
            "scatter",
            "the old mean, 5; take the new one, new μ₃ = 3.630.",
        ),
        ("variance-not-updated", "variance", "9 is the variance as it was"),
    ],
)
def test_a_sentence_has_the_numbers_of_its_scene(name, kind, sentence):
    row = next(m for m in mistakes_for(THREE.step) if (m.name, m.kind) == (name, kind))
    assert sentence in row.sentence(Scene(THREE.step, 2, 2, THREE.shown))


def test_the_swapped_component_is_the_one_whose_number_was_typed():
    for k, other in ((0, 1), (0, 2), (1, 0), (2, 1)):
        typed = THREE.value(Cell("mean", None, other))
        told = diagnose(THREE, Cell("mean", None, k), typed)
        assert f"component {other + 1}'s number stands for component {k + 1}'s" in told.sentence


def test_the_hints_have_the_numbers_of_the_problem():
    assert hints(THREE, Cell("density", 2, 2))[2].endswith("= e^(−(3 − 5)² / (2·9)) / √(2π·9)")
    tied = worksheet(WORKED["points"], START, covariance_type="tied")
    assert hints(tied, Cell("variance", None, 0))[2].endswith(") / 5")
    six = worksheet([0, 1, 3, 7, 8, 9], GaussianMixture.univariate([0.5, 0.5], [0, 8], [1, 1]))
    assert hints(six, Cell("N", None, 0))[1].count("+") == 5
    seven = worksheet([0, 1, 3, 4, 7, 8, 9], GaussianMixture.univariate([0.5, 0.5], [0, 8], [1, 1]))
    assert hints(seven, Cell("N", None, 0))[1] == "N₁ = P(1|1) + P(1|2) + P(1|3) + … + P(1|7)"
    start = GaussianMixture.univariate([0.2, 0.3, 0.5], [-3, 0, 2], [4, 4, 4])
    held_back = worksheet(WORKED["points"], start, rules=Rules(fixed_weights=(0,)))
    assert hints(held_back, Cell("weight", None, 1))[2].startswith("new w₂ = 0.8·")
    assert held_back.formula(Cell("weight", None, 0)).symbols == "as it was"
    equal = worksheet(WORKED["points"], START, rules=Rules(equal_weights=True))
    assert equal.formula(Cell("weight", None, 0)).symbols == "1 / K"
