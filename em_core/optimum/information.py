"""How much the data say about the parameters, and how much of it the missing labels take away.

By Louis (1982): observed information = complete-data information - missing information, where
the first is -sum_i sum_k r_ik (second derivatives of log w_k N_k) and the last the covariance
of the first derivatives over the posterior of the labels. Formulas for Gaussian mixtures: Boldea
& Magnus (2009), Journal of the American Statistical Association 104, 1539-1549; here in
coordinates about each component (`em_core.optimum.coordinates`), so that neither offset nor unit
costs digits. EM's rate of convergence is the largest fraction of missing information (Dempster,
Laird & Rubin 1977).
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.kernel import State, Sweep, arithmetic, prepare
from em_core.mixture import (
    CovarianceType,
    GaussianMixture,
    checked_covariance_type,
    read_only,
)
from em_core.optimum.coordinates import SQRT_2, Coordinates, coordinates, lower_pairs
from em_core.points import ScaledPoints, as_points, as_sample_weight, scaled_points
from em_core.rules import PLAIN, Rules

FLAT = 1e-9
"""A direction of which a smaller fraction of the information is observed is not identified."""


@dataclass(frozen=True, eq=False)
class StandardErrors:
    """weights (K,), means (K, d), covariances (K, d, d), in the units of these."""

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray


@dataclass(frozen=True, eq=False)
class Curvature:
    """The log-likelihood about a mixture to second order, in local coordinates.

    observed, complete (p, p): information; typical (p,): the diagonal of the complete
    information that such a mixture has where it is a maximum (it is nothing but a diagonal);
    gradient (p,): first derivatives of the log-likelihood.
    """

    coordinates: Coordinates
    observed: np.ndarray
    complete: np.ndarray
    typical: np.ndarray
    gradient: np.ndarray
    scale: np.ndarray

    @cached_property
    def missing_fractions(self) -> np.ndarray:
        """(p,) eigenvalues of I - complete^-1 observed, largest first."""
        return self._missing[0]

    @property
    def slowest(self) -> np.ndarray:
        """(p,) the local direction with the largest missing fraction: EM gets there last."""
        return self._missing[1][:, 0]

    @cached_property
    def _missing(self) -> tuple[np.ndarray, np.ndarray]:
        unit = 1.0 / np.sqrt(self.typical)
        observed = self.observed * unit[:, None] * unit
        complete = self.complete * unit[:, None] * unit
        try:
            whiten = np.linalg.inv(np.linalg.cholesky(complete))
        except np.linalg.LinAlgError:  # far from a maximum: not a metric there
            values, vectors = np.linalg.eig(np.linalg.lstsq(complete, observed)[0])
            order = np.argsort(values.real)
            return 1.0 - values.real[order], vectors.real[:, order] * unit[:, None]
        values, vectors = np.linalg.eigh(whiten @ observed @ whiten.T)
        return 1.0 - values, (whiten.T @ vectors) * unit[:, None]

    @cached_property
    def definite(self) -> bool:
        """Is the observed information positive definite, by more than rounding?"""
        return self.lowest > FLAT

    @property
    def lowest(self) -> float:
        """The least of the observed information in any direction, beside what is typical."""
        return float(self._spectrum[0][0])

    @cached_property
    def _spectrum(self) -> tuple[np.ndarray, np.ndarray]:
        unit = 1.0 / np.sqrt(self.typical)
        values, vectors = np.linalg.eigh(self.observed * unit[:, None] * unit)
        return values, vectors * unit[:, None]

    @cached_property
    def covariance(self) -> np.ndarray:
        """(p, p) inverse of the observed information, where definite.

        Elsewhere each eigenvalue stands with its size, flat directions at the limit of flatness:
        times the gradient it is Newton's step to the stationary point but for the signs.
        """
        values, vectors = self._spectrum
        return (vectors / np.maximum(np.abs(values), FLAT)) @ vectors.T

    @property
    def standard_errors(self) -> StandardErrors | None:
        """Square roots of the diagonal of the inverse observed information."""
        if not self.definite:
            return None
        c, unit = self.coordinates, self.scale[:, None] * self.scale
        weights, means, covariances = (
            np.sqrt(np.maximum(np.einsum("...p,pq,...q->...", move, self.covariance, move), 0.0))
            for move in (c.weights, c.means, c.covariances)
        )
        return StandardErrors(
            read_only(weights), read_only(means * self.scale), read_only(covariances * unit)
        )


@dataclass(frozen=True, eq=False)
class Information:
    """The information about p parameters, named in `names`, in the data's own units.

    Coordinates: w_1 ... w_{K-1}, means row by row, covariances by upper triangle (tied: once;
    diag: diagonals; spherical: one each). observed (p, p): minus the Hessian of the
    log-likelihood; complete (p, p): the complete-data information given the points;
    missing_fractions (p,): eigenvalues of I - complete^-1 observed, largest first: [0] is EM's
    rate of convergence at a maximum; a saddle has one above 1; definite: observed is positive
    definite, so a stationary point is a proper maximum; standard_errors: of all weights, means
    and covariances, or None where not definite.
    """

    observed: np.ndarray
    complete: np.ndarray
    names: tuple[str, ...]
    missing_fractions: np.ndarray
    definite: bool
    standard_errors: StandardErrors | None
    _points: ArrayLike = field(repr=False)
    _sample_weight: ArrayLike | None = field(repr=False)
    _mixture: GaussianMixture = field(repr=False)
    _curvature: Curvature = field(repr=False)

    @cached_property
    def missing_by_point(self) -> np.ndarray:
        """(n,) each point's share of the missing information, its repetitions included.

        The trace of complete^-1 times the point's part of the missing information, summing to 1
        over the points; all 0 where nothing is missing (K = 1).
        """
        return read_only(
            _missing_by_point(self._points, self._mixture, self._curvature, self._sample_weight)
        )


def information(
    points: ArrayLike,
    mixture: GaussianMixture,
    covariance_type: CovarianceType = "full",
    sample_weight: ArrayLike | None = None,
    rules: Rules = PLAIN,
) -> Information:
    """Observed, complete and missing information of `mixture` on the points.

    points: (n,) or (n, d); mixture: of that covariance type, a maximum of the likelihood for the
    fractions and standard errors to mean what they say; sample_weight: (n,) repeat counts;
    rules: what they fix is no parameter, and its standard error 0. One sweep over the points.
    Raises InputError where these do not fit each other.
    """
    checked_covariance_type(covariance_type)
    curvature = curvature_of(points, mixture, covariance_type, sample_weight, rules)
    c = curvature.coordinates
    with np.errstate(all="ignore"):
        to_local = c.to_local / c.units(curvature.scale)
        observed, complete = (
            to_local.T @ matrix @ to_local for matrix in (curvature.observed, curvature.complete)
        )
    return Information(
        read_only(observed),
        read_only(complete),
        c.names,
        read_only(curvature.missing_fractions),
        curvature.definite,
        curvature.standard_errors,
        points,
        sample_weight,
        mixture,
        curvature,
    )


def curvature_of(
    points: ArrayLike,
    mixture: GaussianMixture,
    covariance_type: CovarianceType,
    sample_weight: ArrayLike | None = None,
    rules: Rules = PLAIN,
) -> Curvature:
    """The log-likelihood about `mixture` to second order; one sweep over the points."""
    rules.check(mixture.n_components, covariance_type)
    common_scale = covariance_type == "spherical"
    data = scaled_points(points, mixture.n_features, sample_weight, common_scale)
    with arithmetic():
        state = state_of(mixture, data)
        sums = _sums(Sweep(data, 1, mixture.n_components), state)
        c = coordinates(state, covariance_type, rules)
        complete = _pulled_back(_complete(sums, mixture.n_features), c.moves)
        moves = c.moves.reshape(-1, len(c.names))
        missing = _pulled_back(sums.within, c.moves) - moves.T @ sums.between @ moves
        typical = np.einsum("kmp,km,kmp->p", c.moves, _typical(mixture, data), c.moves)
        gradient = np.einsum("kmp,km->p", c.moves, sums.first)
    typical = np.maximum(typical, np.finfo(float).tiny)
    return Curvature(c, _symmetric(complete - missing), complete, typical, gradient, data.scale)


def state_of(mixture: GaussianMixture, data: ScaledPoints) -> State:
    """The mixture as the kernel takes it (S = 1), in the coordinates of the data."""
    scale = data.scale
    return prepare(
        mixture.weights[None],
        (mixture.means / scale)[None],
        (mixture.means_residual / scale)[None],
        (mixture.covariances / scale[:, None] / scale)[None],
    )


class _Sums(NamedTuple):
    """Sums over the points of f = (1, z, (z_i z_j - [i = j]) / (1 + [i = j]) for i >= j).

    z are the whitened offsets from a component's mean, and f the derivatives of its log joint
    density by the relative change of its weight, by a and by S. first (K, m): sums of r_k f_k;
    within (K, m, m): of r_k f_k f_k^T; between (K m, K m): of r_k r_l f_k f_l^T.
    """

    first: np.ndarray
    within: np.ndarray
    between: np.ndarray


def _sums(sweep: Sweep, state: State) -> _Sums:
    K, d = state.means.shape[1:]
    m = 1 + d + d * (d + 1) // 2
    first, within, between = np.zeros((m, K)), np.zeros((m, m, K)), np.zeros((m * K, m * K))
    for block in sweep.shares(state):
        basis, weighted = block.basis[:, 0], block.weighted[0]
        shared = basis * weighted
        first += shared.sum(axis=-1)
        for a in range(m):
            within[a, a:] += np.vecdot(basis[a:], shared[a])
        if block.sample_weight is not None:
            shared /= np.sqrt(block.sample_weight)
        flat = shared.reshape(m * K, -1)
        for a in range(m * K):
            between[a, a:] += np.vecdot(flat[a:], flat[a])
    within, between = _mirrored(within).transpose(2, 0, 1), _mirrored(between)
    features = _features_of_basis(d)
    between = between.reshape(m, K, m, K).transpose(1, 0, 3, 2)
    between = np.einsum("am,kmln,bn->kalb", features, between, features, optimize=True)
    return _Sums(
        first.T @ features.T, features @ within @ features.T, between.reshape(K * m, K * m)
    )


def _mirrored(upper: np.ndarray) -> np.ndarray:
    """The symmetric matrix with this upper triangle (over the first two axes)."""
    i, j = np.triu_indices(len(upper), 1)
    upper[j, i] = upper[i, j]
    return upper


def _features_of_basis(d: int) -> np.ndarray:
    """(m, m) that takes the kernel's basis of y = z / sqrt(2) to f."""
    diagonal = [1.0 if i == j else 2.0 for i, j in lower_pairs(d)]
    features = np.diag([1.0, *[SQRT_2] * d, *diagonal])
    for row, (i, j) in enumerate(lower_pairs(d), start=1 + d):
        features[row, 0] = -0.5 if i == j else 0.0
    return features


