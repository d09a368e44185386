"""Start methods by their names, annealing among them."""

import numpy as np

import em_core
from em_core import METHODS, annealing, fit, starts
from em_core.datasets import load


def test_every_method_that_draws_is_there_and_annealing_too():
    assert {**starts.METHODS, "annealing": annealing} == METHODS
    assert em_core.METHODS is METHODS


def test_each_gives_a_start_that_em_can_begin_at():
    points = load("galaxies").points
    for name, propose in METHODS.items():
        for kind in ("full", "tied"):
            start = propose(points, 3, np.random.default_rng(1), kind).mixture
            assert start.n_components == 3
            assert fit(points, start, kind, max_iter=2, tol=0).n_iter == 2, name
