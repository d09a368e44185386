import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf, workdps
from scipy import stats

from em_core import GaussianMixture, InputError, check_cdf, check_quantiles, e_step
from em_core.datasets import load
from em_core.inference.checks import (
    cdf,
    distances,
    interval_log_likelihood,
    quantile,
    rounding_unit,
)
from em_core.inference.normal import log_normal_cdf, log_normal_interval

WAITING = GaussianMixture.univariate(
    [0.36085, 0.63915], [54.61364, 80.09031], [5.86909**2, 5.86909**2]
)
"""As mixtools prints it (Benaglia et al. 2009)."""


def mixture_cdf(x, mixture):
    parts = zip(mixture.weights, mixture.means[:, 0], mixture.variances, strict=True)
    return sum(w * stats.norm.cdf(x, m, np.sqrt(v)) for w, m, v in parts)


def test_the_check_of_the_distribution_function_is_kolmogorovs():
    points = load("old_faithful_waiting").points[:, 0]
    found = check_cdf(points, WAITING)
    peer = stats.kstest(points, lambda x: mixture_cdf(x, WAITING))
    assert found.distance == pytest.approx(peer.statistic, rel=1e-12)
    np.testing.assert_allclose(found.model, mixture_cdf(found.values, WAITING), rtol=1e-12)
    np.testing.assert_array_equal(found.values, np.unique(points))
    assert found.empirical[-1] == pytest.approx(1)
    assert found.band == pytest.approx(np.sqrt(np.log(40) / 544))
    assert found.inside


def test_one_gaussian_does_not_fit_two_groups():
    points = load("old_faithful_waiting").points[:, 0]
    single = GaussianMixture.univariate([1], [points.mean()], [points.var()])
    found = check_cdf(points, single)
    assert not found.inside
    assert check_quantiles(points, single).outside.mean() > 0.5


def test_the_band_holds_the_truth_as_often_as_it_says():
    """Massart's bound is never too narrow, and for 100 points it is hardly too wide."""
    rng = np.random.default_rng(5)
    held = [check_cdf(WAITING.sample(100, rng)[0], WAITING).inside for _ in range(400)]
    assert 0.93 < np.mean(held) < 0.985


@given(st.floats(1e-9, 1 - 1e-9))
def test_quantile_undoes_cdf(p):
    x = quantile([p], WAITING)
    assert cdf(x, WAITING)[0] == pytest.approx(p, rel=1e-9, abs=1e-13)


def test_quantiles_and_their_envelope_are_those_of_order_statistics():
    points = load("old_faithful_waiting").points[:, 0]
    found = check_quantiles(points, WAITING)
    n = len(points)
    assert len(found.probabilities) == n
    np.testing.assert_array_equal(found.observed, np.sort(points))
    np.testing.assert_allclose(found.probabilities, (np.arange(n) + 0.5) / n)
    np.testing.assert_allclose(mixture_cdf(found.expected, WAITING), found.probabilities, rtol=1e-9)
    for rank in (1, 40, 136, 272):
        truth = stats.beta(rank, n + 1 - rank)
        for end, tail in ((found.low, 0.025), (found.high, 0.975)):
            reached = truth.cdf(mixture_cdf(end[rank - 1], WAITING))
            assert reached == pytest.approx(tail, abs=0.02)


def test_the_envelope_holds_each_quantile_as_often_as_it_says():
    rng = np.random.default_rng(2)
    outside = [
        check_quantiles(WAITING.sample(60, rng)[0], WAITING, 0.9, rng).outside for _ in range(200)
    ]
    np.testing.assert_allclose(np.mean(outside, axis=0), 0.1, atol=0.08)
    assert np.mean(outside) == pytest.approx(0.1, abs=0.02)


def test_many_points_show_four_hundred_quantiles():
    points = WAITING.sample(100_000, np.random.default_rng(0))[0]
    found = check_quantiles(points, WAITING)
    assert len(found.probabilities) == len(np.unique(found.probabilities)) == 400
    assert found.outside.mean() < 0.3
    assert found.observed[0] == points.min()
    assert found.observed[-1] == points.max()


def test_in_the_plane_the_distances_of_one_gaussian_are_chi_squared():
    mixture = GaussianMixture([1], [[1, -2]], [[[4, 1.5], [1.5, 2]]])
    points = mixture.sample(500, np.random.default_rng(0))[0]
    found = check_quantiles(points, mixture)
    inverse = np.linalg.inv(mixture.covariances[0])
    offsets = points - mixture.means[0]
    squares = np.einsum("ni,ij,nj->n", offsets, inverse, offsets)
    np.testing.assert_allclose(distances(points, mixture), squares, rtol=1e-10)
    inner = slice(20, -20)
    np.testing.assert_allclose(
        found.expected[inner], stats.chi2(2).ppf(found.probabilities)[inner], rtol=0.03
    )
    assert found.outside.mean() < 0.2


def test_in_the_plane_a_square_cloud_is_told_from_a_gaussian():
    points = np.random.default_rng(1).uniform(-1, 1, (400, 2))
    mixture = GaussianMixture([1], [[0, 0]], [np.eye(2) / 3])
    assert check_quantiles(points, mixture).outside.mean() > 0.4