def _complete(sums: _Sums, d: int) -> np.ndarray:
    """(K, m, m) complete-data information of each component by its own changes.

    With N, s and M the sums of r, r z and r z z^T: N for the weight, N I for a, B s between a
    and S = c B, and tr(B B' M) - N tr(B B') / 2 for S = c B + c' B'.
    """
    K, m = sums.first.shape
    pairs = lower_pairs(d)
    patterns = np.zeros((len(pairs), d, d))
    for pattern, (i, j) in zip(patterns, pairs, strict=True):
        pattern[i, j] = pattern[j, i] = 1.0
    counts, means = sums.first[:, 0], sums.first[:, 1 : 1 + d]
    second = np.zeros((K, d, d))
    for column, (i, j) in enumerate(pairs, start=1 + d):
        own = 2 * sums.first[:, column] + counts if i == j else sums.first[:, column]
        second[:, i, j] = second[:, j, i] = own
    products = np.einsum("aij,bjk->abik", patterns, patterns)
    traces = np.einsum("abii->ab", products)
    blocks = np.zeros((K, m, m))
    blocks[:, 0, 0] = counts
    blocks[:, 1 : 1 + d, 1 : 1 + d] = counts[:, None, None] * np.eye(d)
    mixed = np.einsum("aij,kj->kia", patterns, means)
    blocks[:, 1 : 1 + d, 1 + d :], blocks[:, 1 + d :, 1 : 1 + d] = mixed, mixed.swapaxes(1, 2)
    shapes = np.einsum("abij,kji->kab", products, second)
    shapes = (shapes + shapes.swapaxes(1, 2)) / 2 - counts[:, None, None] * traces / 2
    blocks[:, 1 + d :, 1 + d :] = shapes
    return blocks


