"""What kind of optimum is this? Findings about a run, in plain sentences.

The likelihood of a mixture with free covariances has no upper bound: a component that closes in
on one point sends it to infinity (Day 1969; Kiefer & Wolfowitz 1956), and between that and a
sensible fit lie *spurious* maxima, where a component rests on a few points that happen to be
close together (McLachlan & Peel 2000, sections 3.8 and 3.10). The rules here are free of units:
they do not change when the data are shifted, scaled or, in several dimensions, mapped linearly.

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
from math import inf, isfinite, lgamma, log, pi, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from em_core.mixture import GaussianMixture
from em_core.points import as_points, as_sample_weight
from em_core.steps import e_step
from em_core.trace import Trace
from em_core.wording import (
    component_names,
    coordinates,
    enumerated,
    number,
    point,
    rough,
    sentence_case,
)

Severity = Literal["error", "warning", "info", "good"]
Remedy = Literal[
    "", "restart-random", "drop-component", "more-iterations", "fewer-components", "tie-covariances"
]
Floats = NDArray[np.float64]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info", "good")

NARROW = 1 / 12
NEARLY_SINGULAR = 1e-8
CHANCE = 0.05
COINCIDE = 1e-3
TINY_GAIN_PER_POINT = 1e-4
NO_BETTER_PER_POINT = 1e-5
SLOW_RATE = 0.95
RELATIVE_NOISE = 1e-11
BLOCK_ENTRIES = 2**15
MANY_VALUES = 100
NAMED_VALUES = 4


@dataclass(frozen=True)
class Finding:
    """One thing to know about a fit.

    kind: "collapsed", "empty", "near-collapsed", "spurious", "dying", "identical-start",
        "plateau", "duplicate", "floored", "iteration-limit", "slow" or "fine".
    severity: "error" (the result cannot be used), "warning", "info" or "good".
    components: the components concerned, from 0.
    sentence: what was found, with components counted from 1.
    remedy: what would help, as a short name for a button; "" where nothing needs doing.
    """

    kind: str
    severity: Severity
    components: tuple[int, ...]
    sentence: str
    remedy: Remedy = ""


def health(
    points: ArrayLike,
    trace: Trace,
    t: int | None = None,
    sample_weight: ArrayLike | None = None,
) -> tuple[Finding, ...]:
    """Findings about `trace` after iteration `t` (its end by default), the gravest first.

    points: (n,) or (n, d), those the trace was fitted to; sample_weight: (n,) or None.
    What concerns the end of a run (how it stopped, how fast it converged, "fine") is told only
    at its end; before that the tuple may be empty. Costs at most one E-step, in blocks.
    """
    run = _Run.of(points, trace, trace.n_iter if t is None else t, sample_weight)
    checks = (
        _stopped_early,
        _fragile_components,
        _dying,
        _identical_start,
        _plateau,
        _duplicates,
        _floored,
        _iteration_limit,
        _slow,
    )
    findings = [finding for check in checks for finding in check(run)]
    findings.extend(_fine(run, findings))
    return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))


@dataclass(frozen=True)
class _Run:
    """A run seen after iteration t, in coordinates that make every axis of the data [0, 1]."""

    points: Floats
    sample_weight: Floats | None
    trace: Trace
    t: int
    low: Floats
    extent: Floats

    @classmethod
    def of(cls, points: ArrayLike, trace: Trace, t: int, sample_weight: ArrayLike | None) -> _Run:
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
        if self.trace.covariance_type == "spherical":
            covariance = np.eye(d) * np.trace(covariance) / d
        elif self.trace.covariance_type == "diag":
            covariance = np.diag(np.diag(covariance))
        log_determinant = float(np.linalg.slogdet(covariance)[1]) + 2 * d * log(widest)
        return -0.5 * self.total * (d * log(2 * pi) + log_determinant + d)

    def supports(self, mixture: GaussianMixture, components: list[int]) -> dict[int, _Support]:
        """For each component the different values it rests on under `mixture`.

        Collection stops at `MANY_VALUES` different values: more than that are never few.
        """
        found = {j: _Support(np.empty((0, self.points.shape[1])), np.empty(0)) for j in components}
        for block in self.blocks():
            growing = [j for j in components if len(found[j].shares) < MANY_VALUES]
            if not growing:
                break
            x = self.points[block]
            responsibilities = e_step(x, mixture).responsibilities
            for j in growing:
                found[j] = found[j].including(x, responsibilities[:, j])
        return found

    def names(self, values: Floats) -> str:
        """Points by name, for a sentence; beyond a few, only how many and where about."""
        if len(values) > NAMED_VALUES:
            middle = coordinates(values.mean(axis=0), self.extent)
            return f"{len(values)} different values around {middle}"
        values = values[np.lexsort(values.T[::-1])]
        noun = "point" if len(values) == 1 else "points"
        return f"the {noun} {enumerated(point(x, self.extent) for x in values)}"


@dataclass(frozen=True)
class _Support:
    """Different values (m, d) and the share (m,) of each that belongs to one component."""

    values: Floats
    shares: Floats

    def including(self, points: Floats, shares: Floats) -> _Support:
        held = shares > 1e-3 * shares.max()
        values, first = np.unique(
            np.concatenate([self.values, points[held]]), axis=0, return_index=True
        )
        shares = np.concatenate([self.shares, shares[held]])[first]
        held = shares > 1e-3 * shares.max(initial=0.0)
        return _Support(values[held], shares[held])

    @property
    def size(self) -> float:
        """The effective number of different values."""
        return inf if len(self.shares) >= MANY_VALUES else float(self.shares.sum())

    @property
    def main_values(self) -> Floats:
        """The values that belong to it mostly, or as much as any value does."""
        largest = self.shares.max()
        return self.values[self.shares >= (0.5 if largest >= 0.5 else 0.9 * largest)]


def _stopped_early(run: _Run) -> Iterator[Finding]:
    """Collapsed and empty components, as the trace found them."""
    if not run.failed:
        return
    trace = run.trace
    before = trace.mixtures[min(trace.iteration - 1, trace.n_iter)]
    if trace.outcome == "empty":
        who = component_names(trace.components)
        yield Finding(
            "empty",
            "error",
            trace.components,
            f"In iteration {trace.iteration} {who} was left without any point: "
            "every point is so far away that its share is 0.",
            "drop-component",
        )
        return
    for j, support in run.supports(before, list(trace.components)).items():
        yield Finding(
            "collapsed",
            "error",
            (j,),
            f"In iteration {trace.iteration} component {j + 1} collapsed: "
            f"it rests on {run.names(support.main_values)}, {_lack_of_extent(support)}. "
            "The likelihood has no upper bound there, so this is not a fit.",
            "restart-random" if len(before.weights) > 1 else "",
        )


def _lack_of_extent(support: _Support) -> str:
    if len(support.main_values) == 1:
        return "and its variance fell to 0"
    if support.values.shape[1] == 1:
        return "too close together to have a variance"
    return "which have no extent in some direction"


def _fragile_components(run: _Run) -> Iterator[Finding]:
    """Components on the way to collapse, and spurious ones."""
    if run.t == 0 or run.failed:
        return
    ratios = _scale_ratios(run)
    narrow = ratios[:, 0] < NARROW
    suspects = [j for j, is_narrow in enumerate(narrow) if is_narrow or _is_nearly_singular(run, j)]
    supports = run.supports(run.mixture, suspects)
    for j in suspects:
        if _is_near_collapse(run, j, supports):
            yield _near_collapsed(run, j, supports[j])
        elif narrow[j] and _rests_on_few(run, j, supports[j], ratios[j]):
            yield _spurious_few(run, j, supports[j], ratios[j])
        elif narrow[j] and _is_chance(run, j, ratios[j]):
            yield _spurious_chance(run, j, ratios[j])


def _scale_ratios(run: _Run) -> Floats:
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
        try:
            whiten = np.linalg.inv(np.linalg.cholesky(average))
        except np.linalg.LinAlgError:
            continue
        ratios[j] = np.linalg.eigvalsh(whiten @ covariance @ whiten.T)
    return ratios


def _is_nearly_singular(run: _Run, j: int) -> bool:
    """Is the component some ten thousand times narrower, in sigma, than the data?"""
    try:
        whiten = np.linalg.inv(np.linalg.cholesky(run.data_covariance))
    except np.linalg.LinAlgError:
        return False
    smallest = np.linalg.eigvalsh(whiten @ run.covariances()[j] @ whiten.T)[0]
    return bool(smallest < NEARLY_SINGULAR)


def _free_parameters(run: _Run) -> int:
    """Of one component's own mean and covariance."""
    d = run.points.shape[1]
    return {"full": d * (d + 3) // 2, "tied": d, "diag": 2 * d, "spherical": d + 1}[
        run.trace.covariance_type
    ]


