"""An exercise for the hand: which blanks it has, what is shown when, what a try does to it."""

from dataclasses import replace

import numpy as np
import pytest

from em_core import Cell, GaussianMixture
from em_core.practice.arithmetic import KINDS
from explorer.model.edits import with_component_count
from explorer.model.examples import default_problem, named_data, own_data, suggested_start
from explorer.model.exercise import BLANKS, LEVELS, Exercise, Practice, predicted
from explorer.model.practice import (
    answered,
    begun_anew,
    board,
    boards,
    hinted,
    judged_again,
    set_about,
    shown,
    taken_back,
    turned_to,
)
from explorer.model.problem import Options, Problem, Start, View
from explorer.model.session import Session, changed, undone

ONE_SHARE, ONE_POINT, ONE_ITERATION, SECOND = (Practice(exercise=each.exercise) for each in LEVELS)
FIRST = Cell("posterior", 0, 0)


def filled(practice: Practice, problem=None) -> Practice:
    """Every blank filled in rightly, in the order of work."""
    problem = problem or default_problem()
    now = board(problem, practice)
    while (cell := now.current) is not None:
        now = board(problem, answered(now, cell, repr(now.sheet.value(cell))))
    return now.practice


def on(practice: Practice):
    return board(default_problem(), practice)


def hidden_numbers(now) -> set[float]:
    return {now.sheet.value(cell) for cell in now.sheet.cells() if not now.visible(cell)}


@pytest.mark.parametrize(
    ("practice", "blanks"), [(ONE_SHARE, 1), (ONE_POINT, 7), (ONE_ITERATION, 19), (SECOND, 19)]
)
def test_blanks_grow(practice, blanks):
    assert len(board(default_problem(), practice).blanks) == blanks


def test_the_order_of_work_is_that_of_the_hand():
    blanks = board(default_problem(), ONE_ITERATION).blanks
    assert blanks[:3] == (FIRST, Cell("posterior", 0, 1), Cell("posterior", 1, 0))
    assert [cell.kind for cell in blanks[10:]] == [
        "log_likelihood",
        *("N", "weight", "mean", "variance"),
        *("N", "weight", "mean", "variance"),
    ]


def test_nothing_that_gives_a_blank_away_is_visible():
    now = board(default_problem(), ONE_SHARE)
    assert now.visible(Cell("density", 0, 0))
    assert now.visible(Cell("evidence", 0))
    assert not now.visible(FIRST)
    assert not now.visible(Cell("posterior", 0, 1))  # 1 − P(1|1)
    assert not now.visible(Cell("density", 1, 0))  # a blank of the next exercise
    assert not now.visible(Cell("N", None, 0))


def test_the_second_of_two_shares_stays_a_blank_when_the_first_is_right():
    now = board(default_problem(), ONE_ITERATION)
    now = board(default_problem(), answered(now, FIRST, "0.294"))
    assert now.visible(FIRST)
    assert not now.visible(Cell("posterior", 0, 1))
    assert now.current == Cell("posterior", 0, 1)


def test_a_wrong_answer_stays_and_is_carried_on():
    now = board(default_problem(), ONE_ITERATION)
    practice = answered(now, FIRST, "0.45")
    now = board(default_problem(), practice)
    assert now.mark(FIRST).diagnosis.mistake == "variance-as-sd"
    assert now.current == FIRST
    assert not now.visible(FIRST)
    right = now.sheet.values["posterior"][:, 0].sum()
    size = Cell("N", None, 0)
    practice = answered(board(default_problem(), practice), size, f"{right - 0.29421 + 0.45:.4f}")
    assert board(default_problem(), practice).mark(size).diagnosis.verdict == "carried"


def test_a_sentence_never_shows_a_hidden_number():
    now = board(default_problem(), ONE_ITERATION)
    practice = answered(now, Cell("mean", None, 0), "-0.18571")
    told = practice.tries[-1].diagnosis
    assert told.mistake == "mean-over-n"
    assert "1.728" not in told.sentence


@pytest.mark.parametrize("practice", [ONE_SHARE, ONE_POINT, ONE_ITERATION, SECOND])
def test_filled_in_rightly_everything_is_done_alone(practice):
    now = board(default_problem(), filled(practice))
    assert now.current is None
    assert now.score.alone == now.score.right == now.score.blanks


