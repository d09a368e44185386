"""The picture beside the blanks, read back into data units: nothing is drawn but what is true."""

import re

import numpy as np
import pytest

from em_core import GaussianMixture, e_step, m_step
from explorer.charts.earned import (
    BAR_HEIGHT,
    BAR_TOP,
    BAR_WIDTH,
    BASE,
    LEFT,
    RIGHT,
    TOP,
    Earned,
    View,
    earned_picture,
    scatter_picture,
)

POINTS = np.array([0.2, -0.9, -1.0, 1.2, 1.8])
START = GaussianMixture.univariate([0.3, 0.7], [-3, 2], [4, 1])
SHARES = e_step(POINTS, START).responsibilities
MADE = m_step(POINTS, SHARES)
NEW = tuple(
    (float(MADE.weights[k]), float(MADE.means[k, 0]), float(MADE.variances[k])) for k in range(2)
)
NOTHING = (None,) * 5


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?[\d.]+", text)]


def curves(picture: str, css_class: str) -> list[np.ndarray]:
    found = re.findall(rf'<polyline class="{css_class}" points="([^"]*)"', picture)
    return [np.array(numbers(points)).reshape(-1, 2) for points in found]


def values(view: View, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pixels as values of x and densities."""
    across = view.low + (places[:, 0] - LEFT) / (RIGHT - LEFT) * (view.high - view.low)
    return across, (BASE - places[:, 1]) / (BASE - TOP) * view.top


@pytest.mark.parametrize("k", [0, 1])
def test_curves_are_the_weighted_densities_in_force_and_the_new_ones(k):
    earned = Earned(POINTS, START, NOTHING, (NEW[0], NEW[1]))
    view, picture = View.of(earned), earned_picture(earned, "Iteration 1")
    for css_class, mixture in (
        (f"ex-curve ex-old ex-c{k + 1}", START),
        (f"ex-curve ex-c{k + 1}", MADE),
    ):
        (places,) = curves(picture, css_class)
        x, y = values(view, places)
        off, variance = x - mixture.means[k, 0], mixture.variances[k]
        expected = mixture.weights[k] * np.exp(-(off**2) / 2 / variance)
        expected /= np.sqrt(2 * np.pi * variance)
        slope = np.abs(expected * off / variance)
        close = view.top / (BASE - TOP) + slope * (view.high - view.low) / (RIGHT - LEFT)
        assert np.all(np.abs(y - expected) < 0.06 * close)
        assert (places[0, 0], places[-1, 0]) == (LEFT, RIGHT)


def test_everything_is_in_view():
    earned = Earned(POINTS, START, NOTHING, (NEW[0], None))
    view = View.of(earned)
    reach = 2 * np.sqrt(START.variances)
    lowest = min(POINTS.min(), (START.means[:, 0] - reach).min())
    highest = max(POINTS.max(), (START.means[:, 0] + reach).max())
    assert view.x(lowest) == pytest.approx(LEFT + (RIGHT - LEFT) * 0.08 / 1.16)
    assert view.x(highest) == pytest.approx(RIGHT - (RIGHT - LEFT) * 0.08 / 1.16)
    peaks = [w / np.sqrt(2 * np.pi * v) for w, _, v in (NEW[0],)]
    peaks += list(START.weights / np.sqrt(2 * np.pi * START.variances))
    assert view.y(max(peaks)) == pytest.approx(BASE - (BASE - TOP) / 1.12)
    assert view.to_dict() == {
        **{"low": view.low, "high": view.high},
        **{"left": LEFT, "right": RIGHT, "top": TOP, "base": BASE},
    }


def test_a_component_not_yet_made_has_no_new_curve_and_the_old_ones_fade():
    picture = earned_picture(Earned(POINTS, START, NOTHING, (None, NEW[1])), "Iteration 1")
    assert not curves(picture, "ex-curve ex-c1")
    assert len(curves(picture, "ex-curve ex-c2")) == 1
    assert len(curves(picture, r"ex-curve ex-old ex-c\d")) == 2
    before = earned_picture(Earned(POINTS, START, NOTHING, (None, None)), "Iteration 1")
    assert not curves(before, r"ex-curve ex-old ex-c\d")
    assert len(curves(before, r"ex-curve ex-c\d")) == 2
    badges = re.findall(r'<g class="ex-badge ex-c(\d)">.*?<text[^>]*>(\d)</text>', before)
    assert badges == [("1", "1"), ("2", "2")]


def test_bars_are_the_shares_from_the_ground_up_and_unknown_ones_ask():
    shares = (SHARES[0], None, None, SHARES[3], None)
    picture = earned_picture(Earned(POINTS, START, shares, (None, None)), "Iteration 1")
    bar = r'ex-share-bar ex-c(\d)" x="([\d.]+)" y="([\d.]+)" width="18" height="([\d.]+)"'
    found = [tuple(map(float, each)) for each in re.findall(bar, picture)]
    assert [int(k) for k, *_ in found] == [1, 2, 1, 2]
    heights = np.array([height for *_, height in found]) / BAR_HEIGHT
    assert heights == pytest.approx(np.ravel([SHARES[0], SHARES[3]]), abs=0.002)
    for (_, x, top, high), (_, also_x, upper, _) in (found[:2], found[2:]):
        assert (top + high, x) == pytest.approx((BAR_TOP + BAR_HEIGHT, also_x), abs=0.06)
        assert upper == pytest.approx(BAR_TOP, abs=0.06)
    assert picture.count(">?</text>") == 3
    assert "Responsibilities are drawn for 2 points, new curves for 0 components." in picture
    bare = earned_picture(Earned(POINTS, START, (), (None, None)), "Iteration 1")
    assert "ex-frame" not in bare
    assert "Responsibilities" not in bare


def test_dots_stand_at_their_values_and_bars_apart_under_them():
    earned = Earned(POINTS, START, NOTHING, (None, None))
    view, picture = View.of(earned), earned_picture(earned, "Iteration 1")
    dots = [float(x) for x in re.findall(r'ex-datum" cx="([\d.]+)" cy="186"', picture)]
    assert dots == pytest.approx([view.x(x) for x in POINTS], abs=0.06)
    frames = [float(x) + BAR_WIDTH / 2 for x in re.findall(r'ex-frame" x="([\d.]+)"', picture)]
    assert [POINTS[i] for i in np.argsort(frames)] == sorted(POINTS)
    assert np.diff(np.sort(frames)).min() >= 23.9
    leads = np.array([numbers(d) for d in re.findall(r'ex-lead" d="([^"]*)"', picture)])
    assert leads[:, 0] == pytest.approx(dots, abs=0.06)
    assert leads[:, 3] == pytest.approx(frames, abs=0.06)
    alone = earned_picture(Earned(np.array([-2.0, 1.0]), START, NOTHING[:2], (None, None)), "x")
    leads = [numbers(d) for d in re.findall(r'ex-lead" d="([^"]*)"', alone)]
    assert [at for at, *_ in leads] == [place for *_, place, _ in leads]


def test_a_crowd_at_the_edge_stays_in_the_picture():
    crowd = np.array([1.0, 1.01, 1.02, 1.03, 1.04, 1.05])
    mixture = GaussianMixture.univariate([0.5, 0.5], [-9, 0], [1, 0.09])
    picture = earned_picture(Earned(crowd, mixture, (None,) * 6, (None, None)), "x")
    frames = [float(x) for x in re.findall(r'ex-frame" x="([\d.]+)"', picture)]
    assert max(frames) + BAR_WIDTH == pytest.approx(RIGHT, abs=0.06)
    assert np.diff(frames) == pytest.approx([24] * 5, abs=0.11)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-1, 2, ["−1", "0", "1", "2"]),
        (0, 60, ["0", "20", "40", "60"]),
        (0, 0.2, ["0", "0.05", "0.1", "0.15", "0.2"]),
    ],
)
def test_the_axis_counts_in_round_steps(low, high, expected):
    points = np.array([low, high], dtype=float)
    middle = GaussianMixture.univariate([1.0], [(low + high) / 2], [(high - low) ** 2 / 100])
    picture = earned_picture(Earned(points, middle, (), (None,)), "x")
    view = View.of(Earned(points, middle, (), (None,)))
    ticks = re.findall(r'<text x="([\d.]+)" y="203">([^<]*)</text>', picture)
    assert [text for _, text in ticks] == expected
    places = [view.x(float(text.replace("−", "-"))) for _, text in ticks]
    assert [float(x) for x, _ in ticks] == pytest.approx(places, abs=0.06)


def test_points_of_the_plane_keep_their_proportions_and_the_right_way_up():
    picture = scatter_picture(np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 2.0]]), "An <L>")
    corner, right, above = (
        np.array(list(map(float, at))) for at in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', picture)
    )
    assert right[0] - corner[0] == pytest.approx(2 * (corner[1] - above[1]), abs=0.2)
    assert (right[1], above[0]) == (corner[1], corner[0])
    assert right[0] - corner[0] == pytest.approx(0.9 * 480)
    assert "An &lt;L&gt;: 3 points in the plane." in picture
