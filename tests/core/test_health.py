"""Findings on fits whose kind is known: from the literature, or made so on purpose."""

import numpy as np
import pytest

from em_core import GaussianMixture, InputError, fit
from em_core.datasets import crossing_clouds, load, mixture_1d
from em_core.report.health import SEVERITIES, health

FIVE = [0.2, -0.9, -1.0, 1.2, 1.8]
START = GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])
SENSIBLE = GaussianMixture.univariate([0.6, 0.4], [-0.56, 1.5], [0.3, 0.09])
SPIKE_OF_PEEL = GaussianMixture.univariate(
    [0.4, 0.04, 0.085, 0.025, 0.42, 0.03],
    [19.8, 33.0, 9.7, 16.13, 22.9, 26.8],
    [0.5, 0.8, 0.2, 0.002, 1.5, 0.03],
)


def kinds(findings):
    return [finding.kind for finding in findings]


def only(findings, kind):
    (found,) = [finding for finding in findings if finding.kind == kind]
    return found


def galaxies():
    return load("galaxies").points[:, 0]


def waiting():
    return load("old_faithful").points[:, 1]


def test_the_default_exercise_is_told_that_it_ends_on_a_spurious_optimum():
    (finding,) = health(FIVE, fit(FIVE, START))
    assert (finding.kind, finding.severity, finding.components) == ("spurious", "warning", (0,))
    assert "the points −1 and −0.9" in finding.sentence
    assert "0.0025" in finding.sentence
    assert "Component 1" in finding.sentence
    assert finding.remedy


def test_the_sensible_fit_of_the_default_exercise_is_fine():
    trace = fit(FIVE, SENSIBLE, max_iter=500)
    assert trace.log_likelihoods[-1] == pytest.approx(-6.22, abs=0.01)
    assert kinds(health(FIVE, trace)) == ["fine"]


@pytest.mark.parametrize("scale", [1e-150, 1e-3, 1e150])
@pytest.mark.parametrize("mirror", [1, -1])
def test_findings_do_not_depend_on_the_unit(scale, mirror):
    points = mirror * scale * np.array(FIVE)
    start = GaussianMixture.univariate(
        [0.5, 0.5], mirror * scale * np.array([-3, 2]), [4 * scale * scale] * 2
    )
    assert kinds(health(points, fit(points, start))) == ["spurious"]


def test_findings_do_not_depend_on_the_offset():
    points = 1e15 + 64 * np.array(FIVE)
    start = GaussianMixture.univariate([0.5, 0.5], 1e15 + 64 * np.array([-3, 2]), [2.0**14] * 2)
    finding = only(health(points, fit(points, start)), "spurious")
    assert "999\u202f999\u202f999\u202f999\u202f936" in finding.sentence


def test_repeating_every_point_hides_nothing():
    weights = [10] * 5
    trace = fit(FIVE, START, sample_weight=weights)
    assert kinds(health(FIVE, trace, sample_weight=weights)) == ["spurious"]
    repeated = np.repeat(FIVE, 10)
    assert kinds(health(repeated, fit(repeated, START))) == ["spurious"]


def test_points_of_weight_zero_count_for_nothing():
    points, weights = [*FIVE, -0.95, -0.93, 1e6], [1, 1, 1, 1, 1, 0, 0, 0]
    trace = fit(points, START, sample_weight=weights)
    assert health(points, trace, sample_weight=weights) == health(FIVE, fit(FIVE, START))


def test_galaxies_with_three_components_are_fine():
    start = GaussianMixture.univariate([0.1, 0.8, 0.1], [10, 21, 33], [1, 5, 1])
    assert kinds(health(galaxies(), fit(galaxies(), start))) == ["fine"]


