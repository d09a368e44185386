from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score

from em_core import GaussianMixture, InputError
from em_core.agreement import (
    adjusted_rand_index,
    align,
    assign,
    assigned_on_a_line,
    bhattacharyya,
    cheapest_matching,
    rand_index_of_table,
    relabel,
)


def random_mixture(rng, n_components, n_features):
    factors = rng.normal(size=(n_components, n_features, n_features))
    covariances = factors @ factors.swapaxes(1, 2) + 0.1 * np.eye(n_features)
    weights = rng.dirichlet(np.full(n_components, 5.0))
    return GaussianMixture(weights, rng.normal(size=(n_components, n_features)) * 3, covariances)


@pytest.mark.parametrize("n_components", [1, 2, 3, 5, 8, 30])
def test_the_matching_is_the_cheapest_one(n_components):
    rng = np.random.default_rng(n_components)
    for _ in range(20):
        costs = rng.normal(size=(n_components, n_components)) ** 3 * 10.0 ** rng.integers(-3, 4)
        matching = cheapest_matching(costs)
        rows, columns = linear_sum_assignment(costs)
        assert sorted(matching) == list(range(n_components))
        found = costs[np.arange(n_components), list(matching)].sum()
        assert found == pytest.approx(costs[rows, columns].sum(), rel=1e-12)


def test_ties_still_give_a_matching():
    costs = np.random.default_rng(0).integers(0, 2, size=(7, 7)).astype(float)
    rows, columns = linear_sum_assignment(costs)
    matching = cheapest_matching(costs)
    assert costs[np.arange(7), list(matching)].sum() == costs[rows, columns].sum()


def test_the_distance_is_minus_the_log_of_the_overlap():
    rng = np.random.default_rng(1)
    reference, other = random_mixture(rng, 3, 2), random_mixture(rng, 3, 2)
    axis = np.linspace(-30, 30, 601)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    halves = [np.exp(mixture.log_densities(grid) / 2) for mixture in (reference, other)]
    overlap = halves[0].T @ halves[1] * (axis[1] - axis[0]) ** 2
    np.testing.assert_allclose(bhattacharyya(reference, other), -np.log(overlap), rtol=1e-6)


@pytest.mark.parametrize("n_features", [1, 2, 3])
def test_alignment_undoes_any_renumbering(n_features):
    mixture = random_mixture(np.random.default_rng(n_features), 4, n_features)
    for order in permutations(range(4)):
        shuffled = relabel(mixture, order)
        back = align(mixture, shuffled)
        assert relabel(shuffled, back) == mixture


def test_alignment_undoes_a_renumbering_of_a_slightly_different_fit():
    rng = np.random.default_rng(3)
    mixture = random_mixture(rng, 5, 2)
    nearby = GaussianMixture(
        mixture.weights, mixture.means + rng.normal(size=(5, 2)) * 0.01, mixture.covariances * 1.02
    )
    order = (3, 0, 4, 1, 2)
    assert align(mixture, relabel(nearby, order)) == tuple(np.argsort(order))


def test_components_in_the_same_place_are_told_apart_by_their_spread():
    reference = GaussianMixture.univariate([0.5, 0.5], [0, 0], [1, 100])
    other = GaussianMixture.univariate([0.5, 0.5], [0.1, -0.1], [90, 1.1])
    assert align(reference, other) == (1, 0)


def test_components_that_lie_alike_are_told_apart_by_their_weights():
    reference = GaussianMixture.univariate([0.2, 0.8], [0, 0], [1, 1])
    other = GaussianMixture.univariate([0.8, 0.2], [0, 0], [1, 1])
    assert align(reference, other) == (1, 0)


@pytest.mark.parametrize("scale", [1e-150, 1.0, 1e150])
@pytest.mark.parametrize("offset", [0.0, 1e10])
def test_alignment_does_not_depend_on_units(scale, offset):
    rng = np.random.default_rng(11)
    reference, other = random_mixture(rng, 6, 2), random_mixture(rng, 6, 2)
    units = np.array([scale, 1e-3])

    def in_units(mixture):
        covariances = mixture.covariances * units * units[:, None]
        return GaussianMixture(mixture.weights, (mixture.means + offset) * units, covariances)

    assert align(in_units(reference), in_units(other)) == align(reference, other)


def test_a_collapsed_component_does_not_disturb_the_others():
    means = np.array([[0.0, 0.0], [5.0, 5.0], [9.0, 0.0]])
    line = np.array([[1.0, 1.0 - 1e-14], [1.0 - 1e-14, 1.0]])
    reference = GaussianMixture(np.full(3, 1 / 3), means, np.stack([np.eye(2), line, np.eye(2)]))
    tiny = np.stack([np.eye(2) * 1e-26, np.eye(2), np.eye(2)])
    other = GaussianMixture(np.full(3, 1 / 3), means[[1, 2, 0]], tiny)
    assert align(reference, other) == (2, 0, 1)


