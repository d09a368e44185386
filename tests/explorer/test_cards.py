"""Endings kept as cards: which stay, which is preferred, and whose components are whose."""

from dataclasses import replace

import numpy as np
import pytest

from em_core import GaussianMixture
from explorer.charts.card import card_picture
from explorer.charts.sketch import sketch
from explorer.model import edits, remedies
from explorer.model.cards import (
    MAX_CARDS,
    NONE_SOUND,
    SETTINGS_DIFFER,
    aligned,
    card_of,
    kept,
    preference,
    settings_of,
    start_of,
)
from explorer.model.endings import verdict_on
from explorer.model.examples import default_problem, named_data, own_data, suggested_start
from explorer.model.problem import Options, Problem
from explorer.model.runs import run
from explorer.model.session import Session, changed, pinning, undone, with_card


def ended(problem: Problem):
    there = run(problem)
    return card_of(there, verdict_on(there, 5))


@pytest.fixture(scope="module")
def spike():
    return ended(default_problem())


@pytest.fixture(scope="module")
def tied():
    problem = default_problem()
    return ended(edits.with_options(problem, replace(problem.options, covariance_type="tied")))


@pytest.fixture(scope="module")
def sensible():
    return ended(remedies.from_best_start(default_problem()))


def test_the_three_endings_of_the_worked_example(spike, tied, sensible):
    endings = [card.log_likelihood for card in (spike, tied, sensible)]
    assert endings == pytest.approx([-3.2179, -6.5312, -6.2156], abs=1e-4)
    assert [bool(card.against) for card in (spike, tied, sensible)] == [True, False, False]


def test_the_lower_one_is_preferred_to_the_spike_and_words_say_why(spike, tied, sensible):
    words = preference((spike, sensible))
    assert words.startswith(
        "−6.216 is preferred to −3.218, although it is lower. Component 1 rests"
    )
    assert SETTINGS_DIFFER not in words
    assert preference((spike, tied, sensible)).endswith(SETTINGS_DIFFER)
    assert preference((tied, sensible)).startswith("−6.216 is preferred: it is the highest")
    assert preference((spike, spike)) == NONE_SOUND
    assert preference((spike,)) == ""


def test_a_card_says_where_it_came_from(spike, tied, sensible):
    assert (start_of(spike), start_of(sensible)) == ("from −3, 2", "from 0.2, 1.8")
    assert settings_of(tied) == ["2 components", "tied"]
    drawn = edits.with_method(default_problem(), "random", 7)
    assert start_of(replace(spike, problem=drawn)) == "from random, seed 7"


def test_a_dozen_cards_at_most_of_these_data_alone(spike):
    cards = ()
    for i in range(MAX_CARDS + 3):
        problem = edits.with_mean(default_problem(), 0, 0, -3 - i)
        cards = kept(cards, replace(spike, problem=problem))
    assert len(cards) == MAX_CARDS == 12
    assert cards[0].problem.start.mixture.means[0, 0] == -6
    again = kept(cards, replace(cards[3], log_likelihood=-1.0))
    assert again[-1].log_likelihood == -1
    assert again[:-1] == (*cards[:3], *cards[4:])
    other = own_data([0.0, 1.0, 5.0, 6.0])
    new = replace(spike, problem=Problem(other, suggested_start(other)))
    assert kept(cards, new) == (new,)


def test_components_are_matched_whatever_their_numbers(sensible):
    turned = GaussianMixture(
        sensible.mixture.weights[::-1],
        sensible.mixture.means[::-1],
        sensible.mixture.covariances[::-1],
    )
    found = aligned(turned, sensible)
    assert found is not None
    assert np.array_equal(found.means, turned.means)
    three = edits.with_component_count(default_problem(), 3).start.mixture
    assert aligned(three, sensible) is None


def test_what_is_pinned_stays_through_changes_but_not_with_other_data(spike):
    session = pinning(with_card(Session(default_problem()), spike), spike)
    moved = changed(session, edits.with_mean(session.problem, 0, 0, -1.0))
    assert moved.pinned is spike
    assert undone(moved).cards == (spike,)
    other = named_data("galaxies")
    assert changed(moved, edits.with_data(session.problem, other)).pinned is None


@pytest.mark.parametrize("problem", ["spike", "collapsed", "plane"])
def test_a_picture_of_any_ending_stays_in_its_frame(problem):
    if problem == "plane":
        data = named_data("old_faithful")
        there = run(Problem(data, suggested_start(data)))
    elif problem == "collapsed":
        there = run(edits.with_component_count(default_problem(), 5))
        assert there.trace.outcome == "collapsed"
    else:
        there = run(default_problem())
    data = there.problem.data
    drawn = card_picture(data, sketch(data), there.trace.mixtures[-1], -1.0)
    assert "nan" not in drawn
    assert "inf" not in drawn
    assert drawn.count("<path") == there.trace.mixtures[-1].n_components


def test_options_are_part_of_what_can_be_compared(spike):
    floor = replace(spike, problem=replace(spike.problem, options=Options(variance_floor=0.01)))
    assert floor.kind != spike.kind
    assert settings_of(floor) == ["2 components", "floor 0.01"]


def test_a_spike_is_cut_off_so_that_the_other_component_is_seen(spike):
    data = spike.problem.data
    drawn = card_picture(data, sketch(data), spike.mixture, spike.log_likelihood)
    spiked, broad = (
        [float(place.split(",")[1]) for place in path.split('"')[0].split("L")]
        for path in drawn.split('<path d="M')[1:]
    )
    assert min(spiked) == pytest.approx(3, abs=0.2)
    assert 62 - min(broad) > 5
