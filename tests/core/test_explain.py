"""The written-out arithmetic is the notebook's, and adds up to the steps EM takes."""

import numpy as np
import pytest

from em_core import GaussianMixture, InputError, e_step, m_step
from em_core.datasets import load
from em_core.report.explain import (
    explain_component,
    explain_density,
    explain_iteration,
    explain_posterior,
    explain_posteriors,
)

FIVE = np.array([0.2, -0.9, -1.0, 1.2, 1.8])
START = GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])
NOTEBOOK_SHARES = [
    0.29421497216298875,
    0.6224593312018546,
    0.6513548646660543,
    0.10669059394565118,
    0.053403329799824234,
]
TYPES = ["full", "tied", "diag", "spherical"]


def penguins():
    points = load("penguins").points
    start = GaussianMixture(
        [0.4, 0.2, 0.4], [[38, 18], [49, 18], [47, 15]], [np.diag([9.0, 1.0])] * 3
    )
    return points, start


def test_posteriors_are_the_notebooks_digits():
    accounts = explain_posteriors(FIVE, START, range(5))
    shares = [account.terms[0].posterior for account in accounts]
    np.testing.assert_allclose(shares, NOTEBOOK_SHARES, rtol=1e-14)


def test_the_posterior_is_prior_times_density_over_evidence():
    account = explain_posterior(FIVE, START, 0)
    density = np.exp(-((0.2 - np.array([-3, 2])) ** 2) / 8) / np.sqrt(8 * np.pi)
    np.testing.assert_allclose([t.density for t in account.terms], density, rtol=1e-14)
    assert [t.prior for t in account.terms] == [0.5, 0.5]
    assert [t.component for t in account.terms] == [0, 1]
    for term in account.terms:
        assert term.product == term.prior * term.density
        assert term.posterior == pytest.approx(term.product / account.evidence, rel=1e-14)
        assert term.log_product == pytest.approx(np.log(term.product), rel=1e-14)
    assert account.evidence == sum(t.product for t in account.terms)
    assert account.log_evidence == pytest.approx(np.log(account.evidence), rel=1e-14)
    assert account.point.tolist() == [0.2]
    assert not account.underflow
    assert not account.overflow


def test_in_the_far_tails_the_logarithms_hold_and_the_underflow_is_admitted():
    account = explain_posterior([1e3], START, 0)
    assert account.underflow
    assert account.evidence == 0
    # (x+3)^2/8 - (x-2)^2/8 = (10 x + 5)/8
    first, second = (t.log_product for t in account.terms)
    assert second - first == pytest.approx((10 * 1e3 + 5) / 8, rel=1e-12)
    assert account.log_evidence == pytest.approx(second, rel=1e-14)
    np.testing.assert_array_equal(account.posteriors, [0, 1])


def test_between_two_far_components_the_posterior_is_still_shared():
    mixture = GaussianMixture.univariate([0.25, 0.75], [-100, 100], [1, 1])
    account = explain_posterior([0.0], mixture, 0)
    assert account.underflow
    np.testing.assert_allclose(account.posteriors, [0.25, 0.75], rtol=1e-11)


def test_densities_beyond_the_largest_double_are_admitted_too():
    d = 3
    mixture = GaussianMixture([1.0], np.zeros((1, d)), np.eye(d)[None] * 1e-280)
    account = explain_posterior(np.zeros((2, d)), mixture, 1)
    assert account.overflow
    assert np.isfinite(account.log_evidence)
    np.testing.assert_array_equal(account.posteriors, [1])


def test_a_point_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="Point 6"):
        explain_posterior(FIVE, START, 5)
    with pytest.raises(InputError, match="Component 3"):
        explain_component(FIVE, e_step(FIVE, START).responsibilities, 2)