def test_hints_count_and_the_shown_number_is_not_the_persons():
    practice = ONE_SHARE
    for _ in range(5):
        practice = hinted(on(practice), FIRST)
    assert board(default_problem(), practice).mark(FIRST).hints == 3
    now = board(default_problem(), shown(on(practice), FIRST))
    assert now.current is None
    assert now.visible(FIRST)
    assert (now.score.right, now.score.blanks) == (0, 1)


def test_right_with_a_hint_is_right_but_not_alone():
    now = board(default_problem(), hinted(on(ONE_SHARE), FIRST))
    score = board(default_problem(), answered(now, FIRST, "0.29")).score
    assert (score.right, score.alone) == (1, 0)


def test_so_far_is_no_mistake():
    now = board(default_problem(), answered(board(default_problem(), ONE_SHARE), FIRST, "0.3"))
    assert now.mark(FIRST).wrong == 0
    assert now.current == FIRST


def test_any_blank_can_be_turned_to_and_a_try_taken_back():
    mean = Cell("mean", None, 1)
    practice = turned_to(on(ONE_ITERATION), mean)
    assert board(default_problem(), practice).current == mean
    assert taken_back(default_problem(), practice) == ONE_ITERATION
    assert taken_back(default_problem(), ONE_ITERATION) == ONE_ITERATION


def test_after_the_last_blank_comes_the_first_that_is_open():
    now = board(default_problem(), turned_to(on(ONE_ITERATION), Cell("variance", None, 1)))
    practice = shown(on(now.practice), Cell("variance", None, 1))
    assert board(default_problem(), practice).current == FIRST


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (lambda: Problem(d := named_data("old_faithful"), suggested_start(d)), "have 2 columns"),
        (lambda: Problem(d := named_data("galaxies"), suggested_start(d)), "82 points"),
        (lambda: with_component_count(default_problem(), 5), "5 components"),
        (lambda: replace(default_problem(), options=Options(variance_floor=0.1)), "floor"),
        (
            lambda: replace(default_problem(), data=own_data([1, 2, 3], counts=[1, 2, 1])),
            "counts",
        ),
    ],
)
def test_what_is_too_much_for_the_hand_says_so_and_the_worked_example_stands_in(problem, words):
    now = board(problem(), ONE_SHARE)
    assert words in now.reason
    assert now.problem == default_problem()


def test_an_iteration_that_collapses_says_so():
    start = Start(GaussianMixture.univariate([0.5, 0.5], [0, 100], [1, 1]))
    now = board(Problem(own_data(np.array([0.0, 1, 100])), start), ONE_SHARE)
    assert "In iteration 1" in now.reason


def test_another_problem_begins_the_exercise_anew_and_undo_brings_the_answers_back():
    practice = answered(board(default_problem(), ONE_SHARE), FIRST, "0.45")
    before = Session(default_problem(), View(practice=practice))
    after = changed(before, with_component_count(default_problem(), 3))
    assert after.view.practice.tries == ()
    assert after.view.practice.exercise == practice.exercise
    assert undone(after).view.practice == practice


def test_one_component_of_a_row_that_is_not_there_is_the_last():
    exercise = Exercise(kinds=("posterior",), point=99, component=99)
    now = on(Practice(exercise=exercise))
    assert now.blanks == (Cell("posterior", 4, 1),)


# --- kept -----------------------------------------------------------------------------------------


def test_what_was_filled_in_stays_filled_in_another_exercise():
    practice = answered(on(ONE_SHARE), FIRST, "0.29")
    now = on(replace(practice, exercise=ONE_ITERATION.exercise))
    assert now.mark(FIRST).settled
    assert len(now.open) == 18
    assert on(replace(practice, exercise=SECOND.exercise)).mark(FIRST).text == ""


def test_another_exercise_is_begun_at_its_first_open_blank():
    practice = answered(on(ONE_SHARE), FIRST, "0.29")
    one_point = filled(set_about(default_problem(), practice, ONE_POINT.exercise))
    now = on(set_about(default_problem(), one_point, ONE_ITERATION.exercise))
    assert now.current == now.open[0] == Cell("posterior", 0, 1)
    assert now.practice.tries[-1].act == "turn"
    fresh = set_about(default_problem(), ONE_SHARE, SECOND.exercise)
    assert fresh == SECOND


