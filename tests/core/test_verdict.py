from dataclasses import replace

import numpy as np
import pytest

from em_core import Selection, candidate, select_model
from em_core.datasets import load
from em_core.inference.verdict import (
    finders,
    model_words,
    sentence_of,
    type_words,
    verdict,
    vote,
    votes,
)


@pytest.fixture(scope="module")
def galaxies():
    return select_model(load("galaxies").points, range(1, 6), n_starts=10)


def test_the_verdict_names_choice_rival_and_what_the_difference_is_worth(galaxies):
    assert verdict(galaxies).startswith(
        "BIC favours 3 components with unequal variances; 4 components with unequal variances is "
        "1.7 behind, which is hardly a difference (Kass & Raftery 1995)."
    )


def test_who_disagrees_with_bic_is_said():
    acidity = select_model(load("acidity").points, range(1, 4), n_starts=5)
    assert verdict(acidity).endswith("AICc and ICL agree.") or "favours" in verdict(acidity)[5:]
    chosen = {v.criterion: v.choice for v in votes(acidity)}
    assert chosen["bic"] is acidity.best("bic")
    assert chosen["icl"] is acidity.best("icl")


def test_few_points_per_parameter_ask_for_aicc(galaxies):
    assert [v.criterion for v in votes(galaxies)] == ["aicc", "bic", "icl"]
    many = select_model(np.random.default_rng(0).normal(size=400), [1, 2], ["tied"], 2)
    assert [v.criterion for v in votes(many)] == ["aic", "bic", "icl"]


def test_how_far_the_next_best_is_behind(galaxies):
    found = vote(galaxies, "bic")
    assert found.runner_up is galaxies.ranked("bic")[1]
    assert found.behind == pytest.approx(found.runner_up.bic - found.choice.bic)


def test_one_component_is_the_same_model_under_either_type():
    selection = select_model(np.random.default_rng(0).normal(size=80), [1, 2], n_starts=4)
    found = vote(selection, "bic")
    assert found.choice.n_components == 1
    assert found.runner_up.n_components == 2
    assert model_words(found.choice) == "1 component"
    alone = Selection(tuple(c for c in selection.candidates if c.n_components == 1))
    assert vote(alone, "bic").runner_up is None
    assert verdict(alone).startswith("BIC favours 1 component; there is no rival")


def test_a_fit_that_hardly_any_start_found_is_doubted(galaxies):
    best = galaxies.best("bic")
    assert finders(best) > 1
    first = max(best.runs, key=lambda run: run.log_likelihood)
    low = replace(first, log_likelihood=first.log_likelihood - 20)
    lucky = replace(best, runs=(first, *[low] * 9))
    words = verdict(Selection((lucky,)))
    assert "Only 1 of 10 starts found that fit, so a higher one may have been missed." in words
    assert "Only" not in verdict(Selection((best,)))


def test_where_nothing_is_sound_the_cure_is_said():
    selection = select_model(np.array([0.0, 0.001, 5, 5.002, 9, 9.001, 20]), [4], ["full"], 8)
    assert votes(selection) == ()
    assert "Fewer components or equal variances may help" in verdict(selection)


def test_shapes_in_the_plane_have_their_words():
    selection = select_model(load("penguins").points, [1, 2], ["full", "spherical"], 2)
    words = [model_words(c) for c in selection.candidates]
    assert words == [
        "1 component with full covariance",
        "2 components with shapes of their own",
        "1 component with round shapes",
        "2 components with round shapes",
    ]
    assert type_words(selection.candidates[1]) == "shapes of their own"


def test_a_single_run_is_told_with_what_speaks_against_it(galaxies):
    found = next(c for c in galaxies.candidates if any(not run.sound for run in c.runs))
    bad = next(s for s, run in enumerate(found.runs) if not run.sound)
    good = next(s for s, run in enumerate(found.runs) if run.sound)
    assert sentence_of(found, bad).endswith(found.runs[bad].findings[0].sentence)
    assert sentence_of(found, good).endswith(", and nothing counts against it.")
    assert sentence_of(found, good).startswith(f"Start {good + 1} of ")


@pytest.mark.parametrize(
    ("covariance_type", "n_components", "n_features", "words"),
    [
        ("full", 2, 1, "unequal variances"),
        ("tied", 2, 1, "equal variances"),
        ("full", 1, 1, ""),
        ("tied", 1, 1, ""),
        ("full", 2, 4, "shapes of their own"),
        ("tied", 2, 4, "one shape for all"),
        ("diag", 1, 4, "uncorrelated axes"),
        ("spherical", 2, 3, "round shapes"),
    ],
)
def test_a_type_is_called_by_what_it_lets_components_be(
    covariance_type, n_components, n_features, words
):
    points = np.random.default_rng(0).normal(size=(40, n_features))
    assert type_words(candidate(points, n_components, covariance_type, 1)) == words
