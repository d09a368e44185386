"""Where a finding begins. Each limit is held from both sides, within a factor of two or so: below
it a person would be frightened by a sound fit, above it be left alone with a false one."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from em_core import GaussianMixture, e_step, fit
from em_core.report.evidence import Run, Support, rests_on_few, scale_ratios
from em_core.report.health import health

EIGHT = np.array([-1.5, -1, -0.6, -0.2, 0.2, 0.6, 1, 1.5])
"""Spread points with a mean of 0."""


def kinds(findings):
    return [finding.kind for finding in findings]


def only(findings, kind):
    (found,) = [finding for finding in findings if finding.kind == kind]
    return found


def run_through(
    points, *mixtures, log_likelihoods=None, covariance_type="full", outcome="max_iter"
):
    """The trace of a run that went through these mixtures, at these log-likelihoods or theirs."""
    if log_likelihoods is None:
        log_likelihoods = [e_step(points, mixture).log_likelihood for mixture in mixtures]
    T = len(mixtures) - 1
    whole = fit(points, mixtures[0], covariance_type, max_iter=0)
    stacked = {
        name: np.stack([getattr(mixture, name) for mixture in mixtures])
        for name in ("weights", "means", "covariances")
    }
    return replace(
        whole,
        **stacked,
        means_residuals=np.zeros_like(stacked["means"]),
        log_likelihoods=np.array(log_likelihoods),
        free_energies=np.array(log_likelihoods),
        lower_bounds=np.array(log_likelihoods[1:]),
        floored=np.zeros((T + 1, mixtures[0].n_components), dtype=bool),
        outcome=outcome,
        iteration=T,
    )


def at_rest(points, mixture, covariance_type="full"):
    return run_through(
        points, mixture, mixture, covariance_type=covariance_type, outcome="converged"
    )


def pair_far_away(variance, others=EIGHT):
    """Points, and a fit with one component on two of them, of this variance, far from the rest."""
    half = np.sqrt(variance)
    points = np.concatenate([others, [20 - half, 20 + half]])
    weights = [len(others) / len(points), 2 / len(points)]
    return points, GaussianMixture.univariate(weights, [0, 20], [others.var(), variance])


@pytest.mark.parametrize(("times_narrower", "told"), [(9, ["fine"]), (16, ["spurious"])])
def test_a_pair_is_suspicious_from_twelve_times_narrower_than_the_others(times_narrower, told):
    points, mixture = pair_far_away(EIGHT.var() / times_narrower)
    findings = health(points, at_rest(points, mixture))
    assert kinds(findings) == told
    if told == ["spurious"]:
        assert (
            f"about {times_narrower} times smaller than that of component 1" in findings[0].sentence
        )


@pytest.mark.parametrize(("share", "told"), [(0.6e-8, "near-collapsed"), (1.7e-8, "spurious")])
def test_close_to_collapse_is_ten_thousand_times_narrower_than_the_data(share, told):
    points, _ = pair_far_away(1e-9)
    points, mixture = pair_far_away(share * points.var())
    assert kinds(health(points, at_rest(points, mixture))) == [told]


@pytest.mark.parametrize(("lost", "told"), [(0.05, ["spurious"]), (0.2, ["near-collapsed"])])
def test_a_lone_point_is_close_to_collapse_once_a_tenth_of_the_variance_goes_at_a_time(lost, told):
    points = np.append(EIGHT, 20.0)

    def narrow(variance):
        return GaussianMixture.univariate([8 / 9, 1 / 9], [0, 20], [EIGHT.var(), variance])

    road = run_through(points, narrow(0.05), narrow(0.05 * (1 - lost)), outcome="converged")
    assert kinds(health(points, road)) == told


@pytest.mark.parametrize(("more", "told"), [(0.3, True), (0.7, False)])
def test_few_are_the_parameters_and_a_point_and_a_half(more, told):
    """Mean and variance are two numbers: 3.3 values are few, 3.7 are not."""
    points = np.array([-0.3, 0.0, 0.3, *np.linspace(20, 80, 9)])
    mixture = GaussianMixture.univariate([0.25, 0.75], [0, 50], [0.06, 400])
    run = Run.of(points, at_rest(points, mixture), 1, None)
    support = Support(np.arange(4.0)[:, None], np.array([1, 1, 1, more]))
    assert rests_on_few(run, 0, support, scale_ratios(run)[0]) == told


def chance_bound(n, weight, density, size, volume, q):
    """Chernoff's bound on so many points in a volume somewhere, times the places there are."""
    expected = n * weight * density * volume
    inside = expected + size - q
    tail = np.exp(inside - expected) * (expected / inside) ** inside
    return max(1, n / inside) ** q * tail


