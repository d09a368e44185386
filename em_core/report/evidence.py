"""What can be measured on a run to judge it: how narrow, how few, how alike, how fast.

Every measure is free of units: it does not change when the data are shifted, scaled or, in
several dimensions, mapped linearly. `em_core.report.health` puts the outcome into words.

* **Narrow** is the scale ratio of Hathaway (1985): the smallest eigenvalue of
  Sigma_j W^-1, with W the weighted mean of the other components' covariances. It is suspicious
  below 1/12, the eigenvalue ratio that tclust (García-Escudero et al. 2008; 2015) allows.
* **Few points**: the component rests on at most one different value more than it has free
  parameters. Values count with their responsibility, repeated values count once.
* **By chance**: more points than that can lie close together by accident where the data are
  dense. Under the density of the other components the number of points within the component's
  ellipsoid is Poisson; if a cluster as strong as this one is to be expected somewhere
  more than once in twenty data sets (Chernoff's bound on the tail), it is not evidence for a group.
* **Coincide**: Bhattacharyya distance below 0.001, so that thousands of points could not tell
  the two densities apart (error of the best test <= exp(-n distance)).
* **Rate**: EM converges linearly with a rate lambda, and log-likelihood gains shrink by lambda^2
  each iteration; Aitken's extrapolation gives what is still to come (Böhning et al. 1994;
  McLachlan & Peel 2000, section 2.11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import inf, isfinite, lgamma, log, pi

import numpy as np
from numpy.typing import ArrayLike, NDArray

from em_core.agreement import bhattacharyya
from em_core.covariance import CONSTRAINTS
from em_core.engine.trace import Trace
from em_core.errors import InputError
from em_core.mixture import GaussianMixture, covariance_parameters
from em_core.points import as_points, as_sample_weight
from em_core.steps import e_step

Floats = NDArray[np.float64]

NARROW = 1 / 12
NEARLY_SINGULAR = 1e-8
CHANCE = 0.05
COINCIDE = 1e-3
TINY_GAIN_PER_POINT = 1e-4
NO_BETTER_PER_POINT = 1e-5
RELATIVE_NOISE = 1e-11
BLOCK_ENTRIES = 2**15
MANY_VALUES = 100


@dataclass(frozen=True)
class Run:
    """A run seen after iteration t, in coordinates that make every axis of the data [0, 1]."""

    points: Floats
    sample_weight: Floats | None
    trace: Trace
    t: int
    low: Floats
    extent: Floats

    @classmethod
    def of(cls, points: ArrayLike, trace: Trace, t: int, sample_weight: ArrayLike | None) -> Run:
        if not 0 <= t <= trace.n_iter:
            raise InputError(
                "iteration", f"Iteration {t} is not in the trace: give 0 to {trace.n_iter}."
            )
        x = as_points(points, trace.mixtures[0].n_features)
        weight = as_sample_weight(sample_weight, len(x))
        if weight is not None:
            x, weight = x[weight > 0], weight[weight > 0]
        low = x.min(axis=0)
        extent = x.max(axis=0) - low
        return cls(x, weight, trace, t, low, np.where(extent > 0, extent, 1.0))

    @property
    def mixture(self) -> GaussianMixture:
        return self.trace.mixtures[self.t]

    @property
    def at_end(self) -> bool:
        return self.t == self.trace.n_iter

    @property
    def failed(self) -> bool:
        """At the end of a run that ended in a collapsed or empty component."""
        return self.at_end and self.trace.outcome in ("collapsed", "empty")

    @cached_property
    def total(self) -> float:
        """The number of points, repetitions counted."""
        weight = self.sample_weight
        return float(len(self.points)) if weight is None else float(weight.sum())

    @property
    def one_point(self) -> float:
        """The weight of one observation: 1, or less where the weights add up to less than n."""
        return min(1.0, self.total / len(self.points))

    @property
    def noise(self) -> float:
        """A gain of the log-likelihood below this may be rounding."""
        return RELATIVE_NOISE * (abs(self.log_likelihood) + self.total)

    @property
    def log_likelihood(self) -> float:
        return float(self.trace.log_likelihoods[self.t])

    @cached_property
    def gains(self) -> Floats:
        """(t,) gains of the log-likelihood up to here, one per iteration."""
        return np.diff(self.trace.log_likelihoods[: self.t + 1])

    @property
    def gain_is_tiny(self) -> bool:
        return self.t > 0 and bool(self.gains[-1] < TINY_GAIN_PER_POINT * self.total)

    @property
    def rises_later(self) -> bool:
        """Does the log-likelihood still rise visibly between here and the end of the run?"""
        rise = self.trace.log_likelihoods[-1] - self.log_likelihood
        return bool(rise > TINY_GAIN_PER_POINT * self.total)

    @cached_property
    def gain_ratio(self) -> float | None:
        """Last gain over the one before, or None where rounding hides it."""
        if self.t < 2 or not np.all(self.gains[-2:] > self.noise):
            return None
        return float(self.gains[-1] / self.gains[-2])

    @property
    def still_to_come(self) -> float:
        """Aitken's estimate of the log-likelihood the run has not reached yet."""
        ratio = self.gain_ratio
        if ratio is None:
            return 0.0
        return float(self.gains[-1] * ratio / (1 - ratio)) if ratio < 1 else inf

    @cached_property
    def effective_sizes(self) -> Floats:
        """(K,) N_j of the last M-step; at the start those of the first E-step."""
        if self.t > 0:
            return self.total * self.mixture.weights
        sizes = np.zeros(self.mixture.n_components)
        for block in self.blocks():
            responsibilities = e_step(self.points[block], self.mixture).responsibilities
            weight = 1.0 if self.sample_weight is None else self.sample_weight[block, None]
            sizes += (weight * responsibilities).sum(axis=0)
        return sizes

    def covariances(self) -> Floats:
        """(K, d, d) in scaled coordinates."""
        return self.mixture.covariances / self.extent[:, None] / self.extent

    @cached_property
    def data_covariance(self) -> Floats:
        """(d, d) of all points in scaled coordinates."""
        weight = np.ones(len(self.points)) if self.sample_weight is None else self.sample_weight
        mean = sum(weight[b] @ self.scaled(b) for b in self.blocks()) / self.total
        scatter = sum(
            (centred.T * weight[b]) @ centred
            for b in self.blocks()
            for centred in [self.scaled(b) - mean]
        )
        return np.asarray(scatter / self.total)

    def scaled(self, block: slice) -> Floats:
        return (self.points[block] - self.low) / self.extent

    def blocks(self) -> Iterator[slice]:
        n, d = self.points.shape
        rows = max(1, BLOCK_ENTRIES // max(d, self.mixture.n_components))
        return (slice(a, a + rows) for a in range(0, n, rows))

    @cached_property
    def single_log_likelihood(self) -> float:
        """Log-likelihood of the best single Gaussian of the run's covariance type."""
        d = self.points.shape[1]
        widest = self.extent.max()
        relative = self.extent / widest
        covariance = self.data_covariance * relative * relative[:, None]
        constrain = CONSTRAINTS[self.trace.covariance_type]
        covariance = constrain(np.ones(1), covariance[None])[0]
        log_determinant = float(np.linalg.slogdet(covariance)[1]) + 2 * d * log(widest)
        return -0.5 * self.total * (d * log(2 * pi) + log_determinant + d)

    @property
    def is_no_better_than_one(self) -> bool:
        """Is the log-likelihood at most that of one Gaussian, or above it by next to nothing?"""
        single = self.single_log_likelihood
        return isfinite(single) and self.log_likelihood <= single + NO_BETTER_PER_POINT * self.total

    def supports(self, mixture: GaussianMixture, components: list[int]) -> dict[int, Support]:
        """For each component the different values it rests on under `mixture`.

        Collection stops at `MANY_VALUES` different values: more than that are never few.
        """
        found = {j: Support(np.empty((0, self.points.shape[1])), np.empty(0)) for j in components}
        for block in self.blocks():
            growing = [j for j in components if not found[j].is_cut_short]
            if not growing:
                break
            x = self.points[block]
            responsibilities = e_step(x, mixture).responsibilities
            for j in growing:
                found[j] = found[j].including(x, responsibilities[:, j])
        return found


@dataclass(frozen=True)
class Support:
    """Different values (m, d) and the share (m,) of each that belongs to one component."""

    values: Floats
    shares: Floats

    def including(self, points: Floats, shares: Floats) -> Support:
        held = shares > 1e-3 * shares.max()
        values, first = np.unique(
            np.concatenate([self.values, points[held]]), axis=0, return_index=True
        )
        shares = np.concatenate([self.shares, shares[held]])[first]
        held = shares > 1e-3 * shares.max(initial=0.0)
        return Support(values[held], shares[held])

    @property
    def is_cut_short(self) -> bool:
        """Have so many values been found that no more were looked for?"""
        return len(self.shares) >= MANY_VALUES

    @property
    def size(self) -> float:
        """The effective number of different values."""
        return inf if self.is_cut_short else float(self.shares.sum())

    @property
    def main_values(self) -> Floats:
        """The values that belong to it mostly, or as much as any value does."""
        largest = self.shares.max()
        return self.values[self.shares >= (0.5 if largest >= 0.5 else 0.9 * largest)]


def scale_ratios(run: Run) -> Floats:
    """(K, d) eigenvalues of Sigma_j W^-1, ascending, W being what the others have on average.

    1 where there are no others, or where the others are singular themselves.
    """
    covariances, weights = run.covariances(), run.mixture.weights
    ratios = np.ones((len(weights), run.mixture.n_features))
    if len(weights) == 1 or run.trace.covariance_type == "tied":
        return ratios
    for j, covariance in enumerate(covariances):
        others = np.arange(len(weights)) != j
        average = np.average(covariances[others], axis=0, weights=weights[others])
        compared = _spectrum(covariance, average)
        if compared is not None:
            ratios[j] = compared
    return ratios


def _spectrum(covariance: Floats, other: Floats) -> np.ndarray | None:
    """(d,) eigenvalues, ascending, of a covariance (d, d) times the inverse of the other; None
    where that is singular."""
    if len(other) == 1:
        return covariance[0] / other[0] if other[0, 0] > 0 else None
    try:
        whiten = np.linalg.inv(np.linalg.cholesky(other))
    except np.linalg.LinAlgError:
        return None
    return np.linalg.eigvalsh(whiten @ covariance @ whiten.T)


def is_nearly_singular(run: Run, j: int) -> bool:
    """Is the component some ten thousand times narrower, in sigma, than the data?"""
    compared = _spectrum(run.covariances()[j], run.data_covariance)
    return compared is not None and bool(compared[0] < NEARLY_SINGULAR)


def _free_parameters(run: Run) -> int:
    """Of one component's own mean and covariance."""
    d, kind = run.points.shape[1], run.trace.covariance_type
    return d + (0 if kind == "tied" else covariance_parameters(d, kind))


def _few_values(run: Run) -> float:
    """One more than its parameters, and a half, since shares seldom add up to whole points."""
    return _free_parameters(run) + 1.5


def rests_on_few(run: Run, j: int, support: Support, ratios: Floats) -> bool:
    """Few different values, unless they are repeated so often that rounding explains it."""
    few = _few_values(run)
    if support.size > few:
        return False
    hardly_repeated = run.effective_sizes[j] <= few * run.one_point
    return hardly_repeated or support.size <= few - 1 or is_chance(run, j, ratios)


def is_near_collapse(run: Run, j: int, supports: dict[int, Support]) -> bool:
    """All but singular, or losing volume on fewer different values than a covariance needs."""
    d = run.points.shape[1]
    size = supports[j].size
    if run.trace.covariance_type == "tied":
        size = sum(support.size - 1 for support in supports.values()) + 1
    if size > _few_values(run):
        return False
    needed = d + 1 if run.trace.covariance_type in ("full", "tied") else 2
    return is_nearly_singular(run, j) or (size < needed - 0.5 and _is_shrinking(run, j))


def _is_shrinking(run: Run, j: int) -> bool:
    """Did the component lose a tenth of its generalised variance in the last iteration?"""
    before, now = (run.trace.mixtures[i].covariances[j] for i in (run.t - 1, run.t))
    scale = np.outer(run.extent, run.extent)
    return bool(np.linalg.det(now / scale) < 0.9 * np.linalg.det(before / scale))


def is_chance(run: Run, j: int, ratios: Floats) -> bool:
    """Are as many points in so small a region to be expected somewhere by accident?

    The region is the solid ellipsoid whose uniform distribution has the component's covariance;
    q points fix it, the others fall in at random: d points fix where a region lies, and where
    it is flat, more are used up in choosing its shape and direction.
    """
    d = run.points.shape[1]
    mixture = run.mixture
    others = np.arange(mixture.n_components) != j
    log_density = mixture.log_densities(mixture.means[[j]])[0, others]
    log_volume = (
        0.5 * d * log(pi * (d + 2))
        - lgamma(0.5 * d + 1)
        + 0.5 * float(np.linalg.slogdet(mixture.covariances[j])[1])
    )
    expected = run.total * float(mixture.weights[others] @ np.exp(log_density + log_volume))
    if expected == 0:
        return False
    q = d if ratios[-1] < NARROW else _free_parameters(run) - 1
    inside = expected + run.effective_sizes[j] - q
    if inside <= expected:
        return True
    log_places = q * log(max(1.0, run.total / inside))
    return log_places + inside - expected - inside * log(inside / expected) > log(CHANCE)


def coinciding(run: Run) -> list[list[int]]:
    """Groups of components whose densities are practically the same."""
    distances = bhattacharyya(run.mixture, run.mixture)
    groups: list[list[int]] = []
    for j in range(len(distances)):
        for group in groups:
            if distances[j, group[0]] < COINCIDE:
                group.append(j)
                break
        else:
            groups.append([j])
    return [group for group in groups if len(group) > 1]
