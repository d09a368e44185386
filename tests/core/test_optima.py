"""All the endings: each once whatever its labels, the sound and highest first."""

import numpy as np
import pytest

from em_core import (
    COVARIANCE_TYPES,
    GaussianMixture,
    Options,
    Rules,
    draw,
    find_optima,
    fit,
    fit_many,
    optima_so_far,
)
from em_core.datasets import load
from em_core.optimum.optima import distinct, same_density, thinned, unseen

FIVE = np.array([0.2, -0.9, -1, 1.2, 1.8])


def test_the_worked_example_has_two_endings_and_the_spike_is_not_the_first():
    found = find_optima(FIVE, 2)
    sound, spike = found.optima
    assert sound.log_likelihood == pytest.approx(-6.2156, abs=1e-3)
    assert spike.log_likelihood == pytest.approx(-3.2179, abs=1e-3)
    assert (sound.sound, spike.sound) == (True, False)
    assert [finding.kind for finding in spike.findings] == ["spurious"]
    assert sound.count + spike.count == found.n_starts == 100


def test_endings_with_swapped_labels_are_one():
    points = load("galaxies").points
    found = find_optima(points, 3, n_starts=60, rng=np.random.default_rng(5))
    levels = [round(o.log_likelihood, 2) for o in found.optima if o.sound]
    assert levels[0] == -203.48
    assert -212.14 in levels
    assert len(set(levels)) == len(levels)
    assert sum(o.count for o in found.optima) == 60
    orders = {
        tuple(np.argsort(s.means[:, 0]))
        for s in draw("random", points, 3, 60, np.random.default_rng(5))
    }
    assert len(orders) == 6


def test_the_start_that_is_given_leads_there():
    points = load("penguins").points
    for optimum in find_optima(points, 2, n_starts=30).optima[:3]:
        trace = fit(points, optimum.start, max_iter=3000, tol=1e-11)
        assert trace.log_likelihoods[-1] == pytest.approx(optimum.log_likelihood, abs=1e-4)


@pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)
def test_every_optimum_is_where_em_stays(covariance_type):
    points = load("old_faithful").points
    for optimum in find_optima(points, 3, covariance_type, 20, tol=1e-6).optima:
        if optimum.outcome != "converged":
            continue
        trace = fit(points, optimum.mixture, covariance_type, max_iter=1, tol=0)
        assert trace.log_likelihoods[0] == pytest.approx(optimum.log_likelihood, abs=1e-8)
        assert np.diff(trace.log_likelihoods)[0] < 1e-8


def test_collapsed_endings_come_last_and_as_one():
    found = find_optima(load("iris_petal").points, 3)
    *optima, last = found.optima
    assert last.outcome == "collapsed"
    assert "collapsed" in [finding.kind for finding in last.findings]
    assert all(o.outcome == "converged" for o in optima)
    assert last.log_likelihood > optima[0].log_likelihood


def test_what_is_still_unseen():
    assert unseen([100], 100) == pytest.approx(2 / 9900)
    assert unseen([60, 38, 1, 1], 100) == 0.02
    assert unseen([1, 1, 1], 3) == 1.0
    assert unseen([1], 1) == 1.0
    assert unseen([], 10) == 0.0
    few = find_optima(FIVE, 2, n_starts=1)
    assert few.unseen == 1.0


def test_the_same_generator_finds_the_same():
    one, other = (find_optima(FIVE, 2, n_starts=20, rng=np.random.default_rng(3)) for _ in range(2))
    assert [o.mixture for o in one.optima] == [o.mixture for o in other.optima]
    assert [o.count for o in one.optima] == [o.count for o in other.optima]


@pytest.mark.parametrize("portion", [1, 7, 60])
def test_the_last_of_the_portions_is_the_answer_of_all_at_once(portion):
    points = load("galaxies").points
    options = Options(tol=1e-9, max_iter=1000)
    parts = list(optima_so_far(points, 3, options, 30, portion=portion))
    whole = find_optima(points, 3, n_starts=30)
    assert [part.n_starts for part in parts] == [
        min(30, begun + portion) for begun in range(0, 30, portion)
    ]
    for part in parts:
        assert sum(optimum.count for optimum in part.optima) == part.n_starts
    for one, other in zip(parts[-1].optima, whole.optima, strict=True):
        assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-12)
        assert (one.count, one.outcome, one.findings) == (
            other.count,
            other.outcome,
            other.findings,
        )
        np.testing.assert_array_equal(one.start.means, other.start.means)


def test_repeated_values_are_counted_and_not_gone_over():
    points = load("pearson_crabs").points
    (only,) = find_optima(points, 2, n_starts=20).optima
    assert only.log_likelihood == pytest.approx(2567.5789, abs=1e-3)
    values, counts = np.unique(points, return_counts=True)
    (counted,) = find_optima(values, 2, n_starts=20, sample_weight=counts).optima
    assert counted.log_likelihood == pytest.approx(only.log_likelihood, abs=1e-6)


def test_of_many_points_some_are_tried_and_all_have_the_last_word():
    rng = np.random.default_rng(1)
    points = np.concatenate([rng.normal(0, 1, 8_000), rng.normal(6, 1, 6_000)])
    best = find_optima(points, 2, n_starts=5).optima[0]
    assert best.count == 5
    trace = fit(points, best.mixture, max_iter=1, tol=0)
    assert trace.log_likelihoods[0] == pytest.approx(best.log_likelihood, rel=1e-12)
    assert np.diff(trace.log_likelihoods)[0] < 1e-6
    assert best.mixture.weights.max() == pytest.approx(8 / 14, abs=0.01)


def test_rules_hold_for_all_the_starts():
    found = find_optima(
        load("old_faithful_waiting").points, 2, n_starts=10, rules=Rules(equal_weights=True)
    )
    for optimum in found.optima:
        np.testing.assert_array_equal(optimum.mixture.weights, [0.5, 0.5])
    assert found.optima[0].sound


def test_of_very_many_weighted_points_those_without_weight_are_not_tried():
    rng = np.random.default_rng(2)
    points = np.concatenate([rng.normal(0, 1, 11_000), rng.normal(500, 1, 4_000)])
    weight = np.repeat([2.0, 0.0], [11_000, 4_000])
    few, of_few = thinned(points, rng, weight)
    assert len(few) == 5_000
    assert of_few is None
    assert few.max() < 100


def test_endings_that_are_one_when_followed_are_counted_together():
    points = load("pearson_crabs").points
    (only,) = find_optima(points, 2, n_starts=20, tol=1e-5).optima
    assert only.count == 20
    assert only.log_likelihood == pytest.approx(2567.5789, abs=1e-3)


@pytest.mark.parametrize(
    ("apart", "copies", "places"), [(0.025, 20, 1), (0.035, 20, 2), (0.025, 400, 2)]
)
def test_endings_are_one_when_densities_and_heights_are_alike(apart, copies, places):
    """The log density at the data differs by `apart`; the height by half its square a point."""
    points = np.repeat([-1.0, 1.0], copies)[:, None]
    here, there = (GaussianMixture.univariate([1.0], [mean], [1.0]) for mean in (0.0, apart))
    groups = distinct(points, fit_many(points, [here, there], max_iter=0))
    assert len(groups) == places
    assert same_density(points, here, there) == (apart < 0.03)
