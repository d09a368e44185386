import numpy as np
import pytest
from scipy import stats

from em_core import GaussianMixture, bootstrap, bootstrap_lrt, candidate, information
from em_core.inference.chance import SEED
from explorer.model import study
from explorer.model.examples import named_data
from explorer.model.parameters import estimates, parameters

WAITING = named_data("old_faithful_waiting")
PENGUINS = named_data("penguins")


@pytest.fixture(scope="module")
def waiting():
    return candidate(WAITING.points, 2, "tied", 5)


def test_replicates_come_in_portions_and_stopping_changes_nothing(waiting):
    now = study.begun(WAITING.points, None, waiting)
    assert now.running
    straight = now
    while straight.running:
        straight = study.carried_on(straight)
    assert straight.made == study.REPLICATES
    assert straight.complete
    halted = study.set_running(study.carried_on(now), False)
    assert not halted.running
    assert 0 < halted.made < study.REPLICATES
    halted = study.set_running(halted, True)
    while halted.running:
        halted = study.carried_on(halted)
    np.testing.assert_array_equal(halted.replicates.means, straight.replicates.means)
    assert study.carried_on(straight).replicates is straight.replicates
    assert not study.set_running(straight, True).running


def test_the_first_portion_is_a_bootstrap_of_the_fit(waiting):
    now = study.carried_on(study.begun(WAITING.points, None, waiting))
    rng = np.random.default_rng([SEED, 0])
    alone = bootstrap(WAITING.points, waiting.mixture, "tied", now.made, rng)
    np.testing.assert_array_equal(now.replicates.weights, alone.weights)


def test_many_points_wait_to_be_asked(waiting):
    many = np.tile(WAITING.points, (10, 1))
    assert not study.begun(many, None, waiting).running


def test_tests_go_on_until_one_more_is_not_worth_it():
    points = np.random.default_rng(3).normal(size=(60, 1))
    points[:30] += 8
    found = tuple(candidate(points, k, "tied", 3) for k in (3, 1, 2))
    now = study.set_testing(study.sequence(points, None, "tied", found), True)
    while now.running:
        now = study.tested_further(now)
    assert [t.n_components for t in now.tests] == [1, 2]
    assert all(len(t.replicates) == study.REPLICATES_OF_THE_TEST for t in now.tests)
    assert now.choice == 2
    assert now.complete
    assert not study.set_testing(now, True).running
    begun = bootstrap_lrt(
        points, 1, "tied", 1, np.random.default_rng([SEED, 0, 0]), null=found[1].mixture
    )
    assert begun.statistic == now.tests[0].statistic


def test_where_there_is_nothing_to_test_nothing_is_left(waiting):
    now = study.sequence(WAITING.points, None, "tied", (waiting,))
    assert now.complete
    assert now.choice is None
    assert not study.tested_further(now).running


def test_rivals_are_the_different_sound_optima_the_highest_first():
    galaxies = named_data("galaxies")
    found = candidate(galaxies.points, 4, "full", 20)
    values = [r.log_likelihood for r in found.runs if r.sound]
    rivals = study.rivals(found)
    assert len(rivals) == len(np.unique(np.round(values, 1)))
    heights = [m.log_density(galaxies.points).sum() for m in rivals]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize(
    ("data", "K", "kind", "names"),
    [
        (WAITING, 1, "tied", ["mean", "variance"]),
        (WAITING, 2, "tied", ["weight", "mean", "weight", "mean", "variance"]),
        (WAITING, 2, "full", ["weight", "mean", "variance"] * 2),
    ],
)
def test_parameters_in_one_dimension(data, K, kind, names):
    found = list(parameters(data, K, kind))
    assert [p.name for p in found] == names
    if kind == "tied" and K == 2:
        assert found[-1].component is None


@pytest.mark.parametrize(
    ("kind", "count"), [("full", 12), ("tied", 9), ("diag", 10), ("spherical", 8)]
)
def test_parameters_in_the_plane_are_those_of_the_count_and_a_weight(kind, count):
    found = list(parameters(PENGUINS, 2, kind))
    mixture = GaussianMixture([0.5, 0.5], np.zeros((2, 2)), [np.eye(2)] * 2)
    assert len(found) == count == mixture.n_parameters(kind) + 1
    assert len({(p.part, p.index) for p in found}) == count


def test_each_estimate_is_that_of_its_parameter(waiting):
    found = estimates(
        WAITING,
        waiting.mixture,
        "tied",
        information(WAITING.points, waiting.mixture, "tied"),
        bootstrap(WAITING.points, waiting.mixture, "tied", 30),
    )
    errors = information(WAITING.points, waiting.mixture, "tied").standard_errors
    second = next(e for e in found if e.parameter.name == "mean" and e.parameter.component == 1)
    assert second.value == waiting.mixture.means[1, 0]
    assert second.error == pytest.approx(errors.means[1, 0])
    reach = stats.norm.ppf(0.975) * errors.means[1, 0]
    assert second.interval == pytest.approx((second.value - reach, second.value + reach))
    low, high = second.replicated_interval
    assert low < second.value < high
    assert second.replicated_error == pytest.approx(second.error, rel=0.5)


def test_without_information_there_is_no_error_but_the_replicates_remain():
    twins = GaussianMixture.univariate([0.5, 0.5], [70.9, 70.9], [184, 184])
    flat = information(WAITING.points, twins)
    found = estimates(WAITING, twins, "full", flat, None)
    assert all(e.error is None and e.interval is None for e in found)
    assert all(e.replicated_error is None and e.replicated_interval is None for e in found)