def test_galaxies_with_six_components_rest_on_two_pairs():
    findings = health(galaxies(), fit(galaxies(), SPIKE_OF_PEEL, max_iter=1000))
    spurious = {f.components: f.sentence for f in findings if f.kind == "spurious"}
    assert spurious.keys() == {(3,), (5,)}
    assert "16.084 and 16.17" in spurious[(3,)]
    assert "26.96 and 26.995" in spurious[(5,)]


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_old_faithful_is_fine_with_two_components(covariance_type):
    points = load("old_faithful").points
    scaled = (points - points.mean(axis=0)) / points.std(axis=0)
    start = GaussianMixture([0.5, 0.5], [[-1, -1], [1, 1]], [np.eye(2)] * 2)
    trace = fit(scaled, start, covariance_type, tol=1e-8)
    assert kinds(health(scaled, trace)) == ["fine"]


def test_penguins_are_fine_with_three_components():
    points = load("penguins").points
    start = GaussianMixture(
        [0.4, 0.2, 0.4], [[38, 18], [49, 18], [47, 15]], [np.diag([9.0, 1.0])] * 3
    )
    assert "good" in [f.severity for f in health(points, fit(points, start))]


def test_crossing_clouds_are_flat_but_many_and_fine():
    sample = crossing_clouds(300, 2, 9.0, np.random.default_rng(0))
    trace = fit(sample.points, sample.mixture)
    assert kinds(health(sample.points, trace)) == ["fine"]


def test_a_small_tight_group_far_away_is_a_group():
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(0, 1, 300), rng.normal(9, 0.1, 15)])
    start = GaussianMixture.univariate([0.9, 0.1], [0, 9], [1, 0.1])
    assert kinds(health(points, fit(points, start))) == ["fine"]


def test_a_tight_handful_in_a_dense_region_is_an_accident():
    rng = np.random.default_rng(1)
    points = np.sort(rng.normal(size=300))
    first = int(np.argmin(points[4:] - points[:-4]))
    handful = points[first : first + 5]
    start = GaussianMixture.univariate([0.99, 0.01], [0, handful.mean()], [1, handful.var()])
    finding = only(health(points, fit(points, start)), "spurious")
    assert finding.components == (1,)
    assert "accident" in finding.sentence


def test_a_small_round_group_in_the_plane_is_a_group():
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(size=(300, 2)), [2.5, 0] + 0.05 * rng.normal(size=(8, 2))])
    covariances = [np.eye(2), np.eye(2) * 0.0025]
    start = GaussianMixture([0.97, 0.03], [[0, 0], [2.5, 0]], covariances)
    assert kinds(health(points, fit(points, start))) == ["fine"]


def test_five_points_nearly_on_a_line_are_spurious_in_two_dimensions():
    rng = np.random.default_rng(2)
    line = np.linspace(-1, 1, 5)[:, None] * [1.0, 0.5] + rng.normal(size=(5, 2)) * 1e-3
    points = np.concatenate([rng.normal(size=(60, 2)), line])
    start = GaussianMixture([0.9, 0.1], [[0, 0], line.mean(axis=0)], [np.eye(2), np.cov(line.T)])
    finding = only(health(points, fit(points, start)), "spurious")
    assert "flat" in finding.sentence


def test_collapse_is_an_error_and_names_the_point():
    trace = fit(FIVE, GaussianMixture.univariate([0.5, 0.5], [0, 1.8], [1, 1e-3]))
    assert trace.outcome == "collapsed"
    (finding,) = health(FIVE, trace)
    assert (finding.kind, finding.severity, finding.components) == ("collapsed", "error", (1,))
    assert "the point 1.8" in finding.sentence
    assert f"iteration {trace.iteration}" in finding.sentence


def test_just_before_its_collapse_a_component_is_close_to_it():
    start = GaussianMixture.univariate([0.5, 0.5], [0, 1.8], [1, 0.02])
    assert fit(FIVE, start).outcome == "collapsed"
    finding = only(health(FIVE, fit(FIVE, start, max_iter=1)), "near-collapsed")
    assert finding.components == (1,)
    assert "the point 1.8" in finding.sentence


