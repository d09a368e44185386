"""Who decides it? What a fit would be without each point, and with a value that was mistyped.

The measure is Cook's likelihood displacement (Cook 1986, Journal of the Royal Statistical
Society B 48, 133–169): LD_i = 2 (L(fit) − L(fit without i)), both on all points.

Up to `MOST_EXACT` different points each is really left out, in one batch of refits from the fit.
Beyond that the fit moves by a Newton step, −I⁻¹ s_i with I the observed information and s_i the
point's part of the gradient (the infinitesimal jackknife: Jaeckel 1972; Efron 1982, chapter 6).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.many import fit_many
from em_core.errors import InputError
from em_core.inference.endings import MAX_ITER, TOL
from em_core.mixture import (
    CovarianceType,
    GaussianMixture,
    checked_covariance_type,
    read_only,
)
from em_core.optimum.coordinates import lower_pairs
from em_core.optimum.information import curvature_of
from em_core.optimum.optima import FAILED
from em_core.points import as_points, as_sample_weight
from em_core.rules import Rules
from em_core.steps import e_step

MOST_EXACT = 2000
MOST_WEIGHTS = 2**22
"""Sample weights of refits that are kept at once."""

PLAIN = Rules()

STILL = TOL / 1000


@dataclass(frozen=True, eq=False)
class Influence:
    """A fit without each of n points in turn: one observation less of it.

    weights (n, K), means (n, K, d), covariances (n, K, d, d): the parameters without it, read-
    only; displacements (n,): LD_i, infinite where the fit without the point collapses; exact:
    refitted, or by one Newton step.
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    displacements: np.ndarray
    exact: bool

    @property
    def order(self) -> np.ndarray:
        """(n,) the points, the most influential first."""
        return np.argsort(-self.displacements, kind="stable")


@dataclass(frozen=True, eq=False)
class WhatIf:
    """Rival fits before and after one value is changed.

    before, after: (M,) log-likelihoods of M refitted mixtures; mixtures: after the change.
    """

    before: np.ndarray
    after: np.ndarray
    mixtures: tuple[GaussianMixture, ...]

    @property
    def flips(self) -> bool:
        """Does another of the fits win?"""
        return bool(np.argmax(self.before) != np.argmax(self.after))


def influence(
    points: ArrayLike,
    mixture: GaussianMixture,
    covariance_type: CovarianceType = "full",
    sample_weight: ArrayLike | None = None,
    most_exact: int = MOST_EXACT,
) -> Influence:
    """The influence of each point on `mixture`, a maximum of the likelihood on these points.

    points: (n,) or (n, d); sample_weight: (n,) repeat counts: one observation is left out, or
    what there is of it. Raises InputError as `fit` does, and, beyond most_exact different
    points, where the information is not definite ("not-definite").
    """
    checked_covariance_type(covariance_type)
    values = as_points(points, mixture.n_features)
    weight = as_sample_weight(sample_weight, len(values))
    counts = np.ones(len(values)) if weight is None else weight
    rows = np.column_stack([values, counts])
    different, which = np.unique(rows, axis=0, return_inverse=True)
    which = which.ravel()
    if len(different) <= most_exact:
        firsts = np.unique(which, return_index=True)[1]
        found = _refitted(values, counts, mixture, covariance_type, firsts)
        weights, means, covariances, displacements = (read_only(part[which]) for part in found)
        return Influence(weights, means, covariances, displacements, exact=True)
    stepped = _stepped(values, counts, mixture, covariance_type)
    weights, means, covariances, displacements = map(read_only, stepped)
    return Influence(weights, means, covariances, displacements, exact=False)


