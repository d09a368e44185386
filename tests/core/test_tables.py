"""What a notebook shows of mixtures and runs: numbers as `wording` writes them, in sound HTML."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from em_core import GaussianMixture, datasets, fit
from em_core.wording import log_likelihood, number, signed

POINTS = [0.2, -0.9, -1, 1.2, 1.8]
START = GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])


def tables(shown):
    """Each table as rows of texts; the HTML is read as XML, which forgives nothing."""
    root = ElementTree.fromstring(f"<div>{shown._repr_html_()}</div>")
    rows = [[["".join(c.itertext()) for c in r] for r in t.iter("tr")] for t in root.iter("table")]
    return rows, ["".join(p.itertext()) for p in root.iter("p")]


def test_a_mixture_is_a_row_for_each_component():
    (found,), _ = tables(START)
    assert found == [
        ["component", "weight", "mean", "variance σ²"],
        ["1", "0.5", "−3", "4"],
        ["2", "0.5", "2", "4"],
    ]


def test_in_the_plane_it_has_places_and_whole_covariances():
    mixture = GaussianMixture([1.0], [[1.5, -2.0]], [[[4.0, 1.0], [1.0, 3.0]]])
    (found,), _ = tables(mixture)
    assert found[1] == ["1", "1", "(1.5, −2)", "[4, 1; 1, 3]"]


def test_far_off_means_are_told_apart():
    (found,), _ = tables(GaussianMixture.univariate([0.5, 0.5], [1e9, 1e9 + 0.25], [0.01, 0.01]))
    assert found[1][2] != found[2][2]


@pytest.mark.parametrize("iterations", [0, 1, 7, 8, 9, 30])
def test_a_run_shows_both_ends_and_counts_the_rest(iterations):
    trace = fit(POINTS, START, max_iter=iterations, tol=0)
    (run, last), (message,) = tables(trace)
    assert message == trace.message
    assert last == tables(trace.mixtures[-1])[0][0]
    shown = [row for row in run[1:] if row[0] != "…"]
    gains = ["", *map(signed, np.diff(trace.log_likelihoods))]
    assert shown == [
        [str(t), log_likelihood(trace.log_likelihoods[t]), gains[t]]
        for t in (int(row[0]) for row in shown)
    ]
    left_out = iterations + 1 - len(shown)
    assert left_out == (0 if iterations < 9 else iterations + 1 - 8)
    assert [row[1] for row in run if row[0] == "…"] == [f"{left_out} iterations more"] * (
        left_out > 0
    )
    assert run[1][1] == log_likelihood(trace.log_likelihoods[0])
    assert last[1][1] == number(trace.weights[-1][0])


def test_texts_are_escaped():
    trace = replace(fit(POINTS, START, max_iter=1), message="<b>1 & 2</b>")
    assert tables(trace)[1] == ["<b>1 & 2</b>"]
    assert "<b>" not in trace._repr_html_()


@pytest.mark.parametrize("name", datasets.NAMES)
def test_each_data_set_has_its_tables(name):
    found = datasets.load(name)
    d = found.points.shape[1]
    start = GaussianMixture([1.0], [found.points.mean(axis=0)], [np.eye(d) * found.points.var()])
    assert len(tables(fit(found.points, start, max_iter=3))[0]) == 2
