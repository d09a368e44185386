"""Exact identities of EM, on whatever data Hypothesis thinks of."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from em_core import COVARIANCE_TYPES, GaussianMixture, e_step, fit, m_step
from tests.core.problems import is_far_from_collapse, problems, rounding

types = st.sampled_from(COVARIANCE_TYPES)


@given(problems(), types)
def test_the_log_likelihood_never_falls(problem, covariance_type):
    trace = fit(*problem, covariance_type, max_iter=60)
    falls = -np.diff(trace.log_likelihoods)
    slack = 1e-12 * np.abs(trace.log_likelihoods) + rounding(trace, len(problem[0]))
    # The start's covariances need not be of the type, but the first M-step can only gain on
    # the lower bound of the type; from then on every step must.
    assert (falls <= slack[:-1] + slack[1:])[1:].all()


@given(problems(), types)
def test_bound_and_gap_add_up(problem, covariance_type):
    trace = fit(*problem, covariance_type, max_iter=20)
    slack = 1e-12 * (1 + np.abs(trace.log_likelihoods)) + rounding(trace, len(problem[0]))
    slack = slack[:-1] + slack[1:]
    assert (trace.lower_bounds <= trace.log_likelihoods[1:] + slack).all()
    if covariance_type == "full":
        assert (trace.lower_bounds >= trace.log_likelihoods[:-1] - slack).all()


@given(problems())
def test_e_step_is_bayes_rule(problem):
    points, mixture = problem
    joint = np.column_stack(
        [
            w * multivariate_normal(m, c).pdf(points)
            for w, m, c in zip(mixture.weights, mixture.means, mixture.covariances, strict=True)
        ]
    )
    e = e_step(points, mixture)
    np.testing.assert_allclose(e.responsibilities.sum(axis=1), 1, rtol=1e-14)
    assert e.log_likelihood == pytest.approx(np.log(joint.sum(axis=1)).sum(), rel=1e-9, abs=1e-9)
    np.testing.assert_allclose(
        e.responsibilities, joint / joint.sum(axis=1, keepdims=True), rtol=1e-6, atol=1e-12
    )


@given(problems())
def test_m_step_keeps_mean_and_total_covariance(problem):
    points, start = problem
    assume(fit(points, start, max_iter=1).outcome == "max_iter")
    mixture = m_step(points, e_step(points, start).responsibilities)
    w, means = mixture.weights, mixture.means
    np.testing.assert_allclose(w @ means, points.mean(axis=0), atol=1e-12)
    assert w.sum() == pytest.approx(1, rel=1e-14)
    offsets = means - points.mean(axis=0)
    between = np.einsum("k,ki,kj->ij", w, offsets, offsets)
    within = np.einsum("k,kij->ij", w, mixture.covariances)
    total = np.cov(points.T, bias=True).reshape(between.shape)
    np.testing.assert_allclose(within + between, total, rtol=1e-11, atol=1e-12)


@given(problems(), types)
def test_fit_is_e_step_and_m_step(problem, covariance_type):
    points, mixture = problem
    trace = fit(points, mixture, covariance_type, max_iter=3, tol=0)
    assume(is_far_from_collapse(trace))
    for t in range(1, trace.n_iter + 1):
        mixture = m_step(points, e_step(points, mixture).responsibilities, covariance_type)
        np.testing.assert_allclose(trace.weights[t], mixture.weights, rtol=1e-9)
        np.testing.assert_allclose(trace.means[t], mixture.means, rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(trace.covariances[t], mixture.covariances, rtol=1e-7, atol=1e-10)


@given(problems(), st.randoms(use_true_random=False), types)
def test_the_order_of_components_and_points_does_not_matter(problem, random, covariance_type):
    points, start = problem
    order = random.sample(range(start.n_components), start.n_components)
    shuffled = random.sample(range(len(points)), len(points))
    other = GaussianMixture(start.weights[order], start.means[order], start.covariances[order])
    a = fit(points, start, covariance_type, max_iter=5, tol=0)
    b = fit(points[shuffled], other, covariance_type, max_iter=5, tol=0)
    assume(is_far_from_collapse(a))
    assert a.outcome == b.outcome
    np.testing.assert_allclose(a.means[-1][order], b.means[-1], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(a.log_likelihoods, b.log_likelihoods, rtol=1e-11)


@given(problems(), st.floats(-1e6, 1e6), st.sampled_from([1e-9, 0.125, 3.0, 1e7]))
def test_shift_and_unit_carry_through(problem, shift, unit):
    points, start = problem
    moved = np.round(points, 6) * unit + shift * unit
    d = points.shape[1]
    other = GaussianMixture(
        start.weights, np.round(start.means, 6) * unit + shift * unit, start.covariances * unit**2
    )
    plain = GaussianMixture(start.weights, np.round(start.means, 6), start.covariances)
    a = fit(np.round(points, 6), plain, max_iter=3, tol=0)
    b = fit(moved, other, max_iter=3, tol=0)
    assume(is_far_from_collapse(a))
    assert a.outcome == b.outcome
    np.testing.assert_allclose(a.weights, b.weights, atol=1e-6)
    np.testing.assert_allclose(
        a.log_likelihoods - len(points) * d * np.log(unit), b.log_likelihoods, rtol=1e-6, atol=1e-5
    )


@given(problems(), types, st.data())
def test_weights_are_repetition(problem, covariance_type, data):
    points, start = problem
    counts = data.draw(
        st.lists(st.integers(0, 4), min_size=len(points), max_size=len(points)).filter(any)
    )
    repeated = np.repeat(points, counts, axis=0)
    a = fit(points, start, covariance_type, max_iter=4, tol=0, sample_weight=counts)
    b = fit(repeated, start, covariance_type, max_iter=4, tol=0)
    assume(is_far_from_collapse(a))
    assert (a.outcome, a.n_iter) == (b.outcome, b.n_iter)
    np.testing.assert_allclose(a.log_likelihoods, b.log_likelihoods, rtol=1e-9)
    np.testing.assert_allclose(a.means, b.means, rtol=1e-7, atol=1e-8)


@given(problems(dimensions=(1,)), st.floats(0.1, 0.9))
def test_a_split_component_changes_nothing(problem, share):
    points, start = problem
    split = GaussianMixture(
        np.concatenate(
            [start.weights[:1] * [share], start.weights[:1] * [1 - share], start.weights[1:]]
        ),
        np.concatenate([start.means[:1], start.means]),
        np.concatenate([start.covariances[:1], start.covariances]),
    )
    a = fit(points, start, max_iter=5, tol=0)
    b = fit(points, split, max_iter=5, tol=0)
    assume(is_far_from_collapse(a))
    assert a.outcome == b.outcome
    np.testing.assert_allclose(a.log_likelihoods, b.log_likelihoods, rtol=1e-10)
    np.testing.assert_allclose(a.weights[:, 0], b.weights[:, :2].sum(axis=1), rtol=1e-9)


@given(problems(), types)
def test_inputs_are_not_changed_and_the_same_call_gives_the_same_bits(problem, covariance_type):
    points, start = problem
    kept, counts = points.copy(), np.ones(len(points))
    a = fit(points, start, covariance_type, max_iter=4, sample_weight=counts)
    b = fit(points, start, covariance_type, max_iter=4, sample_weight=counts)
    np.testing.assert_array_equal(points, kept)
    np.testing.assert_array_equal(counts, 1)
    for name in ("weights", "means", "covariances", "log_likelihoods", "lower_bounds"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


def test_the_same_seed_samples_the_same_points():
    mixture = GaussianMixture.univariate([0.4, 0.6], [0, 3], [1, 2])
    first, _ = mixture.sample(50, np.random.default_rng(3))
    second, _ = mixture.sample(50, np.random.default_rng(3))
    np.testing.assert_array_equal(first, second)
