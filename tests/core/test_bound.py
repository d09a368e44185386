"""The lower bound along an M-step: it touches, it peaks, it is never above the log-likelihood."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from em_core import (
    COVARIANCE_TYPES,
    GaussianMixture,
    InputError,
    Parameter,
    Rules,
    bound_along,
    bound_over,
    e_step,
    fit,
    iterate,
    quantiles,
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


@pytest.mark.parametrize("kind", ["weight", "mean", "variance"])
def test_over_one_parameter_both_curves_are_what_their_definitions_say(kind):
    trace, parameter = fit(FIVE, START), Parameter(kind, 1)
    here = trace.mixtures[2]
    shares = e_step(FIVE, here).responsibilities
    values = parameter.of(here) * np.array([0.5, 0.9, 1.0, 1.2])
    bound = bound_over(FIVE, trace, 2, parameter, values)
    for value, height, lower in zip(values, bound.log_likelihoods, bound.lower_bounds, strict=True):
        weights, means, variances = here.weights.copy(), here.means[:, 0].copy(), here.variances
        variances = variances.copy()
        {"weight": weights, "mean": means, "variance": variances}[kind][1] = value
        weights[0] = 1 - weights[1]
        mixture = GaussianMixture.univariate(weights, means, variances)
        joint = np.log(mixture.weights) + mixture.log_densities(FIVE)
        assert height == pytest.approx(e_step(FIVE, mixture).log_likelihood, abs=1e-12)
        assert lower == pytest.approx((shares * (joint - np.log(shares))).sum(), abs=1e-12)
    assert bound.lower_bounds[2] == bound.log_likelihoods[2] == trace.log_likelihoods[2]


@pytest.mark.parametrize("parameter", [Parameter("mean", 1, 1), Parameter("weight", 0)])
def test_over_a_mean_or_weight_the_bound_peaks_where_the_m_step_puts_it(parameter):
    points = load("old_faithful").points
    trace = fit(points, quantiles(points, 2, np.random.default_rng(0)).mixture)
    there = parameter.of(trace.mixtures[2])
    values = there * np.array([0.98, 0.99, 1.0, 1.01, 1.02])
    bound = bound_over(points, trace, 1, parameter, values)
    assert np.argmax(bound.lower_bounds) == 2
    assert (bound.lower_bounds <= bound.log_likelihoods + 1e-9).all()


def test_a_mean_on_a_point_has_no_highest_variance_but_the_least():
    start = GaussianMixture.univariate([0.5, 0.5], [-0.9, 2], [4, 4])
    trace = fit(FIVE, start)
    variances = np.geomspace(1e-12, 1e-3, 10)
    bound = bound_over(FIVE, trace, 0, Parameter("variance", 0), variances)
    assert (np.diff(bound.log_likelihoods) < 0).all()
    np.testing.assert_allclose(np.diff(bound.log_likelihoods)[:6], -np.log(10) / 2, atol=2e-4)
    at_zero = bound_over(FIVE, trace, 0, Parameter("variance", 0), 0.0)
    assert np.isnan(at_zero.log_likelihoods).all()


@pytest.mark.parametrize(("covariance_type", "moved"), [("tied", [0, 1]), ("full", [1])])
def test_a_variance_moves_what_its_type_ties_to_it(covariance_type, moved):
    trace = fit(FIVE, START, covariance_type)
    (value,) = bound_over(FIVE, trace, 1, Parameter("variance", 1), [0.7]).log_likelihoods
    here = trace.mixtures[1]
    variances = here.variances.copy()
    variances[moved] = 0.7
    mixture = GaussianMixture.univariate(here.weights, here.means[:, 0], variances)
    assert value == pytest.approx(e_step(FIVE, mixture).log_likelihood, abs=1e-12)


def test_a_parameter_that_is_not_there_is_refused():
    trace = fit(FIVE, START)
    for parameter in (Parameter("mean", 2), Parameter("mean", 0, 1)):
        with pytest.raises(InputError, match="There is no mean"):
            bound_over(FIVE, trace, 0, parameter, [0])
    with pytest.raises(InputError, match="There is no M-step after iteration"):
        bound_over(FIVE, trace, trace.n_iter, Parameter("mean", 0), [0])
