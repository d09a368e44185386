"""Hard data, against 60-digit arithmetic: offsets, scales, outliers, tiny weights, lines."""

import warnings

import numpy as np
import pytest
from mpmath import workdps

from em_core import COVARIANCE_TYPES, GaussianMixture, InputError, e_step, fit, m_step
from tests.core.reference import em

SHAPE = np.array([0.0, 1, 2, 3, 5, 6, 8, 9])
PLANE = np.array(
    [[0.1, 2.3], [1.2, -0.4], [2.2, 1.7], [3.1, 0.2], [5.3, 4.4], [6.1, 3.3], [8.2, 5.9], [7.4, 2]]
)


def _assert_digits(
    points, start, n_iter, rtol, covariance_type="full", sample_weight=None, means=4e-15
):
    points = np.reshape(points, (len(points), -1))
    trace = fit(points, start, covariance_type, n_iter, 0, sample_weight)
    states = em(points.tolist(), start, n_iter, covariance_type, sample_weight)
    assert trace.n_iter == n_iter
    for t, (weights, exact_means, covariances, log_likelihood) in enumerate(states):
        got = trace.mixtures[t]
        np.testing.assert_allclose(got.weights, [float(w) for w in weights], rtol=rtol)
        for axis in range(points.shape[1]):
            exact = np.array([float(m[axis]) for m in exact_means])
            allowed = np.maximum(np.abs(exact), np.sqrt(got.covariances[:, axis, axis]))
            assert (np.abs(got.means[:, axis] - exact) <= means * allowed).all()
        exact = np.array([[[float(v) for v in row] for row in c] for c in covariances])
        spread = np.sqrt(np.diagonal(exact, axis1=1, axis2=2))
        allowed = rtol * spread[:, :, None] * spread[:, None, :]
        assert (np.abs(got.covariances - exact) <= allowed).all()
        assert trace.log_likelihoods[t] == pytest.approx(float(log_likelihood), rel=rtol, abs=1e-13)
        again = e_step(points, got, sample_weight).log_likelihood
        assert again == pytest.approx(float(log_likelihood), rel=rtol, abs=1e-13)


@pytest.mark.parametrize("offset", [0.0, 1e3, 2.0**30, -1e12, 1e15])
def test_an_offset_costs_no_digits(offset):
    points = SHAPE + offset
    start = GaussianMixture.univariate([0.5, 0.5], [1 + offset, 7 + offset], [1, 1])
    _assert_digits(points, start, 8, 1e-13)


@pytest.mark.parametrize("d", [1, 2])
def test_an_offset_costs_no_digits_over_many_blocks_either(d):
    """200 000 points are swept in blocks, which leave out what rounding took from the means
    only where it is nothing."""
    points = np.random.default_rng(6).integers(0, 40, (200_000, d)).astype(float)
    points[:120_000] += 25
    spheres = [np.eye(d) * 60] * 2
    near = GaussianMixture([0.5, 0.5], [[14.0] * d, [44.0] * d], spheres)
    far = GaussianMixture([0.5, 0.5], near.means + 1e15, spheres)
    here, there = (fit(p, m, max_iter=3, tol=0) for p, m in ((points, near), (points + 1e15, far)))
    np.testing.assert_allclose(there.log_likelihoods, here.log_likelihoods, rtol=1e-13)
    np.testing.assert_allclose(there.covariances, here.covariances, rtol=1e-12)


@pytest.mark.parametrize("scale", [1e-150, 1e-20, 1e20, 1e150])
def test_the_unit_costs_no_digits(scale):
    start = GaussianMixture.univariate([0.5, 0.5], [scale, 7 * scale], [scale**2, scale**2])
    _assert_digits(SHAPE * scale, start, 8, 1e-13)


def test_an_outlier_a_hundred_million_deviations_away_is_no_collapse():
    points = [0.1, 1, 2, 3, 5, 6, 1e8, 1e8 + 1, 1e8 + 3]
    start = GaussianMixture.univariate([0.6, 0.4], [1, 5], [1, 1e14])
    _assert_digits(points, start, 6, 1e-13)


