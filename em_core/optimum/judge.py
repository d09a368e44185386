"""May the ending of a run be ticked? Only a proper maximum, at rest, sound and not beaten."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.many import fit_many
from em_core.engine.trace import Trace
from em_core.mixture import GaussianMixture
from em_core.optimum.optima import FAILED, Field, Optimum, distinct, same_density, thinned, whole
from em_core.optimum.verdict import NO_MERIT, against
from em_core.report.health import Finding
from em_core.rules import held
from em_core.starts import draw
from em_core.wording import number

SEARCH_TOL, SEARCH_ITERATIONS = 1e-6, 300
"""Of the starts that are tried; the best endings are followed further."""

BEATEN = 1e-3
"""An ending this much higher, in log-likelihood, is better."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """sound: a proper maximum, at rest, not spurious, and no start tried ended higher in a
    sound ending; findings: which of these failed, the gravest first, or one good finding where
    none did; better: the sound ending that beats this one, or None. (A collapsed or spurious
    ending is beaten by every sound one, since its height is no merit.)"""

    sound: bool
    findings: tuple[Finding, ...]
    better: Optimum | None


def judge(
    points: ArrayLike,
    trace: Trace,
    sample_weight: ArrayLike | None = None,
    n_starts: int = 20,
    rng: np.random.Generator | None = None,
) -> Verdict:
    """The verdict on the end of a trace.

    points, sample_weight: those of the trace; n_starts: how many random starts to try for a
    better ending (0: none, and then the verdict is of this ending alone); rng: for these (None:
    always the same ones). Raises InputError as `fit` does.
    """
    found = against(points, trace, sample_weight)
    better = None
    if n_starts > 0 and trace.mixtures[0].n_components > 1 and _comparable(trace):
        better = _better(points, trace, found, sample_weight, n_starts, rng)
    if better is not None:
        found = (*found, _beaten(trace, better, n_starts))
    sound = not found
    if sound:
        found = (_good(trace, n_starts),)
    return Verdict(sound, found, better)


def _comparable(trace: Trace) -> bool:
    """Endings at another temperature than 1 have no height in common."""
    return trace.options.rules.temperature == 1


def _better(
    points: ArrayLike,
    trace: Trace,
    found: tuple[Finding, ...],
    sample_weight: ArrayLike | None,
    n_starts: int,
    rng: np.random.Generator | None,
) -> Optimum | None:
    """The highest sound ending of the starts that beats the trace's."""
    rng = np.random.default_rng(0) if rng is None else rng
    options = replace(trace.options, max_iter=SEARCH_ITERATIONS, tol=SEARCH_TOL)
    few, weight = thinned(points, rng, sample_weight)
    starts = starts_like(trace, few, n_starts, rng, weight)
    fits = fit_many(few, starts, sample_weight=weight, **options.keywords())
    field = Field(*whole(points, sample_weight, few, weight), options)
    here, level = trace.mixtures[-1], float(trace.log_likelihoods[-1])
    if any(finding.kind in NO_MERIT for finding in found):
        level = -np.inf
    elif any(finding.kind == "unfinished" for finding in found):
        here, level, _ = field.polished(here)
    for group in distinct(few, fits):
        if fits.outcomes[group[0]] in FAILED:
            break
        optimum = field.followed(fits, group, starts)
        beats = optimum.log_likelihood > level + BEATEN
        if optimum.sound and beats and not same_density(few, optimum.mixture, here):
            return optimum
    return None


def starts_like(
    trace: Trace,
    points: np.ndarray,
    n_starts: int,
    rng: np.random.Generator,
    sample_weight: np.ndarray | None,
) -> tuple[GaussianMixture, ...]:
    """Random starts with what the trace's rules fix, as its own start has it."""
    own, rules = trace.mixtures[0], trace.options.rules
    K = own.n_components
    drawn = draw("random", points, K, n_starts, rng, trace.covariance_type, sample_weight)
    if not (rules.fixed_weights or rules.fixed_means or rules.fixed_covariances):
        return drawn
    fixed = [
        held(getattr(rules, f"fixed_{name}"), K) for name in ("weights", "means", "covariances")
    ]
    return tuple(
        GaussianMixture(
            _around(start.weights, own.weights, fixed[0]),
            np.where(fixed[1][:, None], own.means, start.means),
            np.where(fixed[2][:, None, None], own.covariances, start.covariances),
        )
        for start in drawn
    )


def _around(weights: np.ndarray, own: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """The fixed ones of `own`; the others share what is left in the proportions of `weights`."""
    free = np.where(fixed, 0.0, weights)
    return np.where(fixed, own, (1.0 - own[fixed].sum()) * free / max(free.sum(), 1e-300))


def _beaten(trace: Trace, better: Optimum, n_starts: int) -> Finding:
    here, there = float(trace.log_likelihoods[-1]), better.log_likelihood
    gap = abs(there - here)
    comparison = (
        f"above the {number(here, gap)} here"
        if there > here
        else f"below the {number(here, gap)} here, but without a spike"
    )
    return Finding(
        "beaten",
        "warning",
        (),
        f"{better.count} of {n_starts} random starts end{'s' * (better.count == 1)} in a sound "
        f"maximum with a log-likelihood of {number(there, gap)}, {comparison}.",
        "restart-random",
    )


def _good(trace: Trace, n_starts: int) -> Finding:
    return Finding(
        "sound",
        "good",
        (),
        "A proper maximum: the log-likelihood falls in every direction from here, EM has come to "
        "rest, and nothing looks suspicious"
        + (
            f"; none of {n_starts} random starts ends higher in a sound fit."
            if n_starts > 0 and trace.mixtures[0].n_components > 1
            else "."
        ),
    )
