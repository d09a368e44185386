"""The map of starts and the landscape say what `fit` and `e_step` say at every place."""

from itertools import pairwise

import numpy as np
import pytest

from em_core import (
    GaussianMixture,
    InputError,
    Options,
    Parameter,
    e_step,
    fit,
    landscape,
    map_of_starts,
    maps_of_starts,
)
from em_core.datasets import load

FIVE = np.array([0.2, -0.9, -1, 1.2, 1.8])
START = GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])
MEANS = (Parameter("mean", 0), Parameter("mean", 1))
XS, YS = np.linspace(-3, 3, 13), np.linspace(-2, 2, 9)


def test_each_start_ends_where_fit_ends():
    found = map_of_starts(FIVE, START, *MEANS, XS, YS, Options(tol=1e-10, max_iter=1000))
    assert found.ending.shape == found.iterations.shape == (9, 13)
    assert found.done == 1
    for row, column in [(0, 0), (0, 12), (3, 7), (8, 2), (5, 11)]:
        if XS[column] == YS[row]:
            continue
        start = GaussianMixture.univariate([0.5, 0.5], [XS[column], YS[row]], [4, 4])
        trace = fit(FIVE, start, tol=1e-10, max_iter=1000)
        ending = found.endings[found.ending[row, column]]
        assert trace.log_likelihoods[-1] == pytest.approx(ending.log_likelihood, abs=1e-5)
        assert trace.n_iter == found.iterations[row, column]


def test_swapped_starts_end_in_one_place_in_another_order():
    found = map_of_starts(FIVE, START, *MEANS, XS, XS)
    off = ~np.eye(13, dtype=bool)
    assert np.array_equal(found.ending[off], found.ending.T[off])
    assert (found.labelling[off] != found.labelling.T[off]).all()
    assert sum(ending.count for ending in found.endings) == 169
    levels = sorted(round(ending.log_likelihood, 3) for ending in found.endings)
    assert levels[-1] == -3.218
    assert -6.216 in levels


def test_coarse_first_then_fine_and_the_numbers_stay():
    maps = list(maps_of_starts(FIVE, START, *MEANS, XS, YS, strides=(4, 2, 1)))
    assert [m.done for m in maps] == pytest.approx([12 / 117, 35 / 117, 1])
    for coarse, fine in pairwise(maps):
        for before, after in zip(coarse.endings, fine.endings, strict=False):
            assert before.log_likelihood == after.log_likelihood
    for stride, m in zip((4, 2), maps, strict=False):
        assert np.array_equal(m.ending[::stride, ::stride], maps[-1].ending[::stride, ::stride])
        assert (m.ending >= 0).all()
    assert [m.ending.shape for m in maps] == [(9, 13)] * 3


def test_where_there_is_no_mixture_there_is_no_ending():
    weight, variance = Parameter("weight", 0), Parameter("variance", 1)
    found = map_of_starts(FIVE, START, weight, variance, [-0.1, 0.3, 1.0], [-1.0, 0.5])
    assert (found.ending[0] == -1).all()
    assert found.ending[1].tolist().count(-1) == 2
    nowhere = map_of_starts(FIVE, START, weight, variance, [-0.1], [-1.0])
    assert (nowhere.endings, nowhere.done) == ((), 1.0)
    assert nowhere.ending.tolist() == [[-1]]


@pytest.mark.parametrize("covariance_type", ["full", "tied", "spherical"])
def test_the_landscape_is_the_log_likelihood(covariance_type):
    points = load("old_faithful").points
    mixture = GaussianMixture([0.4, 0.6], [[2, 55], [4.3, 80]], [np.eye(2) * 3] * 2)
    x, y = Parameter("weight", 0), Parameter("variance", 1, 1)
    found = landscape(points, mixture, x, y, [0.2, 0.5, 1.2], [1.0, 30], covariance_type)
    assert np.isnan(found.log_likelihoods[:, 2]).all()
    for row, variance in enumerate([1.0, 30]):
        covariances = np.array(mixture.covariances)
        who = [0, 1] if covariance_type == "tied" else [1]
        for k in who:
            covariances[k, 1, 1] = variance
            if covariance_type == "spherical":
                covariances[k, 0, 0] = variance
        there = GaussianMixture([0.5, 0.5], mixture.means, covariances)
        value = e_step(points, there).log_likelihood
        assert found.log_likelihoods[row, 1] == pytest.approx(value, rel=1e-12)


def test_of_three_weights_the_others_keep_their_proportions():
    mixture = GaussianMixture.univariate([0.2, 0.3, 0.5], [-1, 0, 1], [1, 1, 1])
    found = landscape(FIVE, mixture, Parameter("weight", 0), MEANS[1], [0.6], [0.0])
    there = GaussianMixture.univariate([0.6, 0.15, 0.25], [-1, 0, 1], [1, 1, 1])
    assert found.log_likelihoods[0, 0] == pytest.approx(e_step(FIVE, there).log_likelihood)


def test_of_very_many_points_the_landscape_is_still_right():
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(0, 1, 15_000), rng.normal(5, 1, 5_000)])
    mixture = GaussianMixture.univariate([0.7, 0.3], [0, 5], [1, 1])
    found = landscape(points, mixture, *MEANS, [0.5], [4.0])
    there = GaussianMixture.univariate([0.7, 0.3], [0.5, 4], [1, 1])
    value = e_step(points, there).log_likelihood
    assert found.log_likelihoods[0, 0] == pytest.approx(value, rel=1e-7)
    plane = np.column_stack([points, points[::-1]])
    flat = GaussianMixture([1.0], [[0, 0]], [np.eye(2) * 9])
    x, y = Parameter("mean", 0, 0), Parameter("mean", 0, 1)
    found = landscape(plane, flat, x, y, [1.2], [1.2])
    value = e_step(plane, GaussianMixture([1.0], [[1.2, 1.2]], [np.eye(2) * 9])).log_likelihood
    assert found.log_likelihoods[0, 0] == pytest.approx(value, rel=0.01)


def test_names_and_values_of_parameters():
    mixture = GaussianMixture([0.4, 0.6], [[2, 55], [4.3, 80]], [np.diag([3.0, 4.0])] * 2)
    assert Parameter("mean", 1, 1).name(2) == "mean 2 (y)"
    assert Parameter("variance", 0).name(1) == "variance 1"
    assert Parameter("weight", 1).of(mixture) == 0.6
    assert Parameter("mean", 1, 1).of(mixture) == 80
    assert Parameter("variance", 0, 1).of(mixture) == 4
    with pytest.raises(InputError, match="no mean 3"):
        landscape(FIVE, START, MEANS[0], Parameter("mean", 2), [0], [0])
