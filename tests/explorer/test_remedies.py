"""What a finding offers does help."""

import numpy as np
import pytest

from em_core import GaussianMixture
from em_core.report.health import health
from explorer.model import edits
from explorer.model.examples import default_problem, named_data, own_data, suggested_start
from explorer.model.problem import Options, Problem
from explorer.model.remedies import RESTART, SET_FLOOR, UNSOUND, from_best_start, remedies_of
from explorer.model.runs import run


def findings_at_the_end(problem: Problem):
    there = run(problem)
    return there, health(there.points, there.trace, sample_weight=there.sample_weight)


def test_random_starts_prefer_the_sensible_fit_to_the_spike():
    better = from_best_start(default_problem())
    there, findings = findings_at_the_end(better)
    assert there.trace.log_likelihoods[-1] == pytest.approx(-6.22, abs=0.01)
    assert "spurious" not in [finding.kind for finding in findings]


def test_random_starts_end_as_high_as_any_sound_run_does():
    data = named_data("galaxies")
    problem = Problem(data, suggested_start(data, 4), Options("tied"))
    best, _ = findings_at_the_end(from_best_start(problem))
    ends = [
        there.trace.log_likelihoods[-1]
        for there, findings in (
            findings_at_the_end(edits.with_method(problem, "random", seed)) for seed in range(8)
        )
        if not {f.kind for f in findings} & {*UNSOUND, "collapsed", "empty"}
    ]
    assert max(ends) - min(ends) > 1
    assert best.trace.log_likelihoods[-1] >= max(ends) - 1e-3


def test_random_starts_are_the_same_each_time():
    assert from_best_start(default_problem()) == from_best_start(default_problem())


def test_many_points_in_the_plane_are_searched_on_some_of_them():
    rng = np.random.default_rng(1)
    points = np.concatenate([rng.normal(0, 1, (9000, 2)), rng.normal(6, 1, (9000, 2))])
    data = own_data(points)
    problem = edits.with_component_count(Problem(data, suggested_start(data)), 2)
    there, _ = findings_at_the_end(from_best_start(problem))
    found = np.sort(there.trace.mixtures[-1].means[:, 0])
    assert found == pytest.approx([0, 6], abs=0.1)


def test_data_on_which_everything_collapses_do_not_fail():
    data = own_data([0.0, 0.0, 0.0, 5.0])
    better = from_best_start(Problem(data, suggested_start(data)))
    assert better.start.mixture.n_components == 2
    assert RESTART.said(run(better)).startswith("None of 50 random starts")


def test_more_iterations():
    data = named_data("pearson_crabs")
    short = Problem(data, suggested_start(data), Options(max_iter=3))
    there, findings = findings_at_the_end(short)
    offered = [remedy for finding in findings for remedy in remedies_of(finding, there)]
    (remedy,) = {remedy.label: remedy for remedy in offered}.values()
    assert remedy.label == "More iterations"
    assert remedy.change(short).options.max_iter == 15


def test_a_run_that_stopped_on_its_tolerance_is_offered_a_finer_one():
    data = named_data("galaxies")
    slow = Problem(data, suggested_start(data, 6), Options(tol=3e-4))
    there, findings = findings_at_the_end(slow)
    assert there.trace.outcome == "converged"
    offered = [r for f in findings if f.kind == "slow" for r in remedies_of(f, there)]
    assert [remedy.label for remedy in offered] == ["Go on further"]
    finer, _ = findings_at_the_end(offered[0].change(slow))
    assert finer.trace.log_likelihoods[-1] > there.trace.log_likelihoods[-1]


def test_equal_variances_then_nothing_is_spurious():
    there, findings = findings_at_the_end(default_problem())
    remedy, second = (r for finding in findings for r in remedies_of(finding, there))
    assert (remedy.label, second.label) == ("Equal variances", "Try 50 random starts")
    _, after = findings_at_the_end(remedy.change(default_problem()))
    assert "spurious" not in [finding.kind for finding in after]


@pytest.mark.parametrize("component", [0, 1, 2])
def test_a_component_is_dropped_by_its_name(component):
    problem = edits.with_component_count(default_problem(), 3)
    (empty,) = empty_findings(problem, component)
    remedy, *_ = remedies_of(empty, run(problem))
    assert remedy.label == f"Drop component {component + 1}"
    before, after = problem.start.mixture, remedy.change(problem).start.mixture
    kept = [j for j in range(3) if j != component]
    assert after.means.tolist() == before.means[kept].tolist()


def empty_findings(problem: Problem, component: int):
    """What is found of a run in which this component has no points."""
    means = problem.start.mixture.means.copy()
    means[component] = 1e6
    start = GaussianMixture(problem.start.mixture.weights, means, problem.start.mixture.covariances)
    there = run(edits.with_start_from(problem, start))
    assert there.trace.outcome == "empty"
    return [f for f in health(there.points, there.trace) if f.kind == "empty"]


def labels_at_the_end(problem: Problem) -> list[str]:
    there, findings = findings_at_the_end(problem)
    return [remedy.label for finding in findings for remedy in remedies_of(finding, there)]


def test_where_starts_may_help_the_other_ways_out_are_offered_too():
    points = own_data([0.0, 0.0, 0.0, 1.0, 2.0, 5.0])
    start = GaussianMixture.univariate([0.5, 0.5], [0, 3], [0.01, 4])
    offered = labels_at_the_end(
        edits.with_start_from(Problem(points, suggested_start(points)), start)
    )
    assert offered == [
        "Try 50 random starts",
        "Drop component 1",
        "Equal variances",
        "Set a variance floor",
    ]


def test_the_floor_keeps_each_standard_deviation_above_a_tenth_of_the_data_s():
    points = own_data([0.0, 0.0, 0.0, 1.0, 2.0, 5.0])
    floored = SET_FLOOR.change(Problem(points, suggested_start(points)))
    there = run(edits.with_mean(floored, 0, 0, 0.0))
    assert there.trace.mixtures[-1].variances.min() >= 0.01 * points.points.var() * (1 - 1e-12)


def test_a_component_lost_far_away_is_dropped_or_everything_begun_elsewhere():
    far = edits.with_mean(default_problem(), 0, 0, 1e6)
    assert labels_at_the_end(far) == ["Drop component 1", "Try 50 random starts"]
