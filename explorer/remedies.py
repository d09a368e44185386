"""What helps against a finding about a run: a change of the problem, and a button's words. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from em_core import GaussianMixture, fit_many
from em_core.health import Finding, health
from em_core.starts import draw
from explorer import edits
from explorer.problem import MAX_ITERATIONS, Problem
from explorer.runs import Run, run

N_STARTS = 50
SEED = 0
LOOKED_AT = 10
"""So many of the ends, the best first, are examined for their health."""


@dataclass(frozen=True)
class Remedy:
    label: str
    help: str
    change: Callable[[Problem], Problem]


def remedies_of(finding: Finding, here: Run) -> list[Remedy]:
    """What a finding asks for, where it can be applied; the first is the most promising."""
    problem = here.problem
    several = problem.start.mixture.n_components > 1
    match finding.remedy:
        case "restart-random":
            return [RESTART]
        case "drop-component" | "fewer-components" if several:
            return [_drop(finding.components[-1])]
        case "more-iterations" if problem.options.max_iter < MAX_ITERATIONS:
            return [_more_iterations(problem)]
        case "tie-covariances":
            return (
                [RESTART] if problem.options.covariance_type == "tied" else [_tie(problem), RESTART]
            )
    return []


def _drop(component: int) -> Remedy:
    return Remedy(
        f"Drop component {component + 1}",
        "Start again without it.",
        lambda problem: edits.without_component(problem, component),
    )


def _more_iterations(problem: Problem) -> Remedy:
    limit = min(MAX_ITERATIONS, 5 * max(1, problem.options.max_iter))
    return Remedy(
        "More iterations",
        f"Raise the iteration limit to {limit}.",
        lambda p: edits.with_options(p, replace(p.options, max_iter=limit)),
    )


def _tie(problem: Problem) -> Remedy:
    return Remedy(
        "Equal variances" if problem.data.n_features == 1 else "One shape for all",
        "Let all components share one covariance: then none can shrink to a spike.",
        lambda p: edits.with_options(p, replace(p.options, covariance_type="tied")),
    )


def from_best_start(problem: Problem) -> Problem:
    """From the start, of many drawn at random, whose run ends best.

    The best is the highest log-likelihood among the ends that nothing speaks against; failing
    those, among the ends that did not collapse; failing those too, of all.
    """
    here = run(problem)
    options = problem.options
    starts = draw(
        "random",
        here.points,
        problem.start.mixture.n_components,
        N_STARTS,
        np.random.default_rng(SEED),
        options.covariance_type,
        here.sample_weight,
    )
    fits = fit_many(
        here.points,
        starts,
        options.covariance_type,
        options.max_iter,
        options.tol,
        here.sample_weight,
        options.variance_floor,
    )
    ended_well = np.isin(fits.outcomes, ("converged", "max_iter"))
    order = np.lexsort((-fits.log_likelihoods, ~ended_well))
    different = _different([int(s) for s in order], fits.log_likelihoods)
    candidates = [starts[s] for s in different[:LOOKED_AT]]
    sound = (start for start in candidates if _is_sound(problem, start))
    return edits.with_start_from(problem, next(sound, candidates[0]))


def _different(order: list[int], log_likelihoods: np.ndarray) -> list[int]:
    """Those of `order` that end higher or lower than the one before."""
    values = log_likelihoods[order]
    gaps = np.abs(np.diff(values, prepend=np.inf)) > 1e-4 * (1 + np.abs(values))
    return [s for s, gap in zip(order, gaps, strict=True) if gap]


def _is_sound(problem: Problem, start: GaussianMixture) -> bool:
    there = run(edits.with_start_from(problem, start))
    findings = health(there.points, there.trace, sample_weight=there.sample_weight)
    return not any(
        finding.severity == "error" or finding.kind in ("spurious", "near-collapsed", "plateau")
        for finding in findings
    )


RESTART = Remedy(
    f"Try {N_STARTS} random starts",
    f"Run EM from {N_STARTS} starts drawn at random and take the one that ends best without a "
    "collapse. The run can then be watched from its start.",
    from_best_start,
)