@pytest.mark.parametrize(("bound", "told"), [(0.03, ["fine"]), (0.08, ["spurious"])])
def test_a_tight_group_on_the_line_is_an_accident_above_one_in_twenty(bound, told):
    """The solid interval of variance s² has the length 2 sqrt(3) s."""
    n, size = 200, 8

    def excess(log_s):
        volume = 2 * np.sqrt(3) * np.exp(log_s)
        density = 1 / np.sqrt(2 * np.pi)
        return chance_bound(n, 1 - size / n, density, size, volume, 1) - bound

    s = np.exp(brentq(excess, np.log(1e-6), np.log(0.1)))
    rng = np.random.default_rng(0)
    group = np.linspace(-1, 1, size)
    points = np.concatenate([rng.normal(size=n - size), s * group / group.std()])
    mixture = GaussianMixture.univariate([1 - size / n, size / n], [0, 0], [1, s * s])
    assert kinds(health(points, at_rest(points, mixture))) == told


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize(("bound", "told"), [(0.03, False), (0.08, True)])
def test_a_tight_group_in_the_plane_is_an_accident_above_one_in_twenty(bound, told, flat):
    """The solid ellipse of covariance S has the area 4 pi sqrt(det S). A round one takes two
    points to place; the shape and direction of a flat one take two more."""
    n, size, length = 400, 15, 0.5 if flat else None

    def shape(s):
        return np.diag([length**2 if flat else s * s, s * s])

    def excess(log_s):
        area = 4 * np.pi * np.sqrt(np.linalg.det(shape(np.exp(log_s))))
        return chance_bound(n, 1 - size / n, 1 / (2 * np.pi), size, area, 4 if flat else 2) - bound

    s = np.exp(brentq(excess, np.log(1e-7), np.log(0.2)))
    angles = np.linspace(0, 2 * np.pi, size, endpoint=False)
    ring = np.column_stack([np.cos(angles), np.sin(angles)]) * np.sqrt(2 * np.diag(shape(s)))
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(size=(n - size, 2)), ring])
    mixture = GaussianMixture([1 - size / n, size / n], np.zeros((2, 2)), [np.eye(2), shape(s)])
    findings = health(points, at_rest(points, mixture))
    assert kinds(findings) == (["spurious"] if told else ["fine"])


@pytest.mark.parametrize(("distance", "told"), [(0.7e-3, True), (1.4e-3, False)])
def test_two_components_coincide_when_thousands_of_points_could_not_tell_them_apart(distance, told):
    """Bhattacharyya's distance of two normals of one variance is (difference / s)² / 8."""
    apart = np.sqrt(8 * distance)
    points = np.concatenate([EIGHT, 30 + EIGHT])
    mixture = GaussianMixture.univariate(
        [0.25, 0.25, 0.5], [-apart / 2, apart / 2, 30], [1.0, 1.0, 1.0]
    )
    assert ("duplicate" in kinds(health(points, at_rest(points, mixture)))) == told


TWO = GaussianMixture.univariate([0.5, 0.5], [-1, 1], [0.5, 0.5])
SINGLE = -0.5 * 8 * (np.log(2 * np.pi * EIGHT.var()) + 1)
"""The log-likelihood of the one best Gaussian for the eight points."""


