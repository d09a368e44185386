"""All pairs of columns: what is shown of how many, the colours, and what can be chosen."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from em_core import GaussianMixture, candidate
from em_core.agreement import assign
from explorer.charts.marks import RADIUS, span
from explorer.charts.pairs import MOST, columns_shown, pairs, words
from explorer.model.examples import named_data, own_data

IRIS = named_data("iris")
FITTED = candidate(IRIS.points, 2, n_starts=2).mixture
SVG = "{http://www.w3.org/2000/svg}"


def wide(d: int = 10):
    """Two components that differ in the last columns most, in the first not at all."""
    means = np.array([np.zeros(d), np.arange(d, dtype=float)])
    mixture = GaussianMixture([0.4, 0.6], means, np.stack([np.eye(d)] * 2))
    points, _ = mixture.sample(50, np.random.default_rng(1))
    return own_data(points, "Wide", tuple(f"<c{i + 1}>" for i in range(d))), mixture


def test_every_pair_once_and_every_column_by_itself():
    root = ET.fromstring(pairs(IRIS, FITTED))
    picks = [mark.get("data-pick") for mark in root.iter(f"{SVG}g") if mark.get("data-pick")]
    assert picks == ["0:1", "0:2", "1:2", "0:3", "1:3", "2:3"]
    said = [text.text for text in root.iter(f"{SVG}text")]
    assert "Petal length" in said
    assert "1 to 6.9 cm" in said
    assert words(IRIS, columns_shown(IRIS, FITTED)).startswith("Every pair of the 4 columns.")


def test_of_many_columns_those_in_which_the_components_differ_most_are_shown_and_that_is_said():
    data, mixture = wide()
    assert columns_shown(data, mixture) == tuple(range(10 - MOST, 10))
    said = words(data, columns_shown(data, mixture))
    assert said.startswith("The 6 of 10 columns in which the components lie farthest apart: <c5>,")
    assert "The fit is to all 10." in said
    root = ET.fromstring(pairs(data, mixture))
    assert len([mark for mark in root.iter() if mark.get("data-pick")]) == 15


def test_a_columns_spread_counts_for_what_lies_far_apart():
    data, mixture = wide()
    stretched = mixture.covariances * np.where(np.arange(10) == 9, 1e4, 1.0)[:, None]
    stretched[:, range(9), 9] = stretched[:, 9, range(9)] = 0
    other = GaussianMixture(mixture.weights, mixture.means, stretched)
    assert 9 not in columns_shown(data, other)


def dots(root):
    """Where points are drawn, by their colour."""
    paths = [p for p in root.iter(f"{SVG}path") if p.get("stroke-linecap") == "round"]
    return [(p.get("style"), len(re.findall("M", p.get("d")))) for p in paths]


def test_a_point_has_the_colour_of_the_component_that_holds_it_by_all_columns():
    sizes = np.bincount(assign(IRIS.points, FITTED)).tolist()
    drawn = dots(ET.fromstring(pairs(IRIS, FITTED)))
    assert drawn == [("stroke:var(--em-c1)", sizes[0]), ("stroke:var(--em-c2)", sizes[1])] * 6


def test_before_anything_is_shared_out_points_are_neutral():
    drawn = dots(ET.fromstring(pairs(IRIS, FITTED, shared_out=False)))
    assert drawn == [("stroke:var(--em-neutral)", 150)] * 6


def test_the_pair_on_the_stage_is_marked_whichever_way_round_it_is():
    plain, marked = (pairs(IRIS, FITTED, chosen=chosen) for chosen in (None, (3, 1)))
    assert pairs(IRIS, FITTED, chosen=(1, 3)) == marked
    assert plain.count('opacity="0.18"') == 0
    assert marked.count('opacity="0.18"') == 1


def test_an_ellipse_is_that_of_the_marginal():
    root = ET.fromstring(pairs(IRIS, FITTED))
    group = next(mark for mark in root.iter() if mark.get("data-pick") == "2:3")
    first = next(p for p in group.iter(f"{SVG}path") if p.get("stroke-linecap") != "round")
    ground = next(group.iter(f"{SVG}rect"))
    across = np.array(re.findall(r"([\d.]+),[\d.]+", first.get("d")), dtype=float)
    share = (across - float(ground.get("x"))) / float(ground.get("width"))
    low, high = span(IRIS, 2)
    values = low + share * (high - low)
    reach = RADIUS * np.sqrt(FITTED.covariances[0, 2, 2])
    assert values.max() == pytest.approx(FITTED.means[0, 2] + reach, abs=0.02 * (high - low))
    assert values.min() == pytest.approx(FITTED.means[0, 2] - reach, abs=0.02 * (high - low))


def test_names_from_outside_are_escaped():
    data, mixture = wide(3)
    drawn = pairs(data, mixture)
    assert "<c1>" not in drawn
    ET.fromstring(drawn)
