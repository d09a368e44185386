"""Observed and missing information: published numbers, 60-digit differences, exact identities."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from mpmath import diff, log, mpf

from em_core import COVARIANCE_TYPES, GaussianMixture, InputError, Rules, fit, information, relabel
from em_core.datasets import load
from tests.core.reference import density

PLANE = np.array(
    [
        [0.2, 1.1],
        [-0.7, 0.4],
        [0.9, -0.3],
        [1.4, 2.2],
        [3.1, 2.0],
        [2.2, 3.5],
        [4.0, 2.7],
        [2.6, 1.2],
    ]
)
PLANE_MIXTURES = {
    "full": GaussianMixture(
        [0.4, 0.6], [[0.3, 0.5], [2.6, 2.1]], [[[1.1, 0.3], [0.3, 0.8]], [[1.5, -0.4], [-0.4, 0.9]]]
    ),
    "tied": GaussianMixture([0.4, 0.6], [[0.3, 0.5], [2.6, 2.1]], [[[1.1, 0.3], [0.3, 0.8]]] * 2),
    "diag": GaussianMixture(
        [0.4, 0.6], [[0.3, 0.5], [2.6, 2.1]], [[[1.1, 0], [0, 0.8]], [[1.5, 0], [0, 0.9]]]
    ),
    "spherical": GaussianMixture(
        [0.4, 0.6], [[0.3, 0.5], [2.6, 2.1]], [0.9 * np.eye(2), 1.3 * np.eye(2)]
    ),
}
COUNTS = np.array([1, 2, 1, 3, 1, 1, 2, 1.5])


def waiting():
    return load("old_faithful").points[:, 1]


def end_on_waiting(covariance_type="full"):
    start = GaussianMixture.univariate([0.5, 0.5], [55, 80], [25, 25])
    return fit(waiting(), start, covariance_type, max_iter=3000, tol=1e-14).mixtures[-1]


def named(mixture, covariance_type):
    """The parameters in the contract's order, and how to read them back."""
    K, d = mixture.means.shape
    upper = [(i, j) for i in range(d) for j in range(i, d)]
    if covariance_type in ("diag", "spherical"):
        upper = [(i, i) for i in range(d)]
    if covariance_type == "spherical":
        upper = upper[:1]
    own = [0] if covariance_type == "tied" else range(K)
    theta = [
        *mixture.weights[:-1],
        *mixture.means.ravel(),
        *(mixture.covariances[k][pair] for k in own for pair in upper),
    ]

    def read(values):
        weights = [*values[: K - 1], 1 - sum(values[: K - 1])]
        means = [values[K - 1 + k * d : K - 1 + (k + 1) * d] for k in range(K)]
        rest, covariances = list(values[K - 1 + K * d :]), []
        for _ in own:
            matrix = [[mpf(0)] * d for _ in range(d)]
            for i, j in upper:
                matrix[i][j] = matrix[j][i] = rest.pop(0)
            if covariance_type == "spherical":
                matrix = [[matrix[0][0] * (i == j) for j in range(d)] for i in range(d)]
            covariances.append(matrix)
        return weights, means, covariances * (K if covariance_type == "tied" else 1)

    return [mpf(float(value)) for value in theta], read


def observed_by_differences(points, mixture, covariance_type, counts=None):
    theta, read = named(mixture, covariance_type)
    rows = [[mpf(float(v)) for v in row] for row in points]
    counts = np.ones(len(rows)) if counts is None else counts

    def log_likelihood(*values):
        weights, means, covariances = read(list(values))
        return sum(
            mpf(float(count))
            * log(
                sum(
                    w * density(x, m, c)
                    for w, m, c in zip(weights, means, covariances, strict=True)
                )
            )
            for x, count in zip(rows, counts, strict=True)
        )

    p = len(theta)
    hessian = np.zeros((p, p))
    for i in range(p):
        for j in range(i, p):
            order = [0] * p
            order[i] += 1
            order[j] += 1
            hessian[i, j] = hessian[j, i] = float(diff(log_likelihood, tuple(theta), tuple(order)))
    return -hessian