def _rests_on_few(run: _Run, j: int, support: _Support, ratios: Floats) -> bool:
    """Few different values, unless they are repeated so often that rounding explains it."""
    parameters = _free_parameters(run)
    few = parameters + 1.5
    if support.size <= parameters + 0.5 or run.effective_sizes[j] <= few * run.one_point:
        return support.size <= few
    return support.size <= few and _is_chance(run, j, ratios)


def _is_near_collapse(run: _Run, j: int, supports: dict[int, _Support]) -> bool:
    """All but singular, or losing volume on fewer different values than a covariance needs."""
    d = run.points.shape[1]
    size = supports[j].size
    if run.trace.covariance_type == "tied":
        size = sum(support.size - 1 for support in supports.values()) + 1
    if size > _free_parameters(run) + 1.5:
        return False
    needed = d + 1 if run.trace.covariance_type in ("full", "tied") else 2
    return _is_nearly_singular(run, j) or (size < needed - 0.5 and _is_shrinking(run, j))


def _is_shrinking(run: _Run, j: int) -> bool:
    """Did the component lose a tenth of its generalised variance in the last iteration?"""
    before, now = (run.trace.mixtures[i].covariances[j] for i in (run.t - 1, run.t))
    scale = np.outer(run.extent, run.extent)
    return bool(np.linalg.det(now / scale) < 0.9 * np.linalg.det(before / scale))


