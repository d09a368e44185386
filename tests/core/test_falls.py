"""EM never 'converges' on a falling log-likelihood, whatever the start's covariances are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from em_core import (
    COVARIANCE_TYPES,
    GaussianMixture,
    Rules,
    draw,
    extend,
    fit,
    fit_many,
    iterate,
    k_means_plus_plus,
    quantiles,
)
from em_core.datasets import load
from tests.core.problems import problems

TYPES = st.sampled_from(COVARIANCE_TYPES)
FAITHFUL = load("old_faithful").points
DIAGONAL_START = quantiles(FAITHFUL, 2, np.random.default_rng(0)).mixture


def _assert_no_fall_at_the_end(log_likelihoods, outcome):
    """Beyond rounding, which is relative to the sum's size."""
    if outcome == "converged":
        before, after = log_likelihoods[-2:]
        assert after - before >= -1e-12 * (1 + abs(before))


@given(problems(), TYPES, st.sampled_from([1e-12, 1e-6, 1e-2]), st.sampled_from([0.0, 0.05]))
@settings(max_examples=40)
def test_converged_means_that_the_last_gain_was_no_fall(problem, covariance_type, tol, floor):
    points, start = problem
    options = {"tol": tol, "variance_floor": floor, "max_iter": 80}
    trace = fit(points, start, covariance_type, **options)
    _assert_no_fall_at_the_end(trace.log_likelihoods, trace.outcome)
    begun = fit(points, start, covariance_type, **options | {"max_iter": 1})
    carried = extend(begun, points, 79, tol)
    assert carried.outcome == trace.outcome
    np.testing.assert_array_equal(carried.log_likelihoods, trace.log_likelihoods)
    assert (carried.fell_at, carried.fall_message) == (trace.fell_at, trace.fall_message)
    steps = list(iterate(points, start, covariance_type, **options))
    assert steps[-1].outcome == trace.outcome
    fits = fit_many(points, [start] * 2, covariance_type, **options)
    assert fits.outcomes == (trace.outcome,) * 2
    assert fits.iterations.tolist() == [trace.n_iter] * 2


@given(problems(), TYPES, TYPES)
def test_a_run_carried_on_under_another_type_does_not_stop_at_the_fall(problem, first, then):
    points, start = problem
    reached = fit(points, start, first, max_iter=20).mixtures[-1]
    trace = fit(points, reached, then)
    _assert_no_fall_at_the_end(trace.log_likelihoods, trace.outcome)
    falls = np.diff(trace.log_likelihoods) < -1e-11 * (1 + np.abs(trace.log_likelihoods[1:]))
    assert np.flatnonzero(falls).tolist() in ([], [0])
    if falls.any():
        assert trace.fell_at == 1


@pytest.mark.parametrize(
    ("n_components", "first", "end"),
    [(2, [-1329.7557, -1711.1732], -1709.5293), (4, [-1260.6417, -1677.4360], -1580.8000)],
)
def test_old_faithful_spherical_goes_on_after_the_fall(n_components, first, end):
    start = quantiles(FAITHFUL, n_components, np.random.default_rng(0)).mixture
    trace = fit(FAITHFUL, start, "spherical")
    np.testing.assert_allclose(trace.log_likelihoods[:2], first, atol=1e-4)
    assert trace.outcome == "converged"
    assert trace.n_iter > 5
    assert trace.log_likelihoods[-1] == pytest.approx(end, abs=1e-3)


def test_pearson_s_crabs_tied_from_the_free_fit_reach_the_tied_optimum():
    points = load("pearson_crabs").points
    free = fit(points, k_means_plus_plus(points, 2, np.random.default_rng(1)).mixture)
    tied = fit(points, free.mixtures[-1], "tied", max_iter=2000, tol=1e-10)
    assert tied.log_likelihoods[-1] == pytest.approx(2566.1, abs=0.1)


