"""Every claim of the lessons, against numbers that were computed elsewhere."""

import numpy as np
import pytest

from em_core import GaussianMixture, bic, e_step, fit
from explorer.model.lessons import (
    BY_KEY,
    LESSONS,
    Choose,
    Lesson,
    Place,
    _cross,
    _one_bell,
    judged,
    lesson_run,
)
from explorer.model.runs import run

# From reference runs in other code: the answer of each lesson.
ANSWERS = {
    "mixture": 1,
    "e-step": 0.1066905939,
    "m-step": 0.6811290964,
    "again": 0,
    "level": 0,
    "soft-hard": 1.0666666667,
    "start": 1,
    "symmetric": 2,
    "apart": 2,
    "nudge": 1,
    "outliers": 1,
    "too-many": 0,
    "labels": 1,
    "shapes": 0,
    "spike": 1,
}


def end(key: str) -> tuple[float, np.ndarray, np.ndarray]:
    trace = lesson_run(BY_KEY[key]).trace
    last = trace.mixtures[-1]
    return float(trace.log_likelihoods[-1]), last.means[:, 0], last.variances


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)
def test_the_answer_is_the_one_that_was_found_elsewhere(lesson: Lesson):
    assert lesson.right(lesson_run(lesson)) == pytest.approx(ANSWERS[lesson.key], rel=1e-8)
    assert judged(lesson, ANSWERS[lesson.key]) == "right"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)
def test_every_other_answer_is_not(lesson: Lesson):
    if isinstance(lesson.ask, Choose):
        others = set(range(len(lesson.ask.options))) - {ANSWERS[lesson.key]}
        assert all(judged(lesson, other) == "wrong" for other in others)
    else:
        width = lesson.ask.tolerance
        assert judged(lesson, ANSWERS[lesson.key] + 1.5 * width) == "near"
        assert judged(lesson, ANSWERS[lesson.key] - 3 * width) == "wrong"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)
def test_two_sentences_are_told_and_no_answer_stands_in_the_question(lesson: Lesson):
    told = lesson.told(lesson_run(lesson))
    assert ". " in told
    assert told.endswith(".")
    if isinstance(lesson.ask, Place):
        assert f"{ANSWERS[lesson.key]:.2f}" not in lesson.question


def test_the_worked_example():
    told = BY_KEY["e-step"].told(lesson_run(BY_KEY["e-step"]))
    assert "0.1067" in told
    assert 0.8933094060543488 / 0.1066905939456512 > 8
    assert min(0.37754066879814546, 0.3486451353339458) > 1 / 3  # 'more than a third of each'
    level, means, variances = end("spike")
    assert level == pytest.approx(-3.2179, abs=1e-4)
    assert means == pytest.approx([-0.950, 1.064], abs=1e-3)
    assert variances[0] == pytest.approx(0.0025, abs=1e-4)


def told(key: str) -> str:
    return BY_KEY[key].told(lesson_run(BY_KEY[key]))


def points(key: str) -> np.ndarray:
    return lesson_run(BY_KEY[key]).problem.data.points[:, 0]


def shares(key: str, iteration: int) -> np.ndarray:
    run = lesson_run(BY_KEY[key])
    return e_step(run.problem.data.points, run.trace.mixtures[iteration]).responsibilities


def test_a_title_does_not_answer_its_question():
    before = {each.key: each.named(answered=False) for each in LESSONS}
    assert [each.named(answered=True) for each in LESSONS] == [each.title for each in LESSONS]
    for key, word in (("level", "rise"), ("start", "decide"), ("symmetric", "never")):
        assert word not in before[key]
    assert "apse" not in before["apart"] + "apart"
    assert "teau" not in before["nudge"] + "nudge"
    assert len(set(before.values())) == len(LESSONS)


def test_again_the_narrower_curves_share_the_points_on_the_right_more_sharply():
    first, second = shares("mixture", 0)[:, 0], shares("mixture", 1)[:, 0]
    on_the_right = points("mixture") > 1
    assert first[on_the_right] == pytest.approx([0.1067, 0.0534], abs=1e-4)
    assert second[on_the_right] == pytest.approx([0.0562, 0.0111], abs=1e-4)
    assert "mean 1 stands at −0.5373" in BY_KEY["again"].question
    assert "to −0.6472" in told("again")


