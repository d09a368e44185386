"""All the endings: where EM comes to from many starts, each ending once whatever its labels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.many import Fits, fit_many
from em_core.engine.trace import Trace, fit
from em_core.mixture import FARTHEST, CovarianceType, GaussianMixture, factorise
from em_core.optimum.acceleration import Accelerated, accelerate
from em_core.optimum.verdict import A_MOMENT, Standing, against, standing
from em_core.options import DEFAULTS, Options
from em_core.outcome import Outcome
from em_core.points import as_points, as_sample_weight
from em_core.report.health import Finding
from em_core.rules import PLAIN, Rules
from em_core.starts import draw

MANY, SAMPLE = 10_000, 5_000
"""Of more points than the first, so many are drawn to try starts on."""

PROBES = 64
"""Points of the data at which two densities are compared."""

ALIKE, LEVEL = 0.03, 0.1
"""Endings are one when their log densities at the data differ by less than the first (root mean
square) and their log-likelihoods by less than the second. A gap of both is one of
n ALIKE^2 / 2 in log-likelihood: what is left of it where EM stopped early."""

POLISH_TOL, POLISH_MAPS = 1e-12, 500
"""How endings get their last digits: tolerance and EM iterations, accelerated."""

FAILED = ("collapsed", "empty")


@dataclass(frozen=True, eq=False)
class Optimum:
    """One ending of EM. count: how many starts led to it; start: the first of them;
    log_likelihood: of `mixture`; outcome: as in a Trace; findings: what speaks against it
    (`sound`: nothing does), the gravest first."""

    mixture: GaussianMixture
    log_likelihood: float
    count: int
    outcome: Outcome
    findings: tuple[Finding, ...]
    start: GaussianMixture

    @property
    def sound(self) -> bool:
        return not self.findings


@dataclass(frozen=True, eq=False)
class Optima:
    """optima: the sound ones first, then those that something speaks against, then (one entry
    for each outcome, as they have no height) the collapsed and the empty; the highest first
    among each; n_starts: how many starts were tried; unseen: the estimated share of starts that
    lead to optima not seen yet."""

    optima: tuple[Optimum, ...]
    n_starts: int
    unseen: float


def find_optima(
    points: ArrayLike,
    n_components: int,
    covariance_type: CovarianceType = "full",
    n_starts: int = 100,
    rng: np.random.Generator | None = None,
    method: str = "random",
    max_iter: int = 1000,
    tol: float = 1e-9,
    rules: Rules = PLAIN,
    sample_weight: ArrayLike | None = None,
    variance_floor: float = 0.0,
) -> Optima:
    """Run EM from many starts, all in one batch, and tell where they end.

    points: (n,) or (n, d); rng: for the starts (None: always the same ones); method: a start
    method; the rest as in `fit`. Of more than 10 000 points 5 000 are drawn to try the starts
    on, and each ending is then led to its end on all of them. Each optimum is followed to many
    digits, and judged (`em_core.optimum.verdict`).
    Raises InputError as `draw` and `fit` do.
    """
    options = Options(covariance_type, tol, max_iter, variance_floor, rules)
    *_, last = optima_so_far(
        points, n_components, options, n_starts, rng, method, sample_weight, portion=n_starts
    )
    return last


def optima_so_far(
    points: ArrayLike,
    n_components: int,
    options: Options = DEFAULTS,
    n_starts: int = 100,
    rng: np.random.Generator | None = None,
    method: str = "random",
    sample_weight: ArrayLike | None = None,
    portion: int = 20,
) -> Iterator[Optima]:
    """What `find_optima` finds, as far as it has come after each portion of the starts.

    portion: how many starts run in one batch; the last answer does not depend on it. The other
    arguments and the errors are those of `find_optima`.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    few, weight = thinned(points, rng, sample_weight)
    starts = draw(method, few, n_components, n_starts, rng, options.covariance_type, weight)
    field = Field(*whole(points, sample_weight, few, weight), options)
    return _in_portions(field, few, weight, starts, portion)


def joined(one: Fits | None, other: Fits) -> Fits:
    """The fits of two batches as those of one."""
    if one is None:
        return other
    values: dict[str, Any] = {}
    for each in fields(Fits):
        first, second = getattr(one, each.name), getattr(other, each.name)
        values[each.name] = (
            first + second if isinstance(first, tuple) else np.concatenate([first, second])
        )
    return Fits(**values)


