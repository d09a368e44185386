"""The curves about every iteration of a run, and what a parameter is shown over."""

import numpy as np
import pytest

from em_core import GaussianMixture, Options, Parameter, bound_along, bound_over
from explorer.model import ascent
from explorer.model.examples import named_data, suggested_start
from explorer.model.problem import Problem
from explorer.model.reach import road_of, values_of
from explorer.model.runs import run
from explorer.model.why import parameters_of


def run_of(name: str, **options):
    data = named_data(name)
    return run(Problem(data, suggested_start(data), Options(**options)))


def test_each_curve_is_that_about_its_iteration():
    here = run_of("old_faithful_waiting")
    for along in (None, Parameter("mean", 1)):
        made = ascent.begun(here, along)
        assert made.complete
        assert not made.running
        for t in (0, here.trace.n_iter - 1):
            if along is None:
                true = bound_along(here.points, here.trace, t, made.places)
            else:
                true = bound_over(here.points, here.trace, t, along, made.places)
            np.testing.assert_array_equal(made.curves[t].lower_bounds, true.lower_bounds)
            np.testing.assert_array_equal(made.curves[t].log_likelihoods, true.log_likelihoods)


def test_where_we_stand_and_where_the_m_step_goes_are_among_the_places():
    assert {0.0, 1.0} <= set(np.round(ascent.ALONG, 12))


def test_what_takes_long_is_made_in_portions_that_change_no_number(monkeypatch):
    monkeypatch.setattr(ascent, "AT_ONCE", 1e-9)
    here = run_of("worked_example")
    now = ascent.set_running(ascent.begun(here, None), True)
    portions = len(now.curves)
    while now.running and portions < 1000:
        now, portions = ascent.carried_on(now), portions + 1
    assert portions == here.trace.n_iter > 3
    assert now.complete
    last = bound_along(here.points, here.trace, here.trace.n_iter - 1, now.places)
    np.testing.assert_array_equal(now.curves[-1].lower_bounds, last.lower_bounds)
    assert not ascent.set_running(now, True).running


@pytest.mark.parametrize(
    ("kind", "d", "names"),
    [
        ("full", 1, "mean 1, mean 2, variance 1, variance 2, weight 1, weight 2"),
        ("tied", 1, "mean 1, mean 2, variance 1, weight 1, weight 2"),
        (
            "spherical",
            2,
            "mean 1 (x), mean 1 (y), mean 2 (x), mean 2 (y), "
            "variance 1 (x), variance 2 (x), weight 1, weight 2",
        ),
    ],
)
def test_what_a_type_ties_together_is_one_parameter(kind, d, names):
    mixture = GaussianMixture([0.5, 0.5], np.zeros((2, d)), [np.eye(d)] * 2)
    found = parameters_of(mixture, Options(kind))
    assert ", ".join(parameter.name(d) for parameter in found) == names


def test_one_component_has_no_weight_to_vary():
    mixture = GaussianMixture([1.0], [[0.0]], [[[1.0]]])
    assert {p.kind for p in parameters_of(mixture, Options())} == {"mean", "variance"}


@pytest.mark.parametrize("parameter", [Parameter("mean", 0), Parameter("variance", 1)])
def test_the_values_hold_the_whole_run_and_the_data(parameter):
    here = run_of("worked_example")
    values, road = values_of(parameter, here, 61), road_of(parameter, here)
    assert values[0] <= road.min()
    assert values[-1] >= road.max()
    assert (np.diff(values) > 0).all()
    if parameter.kind == "mean":
        assert values[0] < here.points.min()
        assert values[-1] > here.points.max()
    else:
        assert values[0] <= 1e-5 * here.points.var()
        np.testing.assert_allclose(np.diff(np.log(values)), np.log(values[1] / values[0]))


def test_the_road_is_the_parameter_s_value_in_each_mixture():
    here = run_of("old_faithful")
    for parameter in parameters_of(here.trace.mixtures[0], here.problem.options):
        expected = [parameter.of(mixture) for mixture in here.trace.mixtures]
        assert road_of(parameter, here).tolist() == expected
