"""Every claim of the lessons, against numbers that were computed elsewhere."""

import numpy as np
import pytest

from em_core import GaussianMixture, bic, fit
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
    "rises": 0,
    "soft-hard": 1.0666666667,
    "start": 1,
    "symmetric": 2,
    "collapse": 2,
    "plateau": 1,
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
    plateau = lesson_run(BY_KEY["plateau"]).trace.log_likelihoods
    assert plateau[-1] == pytest.approx(-28.543885, abs=1e-5)
    assert plateau[-1] - level == pytest.approx(6.5, abs=0.05)
    assert abs(int(np.argmax(plateau > -35.0)) - 47) <= 2
    gains = np.diff(plateau) / 12
    assert int(np.argmax(gains < 1e-6)) + 1 in (6, 7)


def test_collapse():
    trace = lesson_run(BY_KEY["collapse"]).trace
    assert trace.outcome == "collapsed"
    assert trace.mixtures[12].variances[1] == pytest.approx(0.167756, abs=1e-4)
    assert trace.mixtures[-1].means[1, 0] == pytest.approx(9.0, abs=1e-9)


def test_outliers():
    _, means, variances = end("outliers")
    assert means[0] == pytest.approx(4.0, abs=0.01)
    assert variances == pytest.approx([16.8989, 361.124], rel=5e-3)


def test_too_many():
    level, _, _ = end("too-many")
    assert level == pytest.approx(-51.733028, abs=1e-4)
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
