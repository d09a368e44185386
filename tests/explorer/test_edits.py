"""Changes of a problem keep everything they are not about."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from em_core import COVARIANCE_TYPES, GaussianMixture, InputError, fit
from explorer.model import edits
from explorer.model.examples import default_problem, named_data, own_data, suggested_start
from explorer.model.problem import Named, Options, Own, Problem
from explorer.model.shapes import brought_into_type, is_of_type
from tests.explorer.strategies import problems, problems_of_named_data

EXAMPLE = default_problem()
PENGUINS = edits.with_data(EXAMPLE, named_data("penguins"))
TIED = edits.with_options(PENGUINS, Options(covariance_type="tied"))


def mixture(problem: Problem):
    return problem.start.mixture


def test_a_new_component_goes_where_the_data_are_explained_worst():
    """A group far off that no component covers gets the third one."""
    points = np.concatenate([np.linspace(-1, 1, 20), np.linspace(99, 101, 20)])
    near = GaussianMixture.univariate([0.5, 0.5], [-0.5, 0.5], [1, 1])
    before = edits.with_start_from(
        Problem(own_data(points), suggested_start(own_data(points))), near
    )
    assert mixture(edits.with_component_count(before, 3)).means[2, 0] > 90


def test_the_other_weights_keep_their_proportions():
    start = GaussianMixture.univariate([0.2, 0.3, 0.5], [-1, 0, 1], [1, 1, 1])
    changed = edits.with_weight(edits.with_start_from(EXAMPLE, start), 2, 0.75)
    assert mixture(changed).weights == pytest.approx([0.1, 0.15, 0.75])


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


def test_the_component_that_is_named_is_dropped():
    before = mixture(PENGUINS)
    for dropped in range(3):
        after = mixture(edits.without_component(PENGUINS, dropped))
        kept = [j for j in range(3) if j != dropped]
        assert after.means.tolist() == before.means[kept].tolist()
        assert after.covariances.tolist() == before.covariances[kept].tolist()
        assert after.weights[0] / after.weights[1] == pytest.approx(
            before.weights[kept[0]] / before.weights[kept[1]]
        )


def test_points_that_change_keep_names_and_units():
    galaxies = edits.with_data(EXAMPLE, named_data("galaxies"))
    more = edits.with_point_added(galaxies, [20.5]).data
    assert (more.columns, more.units) == (galaxies.data.columns, galaxies.data.units)
    assert any(more.units)
    fewer = edits.without_point(PENGUINS, 3).data
    assert (fewer.columns, fewer.units) == (PENGUINS.data.columns, PENGUINS.data.units)


def test_a_point_of_other_dimensions_is_refused():
    with pytest.raises(InputError, match="does not fit the data"):
        edits.with_point_added(PENGUINS, [1.0])


def dragged(problem: Problem, component: int, covariance):
    """The start as the browser sends it, with one component's covariance changed."""
    covariances = mixture(problem).covariances.copy()
    covariances[component] = covariance
    return edits.with_start_moved(problem, mixture(problem).means.tolist(), covariances.tolist())


def test_a_spread_that_is_dragged_is_its_components_alone_unless_tied():
    wide = np.array([[9.0, 1.0], [1.0, 4.0]])
    alone = mixture(dragged(PENGUINS, 1, wide)).covariances
    assert alone[1].tolist() == wide.tolist()
    for other in (0, 2):
        assert alone[other].tolist() == mixture(PENGUINS).covariances[other].tolist()
    together = mixture(dragged(TIED, 1, wide)).covariances
    assert together.tolist() == [wide.tolist()] * 3


def test_what_is_dragged_stays_in_its_type():
    wide = np.array([[9.0, 1.0], [1.0, 4.0]])
    diag = edits.with_options(PENGUINS, Options(covariance_type="diag"))
    assert mixture(dragged(diag, 0, wide)).covariances[0].tolist() == [[9, 0], [0, 4]]
    round_ones = edits.with_options(PENGUINS, Options(covariance_type="spherical"))
    after = mixture(dragged(round_ones, 0, wide)).covariances[0]
    assert after == pytest.approx(np.eye(2) * 6.5)
    typed = mixture(edits.with_variance(round_ones, 2, 1, 5.0)).covariances[2]
    assert typed.tolist() == [[5, 0], [0, 5]]
    for problem in (diag, round_ones):
        with pytest.raises(InputError, match="no correlation"):
            edits.with_correlation(problem, 0, 0.5)


@given(problems(), st.sampled_from(COVARIANCE_TYPES))
def test_a_start_is_brought_into_the_type_that_is_chosen(problem, covariance_type):
    """No method can draw a start where all points have the same value along an axis."""
    varied = (np.ptp(problem.data.points, axis=0) > 0).all()
    assume(varied or problem.start.method == "manual")
    chosen = edits.with_options(problem, replace(problem.options, covariance_type=covariance_type))
    assert is_of_type(mixture(chosen), covariance_type)
    if problem.start.method == "manual" or is_of_type(mixture(problem), covariance_type):
        assert (mixture(chosen).means == mixture(problem).means).all()
        assert (mixture(chosen).weights == mixture(problem).weights).all()
        assert chosen.start.method == problem.start.method
    else:
        method, seed = problem.start.method, problem.start.seed
        assert chosen == edits.with_method(chosen, method, seed)


def test_into_its_type_a_start_changes_as_little_as_an_m_step_changes_it():
    start = GaussianMixture([0.25, 0.75], [[0, 0], [1, 1]], [[[4, 1], [1, 2]], [[8, 0], [0, 6]]])
    wanted = {
        "full": start.covariances.tolist(),
        "tied": [[[7, 0.25], [0.25, 5]]] * 2,
        "diag": [[[4, 0], [0, 2]], [[8, 0], [0, 6]]],
        "spherical": [[[3, 0], [0, 3]], [[7, 0], [0, 7]]],
    }
    for covariance_type, covariances in wanted.items():
        assert brought_into_type(start, covariance_type).covariances.tolist() == covariances


@given(problems_of_named_data(), st.sampled_from(COVARIANCE_TYPES))
def test_from_a_start_of_the_chosen_type_the_log_likelihood_does_not_fall(problem, kind):
    chosen = edits.with_options(problem, Options(covariance_type=kind, max_iter=3, tol=0))
    trace = fit(chosen.data.points, mixture(chosen), kind, max_iter=3, tol=0)
    before, after = trace.log_likelihoods[:-1], trace.log_likelihoods[1:]
    assert (after >= before - 1e-12 * np.abs(before)).all()


def test_other_data_come_in_the_type_that_is_chosen():
    for covariance_type in COVARIANCE_TYPES:
        chosen = edits.with_options(EXAMPLE, Options(covariance_type))
        faithful = edits.with_data(chosen, named_data("old_faithful"))
        assert faithful.options == chosen.options
        assert is_of_type(mixture(faithful), covariance_type)


def test_an_annealed_start_is_drawn_by_its_seed_and_ends_well():
    problem = Problem(galaxies := named_data("galaxies"), suggested_start(galaxies))
    annealed = edits.with_method(problem, "annealing", 3)
    assert annealed.start.method == "annealing"
    assert annealed == edits.with_method(problem, "annealing", 3)
    trace = fit(galaxies.points, annealed.start.mixture)
    assert trace.log_likelihoods[-1] > -212.2