def _typical(mixture: GaussianMixture, data: ScaledPoints) -> np.ndarray:
    """(K, m) diagonal of `_complete` where N = n w, s = 0 and M = N I, as at a maximum."""
    d = mixture.n_features
    of_shape = [0.5 if i == j else 1.0 for i, j in lower_pairs(d)]
    counts = data.total_weight * mixture.weights
    return counts[:, None] * np.array([1.0] * (1 + d) + of_shape)


def _pulled_back(blocks: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """(p, p) the sum over the components of moves^T block moves."""
    return np.asarray(np.einsum("kmp,kmn,knq->pq", moves, blocks, moves, optimize=True))


def _symmetric(matrix: np.ndarray) -> np.ndarray:
    return (matrix + matrix.T) / 2


def _missing_by_point(
    points: ArrayLike,
    mixture: GaussianMixture,
    curvature: Curvature,
    sample_weight: ArrayLike | None,
) -> np.ndarray:
    """Of each point the trace of complete^-1 cov(f), the covariance over its posterior."""
    values = as_points(points, mixture.n_features)
    weight = as_sample_weight(sample_weight, len(values))
    data = ScaledPoints(
        np.ascontiguousarray(values.T) / curvature.scale[:, None],
        curvature.scale,
        np.ones(mixture.n_features),
        None,
        float(len(values)),
    )
    shares = np.empty(len(values))
    features = _features_of_basis(mixture.n_features)
    moves = curvature.coordinates.moves / np.sqrt(curvature.typical)
    with arithmetic():
        state, begin = state_of(mixture, data), 0
        for block in Sweep(data, 1, mixture.n_components).shares(state):
            posterior = block.weighted[0]
            end = begin + posterior.shape[1]
            scores = np.einsum("kmp,mn,nkb->kpb", moves, features, block.basis[:, 0], optimize=True)
            average = np.einsum("kb,kpb->pb", posterior, scores)
            spread = np.square(scores - average).sum(axis=1)
            shares[begin:end] = (posterior * spread).sum(axis=0)
            begin = end
    if weight is not None:
        shares *= weight
    largest = shares.max() if np.isfinite(shares).all() else np.inf
    if not 0 < largest < np.inf:  # nothing is missing, or a component is all but empty
        return np.zeros_like(shares)
    shares /= largest
    return shares / shares.sum()
