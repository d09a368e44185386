"""What helps against a finding about a run: a change of the problem, and a button's words. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from em_core import Fits, GaussianMixture, Optimum, Options, Trace, fit, fit_many
from em_core.optimum.optima import thinned
from em_core.report.health import Finding, health
from em_core.starts import draw
from em_core.wording import log_likelihood, number
from explorer.model import edits
from explorer.model.problem import MAX_ITERATIONS, Problem
from explorer.model.runs import Run, run

N_STARTS = 50
SEED = 0
LOOKED_AT = 10
"""So many of the ends, the best first, are examined for their health."""
UNSOUND = ("spurious", "near-collapsed", "plateau")
BESET = ("collapsed", "near-collapsed")
"""Kinds of findings that no other start mends where the points are too few."""
ENOUGH = 1000
"""Points that are looked at to tell whether many are different."""
MAX_SEARCH_ITERATIONS = 200
NEAR_ENOUGH = 0.01
"""Below the better ending's log-likelihood: what a run that stopped by its tolerance may lack."""
FINER = 1e5
"""How much finer a tolerance is offered where a run has still to go: enough for Pearson's crabs."""
FLOOR = 0.01
"""The variance floor that is offered, as a fraction of the data's variance."""


@dataclass(frozen=True)
class Remedy:
    """said: what to say of the run that came of it; at_end: whether its end is to be shown."""

    label: str
    help: str
    change: Callable[[Problem], Problem]
    said: Callable[[Run], str] = lambda run: ""
    at_end: bool = False


def remedies_of(finding: Finding, here: Run) -> list[Remedy]:
    """What a finding asks for, where it can be applied; the first is the most promising."""
    problem = here.problem
    several = problem.start.mixture.n_components > 1
    match finding.remedy:
        case "restart-random" if finding.kind in BESET and several:
            other = _instead_of_starts(problem, finding.components[-1])
            return other if _crowded(problem) else [RESTART, *other]
        case "restart-random":
            return [RESTART]
        case "drop-component" if finding.kind == "empty" and several:
            return [_drop(finding.components[-1]), RESTART]
        case "drop-component" | "fewer-components" if several:
            return [_drop(finding.components[-1])]
        case "more-iterations" if here.trace.outcome == "converged":
            return [_finer_tolerance(problem)]
        case "more-iterations" if problem.options.max_iter < MAX_ITERATIONS:
            return [_more_iterations(problem)]
        case "tie-covariances":
            return (
                [RESTART] if problem.options.covariance_type == "tied" else [_tie(problem), RESTART]
            )
    return []


def better_ending(better: Optimum) -> Remedy:
    """One click to the ending that beats this one."""
    return Remedy(
        "Go to the better ending",
        f"The one at {log_likelihood(better.log_likelihood)}. Undo leads back here.",
        lambda problem: edits.with_start_from(problem, better.start),
        lambda there: _arrived(there, better),
        at_end=True,
    )


def _arrived(there: Run, better: Optimum) -> str:
    if there.trace.log_likelihoods[-1] > better.log_likelihood - NEAR_ENOUGH:
        return "This is the better ending; the run that leads to it can be watched from its start."
    return "This run leads to the better ending. It has not come all the way yet."


def _crowded(problem: Problem) -> bool:
    """Whether there are so few different points for each component that every start collapses."""
    different = len(np.unique(problem.data.points[:ENOUGH], axis=0))
    return different < 2 * problem.start.mixture.n_components


def _instead_of_starts(problem: Problem, component: int) -> list[Remedy]:
    """What can be changed besides the start."""
    offered = [_drop(component)]
    if problem.options.covariance_type != "tied":
        offered.append(_tie(problem))
    if problem.options.variance_floor < FLOOR:
        offered.append(SET_FLOOR)
    return offered


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


def _finer_tolerance(problem: Problem) -> Remedy:
    tol = problem.options.tol / FINER
    return Remedy(
        "Go on further",
        f"Let EM go on until an iteration gains less than {number(tol)} per point.",
        lambda p: edits.with_options(p, replace(p.options, tol=tol, max_iter=MAX_ITERATIONS)),
    )


