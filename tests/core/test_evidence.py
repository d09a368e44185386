"""The limits of what is called narrow, few, alike, slow or dying: each from both sides."""

from dataclasses import replace

import numpy as np
import pytest

from em_core import GaussianMixture, fit
from em_core.report.evidence import Support
from em_core.report.health import health


def seen(points, mixtures, heights=None, covariance_type="full", outcome="converged"):
    """A trace through these mixtures, with log-likelihoods of which only the steps matter."""
    made = fit(points, mixtures[0], covariance_type, max_iter=1)
    T = len(mixtures) - 1
    heights = np.linspace(-1e3, -900, T + 1) if heights is None else np.array(heights)
    return replace(
        made,
        weights=np.stack([m.weights for m in mixtures]),
        means=np.stack([m.means for m in mixtures]),
        covariances=np.stack([m.covariances for m in mixtures]),
        means_residuals=np.stack([m.means_residual for m in mixtures]),
        log_likelihoods=heights,
        floored=np.zeros((T + 1, mixtures[0].n_components), dtype=bool),
        outcome=outcome,
        iteration=T,
        components=(),
        fell_at=None,
    )


def kinds(points, *args, **options):
    return [finding.kind for finding in health(points, seen(points, *args, **options))]


PAIR = np.array([-1, -0.9, 2.0, 3, 4, 5, 6])


def on_the_pair(variance, weight=2 / 7):
    return GaussianMixture.univariate([weight, 1 - weight], [-0.95, 4], [variance, 2])


@pytest.mark.parametrize(("ratio", "found"), [(0.7 / 12, True), (1.4 / 12, False)])
def test_a_component_on_two_points_is_a_spike_below_a_twelfth_of_the_others_variance(ratio, found):
    assert ("spurious" in kinds(PAIR, [on_the_pair(2 * ratio)] * 2)) == found


@pytest.mark.parametrize(("fraction", "kind"), [(0.6e-8, "near-collapsed"), (1.6e-8, "spurious")])
def test_ten_thousand_times_narrower_than_the_data_is_close_to_collapse(fraction, kind):
    points = np.array([-1, -1 + 1e-5, 2.0, 3, 4, 5, 6])
    narrow = GaussianMixture.univariate(
        [2 / 7, 5 / 7], [points[:2].mean(), 4], [fraction * points.var(), 2]
    )
    assert kind in kinds(points, [narrow] * 2)


@pytest.mark.parametrize(("before", "found"), [(1 / 0.85, True), (1 / 0.95, False)])
def test_on_one_point_and_a_tenth_narrower_in_an_iteration_is_close_to_collapse(before, found):
    points = PAIR[1:]
    then, now = (
        GaussianMixture.univariate([1 / 6, 5 / 6], [-0.9, 4], [0.01 * factor, 2])
        for factor in (before, 1)
    )
    assert ("near-collapsed" in kinds(points, [then, now])) == found


def test_on_two_points_a_covariance_can_stand_still_so_shrinking_is_no_collapse():
    then, now = on_the_pair(0.02), on_the_pair(0.01)
    assert "near-collapsed" not in kinds(PAIR, [then, now])


@pytest.mark.parametrize(("distance", "found"), [(0.6e-3, True), (1.6e-3, False)])
def test_components_coincide_below_a_thousandth_of_bhattacharyyas_distance(distance, found):
    apart = np.sqrt(8 * distance)
    two = GaussianMixture.univariate([0.5, 0.5], [4 - apart / 2, 4 + apart / 2], [1, 1])
    assert ("duplicate" in kinds(PAIR, [two] * 2)) == found


def as_high_as_one(points):
    """Two components that are one, and the log-likelihood of that one."""
    one = GaussianMixture.univariate([1.0], [points.mean()], [points.var()])
    two = GaussianMixture.univariate([0.5, 0.5], [points.mean()] * 2, [points.var()] * 2)
    return two, one.log_density(points).sum()


@pytest.mark.parametrize(("gain", "found"), [(0.6e-4, True), (1.6e-4, False)])
def test_a_plateau_gains_less_than_a_ten_thousandth_per_point(gain, found):
    two, height = as_high_as_one(PAIR)
    heights = [height - gain * len(PAIR), height]
    assert ("plateau" in kinds(PAIR, [two] * 2, heights)) == found


@pytest.mark.parametrize(("above", "found"), [(0.6e-5, True), (1.6e-5, False)])
def test_no_better_than_one_component_is_a_hundred_thousandth_per_point(above, found):
    two, height = as_high_as_one(PAIR)
    end = height + above * len(PAIR)
    assert ("plateau" in kinds(PAIR, [two] * 2, [end - 1e-6, end])) == found


