"""Where many starts ended, and what speaks against each ending."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.many import fit_many
from em_core.engine.trace import fit
from em_core.errors import InputError
from em_core.mixture import CovarianceType, GaussianMixture
from em_core.optimum.optima import FAILED, distinct, led_on
from em_core.optimum.verdict import A_MOMENT, NO_MERIT, against
from em_core.options import Options
from em_core.outcome import Outcome
from em_core.points import as_points
from em_core.report.health import Finding, health
from em_core.starts import draw

MAX_ITER = 1000
TOL = 1e-8
"""Per point: of a hundred points the log-likelihood is then right to four decimals."""

SAME_PLACE = 0.01
"""What an ending's last digits may add to the log-likelihood; where they add more, EM had not come
to rest."""


@dataclass(frozen=True, eq=False)
class Ending:
    """Where EM came to from `start`.

    log_likelihood: of `mixture`, its last finite parameters; findings: what speaks against it, the
    gravest first.
    """

    start: GaussianMixture
    mixture: GaussianMixture
    log_likelihood: float
    outcome: Outcome
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        return not self.findings


def various_starts(
    points: ArrayLike,
    n_components: int,
    n_starts: int,
    rng: np.random.Generator,
    covariance_type: CovarianceType = "full",
    sample_weight: ArrayLike | None = None,
) -> tuple[GaussianMixture, ...]:
    """One start at the quantiles, half of them by k-means++, the others at random points."""
    if n_starts < 1:
        raise InputError("n-starts", f"The number of starts is {n_starts}: give at least 1.")
    spread = n_starts // 2
    counts = {"quantiles": 1, "k-means++": spread, "random": n_starts - 1 - spread}
    return tuple(
        start
        for method, count in counts.items()
        if count > 0
        for start in draw(method, points, n_components, count, rng, covariance_type, sample_weight)
    )


def endings(
    points: ArrayLike,
    starts: Sequence[GaussianMixture],
    covariance_type: CovarianceType = "full",
    sample_weight: ArrayLike | None = None,
    max_iter: int = MAX_ITER,
    tol: float = TOL,
) -> tuple[Ending, ...]:
    """Where EM ends from each of the starts, all in one batch, each ending judged.

    Starts that end in the same place (`optima.distinct`) are judged once, by the highest of them;
    a collapse has its own story in each.
    """
    fits = fit_many(points, starts, covariance_type, max_iter, tol, sample_weight)
    found: dict[int, tuple[Finding, ...]] = {}
    for group in distinct(as_points(points), fits):
        first = int(group[0])
        if fits.outcomes[first] in FAILED:
            for s in group.tolist():
                trace = fit(points, starts[s], covariance_type, max_iter, tol, sample_weight)
                found[s] = against(points, trace, sample_weight)
        else:
            end = fits.mixture(first)
            spoken = objections(points, end, covariance_type, sample_weight, tol)
            found |= dict.fromkeys(group.tolist(), spoken)
    ends = zip(starts, fits.log_likelihoods.tolist(), fits.outcomes, strict=True)
    return tuple(
        Ending(start, fits.mixture(s), log_likelihood, outcome, found[s])
        for s, (start, log_likelihood, outcome) in enumerate(ends)
    )


def objections(
    points: ArrayLike,
    mixture: GaussianMixture,
    covariance_type: CovarianceType = "full",
    sample_weight: ArrayLike | None = None,
    tol: float = TOL,
) -> tuple[Finding, ...]:
    """What speaks against `mixture` as EM's ending: findings of `health` and of the curvature.

    Digits that EM had not reached yet are not held against it.
    """
    end = at_its_end(points, mixture, covariance_type, sample_weight)
    trace = fit(points, end, covariance_type, A_MOMENT, tol, sample_weight)
    return against(points, trace, sample_weight)


def is_merit(
    points: ArrayLike,
    mixture: GaussianMixture,
    covariance_type: CovarianceType = "full",
    sample_weight: ArrayLike | None = None,
    tol: float = TOL,
) -> bool:
    """Whether the ending's height is one, and not that of a spike: `objections` in short."""
    trace = fit(points, mixture, covariance_type, A_MOMENT, tol, sample_weight)
    found = health(points, trace, sample_weight=sample_weight)
    return not any(finding.kind in NO_MERIT for finding in found)


def at_its_end(
    points: ArrayLike,
    mixture: GaussianMixture,
    covariance_type: CovarianceType,
    sample_weight: ArrayLike | None = None,
) -> GaussianMixture:
    """The same ending with more digits; the mixture itself where EM would leave it for another."""
    road = led_on(points, mixture, Options(covariance_type), sample_weight)
    gained = road.log_likelihoods[-1] - road.log_likelihoods[0]
    return road.mixtures[-1] if gained < SAME_PLACE else mixture


def best(endings: Iterable[Ending]) -> Ending:
    """The highest that nothing speaks against; the highest that came to an end, or just the
    highest, where there is none."""
    return max(
        endings,
        key=lambda e: (e.sound, e.outcome not in FAILED, e.log_likelihood),
    )


def polished(
    points: ArrayLike,
    ending: Ending,
    covariance_type: CovarianceType,
    sample_weight: ArrayLike | None = None,
) -> GaussianMixture:
    """The ending's mixture with more digits, where EM still moves."""
    if ending.outcome in FAILED:
        return ending.mixture
    return at_its_end(points, ending.mixture, covariance_type, sample_weight)