def test_the_log_likelihood_of_the_question_is_that_of_the_start():
    trace = lesson_run(BY_KEY["level"]).trace
    assert trace.log_likelihoods == pytest.approx([-11.648488, -7.422025], abs=1e-6)
    assert "is −11.65" in BY_KEY["level"].question
    assert "higher, −7.422" in told("level")


def test_hard_assignment_averages_the_three_points_it_names():
    assert shares("mixture", 0)[:, 1].round() == pytest.approx([1, 0, 0, 1, 1])
    assert np.mean([0.2, 1.2, 1.8]) == pytest.approx(ANSWERS["soft-hard"])
    assert "EM goes to 0.6811" in told("soft-hard")


def test_the_lesson_that_the_symmetric_one_announces_is_two_further_on():
    keys = [each.key for each in LESSONS]
    assert keys.index("nudge") == keys.index("symmetric") + 2
    assert points("nudge").tolist() == points("symmetric").tolist()


def test_the_start_decides():
    level, means, _ = end("start")
    assert level == pytest.approx(-155.521431, abs=1e-4)
    assert means[0] < means[1] < 1
    data = lesson_run(BY_KEY["start"]).problem.data.points
    good = GaussianMixture.univariate([1 / 3] * 3, [0, 6, 12], [1, 1, 1])
    assert fit(data, good, tol=1e-9).log_likelihoods[-1] == pytest.approx(-111.3819164, abs=1e-5)


def test_symmetry_and_plateau():
    level, means, _ = end("symmetric")
    assert level == pytest.approx(-35.04889842, abs=1e-6)
    assert means[0] == pytest.approx(-means[1], abs=1e-4)
    plateau = lesson_run(BY_KEY["nudge"]).trace.log_likelihoods
    assert plateau[-1] == pytest.approx(-28.543885, abs=1e-5)
    assert plateau[-1] - level == pytest.approx(6.5, abs=0.05)
    assert abs(int(np.argmax(plateau > -35.0)) - 47) <= 2
    gains = np.diff(plateau) / 12
    assert int(np.argmax(gains < 1e-6)) + 1 in (6, 7)


def test_collapse():
    trace = lesson_run(BY_KEY["apart"]).trace
    assert trace.outcome == "collapsed"
    assert trace.mixtures[12].variances[1] == pytest.approx(0.167756, abs=1e-4)
    assert trace.mixtures[-1].means[1, 0] == pytest.approx(9.0, abs=1e-9)
    assert "by iteration 14" in told("apart")
    assert "(iteration 14)" in trace.message  # what the stage says
    assert sorted(points("apart"))[::13] == [1.2, 5.2]
    assert (len(points("apart")), points("apart").max()) == (15, 9)


def test_outliers():
    _, means, variances = end("outliers")
    assert means[0] == pytest.approx(4.0, abs=0.01)
    assert variances == pytest.approx([16.8989, 361.124], rel=1e-4)
    x = points("outliers")
    near = [np.abs(x - middle) < 4 for middle in (0, 8)]
    assert [int(each.sum()) for each in near] == [30, 30]
    assert [x[each].mean() for each in near] == pytest.approx([0, 8], abs=0.01)
    third = GaussianMixture.univariate([0.45, 0.45, 0.1], [0, 8, 4], [1, 1, 300])
    back = fit(x, third, tol=1e-9).mixtures[-1]
    assert back.means[:2, 0] == pytest.approx([-0.00037, 8.00028], abs=1e-4)
    assert back.variances[:2] == pytest.approx([0.936, 0.936], abs=1e-3)


def test_too_many():
    level, _, _ = end("too-many")
    assert level == pytest.approx(-51.733028, abs=1e-4)
    winners = shares("too-many", -1).argmax(axis=1)
    assert sorted(np.bincount(winners).tolist()) == [3, 3, 3, 21]
    one, four = (run(_one_bell(K)).trace for K in (1, 4))
    assert one.log_likelihoods[-1] == pytest.approx(-57.453346, abs=1e-4)
    assert bic(one.log_likelihoods[-1], 2, 30) == pytest.approx(121.709, abs=1e-2)
    assert bic(four.log_likelihoods[-1], 11, 30) == pytest.approx(140.879, abs=1e-2)


