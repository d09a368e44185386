"""Runs: what a trace holds, how it ends, and that iterate and extend are the same run."""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture as SklearnMixture

from em_core import (
    COVARIANCE_TYPES,
    GaussianMixture,
    InputError,
    Rules,
    e_step,
    extend,
    fit,
    iterate,
)
from em_core.datasets import load

POINTS = [0.2, -0.9, -1, 1.2, 1.8]


@pytest.fixture
def start() -> GaussianMixture:
    return GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])


@pytest.fixture
def plane() -> tuple[np.ndarray, GaussianMixture]:
    points = load("penguins").points
    centres = points[[0, 180, 300]]
    return points, GaussianMixture([1 / 3] * 3, centres, [np.diag(points.var(axis=0))] * 3)


def test_a_trace_holds_every_iteration(start):
    trace = fit(POINTS, start, max_iter=5, tol=0)
    assert trace.n_iter == 5
    assert len(trace.mixtures) == 6
    assert trace.mixtures[0] == start
    assert trace.weights.shape == (6, 2)
    assert trace.means.shape == (6, 2, 1)
    assert trace.covariances.shape == (6, 2, 1, 1)
    assert trace.log_likelihoods.shape == (6,)
    assert trace.lower_bounds.shape == (5,)
    for t, mixture in enumerate(trace.mixtures):
        expected = e_step(POINTS, mixture).log_likelihood
        assert trace.log_likelihoods[t] == pytest.approx(expected, rel=1e-14)


def test_max_iter_0_returns_the_start(start):
    trace = fit(POINTS, start, max_iter=0)
    assert trace.mixtures == (start,)
    assert trace.outcome == "max_iter"
    assert trace.lower_bounds.shape == (0,)


def test_tol_0_never_stops_early(start):
    trace = fit(POINTS, start, max_iter=300, tol=0)
    assert (trace.n_iter, trace.outcome) == (300, "max_iter")
    assert "limit of 300 iterations" in trace.message


def test_convergence_is_by_the_gain_in_mean_log_likelihood(start):
    trace = fit(POINTS, start, tol=1e-3)
    gains = np.diff(trace.log_likelihoods) / len(POINTS)
    assert trace.outcome == "converged"
    assert gains[-1] < 1e-3
    assert (gains[:-1] >= 1e-3).all()
    assert f"iteration {trace.n_iter}" in trace.message


@pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)
def test_iterate_is_fit_by_half_steps(plane, covariance_type):
    points, start = plane
    trace = fit(points, start, covariance_type, max_iter=7, tol=0)
    steps = list(iterate(points, start, covariance_type, max_iter=7, tol=0))
    assert [(s.iteration, s.phase) for s in steps] == [(t, p) for t in range(1, 8) for p in "EM"]
    for h, step in enumerate(steps, start=1):
        assert step.mixture == trace.mixtures[h // 2]
        assert step.log_likelihood == trace.log_likelihoods[h // 2]
        before = e_step(points, trace.mixtures[(h - 1) // 2])
        np.testing.assert_allclose(step.responsibilities, before.responsibilities, atol=1e-13)
        gap = step.log_likelihood - step.lower_bound - step.kl_gap
        assert abs(gap) < 1e-12 * abs(step.log_likelihood)
        if step.phase == "E":
            assert step.kl_gap == pytest.approx(0, abs=1e-12)
        else:
            assert step.kl_gap >= 0
            assert step.lower_bound == pytest.approx(
                trace.lower_bounds[step.iteration - 1], rel=1e-13
            )
    assert {s.outcome for s in steps[:-1]} == {"running"}
    assert steps[-1].outcome == "max_iter"


def test_a_frame_says_what_is_in_force(plane):
    points, start = plane
    trace = fit(points, start, max_iter=3, tol=0)
    m = trace.mixtures
    shown = [trace.frame(h) for h in range(7)]
    assert [(f.iteration, f.phase) for f in shown] == [
        (0, "start"), (1, "E"), (1, "M"), (2, "E"), (2, "M"), (3, "E"), (3, "M"),
    ]  # fmt: skip
    assert [f.mixture for f in shown] == [m[0], m[0], m[1], m[1], m[2], m[2], m[3]]
    assert [f.sharer for f in shown] == [None, m[0], m[0], m[1], m[1], m[2], m[2]]
    assert [f.earlier_sharer for f in shown] == [None, None, None, m[0], m[0], m[1], m[1]]
    assert [f.made for f in shown] == [None, m[1], m[1], m[2], m[2], m[3], m[3]]
    assert [f.previous for f in shown] == [None, None, m[0], None, m[1], None, m[2]]
    for frame in shown:
        expected = e_step(points, frame.mixture).log_likelihood
        assert frame.log_likelihood == pytest.approx(expected, rel=1e-13)
    assert shown[0].lower_bound is None
    assert shown[0].gap is None
    assert [f.gap for f in shown[1::2]] == [0, 0, 0]
    assert all(f.gap > 0.01 for f in shown[2::2])
    assert [f.lower_bound for f in shown[2::2]] == trace.lower_bounds.tolist()


@pytest.mark.parametrize(("beyond", "there"), [(-3, 0), (7, 6), (10**9, 6)])
def test_a_frame_beyond_the_run_is_its_start_or_end(start, beyond, there):
    trace = fit(POINTS, start, max_iter=3, tol=0)
    assert trace.last_half_step == 6
    assert trace.frame(beyond).half_step == there


def test_a_half_step_is_the_frame_of_the_trace(plane):
    points, start = plane
    trace = fit(points, start, max_iter=4, tol=0)
    for step in iterate(points, start, max_iter=4, tol=0):
        frame = trace.frame(step.half_step)
        for name in ("iteration", "phase", "mixture", "sharer", "earlier_sharer", "made"):
            assert getattr(step, name) == getattr(frame, name), name
        assert step.log_likelihood == frame.log_likelihood
        assert step.free_energy == frame.free_energy
        assert step.lower_bound == pytest.approx(frame.lower_bound, rel=1e-13)


def test_the_lower_bound_holds_with_a_variance_floor_and_weights():
    counts = [1, 2, 3, 1, 0.5]
    start = GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])
    floor = 0.05
    trace = fit(POINTS, start, sample_weight=counts, variance_floor=floor)
    assert trace.floored.any()
    for step in iterate(POINTS, start, sample_weight=counts, variance_floor=floor):
        assert step.log_likelihood == pytest.approx(step.lower_bound + step.kl_gap, rel=1e-13)
        if step.phase == "M":
            assert step.lower_bound == pytest.approx(trace.lower_bounds[step.iteration - 1])
    assert (np.diff(trace.log_likelihoods) > -1e-12).all()
    mean = np.average(POINTS, weights=counts)
    data_variance = np.average((np.array(POINTS) - mean) ** 2, weights=counts)
    assert trace.covariances[-1].min() == pytest.approx(floor * data_variance, rel=1e-13)


@pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)
def test_the_floor_is_a_fraction_of_the_data_s_variance_of_spheres_the_average_over_the_axes(
    covariance_type,
):
    counts = [1, 2, 2, 1, 1]
    points = np.array([[0.0, 0], [0, 9], [30, 0], [30, 9], [500, 300]])
    mean = np.average(points, axis=0, weights=counts)
    variances = np.average(np.square(points - mean), axis=0, weights=counts)
    if covariance_type == "spherical":
        variances[:] = variances.mean()
    start = GaussianMixture([0.5, 0.5], [[15, 5], [500, 300]], [np.eye(2) * 900] * 2)
    trace = fit(points, start, covariance_type, 3, 0, counts, 0.1)
    assert trace.floored[-1, 1]
    least = np.diagonal(trace.covariances[-1, 1])
    np.testing.assert_allclose(least, 0.1 * variances, rtol=1e-12)


def test_the_floor_holds_in_the_direction_in_which_a_component_is_thin():
    x, off = np.linspace(-2, 2, 12), np.tile([0.01, -0.02, 0.01], 4)
    points = np.column_stack([3 * x, x + off])
    trace = fit(points, GaussianMixture([1.0], [[0, 0]], [np.eye(2)]), variance_floor=0.01)
    assert trace.floored[-1].all()
    unit = points.std(axis=0)
    values = np.linalg.eigvalsh(trace.covariances[-1, 0] / np.outer(unit, unit))
    np.testing.assert_allclose(values, [0.01, 2], rtol=1e-3)


def test_extend_carries_the_same_run_on(start):
    whole = fit(POINTS, start)
    for cut in (0, 1, 5, 8):
        carried = extend(fit(POINTS, start, max_iter=cut), POINTS)
        np.testing.assert_array_equal(carried.log_likelihoods, whole.log_likelihoods)
        np.testing.assert_array_equal(carried.means, whole.means)
        np.testing.assert_array_equal(carried.lower_bounds, whole.lower_bounds)
        assert (carried.message, carried.iteration) == (whole.message, whole.iteration)


def test_a_collapsed_trace_is_not_carried_on():
    start = GaussianMixture.univariate([0.5, 0.5], [1, 3], [1, 1])
    trace = fit([1.0, 3.0], start)
    assert extend(trace, [1.0, 3.0]) is trace


def test_iterate_says_when_the_m_step_found_nothing():
    start = GaussianMixture.univariate([0.5, 0.5], [1, 3], [1, 1])
    steps = list(iterate([1.0, 3.0], start))
    assert (steps[-1].phase, steps[-1].outcome) == ("E", "collapsed")
    assert np.isfinite(steps[-1].responsibilities).all()


def test_iterate_leaves_numpy_s_warnings_as_they_were(start):
    before = np.geterr()
    for _ in iterate(POINTS, start, max_iter=2):
        assert np.geterr() == before


@pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)
@pytest.mark.parametrize("n_iter", [1, 5, 40])
def test_scikit_learn_agrees(plane, covariance_type, n_iter):
    points, start = plane
    trace = fit(points, start, covariance_type, n_iter, tol=0)
    if covariance_type == "spherical":
        start = GaussianMixture(start.weights, start.means, [np.eye(2) / 3] * 3)
        trace = fit(points, start, covariance_type, n_iter, tol=0)
    precisions = {
        "full": np.linalg.inv(start.covariances),
        "tied": np.linalg.inv(start.covariances[0]),
        "diag": 1 / np.diagonal(start.covariances, axis1=1, axis2=2),
        "spherical": np.full(3, 3.0),
    }[covariance_type]
    theirs = SklearnMixture(
        3,
        covariance_type=covariance_type,
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=precisions,
        tol=0,
        max_iter=n_iter,
        reg_covar=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs.fit(points)
    ours = trace.mixtures[-1]
    np.testing.assert_allclose(ours.weights, theirs.weights_, rtol=1e-8)
    np.testing.assert_allclose(ours.means, theirs.means_, rtol=1e-9)
    fitted = theirs.covariances_
    expected = {
        "full": lambda: fitted,
        "tied": lambda: np.broadcast_to(fitted, (3, 2, 2)),
        "diag": lambda: [np.diag(row) for row in fitted],
        "spherical": lambda: [np.eye(2) * variance for variance in fitted],
    }[covariance_type]()
    np.testing.assert_allclose(ours.covariances, expected, rtol=1e-7, atol=1e-9)
    assert trace.log_likelihoods[-1] == pytest.approx(theirs.score(points) * len(points), rel=1e-10)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"covariance_type": "round"}, "covariance-type"),
        ({"max_iter": -1}, "max-iter"),
        ({"max_iter": 1.5}, "max-iter"),
        ({"tol": -1}, "tol"),
        ({"tol": float("nan")}, "tol"),
        ({"variance_floor": 1}, "variance-floor"),
        ({"sample_weight": [1, 2]}, "shape"),
        ({"sample_weight": [1, 2, -1, 1, 1]}, "sample-weight"),
        ({"sample_weight": [0] * 5}, "sample-weight"),
    ],
)
def test_bad_options_are_refused(start, arguments, code):
    with pytest.raises(InputError) as refused:
        fit(POINTS, start, **arguments)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ([], "no-points"),
        ([1, np.nan], "point-not-finite"),
        ([1, np.inf], "point-not-finite"),
        (["a", "b"], "not-numeric"),
        ([[1, 2], [3, 4]], "dimension"),
        ([[[1]]], "shape"),
        ([-1e200, 1e200], "span"),
        ([1e-200, 2e-200], "span"),
    ],
)
def test_bad_points_are_refused(start, points, code):
    with pytest.raises(InputError) as refused:
        fit(points, start)
    assert refused.value.code == code


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_a_point_that_a_component_cannot_reach_leaves_the_bound_a_number(temperature):
    """Its share is 0 and its log density minus infinity: together they add nothing.

    (So narrow a variance is itself a denormal number, of six digits or so.)"""
    start = GaussianMixture.univariate([0.5, 0.5], [0, 1e10], [1e-300, 1e20])
    points = [0, 1, 5e9, 1e10, 2e10]
    rules = Rules(temperature=temperature)
    shared = next(iterate(points, start, max_iter=1, rules=rules))
    assert shared.lower_bound == pytest.approx(shared.free_energy, rel=1e-5)
    assert shared.kl_gap == pytest.approx(0, abs=1e-9)