@pytest.mark.parametrize(("gain_per_point", "told"), [(0.7e-4, True), (1.4e-4, False)])
def test_a_plateau_is_where_a_point_gains_less_than_a_ten_thousandth(gain_per_point, told):
    end = SINGLE - 1
    road = run_through(EIGHT, TWO, TWO, log_likelihoods=[end - 8 * gain_per_point, end])
    assert ("plateau" in kinds(health(EIGHT, road))) == told


@pytest.mark.parametrize(("above_per_point", "told"), [(0.7e-5, True), (1.4e-5, False)])
def test_no_better_than_one_component_is_within_a_hundred_thousandth_a_point(above_per_point, told):
    end = SINGLE + 8 * above_per_point
    road = run_through(EIGHT, TWO, TWO, log_likelihoods=[end - 1e-6, end])
    assert ("plateau" in kinds(health(EIGHT, road))) == told


@pytest.mark.parametrize(("rise_per_point", "left"), [(0.7e-4, False), (1.4e-4, True)])
def test_a_plateau_is_left_when_the_log_likelihood_rises_visibly_later(rise_per_point, left):
    here = SINGLE - 1
    later = here + 8 * rise_per_point
    road = run_through(EIGHT, TWO, TWO, TWO, log_likelihoods=[here - 1e-6, here, later])
    finding = only(health(EIGHT, road, 1), "plateau")
    assert (finding.severity == "info") == left


@pytest.mark.parametrize(("noises", "told"), [(0.6, ["fine"]), (1.6, ["iteration-limit"])])
def test_a_gain_within_rounding_is_none(noises, told):
    end = 100.0
    gain = noises * 1e-11 * (100 + 8)
    road = run_through(EIGHT, TWO, TWO, log_likelihoods=[end - gain, end])
    assert kinds(health(EIGHT, road)) == told


@pytest.mark.parametrize(("gain_per_point", "severity"), [(0.7e-6, "info"), (1.4e-6, "warning")])
def test_a_run_cut_short_is_a_warning_while_a_point_gains_a_millionth(gain_per_point, severity):
    road = run_through(EIGHT, TWO, TWO, log_likelihoods=[100 - 8 * gain_per_point, 100])
    assert only(health(EIGHT, road), "iteration-limit").severity == severity


def shrinking_gains(ratio, last, outcome):
    """A run whose gains shrink by this ratio down to the last."""
    gains = last / ratio ** np.arange(5)[::-1]
    heights = np.concatenate([[100.0], 100 + np.cumsum(gains)])
    return run_through(EIGHT, *[TWO] * 6, log_likelihoods=heights, outcome=outcome)


@pytest.mark.parametrize(("rate", "told"), [(0.93, False), (0.97, True)])
def test_slow_is_a_rate_from_95_per_cent(rate, told):
    found = health(EIGHT, shrinking_gains(rate**2, 1e-5, "converged"))
    assert ("slow" in kinds(found)) == told
    if told:
        assert "only 3% of the distance" in only(found, "slow").sentence
        assert "takes about 76 iterations" in only(found, "slow").sentence


def test_what_is_still_to_come_is_the_rest_of_the_geometric_series():
    """Gains of 0.1 and 0.09 go on with 0.081 and so on, which is 0.81 in all."""
    found = health(EIGHT, shrinking_gains(0.9, 0.09, "max_iter"))
    assert (
        "about 0.81 of log-likelihood is still to come" in only(found, "iteration-limit").sentence
    )
    growing = health(EIGHT, shrinking_gains(1.1, 0.09, "max_iter"))
    assert "still to come" not in only(growing, "iteration-limit").sentence


