"""Where the engine takes another way, and what it calls rounding: each limit from both sides."""

import numpy as np
import pytest

from em_core import GaussianMixture, InputError, fit, m_step
from em_core.datasets import load


def test_many_points_far_from_0_have_the_digits_of_points_at_0():
    """At 1e15 a double holds a mean to an eighth. Over many blocks of points, too, what rounding
    took from the means is not left out, or the log-likelihood would be off by 0.4."""
    rng = np.random.default_rng(0)
    points = (
        np.round(np.concatenate([rng.normal(0, 4, 120_000), rng.normal(30, 9, 80_000)]) * 8) / 8
    )

    def run(offset):
        start = GaussianMixture.univariate([0.5, 0.5], np.array([2, 25]) + offset, [30, 60])
        return fit(points + offset, start, max_iter=3, tol=0)

    here, there = run(0.0), run(1e15)
    np.testing.assert_allclose(there.log_likelihoods, here.log_likelihoods, rtol=1e-13)
    np.testing.assert_allclose(there.covariances, here.covariances, rtol=1e-11)


@pytest.mark.parametrize(("spread", "collapsed"), [(0.99e-12, True), (1.01e-12, False)])
def test_a_variance_has_collapsed_at_a_millionth_of_a_millionth_of_the_range(spread, collapsed):
    """Nearer than that the digits of a double are spent; wider, an honest fit is left alone."""
    points = [-spread, spread, 0.25, 0.5, 0.75, 1 - spread]
    start = GaussianMixture.univariate([0.3, 0.7], [0, 0.6], [1e-18, 0.05])
    trace = fit(points, start, max_iter=1, tol=0)
    assert (trace.outcome == "collapsed") == collapsed
    assert trace.covariances[1, 0, 0, 0] == pytest.approx(spread**2, rel=1e-12)


@pytest.mark.parametrize(("scale", "collapsed"), [(1e-149, True), (1e-147, False)])
def test_a_variance_has_collapsed_where_it_is_no_normal_double(scale, collapsed):
    """Far from a millionth of a millionth of the range, but digits are lost below 2e-308."""
    points = np.array([-1e-6, 1e-6, 0.25, 0.5, 0.75, 1]) * scale
    start = GaussianMixture.univariate([0.3, 0.7], [0, 0.6 * scale], [1e-5 * scale**2, scale**2])
    trace = fit(points, start, max_iter=20, tol=0)
    assert (trace.outcome == "collapsed") == collapsed
    assert (trace.covariances >= np.finfo(float).tiny).all()


@pytest.mark.parametrize(("eigenvalue", "collapsed"), [(0.6e-12, True), (1.7e-12, False)])
def test_a_correlation_has_collapsed_where_it_is_singular_to_a_millionth_of_a_millionth(
    eigenvalue, collapsed
):
    x, off = np.array([-1.0, -1, 1, 1]), np.sqrt(2 * eigenvalue) * np.array([-1.0, 1, -1, 1])
    points = np.column_stack([x, x + off])
    trace = fit(points, GaussianMixture([1.0], [[0, 0]], [np.eye(2)]), max_iter=1, tol=0)
    assert (trace.outcome == "collapsed") == collapsed


@pytest.mark.parametrize(("eigenvalue", "refused"), [(0.5e-15, True), (2e-15, False)])
def test_a_covariance_is_refused_where_a_double_cannot_tell_it_from_a_singular_one(
    eigenvalue, refused
):
    covariance = [[1, 1 - eigenvalue], [1 - eigenvalue, 1]]
    if not refused:
        GaussianMixture([1.0], [[0, 0]], [covariance])
        return
    with pytest.raises(InputError, match="not positive definite"):
        GaussianMixture([1.0], [[0, 0]], [covariance])


@pytest.mark.parametrize(("off", "n_iter"), [(0.5e-14, 1), (2e-14, 2)])
def test_variances_that_are_equal_to_rounding_are_equal(off, n_iter):
    """Else a run carried on from its own digits would take an iteration to be 'brought into'
    equal variances before it may converge."""
    points = load("old_faithful_waiting").points
    start = GaussianMixture.univariate([0.5, 0.5], [55, 80], [40, 40])
    end = fit(points, start, "tied", tol=1e-12, max_iter=2000).mixtures[-1]
    almost = GaussianMixture(
        end.weights, end.means, end.covariances * np.array([1 - off, 1 + off])[:, None, None]
    )
    again = fit(points, almost, "tied", tol=1e-6)
    assert (again.outcome, again.n_iter) == ("converged", n_iter)


@pytest.mark.parametrize("miss", [0.7e-3, -0.7e-3])
def test_weights_and_responsibilities_may_miss_1_by_what_rounding_to_three_digits_takes(miss):
    mixture = GaussianMixture.univariate([0.5, 0.5 + miss], [0, 1], [1, 1])
    assert mixture.weights.sum() == pytest.approx(1, abs=1e-15)
    m_step([0.0, 1, 2], [[0.5, 0.5 + miss]] * 3)
    with pytest.raises(InputError, match="weights sum to"):
        GaussianMixture.univariate([0.5, 0.5 + 2 * miss], [0, 1], [1, 1])
    with pytest.raises(InputError, match="responsibilities of point 1 sum to"):
        m_step([0.0, 1, 2], [[0.5, 0.5 + 2 * miss]] * 3)


@pytest.mark.parametrize(("span", "fits"), [(0.7e153, True), (1.4e153, False)])
def test_the_widest_span_whose_square_is_a_variance(span, fits):
    _spans(span, fits)


@pytest.mark.parametrize(("span", "fits"), [(0.7e-151, False), (1.4e-151, True)])
def test_the_narrowest_span_whose_square_is_a_variance(span, fits):
    _spans(span, fits)


def _spans(span, fits):
    start = GaussianMixture.univariate([1.0], [span / 2], [min(span**2, 1e307)])
    if fits:
        trace = fit([0, span / 3, span], start, max_iter=2)
        assert np.isfinite(trace.log_likelihoods).all()
        return
    with pytest.raises(InputError, match="must lie between 1×10⁻¹⁵¹ and 1×10¹⁵³"):
        fit([0, span / 3, span], start)


def test_a_starved_component_goes_by_shares_too_small_for_the_quick_sums():
    """Its largest share is about e^-690; that of the next point, e^-705, must not count as e^-700.

    The oracle sums in logarithms."""
    middle, far = 0.0, 40.0
    points = np.array([far - np.sqrt(2 * 690), far - np.sqrt(2 * 705), middle, middle - 1])
    start = GaussianMixture.univariate([0.5, 0.5], [middle, far], [4, 1])
    joint = np.log(0.5) + start.log_densities(points)
    log_shares = joint[:, 1] - np.logaddexp.reduce(joint, axis=1)
    shares = np.exp(log_shares - log_shares.max())
    trace = fit(points, start, max_iter=1, tol=0)
    offsets = points - points[0]
    expected = (shares @ offsets) / shares.sum()
    assert 0 < expected / offsets[1] < 1e-5
    assert trace.means[1, 1, 0] - points[0] == pytest.approx(expected, rel=1e-6)