def _spread(run: _Run, j: int) -> str:
    """', its variance is 0.0025' in one dimension; nothing short can be said in more."""
    if run.points.shape[1] > 1:
        return ""
    return f", its variance is {number(run.mixture.covariances[j, 0, 0])}"


def _near_collapsed(run: _Run, j: int, support: _Support) -> Finding:
    return Finding(
        "near-collapsed",
        "warning",
        (j,),
        f"Component {j + 1} is close to collapse: it rests on "
        f"{run.names(support.main_values)}{_spread(run, j)}.",
        "restart-random",
    )


def _spurious_few(run: _Run, j: int, support: _Support, ratios: Floats) -> Finding:
    return Finding(
        "spurious",
        "warning",
        (j,),
        f"Component {j + 1} rests on {run.names(support.main_values)} only, and is "
        f"{_times_narrower(run, j, ratios)}. The log-likelihood is high because of that spike: "
        "probably a spurious optimum, not a group in the data.",
        "tie-covariances",
    )


def _spurious_chance(run: _Run, j: int, ratios: Floats) -> Finding:
    effective_size = number(run.effective_sizes[j])
    return Finding(
        "spurious",
        "warning",
        (j,),
        f"Component {j + 1} is {_times_narrower(run, j, ratios)}, and with {effective_size} "
        "points' worth of data so close together in a dense region it may well be an accident: "
        "probably a spurious optimum, not a group in the data.",
        "tie-covariances",
    )