@pytest.mark.parametrize("away", [36.2, 36.6, 37, 37.6, 38.5, 60, 1000])
@pytest.mark.parametrize("d", [1, 2])
def test_a_point_many_deviations_from_every_component_is_shared_out_exactly(away, d):
    """Beyond 37 its densities are too small for a double, beyond 36 for the quick sums."""
    points = np.zeros((7, d))
    points[:, 0] = [0, 0.5, 1, 1.2, 2, 2.5, 2 + away]
    start = GaussianMixture([0.5, 0.5], [[0.9] * d, [2.0] * d], [np.eye(d), 0.98 * np.eye(d)])
    weight = None if d == 1 else [3, 1, 0.5, 1, 1, 1, 1e6]
    _assert_digits(points, start, 1, 1e-12, "spherical", weight, means=1e-13)


@pytest.mark.parametrize("mean", [3.3, 3.6, 3.639])
def test_a_share_of_nothing_is_not_what_the_quick_sums_take_it_for(mean):
    """All points lie 33 to 36 deviations from the first component, and far further from the
    second, whose shares of e^-200000 must not count as e^-700 beside e^-540 to e^-660."""
    points = np.array([0.0, 0.001, 0.002, 0.004])
    start = GaussianMixture.univariate([0.9, 0.1], [mean, -3.6], [0.01, 2.5e-5])
    trace = fit(points, start, max_iter=1, tol=0)
    assert (trace.outcome, trace.components) == ("empty", (1,))


def test_a_component_too_narrow_and_too_far_for_any_share_is_empty():
    points = [0.65, -1.2, 0.66, -1.22, -0.01, -1.07]
    start = GaussianMixture.univariate([0.83, 0.17], [2.41, -1.256], [0.01, 1e-240])
    trace = fit(points, start, max_iter=2, tol=0)
    assert (trace.outcome, trace.components) == ("empty", (1,))


@pytest.mark.parametrize(("d", "spread"), [(3, 1e-110), (3, 1e-150), (10, 1e-40)])
def test_a_density_too_large_for_a_double_has_a_log_likelihood(d, spread):
    points = np.arange(4.0)[:, None] * np.ones(d)
    start = GaussianMixture([0.5, 0.5], points[[1, 2]], [spread**2 * np.eye(d), np.eye(d)])
    trace = fit(points, start, max_iter=0)
    peak = np.log(0.5) - d * np.log(spread * np.sqrt(2 * np.pi))
    others = 3 * (np.log(0.5) - d / 2 * np.log(2 * np.pi)) - (4 + 0 + 1) * d / 2
    assert trace.log_likelihoods[0] == pytest.approx(peak + others, rel=1e-13)


@pytest.mark.parametrize("weight", [1e-12, 1e-100, 1e-300])
def test_a_tiny_weight_is_not_rounded_to_something_else(weight):
    points = [-1.0, 0, 1, 4, 5, 6, 40]
    start = GaussianMixture.univariate([weight, 1 - weight], [0, 3], [4, 50])
    # A log of -690 is known to 1e-13, and so is every responsibility made from it.
    _assert_digits(points, start, 3, 1e-12, means=1e-13)


@pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)
@pytest.mark.parametrize("scale", [(1.0, 1.0), (1e-6, 1e6), (1e140, 1e140)])
def test_two_dimensions(covariance_type, scale):
    if covariance_type == "spherical" and scale[0] != scale[1]:
        pytest.skip("spherical covariances need one unit on both axes")
    points = PLANE * scale
    variances = np.diag(np.square(scale))
    start = GaussianMixture([0.4, 0.6], [points[1], points[5]], [variances, variances])
    _assert_digits(points, start, 6, 1e-12, covariance_type)


def test_repeat_counts():
    counts = [1, 3, 0.5, 2, 1e-3, 1, 4, 1]
    start = GaussianMixture.univariate([0.5, 0.5], [1, 7], [1, 1])
    _assert_digits(SHAPE, start, 8, 1e-13, sample_weight=counts)


