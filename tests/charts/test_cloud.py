"""The cloud of starts as SVG: every start is there, unsound ones hollow, foreign text escaped."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from em_core import select_model
from em_core.datasets import load
from explorer.charts import cloud, svg
from explorer.charts.svg import Panel

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def galaxies():
    return select_model(load("galaxies").points, range(1, 8), n_starts=8)


def marks(picture):
    """The dots that can be chosen, by what they choose."""
    found = ET.fromstring(picture).iter(f"{SVG}g")
    return {g.get("data-pick"): g[0] for g in found if g.get("data-pick")}


def test_every_start_of_the_type_is_a_mark_and_unsound_ones_are_hollow(galaxies):
    for covariance_type in ("tied", "full"):
        dots = marks(cloud.cloud(galaxies, covariance_type, 7))
        expected = {
            cloud.pick_of(c, s): run.sound
            for c in galaxies.candidates
            if c.covariance_type == covariance_type
            for s, run in enumerate(c.runs)
        }
        hollow = {name: "fill:none" in dot.get("style") for name, dot in dots.items()}
        assert hollow == {name: not sound for name, sound in expected.items()}
    assert False in expected.values()


def test_higher_is_higher_and_the_axis_holds_every_sound_ending(galaxies):
    dots = marks(cloud.cloud(galaxies, "full", 7))
    sound = sorted(
        (run.log_likelihood, float(dots[cloud.pick_of(c, s)].get("cy")))
        for c in galaxies.candidates
        if c.covariance_type == "full"
        for s, run in enumerate(c.runs)
        if run.sound
    )
    heights = [y for _, y in sound]
    assert heights == sorted(heights, reverse=True)
    assert min(heights) > cloud.TOP
    assert max(heights) < cloud.CLOUD - cloud.BOTTOM


def test_a_spike_above_the_axis_lies_on_its_edge(galaxies):
    spikes = [
        (c, s)
        for c in galaxies.candidates
        for s, run in enumerate(c.runs)
        if run.log_likelihood > cloud._heights(galaxies)[1]
    ]
    assert spikes
    for c, s in spikes:
        dot = marks(cloud.cloud(galaxies, c.covariance_type, 7))[cloud.pick_of(c, s)]
        assert float(dot.get("cy")) == cloud.TOP


def test_dots_of_one_height_lie_side_by_side(galaxies):
    dots = marks(cloud.cloud(galaxies, "tied", 7))
    places = [(dots[f"tied:1:{s}"].get("cx"), dots[f"tied:1:{s}"].get("cy")) for s in range(8)]
    assert len({x for x, _ in places}) == 8
    assert len({y for _, y in places}) == 1


def test_the_lowest_of_each_criterion_is_ringed_once(galaxies):
    names = ("aicc", "bic", "icl")
    tips = [
        tip.text
        for covariance_type in ("tied", "full")
        for tip in ET.fromstring(cloud.criteria(galaxies, covariance_type, 7, names)).iter(
            f"{SVG}title"
        )
    ]
    assert sum(tip.endswith(", the lowest") for tip in tips) == 3


def test_pictures_are_sound_xml_and_escape_what_is_written():
    words = svg.words(1, 2, "<script>&")
    picture = svg.picture(10, 10, 'a "label" & <more>', [words, svg.dot(1, 1, 2, "red", tip="<b>")])
    root = ET.fromstring(picture)
    assert root.get("aria-label") == 'a "label" & <more>'
    assert root.find(f"{SVG}text").text == "<script>&"


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 10, 5, [0, 2, 4, 6, 8, 10]),
        (0.1, 0.34, 3, [0.1, 0.2, 0.3]),
        (-3, 3, 2, [0]),
        (5, 5, 4, [5]),
        (1e6, 1e6 + 4, 4, [1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3, 1e6 + 4]),
    ],
)
def test_ticks_are_round_numbers(low, high, most, expected):
    assert svg.ticks(low, high, most) == expected


def test_a_panel_puts_its_ranges_on_its_edges():
    panel = Panel(10, 20, 110, 220, (0, 1), (-1, 1))
    assert panel.across(np.array([0, 0.5, 1])).tolist() == [10, 60, 110]
    assert panel.up(np.array([-1, 0, 1])).tolist() == [220, 120, 20]