@pytest.mark.parametrize(
    ("covariance_type", "fractions", "means", "weight"),
    [
        ("full", [0.6580517, 0.1425713, 0.0020370, 0, 0], [0.69968, 0.50459], 0.03116),
        ("tied", [0.2918051], [0.64609, 0.47632], 0.03012),
    ],
)
def test_the_reference_numbers_of_the_waiting_times(covariance_type, fractions, means, weight):
    info = information(waiting(), end_on_waiting(covariance_type), covariance_type)
    assert info.definite
    np.testing.assert_allclose(info.missing_fractions[: len(fractions)], fractions, atol=3e-7)
    np.testing.assert_allclose(info.standard_errors.means[:, 0], means, atol=6e-6)
    np.testing.assert_allclose(info.standard_errors.weights, weight, atol=6e-6)


@pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)
def test_the_observed_information_is_minus_the_hessian_to_many_digits(covariance_type):
    mixture = PLANE_MIXTURES[covariance_type]
    info = information(PLANE, mixture, covariance_type, sample_weight=COUNTS)
    oracle = observed_by_differences(PLANE, mixture, covariance_type, COUNTS)
    assert len(info.names) == mixture.n_parameters(covariance_type) == len(oracle)
    np.testing.assert_allclose(info.observed, oracle, rtol=1e-11, atol=1e-11)


def test_three_components_on_a_line_agree_with_differences_too():
    points = np.array([0.2, -0.9, -1, 1.2, 1.8, 4.0])
    mixture = GaussianMixture.univariate([0.2, 0.3, 0.5], [-1, 0.5, 2], [0.4, 1.2, 2.0])
    oracle = observed_by_differences(points[:, None], mixture, "full")
    info = information(points, mixture)
    np.testing.assert_allclose(info.observed, oracle, rtol=1e-11, atol=1e-11)
    assert info.names[:3] == ("weight 1", "weight 2", "mean 1")


def test_the_complete_information_of_a_maximum_is_that_of_known_labels():
    mixture = end_on_waiting()
    counts, variances = 272 * mixture.weights, mixture.variances
    w1, w2 = mixture.weights
    known = [272 / w1 + 272 / w2, *(counts / variances), *(counts / variances**2 / 2)]
    info = information(waiting(), mixture)
    np.testing.assert_allclose(np.diag(info.complete), known, rtol=1e-6)
    np.testing.assert_allclose(info.complete, np.diag(known), atol=1e-5 * max(known))


def test_the_largest_fraction_is_the_rate_at_which_em_arrives():
    trace = fit(waiting(), GaussianMixture.univariate([0.5, 0.5], [55, 80], [25, 25]), tol=0)
    steps = np.abs(np.diff(trace.means[20:30, 0, 0]))
    rate = information(waiting(), trace.mixtures[-1]).missing_fractions[0]
    np.testing.assert_allclose(steps[1:] / steps[:-1], rate, rtol=1e-4)


def test_one_component_misses_nothing():
    points = waiting()
    mixture = fit(points, GaussianMixture.univariate([1], [50], [1])).mixtures[-1]
    info = information(points, mixture)
    assert info.definite
    np.testing.assert_allclose(info.missing_fractions, 0, atol=1e-12)
    np.testing.assert_allclose(
        info.standard_errors.means, np.sqrt(mixture.variances / 272)[:, None]
    )
    np.testing.assert_allclose(
        info.standard_errors.covariances[0, 0, 0], mixture.variances[0] * np.sqrt(2 / 272)
    )
    assert info.standard_errors.weights == pytest.approx(0)
    assert not info.missing_by_point.any()


def test_a_saddle_has_a_fraction_above_one_and_no_standard_errors():
    points = np.array([-6.4, -6.1, -5.9, -5.6, -0.4, -0.1, 0.1, 0.4, 5.6, 5.9, 6.1, 6.4])
    start = GaussianMixture.univariate([0.5, 0.5], [-1, 1], [4, 4])
    saddle = fit(points, start, max_iter=30, tol=0).mixtures[-1]
    info = information(points, saddle)
    assert info.missing_fractions[0] == pytest.approx(1.19, abs=0.01)
    assert not info.definite
    assert info.standard_errors is None
    tied = fit(points, start, "tied", max_iter=1000, tol=0).mixtures[-1]
    assert information(points, tied, "tied").definite


