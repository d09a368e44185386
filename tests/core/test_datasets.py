import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_iris

from em_core import InputError
from em_core.datasets import NAMES, RECIPES, load

SHAPES = {
    "worked_example": (5, 1),
    "old_faithful_waiting": (272, 1),
    "old_faithful": (272, 2),
    "galaxies": (82, 1),
    "acidity": (155, 1),
    "pearson_crabs": (1000, 1),
    "newcomb": (66, 1),
    "penguins": (342, 2),
    "iris": (150, 4),
    "iris_petal": (150, 2),
}


def test_every_data_set_has_its_shape():
    assert {name: load(name).points.shape for name in NAMES} == SHAPES


def test_two_groups_to_begin_with_but_three_galaxies_and_three_species():
    three = {name for name in NAMES if load(name).n_components == 3}
    assert three == {"galaxies", "penguins", "iris", "iris_petal"}
    assert {load(name).n_components for name in NAMES} == {2, 3}


@pytest.mark.parametrize("name", NAMES)
def test_every_data_set_is_described_and_cannot_be_changed(name):
    data = load(name)
    assert data.name == name
    assert len(data.columns) == len(data.units) == data.points.shape[1]
    assert data.title
    assert data.source.endswith(".")
    assert data.shows.endswith(".")
    assert 1 < data.n_components <= 8
    assert np.isfinite(data.points).all()
    with pytest.raises(ValueError, match="read-only"):
        data.points[0] = 0


def test_the_worked_example_is_the_exercise_as_it_is_set():
    data = load("worked_example")
    assert data.points[:, 0].tolist() == [0.2, -0.9, -1, 1.2, 1.8]
    assert data.start is not None
    assert data.start.weights.tolist() == [0.5, 0.5]
    assert data.start.means[:, 0].tolist() == [-3, 2]
    assert data.start.variances.tolist() == [4, 4]


def test_galaxies_has_the_corrected_value():
    velocities = load("galaxies").points[:, 0]
    assert 26.96 in velocities
    assert 26.69 not in velocities


def test_pearsons_classes_are_counted_out():
    crabs = load("pearson_crabs").points[:, 0]
    values, counts = np.unique(crabs, return_counts=True)
    assert (values[0], counts[0]) == (0.5815, 1)
    assert dict(zip(values, counts, strict=True))[0.6055] == 13
    assert values[-1] == 0.6935


def test_known_summaries():
    assert load("old_faithful_waiting").points.mean() == pytest.approx(70.8970588235)
    assert load("old_faithful").points[0].tolist() == [3.6, 79]
    assert load("acidity").points.mean() == pytest.approx(5.1050964323)
    assert load("newcomb").points.min() == -44
    assert load("newcomb").points.mean() == pytest.approx(26.2121212121)


def test_the_truth_of_the_penguins_counts_the_species():
    penguins = load("penguins")
    assert penguins.truth is not None
    assert penguins.truth_names == ("Adelie", "Chinstrap", "Gentoo")
    assert np.bincount(penguins.truth).tolist() == [151, 68, 123]


def test_iris_agrees_with_scikit_learn():
    iris, reference = load("iris_petal"), load_iris()
    np.testing.assert_array_equal(iris.points, reference.data[:, 2:])
    np.testing.assert_array_equal(iris.truth, reference.target)
    assert list(iris.truth_names) == list(reference.target_names)


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match="galaxies") as refusal:
        load("galaxy")
    assert refusal.value.code == "unknown-dataset"


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_same_seed_gives_the_same_points(recipe):
    first, again, other = (
        RECIPES[recipe](50, 3, 2.5, np.random.default_rng(seed)) for seed in (7, 7, 8)
    )
    np.testing.assert_array_equal(first.points, again.points)
    np.testing.assert_array_equal(first.truth, again.truth)
    assert (first.points != other.points).any()


def test_a_link_made_today_draws_the_same_points_tomorrow():
    line = RECIPES["mixture_1d"](3, 2, 4.0, np.random.default_rng(1))
    plane = RECIPES["crossing_clouds"](2, 2, 3.0, np.random.default_rng(1))
    np.testing.assert_allclose(
        line.points[:, 0], [0.6968427683956391, 2.905355866673118, -1.5536254276359887], rtol=1e-13
    )
    np.testing.assert_allclose(
        plane.points,
        [[0.33043707618338714, -5.212628926417444], [0.9053558666731177, 1.785498289456046]],
        rtol=1e-13,
    )


@pytest.mark.parametrize("recipe", RECIPES)
def test_points_follow_the_component_that_the_truth_names(recipe):
    sample = RECIPES[recipe](30_000, 3, 3.0, np.random.default_rng(0))
    for j in range(sample.mixture.n_components):
        own = sample.points[sample.truth == j]
        assert len(own) / 30_000 == pytest.approx(sample.mixture.weights[j], abs=0.02)
        np.testing.assert_allclose(own.mean(axis=0), sample.mixture.means[j], atol=0.15)
        np.testing.assert_allclose(
            np.cov(own.T).reshape(sample.mixture.covariances[j].shape),
            sample.mixture.covariances[j],
            rtol=0.1,
            atol=0.3,
        )


def test_separation_is_the_distance_of_neighbouring_means_in_sigmas():
    mixture = RECIPES["mixture_1d"](1, 4, 2.5, np.random.default_rng(0)).mixture
    np.testing.assert_allclose(np.diff(mixture.means[:, 0]), 2.5)
    np.testing.assert_allclose(mixture.means.sum(), 0, atol=1e-15)
    np.testing.assert_array_equal(mixture.variances, 1)


def test_clouds_cross_at_equal_angles_and_are_stretched_by_one_plus_the_separation():
    mixture = RECIPES["crossing_clouds"](1, 3, 4.0, np.random.default_rng(0)).mixture
    np.testing.assert_array_equal(mixture.means, 0)
    for j, covariance in enumerate(mixture.covariances):
        values, axes = np.linalg.eigh(covariance)
        np.testing.assert_allclose(np.sqrt(values), [1, 5])
        along = [np.cos(np.pi * j / 3), np.sin(np.pi * j / 3)]
        assert abs(axes[:, 1] @ along) == pytest.approx(1)


@pytest.mark.parametrize("recipe", RECIPES)
def test_without_separation_there_is_just_one_gaussian(recipe):
    sample = RECIPES[recipe](2000, 3, 0.0, np.random.default_rng(5))
    for axis in sample.points.T:
        assert stats.kstest(axis, "norm").pvalue > 1e-3


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((0, 2, 1.0), "n-points"),
        ((5, 0, 1.0), "n-components"),
        ((5, 2, -1.0), "separation"),
        ((5, 2, np.nan), "separation"),
        ((5, 2, np.inf), "separation"),
    ],
)
def test_impossible_recipes_are_refused(recipe, arguments, code):
    with pytest.raises(InputError) as refusal:
        RECIPES[recipe](*arguments, np.random.default_rng(0))
    assert refusal.value.code == code
