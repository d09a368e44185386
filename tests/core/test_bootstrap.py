import numpy as np
import pytest

from em_core import (
    GaussianMixture,
    InputError,
    bootstrap,
    bootstrap_lrt,
    candidate,
    fit,
    information,
    relabel,
    sequential_lrt,
)
from em_core.agreement import align
from em_core.datasets import load
from em_core.inference.bootstrap import matched
from em_core.inference.endings import MAX_ITER, TOL, is_merit, various_starts
from em_core.inference.ratio_test import TOL_OF_TEST, split

ACIDITY = load("acidity").points
WAITING = load("old_faithful_waiting").points


def test_standard_errors_of_acidity_as_mclust_prints_them():
    """999 replicates of either have a sampling error of a few per cent."""
    mixture = candidate(ACIDITY, 2, "tied").mixture
    mixture = relabel(mixture, tuple(np.argsort(mixture.means[:, 0])))
    found = bootstrap(ACIDITY, mixture, "tied", 999)
    errors, intervals = found.standard_errors, found.intervals(0.95)
    assert errors is not None
    assert intervals is not None
    assert errors.weights[0] == pytest.approx(0.0413, rel=0.08)
    np.testing.assert_allclose(errors.means[:, 0], [0.0467, 0.0672], rtol=0.08)
    np.testing.assert_allclose(errors.covariances[:, 0, 0], 0.0238, rtol=0.08)
    np.testing.assert_allclose(intervals.weights[:, 0], [0.5365, 0.6996], atol=0.012)
    np.testing.assert_allclose(intervals.means[:, 0, 0], [4.2791, 4.4611], atol=0.015)
    np.testing.assert_allclose(intervals.means[:, 1, 0], [6.1844, 6.4494], atol=0.025)
    np.testing.assert_allclose(intervals.covariances[:, 0, 0, 0], [0.1396, 0.2318], atol=0.008)
    assert found.failed == found.unaligned == 0


@pytest.mark.parametrize("kind", ["nonparametric", "parametric"])
@pytest.mark.parametrize("name", ["old_faithful_waiting", "old_faithful"])
def test_a_plain_loop_with_the_same_draws_gives_the_same_fits(name, kind):
    points = load(name).points
    mixture = candidate(points, 2, "full").mixture
    found = bootstrap(points, mixture, "full", 4, np.random.default_rng(7), kind)
    rng = np.random.default_rng(7)
    n = len(points)
    for b in range(4):
        if kind == "nonparametric":
            drawn = np.repeat(points, rng.multinomial(n, np.full(n, 1 / n)), axis=0)
        else:
            drawn = mixture.sample(n, rng)[0]
        alone = fit(drawn, mixture, "full", MAX_ITER, TOL).mixtures[-1]
        np.testing.assert_allclose(found.weights[b], alone.weights, rtol=1e-7)
        np.testing.assert_allclose(found.means[b], alone.means, rtol=1e-7)
        np.testing.assert_allclose(found.covariances[b], alone.covariances, rtol=1e-6)


def test_draws_without_a_generator_have_nothing_to_do_with_data_made_from_a_simple_seed():
    """Seed 0 for both would draw from the very numbers that the points were made of."""
    mixture = GaussianMixture.univariate([0.3, 0.7], [0, 5], [1, 2])
    for seed in range(5):
        points = mixture.sample(2000, np.random.default_rng(seed))[0]
        found = bootstrap(points, mixture, "full", 1)
        assert found.weights[0, 0] == pytest.approx(0.3, abs=0.05)


def test_the_errors_are_those_of_the_information_where_there_are_many_points():
    mixture = GaussianMixture.univariate([0.3, 0.7], [0, 5], [1, 2])
    points = mixture.sample(2000, np.random.default_rng(0))[0]
    fitted = fit(points, mixture, tol=1e-12).mixtures[-1]
    by_information = information(points, fitted).standard_errors
    assert by_information is not None
    for kind in ("nonparametric", "parametric"):
        errors = bootstrap(points, fitted, "full", 400, kind=kind).standard_errors
        assert errors is not None
        for name in ("weights", "means", "covariances"):
            expected = getattr(by_information, name)
            np.testing.assert_allclose(getattr(errors, name), expected, rtol=0.2)


def test_the_labels_of_the_mixture_are_kept_whatever_their_order():
    points = load("penguins").points
    mixture = candidate(points, 3, "full", n_starts=5).mixture
    order = (2, 0, 1)
    one = bootstrap(points, mixture, "full", 20)
    other = bootstrap(points, relabel(mixture, order), "full", 20)
    np.testing.assert_allclose(one.means[:, order], other.means, rtol=1e-6)
    assert one.unaligned == other.unaligned


def test_matching_undoes_a_permutation():
    points = load("galaxies").points
    mixture = candidate(points, 4, "full", n_starts=10).mixture
    counts = np.ones(len(points))
    for order in [(0, 1, 2, 3), (3, 1, 0, 2), (1, 2, 3, 0)]:
        match = matched(points, mixture, relabel(mixture, order), counts)
        assert relabel(relabel(mixture, order), match.order) == mixture
        assert match.clear


