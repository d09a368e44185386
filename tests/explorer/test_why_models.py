"""What the pictures of 'Why?' are made of: endings, the map of starts, the pace, the dial."""

from dataclasses import replace

import numpy as np
import pytest

from em_core import (
    GaussianMixture,
    InputError,
    Optima,
    Options,
    Parameter,
    Rules,
    dial,
    e_step,
    fit,
    map_of_starts,
    splitting_temperature,
    wording,
)
from em_core.optimum.parameter import KINDS
from explorer.model import dialing, landscape, pace, search, start_map
from explorer.model.examples import named_data, own_data, suggested_start
from explorer.model.problem import Problem, Start
from explorer.model.reach import values_of
from explorer.model.runs import run
from explorer.model.why import over_two

MEANS = (Parameter("mean", 0), Parameter("mean", 1))


def all_endings(here) -> Optima:
    looked_for = search.begun(here, 100)
    while looked_for.done < 1:
        looked_for = search.carried_on(looked_for)
    return looked_for.found


def run_of(name: str, mixture: GaussianMixture | None = None, **options):
    data = named_data(name)
    start = Start(mixture) if mixture else suggested_start(data)
    return run(Problem(data, start, Options(**options)))


def run_on(values: np.ndarray):
    data = own_data(values)
    return run(Problem(data, suggested_start(data), Options(max_iter=1)))


# --- endings ----------------------------------------------------------------------------------


def test_the_best_ending_is_said_with_how_often_it_is_come_to_and_what_may_be_missing():
    here = run_of("galaxies")
    found = all_endings(here)
    best = found.optima[0]
    assert best.log_likelihood == pytest.approx(-203.482, abs=0.001)
    assert search.in_words(found).startswith(f"Of 100 starts {best.count} ended at the best ending")
    chance = wording.percent(found.unseen, digits=2)
    assert search.in_words(found).endswith(f"with a chance of about {chance}.")
    assert search.title_of(best, 100) == f"−203.482 · {best.count} of 100 starts"
    assert search.verdict_on(best) == "Nothing speaks against it."


def test_one_ending_is_said_to_be_the_only_place():
    here = run_of("old_faithful_waiting")
    found = all_endings(here)
    assert "Of 100 starts 100 ended in one place." in search.in_words(found)


def test_an_ending_opens_from_the_start_that_led_to_it_and_comes_there_again():
    here = run_of("galaxies")
    for optimum in all_endings(here).optima[:3]:
        there = run(search.opened(here.problem, optimum))
        np.testing.assert_array_equal(there.problem.start.mixture.means, optimum.start.means)
        assert there.trace.log_likelihoods[-1] == pytest.approx(optimum.log_likelihood, abs=1e-4)


def test_endings_are_looked_for_in_portions_that_can_be_stopped_and_carried_on():
    looked_for = search.begun(run_on(np.random.default_rng(1).normal(size=3000)), 1000)
    assert not looked_for.running
    assert looked_for.found is None
    looked_for = search.carried_on(search.set_running(looked_for, True))
    assert looked_for.running
    assert 0 < looked_for.done < 0.2
    assert sum(each.count for each in looked_for.found.optima) == looked_for.found.n_starts
    assert search.how_far(looked_for).startswith(f"{round(100 * looked_for.done)} % of 1000 starts")
    stopped = search.set_running(looked_for, False)
    assert not search.carried_on(stopped).running
    few = search.begun(run_of("worked_example"), 100)
    assert few.running
    while few.running:
        few = search.carried_on(few)
    assert few.done == 1
    assert not search.set_running(few, True).running


def test_endings_do_not_depend_on_the_start_that_stands_there():
    one = run_of("galaxies")
    mixture = one.problem.start.mixture
    moved = GaussianMixture(mixture.weights, mixture.means + 1, mixture.covariances)
    assert search.asked(one, 100) == search.asked(run_of("galaxies", moved), 100)
    assert search.asked(one, 100) != search.asked(run_of("galaxies", covariance_type="tied"), 100)


# --- the map of starts ------------------------------------------------------------------------


def test_the_map_gets_finer_and_ends_as_em_core_has_it():
    here = run_of("worked_example")
    now, done = start_map.begun(here, *MEANS), []
    while now.running:
        now = start_map.carried_on(now)
        done.append(now.made.done)
    assert done == sorted(done)
    assert len(done) == len(start_map.STRIDES)
    assert now.complete
    true = map_of_starts(here.points, here.problem.start.mixture, *MEANS, now.xs, now.ys)
    np.testing.assert_array_equal(now.made.iterations, true.iterations)
    np.testing.assert_allclose(
        [now.made.endings[i].log_likelihood for i in now.made.ending.ravel()],
        [true.endings[i].log_likelihood for i in true.ending.ravel()],
        atol=1e-3,
    )