def test_the_component_sums_are_the_notebooks_digits():
    responsibilities = e_step(FIVE, START).responsibilities
    account = explain_component(FIVE, responsibilities, 0)
    assert account.effective_size == pytest.approx(1.7281230917763732, rel=1e-14)
    assert account.weight == pytest.approx(0.34562461835527464, rel=1e-14)
    assert account.mean[0] == pytest.approx(-0.5373289474340418, rel=1e-14)
    assert account.covariance[0, 0] == pytest.approx(0.5757859076870627, rel=1e-14)


def test_the_contributions_are_what_the_sums_are_made_of():
    account = explain_component(FIVE, e_step(FIVE, START).responsibilities, 0)
    r = np.array(NOTEBOOK_SHARES)
    np.testing.assert_allclose(account.responsibilities, r, rtol=1e-14)
    np.testing.assert_allclose(account.weighted_points[:, 0], r * FIVE, rtol=1e-14)
    squares = r * (FIVE - account.mean[0]) ** 2
    np.testing.assert_allclose(account.weighted_squares[:, 0, 0], squares, rtol=1e-14)
    total = account.effective_size
    assert account.weighted_points.sum() / total == pytest.approx(account.mean[0], rel=1e-14)
    assert squares.sum() / total == pytest.approx(account.covariance[0, 0], rel=1e-14)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("covariance_type", TYPES)
def test_components_add_up_to_the_m_step(covariance_type, weighted):
    points, start = penguins()
    weights = np.random.default_rng(0).integers(0, 4, len(points)) if weighted else None
    responsibilities = e_step(points, start).responsibilities
    after = m_step(points, responsibilities, covariance_type, weights)
    for j in range(3):
        account = explain_component(points, responsibilities, j, covariance_type, weights)
        np.testing.assert_allclose(account.weight, after.weights[j], rtol=1e-13)
        np.testing.assert_allclose(account.mean, after.means[j], rtol=1e-13)
        np.testing.assert_allclose(account.covariance, after.covariances[j], rtol=1e-12, atol=1e-13)
        sums = account.weighted_squares.sum(axis=0) / account.effective_size
        np.testing.assert_allclose(account.scatter, sums, rtol=1e-13)
        np.testing.assert_allclose(
            account.weighted_points.sum(axis=0) / account.effective_size, account.mean, rtol=1e-13
        )


def test_a_tied_covariance_is_told_as_the_pooled_scatters():
    points, start = penguins()
    responsibilities = e_step(points, start).responsibilities
    account = explain_component(points, responsibilities, 1, "tied")
    assert [term.component for term in account.pooled] == [0, 1, 2]
    pooled = sum(t.effective_size * t.scatter for t in account.pooled) / account.total_weight
    np.testing.assert_allclose(account.covariance, pooled, rtol=1e-13)
    np.testing.assert_allclose(account.pooled[1].scatter, account.scatter, rtol=1e-13)
    assert explain_component(points, responsibilities, 1, "full").pooled == ()


@pytest.mark.parametrize("shift", [1e9, 1e15])
def test_an_offset_costs_no_digits(shift):
    points = FIVE * 64 + shift
    responsibilities = e_step(FIVE, START).responsibilities
    near = explain_component(points - shift, responsibilities, 0)
    far = explain_component(points, responsibilities, 0)
    np.testing.assert_allclose(far.covariance, near.covariance, rtol=1e-13)
    np.testing.assert_allclose(far.mean - shift, near.mean, atol=np.spacing(shift))


def test_weights_are_repetitions():
    counts = [3, 1, 2, 1, 4]
    r = e_step(FIVE, START).responsibilities
    weighted = explain_component(FIVE, r, 0, sample_weight=counts)
    repeated = explain_component(np.repeat(FIVE, counts), np.repeat(r, counts, axis=0), 0)
    assert weighted.effective_size == pytest.approx(repeated.effective_size, rel=1e-14)
    assert weighted.weight == pytest.approx(repeated.weight, rel=1e-14)
    np.testing.assert_allclose(weighted.covariance, repeated.covariance, rtol=1e-14)


