"""From a problem to its run. Pure."""

from dataclasses import dataclass

import numpy as np

from em_core import GaussianMixture, Trace, e_step, fit
from explorer.problem import Problem


@dataclass(frozen=True, eq=False)
class Run:
    """A problem and the whole trace of EM on it; the cursor h counts half-steps."""

    problem: Problem
    trace: Trace

    @property
    def last(self) -> int:
        """The last half-step."""
        return 2 * self.trace.n_iter

    def parameters(self, h: int) -> GaussianMixture:
        """The parameters in force at half-step h."""
        return self.trace.mixtures[h // 2]

    def sharer(self, h: int) -> GaussianMixture:
        """The parameters by which the points are shared out at h; at the start, will be."""
        return self.trace.mixtures[max(0, h - 1) // 2]

    def outcome_of_sharing(self, h: int) -> GaussianMixture | None:
        """What the M-step makes, or made, of the responsibilities at h; None at the start."""
        return self.trace.mixtures[(h + 1) // 2] if h > 0 else None

    def responsibilities(self, h: int) -> np.ndarray:
        """(n, K) by the parameters of `sharer`."""
        return e_step(self.problem.data.points, self.sharer(h)).responsibilities

    def effective_sizes(self, h: int) -> np.ndarray | None:
        """(K,) N_j of the responsibilities in force; None at the start."""
        made = self.outcome_of_sharing(h)
        return None if made is None else made.weights * self.problem.data.n_points


def run(problem: Problem) -> Run:
    """Fit from the problem's start. InputError where data and start do not go together."""
    options = problem.options
    trace = fit(
        problem.data.points,
        problem.start.mixture,
        options.covariance_type,
        max_iter=options.max_iter,
        tol=options.tol,
        variance_floor=options.variance_floor,
    )
    return Run(problem, trace)