@pytest.mark.parametrize(("left", "told"), [(0.7e-3, False), (1.4e-3, True)])
def test_what_is_still_to_come_is_told_from_a_thousandth(left, told):
    found = health(EIGHT, shrinking_gains(0.95, left / 19, "max_iter"))
    assert ("still to come" in only(found, "slow").sentence) == told


@pytest.mark.parametrize(("left", "remedy"), [(0.007, ""), (0.014, "more-iterations")])
def test_a_slow_run_that_has_converged_is_worth_carrying_on_for_a_hundredth(left, remedy):
    found = health(EIGHT, shrinking_gains(0.95, left / 19, "converged"))
    assert only(found, "slow").remedy == remedy


@pytest.mark.parametrize(("size", "told"), [(0.97, True), (1.03, False)])
def test_dying_is_less_than_one_point(size, told):
    mixture = GaussianMixture.univariate([1 - size / 8, size / 8], [0, 1.5], [1, 1])
    assert ("dying" in kinds(health(EIGHT, at_rest(EIGHT, mixture)))) == told


@pytest.mark.parametrize(("kept", "told"), [(0.85, True), (0.95, False)])
def test_still_shrinking_is_a_tenth_of_the_weight_at_a_time(kept, told):
    def faint(weight):
        return GaussianMixture.univariate([1 - weight, weight], [0, 1.5], [1, 1])

    road = run_through(EIGHT, faint(0.1), faint(0.1 * kept))
    assert ("still shrinking" in only(health(EIGHT, road), "dying").sentence) == told


def test_up_to_four_points_are_named_and_more_are_counted():
    """A collapse onto a line in the plane: its points by name, or how many and where."""

    def collapsed_on(m):
        line = np.column_stack([np.arange(m), 2.0 * np.arange(m)])
        cloud = np.column_stack([np.cos(np.arange(9)), 50 + np.sin(np.arange(9))])
        points = np.concatenate([line, cloud])
        centre = line.mean(axis=0)
        start = GaussianMixture([0.5, 0.5], [centre, [0, 50]], [np.diag([4.0, 16.0])] * 2)
        (finding,) = health(points, fit(points, start))
        return finding.sentence

    assert "the points (0, 0), (1, 2), (2, 4) and (3, 6)" in collapsed_on(4)
    assert "5 different values around (2, 4)" in collapsed_on(5)


def test_from_a_hundred_different_values_on_no_more_are_looked_for():
    """And their number is not told as if it were all of them."""
    line = np.column_stack([np.arange(40_000.0), 2 * np.arange(40_000.0)])
    points = np.concatenate([line, [[0, 9e4], [1e4, 8e4], [5e3, 9.5e4]]])
    start = GaussianMixture([0.999, 0.001], [[2e4, 4e4], [5e3, 9e4]], [np.diag([1e8, 4e8])] * 2)
    trace = fit(points, start)
    assert trace.outcome == "collapsed"
    assert "rests on at least 16384 different values" in health(points, trace)[0].sentence
    values, ones = np.arange(99.0)[:, None], np.ones(99)
    few = Support(np.empty((0, 1)), np.empty(0)).including(values, ones)
    assert few.size == 99
    many = few.including(np.array([[-1.0]]), np.ones(1))
    assert many.size == np.inf


def test_a_value_counts_from_a_thousandth_of_what_the_fullest_gives():
    values = np.array([[0.0], [1], [2], [3]])
    support = Support(np.empty((0, 1)), np.empty(0)).including(
        values, np.array([0.5, 0.7e-3, 0.35e-3, 0.5])
    )
    assert support.values.ravel().tolist() == [0, 1, 3]


@pytest.mark.parametrize(
    ("shares", "main"), [([0.97, 0.53, 0.47], 2), ([0.48, 0.45, 0.41], 2), ([0.2, 0.2, 0.2], 3)]
)
def test_the_values_named_belong_to_it_mostly_or_as_much_as_any_does(shares, main):
    support = Support(np.arange(3.0)[:, None], np.array(shares))
    assert len(support.main_values) == main
