"""Exercises set for others: numbers of one's own, check values, the result, sheets on paper."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from em_core import Cell, GaussianMixture, InputError, Rules, fit
from em_core.wording import number
from explorer.export.exercise_sheet import exercise_sheet
from explorer.export.hand_in import result_text
from explorer.export.question_sheet import question_sheet, questions
from explorer.io import link
from explorer.io.session_file import from_json, to_json
from explorer.model.check_value import exercise_check, result_check
from explorer.model.edits import with_component_count
from explorer.model.examples import default_problem, own_data
from explorer.model.exercise import BLANKS, Exercise, Practice, Terms
from explorer.model.practice import (
    answered,
    board,
    boards,
    can_take_back,
    hinted,
    is_closed,
    numbers_of,
    shown,
    taken_back,
)
from explorer.model.problem import Options, Problem, Start, View
from explorer.model.variants import _told_apart, own_numbers
from scripts.question_sheets import SHEETS

PROBLEM = default_problem()
FIRST = Cell("posterior", 0, 0)
SHARES = Practice(exercise=Exercise(BLANKS["responsibilities"], point=0), terms=Terms())
TWO = Practice(exercise=Exercise(BLANKS["everything"], rounds=2), terms=Terms())
ALONE = Exercise(BLANKS["everything"])
OWN = replace(TWO, terms=Terms("hints", 7), name="Anna")
WITH_RULES = Problem(
    own_data([1.5, 2.0, 2.25, 4.0, 6.5, 7.0]),
    Start(GaussianMixture.univariate([0.2, 0.3, 0.5], [1, 4, 7], [1, 1, 2.25])),
    Options(rules=Rules(fixed_weights=(0,))),
)


def done(problem: Problem, practice: Practice) -> Practice:
    while (cell := (now := board(problem, practice)).current) is not None:
        practice = answered(now, cell, repr(now.sheet.value(cell)))
    return practice


# --- numbers of one's own -------------------------------------------------------------------------


@pytest.mark.parametrize("problem", [PROBLEM, WITH_RULES])
def test_each_has_other_numbers_of_the_same_kind_and_they_stay(problem):
    drawn = [own_numbers(problem, 7, f"student {i}", 2) for i in range(12)]
    seen = {tuple(each.data.points[:, 0]) for each in drawn}
    assert len(seen) == 12
    assert tuple(problem.data.points[:, 0]) not in seen
    for each in drawn:
        mixture, model = each.start.mixture, problem.start.mixture
        assert np.array_equal(mixture.weights, model.weights)
        assert np.array_equal(mixture.variances, model.variances)
        assert each.options == problem.options
        moved = np.abs(each.data.points - problem.data.points)
        assert moved.max() <= 0.12 * np.ptp(problem.data.points) + 1e-12
        written = [f"{x:g}" for x in each.data.points[:, 0]]
        assert all(len(text.partition(".")[2]) <= 2 for text in written)
    assert own_numbers(problem, 7, "student 3", 2) == drawn[3]
    assert own_numbers(problem, 7, " Student  3", 2) == drawn[3]
    assert own_numbers(problem, 8, "student 3", 2) != drawn[3]


def test_no_number_is_much_smaller_than_in_the_problem_that_was_set():
    least = min(b.sheet.values["posterior"].min() for b in boards(PROBLEM, TWO))
    for name in ("Anna", "Ben", "Chloé", *(f"student {i}" for i in range(40))):
        for each in boards(PROBLEM, replace(OWN, name=name)):
            assert each.sheet.values["posterior"].min() >= least / 2
            assert each.sheet.values["variance"].min() > 0.05


def test_the_link_says_which_numbers():
    parameters = link.encode(PROBLEM, View(page="practise", practice=OWN))
    assert parameters["variant"] == "7"
    assert parameters["whose"] == "Anna"
    opened = link.decode(parameters)
    assert (opened.message, opened.view.practice) == ("", OWN)
    assert numbers_of(opened.problem, opened.view.practice) == numbers_of(PROBLEM, OWN)
    assert "changed" in link.decode(parameters | {"blanks": "responsibilities"}).message


# --- what stays closed ----------------------------------------------------------------------------


def test_an_exercise_that_was_set_is_closed_until_it_is_done():
    assert not is_closed(PROBLEM, replace(TWO, terms=None))
    assert is_closed(PROBLEM, TWO)
    assert not is_closed(PROBLEM, done(PROBLEM, TWO))
    too_many = with_component_count(PROBLEM, 5)
    assert not is_closed(too_many, TWO)


def test_a_number_that_was_shown_is_not_taken_back_where_somebody_waits_for_the_answer():
    free = replace(TWO, terms=None)
    for practice, back in ((free, True), (TWO, False)):
        once = shown(board(PROBLEM, practice), Cell("density", 0, 0))
        assert can_take_back(PROBLEM, once) is back
    wrong = answered(board(PROBLEM, TWO), Cell("density", 0, 0), "7")
    assert can_take_back(PROBLEM, wrong)
    assert not can_take_back(PROBLEM, done(PROBLEM, TWO))
    assert not can_take_back(PROBLEM, TWO)


def test_without_help_no_sentence_ends_with_a_hint():
    for terms, said in ((Terms("none"), False), (Terms("hints"), True)):
        practice = replace(SHARES, terms=terms)
        told = answered(board(PROBLEM, practice), FIRST, "0.9").tries[-1].diagnosis
        assert ("shared out" in told.sentence) is said
        named = answered(board(PROBLEM, practice), FIRST, "0.4455").tries[-1].diagnosis
        assert named.mistake == "variance-as-sd"


# --- the result -----------------------------------------------------------------------------------


def test_the_result_says_what_was_done():
    practice = replace(SHARES, name="Anna <b>")
    for text in ("0.4455", "0.44553", "0.29"):
        practice = answered(board(PROBLEM, practice), FIRST, text)
    second = Cell("posterior", 0, 1)
    practice = shown(board(PROBLEM, hinted(board(PROBLEM, practice), second)), second)
    lines = result_text(PROBLEM, practice).splitlines()
    assert lines == [
        f"EM Explorer, exercise {exercise_check(PROBLEM, SHARES)}",
        "Name: Anna <b>",
        "Data: Worked example, iteration 1",
        "Right: 1 of 2 blanks, 0 of them at the first try without a hint",
        "Shown: 1. Open: 0.",
        "Mistakes on the way: the variance taken for σ (2 times).",
        f"Result {result_check(PROBLEM, practice)}",
    ]


def test_check_values_tell_exercises_and_results_apart():
    assert exercise_check(PROBLEM, OWN) == exercise_check(PROBLEM, replace(OWN, name="Ben"))
    others = [
        (PROBLEM, TWO),
        (PROBLEM, replace(OWN, terms=Terms("all", 7))),
        (PROBLEM, replace(OWN, exercise=replace(OWN.exercise, rounds=1))),
        (WITH_RULES, OWN),
    ]
    assert len({exercise_check(*each) for each in [*others, (PROBLEM, OWN)]}) == 5
    tried = answered(board(PROBLEM, OWN), Cell("density", 0, 0), "0.1")
    assert result_check(PROBLEM, tried) != result_check(PROBLEM, OWN)
    assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}", exercise_check(PROBLEM, OWN))


def test_the_file_holds_the_check_value_and_a_changed_exercise_is_refused():
    practice = answered(board(PROBLEM, SHARES), FIRST, "0.29")
    text = to_json(PROBLEM, View(page="practise", practice=practice))
    assert json.loads(text)["practice"]["check"] == exercise_check(PROBLEM, SHARES)
    assert from_json(text)[1].practice == practice
    with pytest.raises(InputError, match="changed after it was made"):
        from_json(text.replace('"point":1', '"point":2'))
    with pytest.raises(InputError, match="changed after it was made"):
        from_json(text.replace('"help":"all"', '"help":"none"'))


# --- on paper -------------------------------------------------------------------------------------


def written(document: str) -> str:
    """The words of a page, without its rules."""
    body = document[document.index("<body>") :]
    return re.sub(r"<svg.*?</svg>", "", body, flags=re.DOTALL)


@pytest.mark.parametrize("problem", [PROBLEM, WITH_RULES])
@pytest.mark.parametrize("blanks", BLANKS)
def test_a_sheet_without_solution_shows_no_answer(problem, blanks):
    practice = Practice(exercise=Exercise(BLANKS[blanks], rounds=2), terms=Terms())
    sheet = exercise_sheet(problem, practice)
    first, second = boards(problem, practice)
    shown = {number(first.sheet.value(c)) for c in first.sheet.cells() if first.visible(c)}
    answers = {number(first.sheet.value(c)) for c in first.blanks}
    answers |= {number(v) for array in second.sheet.values.values() for v in array.flat}
    told = [a for a in answers - shown if len(a) > 4 and a in sheet]
    assert not told
    assert written(sheet).count('class="box"') == len(first.blanks) + len(second.blanks)
    solution = written(exercise_sheet(problem, practice, solved=True))
    assert all(f"<b>{number(first.sheet.value(c))}</b>" in solution for c in first.blanks[:2])


def test_the_solution_names_the_mistakes_by_their_numbers():
    solution = written(exercise_sheet(PROBLEM, TWO, solved=True))
    assert "0.07242: the variance taken for σ" in solution
    assert "P(1|1) = 0.02773 / 0.09425 = 0.2942" in solution


def test_each_name_has_a_sheet_with_its_numbers_and_is_escaped():
    sheet = exercise_sheet(PROBLEM, OWN, ["Anna", "<img src=x>"])
    assert sheet.count('<section class="sheet">') == 2
    assert "&lt;img src=x&gt;" in sheet
    assert "<img" not in sheet
    for x in numbers_of(PROBLEM, OWN).data.points[:, 0]:
        assert number(x) in written(sheet)


def test_the_code_on_the_sheet_is_left_out_where_it_could_not_be_read():
    assert "ex-qr" in exercise_sheet(PROBLEM, TWO, link="https://example.org/?v=1")
    assert "ex-qr" not in exercise_sheet(PROBLEM, TWO, link="https://example.org/" + "x" * 900)
    assert "ex-qr" not in exercise_sheet(PROBLEM, TWO, solved=True, link="https://example.org/")


def test_rules_are_said_on_the_sheet():
    assert "The weight of component 1 stays as it is." in exercise_sheet(WITH_RULES, TWO)


def test_the_question_sheet_has_its_numbers_from_em():
    answers = " ".join(each.answer for each in questions())
    for figure in ("0.2942", "0.6811", "1.067", "−7.422", "1.728", "0.002500", "−6.216"):
        assert figure in answers
    asked = question_sheet()
    assert "−3.6760 and −6.1948" in asked
    assert not any(each.answer[:30] in asked for each in questions())
    assert all(each.answer[:20] in question_sheet(answers=True) for each in questions()[:3])


@pytest.mark.parametrize(("path", "answers"), SHEETS.items())
def test_the_sheets_in_docs_are_those_that_the_app_gives(path, answers):
    """In their words and numbers; colours may be older."""
    assert written(path.read_text(encoding="utf-8")) == written(question_sheet(answers))


def test_taking_back_in_two_iterations_goes_through_both():
    half = done(PROBLEM, replace(TWO, exercise=Exercise(BLANKS["m-step"], rounds=1)))
    practice = replace(half, exercise=Exercise(BLANKS["m-step"], rounds=2))
    assert board(PROBLEM, practice).sheet.iteration == 2
    assert board(PROBLEM, taken_back(PROBLEM, practice)).sheet.iteration == 1


@pytest.mark.parametrize(("K", "tables"), [(2, 1), (3, 2), (4, 3)])
def test_no_table_is_wider_than_the_paper(K, tables):
    """Seven columns at most beside the point and its x."""
    sheet = written(exercise_sheet(with_component_count(PROBLEM, K), replace(TWO, exercise=ALONE)))
    e_step = sheet.split('<div class="e-step">')[1:]
    assert len(e_step) == tables
    columns = [each[: each.index("</thead>")].count("<th") - 1 for each in e_step]
    assert max(columns) <= 9
    assert sum(columns) - 2 * tables == 3 * K + 1


def test_whole_numbers_close_together_differ_from_one_to_another_too():
    points, start = [1, 2, 3], GaussianMixture.univariate([0.5, 0.5], [1, 3], [1, 1])
    problem = Problem(own_data(points), Start(start))
    drawn = [own_numbers(problem, 7, f"student {i}", 1).data.points[:, 0] for i in range(12)]
    assert len({tuple(each) for each in drawn}) >= 10
    for each in drawn:
        assert np.abs(each - points).max() <= 0.24
        assert np.array_equal(each, each.round(1))


def test_no_two_points_of_ones_own_numbers_coincide_where_none_did():
    points = [1.0, 1.1, 1.2, 1.3, 6.0, 6.1]
    start = GaussianMixture.univariate([0.5, 0.5], [1, 6], [1, 1])
    problem = Problem(own_data(points), Start(start))
    for i in range(20):
        drawn = own_numbers(problem, 3, f"student {i}", 1).data.points[:, 0]
        assert len(set(drawn.tolist())) == 6


def test_in_ones_own_numbers_mistakes_can_be_told_apart_as_in_the_problem():
    model = _told_apart(boards(PROBLEM, TWO)[0].sheet)
    for i in range(30):
        mine = boards(PROBLEM, replace(OWN, name=f"student {i}"))[0].sheet
        assert _told_apart(mine) >= model - 1


def test_given_on_the_sheet_are_the_start_and_its_standard_deviations():
    sheet = written(exercise_sheet(WITH_RULES, TWO))
    assert "<td>0.2</td><td>1</td><td>1</td><td>1</td>" in sheet
    assert "<td>0.5</td><td>7</td><td>2.25</td><td>1.5</td>" in sheet


def test_formulas_are_on_the_sheet_unless_there_is_to_be_no_help():
    formula = "P(1|1) = w₁·N(x₁; μ₁, σ₁²) / p(x₁)"
    for help_given, there in (("all", True), ("hints", True), ("none", False)):
        sheet = exercise_sheet(PROBLEM, replace(TWO, terms=Terms(help_given)))
        assert (formula in sheet) is there


def test_the_right_number_is_not_among_those_that_say_a_mistake():
    solution = written(exercise_sheet(PROBLEM, TWO, solved=True))
    wrong = solution[solution.index("What wrong numbers say") :]
    first = wrong[wrong.index("P(1|1)") : wrong.index("ln L")]
    assert "0.4455: the variance taken for σ" in first
    assert "0.2942:" not in first


def test_the_question_sheet_names_the_points_and_starts_it_speaks_of():
    answers = " ".join(each.answer for each in questions())
    assert np.mean([0.2, 1.2, 1.8]) == pytest.approx(1.0667, abs=1e-4)
    assert "1.067, the average of the points 0.2, 1.2 and 1.8." in answers
    assert "none of them is larger than 1.8" in answers
    assert PROBLEM.data.points.max() == 1.8
    start = GaussianMixture.univariate([0.5, 0.5], [-0.5, 1.8], [1, 1])
    end = fit(PROBLEM.data.points, start, max_iter=500).log_likelihoods[-1]
    assert f"means −0.5 and 1.8 with variances 1 end at −{-end:.3f}" in answers


def test_nothing_beside_a_single_blank_gives_it_away_on_the_sheet():
    alone = replace(TWO, exercise=Exercise(BLANKS["responsibilities"], point=0, component=0))
    sheet = written(exercise_sheet(PROBLEM, alone))
    assert sheet.count('class="box"') == 1
    assert "0.02773" in sheet
    for hidden in ("0.2942", "0.7058", "0.6225", "0.1149"):
        assert hidden not in sheet