def test_taking_back_and_beginning_anew_leave_other_exercises_alone():
    practice = answered(on(ONE_SHARE), FIRST, "0.29")
    second = replace(practice, exercise=SECOND.exercise)
    done = answered(on(second), FIRST, "0.11")
    assert taken_back(default_problem(), done).tries == practice.tries
    assert begun_anew(default_problem(), done).tries == practice.tries
    back = replace(done, exercise=ONE_SHARE.exercise)
    assert begun_anew(default_problem(), back).tries == done.tries[1:]


def test_two_iterations_in_a_row():
    practice = Practice(exercise=replace(ONE_ITERATION.exercise, rounds=2))
    assert [each.sheet.iteration for each in boards(default_problem(), practice)] == [1, 2]
    half = filled(ONE_ITERATION)
    now = on(replace(practice, tries=half.tries))
    assert now.sheet.iteration == 2
    assert len(now.open) == 19
    assert on(filled(practice)).current is None


def test_judged_again_the_answers_are_judged_alike():
    practice = hinted(on(answered(on(ONE_ITERATION), FIRST, "0.45")), FIRST)
    practice = turned_to(on(practice), Cell("mean", None, 1))
    practice = answered(on(practice), Cell("N", None, 0), "1.884")
    practice = filled(shown(on(practice), FIRST))
    unjudged = replace(practice, tries=tuple(replace(t, diagnosis=None) for t in practice.tries))
    assert judged_again(default_problem(), unjudged) == practice


def test_undoing_an_edit_takes_no_prediction_back():
    before = Session(default_problem(), View(practice=answered(on(ONE_SHARE), FIRST, "0.45")))
    after = changed(before, with_component_count(default_problem(), 3))
    practised = predicted(after.view.practice, "mixture", 1.0)
    after = replace(after, view=replace(after.view, practice=practised))
    back = undone(after).view.practice
    assert back.predictions == (("mixture", 1.0),)
    assert back.tries == before.view.practice.tries


# --- limits, and what gives a blank away ----------------------------------------------------------


def test_twelve_points_are_for_the_hand_and_thirteen_are_not():
    for n, words in ((12, ""), (13, "13 points")):
        data = own_data(np.arange(n) ** 1.5)
        problem = Problem(data, suggested_start(data))
        assert words in board(problem, ONE_SHARE).reason
        assert bool(words) is bool(board(problem, ONE_SHARE).reason)


@pytest.mark.parametrize("kind", ["N", "weight"])
def test_of_numbers_that_add_up_none_is_visible_while_another_is_a_blank(kind):
    now = on(Practice(exercise=Exercise((kind,), component=0)))
    assert now.blanks == (Cell(kind, None, 0),)
    assert not now.visible(Cell(kind, None, 1))
    done = on(answered(now, Cell(kind, None, 0), repr(now.sheet.value(Cell(kind, None, 0)))))
    assert done.visible(Cell(kind, None, 1))


def test_a_step_after_the_last_that_is_asked_for_is_not_visible():
    now = on(Practice(exercise=Exercise(("posterior",))))
    assert now.visible(Cell("evidence", 4))
    assert not now.visible(Cell("log_likelihood"))


def test_each_wrong_answer_brings_a_hint_that_tells_more():
    practice = ONE_SHARE
    for words in ("is shared out", "= w₁·N(x₁; μ₁, σ₁²) / p(x₁)", "= 0.02773 / 0.09425"):
        practice = answered(on(practice), FIRST, "0.9")
        assert words in practice.tries[-1].diagnosis.sentence
    assert "0.09425" in answered(on(practice), FIRST, "0.9").tries[-1].diagnosis.sentence


def test_right_after_a_wrong_answer_is_right_but_not_alone():
    practice = answered(on(ONE_SHARE), FIRST, "0.9")
    score = on(answered(on(practice), FIRST, "0.29")).score
    assert (score.right, score.alone) == (1, 0)


def test_the_blanks_of_a_name_are_all_of_its_steps():
    assert BLANKS["m-step"] == ("N", "weight", "mean", "variance")
    assert BLANKS["e-step"] == ("density", "product", "evidence", "posterior")
    assert set(BLANKS["everything"]) == set(KINDS)
    assert BLANKS["iteration"] == ("posterior", "log_likelihood", *BLANKS["m-step"])