def unseen(counts: Sequence[int], n_starts: int) -> float:
    """The share of further starts to expect at optima not seen yet, by the more careful of two.

    counts: how many of the n_starts led to each optimum. Good (1953), Biometrika 40, 237-264:
    the share of starts whose optimum was seen once. Boender & Rinnooy Kan (1987), Mathematical
    Programming 37, 59-80: w (w + 1) / (n (n - 1)) for w optima, which is not 0 where none was
    seen only once.
    """
    n, w = n_starts, len(counts)
    if n < 2:
        return 1.0
    once = sum(count == 1 for count in counts) / n
    return min(1.0, max(once, w * (w + 1) / (n * (n - 1))))


def thinned(
    points: ArrayLike, rng: np.random.Generator, sample_weight: ArrayLike | None = None
) -> tuple[np.ndarray, np.ndarray | None]:
    """Points (m, d) and sample weights to try starts on.

    Of very many points some are drawn at random, in proportion to their weights; of fewer,
    those with the same value are one point with their weights' sum, where that saves half.
    """
    values = as_points(points)
    weight = as_sample_weight(sample_weight, len(values))
    if len(values) > MANY:
        share = None if weight is None else weight / weight.sum()
        return values[rng.choice(len(values), SAMPLE, replace=share is not None, p=share)], None
    different, where = np.unique(values, axis=0, return_inverse=True)
    if 2 * len(different) > len(values):
        return values, weight
    return different, np.bincount(where.ravel(), weights=weight).astype(float)


def whole(
    points: ArrayLike,
    sample_weight: ArrayLike | None,
    few: np.ndarray,
    weight: np.ndarray | None,
) -> tuple[ArrayLike, ArrayLike | None]:
    """All the points and their weights: the `thinned` ones, unless they are but a sample."""
    return (points, sample_weight) if len(as_points(points)) > MANY else (few, weight)


def distinct(points: np.ndarray, fits: Fits) -> list[np.ndarray]:
    """The starts (indices) that ended in the same place, for each place; the highest first.

    Places are compared as densities at some of the points, which knows no labels. The collapsed
    and the empty, whose log-likelihood is of no consequence, are one place each, at the end.
    """
    outcomes = np.array(fits.outcomes)
    groups = []
    left = np.flatnonzero(~np.isin(outcomes, FAILED))
    left = left[np.argsort(-fits.log_likelihoods[left], kind="stable")]
    sketches = _log_densities(points, fits)
    while len(left):
        gaps = sketches[left] - sketches[left[0]]
        alike = np.sqrt(np.mean(np.square(gaps), axis=1)) < ALIKE
        alike[0] = True
        alike &= fits.log_likelihoods[left[0]] - fits.log_likelihoods[left] < LEVEL
        groups.append(left[alike])
        left = left[~alike]
    failed = [np.flatnonzero(outcomes == outcome) for outcome in FAILED]
    return groups + [group for group in failed if len(group)]


def same_density(points: np.ndarray, one: GaussianMixture, other: GaussianMixture) -> bool:
    """Are these one mixture, whatever their labels, as far as the points can tell?"""
    probes = _probes(points)
    gaps = one.log_density(probes) - other.log_density(probes)
    return bool(np.sqrt(np.mean(np.square(gaps))) < ALIKE)


def _probes(points: np.ndarray) -> np.ndarray:
    order = np.lexsort(points.T[::-1])
    return points[order[np.unique(np.linspace(0, len(order) - 1, PROBES).astype(int))]]


def _log_densities(points: np.ndarray, fits: Fits) -> np.ndarray:
    """(S, probes) log densities of where S starts ended, but for a constant."""
    probes, unit = _probes(points), np.ptp(points, axis=0)
    factor = factorise(fits.covariances / unit[:, None] / unit)
    sketches = np.full((len(fits), len(probes)), -np.inf)
    for k in range(fits.weights.shape[1]):
        offsets = probes - fits.means[:, None, k] - fits.means_residuals[:, None, k]
        whitened = np.einsum("sij,spj->spi", factor.whiten[:, k], offsets / unit)
        whitened = np.clip(whitened, -FARTHEST, FARTHEST)
        peaks = np.log(fits.weights[:, k]) - factor.half_log_det[:, k]
        joint = peaks[:, None] - np.square(whitened).sum(axis=-1) / 2
        sketches = np.logaddexp(sketches, joint)
    return sketches


