"""Changes of a problem keep everything they are not about."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from em_core import InputError
from explorer.model import edits
from explorer.model.examples import default_problem, named_data, suggested_start
from explorer.model.problem import Named, Options, Own, Problem

EXAMPLE = default_problem()
PENGUINS = edits.with_data(EXAMPLE, named_data("penguins"))
TIED = edits.with_options(PENGUINS, Options(covariance_type="tied"))


def mixture(problem: Problem):
    return problem.start.mixture


@given(st.integers(1, 8), st.integers(1, 8), st.sampled_from(["galaxies", "penguins"]))
def test_components_that_stay_keep_their_values(first, second, name):
    data = named_data(name)
    before = Problem(data, suggested_start(data, first))
    after = edits.with_component_count(before, second)
    kept = min(first, second)
    assert mixture(after).n_components == second
    assert (mixture(after).means[:kept] == mixture(before).means[:kept]).all()
    assert (mixture(after).covariances[:kept] == mixture(before).covariances[:kept]).all()
    ratios = mixture(after).weights[:kept] / mixture(before).weights[:kept]
    assert ratios == pytest.approx(ratios[0])
    assert len(np.unique(mixture(after).means, axis=0)) == second


@given(st.floats(1e-9, 1 - 1e-9), st.integers(0, 2))
def test_weights_stay_above_zero_and_sum_to_one(weight, component):
    weights = mixture(edits.with_weight(PENGUINS, component, weight)).weights
    assert weights[component] == pytest.approx(weight)
    assert (weights > 0).all()
    assert weights.sum() == pytest.approx(1)


@pytest.mark.parametrize("weight", [0.0, 1.0, -0.1, 2.0, float("nan")])
def test_a_weight_that_leaves_nothing_is_refused(weight):
    with pytest.raises(InputError, match="Weight 2"):
        edits.with_weight(EXAMPLE, 1, weight)


@given(st.floats(1e-3, 1e3), st.integers(0, 1))
def test_a_variance_keeps_the_correlation(variance, axis):
    leaning = edits.with_correlation(PENGUINS, 1, 0.7)
    covariance = mixture(edits.with_variance(leaning, 1, axis, variance)).covariances[1]
    assert covariance[axis, axis] == variance
    assert covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]) == pytest.approx(0.7)


def test_tied_covariances_change_together():
    for changed in (edits.with_variance(TIED, 1, 0, 3.0), edits.with_correlation(TIED, 1, 0.5)):
        covariances = mixture(changed).covariances
        assert (covariances == covariances[0]).all()
    alone = mixture(edits.with_variance(PENGUINS, 1, 0, 3.0)).covariances
    assert alone[0, 0, 0] != 3.0


@pytest.mark.parametrize("value", [0.0, -1.0, float("inf"), float("nan")])
def test_a_variance_is_above_zero(value):
    with pytest.raises(InputError, match="above 0"):
        edits.with_variance(EXAMPLE, 0, 0, value)


@pytest.mark.parametrize("value", [-1.0, 1.0, float("nan")])
def test_a_correlation_lies_between(value):
    with pytest.raises(InputError, match="between −1 and 1"):
        edits.with_correlation(PENGUINS, 0, value)


def test_a_point_more_and_one_less():
    more = edits.with_point_added(EXAMPLE, [3.5])
    assert more.data.points[:, 0].tolist() == [0.2, -0.9, -1, 1.2, 1.8, 3.5]
    assert isinstance(more.data.source, Own)
    assert more.start == EXAMPLE.start
    less = edits.without_point(more, 1)
    assert less.data.points[:, 0].tolist() == [0.2, -1, 1.2, 1.8, 3.5]
    assert less.data.title == more.data.title == "Worked example, edited"
    assert isinstance(EXAMPLE.data.source, Named)


def test_points_are_not_taken_away_below_the_number_of_components():
    problem = edits.with_component_count(EXAMPLE, 5)
    with pytest.raises(InputError, match="5 components need at least 5 different values"):
        edits.without_point(problem, 0)


def test_a_method_is_repeatable_and_a_change_by_hand_ends_it():
    drawn = edits.with_method(PENGUINS, "random", 7)
    assert edits.with_method(EXAMPLE, "manual", 0) == EXAMPLE
    assert edits.with_method(drawn, "random", 7) == drawn
    assert edits.with_method(drawn, "random", 8) != drawn
    moved = edits.with_mean(drawn, 0, 1, 15.0)
    assert (moved.start.method, moved.start.seed) == ("manual", 7)


def test_the_last_component_stays():
    with pytest.raises(InputError):
        edits.without_component(edits.with_component_count(EXAMPLE, 1), 0)
