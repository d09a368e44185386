"""How many components? Every candidate for a visit's data, fitted one after the other. Pure."""

from dataclasses import dataclass, replace

import numpy as np

from em_core import Candidate, GaussianMixture, InputError, Selection, candidate
from em_core.inference.endings import MAX_ITER, TOL
from em_core.mixture import CovarianceType
from explorer.model import edits
from explorer.model.problem import MAX_COMPONENTS, Problem

STARTS = ((2_000, 20), (20_000, 10))
FEWEST_STARTS = 5
"""Up to so many points, so many starts for each candidate; of more points, the fewest."""

AT_ONCE = 2_000
"""Up to so many points the comparison runs by itself."""

TYPES_ON_A_LINE: tuple[CovarianceType, ...] = ("tied", "full")
TYPES: tuple[CovarianceType, ...] = ("full", "tied", "diag", "spherical")

Name = tuple[CovarianceType, int]
"""A candidate's covariance type and number of components."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """The candidates fitted so far, and those still to be fitted.

    points (m, d), sample_weight (m,) or None: the data, or what stands for them in a run;
    running: whether more is to be fitted now.
    """

    points: np.ndarray
    sample_weight: np.ndarray | None
    n_starts: int
    most_components: int
    planned: tuple[Name, ...]
    selection: Selection
    running: bool

    @property
    def types(self) -> tuple[CovarianceType, ...]:
        """The covariance types that are compared in so many dimensions."""
        return _types(self.points.shape[1])

    @property
    def n_candidates(self) -> int:
        """Those fitted and those still to be."""
        return len(self.planned) + len(self.selection.candidates)


def begun(points: np.ndarray, sample_weight: np.ndarray | None = None) -> Comparison:
    """With nothing fitted yet; the fewest components come first. Few points are begun at once."""
    n, d = points.shape
    most = min(MAX_COMPONENTS, len(np.unique(points, axis=0)))
    n_starts = next((starts for limit, starts in STARTS if n <= limit), FEWEST_STARTS)
    planned = tuple((t, k) for k in range(1, most + 1) for t in _types(d))
    return Comparison(
        points, sample_weight, n_starts, most, planned, Selection(()), running=n <= AT_ONCE
    )


def _types(d: int) -> tuple[CovarianceType, ...]:
    return TYPES_ON_A_LINE if d == 1 else TYPES


def carried_on(comparison: Comparison) -> Comparison:
    """With the next candidate fitted; it stops running after the last."""
    if not comparison.planned:
        return replace(comparison, running=False)
    (covariance_type, k), *left = comparison.planned
    found = candidate(
        comparison.points,
        k,
        covariance_type,
        comparison.n_starts,
        sample_weight=comparison.sample_weight,
    )
    selection = Selection((*comparison.selection.candidates, found))
    return replace(comparison, planned=tuple(left), selection=selection, running=bool(left))


def set_running(comparison: Comparison, running: bool) -> Comparison:
    """Begun, carried on or stopped by the person."""
    return replace(comparison, running=running and bool(comparison.planned))


def name_of(candidate: Candidate) -> Name:
    return candidate.covariance_type, candidate.n_components


def run_named(comparison: Comparison, pick: str) -> tuple[Candidate, int]:
    """The run that a mark of the cloud stands for, 'full:3:17'; InputError for no such run."""
    model, _, run = pick.rpartition(":")
    for found in comparison.selection.candidates:
        mine = model == f"{found.covariance_type}:{found.n_components}"
        if mine and run.isdecimal() and int(run) < len(found.runs):
            return found, int(run)
    raise InputError("pick", "That start is not there any more: choose another dot.")


def opened(problem: Problem, covariance_type: CovarianceType, start: GaussianMixture) -> Problem:
    """The problem from one of the comparison's starts, to be run until it rests as it did there."""
    options = replace(
        problem.options,
        covariance_type=covariance_type,
        tol=TOL,
        max_iter=MAX_ITER,
        variance_floor=0.0,
    )
    return edits.with_start_from(replace(problem, options=options), start)
