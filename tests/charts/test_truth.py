"""The true groups as they are drawn."""

import numpy as np
import pytest

from explorer.charts.truth import true_mixture
from explorer.model.examples import generated_data, named_data, own_data
from explorer.model.problem import Generated


def test_each_groups_own_share_mean_and_covariance():
    data = named_data("penguins")
    mixture = true_mixture(data)
    for group in range(3):
        points = data.points[data.truth == group]
        assert mixture.weights[group] == pytest.approx(len(points) / data.n_points)
        assert mixture.means[group] == pytest.approx(points.mean(axis=0))
        assert mixture.covariances[group] == pytest.approx(np.cov(points.T, bias=True))


def test_nothing_is_said_where_nothing_is_known():
    assert true_mixture(own_data([1, 2, 3])) is None
    assert true_mixture(generated_data(Generated("mixture_1d", 3, 3, 5.0, 1))) is None