def test_distances_are_from_the_most_probable_component():
    mixture = GaussianMixture([0.5, 0.5], [[0, 0], [10, 0]], [np.eye(2), 4 * np.eye(2)])
    np.testing.assert_allclose(distances([[1, 0], [10, 4]], mixture), [1, 4])


def test_weights_count_as_repetition():
    values, counts = np.unique(load("pearson_crabs").points, return_counts=True)
    crabs = np.repeat(values, counts)
    mixture = GaussianMixture.univariate([0.4, 0.6], [0.633, 0.657], [3.2e-4, 1.6e-4])
    table, people = (
        check_cdf(values, mixture, sample_weight=counts),
        check_cdf(crabs, mixture),
    )
    assert table.distance == pytest.approx(people.distance)
    assert table.band == people.band
    table, people = (
        check_quantiles(values, mixture, sample_weight=counts),
        check_quantiles(crabs, mixture),
    )
    np.testing.assert_array_equal(table.observed, people.observed)
    np.testing.assert_array_equal(table.low, people.low)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (-1, 1),
        (-0.001, 0.001),
        (0, 1e-8),
        (0, 0.019),
        (0.99, 1.009),
        (5, 5.01),
        (7, np.inf),
        (-np.inf, -9),
        (36, 36.5),
        (-40.001, -40),
        (-200, -180),
        (3, 3.02),
        (30, 30.0006),
        (30, 30.0007),
    ],
)
def test_the_probability_of_an_interval_to_twelve_digits(low, high):
    def upto(z):
        return mp.erfc(-mpf(z) / mp.sqrt(2)) / 2

    with workdps(500):
        expected = mp.log(upto(high) - upto(low))
    found = float(log_normal_interval(np.array([low]), np.array([high]))[0])
    assert found == pytest.approx(float(expected), rel=1e-11)
    mirror = float(log_normal_interval(np.array([-high]), np.array([-low]))[0])
    assert mirror == pytest.approx(found, rel=1e-14)


@pytest.mark.parametrize("z", [-1e8, -50.0, -35.01, -34.99, -3.0, 0.0, 9.0, np.inf, -np.inf])
def test_the_log_of_the_distribution_function_is_scipys(z):
    assert float(log_normal_cdf(np.array(z))) == pytest.approx(stats.norm.logcdf(z), rel=1e-11)


def test_intervals_are_weighed_by_the_mixture():
    low, high = np.array([-np.inf, 60.0, 70.0]), np.array([60.0, 70.0, np.inf])
    probability = np.diff(np.concatenate([[0], mixture_cdf(high, WAITING)]))
    found = interval_log_likelihood(low, high, WAITING, [3, 1, 4])
    assert found == pytest.approx(np.array([3, 1, 4]) @ np.log(probability), rel=1e-12)
    assert np.exp(interval_log_likelihood([-np.inf], [np.inf], WAITING)) == pytest.approx(1)


def test_narrow_intervals_give_the_density_back():
    points = load("old_faithful_waiting").points[:, 0]
    width = 1e-4
    of_intervals = interval_log_likelihood(points - width / 2, points + width / 2, WAITING)
    of_densities = e_step(points, WAITING).log_likelihood
    assert of_intervals - len(points) * np.log(width) == pytest.approx(of_densities, rel=1e-9)


def test_a_spike_on_one_rounded_value_stays_finite():
    """Newcomb's −44: its density grows without bound as the spike narrows, its interval cannot."""
    points = load("newcomb").points[:, 0]
    rest = points[points != -44]
    values, densities = [], []
    for deviation in (1, 1e-3, 1e-6, 1e-9):
        spiked = GaussianMixture.univariate(
            [1 / 66, 65 / 66], [-44, rest.mean()], [deviation**2, rest.var()]
        )
        values.append(interval_log_likelihood(points - 0.5, points + 0.5, spiked))
        densities.append(e_step(points, spiked).log_likelihood)
    assert densities[-1] > densities[0] + 20
    assert values[1] == pytest.approx(values[-1], abs=1e-9)
    assert values[-1] < 0


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        ([3, 7, 12], 1),
        ([10, 20, 300], 10),
        ([2.5, 3.0], 0.1),
        ([9.172, 9.35], 0.001),
        ([2.928524, 3.910021], 1e-6),
        ([1e-7, 3e-7], 1e-7),
        ([0, 0], 1),
        ([1 / 3, 2 / 3], None),
        ([np.pi, np.e], None),
    ],
)
def test_what_the_values_are_rounded_to(values, unit):
    assert rounding_unit(values) == unit


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: check_cdf([1.0], WAITING, level=1), "level"),
        (lambda: check_quantiles([1.0], WAITING, level=0), "level"),
        (lambda: check_cdf([[1.0, 2]], GaussianMixture([1], [[0, 0]], [np.eye(2)])), "dimension"),
        (lambda: interval_log_likelihood([1.0], [1.0], WAITING), "interval"),
        (lambda: interval_log_likelihood([1.0, 2], [3.0], WAITING), "shape"),
        (lambda: interval_log_likelihood([np.nan], [3.0], WAITING), "interval"),
    ],
)
def test_what_cannot_be_checked_is_refused(call, code):
    with pytest.raises(InputError) as refusal:
        call()
    assert refusal.value.code == code