def test_it_stops_and_carries_on():
    here = run_of("worked_example")
    stopped = start_map.set_running(start_map.carried_on(start_map.begun(here, *MEANS)), False)
    assert not stopped.running
    assert 0 < stopped.made.done < 1
    assert start_map.carried_on(start_map.set_running(stopped, True)).made.done > stopped.made.done


@pytest.mark.parametrize(("n", "side"), [(1000, 60), (5000, 36), (20_000, 18)])
def test_of_more_points_fewer_starts_are_run(n, side):
    charting = start_map.begun(run_on(np.random.default_rng(1).normal(size=n)), *MEANS)
    assert len(charting.xs) == len(charting.ys) == side


def test_a_cell_of_the_map_starts_with_its_two_values_and_all_else_as_it_was():
    start = run_of("worked_example").problem.start.mixture
    moved = start_map.put(start, {MEANS[0]: 0.3, Parameter("weight", 1): 0.25}, "full")
    assert moved.means[:, 0].tolist() == [0.3, start.means[1, 0]]
    np.testing.assert_allclose(moved.weights, [0.75, 0.25])
    assert moved.variances.tolist() == start.variances.tolist()
    with pytest.raises(InputError):
        start_map.put(start, {Parameter("variance", 0): -1.0}, "full")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ((None, None), MEANS),
        ((MEANS[1], None), (MEANS[1], MEANS[0])),
        ((MEANS[0], MEANS[0]), MEANS),
        ((Parameter("mean", 5), Parameter("weight", 1)), (MEANS[0], Parameter("weight", 1))),
    ],
)
def test_a_map_is_over_two_different_parameters_that_are_there(wanted, expected):
    here = run_of("worked_example").problem
    assert over_two(here.start.mixture, here.options, *wanted) == expected


def test_the_axes_reach_as_far_as_is_of_interest_and_hold_the_run():
    here = run_of("worked_example", GaussianMixture.univariate([0.5, 0.5], [-9, 2], [90, 1]))
    ends = {kind: values_of(Parameter(kind, 0), here, 5)[[0, -1]] for kind in KINDS}
    assert ends["weight"].tolist() == pytest.approx([0.01, 0.99])
    assert ends["mean"][0] < -9
    assert ends["mean"][1] > 1.8
    assert ends["variance"][1] == pytest.approx(90)
    assert ends["variance"][0] <= 1e-5 * np.var(here.points)


# --- the landscape ----------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "side"), [(200, 48), (6000, 32), (15_000, 32), (30_000, 24)])
def test_a_landscape_of_many_points_is_coarser(n, side):
    here = run_on(np.random.default_rng(1).normal(size=(n, 2)))
    seen = landscape.seen(here, here.trace.mixtures[0], *MEANS)
    assert seen.found.log_likelihoods.shape == (side, side)


def test_the_landscape_is_the_log_likelihood_with_all_else_as_in_its_base():
    here = run_of("old_faithful_waiting")
    base = here.trace.mixtures[2]
    seen = landscape.seen(here, base, *MEANS)
    row, column = 11, 30
    values = {MEANS[0]: float(seen.found.xs[column]), MEANS[1]: float(seen.found.ys[row])}
    expected = e_step(here.points, start_map.put(base, values, "full")).log_likelihood
    assert seen.found.log_likelihoods[row, column] == pytest.approx(expected, abs=1e-9)


# --- how fast ---------------------------------------------------------------------------------


def test_the_pace_of_the_waiting_times_is_the_published_fraction_of_missing_information():
    found = pace.pace(run_of("old_faithful_waiting"))
    assert found.speed.rate == pytest.approx(0.6580517, abs=1e-6)
    steps = found.speed.distances[15:22]
    np.testing.assert_allclose(steps[1:] / steps[:-1], 0.6580517, atol=0.01)
    assert pace.in_words(found).startswith("Near the end each iteration leaves 65.8% of")


def slow(rate: float, *slowest: tuple[str, float]) -> str:
    """What is said of such a pace."""
    found = pace.pace(run_of("old_faithful_waiting"))
    return pace.in_words(replace(found, speed=replace(found.speed, rate=rate, slowest=slowest)))


def test_the_slowest_direction_is_told_by_the_parameters_that_change_most_in_it():
    against = slow(0.95, ("mean 1", 1.0), ("mean 2", -0.31), ("weight 1", 0.29))
    assert against.startswith("Near the end each iteration leaves 95% of the distance")
    assert against.endswith("Slowest are mean 1 against mean 2: what one gains, the other loses.")
    together = slow(0.5, ("mean 1", -1.0), ("mean 2", -0.5))
    assert together.endswith("Slowest are mean 1 and mean 2, which go the same way.")
    assert slow(0.5, ("mean 1", 1.0)).endswith("Slowest is mean 1.")
    assert "no proper maximum" in slow(1.0, ("mean 1", 1.0))
    assert "nothing left to be found out" in slow(0.5)


