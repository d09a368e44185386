"""The student's notebook, to a few units in the last place."""

import numpy as np
import pytest

from em_core import GaussianMixture, e_step, fit, iterate, m_step
from em_core.datasets import load

POINTS = [0.2, -0.9, -1, 1.2, 1.8]
RESPONSIBILITIES_OF_COMPONENT_1 = [
    0.29421497216298875,
    0.6224593312018546,
    0.6513548646660543,
    0.10669059394565118,
    0.053403329799824234,
]
EFFECTIVE_SIZE = 1.7281230917763732
WEIGHT = 0.34562461835527464
MEAN = -0.5373289474340418
VARIANCE = 0.5757859076870627
RTOL = 1e-14


@pytest.fixture
def start() -> GaussianMixture:
    return GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])


def test_the_data_set_is_the_notebook_s(start):
    dataset = load("worked_example")
    np.testing.assert_array_equal(dataset.points[:, 0], POINTS)
    assert dataset.start == start


def test_e_step(start):
    responsibilities = e_step(POINTS, start).responsibilities
    np.testing.assert_allclose(responsibilities[:, 0], RESPONSIBILITIES_OF_COMPONENT_1, rtol=RTOL)
    assert responsibilities[:, 0].sum() == pytest.approx(EFFECTIVE_SIZE, rel=RTOL)


@pytest.mark.parametrize(
    "one_iteration",
    [
        lambda start: m_step(POINTS, e_step(POINTS, start).responsibilities),
        lambda start: fit(POINTS, start, max_iter=1).mixtures[1],
        lambda start: list(iterate(POINTS, start, max_iter=1))[-1].mixture,
    ],
    ids=["m_step", "fit", "iterate"],
)
def test_one_iteration(start, one_iteration):
    after = one_iteration(start)
    assert after.weights[0] == pytest.approx(WEIGHT, rel=RTOL)
    assert after.means[0, 0] == pytest.approx(MEAN, rel=RTOL)
    assert after.variances[0] == pytest.approx(VARIANCE, rel=RTOL)


def test_the_run_ends_on_the_spurious_optimum(start):
    trace = fit(POINTS, start)
    np.testing.assert_allclose(trace.log_likelihoods[:3], [-11.6485, -7.4220, -7.1691], atol=5e-5)
    assert trace.outcome == "converged"
    assert trace.log_likelihoods[-1] == pytest.approx(-3.2179, abs=5e-5)
    np.testing.assert_allclose(trace.means[-1, :, 0], [-0.950, 1.064], atol=5e-4)
    assert trace.covariances[-1, 0, 0, 0] == pytest.approx(0.0025, abs=5e-5)