def test_a_replicate_whose_components_resemble_the_same_one_is_counted():
    points = np.concatenate([np.linspace(a - 1, a + 1, 40) for a in (0, 6, 12)])
    thirds = [1 / 3] * 3
    three = GaussianMixture.univariate(thirds, [0, 6, 12], [0.3, 0.3, 0.3])
    other = GaussianMixture.univariate(thirds, [-0.5, 0.5, 9], [0.2, 0.2, 9])
    assert matched(points, three, three, np.ones(120)).clear
    assert not matched(points, three, other, np.ones(120)).clear
    assert not matched(points, other, three, np.ones(120)).clear


def test_a_pair_has_to_be_the_best_for_both_of_its_components():
    """Of the wide ones, each resembles its partner most; but the narrow one resembles another."""
    points, counts = np.arange(6.0), np.ones(6)
    narrow = GaussianMixture.univariate([0.5, 0.5], [0, 0.5], [0.25, 1])
    wide = GaussianMixture.univariate([0.5, 0.5], [1.5, 3], [4, 4])
    for pair in ((narrow, wide), (wide, narrow)):
        match = matched(points, *pair, counts)
        assert match.order == (0, 1)
        assert not match.clear


def test_who_shares_the_same_points_is_a_matter_of_how_many_people_they_are():
    values, counts = np.arange(6.0), np.array([1, 1, 1, 1, 1, 30])
    here = GaussianMixture.univariate([0.5, 0.5], [0.5, 3], [4, 0.25])
    there = GaussianMixture.univariate([0.5, 0.5], [1.5, 4.5], [0.25, 0.25])
    people = np.repeat(values, counts)
    assert matched(people, here, there, np.ones(len(people))).order == (1, 0)
    assert matched(values, here, there, counts).order == (1, 0)
    assert matched(values, here, there, np.ones(6)).order == (0, 1)


def test_the_standard_error_of_two_replicates_is_their_difference_over_root_two():
    mixture = candidate(WAITING, 2, "tied", n_starts=3).mixture
    found = bootstrap(WAITING, mixture, "tied", 2)
    for name in ("weights", "means", "covariances"):
        one, other = getattr(found, name)
        expected = np.abs(one - other) / np.sqrt(2)
        np.testing.assert_allclose(getattr(found.standard_errors, name), expected, rtol=1e-9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("mean", [1e3, 1e9])
def test_a_component_that_shares_no_point_is_matched_without_complaint(mean):
    points = np.linspace(-1, 1, 20)
    here = GaussianMixture.univariate([0.5, 0.5], [-0.5, 0.5], [0.2, 0.2])
    away = GaussianMixture.univariate([0.5, 0.5], [mean, 0.5], [1, 0.2])
    match = matched(points, here, away, np.ones(20))
    assert sorted(match.order) == [0, 1]
    assert not match.clear


def test_failed_replicates_are_left_out_and_counted():
    points = np.array([0.0, 0.01, 0.02, 5, 6, 7, 8, 9])
    mixture = fit(
        points, GaussianMixture.univariate([0.4, 0.6], [0, 7], [1e-4, 2]), max_iter=50
    ).mixtures[-1]
    found = bootstrap(points, mixture, "full", 100)
    assert 0 < found.failed < 100
    assert len(found) == len(found.means) == 100 - found.failed
    assert found.n_replicates == 100
    assert np.isfinite(found.standard_errors.means).all()


def test_portions_add_up():
    mixture = candidate(WAITING, 2, "tied", n_starts=3).mixture
    whole = bootstrap(WAITING, mixture, "tied", 10, np.random.default_rng(3))
    rng = np.random.default_rng(3)
    parts = [bootstrap(WAITING, mixture, "tied", size, rng) for size in (4, 6)]
    np.testing.assert_allclose((parts[0] + parts[1]).means, whole.means, rtol=1e-12)
    assert (parts[0] + parts[1]).n_replicates == 10


def test_one_replicate_has_no_spread():
    mixture = candidate(WAITING, 2, "tied", n_starts=3).mixture
    found = bootstrap(WAITING, mixture, "tied", 1)
    assert found.standard_errors is None
    assert found.intervals() is None


def test_a_table_of_counts_is_drawn_from_as_its_people_are():
    values, counts = np.unique(load("pearson_crabs").points, return_counts=True)
    start = GaussianMixture.univariate([0.4, 0.6], [0.633, 0.657], [3.2e-4, 1.6e-4])
    mixture = fit(values, start, "full", 2000, 1e-9, counts).mixtures[-1]
    found = bootstrap(values, mixture, "full", 2, np.random.default_rng(1), sample_weight=counts)
    drawn = np.random.default_rng(1).multinomial(1000, counts / 1000)
    alone = fit(values, mixture, "full", MAX_ITER, TOL, drawn).mixtures[-1]
    np.testing.assert_allclose(found.means[0], alone.means, rtol=1e-9)
    parametric = bootstrap(
        values, mixture, "full", 1, np.random.default_rng(1), "parametric", counts
    )
    sample = mixture.sample(1000, np.random.default_rng(1))[0]
    alone = fit(sample, mixture, "full", MAX_ITER, TOL).mixtures[-1]
    np.testing.assert_allclose(parametric.means[0], alone.means, rtol=1e-7)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"kind": "jackknife"}, "kind"),
        ({"n_replicates": 0}, "n-replicates"),
        ({"covariance_type": "round"}, "covariance-type"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, code):
    mixture = GaussianMixture.univariate([1], [0], [1])
    with pytest.raises(InputError) as refusal:
        bootstrap([0.0, 1, 2], mixture, **arguments)
    assert refusal.value.code == code
    with pytest.raises(InputError) as refusal:
        bootstrap([0.0, 1, 2], mixture, n_replicates=2).intervals(1)
    assert refusal.value.code == "level"


