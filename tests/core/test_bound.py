"""The lower bound along an M-step: it touches, it peaks, it is never above the log-likelihood."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from em_core import (
    COVARIANCE_TYPES,
    GaussianMixture,
    InputError,
    Rules,
    bound_along,
    e_step,
    fit,
    iterate,
)
from em_core.datasets import load

FIVE = np.array([0.2, -0.9, -1, 1.2, 1.8])
START = GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])
PLACES = np.array([-0.5, 0.0, 0.25, 0.5, 1.0, 1.5, 2.0])


def between(a, b, s):
    parts = [
        (1 - s) * getattr(a, n) + s * getattr(b, n) for n in ("weights", "means", "covariances")
    ]
    return GaussianMixture(*parts)


def test_both_curves_are_what_their_definitions_say():
    trace = fit(FIVE, START)
    for t in (0, 3):
        here, there = trace.mixtures[t], trace.mixtures[t + 1]
        shares = e_step(FIVE, here).responsibilities
        bound = bound_along(FIVE, trace, t, PLACES[:5])
        for s, value, lower in zip(bound.s, bound.log_likelihoods, bound.lower_bounds, strict=True):
            mixture = between(here, there, s)
            joint = np.log(mixture.weights) + mixture.log_densities(FIVE)
            assert value == pytest.approx(e_step(FIVE, mixture).log_likelihood, abs=1e-12)
            assert lower == pytest.approx((shares * (joint - np.log(shares))).sum(), abs=1e-12)


def test_it_touches_at_the_e_step_and_its_height_at_the_m_step_is_the_run_s_own():
    trace = fit(FIVE, START)
    for t, half in enumerate(h for h in iterate(FIVE, START, max_iter=5) if h.phase == "M"):
        bound = bound_along(FIVE, trace, t, [0, 1])
        assert bound.lower_bounds[0] == bound.log_likelihoods[0] == trace.log_likelihoods[t]
        assert bound.log_likelihoods[1] == pytest.approx(trace.log_likelihoods[t + 1], abs=1e-12)
        assert bound.lower_bounds[1] == pytest.approx(half.lower_bound, abs=1e-12)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from(COVARIANCE_TYPES), st.integers(1, 2))
def test_the_bound_is_never_above_and_peaks_where_the_m_step_goes(seed, covariance_type, d):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(40, d)) + 3 * rng.integers(0, 2, size=(40, 1))
    start = GaussianMixture([0.3, 0.7], rng.normal(size=(2, d)), [np.eye(d) * 2] * 2)
    trace = fit(points, start, covariance_type, max_iter=3, tol=0)
    if trace.n_iter < 3:
        return
    s = np.linspace(-0.6, 2.2, 29)
    s[16] = 1.0
    bound = bound_along(points, trace, 1, s, None)
    known = ~np.isnan(bound.lower_bounds)
    assert (bound.lower_bounds <= bound.log_likelihoods + 1e-9)[known].all()
    assert np.nanargmax(bound.lower_bounds) == 16
    assert known[10:17].all()


def test_where_there_are_no_parameters_there_is_no_number():
    trace = fit(FIVE, START)
    bound = bound_along(FIVE, trace, 0, [-100, 0.5, 100])
    assert np.isnan(bound.log_likelihoods[[0, 2]]).any()
    assert np.array_equal(np.isnan(bound.log_likelihoods), np.isnan(bound.lower_bounds))
    assert np.isfinite(bound.log_likelihoods[1])


def test_far_from_the_origin_it_is_the_same_curve():
    points = load("old_faithful").points[:, 1]
    start = GaussianMixture.univariate([0.5, 0.5], [55, 80], [25, 25])
    far = GaussianMixture.univariate([0.5, 0.5], [55 + 2**40, 80 + 2**40], [25, 25])
    near_curve = bound_along(points, fit(points, start), 2, PLACES)
    far_curve = bound_along(points + 2.0**40, fit(points + 2.0**40, far), 2, PLACES)
    np.testing.assert_allclose(far_curve.lower_bounds, near_curve.lower_bounds, atol=1e-9)
    np.testing.assert_allclose(far_curve.log_likelihoods, near_curve.log_likelihoods, atol=1e-9)


def test_counts_are_repetitions():
    counts = [1, 2, 1, 3, 1]
    counted = fit(FIVE, START, sample_weight=counts)
    repeated = fit(np.repeat(FIVE, counts), START)
    ours = bound_along(FIVE, counted, 1, PLACES, counts)
    theirs = bound_along(np.repeat(FIVE, counts), repeated, 1, PLACES)
    np.testing.assert_allclose(ours.lower_bounds, theirs.lower_bounds, atol=1e-10)
    np.testing.assert_allclose(ours.log_likelihoods, theirs.log_likelihoods, atol=1e-10)


def test_an_iteration_that_is_not_there_is_refused():
    trace = fit(FIVE, START, max_iter=3, tol=0)
    for t in (-1, 3):
        with pytest.raises(InputError, match="give 0 to 2"):
            bound_along(FIVE, trace, t, [0])


@pytest.mark.parametrize("temperature", [0.5, 3.0])
def test_at_another_temperature_it_bounds_the_free_energy(temperature):
    trace = fit(FIVE, START, max_iter=5, tol=0, rules=Rules(temperature=temperature))
    bound = bound_along(FIVE, trace, 2, PLACES[:6])
    assert bound.lower_bounds[1] == pytest.approx(bound.log_likelihoods[1], abs=1e-12)
    assert bound.log_likelihoods[1] == pytest.approx(trace.free_energies[2], abs=1e-12)
    assert bound.log_likelihoods[4] == pytest.approx(trace.free_energies[3], abs=1e-12)
    assert bound.lower_bounds[4] == pytest.approx(trace.lower_bounds[2], abs=1e-12)
    assert (bound.lower_bounds <= bound.log_likelihoods + 1e-12).all()