def test_labels():
    here, there = lesson_run(BY_KEY["labels"]).trace, lesson_run(BY_KEY["spike"]).trace
    np.testing.assert_allclose(here.log_likelihoods[:5], there.log_likelihoods[:5], rtol=1e-12)
    assert here.mixtures[1].means[1] == pytest.approx(there.mixtures[1].means[0])


def test_shapes():
    full, diagonal = run(_cross("full")).trace, run(_cross("diag")).trace
    assert full.log_likelihoods[-1] == pytest.approx(-279.80509, abs=1e-3)
    assert diagonal.log_likelihoods[-1] == pytest.approx(-333.02876, abs=1e-3)
    round_ones = diagonal.mixtures[-1].covariances
    assert np.linalg.det(round_ones[0]) < 0.05 * np.linalg.det(round_ones[1])
    for each in round_ones:
        assert 0.7 < each[0, 0] / each[1, 1] < 1.5  # neither is longer than it is wide
    assert np.abs(diagonal.mixtures[-1].means).max() < 1
    slants = full.mixtures[-1].covariances[:, 0, 1]
    assert slants.min() < -3
    assert slants.max() > 3


def test_the_spike():
    assert "σ 13.3 times smaller" in told("spike")
    assert np.sqrt(0.44012422 / 0.0025) == pytest.approx(13.268, abs=1e-3)


def started(key: str) -> GaussianMixture:
    return lesson_run(BY_KEY[key]).trace.mixtures[0]


def test_the_questions_have_the_numbers_of_their_problems():
    asked = {lesson.key: lesson.question for lesson in LESSONS}
    x = points("mixture")
    assert f"point 1, at x = {x[0]:g}?" in asked["mixture"]
    assert f"point 4, at x = {x[3]:g}," in asked["e-step"]
    assert f"It starts at {started('m-step').means[1, 0]:g}." in asked["m-step"]
    first, second, third = started("start").means[:, 0]
    assert f"at {first:g} and {second:g}, the third at {third:g}" in asked["start"]
    assert started("symmetric").means[:, 0].tolist() == [-1, 1]
    assert "start at −1 and 1" in asked["symmetric"]
    apart = started("apart")
    assert (
        f"starts at {apart.means[1, 0]:g} with variance {apart.variances[1]:g}." in asked["apart"]
    )
    assert "Fourteen points between 1.2 and 5.2, one at 9." in asked["apart"]
    assert started("nudge").means[0, 0] == -1.001
    assert "by only 0.001, to −1.001. At iteration 7" in asked["nudge"]
    gains = np.diff(lesson_run(BY_KEY["nudge"]).trace.log_likelihoods)
    assert gains[2] > 1e-3  # at iteration 3 it still grows
    assert gains[6] < 1e-6
    assert "Two clumps of thirty points, at 0 and 8, and four points" in asked["outliers"]
    assert started("outliers").means[:, 0].tolist() == [0, 8]
    assert "log-likelihood is −57.45." in asked["too-many"].replace("\n", " ")
    assert len(points("too-many")) == 30
    assert started("labels").means[:, 0].tolist() == [2, -3]
    assert "the first starts at 2, the second at −3" in asked["labels"]


def test_what_is_told_has_the_numbers_of_the_runs():
    ratio = 0.8933094060543488 / 0.1066905939456512
    assert f"more than {int(ratio)} times as high" in told("e-step")
    assert "the average of 0.2, 1.2 and 1.8." in told("soft-hard")
    assert "at −155.52; from means 0, 6 and 12 EM ends at −111.38." in told("start")
    assert "6.5 higher" in told("symmetric")
    assert "three of the four cling to three points each" in told("too-many")
    assert "Higher, −51.73" in told("too-many")
    assert "121.7 against 140.9" in told("too-many")
    assert "its mean at 3.999 between" in told("outliers")
    assert "variance 361.1 for" in told("outliers")
    assert "at −279.81, diagonal ones at −333.03" in told("shapes")
    assert "0.4401 against 0.002500" in told("spike")
    assert "At iteration 8 it stands at −35.05, and in the end at −28.54" in told("nudge")
