"""What is typed into the fields of a start: accepted, put right with a note, or refused."""

import math

import numpy as np
import pytest

from em_core import GaussianMixture, InputError
from explorer import entry

POINTS = np.array([[0.2], [-0.9], [-1.0], [1.2], [1.8]])


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (2, 2.0),
        ("0.5", 0.5),
        (" \u22120,5 ", -0.5),
        ("1e-3", 0.001),
        (np.float64(3), 3.0),
        (np.int64(3), 3.0),
    ],
)
def test_numbers(typed, value):
    assert entry.number(typed, "Mean 1") == value


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (math.nan, "Weight 1 is not a number."),
        ("nan", "Weight 1 is not a number."),
        ("", "Weight 1 is not a number."),
        (None, "Weight 1 is not a number."),
        (True, "Weight 1 is not a number."),
        ([1], "Weight 1 is not a number."),
        ("abc", "Weight 1 is not a number."),
        (math.inf, "Weight 1 is infinite."),
        ("1e400", "Weight 1 is infinite."),
        (10**400, "Weight 1 is infinite."),
        ("50%", "Weight 1 is not a number: remove the % signs."),
        ("1,234", "Weight 1 is not a plain number: remove the thousands separators"),
        ("1_000", "Weight 1 is not a plain number: remove the thousands separators"),
        ("1/3", "Weight 1 is a fraction."),
    ],
)
def test_what_is_not_a_number(typed, says):
    with pytest.raises(InputError) as refusal:
        entry.number(typed, "Weight 1")
    assert str(refusal.value).startswith(says)


def test_rounded_thirds_are_normalised_without_a_word():
    checked = entry.weights([0.3333, 0.3333, 0.3333])
    assert checked.value == pytest.approx([1 / 3] * 3, rel=1e-15)
    assert checked.notes == ()


def test_weights_that_sum_to_one_keep_every_bit():
    assert entry.weights([0.3, 0.3, 0.4]).value.tolist() == [0.3, 0.3, 0.4]


@pytest.mark.parametrize("typed", [[2, 3], ["2", "3"], [1e308 / 1.5, 1e308]])
def test_other_weights_are_normalised_with_a_note(typed):
    checked = entry.weights(typed)
    assert checked.value == pytest.approx([0.4, 0.6])
    assert "divided by their sum" in checked.notes[0]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ([0, 1], "Weight 1 is 0: a component with weight 0 can never come back."),
        ([0.5, -0.0], "Weight 2 is 0: a component with weight 0 can never come back."),
        ([1e-300, 1e300], "Weight 1 is 0"),
        (["nan", 1], "Weight 1 is not a number."),
        ([0.5, -0.5], "Weight 2 is negative (-0.5)."),
        ([], "Give at least one weight."),
    ],
)
def test_weights_refused(typed, says):
    with pytest.raises(InputError) as refusal:
        entry.weights(typed)
    assert str(refusal.value).startswith(says)


def test_means_in_one_and_two_dimensions():
    assert entry.means(["-3", 2]).tolist() == [-3, 2]
    assert entry.means([[1, 2], ["3", "4,5"]]).tolist() == [[1, 2], [3, 4.5]]
    with pytest.raises(InputError, match="Mean 2, axis 1 is not a number"):
        entry.means([[1, 2], [None, 3]])


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ([-1, 1], "Variance 1 is negative (-1)."),
        ([1, 0], "Variance 2 is 0."),
        ([1, "x"], "Variance 2 is not a number."),
        ([math.inf], "Variance 1 is infinite."),
    ],
)
def test_variances_refused(typed, says):
    with pytest.raises(InputError) as refusal:
        entry.variances(typed)
    assert str(refusal.value).startswith(says)
    assert entry.variances([1e-300, 2]).tolist() == [1e-300, 2]


@pytest.mark.parametrize(
    ("matrix", "says"),
    [
        ([[1, 2], [2, 1]], "|correlation| must be below 1 (here 2)."),
        ([[1, 1], [1, 1]], "|correlation| must be below 1 (here 1)."),
        ([[1e300, -1e300], [-1e300, 1e300]], "|correlation| must be below 1 (here 1)."),
        ([[1, 0.5], [0.4, 1]], "not symmetric"),
        ([[-1, 0], [0, 1]], "variance 1 is negative"),
        ([[1, 0], [0, 0]], "variance 2 is 0"),
        ([[1, "?"], [0, 1]], "entry 1, 2 is not a number"),
        ([[1, 0]], "2 rows of 2 numbers"),
    ],
)
def test_covariances_refused(matrix, says):
    with pytest.raises(InputError) as refusal:
        entry.covariance(matrix, 1)
    assert says in str(refusal.value)
    assert str(refusal.value).startswith("Covariance 2")


def test_a_sound_covariance():
    assert entry.covariance([["2", 0.5], [0.5, 1]]).tolist() == [[2, 0.5], [0.5, 1]]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (1.5, "Number of components must be a whole number."),
        ("two", "Number of components is not a number."),
        (0, "Choose 1 to 8 components."),
        (1e9, "Choose 1 to 8 components."),
        (True, "Number of components is not a number."),
        (6, "6 components need at least 6 different values; the data have 5."),
    ],
)
def test_component_counts_refused(typed, says):
    with pytest.raises(InputError) as refusal:
        entry.component_count(typed, POINTS)
    assert str(refusal.value).startswith(says)


def test_component_counts():
    assert entry.component_count("3", POINTS) == 3
    assert entry.component_count(8) == 8


@pytest.mark.parametrize("typed", [-1, 4294967296, 10**30, "1e30"])
def test_seeds_out_of_range(typed):
    with pytest.raises(InputError, match=r"Seed must be between 0 and 4294967295\."):
        entry.seed(typed)


def test_seeds():
    assert entry.seed("4294967295") == 4294967295
    with pytest.raises(InputError, match=r"Seed must be a whole number\."):
        entry.seed(0.5)


def test_iterations_are_capped():
    assert entry.iterations(10**9) == entry.Checked(2000, ("At most 2000 iterations per press.",))
    assert entry.iterations(2000) == entry.Checked(2000)
    with pytest.raises(InputError, match="must not be negative"):
        entry.iterations(-1)


def test_identical_components_are_accepted_and_remarked_on():
    start = GaussianMixture.univariate([0.2, 0.3, 0.5], [3, 1, 3], [1, 1, 1])
    checked = entry.start(start, POINTS)
    assert checked.value is start
    assert checked.notes == ("Components 1 and 3 start identical: EM can never separate them.",)


def test_a_variance_below_the_collapse_limit_is_remarked_on():
    start = GaussianMixture.univariate([0.5, 0.5], [0, 1], [1e-300, 1])
    assert entry.start(start, POINTS).notes == (
        "Variance 1 is below the collapse limit for these data.",
    )
    assert entry.start(GaussianMixture.univariate([1], [0], [1e-10]), POINTS).notes == ()