def test_a_collapse_is_told_by_the_values_it_is_on_up_to_three():
    five = [0.2, -0.9, -1.0, 1.2, 1.8]
    one = fit(five, GaussianMixture.univariate([0.5, 0.5], [0, 1.8], [1, 1e-3]))
    assert one.message.startswith("Component 2 collapsed on the value 1.8 (iteration ")
    assert one.message.endswith("): its variance fell to nothing.")

    def on_a_line(m):
        line = np.column_stack([np.arange(m), 2.0 * np.arange(m)])
        cloud = np.column_stack([np.cos(np.arange(9)), 50 + np.sin(np.arange(9))])
        start = GaussianMixture([0.5, 0.5], [line.mean(axis=0), [0, 50]], [np.diag([4.0, 16])] * 2)
        return fit(np.concatenate([line, cloud]), start).message

    assert "collapsed on the values (0, 0) and (1, 2) and (2, 4) (iter" in on_a_line(3)
    assert "collapsed on 4 different values (iter" in on_a_line(4)


def test_an_e_step_leaves_the_parameters_of_the_iteration_before():
    """Else the page would name the parameters in force after an iteration still to be made."""
    trace = fit(POINTS, GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4]), max_iter=2)
    assert [trace.frame(h).n_iter for h in range(5)] == [0, 0, 1, 1, 2]
