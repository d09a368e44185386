import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from em_core import InputError
from em_core.datasets import load
from em_core.starts import METHODS, draw

every_method = pytest.mark.parametrize("method", METHODS)
every_type = pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])


def seeded(seed=0):
    return np.random.default_rng(seed)


def rows(array):
    return {tuple(row) for row in array}


@every_method
def test_means_are_different_points_of_the_data(method):
    points = load("old_faithful").points
    for seed in range(20):
        start = METHODS[method](points, 6, seeded(seed))
        assert start.note == ""
        assert len(rows(start.mixture.means)) == 6
        assert rows(start.mixture.means) <= rows(points)


@every_method
@settings(max_examples=100, deadline=None)
@given(
    points=st.lists(st.sampled_from([-1.0, 0.0, 1e-9, 2.0, 1e8]), min_size=2, max_size=12),
    n_components=st.integers(1, 8),
    seed=st.integers(0, 2**32 - 1),
)
def test_means_are_as_different_as_the_data_allow(method, points, n_components, seed):
    n_different = len(set(points))
    if n_different == 1:
        return
    start = METHODS[method](points, n_components, seeded(seed))
    assert len(rows(start.mixture.means)) == min(n_components, n_different)
    assert (start.note == "") == (n_components <= n_different)


@every_method
def test_too_few_different_values_are_said(method):
    start = METHODS[method]([1, 1, 1, 2], 3, seeded())
    assert sorted(rows(start.mixture.means)) == [(1,), (2,)]
    assert "only 2 different values" in start.note
    assert "at most 2 components" in start.note


@every_method
@every_type
def test_variances_are_those_of_the_data_over_k(method, covariance_type):
    points = load("penguins").points
    mixture = METHODS[method](points, 4, seeded(), covariance_type).mixture
    variances = points.var(axis=0) / 4
    if covariance_type == "spherical":
        variances = np.full(2, variances.mean())
    np.testing.assert_allclose(mixture.covariances, [np.diag(variances)] * 4, rtol=1e-12)
    np.testing.assert_array_equal(mixture.weights, 0.25)


@every_method
def test_the_same_seed_gives_the_same_start(method):
    points = load("galaxies").points
    assert METHODS[method](points, 4, seeded(3)) == METHODS[method](points, 4, seeded(3))


@pytest.mark.parametrize("method", ["random", "k-means++"])
def test_another_seed_gives_another_start(method):
    points = load("galaxies").points
    starts = {METHODS[method](points, 3, seeded(seed)).mixture for seed in range(30)}
    assert len(starts) == 30


@every_method
@pytest.mark.parametrize("scale", [1e-150, 1.0, 1e150])
def test_units_change_nothing_but_the_units(method, scale):
    points = load("penguins").points
    units = np.array([scale, 2.0])
    plain = METHODS[method](points, 5, seeded(1)).mixture
    scaled = METHODS[method](points * units, 5, seeded(1)).mixture
    np.testing.assert_array_equal(scaled.means, plain.means * units)
    np.testing.assert_allclose(
        np.diagonal(scaled.covariances, axis1=1, axis2=2) / units**2,
        np.diagonal(plain.covariances, axis1=1, axis2=2),
        rtol=1e-12,
    )


@every_method
def test_a_far_origin_changes_nothing(method):
    points = np.arange(40.0) ** 2
    near = METHODS[method](points, 4, seeded(2)).mixture
    far = METHODS[method](points + 1e15, 4, seeded(2)).mixture
    np.testing.assert_array_equal(far.means - 1e15, near.means)
    np.testing.assert_allclose(far.variances, near.variances, rtol=1e-12)


@every_method
def test_a_weight_counts_as_repetition(method):
    points, counts = np.array([0.0, 1.0, 5.0, 6.0, 20.0]), np.array([3, 1, 4, 0, 2])
    for seed in range(20):
        weighted = METHODS[method](points, 3, seeded(seed), sample_weight=counts).mixture
        repeated = METHODS[method](np.repeat(points, counts), 3, seeded(seed)).mixture
        assert weighted == repeated


@every_method
def test_the_order_of_the_points_does_not_matter(method):
    points = load("iris_petal").points
    shuffled = seeded().permutation(points)
    assert METHODS[method](points, 3, seeded(4)) == METHODS[method](shuffled, 3, seeded(4))


@every_method
def test_arguments_are_not_changed(method):
    points, weights = load("galaxies").points.copy(), np.linspace(0, 1, 82)
    METHODS[method](points, 3, seeded(), sample_weight=weights)
    np.testing.assert_array_equal(points, load("galaxies").points)
    np.testing.assert_array_equal(weights, np.linspace(0, 1, 82))