def test_acidity_has_two_groups_rather_than_one_and_hardly_three():
    one = bootstrap_lrt(ACIDITY, 1, "tied", 19)
    two = bootstrap_lrt(ACIDITY, 2, "tied", 59)
    assert one.statistic == pytest.approx(2 * (-185.9493 + 225.7854), abs=1e-3)
    assert one.p_value == 1 / 20
    assert two.statistic == pytest.approx(2 * (-183.1783 + 185.9493), abs=3e-3)
    assert 0.02 < two.p_value < 0.2
    assert (two.replicates >= 0).all()


def test_the_p_value_counts_the_data_among_the_replicates():
    test = bootstrap_lrt(WAITING, 2, "tied", 9)
    assert len(test.replicates) == 9
    as_large = int(np.sum(test.replicates >= test.statistic))
    assert test.p_value == (1 + as_large) / 10


def test_a_plain_loop_with_the_same_draws_gives_the_same_statistics():
    null = candidate(WAITING, 2, "full").mixture
    found = bootstrap_lrt(WAITING, 2, "full", 3, np.random.default_rng(4), n_starts=4, null=null)
    rng = np.random.default_rng(4)

    def statistic(points, starts):
        smaller = fit(points, null, "full", MAX_ITER, TOL_OF_TEST)
        begun = [split(smaller.mixtures[-1], k) for k in range(2)]
        runs = [fit(points, start, "full", MAX_ITER, TOL_OF_TEST) for start in [*begun, *starts]]
        sound = [
            run.log_likelihoods[-1]
            for run in runs
            if run.outcome in ("converged", "max_iter")
            and is_merit(points, run.mixtures[-1], tol=TOL_OF_TEST)
        ]
        return max(0, 2 * (max(sound, default=-np.inf) - smaller.log_likelihoods[-1]))

    def starts(points):
        return various_starts(points, 3, 4, rng)

    assert found.statistic == pytest.approx(statistic(WAITING, starts(WAITING)), abs=1e-5)
    samples = [null.sample(len(WAITING), rng)[0] for _ in range(3)]
    expected = [statistic(points, starts(points)) for points in samples]
    np.testing.assert_allclose(found.replicates, expected, atol=1e-5)


def test_testing_in_sequence_stops_where_one_more_is_not_worth_it():
    tests = list(sequential_lrt(ACIDITY, 5, "tied", n_replicates=19))
    assert [test.n_components for test in tests] == [1, 2]
    assert tests[0].p_value <= 0.05 < tests[1].p_value


def test_tests_in_portions_add_up():
    first = bootstrap_lrt(WAITING, 1, "tied", 3)
    more = bootstrap_lrt(WAITING, 1, "tied", 4, np.random.default_rng(1), null=first.null)
    both = first + more
    assert len(both.replicates) == 7
    assert both.statistic == first.statistic


@pytest.mark.parametrize("k", [0, 1])
def test_a_split_component_keeps_its_mean_and_covariance(k):
    mixture = GaussianMixture(
        [0.4, 0.6], [[0, 0], [5, 50]], [[[2, 1], [1, 3]], [[1, -9], [-9, 100]]]
    )
    halves = split(mixture, k)
    pair = slice(k, k + 2)
    share = halves.weights[pair] / halves.weights[pair].sum()
    mean = share @ halves.means[pair]
    offsets = halves.means[pair] - mean
    covariance = np.einsum("k,kij->ij", share, halves.covariances[pair])
    covariance += np.einsum("k,ki,kj->ij", share, offsets, offsets)
    np.testing.assert_allclose(mean, mixture.means[k])
    np.testing.assert_allclose(covariance, mixture.covariances[k])
    assert halves.weights[pair].sum() == pytest.approx(mixture.weights[k])
    other = 1 - k
    kept = halves.means[2 if k == 0 else 0]
    np.testing.assert_array_equal(kept, mixture.means[other])
    assert align(mixture, mixture) == (0, 1)


def test_a_table_of_counts_is_tested_as_its_people_are():
    values, counts = np.unique(WAITING, return_counts=True)
    table = bootstrap_lrt(values, 1, "tied", 3, sample_weight=counts)
    people = bootstrap_lrt(WAITING, 1, "tied", 3)
    assert table.statistic == pytest.approx(people.statistic, abs=1e-4)
    assert len(table.replicates) == 3