def test_the_fall_is_said_and_explained():
    trace = fit(FAITHFUL, DIAGONAL_START, "spherical")
    assert trace.fell_at == 1
    assert trace.fall_message == (
        "In iteration 1 the log-likelihood fell, from −1329.8 to −1711.2: the start's covariances "
        "are not spherical, and this iteration put that right. From here on it never falls."
    )


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"covariance_type": "tied"}, "the start's variances are not equal,"),
        ({"variance_floor": 0.5}, "some of the start's variances are below the variance floor,"),
        ({"rules": Rules(equal_weights=True)}, "the start's weights are not equal,"),
    ],
)
def test_each_reason_has_its_words(options, why):
    points = np.concatenate([np.linspace(0, 0.1, 30), np.linspace(4, 8, 6)])
    fitted = fit(points, GaussianMixture.univariate([0.5, 0.5], [0, 6], [0.01, 1])).mixtures[-1]
    trace = fit(points, fitted, **options)
    assert trace.fell_at == 1
    assert why in trace.fall_message
    assert trace.n_iter > 1


def test_nothing_is_said_where_nothing_fell():
    trace = fit(FAITHFUL, DIAGONAL_START)
    assert (trace.fell_at, trace.fall_message) == (None, "")


def test_the_first_iteration_of_a_start_of_the_type_may_converge():
    optimum = fit(FAITHFUL, DIAGONAL_START, "diag", tol=1e-12).mixtures[-1]
    assert fit(FAITHFUL, optimum, "diag").n_iter == 1
    assert fit_many(FAITHFUL, [optimum], "diag").iterations.tolist() == [1]


@pytest.mark.parametrize("tilt", [1e-9, -1e-9], ids=["falls", "rises"])
def test_the_iteration_that_brings_the_start_into_its_type_never_converges(tilt):
    optimum = fit(FAITHFUL, DIAGONAL_START, "diag", tol=1e-12).mixtures[-1]
    tilted = optimum.covariances.copy()
    tilted[0, 0, 1] = tilted[0, 1, 0] = tilt * np.sqrt(tilted[0, 0, 0] * tilted[0, 1, 1])
    start = GaussianMixture(optimum.weights, optimum.means, tilted)
    assert fit(FAITHFUL, start, "diag").n_iter == 2
    assert fit_many(FAITHFUL, [start, optimum], "diag").iterations.tolist() == [2, 1]


def test_a_small_fall_is_said_too():
    optimum = fit(FAITHFUL, DIAGONAL_START, "diag", tol=1e-12).mixtures[-1]
    tilted = optimum.covariances.copy()
    tilted[0, 0, 1] = tilted[0, 1, 0] = 1e-3 * np.sqrt(tilted[0, 0, 0] * tilted[0, 1, 1])
    trace = fit(FAITHFUL, GaussianMixture(optimum.weights, optimum.means, tilted), "diag")
    assert 0 < trace.log_likelihoods[0] - trace.log_likelihoods[1] < 1
    assert trace.fell_at == 1


def test_a_fall_by_rounding_is_no_convergence():
    """Points within a millionth of a line: a covariance of which hardly four digits are left
    makes the log-likelihood waver by more than the tolerance."""
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=12) + 3 * rng.integers(0, 2, 12)
        points = np.column_stack([x, x + 2e-6 * rng.normal(size=12)])
        (start,) = draw("random", points, 2, 1, rng)
        trace = fit(points, start, max_iter=300, tol=1e-12)
        _assert_no_fall_at_the_end(trace.log_likelihoods, trace.outcome)


@pytest.mark.parametrize(("tilt", "said"), [(1e-9, True), (2e-12, False)])
def test_a_fall_is_one_where_it_is_more_than_rounding(tilt, said):
    optimum = fit(FAITHFUL, DIAGONAL_START, "diag", tol=1e-12).mixtures[-1]
    tilted = optimum.covariances.copy()
    tilted[0, 0, 1] = tilted[0, 1, 0] = tilt * np.sqrt(tilted[0, 0, 0] * tilted[0, 1, 1])
    trace = fit(FAITHFUL, GaussianMixture(optimum.weights, optimum.means, tilted), "diag")
    assert (trace.fell_at == 1) == said