@pytest.mark.parametrize("points", [[3.5], [0.1, 0.1, 0.1], [[1, 2], [1, 2]]])
def test_identical_points_collapse_at_once_and_keep_the_start(points):
    d = np.ndim(points)
    start = GaussianMixture([1.0], np.zeros((1, d)), [np.eye(d)])
    trace = fit(points, start)
    assert (trace.outcome, trace.n_iter, trace.iteration) == ("collapsed", 0, 1)
    assert trace.mixtures == (start,)
    assert trace.components == (0,)


def test_exactly_collinear_points_collapse():
    x = np.array([0.0, 1, 2, 3, 7, 8, 9])
    points = np.column_stack([x, 2 * x + 1])
    start = GaussianMixture([0.5, 0.5], [[1, 3], [8, 17]], [np.eye(2)] * 2)
    trace = fit(points, start)
    assert trace.outcome == "collapsed"
    assert np.isfinite(trace.log_likelihoods).all()


def test_collinear_points_are_well_fitted_by_a_diagonal_covariance():
    x = np.array([0.0, 1, 2, 3, 7, 8, 9])
    points = np.column_stack([x, 2 * x + 1])
    start = GaussianMixture([0.5, 0.5], [[1, 3], [8, 17]], [np.eye(2)] * 2)
    assert fit(points, start, "diag").outcome == "converged"


def test_a_component_with_no_share_left_is_empty():
    start = GaussianMixture.univariate([0.5, 0.5], [0, 1e9], [1, 1])
    trace = fit([0.0, 1, 2, 3], start)
    assert (trace.outcome, trace.components, trace.n_iter) == ("empty", (1,), 0)
    assert trace.mixtures == (start,)
    assert "Component 2 became empty at iteration 1" in trace.message


def test_a_share_too_small_for_a_double_is_empty_too():
    start = GaussianMixture.univariate([0.3, 0.3, 0.4], [0, 0, 50], [1, 1, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = fit([0.2, -0.9, -1, 1.2, 1.8], start)
    assert (trace.outcome, trace.components, trace.n_iter) == ("empty", (2,), 0)
    assert np.isfinite(trace.log_likelihoods).all()


def test_the_variance_about_a_mean_that_jumped_far_keeps_its_digits():
    points = 1e6 + SHAPE
    start = GaussianMixture.univariate([0.5, 0.5], [0, 2e6], [1e12, 1e12])
    _assert_digits(points, start, 3, 1e-13)


def test_a_start_whose_densities_have_no_logarithm_is_refused():
    start = GaussianMixture.univariate([1.0], [0.0], [1e-308])
    with pytest.raises(InputError, match="start with larger variances") as refused:
        fit([1e150, 2e150], start)
    assert refused.value.code == "start-too-narrow"


def test_m_step_refuses_what_has_no_mixture():
    with pytest.raises(InputError, match="Component 2 has no share") as empty:
        m_step([1.0, 2.0], [[1, 0], [1, 0]])
    assert empty.value.code == "empty"
    with pytest.raises(InputError, match="Component 1 has variance 0") as collapsed:
        m_step([1.0, 2.0], [[1, 0], [0, 1]])
    assert collapsed.value.code == "collapsed"


@pytest.mark.parametrize(
    ("mean", "variance"),
    [(0.11, 1 / 250), (0.15, 1 / 250), (0.29, 1 / 530), (0.39, 1 / 530), (0.11, 1 / 1300)],
)
def test_a_collapse_keeps_its_digits_though_the_mean_moves_far_further_than_the_spread(
    mean, variance
):
    """A spread of 1e-24 to 1e-136 about 0.1: the next point's share is all that keeps it from 0."""
    points = np.array([0.1, 1.1, 2.0, 2.3, 3.0])
    start = GaussianMixture.univariate([0.3, 0.7], [mean, 2], [variance, 1])
    trace = fit(points, start, max_iter=1, tol=0)
    assert trace.outcome == "collapsed"
    with workdps(600):
        _, _, covariances, log_likelihood = em(points[:, None].tolist(), start, 1)[1]
    assert trace.covariances[1, 0, 0, 0] == pytest.approx(float(covariances[0][0][0]), rel=1e-10)
    assert trace.log_likelihoods[1] == pytest.approx(float(log_likelihood), rel=1e-12)
    assert trace.lower_bounds[0] <= trace.log_likelihoods[1] + 1e-12