def _tie(problem: Problem) -> Remedy:
    return Remedy(
        "Equal variances" if problem.data.n_features == 1 else "One shape for all",
        "Let all components share one covariance: then none can shrink to a spike.",
        lambda p: edits.with_options(p, replace(p.options, covariance_type="tied")),
        lambda there: "The components now share one covariance. Press Run to see where it ends.",
    )


def from_best_start(problem: Problem) -> Problem:
    """From the start, of many drawn at random, whose run ends best.

    The best is the highest log-likelihood among the ends that nothing speaks against; failing
    those, among the ends that did not collapse; failing those too, of all. Many points are
    represented by some of them, drawn at random, so that the search stays short.
    """
    rng = np.random.default_rng(SEED)
    field = _field_of(run(problem), rng)
    starts = draw(
        "random",
        field.points,
        problem.start.mixture.n_components,
        N_STARTS,
        rng,
        field.options.covariance_type,
        field.sample_weight,
    )
    fits = field.fit_many(starts)
    ended_well = np.isin(fits.outcomes, ("converged", "max_iter"))
    order = np.lexsort((-fits.log_likelihoods, ~ended_well))
    different = _different([int(s) for s in order], fits.log_likelihoods)
    candidates = [starts[s] for s in different[:LOOKED_AT]]
    sound = (start for start in candidates if field.is_sound(start))
    return edits.with_start_from(problem, next(sound, candidates[0]))


@dataclass(frozen=True)
class _Field:
    """What the starts are tried on."""

    points: np.ndarray
    sample_weight: np.ndarray | None
    options: Options

    def fit_many(self, starts: Sequence[GaussianMixture]) -> Fits:
        weight, options = self.sample_weight, self.options.keywords()
        return fit_many(self.points, starts, sample_weight=weight, **options)

    def is_sound(self, start: GaussianMixture) -> bool:
        weight, options = self.sample_weight, self.options.keywords()
        trace = fit(self.points, start, sample_weight=weight, **options)
        return _nothing_speaks_against(trace, self.points, self.sample_weight)


def _field_of(here: Run, rng: np.random.Generator) -> _Field:
    options = replace(
        here.problem.options, max_iter=min(here.problem.options.max_iter, MAX_SEARCH_ITERATIONS)
    )
    return _Field(*thinned(here.points, rng, here.sample_weight), options)


def _different(order: list[int], log_likelihoods: np.ndarray) -> list[int]:
    """Those of `order` that end higher or lower than the one before."""
    values = log_likelihoods[order]
    gaps = np.abs(np.diff(values, prepend=np.inf)) > 1e-4 * (1 + np.abs(values))
    return [s for s, gap in zip(order, gaps, strict=True) if gap]


def _nothing_speaks_against(
    trace: Trace, points: np.ndarray, sample_weight: np.ndarray | None
) -> bool:
    findings = health(points, trace, sample_weight=sample_weight)
    return not any(f.severity == "error" or f.kind in UNSOUND for f in findings)


def _told(there: Run) -> str:
    reached = log_likelihood(there.trace.log_likelihoods[-1])
    end = f"the log-likelihood {reached}. Press Run to watch it."
    if _nothing_speaks_against(there.trace, there.points, there.sample_weight):
        return (
            f"Of {N_STARTS} random starts this one ends highest without a collapsed or spurious "
            f"component, at {end}"
        )
    return f"None of {N_STARTS} random starts ends in a sound fit. The best of them ends at {end}"


SET_FLOOR = Remedy(
    "Set a variance floor",
    f"Let no component's variance fall below {number(FLOOR)} of the data's.",
    lambda problem: edits.with_options(problem, replace(problem.options, variance_floor=FLOOR)),
)

RESTART = Remedy(
    f"Try {N_STARTS} random starts",
    f"Run EM from {N_STARTS} starts drawn at random and take the one that ends highest without a "
    "collapsed or spurious component. The run can then be watched from its start.",
    from_best_start,
    _told,
)