def _times_narrower(run: _Run, j: int, ratios: Floats) -> str:
    """How its variance compares with the others'."""
    smallest, largest = ratios[0], ratios[-1]
    times = f"about {rough(1 / smallest)} times" if smallest > 0 else "infinitely many times"
    others = "the others'" if run.mixture.n_components > 2 else f"that of component {2 - j}"
    if run.mixture.n_features == 1:
        variance = number(run.mixture.covariances[j, 0, 0])
        return f"very narrow: its variance of {variance} is {times} smaller than {others}"
    shape = "very narrow" if largest < NARROW else "flat"
    return f"{shape}: in one direction its variance is {times} smaller than {others}"


def _is_chance(run: _Run, j: int, ratios: Floats) -> bool:
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


def _dying(run: _Run) -> Iterator[Finding]:
    """Wide components with less than one point, or little more and less at each iteration.

    A narrow one with so few has been told of as near collapse or spurious.
    """
    if run.failed:
        return
    narrow = (run.t > 0) & (_scale_ratios(run)[:, 0] < NARROW)
    weights = run.trace.weights[: run.t + 1]
    for j, size in enumerate(run.effective_sizes):
        if narrow[j]:
            continue
        shrinking = run.t > 0 and bool(weights[-1, j] < 0.9 * weights[-2, j])
        if size < run.one_point * (2 if shrinking else 1) * (1 - 1e-9):
            tail = ", and it is still shrinking" if shrinking else ""
            yield Finding(
                "dying",
                "warning",
                (j,),
                f"Component {j + 1} holds only {number(size)} points' worth of data{tail}.",
                "drop-component",
            )


def _identical_start(run: _Run) -> Iterator[Finding]:
    start = run.trace.mixtures[0]
    groups: dict[bytes, list[int]] = {}
    for j in range(start.n_components):
        key = (start.means[j] + 0.0).tobytes() + (start.covariances[j] + 0.0).tobytes()
        groups.setdefault(key, []).append(j)
    for group in groups.values():
        if len(group) > 1:
            yield Finding(
                "identical-start",
                "warning",
                tuple(group),
                f"{sentence_case(component_names(group))} start with the same mean and the same "
                "covariance: each point is shared between them in the same proportion, so EM can "
                "never tell them apart.",
                "restart-random",
            )


def _plateau(run: _Run) -> Iterator[Finding]:
    """The log-likelihood hardly rises, yet is that of one component, or is picking up again."""
    if run.failed or run.mixture.n_components == 1 or not run.gain_is_tiny:
        return
    single = run.single_log_likelihood
    slack = NO_BETTER_PER_POINT * run.total
    no_better = isfinite(single) and run.log_likelihood <= single + slack
    picking_up = run.at_end and run.gain_ratio is not None and run.gain_ratio > 1
    if not (no_better or picking_up):
        return
    components = tuple(range(run.mixture.n_components))
    groups = _coinciding(run)
    coincide = (
        f", and {enumerated(component_names(group) for group in groups)} still coincide"
        if groups
        else ""
    )
    gain = f"After iteration {run.t} the log-likelihood rises by only {number(run.gains[-1])}"
    if run.gains[-1] <= run.noise:
        gain = f"After iteration {run.t} the log-likelihood no longer rises"
    because = (
        f"but at {number(run.log_likelihood)} it is no better than the "
        f"{number(single)} of one single component{coincide}"
        if no_better
        else f"but its gains are growing again{coincide}"
    )
    left_later = run.trace.log_likelihoods[-1] - run.log_likelihood > max(
        TINY_GAIN_PER_POINT * run.total, 10 * run.noise
    )
    yield Finding(
        "plateau",
        "info" if left_later else "warning",
        components,
        f"{gain}, {because}: a plateau, not an optimum."
        + (" The run leaves it later." if left_later else ""),
        "" if left_later else "more-iterations" if picking_up else "restart-random",
    )


