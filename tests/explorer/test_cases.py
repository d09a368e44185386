"""Find the mistake: each run shows what is said of it."""

import numpy as np
import pytest

from em_core import faulty_run
from em_core.practice.arithmetic import Step
from explorer.model import cases
from explorer.model.cases import CASES, DATA, mistake_of

KEYS = {case.mistake: case.key for case in CASES}


def faulty_of(mistake):
    return cases.faulty_of(KEYS[mistake])


def right_of(mistake):
    return cases.right_of(KEYS[mistake])


def test_a_key_says_nothing_of_the_mistake():
    assert list(KEYS.values()) == [str(n) for n in range(1, len(CASES) + 1)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.mistake)
def test_four_different_suspects_and_both_runs_to_the_end(case):
    titles = {
        mistake_of(name, case.kind if name == case.mistake else "").title for name in case.suspects
    }
    assert len(titles) == 4
    assert case.mistake in case.suspects
    assert faulty_of(case.mistake).complete
    parameters, levels = right_of(case.mistake)
    assert len(parameters) == len(levels) == 7
    assert case.faulty != case.right


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.mistake)
def test_a_suspect_that_was_not_made_would_have_printed_other_numbers(case):
    printed = faulty_of(case.mistake)
    for name in case.others:
        other = faulty_run(*DATA[case.data], mistake_of(name), 6)
        means = [each.means for each in (other.parameters[-1], printed.parameters[-1])]
        same = len(other.log_likelihoods) == 7 and np.allclose(
            other.log_likelihoods, printed.log_likelihoods, atol=1e-3
        )
        assert not (same and np.allclose(*means, atol=1e-3)), name


def first(key):
    return faulty_of(key).parameters[1]


def test_what_is_told_is_so():
    assert faulty_of("variance-as-sd").falls
    assert first("mean-over-n").means[0] < 1
    assert np.diff(faulty_of("mean-over-n").log_likelihoods)[0] < 0
    levels = faulty_of("log-likelihood-of-old-parameters").log_likelihoods
    assert levels[0] == levels[1]
    np.testing.assert_allclose(levels[1:], right_of("log-likelihood-of-old-parameters")[1][:-1])
    held = faulty_of("weight-not-updated")
    assert all((each.weights == 0.5).all() for each in held.parameters)
    assert right_of("weight-not-updated")[0][-1].weights.max() == pytest.approx(0.6, abs=1e-3)
    assert not held.falls
    assert held.log_likelihoods[-1] < right_of("weight-not-updated")[1][-1]
    sample = faulty_of("unbiased-variance")
    assert (np.diff(sample.log_likelihoods)[1:] < 0).all()
    assert sample.parameters[-1].variances[0] > sample.parameters[1].variances[0]
    ten = np.array(DATA["ten"][0])
    assert first("second-moment").variances[1] > ten.var()
    plain = faulty_of("unweighted-variance")
    assert not plain.falls
    assert np.ptp(plain.parameters[-1].means) < 0.5 * np.ptp(plain.parameters[0].means)
    assert (plain.parameters[-1].variances > 2 / 3).all()
    old = faulty_of("variance-about-old-mean")
    assert old.parameters[1].variances[0] == pytest.approx(6.640534620833388)
    assert not old.falls
    hard = faulty_of("hard-assignment")
    np.testing.assert_allclose(hard.parameters[1].means, hard.parameters[-1].means)
    np.testing.assert_allclose(hard.parameters[1].weights * 10 % 1, 0, atol=1e-9)


def said(mistake):
    return next(case for case in CASES if case.mistake == mistake).told


def test_the_numbers_that_are_told_are_those_of_the_runs():
    assert "n = 3" in said("mean-over-n")
    assert len(DATA["three"][0]) == 3
    assert "mean 1 is less than the smallest point" in said("mean-over-n")
    held = faulty_of("weight-not-updated").parameters[-1]
    step = Step(np.array(DATA["ten"][0]), held)
    assert sorted(step.N.round().tolist()) == [4, 6]
    assert "hold 6 of the 10 points" in said("weight-not-updated")
    assert "stay at 0.5" in said("weight-not-updated")
    assert "variance 1 is 6.641 after one iteration" in said("variance-about-old-mean")
    assert np.ptp(DATA["five"][0]) ** 2 / 4 < 2  # no variance of these points is larger
    assert "falls from iteration 2 on" in said("unbiased-variance")
    assert np.diff(faulty_of("unbiased-variance").log_likelihoods)[0] > 0


def test_the_rules_beside_each_other_differ_where_the_mistake_is():
    assert {case.mistake: case.right for case in CASES} == {
        "variance-as-sd": "density: e^(−(x − μ)² / (2σ²)) / √(2πσ²)",
        "mean-over-n": "new mean: Σ P(k|i)·x / N",
        "log-likelihood-of-old-parameters": "printed: Σ ln p(x) of the parameters after the M-step",
        "weight-not-updated": "new weight: N / n",
        "unbiased-variance": "new variance: Σ P(k|i)·(x − μ)² / N",
        "second-moment": "new variance: Σ P(k|i)·(x − μ)² / N",
        "unweighted-variance": "new variance: Σ P(k|i)·(x − μ)² / N",
        "variance-about-old-mean": "new variance: Σ P(k|i)·(x − new μ)² / N",
        "hard-assignment": "responsibility: weight × density, divided by the evidence",
    }
