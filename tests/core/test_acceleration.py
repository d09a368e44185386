"""Accelerated EM ends where EM ends, never falls, and spends far fewer iterations."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from em_core import COVARIANCE_TYPES, GaussianMixture, InputError, accelerate, draw, fit, quantiles
from em_core.datasets import load
from em_core.optimum.acceleration import METHODS

BOTH = pytest.mark.parametrize("method", METHODS)


def crabs():
    return load("pearson_crabs").points[:, 0]


CRABS_START = GaussianMixture.univariate([0.5, 0.5], [0.6343, 0.6551], [0.000361, 0.00014641])


@BOTH
def test_pearson_s_crabs_in_a_fifth_of_em_s_iterations_and_nearer_the_end(method):
    em = fit(crabs(), CRABS_START, max_iter=5000, tol=1e-9)
    fast = accelerate(crabs(), CRABS_START, method)
    assert fast.outcome == em.outcome == "converged"
    assert fast.n_maps <= em.n_iter / 5
    assert fast.log_likelihoods[-1] >= em.log_likelihoods[-1]
    assert fast.log_likelihoods[-1] == pytest.approx(2567.5788989869843, abs=1e-4)


@BOTH
def test_it_ends_at_em_s_own_fixed_point(method):
    points = load("old_faithful").points
    start = GaussianMixture([0.5, 0.5], [[2, 55], [4.3, 80]], [np.diag([0.5, 40])] * 2)
    slow = fit(points, start, max_iter=2000, tol=1e-14).mixtures[-1]
    fast = accelerate(points, start, method, tol=1e-14).mixtures[-1]
    np.testing.assert_allclose(fast.weights, slow.weights, rtol=1e-6)
    np.testing.assert_allclose(fast.means, slow.means, rtol=1e-6)
    np.testing.assert_allclose(fast.covariances, slow.covariances, rtol=1e-5)


@BOTH
@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**32 - 1),
    covariance_type=st.sampled_from(COVARIANCE_TYPES),
    d=st.integers(1, 2),
    K=st.integers(1, 4),
    floor=st.sampled_from([0.0, 0.01]),
)
@example(seed=147, covariance_type="spherical", d=2, K=4, floor=0.0)  # ends at a spread of 1e-133
def test_it_never_falls_and_says_how_it_ended(method, seed, covariance_type, d, K, floor):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(30, d)) + 3 * rng.integers(0, 2, size=(30, 1))
    (start,) = draw("random", points, K, 1, rng, covariance_type)
    run = accelerate(points, start, method, covariance_type, 300, 1e-8, variance_floor=floor)
    assert (np.diff(run.log_likelihoods[1:]) >= 0).all()
    assert run.outcome in ("converged", "max_iter", "collapsed", "empty")
    assert len(run.mixtures) == len(run.log_likelihoods) == len(run.maps)
    assert (np.diff(run.maps) > 0).all()
    assert run.maps[-1] <= run.n_maps <= 301
    if run.outcome == "converged":  # the last step gained too little, or fell and was not made
        gains = [
            fit(points, mixture, covariance_type, 1, 0, variance_floor=floor).log_likelihoods
            for mixture in run.mixtures[-2:]
        ]
        assert min(np.diff(gain)[-1] for gain in gains) < 30 * 1e-8 + 1e-11
    if floor and run.outcome == "converged":
        stays = fit(points, run.mixtures[-1], covariance_type, 1, 0, variance_floor=floor)
        assert stays.log_likelihoods[-1] >= run.log_likelihoods[-1] - 1e-9


@BOTH
def test_the_road_does_not_depend_on_the_units(method):
    points = load("old_faithful").points
    start = GaussianMixture([0.5, 0.5], [[2, 60], [4, 70]], [np.diag([1.0, 100])] * 2)
    plain = accelerate(points, start, method, max_iter=40)
    turn = np.array([[3.0, 0.02], [-40.0, 1.5]])
    there = GaussianMixture(
        start.weights, start.means @ turn.T + 500, turn @ start.covariances @ turn.T
    )
    turned = accelerate(points @ turn.T + 500, there, method, max_iter=40)
    shift = len(points) * np.log(abs(np.linalg.det(turn)))
    assert turned.n_maps == plain.n_maps
    np.testing.assert_allclose(turned.log_likelihoods + shift, plain.log_likelihoods, atol=1e-5)


@BOTH
def test_a_collapse_is_a_state_here_too(method):
    points = [1.2, 1.9, 2.3, 2.6, 2.8, 3.0, 3.1, 3.3, 3.4, 3.6, 3.9, 4.1, 4.5, 5.2, 9.0]
    start = GaussianMixture.univariate([0.5, 0.5], [3.3, 7], [1, 4])
    run = accelerate(points, start, method)
    assert run.outcome == "collapsed"
    assert np.isfinite(run.log_likelihoods).all()


@BOTH
def test_limits_and_counts(method):
    points = load("old_faithful").points[:, 1]
    start = GaussianMixture.univariate([0.5, 0.5], [60, 70], [100, 100])
    none = accelerate(points, start, method, max_iter=0)
    assert (none.outcome, none.n_maps, len(none.mixtures)) == ("max_iter", 0, 1)
    few = accelerate(points, start, method, max_iter=4, tol=0)
    assert (few.outcome, few.n_maps) == ("max_iter", 4)
    values, counts = np.unique(points, return_counts=True)
    counted = accelerate(values, start, method, sample_weight=counts)
    written_out = accelerate(points, start, method)
    np.testing.assert_allclose(
        counted.mixtures[-1].means, written_out.mixtures[-1].means, rtol=1e-7
    )


def test_other_methods_are_refused():
    with pytest.raises(InputError, match="choose squarem or anderson"):
        accelerate([1, 2, 3], GaussianMixture.univariate([1], [2], [1]), "newton")


@BOTH
def test_the_first_iteration_may_fall_into_the_covariance_type(method):
    points = load("old_faithful").points
    start = quantiles(points, 2, np.random.default_rng(0)).mixture
    fast = accelerate(points, start, method, "spherical")
    assert fast.outcome == "converged"
    assert fast.log_likelihoods[1] < fast.log_likelihoods[0] - 300
    assert fast.log_likelihoods[-1] == pytest.approx(-1709.51, abs=0.03)


@BOTH
def test_a_jump_far_from_the_origin_keeps_the_digits_of_the_means(method):
    """At 1e15 a double holds a mean to an eighth."""
    points = load("old_faithful_waiting").points

    def run(offset):
        start = GaussianMixture.univariate([0.5, 0.5], np.array([55, 70]) + offset, [90, 60])
        return accelerate(points + offset, start, method, tol=1e-12)

    here, there = run(0.0), run(1e15)
    assert there.n_maps == here.n_maps
    np.testing.assert_allclose(there.log_likelihoods, here.log_likelihoods, rtol=1e-13)
    end, far = here.mixtures[-1], there.mixtures[-1]
    np.testing.assert_allclose(far.means - 1e15 + far.means_residual, end.means, rtol=1e-9)
