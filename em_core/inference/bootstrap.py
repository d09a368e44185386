"""How sure are the parameters? The spread of fits to data drawn anew (Efron & Tibshirani 1993).

*Nonparametric*: as many points again, drawn from the points with replacement, which is to say
that each has a random weight; *parametric*: drawn from the fitted mixture. Each replicate is
fitted from the mixture itself, all in one batch. Labels can switch between replicates, so each
is matched with the mixture by the responsibilities both give the original points (McLachlan &
Peel 2000, sections 2.16 and 4.9).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from em_core.agreement import cheapest_matching, relabel
from em_core.engine.many import Fits, fit_many
from em_core.errors import InputError
from em_core.inference.chance import generator
from em_core.inference.endings import MAX_ITER, TOL
from em_core.inference.intervals import Intervals, checked_level
from em_core.mixture import CovarianceType, GaussianMixture, checked_covariance_type, read_only
from em_core.optimum.information import StandardErrors
from em_core.optimum.optima import FAILED
from em_core.points import as_points, as_sample_weight
from em_core.steps import e_step

Kind = Literal["nonparametric", "parametric"]

MOST_VALUES = 2**22
"""Values of replicates that are kept at once."""


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """B replicates of a fit, with the labels of `mixture`.

    weights (B, K), means (B, K, d), covariances (B, K, d, d), read-only; failed: how many more
    ended with a collapsed or empty component and are left out; unaligned: how many of the B have
    a component that resembles none of the mixture's more than another does, or two that resemble
    the same.
    """

    mixture: GaussianMixture
    kind: Kind
    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    failed: int
    unaligned: int

    @property
    def n_replicates(self) -> int:
        """How many were tried."""
        return len(self.weights) + self.failed

    def __len__(self) -> int:
        return len(self.weights)

    def __add__(self, more: "Bootstrap") -> "Bootstrap":
        """These replicates and more of the same mixture: for a bootstrap in portions."""
        return replace(
            self,
            weights=read_only(np.concatenate([self.weights, more.weights])),
            means=read_only(np.concatenate([self.means, more.means])),
            covariances=read_only(np.concatenate([self.covariances, more.covariances])),
            failed=self.failed + more.failed,
            unaligned=self.unaligned + more.unaligned,
        )

    @property
    def standard_errors(self) -> StandardErrors | None:
        """The replicates' standard deviations; None where there are fewer than two."""
        if len(self) < 2:
            return None
        return StandardErrors(
            read_only(self.weights.std(axis=0, ddof=1)),
            read_only(self.means.std(axis=0, ddof=1)),
            read_only(self.covariances.std(axis=0, ddof=1)),
        )

    def intervals(self, level: float = 0.95) -> Intervals | None:
        """Percentile intervals; None where there are fewer than two replicates."""
        ends = [(1 - checked_level(level)) / 2, (1 + level) / 2]
        if len(self) < 2:
            return None
        return Intervals(
            read_only(np.quantile(self.weights, ends, axis=0)),
            read_only(np.quantile(self.means, ends, axis=0)),
            read_only(np.quantile(self.covariances, ends, axis=0)),
        )


def bootstrap(
    points: ArrayLike,
    mixture: GaussianMixture,
    covariance_type: CovarianceType = "full",
    n_replicates: int = 200,
    rng: np.random.Generator | None = None,
    kind: Kind = "nonparametric",
    sample_weight: ArrayLike | None = None,
) -> Bootstrap:
    """Fit `mixture` again to n_replicates data sets drawn anew.

    points: (n,) or (n, d), those the mixture was fitted to; sample_weight: (n,) repeat counts,
    of which as many observations are drawn as they add up to. Without `rng` the draws are the
    same each time; a generator that goes on gives the replicates that come next.
    Raises InputError as `fit` does, and for an unknown kind.
    """
    checked_covariance_type(covariance_type)
    if kind not in ("nonparametric", "parametric"):
        raise InputError(
            "kind", f"There is no bootstrap {kind!r}: choose nonparametric or parametric."
        )
    if n_replicates < 1:
        raise InputError(
            "n-replicates", f"The number of replicates is {n_replicates}: give at least 1."
        )
    chances = generator(rng)
    values = as_points(points, mixture.n_features)
    weight = as_sample_weight(sample_weight, len(values))
    counts = np.ones(len(values)) if weight is None else weight
    replicates: list[GaussianMixture] = []
    for fits in _fits(values, counts, mixture, covariance_type, n_replicates, chances, kind):
        replicates += [fits.mixture(s) for s, o in enumerate(fits.outcomes) if o not in FAILED]
    orders = [matched(values, mixture, found, counts) for found in replicates]
    aligned = [relabel(m, o.order) for m, o in zip(replicates, orders, strict=True)]
    B, (K, d) = len(aligned), mixture.means.shape
    return Bootstrap(
        mixture,
        kind,
        weights=read_only(np.array([m.weights for m in aligned]).reshape(B, K)),
        means=read_only(np.array([m.means for m in aligned]).reshape(B, K, d)),
        covariances=read_only(np.array([m.covariances for m in aligned]).reshape(B, K, d, d)),
        failed=n_replicates - len(replicates),
        unaligned=sum(not match.clear for match in orders),
    )


@dataclass(frozen=True)
class Match:
    """order: which component of the other plays the part of each; clear: without a doubt."""

    order: tuple[int, ...]
    clear: bool


def matched(
    points: np.ndarray,
    reference: GaussianMixture,
    other: GaussianMixture,
    counts: np.ndarray,
) -> Match:
    """Match components that share the same points: Σ_i c_i r_ij r'_ik is as large as can be.

    It is clear when each pair is the best there is for both of its components.
    """
    shares, others = (
        _of_length_one(e_step(points, mixture).responsibilities * np.sqrt(counts)[:, None])
        for mixture in (reference, other)
    )
    common = shares.T @ others
    order = cheapest_matching(-common)
    pairs = common[np.arange(len(order)), list(order)]
    best_of_rows = (pairs >= common.max(axis=1)).all()
    best_of_columns = (pairs >= common.max(axis=0)[list(order)]).all()
    return Match(order, bool(best_of_rows and best_of_columns))


def _of_length_one(columns: np.ndarray) -> np.ndarray:
    """Each column scaled to length 1, however small; one that is all 0 stays so."""
    peaks = columns.max(axis=0)
    scaled = columns / np.where(peaks > 0, peaks, 1.0)
    return np.asarray(scaled / np.maximum(np.linalg.norm(scaled, axis=0), 1.0))


def _fits(
    values: np.ndarray,
    counts: np.ndarray,
    mixture: GaussianMixture,
    covariance_type: CovarianceType,
    n_replicates: int,
    rng: np.random.Generator,
    kind: Kind,
) -> Iterator[Fits]:
    """The replicates' fits, in batches that fit in memory."""
    n = max(1, round(float(counts.sum())))
    size = max(1, MOST_VALUES // (len(values) if kind == "nonparametric" else n))
    for begin in range(0, n_replicates, size):
        batch = min(size, n_replicates - begin)
        starts = [mixture] * batch
        if kind == "nonparametric":
            drawn = rng.multinomial(n, counts / counts.sum(), size=batch)
            yield fit_many(values, starts, covariance_type, MAX_ITER, TOL, drawn)
        else:
            samples = np.stack([mixture.sample(n, rng)[0] for _ in range(batch)])
            yield fit_many(samples, starts, covariance_type, MAX_ITER, TOL)
