"""Whatever the points and the start: a state with finite numbers, or a refusal. Never a warning."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from em_core import COVARIANCE_TYPES, GaussianMixture, InputError, Rules, fit, fit_many, iterate

SCALES = st.sampled_from([1.0, 1e-150, 1e-30, 1e-5, 1e5, 1e30, 1e150])
magnitudes = st.floats(-1e3, 1e3, allow_subnormal=False) | st.sampled_from([0.0, 1e-9, 1.0, -1.0])


@st.composite
def wild_problems(draw):
    d = draw(st.integers(1, 2))
    n = draw(st.integers(1, 12))
    n_components = draw(st.integers(1, 4))
    scale, offset = draw(SCALES), draw(st.sampled_from([0.0, 0.0, 1.0, 1e8, 1e15]))
    values = draw(st.lists(magnitudes, min_size=n * d, max_size=n * d))
    points = (np.reshape(values, (n, d)) + offset) * scale
    if draw(st.booleans()):
        points = np.round(points / scale) * scale
    raw = draw(st.lists(st.floats(-12, 0), min_size=n_components, max_size=n_components))
    weights = 10 ** (np.array(raw) * draw(st.sampled_from([0.1, 1, 20])))
    far = draw(st.sampled_from([1, 1, 100, 1e9]))
    centres = draw(st.lists(magnitudes, min_size=n_components * d, max_size=n_components * d))
    means = (np.reshape(centres, (n_components, d)) * far + offset) * scale
    widths = 10 ** np.array(
        draw(st.lists(st.floats(-8, 6), min_size=n_components, max_size=n_components))
    )
    variances = np.exp(np.clip(2 * (np.log(widths) + np.log(scale)), -690, 700))
    covariances = [np.eye(d) * variance for variance in variances]
    return points, GaussianMixture(weights / weights.sum(), means, covariances)


options = st.fixed_dictionaries(
    {
        "covariance_type": st.sampled_from(COVARIANCE_TYPES),
        "max_iter": st.integers(0, 25),
        "tol": st.sampled_from([0.0, 1e-6]),
        "variance_floor": st.sampled_from([0.0, 0.0, 1e-3]),
    }
)


@st.composite
def wild_rules(draw, n_components, covariance_type):
    some = st.just(()) | st.lists(st.integers(0, n_components - 1), max_size=n_components)
    fixed_covariances = draw(some)
    if covariance_type == "tied" and fixed_covariances:
        fixed_covariances = range(n_components)
    temperature = draw(st.sampled_from([1.0, 1.0, 0.0, 1e-300, 0.3, 7.0, 1e100]))
    return Rules(temperature, fixed_means=draw(some), fixed_covariances=fixed_covariances)


@given(wild_problems(), options, st.data())
@settings(deadline=None, max_examples=150)
def test_fit_ends_in_a_state(problem, chosen, data):
    n_components = problem[1].n_components
    chosen["rules"] = data.draw(wild_rules(n_components, chosen["covariance_type"]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            trace = fit(*problem, **chosen)
        except InputError as refused:
            if refused.code not in ("span", "start-too-narrow", "start-too-wide"):
                raise
            return
        steps = list(iterate(*problem, **chosen))
        many = fit_many(problem[0], [problem[1]] * 2, **chosen)
    assert trace.outcome in ("converged", "max_iter", "collapsed", "empty")
    assert trace.message
    assert bool(trace.components) == (trace.outcome in ("collapsed", "empty"))
    for name in (
        "weights",
        "means",
        "covariances",
        "log_likelihoods",
        "free_energies",
        "lower_bounds",
    ):
        assert np.isfinite(getattr(trace, name)).all(), name
    assert (trace.weights > 0).all()
    np.testing.assert_allclose(trace.weights.sum(axis=1), 1, rtol=1e-12)
    assert len(steps) in (2 * trace.n_iter, 2 * trace.n_iter + 1)
    for step in steps:
        assert np.isfinite([step.log_likelihood, step.lower_bound, step.kl_gap]).all()
        assert np.isfinite(step.responsibilities).all()
    assert many.outcomes == (trace.outcome,) * 2
    assert many.iterations.tolist() == [trace.n_iter] * 2


def ends_in_numbers(points, start, **chosen):
    """The trace, whose every number is finite, and whose half-steps agree with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace, steps = fit(points, start, **chosen), list(iterate(points, start, **chosen))
    for name in ("means", "covariances", "log_likelihoods", "free_energies", "lower_bounds"):
        assert np.isfinite(getattr(trace, name)).all(), name
    for step in steps:
        assert np.isfinite([step.log_likelihood, step.lower_bound, step.kl_gap]).all()
    return trace


def test_a_start_is_kept_to_the_bit_where_scaling_it_would_cost_digits():
    """In units of the span, 1e10, the variance of 1e-300 is too small for a normal double."""
    start = GaussianMixture.univariate([0.5, 0.5], [0, 1e10], [1e-300, 1e20])
    trace = ends_in_numbers([0, 1, 5e9, 1e10, 2e10], start, max_iter=3)
    assert trace.mixtures[0] == start


def test_a_component_so_narrow_that_squared_distances_overflow_has_no_share_there():
    """The least share of an infinite square would make the lower bound minus infinity."""
    start = GaussianMixture.univariate([1 / 3] * 3, [0, -1, -1], [1e-4, 1e-8, 1e-319])
    rules = Rules(1e100, fixed_means=[0, 2], fixed_covariances=[2])
    ends_in_numbers([-1.0, 0, -156.5, 1e-9], start, tol=1e-6, max_iter=17, rules=rules)


def test_a_weight_too_small_for_a_double_is_empty():
    start = GaussianMixture.univariate([0.5, 0.5], [0, 54.2], [1, 1])
    points = [-1.0, -0.5, 0, 0.5, 1]
    for weight in np.linspace(0.5, 2, 40):  # N_k of a few times the least double, and below
        moved = GaussianMixture.univariate([1 - 1e-3, 1e-3], [0, 38 + weight], [1, 1])
        ends_in_numbers(points, moved, covariance_type="tied", max_iter=2, rules=Rules(0.997))
    assert ends_in_numbers(points, start, covariance_type="tied").outcome == "empty"


@pytest.mark.parametrize(
    ("points", "mean", "variance", "rules", "says"),
    [
        ([1e150, 2e150, 4e150], 1e160, 1e300, Rules(fixed_means=[0]), "1 is too far away"),
        ([1e-150, 2e-150, 4e-150], 2e-150, 1e10, Rules(), "1 is too wide"),
    ],
)
def test_a_start_that_no_double_holds_beside_the_data_is_refused(
    points, mean, variance, rules, says
):
    start = GaussianMixture.univariate([1.0], [mean], [variance])
    with pytest.raises(InputError, match=says) as refused:
        fit(points, start, rules=rules)
    assert refused.value.code == "start-too-wide"
    near = GaussianMixture.univariate([1.0], [points[0]], [(points[2] - points[0]) ** 2])
    with pytest.raises(InputError, match=f"Component {says[0]} of start 2"):
        fit_many(points, [near, start], rules=rules)


def test_a_collapse_ends_before_the_variance_leaves_the_normal_doubles():
    """A share of 1e-319 of the next point is all that keeps the variance from 0."""
    points = np.array([0.0, 1, 1, 2, 3])
    for far in np.linspace(36, 39, 61):
        start = GaussianMixture.univariate([0.5, 0.5], [0, 2], [1 / (far * far), 1])
        trace = ends_in_numbers(points, start, max_iter=6, tol=0)
        assert trace.outcome == "collapsed"
        assert (trace.covariances >= np.finfo(float).tiny).all()
