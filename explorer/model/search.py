"""Where EM ends from many starts: what is looked for, and what is said of it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from em_core import Optima, Optimum, optima_so_far
from em_core.wording import counted, log_likelihood, percent
from explorer.model import edits
from explorer.model.problem import MAX_ITERATIONS, Problem
from explorer.model.runs import Run

N_STARTS = (100, 300, 1000)
"""How many starts can be asked for."""

QUICK = 4_000_000
"""Coordinates × components × starts up to which they are tried unasked: some tenths of a second."""

PORTION = 400_000
"""The same of a portion, of at least one start; what is shown grows by these."""

TOL, MAX_ITER = 1e-9, 1000


@dataclass(frozen=True)
class Asked:
    """What the endings depend on, beside the data: not the start that stands there now."""

    n_components: int
    covariance_type: str
    variance_floor: float
    rules: object
    n_starts: int


@dataclass(frozen=True, eq=False)
class Search:
    """The endings as far as they were looked for. further: the same after more starts, which can
    be asked for but once; found: the newest; running: whether to go on now."""

    n_starts: int
    further: Iterator[Optima]
    running: bool
    found: Optima | None = None

    @property
    def done(self) -> float:
        """The share of the starts that were tried."""
        return self.found.n_starts / self.n_starts if self.found else 0.0


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


def begun(run: Run, n_starts: int) -> Search:
    """With nothing tried yet; it runs unasked where that is quick."""
    size = run.points.size * run.problem.start.mixture.n_components
    further = optima_so_far(
        run.points,
        run.problem.start.mixture.n_components,
        replace(run.problem.options, tol=TOL, max_iter=MAX_ITER),
        n_starts,
        sample_weight=run.sample_weight,
        portion=max(1, PORTION // size),
    )
    return Search(n_starts, further, size * n_starts <= QUICK)


def carried_on(search: Search) -> Search:
    """After one more portion of starts; it stops running after the last."""
    further = replace(search, found=next(search.further, search.found))
    return replace(further, running=search.running and further.done < 1)


def set_running(search: Search, running: bool) -> Search:
    return replace(search, running=running and search.done < 1)


def how_far(search: Search) -> str:
    return f"{round(100 * search.done)} % of {counted(search.n_starts, 'start')} are run."


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
