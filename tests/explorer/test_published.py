import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from em_core import GaussianMixture, fit
from em_core.datasets import load
from explorer.io.link import decode, encode
from explorer.model import published
from explorer.model.problem import Own, Problem, Start
from explorer.model.published import Compared, Printed, compared, opening, read, shelf
from explorer.model.quantities import QUANTITIES, Place, State
from explorer.model.runs import run
from scripts import validation

BY_ID = {each.id: each for each in shelf()}


@pytest.mark.parametrize("name", BY_ID)
def test_our_digits_agree_with_what_was_printed(name):
    for each in compared(BY_ID[name]):
        assert each.agrees, (each.printed.words, each.printed.value, each.ours)
        assert each.same_digits or each.printed.because


def test_most_agree_to_the_last_digit():
    numbers = [each for one in shelf() for each in compared(one)]
    assert len(numbers) > 40
    assert sum(each.same_digits for each in numbers) > 0.6 * len(numbers)


def test_the_page_in_docs_is_made_from_the_list():
    assert validation.PAGE.read_text(encoding="utf-8") == validation.page()


def test_the_galaxies_say_which_version_they_are():
    seen = set()
    for one in shelf():
        if one.data.get("name") != "galaxies":
            continue
        value = published.data_of(one).points[77, 0]
        assert f"{value:.2f}" in one.version
        assert one.version in validation.page()
        seen.add(value)
    assert seen == {26.96, 26.69}


@pytest.mark.parametrize("name", BY_ID)
def test_a_run_opens_at_the_state_whose_numbers_were_printed(name):
    one = BY_ID[name]
    opened = opening(one)
    there = run(opened.problem)
    h = opened.view.half_step
    assert h <= there.last
    shown = there.frame(h).mixture
    state = opened.trace.mixtures[-1]
    np.testing.assert_allclose(shown.means, state.means, rtol=1e-12)
    np.testing.assert_allclose(shown.covariances, state.covariances, rtol=1e-12)
    np.testing.assert_allclose(shown.weights, state.weights, rtol=1e-12)


def test_a_run_is_known_again_from_a_link_and_no_other_problem_is():
    for name in ("npfl129", "mclust-galaxies-V3", "mixtools-waiting"):
        opened = opening(BY_ID[name])
        assert published.printed_of(opened.problem) is BY_ID[name]
        linked = decode(encode(opened.problem, opened.view))
        assert published.printed_of(linked.problem) is BY_ID[name]
        assert linked.view.half_step == opened.view.half_step
        moved = GaussianMixture(
            opened.problem.start.mixture.weights,
            opened.problem.start.mixture.means + 1e-3,
            opened.problem.start.mixture.covariances,
        )
        assert published.printed_of(replace(opened.problem, start=Start(moved))) is None


def test_what_was_held_opens_with_its_ending_as_the_start():
    sas = opening(BY_ID["sas-fmm-galaxies"])
    assert sas.view.half_step == 0
    assert set(sas.problem.start.mixture.variances) == {0.9025}
    assert run(sas.problem).trace.log_likelihoods[0] == pytest.approx(-412.2089 / 2, abs=1e-4)


def test_changed_values_are_the_visitors_own():
    data = published.data_of(BY_ID["mclust-galaxies-V3"])
    assert isinstance(data.source, Own)
    different = np.flatnonzero(data.points[:, 0] != load("galaxies").points[:, 0])
    assert different.tolist() == [77]


def test_ids_are_unique_and_every_entry_is_complete():
    assert max(Counter(each.id for each in shelf()).values()) == 1
    for one in shelf():
        assert min(map(len, (one.title, one.source, one.shows, one.printed))) > 0
        assert (one.start is None) != (one.components == 0)


# --- adding one is adding an entry ----------------------------------------------------------------


def entry(**changes):
    values = 1000 * load("galaxies").points[:, 0]
    log_likelihood = -len(values) / 2 * (np.log(2 * np.pi * values.var()) + 1)
    return {
        "id": "new",
        "title": "A new one",
        "source": "Somewhere",
        "shows": "Something.",
        "data": {"name": "galaxies", "times": 1000, "version": "in km/s, corrected"},
        "covariance_type": "full",
        "components": 1,
        "printed": [
            {"what": "mean", "component": 1, "value": f"{values.mean():.2f}"},
            {"what": "log-likelihood", "value": f"{log_likelihood:.2f}"},
        ],
    } | changes


def test_a_new_entry_is_read_opened_and_compared():
    new = read(json.loads(json.dumps(entry())))
    assert all(each.same_digits for each in compared(new))
    assert opening(new).problem.data.points.max() == pytest.approx(34279)


def test_a_frequency_table_is_an_entry_like_any_other():
    values, counts = np.unique(load("pearson_crabs").points, return_counts=True)
    printed = [
        {"what": what, "value": "0", **place}
        for what, place in (
            ("log-likelihood", {}),
            ("BIC", {}),
            ("points in component", {"component": 1}),
            ("effective size", {"component": 2}),
            ("standard error of the mean", {"component": 1}),
            ("log-likelihood per point", {}),
        )
    ]
    start = {"weights": [0.5, 0.5], "means": [0.63, 0.66], "variances": [2e-4, 2e-4]}
    both = [
        read(
            {
                "id": "crabs",
                "title": "Crabs",
                "source": "Here",
                "shows": "The same twice.",
                "data": data,
                "covariance_type": "full",
                "start": start,
                "after": 20,
                "printed": printed,
            }
        )
        for data in (
            {"points": values.tolist(), "counts": counts.tolist()},
            {"points": np.repeat(values, counts).tolist()},
        )
    ]
    table, people = ([each.ours for each in compared(one)] for one in both)
    np.testing.assert_allclose(table, people, rtol=1e-9)


