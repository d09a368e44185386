"""The hand-over code, executed: scikit-learn predicts the same responsibilities."""

import numpy as np
import pytest
import sklearn.mixture

from em_core import COVARIANCE_TYPES, CovarianceType, GaussianMixture, e_step, fit
from explorer.export.menu import model_code
from explorer.export.sklearn_code import sklearn_code
from explorer.model.examples import named_data, suggested_start


def model_of(code: str) -> sklearn.mixture.GaussianMixture:
    names: dict = {}
    exec(code, names)
    return names["model"]


@pytest.mark.parametrize("name", ["worked_example", "galaxies", "penguins"])
@pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)
def test_scikit_learn_predicts_the_same(name: str, covariance_type: CovarianceType) -> None:
    data = named_data(name)
    trace = fit(data.points, suggested_start(data).mixture, covariance_type, max_iter=8)
    mixture = trace.mixtures[-1]
    model = model_of(sklearn_code(mixture, covariance_type))
    assert model.covariance_type == covariance_type
    expected = e_step(data.points, mixture)
    assert model.predict_proba(data.points) == pytest.approx(expected.responsibilities, abs=1e-12)
    assert model.score(data.points) * data.n_points == pytest.approx(
        expected.log_likelihood, rel=1e-12
    )
    assert np.array_equal(model.weights_, mixture.weights)
    assert np.array_equal(model.means_, mixture.means)


def test_the_model_says_by_which_parameters() -> None:
    """So that nobody compares it with the responsibilities that an M-step was made of."""
    data = named_data("worked_example")
    trace = fit(data.points, suggested_start(data).mixture)
    for half_step, whose in [
        (0, "the start"),
        (1, "the start"),
        (2, "the parameters after iteration 1"),
        (3, "the parameters after iteration 1"),
    ]:
        code = model_code(trace, half_step)
        assert f"gives the responsibilities by {whose}," in code
        expected = e_step(data.points, trace.mixtures[half_step // 2]).responsibilities
        assert model_of(code).predict_proba(data.points) == pytest.approx(expected)


@pytest.mark.parametrize("covariance_type", ["tied", "diag", "spherical"])
def test_a_start_of_another_shape_is_handed_over_in_full(covariance_type: CovarianceType) -> None:
    start = GaussianMixture([0.5, 0.5], [[0, 0], [1, 2]], [np.eye(2), [[2, 0.5], [0.5, 1]]])
    points = np.array([[0.0, 1.0], [1.0, 0.5], [2.0, 2.0]])
    model = model_of(sklearn_code(start, covariance_type))
    assert model.covariance_type == "full"
    assert model.predict_proba(points) == pytest.approx(e_step(points, start).responsibilities)
