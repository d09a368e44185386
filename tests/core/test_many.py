import numpy as np
import pytest

from em_core import GaussianMixture, InputError, Rules, best_of, fit, fit_many
from em_core.datasets import load
from em_core.starts import draw

POINTS = [0.2, -0.9, -1, 1.2, 1.8]


def _grid(n):
    values = np.linspace(-3, 3, n)
    return [
        GaussianMixture.univariate([0.5, 0.5], [a, b + 1e-9], [1, 1])
        for a in values
        for b in values
    ]


def _assert_same_ends(points, starts, **options):
    fits = fit_many(points, starts, **options)
    for s, start in enumerate(starts):
        _assert_same_end(fits, s, fit(points, start, **options))
    return fits


def _assert_same_end(fits, s, alone):
    assert fits.outcomes[s] == alone.outcome
    assert fits.iterations[s] == alone.n_iter
    assert fits.log_likelihoods[s] == pytest.approx(alone.log_likelihoods[-1], rel=1e-10)
    assert fits.free_energies[s] == pytest.approx(alone.free_energies[-1], rel=1e-10)
    np.testing.assert_allclose(fits.mixture(s).means, alone.means[-1], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(fits.covariances[s], alone.covariances[-1], rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("tol", [0.0, 1e-6])
def test_each_start_ends_as_it_does_alone(tol):
    _assert_same_ends(POINTS, _grid(9), tol=tol, max_iter=60)


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_two_dimensions_in_several_batches(covariance_type, monkeypatch):
    points = load("old_faithful").points
    starts = draw("random", points, 3, 12, np.random.default_rng(5), covariance_type)
    monkeypatch.setattr("em_core.engine.many.BATCH_ELEMENTS", 5 * 3 * len(points))
    _assert_same_ends(points, starts, covariance_type=covariance_type, max_iter=25)


def test_collapsed_and_empty_starts_leave_the_batch_and_harm_no_other():
    points = [0.0, 0, 0, 1, 2, 3, 9]
    starts = [
        GaussianMixture.univariate([0.5, 0.5], [0, 2], [1e-6, 4]),
        GaussianMixture.univariate([0.5, 0.5], [1, 1e9], [1, 1]),
        GaussianMixture.univariate([0.5, 0.5], [1, 8], [1, 1]),
        GaussianMixture.univariate([0.5, 0.5], [0, 5], [4, 4]),
    ]
    fits = _assert_same_ends(points, starts)
    assert fits.outcomes[:3] == ("collapsed", "empty", "collapsed")
    assert np.isfinite(fits.log_likelihoods).all()
    assert np.isfinite(fits.means).all()


def test_weights_and_floor_are_passed_on():
    starts = _grid(4)
    _assert_same_ends(POINTS, starts, sample_weight=[1, 2, 1, 3, 1], variance_floor=0.02)


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("floor", [0.0, 0.1])
@pytest.mark.parametrize("rules", [Rules(), Rules(0.7, fixed_means=[1])], ids=["em", "rules"])
def test_each_start_may_have_its_own_weights(covariance_type, floor, rules, monkeypatch):
    points = load("old_faithful").points
    rng = np.random.default_rng(3)
    starts = draw("random", points, 2, 12, rng, covariance_type)
    weights = rng.multinomial(len(points), np.full(len(points), 1 / len(points)), size=12)
    monkeypatch.setattr("em_core.engine.many.BATCH_ELEMENTS", 5 * 2 * len(points))
    options = {"covariance_type": covariance_type, "variance_floor": floor, "rules": rules}
    fits = fit_many(points, starts, sample_weight=weights, **options)
    assert len(set(fits.iterations.tolist())) > 1
    for s, start in enumerate(starts):
        _assert_same_end(fits, s, fit(points, start, sample_weight=weights[s], **options))


@pytest.mark.parametrize("covariance_type", ["full", "spherical"])
@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("weighted", [None, "shared", "own"])
def test_each_start_may_have_its_own_points(covariance_type, d, weighted):
    rng = np.random.default_rng(4)
    original = load("old_faithful").points[:, :d]
    points = rng.choice(original, (9, 80)) + rng.normal(size=(9, 80, d)) / 10
    points[:3] *= 1e6
    starts = [draw("random", p, 2, 1, rng, covariance_type)[0] for p in points]
    shape = {None: None, "shared": (80,), "own": (9, 80)}[weighted]
    weight = None if shape is None else rng.integers(0, 3, shape)
    fits = fit_many(points[..., 0] if d == 1 else points, starts, covariance_type, 60, 1e-6, weight)
    for s, start in enumerate(starts):
        own = weight[s] if weighted == "own" else weight
        alone = fit(points[s], start, covariance_type, 60, 1e-6, own)
        _assert_same_end(fits, s, alone)


def test_a_collapse_is_judged_by_each_start_s_own_range():
    """Left out by its weight, the outlier is no part of the range."""
    points = np.array([0.0, 1, 2, 3, 5, 6, 1e13])
    start = GaussianMixture.univariate([0.5, 0.5], [1, 5], [1, 1])
    weights = [[1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 0]]
    fits = fit_many(points, [start] * 2, sample_weight=weights, max_iter=30)
    for s, weight in enumerate(weights):
        _assert_same_end(fits, s, fit(points, start, sample_weight=weight, max_iter=30))
    assert fits.outcomes[0] == "collapsed"
    assert fits.outcomes[1] != "collapsed"


@pytest.mark.parametrize(
    ("points", "weight", "code", "text"),
    [
        (np.zeros((3, 4, 1)), None, "shape", "points for 3 starts and 2 starts"),
        (np.zeros((2, 4, 2)), None, "dimension", "2 coordinates and the mixture 1"),
        ([[0, 1], [np.nan, 2]], None, "point-not-finite", "is nan"),
        ([[0, 1], [0, 1e200]], None, "span", "Values of start 2 along x span 1×10²⁰⁰"),
        (POINTS, np.ones((3, 5)), "shape", "sample weights for 3 starts and 2 starts"),
        (POINTS, np.ones((2, 4)), "shape", "give one for each of 5 points"),
        (POINTS, [[1] * 5, [0] * 5], "sample-weight", "All sample weights are 0"),
    ],
)
def test_what_does_not_fit_the_starts_is_refused(points, weight, code, text):
    start = GaussianMixture.univariate([0.5, 0.5], [0, 1], [1, 1])
    with pytest.raises(InputError) as refused:
        fit_many(points, [start] * 2, sample_weight=weight)
    assert refused.value.code == code
    assert text in str(refused.value)


def test_best_of_takes_the_highest_sound_fit():
    fits = fit_many(POINTS, _grid(9))
    best = best_of(fits)
    assert best.log_likelihood == fits.log_likelihoods.max()
    assert best.mixture == fits.mixture(best.index)
    assert (best.collapsed, best.note) == (False, "")


def test_best_of_never_returns_a_collapsed_fit_silently():
    points = [0.0, 0, 0, 1, 2, 3, 9]
    narrow = GaussianMixture.univariate([0.5, 0.5], [0, 2], [1e-3, 4])
    sound = GaussianMixture.univariate([0.5, 0.5], [1, 1.5], [4, 9])
    fits = fit_many(points, [narrow, sound], max_iter=6, tol=0)
    assert fits.outcomes == ("collapsed", "max_iter")
    assert fits.log_likelihoods[0] > fits.log_likelihoods[1]
    best = best_of(fits)
    assert (best.index, best.collapsed) == (1, False)
    assert best.note == "1 of 2 starts collapsed or emptied and were passed over."
    only = best_of(fit_many(points, [narrow]))
    assert only.collapsed
    assert "All 1 starts" in only.note


def test_max_iter_0_returns_the_starts():
    starts = _grid(2)
    fits = fit_many(POINTS, starts, max_iter=0)
    assert fits.outcomes == ("max_iter",) * 4
    assert [fits.mixture(s) for s in range(4)] == starts


@pytest.mark.parametrize(
    ("starts", "code"),
    [
        ([], "no-starts"),
        (
            [
                GaussianMixture.univariate([1], [0], [1]),
                GaussianMixture.univariate([0.5, 0.5], [0, 1], [1, 1]),
            ],
            "shape",
        ),
    ],
)
def test_starts_must_fit_each_other(starts, code):
    with pytest.raises(InputError) as refused:
        fit_many(POINTS, starts)
    assert refused.value.code == code