def test_an_accelerated_run_that_ends_elsewhere_is_not_drawn(monkeypatch):
    here = run_of("old_faithful_waiting")
    assert set(pace.pace(here).others) == {"SQUAREM", "Anderson"}
    monkeypatch.setattr(pace, "same_density", lambda *_: False)
    assert pace.pace(here).others == {}


def test_the_run_is_followed_beyond_its_end_without_changing_it():
    here = run_of("old_faithful_waiting")
    found = pace.pace(here)
    assert found.trace.n_iter > here.trace.n_iter
    same = found.trace.log_likelihoods[: here.trace.n_iter + 1]
    np.testing.assert_array_equal(same, here.trace.log_likelihoods)


def test_accelerated_runs_arrive_with_fewer_maps_and_begin_where_em_does():
    found = pace.pace(run_of("pearson_crabs"))
    for maps, distances in found.others.values():
        assert distances[0] == pytest.approx(found.speed.distances[0])
        assert maps[-1] < 120
        assert distances[-1] < 1e-3 < found.speed.distances[120]


def test_each_rule_has_a_row_and_what_was_still_to_come():
    rows = pace.stops_in_words(pace.pace(run_of("pearson_crabs")))
    assert [row[1] for row in rows] == ["4", "12", "25"]
    assert rows[0][3] == "mean 2: 0.81 s.e."


def test_missing_shares_are_there_for_every_point_and_sum_to_one():
    here = run_of("old_faithful_waiting")
    shares = pace.pace(here).shares
    assert shares.shape == (272,)
    assert shares.sum() == pytest.approx(1)


def test_a_run_on_its_way_to_a_spike_and_one_at_a_saddle_have_words_too():
    together = GaussianMixture.univariate([0.5, 0.5], [0.26, 0.26], [1, 1])
    assert "no proper maximum" in pace.in_words(pace.pace(run_of("worked_example", together)))
    for data in ("worked_example", "old_faithful"):
        assert pace.in_words(pace.pace(run_of(data, max_iter=3)))


# --- the dial ---------------------------------------------------------------------------------


def turned(turning: dialing.Turning) -> dialing.Turning:
    now = dialing.set_running(turning, True)
    while now.running:
        now = dialing.carried_on(now)
    return now


def test_the_first_split_of_the_waiting_times_is_where_theory_has_it():
    start = GaussianMixture.univariate([0.5, 0.5], [55, 80], [100, 100])
    now = turned(dialing.begun(run_of("old_faithful_waiting", start), True))
    assert 1 / now.splits == pytest.approx(0.543054, abs=1e-6)
    assert splitting_temperature(now.run.points, 100.0) == pytest.approx(now.splits)
    for setting in now.settled:
        if abs(setting.temperature / now.splits - 1) > 0.02:
            assert setting.n_different == (1 if setting.temperature > now.splits else 2)
    assert "below the temperature 1.841 (β = 0.5431)" in dialing.in_words(now)
    assert "At 1, which is EM, 2 different components are left." in dialing.in_words(now)


def test_one_after_the_other_is_the_same_as_all_at_once():
    here = run_of("old_faithful_waiting")
    now = turned(dialing.begun(here, False))
    temperatures = [setting.temperature for setting in now.settled]
    assert temperatures == sorted(temperatures, reverse=True)
    assert {0.0, 1.0} <= set(temperatures)
    found = dial(here.points, here.problem.start.mixture, temperatures, here.problem.options)
    assert [s.n_different for s in now.settled] == found.n_different.tolist()
    for setting, mixture in zip(now.settled, found.mixtures, strict=True):
        np.testing.assert_allclose(setting.mixture.means, mixture.means, rtol=1e-9)


def test_held_all_components_keep_the_average_of_their_covariances_by_weight():
    start = GaussianMixture.univariate([0.2, 0.8], [55, 80], [100, 50])
    held = dialing.begun(run_of("old_faithful_waiting", start), True)
    assert held.start.variances.tolist() == pytest.approx([60, 60])
    assert held.start.weights.tolist() == [0.5, 0.5]


def test_held_the_cold_end_is_k_means():
    here = run_of("old_faithful_waiting")
    now = turned(dialing.begun(here, True))
    cold = now.settled[-1]
    assert cold.temperature == 0
    rules = Rules(temperature=0.0, equal_weights=True, fixed_covariances=(0, 1))
    again = fit(here.points, cold.mixture, max_iter=5, tol=0, rules=rules).mixtures[-1]
    np.testing.assert_allclose(again.means, cold.mixture.means, rtol=1e-6)
    nearest = np.abs(here.points - cold.mixture.means[:, 0]).argmin(axis=1)
    means = [here.points[nearest == k].mean() for k in range(2)]
    np.testing.assert_allclose(cold.mixture.means[:, 0], means, rtol=1e-6)


def test_the_dial_stops_and_few_points_turn_it_by_themselves():
    now = dialing.begun(run_of("worked_example"), True)
    assert now.running
    stopped = dialing.set_running(dialing.carried_on(now), False)
    assert len(stopped.settled) == 1
    assert not stopped.running