def test_top_contributors_are_those_with_the_largest_share_in_order():
    account = explain_component(FIVE, e_step(FIVE, START).responsibilities, 0)
    assert account.top_contributors(3).tolist() == [2, 1, 0]
    assert account.top_contributors(99).tolist() == [2, 1, 0, 3, 4]
    assert account.top_contributors(0).tolist() == []


@pytest.mark.parametrize("covariance_type", TYPES)
def test_the_tables_of_an_iteration(covariance_type):
    points, start = penguins()
    counts = np.random.default_rng(0).integers(0, 4, len(points))
    table = explain_iteration(points, start, covariance_type, counts)
    step = e_step(points, start, counts)
    assert table.after == m_step(points, step.responsibilities, covariance_type, counts)
    assert table.before == start
    assert table.log_likelihood == pytest.approx(step.log_likelihood, rel=1e-14)
    assert counts @ table.log_evidence == pytest.approx(step.log_likelihood, rel=1e-14)
    np.testing.assert_allclose(table.products, table.priors * table.densities, rtol=1e-14)
    np.testing.assert_allclose(table.products.sum(axis=1), table.evidence, rtol=1e-14)
    np.testing.assert_allclose(table.products / table.evidence[:, None], table.responsibilities)
    np.testing.assert_allclose(table.effective_sizes, counts @ table.responsibilities)
    np.testing.assert_allclose(table.effective_sizes / counts.sum(), table.after.weights)


def test_the_tables_hold_the_notebooks_digits():
    table = explain_iteration(FIVE, START)
    np.testing.assert_allclose(table.responsibilities[:, 0], NOTEBOOK_SHARES, rtol=1e-14)
    assert table.effective_sizes[0] == pytest.approx(1.7281230917763732, rel=1e-14)
    assert table.after.weights[0] == pytest.approx(0.34562461835527464, rel=1e-14)
    assert table.after.means[0, 0] == pytest.approx(-0.5373289474340418, rel=1e-14)
    assert table.after.variances[0] == pytest.approx(0.5757859076870627, rel=1e-14)


def test_some_rows_of_the_e_table_leave_the_m_table_whole():
    points, start = penguins()
    whole = explain_iteration(points, start)
    some = explain_iteration(points, start, rows=[7, 2])
    np.testing.assert_array_equal(some.points, points[[7, 2]])
    np.testing.assert_array_equal(some.responsibilities, whole.responsibilities[[7, 2]])
    np.testing.assert_allclose(some.densities, whole.densities[[7, 2]], rtol=1e-14)
    assert some.after == whole.after


def test_nothing_is_mutated():
    points, responsibilities = FIVE.copy(), e_step(FIVE, START).responsibilities.copy()
    counts = np.arange(1.0, 6.0)
    explain_component(points, responsibilities, 1, "tied", counts)
    explain_iteration(points, START, "tied", counts)
    np.testing.assert_array_equal(points, FIVE)
    np.testing.assert_array_equal(responsibilities, e_step(FIVE, START).responsibilities)
    np.testing.assert_array_equal(counts, np.arange(1.0, 6.0))


def test_a_density_is_written_out_in_its_parts():
    covariance = np.array([[4, 1.5], [1.5, 9]])
    mixture = GaussianMixture([0.4, 0.6], [[1, 2], [0, 0]], [np.eye(2), covariance])
    x = np.array([[3.0, -1.0]])
    account = explain_density(x, mixture, 0, 1)
    assert account.determinant == pytest.approx(np.linalg.det(covariance), rel=1e-12)
    assert account.squared_distance == pytest.approx(
        x[0] @ np.linalg.inv(covariance) @ x[0], rel=1e-12
    )
    written_out = np.exp(-account.squared_distance / 2) / (2 * np.pi * account.determinant**0.5)
    assert account.density == pytest.approx(written_out, rel=1e-12)
    with pytest.raises(InputError, match="Component 3"):
        explain_density(x, mixture, 0, 2)