@dataclass(frozen=True, eq=False)
class Field:
    """What endings are followed on: all the points, and the options of their runs."""

    points: ArrayLike
    sample_weight: ArrayLike | None
    options: Options

    def followed(
        self,
        fits: Fits,
        group: np.ndarray,
        starts: Sequence[GaussianMixture],
        to_the_end: bool = True,
    ) -> Optimum:
        """The place where a group of starts ended, followed to its very end, and judged."""
        best, outcome = int(group[0]), fits.outcomes[group[0]]
        mixture, log_likelihood = fits.mixture(best), float(fits.log_likelihoods[best])
        if outcome not in FAILED and to_the_end:
            mixture, log_likelihood, outcome = self.polished(mixture)
        trace = self.moment(mixture)
        findings = against(self.points, trace, self.sample_weight)
        first = starts[int(group.min())]
        return Optimum(mixture, log_likelihood, len(group), outcome, findings, first)

    def polished(self, mixture: GaussianMixture) -> tuple[GaussianMixture, float, Outcome]:
        """Where EM still goes from there; a saddle that it rests on it does not leave."""
        plain = self.options.rules.temperature == 1
        rests = plain and _rests(standing(self.points, mixture, self.options, self.sample_weight))
        maps = 1 if rests else POLISH_MAPS
        run = led_on(self.points, mixture, self.options, self.sample_weight, maps)
        outcome = "converged" if rests else run.outcome
        return run.mixtures[-1], float(run.log_likelihoods[-1]), outcome

    def moment(self, mixture: GaussianMixture) -> Trace:
        """How EM moves on from there, which is evidence too."""
        options = replace(self.options, max_iter=A_MOMENT, tol=0.0)
        return fit(self.points, mixture, sample_weight=self.sample_weight, **options.keywords())


def led_on(
    points: ArrayLike,
    mixture: GaussianMixture,
    options: Options,
    sample_weight: ArrayLike | None = None,
    maps: int = POLISH_MAPS,
) -> Accelerated:
    """EM from an ending on to its last digits, or as far as so many maps lead."""
    further = replace(options, max_iter=maps, tol=POLISH_TOL)
    return accelerate(
        points, mixture, "anderson", sample_weight=sample_weight, **further.keywords()
    )


def _rests(here: Standing) -> bool:
    """On a saddle or a ridge, where EM itself would stay."""
    return here.at_rest and not here.curvature.definite


def _in_portions(
    field: Field,
    few: np.ndarray,
    weight: np.ndarray | None,
    starts: Sequence[GaussianMixture],
    portion: int,
) -> Iterator[Optima]:
    """An ending is followed to its end once, however many portions lead to it."""
    fits: Fits | None = None
    followed: dict[int, Optimum] = {}
    keywords = field.options.keywords()
    for begin in range(0, len(starts), portion):
        more = fit_many(few, starts[begin : begin + portion], sample_weight=weight, **keywords)
        fits = joined(fits, more)
        groups = distinct(few, fits)
        for group in groups:
            best = int(group[0])
            if best not in followed:
                followed[best] = field.followed(fits, group, starts)
        found = [_led_by(group, followed[int(group[0])], starts) for group in groups]
        optima = _merged(few, found)
        seen = [optimum.count for optimum in optima if optimum.outcome not in FAILED]
        yield Optima(optima, len(fits), unseen(seen, len(fits)))


def _led_by(group: np.ndarray, optimum: Optimum, starts: Sequence[GaussianMixture]) -> Optimum:
    return replace(optimum, count=len(group), start=starts[int(group.min())])


def _merged(points: np.ndarray, found: Sequence[Optimum]) -> tuple[Optimum, ...]:
    """Those that turn out to be one when followed to their ends, as one; in their order."""
    kept: list[Optimum] = []
    for optimum in found:
        for place, other in enumerate(kept):
            if optimum.outcome == other.outcome and same_density(
                points, optimum.mixture, other.mixture
            ):
                kept[place] = replace(other, count=other.count + optimum.count)
                break
        else:
            kept.append(optimum)
    return tuple(sorted(kept, key=_rank))


def _rank(optimum: Optimum) -> tuple[bool, bool, float]:
    return optimum.outcome in FAILED, not optimum.sound, -optimum.log_likelihood
