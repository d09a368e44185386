import numpy as np
import pytest

from em_core import GaussianMixture, InputError, best_of, fit, fit_many
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
        alone = fit(points, start, **options)
        assert fits.outcomes[s] == alone.outcome
        assert fits.iterations[s] == alone.n_iter
        assert fits.log_likelihoods[s] == pytest.approx(alone.log_likelihoods[-1], rel=1e-10)
        np.testing.assert_allclose(fits.mixture(s).means, alone.means[-1], rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(fits.covariances[s], alone.covariances[-1], rtol=1e-7)
    return fits


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
