"""Axes that hold for a whole run, to the numbers that decide what is in view."""

import numpy as np
import pytest

from em_core import GaussianMixture, fit
from explorer.charts.ranges import density_top, thinned, value_range
from explorer.charts.sketch import sketch
from explorer.model.examples import own_data

POINTS = np.linspace(0.0, 10.0, 11)


def run(weights, means, variances, points=POINTS):
    """A run of no iteration: the start is all there is."""
    trace = fit(points, GaussianMixture.univariate(weights, means, variances), max_iter=0)
    return trace, sketch(own_data(points))


@pytest.mark.parametrize(
    ("means", "variances", "expected"),
    [
        ([4, 6], [0.01, 0.01], (-1.2, 11.2)),  # the data and an eighth beyond, on either side
        ([1, 9], [1, 1], (-1.3, 11.3)),  # 2.3 σ of the end
        ([1, 9], [9, 9], (-5.6, 15.6)),  # 2.2 σ of the start, which the first picture shows
        ([-8, 20], [1, 1], (-10.2, 22.2)),  # however far from the data …
        ([-90, 90], [1, 1], (-20, 30)),  # … up to twice the width
    ],
)
def test_data_means_and_spreads_are_in_view(means, variances, expected):
    trace, drawn = run([0.5, 0.5], means, variances)
    assert value_range(trace, drawn, 0) == pytest.approx(expected)


def test_the_spreads_of_the_start_stay_in_view_where_the_end_is_narrower():
    start = GaussianMixture.univariate([0.5, 0.5], [1, 9], [4, 4])
    trace = fit(POINTS, start, max_iter=1)
    low, high = value_range(trace, sketch(own_data(POINTS)), 0)
    reach = 2.3 * np.sqrt(trace.mixtures[1].variances)
    means = trace.mixtures[1].means[:, 0]
    assert (low, high) == pytest.approx(
        (min(1 - 2.2 * 2, (means - reach).min()), max(9 + 2.2 * 2, (means + reach).max()))
    )


def normal(weight: float, variance: float) -> float:
    return weight / np.sqrt(2 * np.pi * variance)


@pytest.mark.parametrize(
    ("means", "variances", "highest"),
    [
        ([0, 10], [1, 4], normal(0.5, 1)),
        ([5, 5], [1, 4], normal(0.5, 1) + normal(0.5, 4)),  # their sum where they meet
    ],
)
def test_the_highest_curve_fits_with_a_twelfth_to_spare(means, variances, highest):
    trace, drawn = run([0.5, 0.5], means, variances)
    assert density_top(trace, drawn, 3.2) == pytest.approx(1.08 * highest, rel=1e-3)


@pytest.mark.parametrize(
    ("spike", "factor"),
    [
        (1.4, 1.08 * 1.4),  # not half as high again as the rest: shown whole
        (1.6, 1.08 * 1.15),  # higher: cut off a little above the rest
        (30.0, 1.08 * 1.15),
    ],
)
def test_a_tall_spike_is_cut_off_and_a_low_one_is_not(spike, factor):
    sd = 0.5
    rest = normal(0.9, 1.0)
    weight = spike * rest * sd * np.sqrt(2 * np.pi)
    start = GaussianMixture.univariate(
        np.array([weight, 0.9]) / (weight + 0.9), [0, 10], [sd**2, 1.0]
    )
    trace = fit(POINTS, start, max_iter=0)
    top = density_top(trace, sketch(own_data(POINTS)), 2.0)
    assert top == pytest.approx(factor * rest / (weight + 0.9), rel=1e-3)


@pytest.mark.parametrize(("sd", "is_spike"), [(0.59, True), (0.61, False)])
def test_narrow_is_less_than_three_fifths_of_the_spread_shared_out(sd, is_spike):
    start = GaussianMixture.univariate([0.8, 0.2], [0, 10], [sd**2, 1.0])
    trace = fit(POINTS, start, max_iter=0)
    top = density_top(trace, sketch(own_data(POINTS)), 2.0)
    honest = normal(0.2, 1.0) if is_spike else normal(0.8, sd**2)
    assert top == pytest.approx((1.08 * 1.15 if is_spike else 1.08) * honest, rel=1e-3)


def test_where_all_are_spikes_the_first_is_shown():
    trace, drawn = run([0.5, 0.5], [2, 8], [0.01, 0.04])
    assert density_top(trace, drawn, 3.0) == pytest.approx(1.08 * normal(0.5, 0.01))


@pytest.mark.parametrize("n", [5, 32, 33, 500])
def test_iterations_are_thinned_after_the_first_third(n):
    kept = thinned(n, 32).tolist()
    assert (kept[0], kept[-1], len(kept) <= 32) == (0, n - 1, True)
    assert kept[: min(n, 10)] == list(range(min(n, 10)))
    assert max(np.diff(kept)) <= max(1, np.ceil(n / 21))
