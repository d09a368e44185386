"""From a problem to its run. Pure."""

from dataclasses import dataclass, replace

import numpy as np

from em_core import GaussianMixture, Trace, compress, extend, fit
from explorer.model.problem import Problem

LARGE = 20_000
"""More points than this, in one dimension, are compressed before EM runs on them."""
ACCURATE = 1e-7
"""The error of the mean log-likelihood per point that compression may cost."""
PORTION = 30_000_000
"""Points × components × iterations made in one go: some tenths of a second."""


@dataclass(frozen=True, eq=False)
class Run:
    """A problem and the whole trace of EM on it; a cursor h counts half-steps.

    points (m, d), sample_weight (m,) or None: what EM ran on, the data or what stands for them;
    error: bound on the error of the mean log-likelihood per point that this costs, 0 for none;
    stopped: the person wants no more iterations for now.
    """

    problem: Problem
    trace: Trace
    points: np.ndarray
    sample_weight: np.ndarray | None = None
    error: float = 0.0
    stopped: bool = False

    @property
    def unfinished(self) -> bool:
        """Whether iterations are still to be made, by `carried_on`."""
        more = self.trace.outcome == "max_iter" and self.trace.n_iter < self._max_iter
        return more and not self.stopped

    @property
    def _max_iter(self) -> int:
        return self.problem.options.max_iter

    @property
    def last(self) -> int:
        """The last half-step."""
        return 2 * self.trace.n_iter

    def sharer(self, h: int) -> GaussianMixture:
        """The parameters by which the points are shared out at h; at the start, will be."""
        return self.trace.mixtures[max(0, h - 1) // 2]

    def made(self, h: int) -> GaussianMixture | None:
        """What the M-step makes, or made, of the responsibilities at h; None at the start."""
        return self.trace.mixtures[(h + 1) // 2] if h > 0 else None

    def parameters(self, h: int) -> GaussianMixture:
        """The parameters in force at h."""
        return self.trace.mixtures[h // 2]

    def effective_sizes(self, h: int) -> np.ndarray | None:
        """(K,) N_j of the responsibilities at h; None at the start."""
        made = self.made(h)
        return None if made is None else made.weights * self.problem.data.n_points


def run(problem: Problem) -> Run:
    """EM from the problem's start, the first portion of it where the points are many.

    InputError where data and start do not go together.
    """
    data, limit = problem.data, problem.options.max_iter
    if data.n_features == 1 and data.n_points > LARGE:
        compressed = compress(data.points)
        trace = _fitted(problem, compressed.points, limit, compressed.sample_weight)
        error = compressed.error_bound(trace.mixtures[-1])
        if error <= ACCURATE:
            return Run(problem, trace, compressed.points, compressed.sample_weight, error)
    trace = _fitted(problem, data.points, min(limit, _portion(problem)))
    return _worded(Run(problem, trace, data.points))


def carried_on(run: Run) -> Run:
    """The run with another portion of its iterations made."""
    options = run.problem.options
    more = min(options.max_iter - run.trace.n_iter, _portion(run.problem))
    trace = extend(
        run.trace, run.points, more, options.tol, run.sample_weight, options.variance_floor
    )
    return _worded(replace(run, trace=trace))


def _fitted(
    problem: Problem, points: np.ndarray, max_iter: int, sample_weight: np.ndarray | None = None
) -> Trace:
    options = problem.options
    return fit(
        points,
        problem.start.mixture,
        options.covariance_type,
        max_iter,
        options.tol,
        sample_weight,
        options.variance_floor,
    )


def _portion(problem: Problem) -> int:
    """How many iterations are made in one go."""
    return max(1, PORTION // (problem.data.n_points * problem.start.mixture.n_components))


def _worded(run: Run) -> Run:
    """An unfinished run says so: its limit is not the one the person set."""
    if not run.unfinished:
        return run
    message = f"Not finished: {run.trace.n_iter} of at most {run._max_iter} iterations are made."
    return replace(run, trace=replace(run.trace, message=message))
