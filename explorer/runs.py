"""From a problem to its run. Pure."""

from dataclasses import dataclass

import numpy as np

from em_core import GaussianMixture, Trace, compress, fit
from explorer.problem import Problem

LARGE = 20_000
"""More points than this, in one dimension, are compressed before EM runs on them."""
ACCURATE = 1e-7
"""The error of the mean log-likelihood per point that compression may cost."""


@dataclass(frozen=True, eq=False)
class Run:
    """A problem and the whole trace of EM on it; a cursor h counts half-steps.

    points (m, d), sample_weight (m,) or None: what EM ran on, the data or what stands for them;
    error: bound on the error of the mean log-likelihood per point that this costs, 0 for none.
    """

    problem: Problem
    trace: Trace
    points: np.ndarray
    sample_weight: np.ndarray | None = None
    error: float = 0.0

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
    """EM from the problem's start. InputError where data and start do not go together."""
    data = problem.data
    if data.n_features == 1 and data.n_points > LARGE:
        compressed = compress(data.points)
        trace = _fitted(problem, compressed.points, compressed.sample_weight)
        error = compressed.error_bound(trace.mixtures[-1])
        if error <= ACCURATE:
            return Run(problem, trace, compressed.points, compressed.sample_weight, error)
    return Run(problem, _fitted(problem, data.points), data.points)


def _fitted(problem: Problem, points: np.ndarray, sample_weight: np.ndarray | None = None) -> Trace:
    options = problem.options
    return fit(
        points,
        problem.start.mixture,
        options.covariance_type,
        options.max_iter,
        options.tol,
        sample_weight,
        options.variance_floor,
    )