def test_alignment_needs_as_many_components_on_both_sides():
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="2 and 3 components") as refusal:
        align(random_mixture(rng, 2, 1), random_mixture(rng, 3, 1))
    assert refusal.value.code == "shapes-differ"


def test_relabelling_needs_each_component_once():
    with pytest.raises(InputError, match="1 to 2 once") as refusal:
        relabel(random_mixture(np.random.default_rng(0), 2, 1), (0, 0))
    assert refusal.value.code == "permutation"


def test_relabelling_keeps_what_the_means_lost_in_rounding():
    mixture = random_mixture(np.random.default_rng(0), 2, 1)
    swapped = GaussianMixture._trusted(
        mixture.weights, mixture.means, mixture.covariances, np.array([[0.25], [0.5]])
    )
    assert relabel(swapped, (1, 0)).means_residual.tolist() == [[0.5], [0.25]]


def test_assignment_is_the_component_with_the_largest_share():
    mixture = GaussianMixture.univariate([0.9, 0.1], [0, 4], [1, 1])
    boundary = 2 + np.log(9) / 4
    points = [-50.0, boundary - 1e-9, boundary + 1e-9, 1e6]
    assert assign(points, mixture).tolist() == [0, 0, 1, 1]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.booleans())
def test_groups_on_a_line_are_counted_as_if_point_by_point(seed, n_components, tied):
    rng = np.random.default_rng(seed)
    variances = rng.gamma(1.0, size=n_components) + 1e-3
    mixture = GaussianMixture.univariate(
        rng.dirichlet(np.full(n_components, 2.0)),
        1000 + 3 * rng.normal(size=n_components),
        variances[:1].repeat(n_components) if tied else variances,
    )
    groups = [np.sort(1000 + 4 * rng.normal(size=n)) for n in (200, 1, 0, 50)]
    counts = [
        np.bincount(assign(points, mixture), minlength=n_components)
        for points in groups
        if len(points)
    ]
    counts.insert(2, np.zeros(n_components))
    np.testing.assert_array_equal(assigned_on_a_line(groups, mixture), counts)


def test_of_equal_components_the_first_has_a_whole_group():
    mixture = GaussianMixture.univariate([0.5, 0.5], [1, 1], [2, 2])
    assert assigned_on_a_line([np.array([0.0, 3.0])], mixture).tolist() == [[2, 0]]


def test_assignment_in_the_plane_agrees_with_the_densities():
    rng = np.random.default_rng(5)
    mixture = random_mixture(rng, 3, 2)
    points = rng.normal(size=(200, 2)) * 4
    joint = np.exp(mixture.log_densities(points)) * mixture.weights
    np.testing.assert_array_equal(assign(points, mixture), joint.argmax(axis=1))


groupings = st.integers(1, 60).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 4), min_size=n, max_size=n)] * 2)
)


@settings(max_examples=200, deadline=None)
@given(groupings)
def test_the_index_is_scikit_learns(both):
    labels, truth = both
    assert adjusted_rand_index(labels, truth) == pytest.approx(
        adjusted_rand_score(truth, labels), abs=1e-12
    )


@pytest.mark.parametrize(
    ("labels", "truth", "index"),
    [
        ([0, 0, 1, 1], [1, 1, 0, 0], 1.0),
        ([0, 0, 0], [5, 5, 5], 1.0),
        ([0, 1, 2], [2, 1, 0], 1.0),
        ([7], [1], 1.0),
        ([], [], 1.0),
        ([0, 0, 0, 0], [0, 1, 2, 3], 0.0),
        ([0, 0, 1, 1], ["a", "a", "b", "c"], 4 / 7),
        ([0, 0, 1, 1], [0, 1, 0, 1], -0.5),
    ],
)
def test_the_index_by_hand(labels, truth, index):
    assert adjusted_rand_index(labels, truth) == index


@settings(max_examples=100, deadline=None)
@given(groupings)
def test_the_index_of_a_table_is_that_of_its_items(both):
    labels, truth = both
    table = np.zeros((5, 5), dtype=int)
    np.add.at(table, (truth, labels), 1)
    assert rand_index_of_table(table) == adjusted_rand_index(labels, truth)


def test_the_index_is_exact_for_a_million_points():
    truth = np.arange(1_000_000) % 2
    labels = truth.copy()
    labels[0] = 1
    assert adjusted_rand_index(labels, truth) == pytest.approx(1 - 4e-6, abs=1e-10)


def test_the_index_needs_one_label_for_each_point():
    with pytest.raises(InputError) as refusal:
        adjusted_rand_index([0, 1], [0, 1, 1])
    assert refusal.value.code == "lengths-differ"
