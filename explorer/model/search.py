"""Where EM ends from many starts: what is looked for, and what is said of it. Pure."""

from dataclasses import dataclass, replace

from em_core import Optima, Optimum, find_optima
from em_core.wording import counted, log_likelihood, percent
from explorer.model import edits
from explorer.model.problem import MAX_ITERATIONS, Problem
from explorer.model.runs import Run

N_STARTS = (100, 300, 1000)
"""How many starts can be asked for."""

QUICK = 4_000_000
"""Coordinates × components × starts up to which they are tried unasked: some tenths of a second."""

TOL, MAX_ITER = 1e-9, 1000


@dataclass(frozen=True)
class Asked:
    """What the endings depend on, beside the data: not the start that stands there now."""

    n_components: int
    covariance_type: str
    variance_floor: float
    rules: object
    n_starts: int


def asked(run: Run, n_starts: int) -> Asked:
    problem = run.problem
    options = problem.options
    return Asked(
        problem.start.mixture.n_components,
        options.covariance_type,
        options.variance_floor,
        options.rules,
        n_starts,
    )


def is_quick(run: Run, n_starts: int) -> bool:
    """Whether it is done without being asked for."""
    return run.points.size * run.problem.start.mixture.n_components * n_starts <= QUICK


def endings(run: Run, n_starts: int) -> Optima:
    """The optima that EM comes to from so many starts on the points of the run."""
    options = run.problem.options
    return find_optima(
        run.points,
        run.problem.start.mixture.n_components,
        options.covariance_type,
        n_starts,
        max_iter=MAX_ITER,
        tol=TOL,
        rules=options.rules,
        sample_weight=run.sample_weight,
        variance_floor=options.variance_floor,
    )


def in_words(found: Optima) -> str:
    """How often the best ending was come to, and what further starts may find."""
    best, n = found.optima[0], found.n_starts
    if not best.sound:
        return (
            f"Something speaks against every ending of {counted(n, 'start')}. "
            f"{_chance_of_more(found)}"
        )
    others = len(found.optima) - 1
    where = "ended at the best ending" if others else "ended in one place"
    return f"Of {counted(n, 'start')} {best.count} {where}. {_chance_of_more(found)}"


def _chance_of_more(found: Optima) -> str:
    share = percent(found.unseen, digits=2)
    return f"A further start finds something new with a chance of about {share}."


def title_of(optimum: Optimum, n_starts: int) -> str:
    """Its height, where it has one, and how often it was come to."""
    height = log_likelihood(optimum.log_likelihood, 6)
    if optimum.outcome in ("collapsed", "empty"):
        height = optimum.outcome
    return f"{height} · {optimum.count} of {n_starts} starts"


def verdict_on(optimum: Optimum) -> str:
    """Sound, or what speaks against it most."""
    return "Nothing speaks against it." if optimum.sound else optimum.findings[0].sentence


def opened(problem: Problem, optimum: Optimum) -> Problem:
    """The problem from the first start that led to the ending, to be run as far as it was."""
    options = replace(problem.options, tol=TOL, max_iter=min(MAX_ITER, MAX_ITERATIONS))
    return edits.with_start_from(replace(problem, options=options), optimum.start)