def what_if(
    points: ArrayLike,
    index: int,
    value: ArrayLike,
    mixtures: Sequence[GaussianMixture],
    covariance_type: CovarianceType = "full",
    sample_weight: ArrayLike | None = None,
    rules: Rules = PLAIN,
) -> WhatIf:
    """Would another of these fits win if point `index` (from 0) had been `value`?

    mixtures: rival optima with the same number of components; each is refitted to the points as
    they are and as they would be. Raises InputError as `fit_many` does.
    """
    values = as_points(points)
    if not 0 <= index < len(values):
        raise InputError(
            "index", f"Point {index + 1} is not there: give an index from 0 to {len(values) - 1}."
        )
    changed = values.copy()
    changed[index] = value
    before, after = (
        fit_many(x, mixtures, covariance_type, MAX_ITER, STILL, sample_weight, rules=rules)
        for x in (values, changed)
    )
    return WhatIf(
        before.log_likelihoods,
        after.log_likelihoods,
        tuple(after.mixture(m) for m in range(len(mixtures))),
    )


def _refitted(
    values: np.ndarray,
    counts: np.ndarray,
    mixture: GaussianMixture,
    covariance_type: CovarianceType,
    chosen: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The fits without each of the chosen points, and the displacements."""
    size = max(1, MOST_WEIGHTS // len(values))
    taken = np.minimum(counts, 1.0)
    parts = []
    for begin in range(0, len(chosen), size):
        batch = chosen[begin : begin + size]
        weights = np.tile(counts, (len(batch), 1))
        weights[np.arange(len(batch)), batch] -= taken[batch]
        starts = [mixture] * len(batch)
        fits = fit_many(values, starts, covariance_type, MAX_ITER, STILL, weights)
        own = [fits.mixture(s).log_density(values[[i]])[0] for s, i in enumerate(batch)]
        on_all = fits.log_likelihoods + taken[batch] * np.array(own)
        on_all[[outcome in FAILED for outcome in fits.outcomes]] = -np.inf
        parts.append((fits.weights, fits.means, fits.covariances, on_all))
    weights, means, covariances, on_all = (
        np.concatenate(part) for part in zip(*parts, strict=True)
    )
    whole = e_step(values, mixture, counts).log_likelihood
    return weights, means, covariances, np.maximum(0.0, 2 * (whole - on_all))


def _stepped(
    values: np.ndarray,
    counts: np.ndarray,
    mixture: GaussianMixture,
    covariance_type: CovarianceType,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A Newton step away from each point, and its displacement s_i' I^-1 s_i."""
    curvature = curvature_of(values, mixture, covariance_type, counts)
    if not curvature.definite:
        raise InputError(
            "not-definite",
            "The log-likelihood has no proper maximum here, so a point's influence cannot be "
            "extrapolated: choose a mixture at which EM has come to rest.",
        )
    c, unit = curvature.coordinates, curvature.scale[:, None] * curvature.scale
    scores = np.minimum(counts, 1.0)[:, None] * _scores(values, mixture, c.moves)
    steps = -scores @ curvature.covariance
    weights, means, covariances = (
        np.einsum("...p,np->n...", move, steps) for move in (c.weights, c.means, c.covariances)
    )
    return (
        mixture.weights + weights,
        mixture.means + means * curvature.scale,
        mixture.covariances + covariances * unit,
        np.maximum(0.0, -np.einsum("np,np->n", steps, scores)),
    )


def _scores(values: np.ndarray, mixture: GaussianMixture, moves: np.ndarray) -> np.ndarray:
    """(n, p) derivatives of each point's log density by the local coordinates.

    moves: (K, m, p) of `Coordinates`; of component k by its own changes they are r_k times
    (1, z, (z_i z_j − [i = j]) / (1 + [i = j]) for i ≥ j), z its whitened offset.
    """
    shares = e_step(values, mixture).responsibilities
    scores = np.zeros((len(values), moves.shape[2]))
    for k, whiten in enumerate(mixture._factor.whiten):
        z = ((values - mixture.means[k]) - mixture.means_residual[k]) @ whiten.T
        features = [np.ones(len(z)), *z.T]
        for i, j in lower_pairs(mixture.n_features):
            features.append((z[:, i] * z[:, j] - (i == j)) / (1 + (i == j)))
        scores += shares[:, k, None] * (np.stack(features, axis=1) @ moves[k])
    return scores
