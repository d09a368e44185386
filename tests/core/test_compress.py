import warnings

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from em_core import GaussianMixture, InputError, compress, e_step, fit


def _groups(n, seed=0):
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(0, 1, n), rng.normal(4, 1.5, n), rng.normal(-5, 0.7, n)])


START = GaussianMixture.univariate([1 / 3] * 3, [-4, 0, 3], [1, 1, 1])


@pytest.mark.parametrize("cells", [8, 64, 1000])
def test_moments_are_kept(cells):
    points = _groups(5000)
    c = compress(points, cells=cells)
    assert len(c.points) <= 2 * cells
    assert (c.sample_weight > 0).all()
    assert points.min() <= c.points.min()
    assert c.points.max() <= points.max()
    for power in range(4):
        kept = c.sample_weight @ c.points[:, 0] ** power
        assert kept == pytest.approx((points**power).sum(), rel=1e-12)


@given(
    st.integers(0, 1000), st.sampled_from([16, 32, 100, 400]), st.floats(0.05, 3), st.floats(0, 6)
)
@settings(deadline=None, max_examples=60)
def test_the_error_bound_holds(seed, cells, variance, distance):
    points = _groups(300, seed)
    mixture = GaussianMixture.univariate([0.3, 0.7], [0, distance], [variance, 1])
    c = compress(points, cells=cells)
    exact = e_step(points, mixture).log_likelihood
    kept = e_step(c.points, mixture, c.sample_weight).log_likelihood
    assert abs(exact - kept) / len(points) <= c.error_bound(mixture) + 1e-13


@given(
    st.lists(st.floats(-307, 300), min_size=2, max_size=3),
    st.integers(0, 10),
    st.sampled_from([1e-140, 1.0, 1e140]),
)
@example([-170.0, 0.0], 0, 1.0)
@example([-307.0, -307.0], 0, 1.0)
@settings(deadline=None, max_examples=60)
def test_the_bound_is_honest_for_any_variance(powers, seed, scale):
    """Finite only where it can be given, and then no less than the error."""
    points = _groups(200, seed) * scale
    means = np.linspace(-5, 4, len(powers)) * scale
    variances = 10.0 ** np.clip(np.array(powers) + 2 * np.log10(scale), -307, 307)
    mixture = GaussianMixture.univariate(np.full(len(means), 1 / len(means)), means, variances)
    c = compress(points, cells=64)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        bound = c.error_bound(mixture)
    assert bound >= 0
    try:
        with np.errstate(all="ignore"):
            exact = e_step(points, mixture).log_likelihood
            kept = e_step(c.points, mixture, c.sample_weight).log_likelihood
    except InputError as refused:
        if refused.code != "density-underflow":
            raise
        return
    rounding = 1e-13 * (1 + abs(exact) / len(points))
    assert abs(exact - kept) / len(points) <= bound + rounding


@pytest.mark.parametrize(("slope", "curvature"), [(0.1, 0), (0.05, 0.0025), (0.01, 0.01)])
def test_the_bound_is_nearly_reached(slope, curvature):
    """In a cell of width 1 with half its points at the centre and half at its two edges, under a
    posterior that hardly doubts. By turns all of the bound is S^4, most of it 6 S^2 V or 3 V^2."""
    points = np.repeat([-0.5, 0, 0.5], [25, 50, 25])
    narrow = 0.02
    wide = narrow - curvature
    mixture = GaussianMixture.univariate([0.99, 0.01], [0, slope / wide], [1 / narrow, 1 / wide])
    c = compress(points, cells=1)
    exact = e_step(points, mixture).log_likelihood
    kept = e_step(c.points, mixture, c.sample_weight).log_likelihood
    error = abs(exact - kept) / len(points)
    assert error == pytest.approx(c.error_bound(mixture), rel=0.4)
    assert error < c.error_bound(mixture)


def test_the_bound_holds_where_the_posterior_changes_within_a_cell():
    """The nodes lie where there is next to no doubt, and a few points where there is some."""
    points, counts = np.array([-0.5, -0.38, -0.25, 0.5]), [0.4834, 0.0077, 0.4245, 0.0067]
    mixture = GaussianMixture.univariate([0.98, 0.02], [2.72, 1.336], [0.11, 0.11])
    c = compress(points, counts, cells=1)
    exact = e_step(points, mixture, counts).log_likelihood
    kept = e_step(c.points, mixture, c.sample_weight).log_likelihood
    assert 1e-9 < abs(exact - kept) / sum(counts) < c.error_bound(mixture)


def test_more_than_twenty_thousand_values_most_of_them_equal():
    """27 582 zeros among 27 765 values: a component may shrink to a variance of 1e-170."""
    points = np.concatenate([np.zeros(27_582), np.tile(np.arange(1.0, 62.0), 3)])
    c = compress(points)
    narrow = GaussianMixture.univariate([0.99, 0.01], [0, 20], [1e-170, 300])
    assert c.error_bound(narrow) == np.inf
    wide = GaussianMixture.univariate([0.99, 0.01], [0, 20], [100, 300])
    assert c.error_bound(wide) < 1e-9


def test_values_that_are_only_merged_cost_nothing():
    c = compress([3.0, 3.0, 3.0])
    assert c.error_bound(GaussianMixture.univariate([1.0], [3.0], [1e-300])) == 0


def test_the_bound_shrinks_with_the_fourth_power_of_the_cell():
    points = _groups(20_000)
    coarse, fine = (compress(points, cells=cells).error_bound(START) for cells in (4000, 8000))
    assert coarse / fine == pytest.approx(16, rel=0.1)


def test_em_on_the_compressed_points_is_em_on_the_points():
    points = _groups(30_000)
    c = compress(points)
    exact = fit(points, START, max_iter=30, tol=0)
    kept = fit(c.points, START, max_iter=30, tol=0, sample_weight=c.sample_weight)
    np.testing.assert_allclose(kept.covariances, exact.covariances, rtol=1e-10)
    np.testing.assert_allclose(kept.log_likelihoods, exact.log_likelihoods, rtol=1e-12)
    assert c.error_bound(exact.mixtures[-1]) < 1e-8


def test_sample_weights_count_as_repetition():
    points = np.round(_groups(200), 1)
    different, counts = np.unique(points, return_counts=True)
    a, b = compress(points, cells=50), compress(different, counts, cells=50)
    np.testing.assert_allclose(a.points, b.points, rtol=1e-12)
    np.testing.assert_allclose(a.sample_weight, b.sample_weight, rtol=1e-12)


@pytest.mark.parametrize(
    "points", [[2.5] * 9, 1e15 + np.array([0.0, 1, 1, 2, 8]), [3.0]], ids=["same", "far", "one"]
)
def test_values_too_close_for_cells_are_only_merged(points):
    c = compress(points)
    different, counts = np.unique(points, return_counts=True)
    np.testing.assert_array_equal(c.points[:, 0], different)
    np.testing.assert_array_equal(c.sample_weight, counts)
    assert c.n_points == len(points)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(([[1, 2], [3, 4]],), "dimension"), (([1, 2], None, 0), "cells"), (([],), "no-points")],
)
def test_what_cannot_be_compressed_is_refused(arguments, code):
    with pytest.raises(InputError) as refused:
        compress(*arguments)
    assert refused.value.code == code
