import numpy as np
import pytest

from em_core import InputError
from explorer.model import comparison
from explorer.model.examples import named_data, suggested_start
from explorer.model.problem import Options, Problem
from explorer.model.runs import run


def finished(points, sample_weight=None):
    now = comparison.begun(points, sample_weight)
    while now.planned:
        now = comparison.carried_on(now)
    return now


def test_few_points_are_compared_at_once_and_many_wait_to_be_asked():
    assert comparison.begun(np.arange(2000.0)[:, None]).running
    many = comparison.begun(np.arange(2001.0)[:, None])
    assert not many.running
    assert comparison.set_running(many, True).running
    assert many.n_starts < comparison.begun(np.arange(100.0)[:, None]).n_starts


def test_the_plan_has_every_type_and_number_once_the_fewest_first():
    now = comparison.begun(named_data("penguins").points)
    assert len(set(now.planned)) == now.n_candidates == 4 * 8
    assert [k for _, k in now.planned] == sorted(k for _, k in now.planned)
    few = comparison.begun(np.array([[0.0], [1], [1], [5]]))
    assert few.most_components == 3
    assert few.n_candidates == 6


def test_a_finished_comparison_holds_every_candidate_and_stops():
    points = np.random.default_rng(0).normal(size=(12, 1)).round(0)
    now = finished(points)
    assert not now.running
    names = {comparison.name_of(c) for c in now.selection.candidates}
    assert names == set(comparison.begun(points).planned)
    assert comparison.carried_on(now).selection is now.selection
    assert not comparison.set_running(now, True).running


def test_weights_come_along():
    points, weight = np.array([[0.0], [1], [6], [7]]), np.array([3.0, 5, 4, 6])
    found = finished(points, weight).selection.candidates
    assert {c.criteria.n for c in found} == {18.0}


def test_a_start_opens_as_the_run_that_ended_there():
    data = named_data("galaxies")
    problem = Problem(data, suggested_start(data), Options("tied", variance_floor=0.01))
    now = comparison.begun(data.points)
    for _ in range(6):
        now = comparison.carried_on(now)
    found = now.selection.candidates[-1]
    chosen, s = comparison.run_named(now, f"{found.covariance_type}:{found.n_components}:3")
    assert (chosen, s) == (found, 3)
    there = run(comparison.opened(problem, found.covariance_type, found.runs[3].start))
    ended = found.runs[3].log_likelihood
    assert there.trace.log_likelihoods[-1] == pytest.approx(ended, rel=1e-10)
    assert there.problem.options.covariance_type == found.covariance_type
    assert there.problem.data is data


@pytest.mark.parametrize("pick", ["", "full:3", "full:3:99", "full:9:0", "full:1:-1", "x:1:0"])
def test_a_mark_that_is_not_there_is_refused(pick):
    now = comparison.carried_on(comparison.begun(named_data("galaxies").points))
    with pytest.raises(InputError):
        comparison.run_named(now, pick)
