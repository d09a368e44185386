"""Problems to draw: the worked example, eight components, many points, a plane."""

import numpy as np
import pytest

from em_core import GaussianMixture, Trace, fit
from explorer.model.problem import Data
from tests.charts.problems import POINTS, data_of


@pytest.fixture
def worked() -> tuple[Data, Trace]:
    start = GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])
    data = data_of(POINTS)
    return data, fit(data.points, start)


@pytest.fixture
def crowd() -> tuple[Data, Trace]:
    """5 000 points in two humps, of length in mm."""
    rng = np.random.default_rng(3)
    points = np.concatenate([rng.normal(0, 1, 3000), rng.normal(6, 0.5, 2000)])
    data = data_of(points, ("length",), ("mm",))
    return data, fit(points, GaussianMixture.univariate([0.4, 0.6], [1, 4], [2, 2]))


@pytest.fixture
def plane() -> tuple[Data, Trace]:
    """300 points in two clouds with different units on the axes."""
    rng = np.random.default_rng(4)
    clouds = [rng.multivariate_normal(m, [[1, 0.7], [0.7, 1]], 150) for m in ([0, 0], [4, 1])]
    data = data_of(np.concatenate(clouds), ("a", "b"), ("cm", "kg"))
    start = GaussianMixture([0.5, 0.5], [[0, 1], [3, 0]], [np.eye(2), np.eye(2)])
    return data, fit(data.points, start)
