import numpy as np
import pytest

from explorer.charts.sketch import (
    MAX_BARS,
    MAX_DOTS,
    MAX_PLANE_DOTS,
    STRIP_COLUMNS,
    digits_to_tell_apart,
    sketch,
    stacked,
)
from tests.charts.problems import data_of


def test_few_points_are_all_drawn_in_order_of_value():
    drawn = sketch(data_of([3.0, -1.0, 2.0]))
    assert drawn.dots.tolist() == drawn.columns.tolist() == [1, 2, 0]
    assert not drawn.compact
    assert drawn.histogram is None


def test_points_that_would_overlap_in_view_are_stacked_and_others_are_not():
    data = data_of([1.0, 1.0, 1.1, 5.0])
    assert stacked(sketch(data), data, (0, 6)).levels.tolist() == [0, 1, 2, 0]
    assert stacked(sketch(data), data, (0.9, 5.1)).levels.tolist() == [0, 1, 0, 0]


def test_a_crowd_becomes_a_histogram_of_area_one():
    points = np.random.default_rng(0).normal(size=MAX_DOTS + 1)
    drawn = sketch(data_of(points))
    assert len(drawn.dots) == 0
    histogram = drawn.histogram
    assert (histogram.density * np.diff(histogram.edges)).sum() == pytest.approx(1)


def test_the_strip_stands_for_all_points_evenly():
    n = 100_000
    drawn = sketch(data_of(np.random.default_rng(0).permutation(n).astype(float)))
    values = drawn.columns  # any permutation: what counts is which ranks were taken
    ranks = np.sort(data_rank(n)[values])
    assert len(values) == STRIP_COLUMNS
    assert drawn.compact
    steps = np.diff(ranks)
    assert steps.max() - steps.min() <= 1


def data_rank(n):
    return np.argsort(np.argsort(np.random.default_rng(0).permutation(n)))


def test_the_plane_keeps_to_what_svg_can_bear():
    points = np.random.default_rng(0).normal(size=(5000, 2))
    drawn = sketch(data_of(points, ("a", "b"), ("", "")))
    assert len(drawn.dots) == MAX_PLANE_DOTS
    assert len(np.unique(drawn.dots)) == MAX_PLANE_DOTS


@pytest.mark.parametrize("sign", [1, -1])
def test_points_of_the_plane_stand_along_the_main_direction(sign):
    t = np.array([3.0, 0.0, 2.0, 1.0])
    drawn = sketch(data_of(np.stack([t, sign * 100 * t], axis=1), ("a", "b"), ("", "")))
    assert drawn.columns.tolist() == [1, 3, 2, 0]


@pytest.mark.parametrize("n", [1, 2, MAX_BARS, MAX_BARS + 1])
def test_identical_points_can_be_drawn(n):
    drawn = sketch(data_of(np.full(n, 7.5)))
    assert (drawn.span > 0).all()


@pytest.mark.parametrize(
    ("lowest", "highest", "digits"),
    [(0.0, 5.0, 4), (1e9, 1e9 + 100, 12), (7.0, 7.0, 4), (-2e-5, 2e-5, 4)],
)
def test_far_off_zero_takes_more_digits(lowest, highest, digits):
    assert digits_to_tell_apart(np.array([lowest]), np.array([highest])) == digits
