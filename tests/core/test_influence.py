import numpy as np
import pytest

from em_core import GaussianMixture, InputError, Rules, candidate, e_step, fit, influence, what_if
from em_core.datasets import load

GALAXIES = load("galaxies").points
ACIDITY = load("acidity").points

FIXED = Rules(fixed_covariances=range(5))


def at_rest(points, K, covariance_type):
    mixture = candidate(points, K, covariance_type).mixture
    return fit(points, mixture, covariance_type, 5000, 1e-14).mixtures[-1]


@pytest.mark.parametrize(("name", "K"), [("galaxies", 3), ("old_faithful", 2)])
def test_leaving_one_out_is_fitting_without_it(name, K):
    points = load(name).points
    mixture = at_rest(points, K, "full")
    found = influence(points, mixture)
    assert found.exact
    whole = e_step(points, mixture).log_likelihood
    for i in (0, 5, int(found.order[0])):
        alone = fit(np.delete(points, i, axis=0), mixture, "full", 5000, 1e-13).mixtures[-1]
        np.testing.assert_allclose(found.means[i], alone.means, rtol=1e-4)
        np.testing.assert_allclose(found.weights[i], alone.weights, rtol=1e-4)
        np.testing.assert_allclose(found.covariances[i], alone.covariances, rtol=1e-3)
        displaced = 2 * (whole - e_step(points, alone).log_likelihood)
        assert found.displacements[i] == pytest.approx(displaced, rel=0.01, abs=1e-5)


def test_the_order_begins_with_the_most_influential():
    found = influence(ACIDITY, at_rest(ACIDITY, 2, "tied"), "tied")
    assert ACIDITY[found.order[0], 0] == ACIDITY.min()
    assert (np.diff(found.displacements[found.order]) <= 0).all()


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_the_jackknife_is_the_first_order_of_leaving_one_out(covariance_type):
    points = load("old_faithful").points
    mixture = at_rest(points, 2, covariance_type)
    exact = influence(points, mixture, covariance_type)
    stepped = influence(points, mixture, covariance_type, most_exact=0)
    assert not stepped.exact
    for name in ("weights", "means", "covariances"):
        whole = getattr(mixture, name)
        moved, expected = getattr(stepped, name) - whole, getattr(exact, name) - whole
        largest = np.maximum(np.abs(expected).max(axis=0), 1e-300)
        np.testing.assert_allclose(moved / largest, expected / largest, atol=0.15)
    middle = np.median(stepped.displacements / exact.displacements)
    assert middle == pytest.approx(1, abs=0.03)


def test_the_jackknife_of_one_gaussian_by_hand():
    """Without x the mean moves by −(x − m)/n, to first order."""
    points = np.array([0.0, 1, 2, 7])
    single = GaussianMixture.univariate([1], [points.mean()], [points.var()])
    found = influence(points, single, most_exact=0)
    offsets = points - points.mean()
    np.testing.assert_allclose(found.means[:, 0, 0], points.mean() - offsets / 4)
    shift = (offsets**2 - points.var()) / 4
    np.testing.assert_allclose(found.covariances[:, 0, 0, 0], points.var() - shift)
    expected = offsets**2 / points.var() / 4 + (offsets**2 / points.var() - 1) ** 2 / 8
    np.testing.assert_allclose(found.displacements, expected)


def test_many_points_are_left_out_to_first_order():
    mixture = GaussianMixture.univariate([0.4, 0.6], [0, 5], [1, 1])
    points = mixture.sample(3000, np.random.default_rng(0))[0]
    found = influence(points, fit(points, mixture, tol=1e-12).mixtures[-1])
    assert not found.exact
    assert found.displacements.shape == (3000,)


def test_repeated_points_share_their_influence_and_counts_are_people():
    values, counts = np.unique(GALAXIES.round(), return_counts=True)
    people = np.repeat(values, counts)
    start = at_rest(people, 2, "full")
    table = influence(values, start, sample_weight=counts)
    each = influence(people, start)
    first = np.searchsorted(people, values)
    np.testing.assert_allclose(table.displacements, each.displacements[first], rtol=1e-6)
    stepped = influence(values, start, sample_weight=counts, most_exact=0)
    people_stepped = influence(people, start, most_exact=0)
    np.testing.assert_allclose(stepped.means, people_stepped.means[first], rtol=1e-9)


def test_a_point_that_alone_holds_a_component_apart_is_infinitely_influential():
    points = np.concatenate([np.random.default_rng(0).normal(size=30), [50.0, 50.5, 51.0]])
    mixture = at_rest(points, 2, "full")
    sparse = influence(np.append(points[:30], [50.0, 50.5]), mixture)
    assert np.isposinf(sparse.displacements[-2:]).all()
    assert np.isfinite(sparse.displacements[:-2]).all()


def test_the_jackknife_needs_a_proper_maximum():
    twins = GaussianMixture.univariate([0.5, 0.5], [20.8, 20.8], [20.5, 20.5])
    with pytest.raises(InputError) as refusal:
        influence(GALAXIES, twins, most_exact=0)
    assert refusal.value.code == "not-definite"


def test_a_typo_in_the_galaxies_decides_between_two_optima():
    """26.69 for 26.96: with all variances .9025 another K = 5 optimum wins."""
    assert GALAXIES[77] == 26.96
    optima = [
        GaussianMixture.univariate(np.full(5, 0.2), means, np.full(5, 0.9025))
        for means in ([9.7, 19.7, 23.0, 26.3, 33.0], [9.7, 16.2, 20.1, 23.5, 33.0])
    ]
    found = what_if(GALAXIES, 77, 26.69, optima, "full", rules=FIXED)
    np.testing.assert_allclose(sorted(-2 * found.before), [412.209, 413.135], atol=1e-3)
    np.testing.assert_allclose(sorted(-2 * found.after), [411.169, 411.849], atol=1e-3)
    assert found.flips
    np.testing.assert_array_equal(found.mixtures[0].variances, 0.9025)
    back = what_if(GALAXIES, 77, 26.97, optima, "full", rules=FIXED)
    assert not back.flips


def test_a_point_that_is_not_there_cannot_be_changed():
    with pytest.raises(InputError) as refusal:
        what_if(GALAXIES, 82, 26.69, [GaussianMixture.univariate([1], [20], [20])])
    assert refusal.value.code == "index"