def test_collapse_onto_a_line_in_two_dimensions():
    line = np.arange(6.0)[:, None] * [1.0, 2.0]
    points = np.concatenate([line, [[0, 50], [3, 52], [6, 48], [1, 47.0]]])
    start = GaussianMixture([0.5, 0.5], [[2.5, 5], [2.5, 49]], [np.diag([4.0, 16.0])] * 2)
    trace = fit(points, start)
    (finding,) = health(points, trace)
    assert (finding.kind, finding.components) == ("collapsed", (0,))
    assert "direction" in finding.sentence


def test_identical_points_collapse_even_with_one_component():
    points = [3.0] * 4
    (finding,) = health(points, fit(points, GaussianMixture.univariate([1], [3], [1])))
    assert finding.kind == "collapsed"
    assert "the point 3" in finding.sentence


def test_an_empty_component_is_an_error():
    trace = fit(FIVE, GaussianMixture.univariate([0.5, 0.5], [0, 1e6], [1, 1]))
    assert trace.outcome == "empty"
    (finding,) = health(FIVE, trace)
    assert (finding.kind, finding.severity) == ("empty", "error")
    assert finding.components == (1,)
    assert finding.remedy == "drop-component"


def test_a_component_that_loses_its_last_point_is_dying():
    trace = fit(FIVE, GaussianMixture.univariate([0.5, 0.5], [0, 6], [1, 1]), max_iter=1)
    finding = only(health(FIVE, trace, 0), "dying")
    assert finding.components == (1,)
    assert finding.remedy == "drop-component"


def test_equal_components_are_a_plateau_and_the_start_is_to_blame():
    trace = fit(FIVE, GaussianMixture.univariate([0.5, 0.5], [0, 0], [1, 1]))
    assert trace.log_likelihoods[-1] == pytest.approx(-7.63, abs=0.01)
    findings = health(FIVE, trace)
    assert kinds(findings) == ["identical-start", "plateau"]
    assert all(f.severity == "warning" and f.components == (0, 1) for f in findings)
    assert kinds(health(FIVE, trace, 0)) == ["identical-start"]
    assert "−7.629" in only(findings, "plateau").sentence


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_the_single_component_a_plateau_is_held_against_has_the_same_type(covariance_type):
    points = load("penguins").points
    one = GaussianMixture([1.0], [[44, 17]], [np.eye(2) * 9])
    alone = fit(points, one, covariance_type, max_iter=1).log_likelihoods[-1]
    twins = GaussianMixture([0.3, 0.7], [[44, 17]] * 2, [np.eye(2) * 9] * 2)
    finding = only(health(points, fit(points, twins, covariance_type)), "plateau")
    assert f"the −{-alone:.2f} of a single component" in finding.sentence


def test_a_nearly_symmetric_start_stops_on_a_plateau():
    start = GaussianMixture.univariate([0.5, 0.5], [70.89, 70.91], [180, 180])
    stopped = fit(waiting(), start)
    assert stopped.outcome == "converged"
    finding = only(health(waiting(), stopped), "plateau")
    assert finding.severity == "warning"
    assert "components 1 and 2 still coincide" in finding.sentence


def test_a_plateau_that_is_left_later_is_only_information():
    start = GaussianMixture.univariate([0.5, 0.5], [70.89, 70.91], [180, 180])
    trace = fit(waiting(), start, tol=1e-12, max_iter=1000)
    finding = only(health(waiting(), trace, 10), "plateau")
    assert finding.severity == "info"
    assert "leaves it later" in finding.sentence
    assert kinds(health(waiting(), trace)) == ["fine"]


def test_two_of_three_components_that_coincide_are_duplicates():
    start = GaussianMixture.univariate([0.3, 0.3, 0.4], [54, 54, 80], [30, 30, 30])
    findings = health(waiting(), fit(waiting(), start))
    duplicate = only(findings, "duplicate")
    assert duplicate.components == (0, 1)
    assert duplicate.remedy == "fewer-components"
    assert "plateau" not in kinds(findings)


def test_components_that_overlap_are_not_the_same():
    sample = mixture_1d(2000, 2, 1.0, np.random.default_rng(0))
    findings = health(sample.points, fit(sample.points, sample.mixture, max_iter=5, tol=0))
    assert kinds(findings) == ["iteration-limit"]