@pytest.mark.parametrize(("times", "found"), [(0.6, False), (1.6, True)])
def test_a_gain_that_may_be_rounding_does_not_count_as_unconverged(times, found):
    """The limit is 1e-11 of the log-likelihood and the points together."""
    gain = times * 1e-11 * (100 + len(PAIR))
    heights = [-100 - gain, -100.0]
    found_kinds = kinds(PAIR, [on_the_pair(1)] * 2, heights, outcome="max_iter")
    assert ("iteration-limit" in found_kinds) == found


@pytest.mark.parametrize(("gain", "severity"), [(0.6e-6, "info"), (1.6e-6, "warning")])
def test_the_iteration_limit_is_a_warning_where_a_millionth_per_point_is_gained(gain, severity):
    heights = [-100 - gain * len(PAIR), -100]
    trace = seen(PAIR, [on_the_pair(1)] * 2, heights, outcome="max_iter")
    (limit,) = [f for f in health(PAIR, trace) if f.kind == "iteration-limit"]
    assert limit.severity == severity


@pytest.mark.parametrize(("rate", "found"), [(0.943, False), (0.957, True)])
def test_slow_is_a_twentieth_of_the_distance_an_iteration(rate, found):
    heights = [-2 - rate**2, -1 - rate**2, -1]
    assert ("slow" in kinds(PAIR, [on_the_pair(1)] * 3, heights)) == found


def slow_with(still_to_come):
    """The finding about a run of rate 0.96 that has so much log-likelihood before it."""
    ratio = 0.96**2
    last = still_to_come * (1 - ratio) / ratio
    heights = np.cumsum([-100, last / ratio, last])
    trace = seen(PAIR, [on_the_pair(1)] * 3, heights)
    (slow,) = [f for f in health(PAIR, trace) if f.kind == "slow"]
    return slow


def test_more_iterations_are_offered_where_a_hundredth_of_log_likelihood_is_to_come():
    assert slow_with(0.016).remedy == "more-iterations"
    assert slow_with(0.006).remedy == ""


def test_what_is_to_come_is_told_from_a_thousandth_on():
    assert "still to come" in slow_with(0.0016).sentence
    assert "still to come" not in slow_with(0.0006).sentence


@pytest.mark.parametrize(("size", "found"), [(0.8, True), (1.2, False)])
def test_a_component_dies_below_one_point_s_worth(size, found):
    assert ("dying" in kinds(PAIR, [on_the_pair(1, size / 7)] * 2)) == found


@pytest.mark.parametrize(("kept", "found"), [(0.85, True), (0.95, False)])
def test_still_shrinking_is_a_tenth_in_an_iteration(kept, found):
    weight = 0.5 / 7
    trace = seen(PAIR, [on_the_pair(1, weight / kept), on_the_pair(1, weight)])
    (dying,) = [f for f in health(PAIR, trace) if f.kind == "dying"]
    assert ("still shrinking" in dying.sentence) == found


def test_a_value_counts_towards_a_support_from_a_thousandth_of_the_greatest_share_on():
    nothing = Support(np.empty((0, 1)), np.empty(0))
    shares = np.array([1, 0.05, 0.002, 0.0005])
    found = nothing.including(np.arange(4.0)[:, None], shares)
    assert found.size == pytest.approx(1.052)


def collapsed_on_a_line(n):
    """What is said where a component of the plane collapses on n points above one another."""
    rng = np.random.default_rng(0)
    line = np.column_stack([np.zeros(n), np.linspace(0, 1, n)])
    points = np.concatenate([line, rng.normal([20, 0], 1, (3 * n, 2))])
    start = GaussianMixture([0.25, 0.75], [[0, 0.5], [20, 0]], [np.eye(2)] * 2)
    trace = fit(points, start)
    assert trace.outcome == "collapsed"
    return health(points, trace)[0].sentence


def test_up_to_four_values_are_named_and_up_to_a_hundred_are_counted():
    assert "the points (0, 0), (0, 0.3333), (0, 0.6667) and (0, 1)" in collapsed_on_a_line(4)
    assert "rests on 5 different values around" in collapsed_on_a_line(5)
    assert "rests on 90 different values around" in collapsed_on_a_line(90)
    assert "at least" in collapsed_on_a_line(110)


@pytest.mark.parametrize(("weight", "found"), [(0.0130, True), (0.0145, False)])
def test_what_happens_in_one_data_set_of_twenty_is_an_accident(weight, found):
    """A narrow component amid 2000 even points: with a few points more it is a group."""
    points = np.linspace(0, 10, 2000)
    narrow = GaussianMixture.univariate([weight, 1 - weight], [5, 5], [0.0025, 8.5])
    assert ("spurious" in kinds(points, [narrow] * 2)) == found