def _duplicates(run: _Run) -> Iterator[Finding]:
    """Components that coincide, unless they all do and the plateau has said so."""
    if run.failed:
        return
    everyone = run.mixture.n_components
    told = any(_plateau(run))
    for group in _coinciding(run):
        if len(group) == everyone and told:
            continue
        where = coordinates(run.mixture.means[group[0]], run.extent)
        yield Finding(
            "duplicate",
            "warning" if run.at_end else "info",
            tuple(group),
            f"{sentence_case(component_names(group))} coincide at the mean {where}: together they "
            "do the work of one.",
            "fewer-components" if run.at_end else "",
        )


def _coinciding(run: _Run) -> list[list[int]]:
    """Groups of components whose densities are practically the same."""
    means = (run.mixture.means - run.low) / run.extent
    covariances = run.covariances()
    groups: list[list[int]] = []
    for j in range(len(means)):
        for group in groups:
            k = group[0]
            if _bhattacharyya(means[j] - means[k], covariances[j], covariances[k]) < COINCIDE:
                group.append(j)
                break
        else:
            groups.append([j])
    return [group for group in groups if len(group) > 1]


def _bhattacharyya(shift: Floats, first: Floats, second: Floats) -> float:
    """Distance of two Gaussians: 0 when equal, without units; infinite where one is singular."""
    average = (first + second) / 2
    signs, logs = np.linalg.slogdet(np.stack([average, first, second]))
    if not np.all(signs > 0):
        return inf
    return float(
        shift @ np.linalg.solve(average, shift) / 8 + (logs[0] - (logs[1] + logs[2]) / 2) / 2
    )


def _floored(run: _Run) -> Iterator[Finding]:
    components = tuple(np.flatnonzero(run.trace.floored[run.t]).tolist())
    if components:
        yield Finding(
            "floored",
            "info",
            components,
            f"The variance of {component_names(components)} was raised to the variance floor: "
            "without it there would be a collapse, or a spike.",
        )


def _iteration_limit(run: _Run) -> Iterator[Finding]:
    if not run.at_end or run.trace.outcome != "max_iter" or run.t == 0:
        return
    gain = float(run.gains[-1])
    if gain <= run.noise:
        return
    yield Finding(
        "iteration-limit",
        "warning" if gain > 1e-6 * run.total else "info",
        (),
        f"The iteration limit was reached after {_iterations(run.t)} before EM converged: "
        f"the last one still raised the log-likelihood by {number(gain)}{_outlook(run)}.",
        "more-iterations",
    )


def _slow(run: _Run) -> Iterator[Finding]:
    ratio = run.gain_ratio
    if not run.at_end or run.failed or ratio is None or not SLOW_RATE**2 <= ratio < 1:
        return
    rate = sqrt(ratio)
    unfinished = run.trace.outcome == "max_iter" or run.still_to_come > 0.01
    yield Finding(
        "slow",
        "info",
        (),
        f"EM is slow here: an iteration takes away only {rough(100 * (1 - rate))} % of the "
        "distance that is left, so one more digit of the parameters takes about "
        f"{rough(-log(10) / log(rate))} iterations{_outlook(run)}.",
        "more-iterations" if unfinished else "",
    )


def _outlook(run: _Run) -> str:
    if not 1e-3 < run.still_to_come < inf:
        return ""
    return f"; about {rough(run.still_to_come)} of log-likelihood is still to come"


def _iterations(count: int) -> str:
    return f"{count} iteration{'' if count == 1 else 's'}"


def _fine(run: _Run, findings: list[Finding]) -> Iterator[Finding]:
    """At the end of a run that came to rest, when nothing speaks against it."""
    if not run.at_end or run.t == 0 or run.failed:
        return
    at_rest = run.trace.outcome == "converged" or run.gains[-1] <= run.noise
    if not at_rest or any(finding.severity in ("error", "warning") for finding in findings):
        return
    several = run.mixture.n_components > 1
    yield Finding(
        "fine",
        "good",
        (),
        f"EM came to rest after {_iterations(run.t)} and nothing looks suspicious"
        + (
            ": a local optimum; another start may still reach a higher log-likelihood."
            if several
            else ": this is the one optimum there is."
        ),
    )