def test_what_is_still_to_come_is_about_right():
    start = GaussianMixture.univariate([0.4, 0.35, 0.25], [80, 55, 77], [30, 30, 30])
    cut = fit(waiting(), start, max_iter=400, tol=0)
    text = only(health(waiting(), cut), "slow").sentence
    told = float(text.split("; about ")[1].split(" ")[0])
    left = fit(waiting(), start, max_iter=4000, tol=0).log_likelihoods[-1] - cut.log_likelihoods[-1]
    assert told == pytest.approx(left, rel=0.2)


def test_the_iteration_limit_is_told_only_when_it_cut_something_off():
    cut = fit(FIVE, START, max_iter=3)
    finding = only(health(FIVE, cut), "iteration-limit")
    assert finding.remedy == "more-iterations"
    assert "3 iterations" in finding.sentence
    endless = fit(FIVE, SENSIBLE, max_iter=1500, tol=0)
    assert endless.outcome == "max_iter"
    assert kinds(health(FIVE, endless)) == ["fine"]


def test_the_rate_of_a_slow_run_is_the_rate_of_its_parameters():
    start = GaussianMixture.univariate([0.4, 0.35, 0.25], [80, 55, 77], [30, 30, 30])
    trace = fit(waiting(), start, max_iter=1000, tol=1e-9)
    finding = only(health(waiting(), trace), "slow")
    means = trace.means[:, :, 0]
    steps = np.linalg.norm(np.diff(means[-3:], axis=0), axis=1)
    rate = steps[1] / steps[0]
    assert rate > 0.95
    per_digit = np.log(10) / -np.log(rate)
    told = float(finding.sentence.split("takes about ")[1].split(" ")[0])
    assert told == pytest.approx(per_digit, rel=0.05)


def test_the_variance_floor_is_told():
    start = GaussianMixture.univariate([0.5, 0.5], [0, 1.8], [1, 1e-2])
    trace = fit(FIVE, start, variance_floor=1e-2)
    assert only(health(FIVE, trace), "floored").components == (1,)


def test_one_component_is_simply_fine():
    trace = fit(FIVE, GaussianMixture.univariate([1], [0], [1]))
    assert kinds(health(FIVE, trace)) == ["fine"]


def test_no_iteration_no_verdict():
    assert health(FIVE, fit(FIVE, START, max_iter=0)) == ()


def test_an_iteration_that_is_not_in_the_trace_is_refused():
    trace = fit(FIVE, START)
    for t in (-1, trace.n_iter + 1):
        with pytest.raises(InputError, match=f"Iteration {t} "):
            health(FIVE, trace, t)


def test_before_its_end_a_run_is_not_called_fine_or_slow():
    trace = fit(FIVE, SENSIBLE, max_iter=500)
    for t in range(trace.n_iter):
        assert not {"fine", "slow", "iteration-limit"} & set(kinds(health(FIVE, trace, t)))


def test_the_gravest_comes_first_and_nothing_is_mutated():
    points, weights = np.array(FIVE), np.full(5, 2.0)
    copies = points.copy(), weights.copy()
    trace = fit(points, START, max_iter=8, tol=0, sample_weight=weights)
    severities = [SEVERITIES.index(f.severity) for f in health(points, trace, None, weights)]
    assert severities == sorted(severities)
    np.testing.assert_array_equal((points, weights), copies)


def test_blocks_give_the_same_findings(monkeypatch):
    whole = health(galaxies(), fit(galaxies(), SPIKE_OF_PEEL, max_iter=1000))
    monkeypatch.setattr("em_core.report.evidence.BLOCK_ENTRIES", 60)
    assert health(galaxies(), fit(galaxies(), SPIKE_OF_PEEL, max_iter=1000)) == whole


def test_a_component_with_a_third_of_the_points_is_not_dying_for_having_had_half():
    start = GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])
    assert kinds(health(FIVE, fit(FIVE, start), 1)) == []
