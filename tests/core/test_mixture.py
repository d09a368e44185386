import json

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from em_core import COVARIANCE_TYPES, GaussianMixture, InputError, n_parameters


@pytest.fixture
def line() -> GaussianMixture:
    return GaussianMixture.univariate([0.3, 0.7], [-1.0, 2.5], [0.25, 4.0])


@pytest.fixture
def plane() -> GaussianMixture:
    return GaussianMixture(
        [0.4, 0.6], [[0, 1], [3, -2]], [[[2, 0.5], [0.5, 1]], [[1, -0.9], [-0.9, 1]]]
    )


def test_densities_are_scipy_s(line, plane):
    x = np.linspace(-8, 12, 41)
    expected = np.column_stack([norm(-1, 0.5).logpdf(x), norm(2.5, 2).logpdf(x)])
    np.testing.assert_allclose(line.log_densities(x), expected, rtol=1e-13)
    np.testing.assert_allclose(line.density(x), np.exp(expected) @ [0.3, 0.7], rtol=1e-12)
    points = np.random.default_rng(0).normal(size=(30, 2), scale=5)
    for k in range(2):
        reference = multivariate_normal(plane.means[k], plane.covariances[k]).logpdf(points)
        np.testing.assert_allclose(plane.log_densities(points)[:, k], reference, rtol=1e-11)


def test_the_density_integrates_to_1(line):
    grid = np.linspace(-40, 40, 20001)
    assert np.trapezoid(line.density(grid), grid) == pytest.approx(1, abs=1e-9)


def test_far_tails_stay_finite_in_logs(line):
    assert np.isfinite(line.log_density([1e6, -1e8])).all()


def test_arrays_are_read_only_copies():
    weights = np.array([0.5, 0.5])
    mixture = GaussianMixture.univariate(weights, [0, 1], [1, 1])
    weights[0] = 9
    assert mixture.weights[0] == 0.5
    for array in (mixture.weights, mixture.means, mixture.covariances, mixture.variances):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 3
    with pytest.raises(AttributeError):
        mixture.weights = weights


def test_equality_repr_and_json(line, plane):
    for mixture in (line, plane):
        again = GaussianMixture.from_dict(json.loads(json.dumps(mixture.to_dict())))
        assert again == mixture
        assert hash(again) == hash(mixture)
    assert line != GaussianMixture.univariate([0.3, 0.7], [-1.0, 2.5], [0.25, 4.0000001])
    assert line != "mixture"
    assert repr(line) == (
        "GaussianMixture.univariate(weights=[0.3, 0.7], means=[-1. ,  2.5], variances=[0.25, 4.  ])"
    )
    assert len(repr(plane)) < 200


def test_sampling_is_seeded_and_has_the_right_moments(plane):
    points, labels = plane.sample(200_000, np.random.default_rng(7))
    again, _ = plane.sample(200_000, np.random.default_rng(7))
    np.testing.assert_array_equal(points, again)
    assert points.shape == (200_000, 2)
    for k in range(2):
        own = points[labels == k]
        assert len(own) / 200_000 == pytest.approx(plane.weights[k], abs=0.005)
        np.testing.assert_allclose(own.mean(axis=0), plane.means[k], atol=0.02)
        np.testing.assert_allclose(np.cov(own.T), plane.covariances[k], atol=0.03)


@pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)
def test_number_of_parameters(plane, covariance_type):
    assert plane.n_parameters(covariance_type) == n_parameters(2, 2, covariance_type)


def test_rounded_thirds_are_normalised_and_exact_weights_left_alone():
    thirds = GaussianMixture.univariate([0.3333] * 3, [0, 1, 2], [1, 1, 1])
    np.testing.assert_allclose(thirds.weights, 1 / 3, rtol=1e-15)
    exact = GaussianMixture.univariate([0.1, 0.2, 0.7], [0, 1, 2], [1, 1, 1])
    assert exact.weights.tolist() == [0.1, 0.2, 0.7]


@pytest.mark.parametrize(
    ("weights", "means", "variances", "code", "text"),
    [
        ([0, 1], [0, 1], [1, 1], "weight-zero", "Weight 1 is 0: a component with weight 0 can nev"),
        (["nan", 1], [0, 1], [1, 1], "weight-not-finite", "Weight 1 is not a number."),
        ([-0.5, 1.5], [0, 1], [1, 1], "weight-negative", "Weight 1 is negative"),
        ([0.5, 0.6], [0, 1], [1, 1], "weight-sum", "sum to 1.1, not to 1: divide each"),
        (["x", 1], [0, 1], [1, 1], "not-numeric", "weights are not all numbers"),
        ([0.5, 0.5], [0, np.inf], [1, 1], "mean-not-finite", "Mean 2 is not a finite number."),
        ([0.5, 0.5], [0, 1], [-1, 1], "variance-negative", "Variance 1 is negative (−1)"),
        ([0.5, 0.5], [0, 1], [1, 0], "variance-zero", "Variance 2"),
        ([0.5, 0.5], [0, 1], [1, np.nan], "variance-not-finite", "Variance 2 is not a finite"),
        ([0.5, 0.5], [0, 1, 2], [1, 1, 1], "shape", "2 weights but 3 means"),
        ([0.5, 0.5], [0, 1], [1], "shape", "Covariances have shape (1, 1, 1)"),
        ([], [], [], "shape", "shape (0,)"),
    ],
)
def test_bad_parameters_are_refused_by_name(weights, means, variances, code, text):
    with pytest.raises(InputError) as refused:
        GaussianMixture.univariate(weights, means, variances)
    assert refused.value.code == code
    assert text in str(refused.value)
    assert isinstance(refused.value, ValueError)


@pytest.mark.parametrize(
    ("covariance", "text"),
    [
        ([[1, 2], [2, 1]], "|correlation| must be below 1 (here 2)"),
        ([[2, 2], [2, 2]], "|correlation| must be below 1 (here 1)"),
        ([[1, 0.5], [0.2, 1]], "not symmetric"),
        ([[1, 0], [0, -2]], "negative (−2)"),
    ],
)
def test_bad_covariances_are_refused(covariance, text):
    with pytest.raises(InputError) as refused:
        GaussianMixture([1.0], [[0, 0]], [covariance])
    assert text in str(refused.value)


def test_axes_in_very_different_units_are_no_singular_covariance():
    mixture = GaussianMixture([1.0], [[0, 0]], [[[1e-12, 0.3], [0.3, 1e12]]])
    assert np.isfinite(mixture.log_density([[1e-6, 1e6]])).all()


def test_variances_are_for_one_dimension(plane):
    with pytest.raises(InputError, match="use covariances"):
        _ = plane.variances


def test_from_dict_names_what_is_missing():
    with pytest.raises(InputError, match="no means"):
        GaussianMixture.from_dict({"weights": [1.0], "covariances": [[[1.0]]]})
