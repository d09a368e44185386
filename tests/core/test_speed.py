"""How fast EM arrives: the distance shrinks at the theoretical rate; what stopping rules leave."""

import warnings

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture as SklearnMixture

from em_core import (
    GaussianMixture,
    Options,
    Rules,
    annealing,
    dial,
    fit,
    how_fast,
    information,
    quantiles,
)
from em_core import splitting_temperature as splits_at
from em_core.datasets import load


def waiting():
    return load("old_faithful_waiting").points


START = GaussianMixture.univariate([0.5, 0.5], [55, 80], [25, 25])


def test_the_distance_shrinks_at_the_rate_of_missing_information():
    trace = fit(waiting(), START, tol=1e-12)
    speed = how_fast(waiting(), trace)
    assert speed.rate == pytest.approx(0.6580517, abs=1e-7)
    assert len(speed.distances) == trace.n_iter + 1
    shrunk = speed.distances[1:] / speed.distances[:-1]
    np.testing.assert_allclose(shrunk[8:-3], speed.rate, rtol=5e-3)
    to_come = speed.log_likelihood - trace.log_likelihoods
    np.testing.assert_allclose(speed.distances[4:12] ** 2 / 2, to_come[4:12], rtol=0.05)


def test_the_slowest_direction_of_the_crabs_is_weight_against_mean():
    points = load("pearson_crabs").points
    trace = fit(points, quantiles(points, 2, np.random.default_rng(0)).mixture)
    speed = how_fast(points, trace)
    assert speed.rate == pytest.approx(0.9936, abs=1e-4)
    assert [name for name, _ in speed.slowest[:2]] == ["weight 1", "mean 1"]
    assert speed.slowest[0][1] in (1, -1)
    end = fit(points, trace.mixtures[-1], max_iter=9000, tol=1e-15)
    assert speed.log_likelihood == pytest.approx(end.log_likelihoods[-1], abs=1e-6)
    stops = {stop.rule: stop for stop in speed.stops}
    assert stops["here"].iteration == trace.n_iter == 25
    errors = information(points, end.mixtures[-1]).standard_errors
    gone = abs(trace.weights[25, 0] - end.weights[-1, 0]) / errors.weights[0]
    assert stops["here"].which == "weight 1"
    assert stops["here"].errors_to_come == pytest.approx(gone, rel=1e-3)
    assert stops["scikit-learn"].errors_to_come > stops["mclust"].errors_to_come > gone


@pytest.mark.parametrize("tied", [False, True])
def test_scikit_learn_stops_where_we_say_it_does(tied):
    points = waiting()
    start = GaussianMixture.univariate([0.5, 0.5], [60, 75], [100, 100])
    kind = "tied" if tied else "full"
    trace = fit(points, start, kind, tol=1e-10)
    precisions = 1 / start.covariances
    peer = SklearnMixture(
        2,
        covariance_type=kind,
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=precisions[0] if tied else precisions,
        reg_covar=0,
        init_params="random_from_data",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer.fit(points)
    (stop,) = [s for s in how_fast(points, trace).stops if s.rule == "scikit-learn"]
    assert stop.iteration == peer.n_iter_
    np.testing.assert_allclose(trace.means[stop.iteration], peer.means_, rtol=1e-8)


def test_rules_that_a_trace_is_too_short_for():
    speed = how_fast(waiting(), fit(waiting(), START, max_iter=2, tol=0))
    assert [stop.iteration for stop in speed.stops] == [None, None, None]
    assert all(stop.log_likelihood_to_come > 0 for stop in speed.stops)


def test_an_end_that_is_no_maximum_has_no_errors_and_one_component_no_delay():
    start = GaussianMixture.univariate([0.5, 0.5], [70, 70], [100, 100])
    stuck = how_fast(waiting(), fit(waiting(), start))
    assert {stop.errors_to_come for stop in stuck.stops} == {None}
    assert np.isfinite(stuck.distances).all()
    assert stuck.rate > 1
    one = how_fast(waiting(), fit(waiting(), GaussianMixture.univariate([1], [50], [1])))
    assert one.rate == pytest.approx(0, abs=1e-12)
    assert one.distances[1] == pytest.approx(0, abs=1e-6)


def test_components_part_at_the_temperature_that_theory_says():
    points = waiting()
    critical = splits_at(points, 100)
    assert 1 / critical == pytest.approx(0.543054, abs=5e-7)
    start = GaussianMixture.univariate([1 / 3] * 3, [60, 70, 80], [100] * 3)
    options = Options(rules=Rules(equal_weights=True, fixed_covariances=(0, 1, 2)))
    found = dial(points, start, [0.05, 1.0, critical * 0.97, critical * 1.03, 4.0], options)
    assert found.temperatures[0] == 4.0
    assert found.n_different.tolist() == [1, 1, 2, 2, 3]
    np.testing.assert_allclose(found.mixtures[0].means, points.mean(), atol=0.05)
    for mixture in found.mixtures:
        np.testing.assert_array_equal(mixture.covariances[:, 0, 0], 100)


def test_free_components_part_at_one_and_reach_em_s_optimum_there():
    points = load("old_faithful").points
    start = GaussianMixture([0.5, 0.5], [[2, 60], [4, 70]], [np.diag([1.0, 100])] * 2)
    found = dial(points, start, [2.0, 1.2, 1.0])
    assert found.n_different.tolist() == [1, 1, 2]
    assert found.log_likelihoods[-1] == pytest.approx(-1130.264, abs=1e-3)
    spread = np.cov(points.T, ddof=0)
    assert splits_at(points, spread) == pytest.approx(1)
    assert splits_at(points * [1e-9, 1e9], np.diag([1e-18, 1e18])) == pytest.approx(
        np.linalg.eigvalsh(spread)[-1]
    )
    counts = np.arange(1, 273) % 3
    repeated = np.repeat(points, counts, axis=0)
    assert splits_at(points, np.eye(2), counts) == pytest.approx(splits_at(repeated, np.eye(2)))


@pytest.mark.parametrize("seed", range(3))
def test_annealing_leads_to_the_best_optimum_whatever_it_began_with(seed):
    points = load("old_faithful").points
    start = annealing(points, 2, np.random.default_rng(seed)).mixture
    trace = fit(points, start, tol=1e-9)
    assert trace.log_likelihoods[-1] == pytest.approx(-1130.264, abs=1e-3)
    again = annealing(points, 2, np.random.default_rng(seed)).mixture
    assert again == start


def test_the_temperature_at_which_components_part_does_not_depend_on_the_unit():
    def parted(unit):
        means, variances = np.array([60, 80]) * unit, np.full(2, 100 * unit**2)
        start = GaussianMixture.univariate([0.5, 0.5], means, variances)
        return dial(waiting() * unit, start, [3.0, 1.5, 1.0]).n_different.tolist()

    assert parted(1e-6) == parted(1.0) == parted(1e6) == [1, 1, 2]