def test_equal_weights_are_held():
    one = read(entry(components=2, equal_weights=True, printed=[{"what": "AIC", "value": "470"}]))
    assert opening(one).trace.mixtures[-1].weights.tolist() == [0.5, 0.5]
    assert len(State(**_state_of(one)).information.names) == 4


def _state_of(one):
    trace = opening(one).trace
    points = published.data_of(one).points
    rules = published._rules(one)
    kind = one.covariance_type
    return {
        "points": points,
        "mixture": trace.mixtures[-1],
        "covariance_type": kind,
        "rules": rules,
    }


def test_without_a_likelihood_the_highest_ending_that_is_no_spike_is_opened():
    one = read(
        entry(
            data={"name": "galaxies", "version": "26.96"},
            components=3,
            printed=[{"what": "mean", "component": 1, "value": "9.71"}],
        )
    )
    assert opening(one).trace.log_likelihoods[-1] == pytest.approx(-203.48, abs=0.01)
    assert compared(one)[0].same_digits


def test_an_entry_that_does_not_agree_says_so():
    off = read(entry(printed=[{"what": "BIC", "value": "441.61"}]))
    (only,) = compared(off)
    assert not only.agrees
    assert only.verdict == "✗"


def test_an_unknown_quantity_or_item_is_refused():
    with pytest.raises(KeyError):
        read(entry(printed=[{"what": "deviance of the moon", "value": "1"}]))
    with pytest.raises(TypeError):
        read(entry(colour="blue"))


@pytest.mark.parametrize(
    ("value", "ours", "same"),
    [
        ("441.6122", 441.61224, True),
        ("441.6122", 441.61226, False),
        ("7", 7, True),
        ("412.2", 412.2499, True),
        ("412.2", 412.2501, False),
        ("-3.50", -3.504, True),
        ("1e3", 1000.4, True),
    ],
)
def test_digits_agree_when_ours_rounds_to_them(value, ours, same):
    assert Compared(Printed("BIC", value, Place()), ours).same_digits == same


def test_quantities_by_their_definitions():
    points = load("old_faithful").points
    mixture = fit(points, opening(BY_ID["mclust-faithful-VVV2"]).problem.start.mixture).mixtures[-1]
    state = State(points, mixture, "full", published._rules(BY_ID["mclust-faithful-VVV2"]))
    shares, log_l = state.responsibilities, state.log_likelihood

    def ask(what, **place):
        return QUANTITIES[what](state, Place(**place))

    assert ask("number of parameters") == 11
    assert ask("AIC") == pytest.approx(22 - 2 * log_l)
    assert ask("AICc") == pytest.approx(22 - 2 * log_l + 2 * 11 * 12 / (272 - 12))
    assert ask("BIC") == pytest.approx(11 * np.log(272) - 2 * log_l)
    assert ask("BIC, larger is better") == -ask("BIC")
    assert ask("BIC as log-likelihood − (p/2) log n") == -ask("BIC") / 2
    assert ask("ICL, larger is better") == -ask("ICL")
    assert ask("ICL") == pytest.approx(ask("BIC") - 2 * np.log(shares.max(axis=1)).sum())
    assert ask("negative log-likelihood") == -log_l
    assert ask("−2 log-likelihood") == -2 * log_l
    assert ask("log-likelihood per point") == log_l / 272
    assert ask("weight", component=2) == mixture.weights[1]
    assert ask("mean", component=1, axis=2) == mixture.means[0, 1]
    assert ask("variance", component=2, axis=2) == mixture.covariances[1, 1, 1]
    assert ask("covariance", component=2, axis=1, other_axis=2) == mixture.covariances[1, 0, 1]
    assert ask("standard deviation", component=1) ** 2 == pytest.approx(
        mixture.covariances[0, 0, 0]
    )
    assert ask("correlation", component=1) == pytest.approx(
        mixture.covariances[0, 0, 1]
        / np.sqrt(mixture.covariances[0, 0, 0] * mixture.covariances[0, 1, 1])
    )
    assert ask("points in component", component=1) == np.sum(shares.argmax(axis=1) == 0)
    assert ask("effective size", component=1) == pytest.approx(shares[:, 0].sum())
    assert ask("responsibility", point=3, component=2) == shares[2, 1]
    errors = state.information.standard_errors
    assert ask("standard error of the weight", component=2) == errors.weights[1]
    assert ask("standard error of the mean", component=2, axis=2) == errors.means[1, 1]
    assert ask("standard error of the variance", component=1, axis=2) == errors.covariances[0, 1, 1]


def test_the_list_is_as_small_as_a_list_should_be():
    path = Path(published.__file__).with_name("published.json")
    assert path.stat().st_size < 100_000


def test_two_problems_that_only_share_their_data_are_not_one():
    opened = opening(BY_ID["mclust-galaxies-V3"]).problem
    assert published.printed_of(Problem(opened.data, opened.start)) is None
