"""Compression piece by piece: whatever the pieces and their order, the same cells and bound."""

import pickle
from functools import reduce
from random import Random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from em_core import Compressor, GaussianMixture, InputError, compress, e_step, fit

START = GaussianMixture.univariate([1 / 3] * 3, [-4, 0, 3], [1, 1, 1])


def _groups(n, seed=0):
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(0, 1, n), rng.normal(4, 1.5, n), rng.normal(-5, 0.7, n)])


def assert_same(a, b):
    """The same cells to the last bit; what is in them to rounding."""
    assert (a.n_points, a.cell_width) == (b.n_points, b.cell_width)
    assert a.points.shape == b.points.shape
    np.testing.assert_allclose(a.sample_weight, b.sample_weight, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(a.points, b.points, rtol=1e-9, atol=1e-9 * a.cell_width)


Pieces = st.lists(
    st.lists(
        st.floats(-1e3, 1e3) | st.floats(-1e-3, 1e-3) | st.integers(-3, 3).map(float),
        min_size=1,
        max_size=12,
    ),
    min_size=1,
    max_size=6,
)


@given(Pieces, st.sampled_from([2, 3, 7, 64, 4096]), st.randoms())
@example([[0.0, -2.0], [-5e-324]], 2, Random(0))
@example([[1.0], [-5e-324]], 2, Random(0))
@settings(max_examples=100)
def test_pieces_and_order_do_not_matter(pieces, cells, chance):
    whole = Compressor(cells).add(np.concatenate(pieces))
    one_by_one = reduce(Compressor.add, pieces, Compressor(cells))
    parts = [Compressor(cells).add(piece) for piece in pieces]
    while len(parts) > 1:
        chance.shuffle(parts)
        parts.append(parts.pop().merge(parts.pop()))
    for other in (one_by_one, parts[0]):
        assert (other.exponent, other.first) == (whole.exponent, whole.first)
        np.testing.assert_array_equal(other.sums[0], whole.sums[0])
        np.testing.assert_allclose(other.sums, whole.sums, rtol=1e-12, atol=1e-12)
        assert (other.low, other.high, other.n_points) == (whole.low, whole.high, whole.n_points)


@pytest.mark.parametrize("cells", [8, 64, 1000])
@pytest.mark.parametrize("offset", [0, 1e6, -3e9])
def test_moments_are_kept(cells, offset):
    points = _groups(5000) + offset
    c = reduce(Compressor.add, np.array_split(points, 7), Compressor(cells)).finish()
    assert cells / 2 <= np.ceil(np.ptp(points) / c.cell_width) <= cells
    assert len(c.points) <= 2 * cells
    assert points.min() <= c.points.min()
    assert c.points.max() <= points.max()
    for power in range(4):
        kept = c.sample_weight @ (c.points[:, 0] - offset) ** power
        assert kept == pytest.approx(
            ((points - offset) ** power).sum(), rel=1e-9, abs=1e-4 + 1e6 * np.spacing(abs(offset))
        )


@given(
    st.integers(0, 1000), st.sampled_from([16, 32, 100, 400]), st.floats(0.05, 3), st.floats(0, 6)
)
@settings(max_examples=60)
def test_the_error_bound_holds(seed, cells, variance, distance):
    points = _groups(300, seed)
    mixture = GaussianMixture.univariate([0.3, 0.7], [0, distance], [variance, 1])
    c = reduce(Compressor.add, np.array_split(points, 5), Compressor(cells)).finish()
    exact = e_step(points, mixture).log_likelihood
    kept = e_step(c.points, mixture, c.sample_weight).log_likelihood
    assert abs(exact - kept) / len(points) <= c.error_bound(mixture) + 1e-13


def test_twice_the_cells_are_as_accurate_as_compress():
    points = _groups(20_000)
    pieces = Compressor(8192).add(points).finish()
    assert pieces.error_bound(START) <= compress(points, cells=4096).error_bound(START)


def test_em_on_the_pieces_is_em_on_the_points():
    points = _groups(30_000)
    c = reduce(Compressor.add, np.array_split(points, 11), Compressor()).finish()
    exact = fit(points, START, max_iter=30, tol=0)
    kept = fit(c.points, START, max_iter=30, tol=0, sample_weight=c.sample_weight)
    np.testing.assert_allclose(kept.covariances, exact.covariances, rtol=1e-9)
    np.testing.assert_allclose(kept.log_likelihoods, exact.log_likelihoods, rtol=1e-11)


def test_sample_weights_count_as_repetition():
    points = np.round(_groups(200), 1)
    different, counts = np.unique(points, return_counts=True)
    a, b = Compressor(50).add(points), Compressor(50).add(different, counts)
    np.testing.assert_array_equal(a.sums[0], b.sums[0])
    np.testing.assert_allclose(a.finish().points, b.finish().points, rtol=1e-12)


@pytest.mark.parametrize(
    "points",
    [[3.0], [3.0] * 5, [0.0, 0.0], [-1e300, 1e300], [1e-300, 3e-300], [1e15, 1e15 + 1, 1e15 + 8]],
    ids=["one", "same", "zero", "huge", "tiny", "far"],
)
def test_points_of_any_size_are_held(points):
    c = Compressor().add(points[:1]).merge(Compressor().add(points)).finish()
    assert c.sample_weight.sum() == len(points) + 1
    assert min(points) <= c.points.min()
    assert c.points.max() <= max(points)
    mean = (c.sample_weight / (len(points) + 1)) @ c.points[:, 0]
    exact = sum(x / (len(points) + 1) for x in [points[0], *points])
    assert mean == pytest.approx(exact, rel=1e-12, abs=1e-3 * c.cell_width)


def test_it_stays_small_and_travels():
    big = Compressor().add(_groups(100_000))
    assert len(pickle.dumps(big)) < 200_000
    assert_same(pickle.loads(pickle.dumps(big)).finish(), big.finish())


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: Compressor(1), "cells"),
        (lambda: Compressor().finish(), "no-points"),
        (lambda: Compressor().add([[1, 2], [3, 4]]), "dimension"),
        (lambda: Compressor().add([1, np.nan]), "point-not-finite"),
        (lambda: Compressor(8).merge(Compressor(9)), "cells"),
    ],
)
def test_what_cannot_be_is_refused(make, code):
    with pytest.raises(InputError) as refused:
        make()
    assert refused.value.code == code