def test_components_that_coincide_are_not_identified():
    points = waiting()
    start = GaussianMixture.univariate([0.5, 0.5], [70, 70], [100, 100])
    assert not information(points, fit(points, start).mixtures[-1]).definite


def test_each_point_s_share_of_what_is_missing():
    points = waiting()
    mixture = end_on_waiting()
    info = information(points, mixture)
    assert info.missing_by_point.shape == (272,)
    assert info.missing_by_point.min() >= 0
    assert info.missing_by_point.sum() == pytest.approx(1, abs=1e-12)
    assert 60 < points[np.argmax(info.missing_by_point)] < 75
    w, x = mixture.weights, points[:, None]
    z = (x - mixture.means[:, 0]) / np.sqrt(mixture.variances)
    r = w * np.exp(-(z**2) / 2) / np.sqrt(mixture.variances)
    r /= r.sum(axis=1, keepdims=True)
    q = r.prod(axis=1)
    between = 1 / w[0] + 1 / w[1] + (z**2 + (z**2 - 1) ** 2 / 2) @ (1 / w)
    np.testing.assert_allclose(info.missing_by_point, q * between / (q @ between), rtol=1e-4)


def test_counts_are_repetitions():
    points, mixture = PLANE, PLANE_MIXTURES["full"]
    counts = np.array([1, 2, 0, 3, 1, 1, 2, 1])
    repeated = np.repeat(points, counts, axis=0)
    counted = information(points, mixture, sample_weight=counts)
    written_out = information(repeated, mixture)
    np.testing.assert_allclose(counted.observed, written_out.observed, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(counted.complete, written_out.complete, rtol=1e-12, atol=1e-12)
    sums = np.add.reduceat(written_out.missing_by_point, np.cumsum([0, 1, 2, 3, 1, 1, 2]))
    np.testing.assert_allclose(counted.missing_by_point[counts > 0], sums, rtol=1e-10)
    assert counted.missing_by_point[2] == 0


@pytest.mark.parametrize("scale", [1e-70, 1e-3, 1e70])
@pytest.mark.parametrize("offset", [0.0, 1e9])
def test_units_and_offset_change_nothing_but_the_units(scale, offset):
    there = scale * (waiting() + offset)
    start = GaussianMixture.univariate(
        [0.5, 0.5], scale * (np.array([55, 80]) + offset), [25 * scale**2] * 2
    )
    moved = information(there, fit(there, start, max_iter=500, tol=1e-13).mixtures[-1])
    still = information(waiting(), end_on_waiting())
    np.testing.assert_allclose(moved.missing_fractions, still.missing_fractions, atol=1e-6)
    ours, theirs = moved.standard_errors, still.standard_errors
    np.testing.assert_allclose(ours.weights, theirs.weights, rtol=1e-6)
    np.testing.assert_allclose(ours.means, theirs.means * scale, rtol=1e-6)
    np.testing.assert_allclose(ours.covariances, theirs.covariances * scale**2, rtol=1e-6)
    np.testing.assert_allclose(moved.missing_by_point, still.missing_by_point, atol=1e-7)


@given(
    st.lists(st.floats(-3, 3), min_size=6, max_size=6),
    st.permutations([0, 1, 2]),
)
def test_fractions_do_not_change_under_linear_maps_and_other_labels(numbers, order):
    matrix = np.array(numbers[:4]).reshape(2, 2) + 4 * np.eye(2)
    shift = np.array(numbers[4:])
    assume(np.linalg.cond(matrix) < 100)
    mixture = GaussianMixture(
        [0.2, 0.5, 0.3], [[0, 0], [2, 2], [3, 0.5]], [np.eye(2), 1.3 * np.eye(2), 0.7 * np.eye(2)]
    )
    mapped = GaussianMixture(
        mixture.weights, mixture.means @ matrix.T + shift, matrix @ mixture.covariances @ matrix.T
    )
    points = np.vstack([PLANE, PLANE[::-1] + np.array([0.3, -0.6])])
    still = information(points, mixture)
    moved = information(points @ matrix.T + shift, relabel(mapped, tuple(order)))
    np.testing.assert_allclose(moved.missing_fractions, still.missing_fractions, atol=1e-8)
    assert moved.definite == still.definite
    np.testing.assert_allclose(moved.missing_by_point, still.missing_by_point, rtol=1e-7)


def test_standard_errors_go_with_their_components():
    points = load("old_faithful").points
    start = GaussianMixture([0.4, 0.6], [[2, 55], [4.3, 80]], [np.diag([0.1, 30])] * 2)
    mixture = fit(points, start, max_iter=500, tol=1e-13).mixtures[-1]
    plain = information(points, mixture).standard_errors
    swapped = information(points, relabel(mixture, (1, 0))).standard_errors
    for name in ("weights", "means", "covariances"):
        np.testing.assert_allclose(getattr(swapped, name)[::-1], getattr(plain, name), rtol=1e-9)
    units = np.array([60.0, 1 / 60])
    other = GaussianMixture(
        mixture.weights, mixture.means * units, mixture.covariances * units * units[:, None]
    )
    rescaled = information(points * units, other).standard_errors
    np.testing.assert_allclose(rescaled.means, plain.means * units, rtol=1e-9)
    np.testing.assert_allclose(
        rescaled.covariances, plain.covariances * units * units[:, None], rtol=1e-9
    )


def test_what_is_fixed_is_no_parameter_sas_and_the_galaxies():
    points = load("galaxies").points
    rules = Rules(fixed_covariances=range(5))
    start = GaussianMixture.univariate([0.2] * 5, [10, 19, 23, 26, 33], [0.9025] * 5)
    trace = fit(points, start, max_iter=3000, tol=1e-13, rules=rules)
    assert -2 * trace.log_likelihoods[-1] == pytest.approx(412.2, abs=0.05)
    info = information(points, trace.mixtures[-1], rules=rules)
    assert info.observed.shape == (9, 9)
    assert info.names[4:] == tuple(f"mean {k}" for k in range(1, 6))
    means, errors = trace.mixtures[-1].means[:, 0], info.standard_errors
    np.testing.assert_allclose(means[3:], [26.3266, 33.0443], atol=5e-4)
    np.testing.assert_allclose(errors.means[3:, 0], [0.7778, 0.5485], atol=5e-4)
    assert not errors.covariances.any()
    assert information(points, trace.mixtures[-1]).observed.shape == (14, 14)


def test_fixed_weights_and_means_leave_the_others_as_the_hessian_has_them():
    mixture = GaussianMixture(
        [0.2, 0.5, 0.3], [[0, 0], [2, 2], [3, 0.5]], [np.eye(2), 1.3 * np.eye(2), 0.7 * np.eye(2)]
    )
    free = information(PLANE, mixture)
    keep = [0, 2, 3, 6, 7, *range(8, 17)]
    rules = Rules(fixed_means=[1])
    held = information(PLANE, mixture, rules=rules)
    np.testing.assert_allclose(
        held.observed, free.observed[np.ix_(sorted({*keep, 1}), sorted({*keep, 1}))], atol=1e-10
    )
    only_first_two = information(PLANE, mixture, rules=Rules(fixed_weights=[2]))
    assert only_first_two.names[0] == "weight 1"
    trade = np.zeros(17)
    trade[0], trade[1] = 1, -1
    assert only_first_two.observed[0, 0] == pytest.approx(trade @ free.observed @ trade)
    assert information(PLANE, mixture, rules=Rules(equal_weights=True)).names[0].startswith("mean")


def test_what_does_not_fit_is_refused():
    with pytest.raises(InputError, match="choose full, tied"):
        information(waiting(), end_on_waiting(), "oval")
    with pytest.raises(InputError, match="coordinates"):
        information(PLANE, end_on_waiting())


def test_a_number_in_the_plane_is_named_by_component_and_axis():
    mixture = GaussianMixture([0.5, 0.5], [[0, 0], [2, 2]], [np.eye(2)] * 2)
    assert information(PLANE, mixture).names == (
        "weight 1",
        "mean 1 (x)",
        "mean 1 (y)",
        "mean 2 (x)",
        "mean 2 (y)",
        "variance 1 (x)",
        "covariance 1 (x and y)",
        "variance 1 (y)",
        "variance 2 (x)",
        "covariance 2 (x and y)",
        "variance 2 (y)",
    )
