"""From a problem to its run: when points are compressed, what a half-step has, and portions."""

from dataclasses import replace

import numpy as np
import pytest

from em_core import GaussianMixture, compress, e_step, fit
from explorer.model import runs
from explorer.model.examples import own_data
from explorer.model.problem import Options, Problem, Start
from explorer.model.runs import carried_on, run


def crowd(sd: float, n: int = 20_001) -> Problem:
    """A narrow group and a wide one: the narrower, the more a compression would cost."""
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(0, sd, 9000), rng.normal(10, 1, n - 9000)])
    start = GaussianMixture.univariate([0.5, 0.5], [0, 10], [sd**2, 1])
    return Problem(own_data(points), Start(start), Options(max_iter=5))


def few(**options) -> Problem:
    start = GaussianMixture.univariate([0.3, 0.7], [-3, 2], [4, 1])
    return Problem(own_data([0.2, -0.9, -1.0, 1.2, 1.8]), Start(start), Options(**options))


# --- compression ----------------------------------------------------------------------------------


def test_points_are_compressed_where_the_bound_is_below_a_ten_millionth():
    here = run(crowd(0.064))
    assert len(here.points) < 5000
    assert here.sample_weight.sum() == pytest.approx(20_001)
    compressed = compress(here.problem.data.points)
    assert here.error == compressed.error_bound(here.trace.mixtures[-1])
    assert 1e-8 < here.error < 1e-7
    exact = fit(here.problem.data.points, here.problem.start.mixture, max_iter=5)
    off = np.abs(exact.log_likelihoods - here.trace.log_likelihoods) / 20_001
    assert np.all(off <= here.error)


def test_points_are_not_compressed_where_the_bound_is_above():
    problem = crowd(0.061)
    compressed = compress(problem.data.points)
    trace = fit(
        compressed.points,
        problem.start.mixture,
        max_iter=5,
        sample_weight=compressed.sample_weight,
    )
    assert 1e-7 < compressed.error_bound(trace.mixtures[-1]) < 1e-6
    here = run(problem)
    assert (here.sample_weight, here.error) == (None, 0)
    assert here.points is problem.data.points


@pytest.mark.parametrize(("n", "compressed"), [(20_000, False), (20_001, True)])
def test_more_than_twenty_thousand_points_are_compressed(n, compressed):
    assert (run(crowd(1, n)).sample_weight is not None) == compressed


# --- a half-step ----------------------------------------------------------------------------------


@pytest.mark.parametrize("h", range(7))
def test_responsibilities_are_by_the_parameters_before_the_iteration(h):
    here = run(few(tol=0, max_iter=3, variance_floor=0.05))
    frame, t = here.frame(h), (h + 1) // 2
    assert frame.by is here.trace.mixtures[max(0, t - 1)]
    assert frame.by_iteration == max(0, t - 1)
    if h == 0:
        assert (frame.responsibilities, frame.effective_sizes) == (None, None)
        return
    expected = e_step(here.points, here.trace.mixtures[t - 1]).responsibilities
    assert frame.responsibilities.tolist() == expected.tolist()
    assert frame.effective_sizes == pytest.approx(expected.sum(axis=0))
    if t < 2:
        assert frame.earlier_responsibilities is None
    else:
        earlier = e_step(here.points, here.trace.mixtures[t - 2]).responsibilities
        assert frame.earlier_responsibilities.tolist() == earlier.tolist()


def test_sizes_count_each_weighted_point_as_often_as_it_stands_for():
    frame = run(crowd(0.5)).frame(1)
    assert frame.effective_sizes.sum() == pytest.approx(20_001)
    assert frame.effective_sizes[0] == pytest.approx(9000, abs=1)


def test_responsibilities_of_the_last_two_e_steps_are_kept(monkeypatch):
    made = []
    monkeypatch.setattr(runs, "e_step", lambda *args: made.append(1) or e_step(*args))
    here = run(few(tol=0, max_iter=9, variance_floor=0.05))
    for h in (1, 2, 3, 4, 3, 2, 1):
        assert here.frame(h).responsibilities is not None
    assert len(made) == 2
    assert here.frame(5).responsibilities is not None
    assert here.frame(1).responsibilities is not None
    assert len(made) == 4


def test_responsibilities_of_very_many_points_are_not_kept(monkeypatch):
    monkeypatch.setattr(runs, "KEPT_ENTRIES", 9)
    here = run(few())
    first = here.frame(1).responsibilities
    assert here.frame(1).responsibilities is not first


# --- portions -------------------------------------------------------------------------------------


def test_a_run_in_portions_ends_as_the_run_in_one_go(monkeypatch):
    problem = few(tol=0, max_iter=9, variance_floor=0.05)
    whole = run(problem)
    monkeypatch.setattr(runs, "PORTION", 4 * 5 * 2)
    here = run(problem)
    assert (here.trace.n_iter, here.unfinished) == (4, True)
    assert here.trace.message == "Not finished: 4 of at most 9 iterations done."
    assert not replace(here, stopped=True).unfinished
    here = carried_on(here)
    assert (here.trace.n_iter, here.unfinished) == (8, True)
    here = carried_on(here)
    assert (here.trace.n_iter, here.unfinished) == (9, False)
    assert here.trace.log_likelihoods.tolist() == whole.trace.log_likelihoods.tolist()
    assert here.trace.message == whole.trace.message


def test_a_run_that_converges_within_a_portion_is_finished(monkeypatch):
    monkeypatch.setattr(runs, "PORTION", 150 * 5 * 2)
    here = run(few())
    assert here.trace.outcome == "converged"
    assert not here.unfinished


def test_at_least_one_iteration_is_made_in_one_go(monkeypatch):
    monkeypatch.setattr(runs, "PORTION", 1)
    assert run(few(max_iter=2)).trace.n_iter == 1
