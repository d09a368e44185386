"""Rules: the temperature of the E-step, and what the M-step holds."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import logsumexp
from sklearn.cluster import KMeans

from em_core import (
    COVARIANCE_TYPES,
    GaussianMixture,
    InputError,
    Rules,
    e_step,
    extend,
    fit,
    fit_many,
    iterate,
    m_step,
)
from em_core.datasets import load
from tests.core.problems import is_far_from_collapse, problems, rounding

TYPES = st.sampled_from(COVARIANCE_TYPES)
WAITING = load("old_faithful_waiting").points
FAITHFUL = load("old_faithful").points
TEMPERATURES = st.sampled_from([0.0, 1e-3, 0.5, 1.0, 1.7, 30.0, 1e9])


@st.composite
def ruled_problems(draw):
    """(points, start, covariance_type, rules); equal weights are those of the start already."""
    points, start = draw(problems(dimensions=(1, 2)))
    covariance_type = draw(TYPES)
    some = st.lists(st.integers(0, start.n_components - 1), max_size=start.n_components)
    equal = draw(st.booleans())
    fixed_covariances = draw(some)
    if covariance_type == "tied" and fixed_covariances:
        fixed_covariances = range(start.n_components)
    if equal:
        even = np.full(start.n_components, 1 / start.n_components)
        start = GaussianMixture(even, start.means, start.covariances)
    fixed_weights = () if equal else draw(some)
    rules = Rules(draw(TEMPERATURES), equal, fixed_weights, draw(some), fixed_covariances)
    return points, start, covariance_type, rules


def lloyd(points, means, n_iter):
    """k-means, as its definition says."""
    history = [means]
    for _ in range(n_iter):
        nearest = np.square(points[:, None] - means).sum(axis=2).argmin(axis=1)
        means = np.stack([points[nearest == k].mean(axis=0) for k in range(len(means))])
        history.append(means)
    return np.stack(history)


@pytest.mark.parametrize("variance", [0.01, 25.0])
@pytest.mark.parametrize(
    ("points", "first"),
    [(WAITING, np.array([[43.5], [46.5], [50.5]])), (FAITHFUL, FAITHFUL[[3, 40, 100]])],
    ids=["line", "plane"],
)
def test_hard_with_equal_weights_and_fixed_spheres_is_k_means(points, first, variance):
    spheres = [np.eye(points.shape[1]) * variance] * 3
    start = GaussianMixture([1 / 3] * 3, first, spheres)
    rules = Rules(temperature=0, equal_weights=True, fixed_covariances=range(3))
    trace = fit(points, start, "spherical", rules=rules)
    np.testing.assert_allclose(trace.means, lloyd(points, first, trace.n_iter), rtol=1e-13)
    theirs = KMeans(3, init=first, n_init=1, tol=0, algorithm="lloyd").fit(points)
    np.testing.assert_allclose(trace.means[-1], theirs.cluster_centers_, rtol=1e-12)
    assert trace.outcome == "converged"
    assert trace.n_iter > 4
    hard = e_step(points, trace.mixtures[-1], rules=rules).responsibilities
    np.testing.assert_array_equal(hard.argmax(axis=1), theirs.labels_)
    assert set(np.unique(hard)) == {0, 1}
    within = -2 * variance * (trace.free_energies - trace.free_energies[-1])
    inertia = [np.square(points[:, None] - m).sum(axis=2).min(axis=1).sum() for m in trace.means]
    np.testing.assert_allclose(within, np.array(inertia) - theirs.inertia_, atol=1e-7)


def test_sas_galaxies_with_all_variances_fixed():
    """SAS/STAT, PROC FMM, getting started: 26.96 thousand km/s corrected, variances 0.9025."""
    start = GaussianMixture.univariate([0.2] * 5, [9.7, 19.5, 22.5, 26, 33], [0.9025] * 5)
    rules = Rules(fixed_covariances=range(5))
    trace = fit(load("galaxies").points, start, max_iter=2000, tol=1e-12, rules=rules)
    assert trace.outcome == "converged"
    assert -2 * trace.log_likelihoods[-1] == pytest.approx(412.2, abs=0.05)
    np.testing.assert_allclose(trace.means[-1, 3:, 0], [26.3266, 33.0443], atol=5e-5)
    assert (trace.covariances == 0.9025).all()


@given(ruled_problems(), st.sampled_from([0.0, 0.05]))
def test_the_free_energy_never_falls(problem, floor):
    points, start, covariance_type, rules = problem
    trace = fit(points, start, covariance_type, 40, 0, variance_floor=floor, rules=rules)
    slack = 1e-11 * (1 + np.abs(trace.free_energies)) + rounding(trace, len(points))
    slack = slack[:-1] + slack[1:]
    brought = 0 if covariance_type == "full" and not floor else 1
    assert (np.diff(trace.free_energies) >= -slack)[brought:].all()
    assert (trace.lower_bounds <= trace.free_energies[1:] + slack).all()
    assert (trace.lower_bounds >= trace.free_energies[:-1] - slack)[brought:].all()


@given(ruled_problems())
def test_free_energies_are_what_they_say(problem):
    points, start, covariance_type, rules = problem
    trace = fit(points, start, covariance_type, 3, 0, rules=rules)
    lost = rounding(trace, len(points))
    for t, mixture in enumerate(trace.mixtures):
        joint = mixture.log_densities(points) + np.log(mixture.weights)
        T = rules.temperature
        direct = T * logsumexp(joint / T, axis=1) if T else joint.max(axis=1)
        assert trace.free_energies[t] == pytest.approx(direct.sum(), rel=1e-9, abs=lost[t])
        evidence = logsumexp(joint, axis=1).sum()
        assert trace.log_likelihoods[t] == pytest.approx(evidence, rel=1e-10, abs=lost[t])


@given(ruled_problems(), st.booleans())
def test_fit_iterate_fit_many_and_the_two_steps_by_hand_agree(problem, weighted):
    points, mixture, covariance_type, rules = problem
    weight = np.linspace(0.5, 2, len(points)) if weighted else None
    options = {"max_iter": 4, "tol": 0, "sample_weight": weight, "rules": rules}
    trace = fit(points, mixture, covariance_type, **options)
    fits = fit_many(points, [mixture] * 2, covariance_type, **options)
    assert fits.outcomes == (trace.outcome,) * 2
    lost = rounding(trace, 2 * len(points))
    np.testing.assert_allclose(fits.means[1], trace.means[-1], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(fits.free_energies[1], trace.free_energies[-1], 1e-9, lost[-1])
    for step in iterate(points, mixture, covariance_type, **options):
        frame = trace.frame(step.half_step)
        assert step.free_energy == frame.free_energy
        allowed = {"rel": 1e-8, "abs": 1e-8 + lost[: frame.n_iter + 1].max()}
        assert step.lower_bound + step.kl_gap == pytest.approx(step.free_energy, **allowed)
        if step.half_step <= trace.last_half_step:
            assert step.lower_bound == pytest.approx(frame.lower_bound, **allowed)
    assume(is_far_from_collapse(trace))
    for t in range(1, trace.n_iter + 1):
        e = e_step(points, mixture, weight, rules)
        assert e.free_energy == pytest.approx(trace.free_energies[t - 1], rel=1e-9)
        mixture = m_step(points, e.responsibilities, covariance_type, weight, rules, mixture)
        np.testing.assert_allclose(trace.weights[t], mixture.weights, rtol=1e-8)
        np.testing.assert_allclose(trace.means[t], mixture.means, rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(trace.covariances[t], mixture.covariances, rtol=1e-6, atol=1e-9)


@given(ruled_problems())
def test_what_is_fixed_keeps_the_start_s_value_to_the_bit(problem):
    points, start, covariance_type, rules = problem
    trace = fit(points + 1e6, _moved(start, 1e6), covariance_type, 5, 0, rules=rules)
    first = trace.mixtures[0]
    for mixture in trace.mixtures[1:]:
        for name, held in (
            ("weights", rules.fixed_weights),
            ("means", rules.fixed_means),
            ("covariances", rules.fixed_covariances),
        ):
            kept = list(held)
            np.testing.assert_array_equal(getattr(mixture, name)[kept], getattr(first, name)[kept])
        if rules.equal_weights:
            np.testing.assert_array_equal(mixture.weights, 1 / start.n_components)
        assert mixture.weights.sum() == pytest.approx(1, rel=1e-12)


def _moved(mixture, by):
    return GaussianMixture(mixture.weights, mixture.means + by, mixture.covariances)


def test_free_weights_share_what_is_left_in_proportion():
    start = GaussianMixture.univariate([0.5, 0.2, 0.3], [0, 4, 9], [1, 1, 1])
    points = [0.0, 1, 3, 4, 5, 8, 9]
    sizes = e_step(points, start).responsibilities.sum(axis=0)
    weights = fit(points, start, max_iter=1, rules=Rules(fixed_weights=[0])).weights[1]
    assert weights[0] == 0.5
    np.testing.assert_allclose(weights[1:], 0.5 * sizes[1:] / sizes[1:].sum(), rtol=1e-14)


@pytest.mark.parametrize("offset", [0.0, 1e15])
def test_a_variance_is_taken_about_the_fixed_mean(offset):
    points = np.array([0.0, 1, 2, 3, 5, 6, 8, 9])
    start = GaussianMixture.univariate([0.5, 0.5], [1 + offset, 7 + offset], [1, 1])
    shares = e_step(points + offset, start).responsibilities
    trace = fit(points + offset, start, max_iter=1, rules=Rules(fixed_means=[0]))
    expected = shares[:, 0] @ (points - 1) ** 2 / shares[:, 0].sum()
    assert trace.covariances[1, 0, 0, 0] == pytest.approx(expected, rel=1e-14)


def test_temperature_1_is_em_bit_for_bit_and_its_neighbours_are_close():
    start = GaussianMixture.univariate([0.5, 0.5], [50, 80], [40, 40])
    plain = fit(WAITING, start, max_iter=20, tol=0)
    same = fit(WAITING, start, max_iter=20, tol=0, rules=Rules(temperature=1))
    near = fit(WAITING, start, max_iter=20, tol=0, rules=Rules(temperature=1 + 1e-12))
    for name in ("weights", "means", "covariances", "log_likelihoods", "lower_bounds"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(same, name))
        np.testing.assert_allclose(getattr(plain, name), getattr(near, name), rtol=1e-10)
    np.testing.assert_array_equal(plain.free_energies, plain.log_likelihoods)
    np.testing.assert_allclose(near.free_energies, plain.log_likelihoods, rtol=1e-10)


def test_hard_ties_go_to_the_first():
    start = GaussianMixture.univariate([0.5, 0.5], [-1, 1], [1, 1])
    e = e_step([-1.0, 0.0, 1.0], start, rules=Rules(temperature=0))
    assert e.responsibilities[:, 0].tolist() == [1, 1, 0]
    trace = fit([-1.0, 0.0, 1.0], start, max_iter=1, tol=0, rules=Rules(0, True, (), (), (0, 1)))
    assert trace.means[1, :, 0].tolist() == [-0.5, 1]


def test_cold_comes_close_to_hard_and_hot_to_even():
    start = GaussianMixture.univariate([0.5, 0.5], [50, 80.5], [40, 40])
    hard = e_step(WAITING, start, rules=Rules(0)).responsibilities
    cold = e_step(WAITING, start, rules=Rules(1e-300)).responsibilities
    np.testing.assert_array_equal(cold, hard)
    hot = fit(WAITING, start, max_iter=1, rules=Rules(1e12))
    np.testing.assert_allclose(hot.means[1], WAITING.mean(), rtol=1e-9)


@pytest.mark.parametrize(("beta", "parted"), [(0.53, False), (0.56, True)])
def test_components_part_at_the_critical_temperature(beta, parted):
    """beta = sigma^2 / lambda_max of the data: .543054 for the waiting times and 100."""
    assert 100 / WAITING.var() == pytest.approx(0.543054, abs=5e-7)
    start = GaussianMixture.univariate([0.5, 0.5], [70, 72], [100, 100])
    rules = Rules(1 / beta, equal_weights=True, fixed_covariances=(0, 1))
    trace = fit(WAITING, start, max_iter=2000, tol=1e-13, rules=rules)
    assert (np.ptp(trace.means[-1]) > 1) == parted


def test_a_component_that_hard_assignment_leaves_without_points_is_empty():
    start = GaussianMixture.univariate([0.5, 0.5], [0, 100], [1, 1])
    for rules in (Rules(0), Rules(0, equal_weights=True, fixed_covariances=(0, 1))):
        trace = fit([0.0, 1, 2], start, rules=rules)
        assert (trace.outcome, trace.components, trace.n_iter) == ("empty", (1,), 0)
        assert fit_many([0.0, 1, 2], [start], rules=rules).outcomes == ("empty",)


def test_a_fixed_variance_does_not_collapse_however_small():
    points = [0.0, 0, 0, 1, 2, 3]
    start = GaussianMixture.univariate([0.5, 0.5], [0, 2], [1e-30, 1])
    assert fit(points, start, max_iter=3, tol=0).outcome == "collapsed"
    held = fit(points, start, max_iter=3, tol=0, rules=Rules(fixed_covariances=[0]))
    assert held.outcome == "max_iter"
    assert held.covariances[-1, 0, 0, 0] == 1e-30


def test_a_run_is_carried_on_by_its_own_rules_and_floor():
    start = GaussianMixture.univariate([0.5, 0.5], [50, 80], [40, 40])
    rules = Rules(0.5, fixed_means=[1])
    options = {"tol": 0, "variance_floor": 0.1, "rules": rules}
    whole = fit(WAITING, start, max_iter=9, **options)
    carried = extend(fit(WAITING, start, max_iter=4, **options), WAITING, 5, 0)
    np.testing.assert_array_equal(carried.free_energies, whole.free_energies)
    assert carried.options.rules == rules


def test_the_convergence_of_a_tempered_run_is_by_its_free_energy():
    start = GaussianMixture.univariate([0.5, 0.5], [50, 80], [40, 40])
    trace = fit(WAITING, start, tol=1e-8, rules=Rules(0.5))
    gains = np.diff(trace.free_energies) / len(WAITING)
    assert trace.outcome == "converged"
    assert gains[-1] < 1e-8 <= gains[:-1].min()
    assert "raised the mean free energy per point by less" in trace.message


def test_m_step_asks_for_the_mixture_that_holds_what_is_fixed():
    shares = [[1, 0], [0.5, 0.5], [0, 1]]
    with pytest.raises(InputError, match="give `before`"):
        m_step([0.0, 1, 2], shares, rules=Rules(fixed_means=[0]))
    other = GaussianMixture([1.0], [[0.0]], [[[1.0]]])
    with pytest.raises(InputError, match="has 1 components in 1 dimensions"):
        m_step([0.0, 1, 2], shares, rules=Rules(fixed_means=[0]), before=other)
    even = m_step([0.0, 1, 2, 3], [*shares, [0, 1]], rules=Rules(equal_weights=True))
    assert even.weights.tolist() == [0.5, 0.5]
