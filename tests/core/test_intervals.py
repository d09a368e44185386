import numpy as np
import pytest
from scipy import stats

from em_core import GaussianMixture, InputError, StandardErrors, intervals

MIXTURE = GaussianMixture([0.03, 0.97], [[1, 2], [3, 4]], [[[2, 0.5], [0.5, 1]]] * 2)
ERRORS = StandardErrors(
    np.array([0.05, 0.05]), np.full((2, 2), 10.0), np.array([[[3.0, 0.4], [0.4, 0.1]]] * 2)
)
Z = stats.norm.ppf(0.975)


def test_weights_and_variances_hold_nothing_impossible():
    found = intervals(MIXTURE, ERRORS)
    low, high = found.weights
    assert (low > 0).all()
    assert (high < 1).all()
    assert (low < MIXTURE.weights).all()
    assert (MIXTURE.weights < high).all()
    np.testing.assert_allclose(low[0], 1 - high[1])
    odds = np.log(MIXTURE.weights / (1 - MIXTURE.weights))
    reached = np.log(high / (1 - high)) - odds
    np.testing.assert_allclose(reached, Z * 0.05 / (MIXTURE.weights * (1 - MIXTURE.weights)))
    variances = found.covariances[:, :, [0, 1], [0, 1]]
    assert (variances > 0).all()
    np.testing.assert_allclose(variances[1, 0], [2 * np.exp(Z * 1.5), np.exp(Z * 0.1)])
    np.testing.assert_allclose(variances[0] * variances[1], [[4, 1]] * 2)


def test_means_and_covariances_between_axes_are_taken_as_they_are():
    found = intervals(MIXTURE, ERRORS, 0.9)
    z = stats.norm.ppf(0.95)
    np.testing.assert_allclose(found.means, [MIXTURE.means - 10 * z, MIXTURE.means + 10 * z])
    between = found.covariances[:, :, 0, 1]
    np.testing.assert_allclose(between, [[0.5 - 0.4 * z] * 2, [0.5 + 0.4 * z] * 2])


def test_small_errors_give_the_plain_interval():
    tiny = StandardErrors(*(np.full_like(part, 1e-6) for part in vars(ERRORS).values()))
    found = intervals(MIXTURE, tiny)
    for name in ("weights", "means", "covariances"):
        value = getattr(MIXTURE, name)
        np.testing.assert_allclose(getattr(found, name)[1] - value, Z * 1e-6, rtol=1e-3)


def test_the_weight_of_one_component_is_certain():
    one = GaussianMixture.univariate([1], [0], [1])
    found = intervals(one, StandardErrors(np.zeros(1), np.ones((1, 1)), np.ones((1, 1, 1))))
    np.testing.assert_array_equal(found.weights, [[1], [1]])


@pytest.mark.parametrize("level", [0, 1, -0.5, 2])
def test_a_level_that_is_none_is_refused(level):
    with pytest.raises(InputError) as refusal:
        intervals(MIXTURE, ERRORS, level)
    assert refusal.value.code == "level"