@every_method
def test_many_starts_are_the_single_ones_in_turn(method, monkeypatch):
    points = load("old_faithful").points
    together = draw(method, points, 3, 50, seeded(9))
    rng = seeded(9)
    assert together == tuple(METHODS[method](points, 3, rng).mixture for _ in range(50))
    monkeypatch.setattr("em_core.starts._BLOCK_ELEMENTS", 7 * points.size)
    assert draw(method, points, 3, 50, seeded(9)) == together


def test_random_points_are_drawn_by_weight():
    draws = draw("random", [0, 1, 2], 1, 4000, seeded(), sample_weight=[1, 2, 5])
    counts = np.bincount([int(mixture.means[0, 0]) for mixture in draws])
    assert stats.chisquare(counts, np.array([1, 2, 5]) * 500).pvalue > 1e-3


def test_k_means_plus_plus_draws_by_squared_distance():
    draws = draw("k-means++", [0, 1, 3], 2, 6000, seeded())
    after_zero = [int(m.means[1, 0]) for m in draws if m.means[0, 0] == 0]
    counts = np.bincount(after_zero, minlength=4)[[1, 3]]
    expected = np.array([1, 9]) / 10 * counts.sum()
    assert stats.chisquare(counts, expected).pvalue > 1e-3


def test_k_means_plus_plus_spreads_its_means():
    points = np.concatenate([seeded(j).normal(100 * j, 1, 200) for j in range(4)])
    for mixture in draw("k-means++", points, 4, 50, seeded(1)):
        assert sorted(np.round(mixture.means[:, 0] / 100)) == [0, 1, 2, 3]


class Constant:
    """A generator whose every number is the same."""

    def __init__(self, number):
        self.number = number

    def random(self, shape):
        return np.full(shape, self.number)


@pytest.mark.parametrize("method", ["random", "k-means++"])
@pytest.mark.parametrize("number", [0.0, np.nextafter(1, 0)])
def test_the_most_extreme_random_numbers_give_different_means(method, number):
    points = load("galaxies").points
    assert METHODS[method](points, 8, Constant(number)).note == ""


def test_quantiles_of_a_hundred_numbers():
    mixture = METHODS["quantiles"](np.arange(1, 101), 4, seeded()).mixture
    assert mixture.means[:, 0].tolist() == [13, 38, 63, 88]


def test_quantiles_of_the_worked_example():
    mixture = METHODS["quantiles"](load("worked_example").points, 2, seeded()).mixture
    assert mixture.means[:, 0].tolist() == [-0.9, 1.2]


def test_quantiles_move_on_where_many_points_are_equal():
    mixture = METHODS["quantiles"]([0, 5, 5, 5, 5, 5, 5, 6, 7], 3, seeded()).mixture
    assert mixture.means[:, 0].tolist() == [5, 6, 7]
    mixture = METHODS["quantiles"]([0, 1, 9, 9, 9, 9], 3, seeded()).mixture
    assert mixture.means[:, 0].tolist() == [0, 1, 9]


def test_quantiles_follow_the_cloud():
    along = seeded().normal(size=300)
    points = np.stack([along, -1000 * along + 10 * seeded(1).normal(size=300)], axis=1)
    means = METHODS["quantiles"](points, 5, seeded()).mixture.means
    assert (np.diff(means[:, 0]) > 0).all()
    assert (np.diff(means[:, 1]) < 0).all()


@every_method
@pytest.mark.parametrize("points", [[3.0], [3, 3, 3]])
def test_points_without_spread_are_refused(method, points):
    with pytest.raises(InputError, match=r"same value \(3\).*add a point") as refusal:
        METHODS[method](points, 1, seeded())
    assert refusal.value.code == "no-spread"


@every_method
def test_an_axis_without_spread_is_named(method):
    with pytest.raises(InputError, match=r"along y \(7\).*leave that axis out") as refusal:
        METHODS[method]([[1, 7], [2, 7]], 1, seeded())
    assert refusal.value.code == "no-spread"


def test_points_with_weight_zero_lend_no_spread():
    with pytest.raises(InputError) as refusal:
        METHODS["random"]([1, 2], 1, seeded(), sample_weight=[0, 1])
    assert refusal.value.code == "no-spread"


@every_method
def test_collinear_points_have_a_start(method):
    points = np.stack([np.arange(5.0), 2 * np.arange(5.0)], axis=1)
    assert METHODS[method](points, 2, seeded()).mixture.n_features == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("kmeans", [1, 2], 1, 1), "start-method"),
        (("random", [1, 2], 0, 1), "n-components"),
        (("random", [1, 2], 1, 0), "n-starts"),
        (("random", [1, np.nan], 1, 1), "point-not-finite"),
    ],
)
def test_impossible_requests_are_refused(arguments, code):
    with pytest.raises(InputError) as refusal:
        draw(*arguments, seeded())
    assert refusal.value.code == code


def test_an_unknown_covariance_type_is_refused():
    with pytest.raises(InputError) as refusal:
        draw("random", [1, 2], 1, 1, seeded(), covariance_type="round")
    assert refusal.value.code == "covariance-type"
