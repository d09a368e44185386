"""What is in force at one half-step of a run."""

from dataclasses import dataclass

import numpy as np

from em_core import GaussianMixture, Trace, e_step
from explorer.model.problem import Phase, iteration_of, phase_of


@dataclass(frozen=True, eq=False)
class Moment:
    """half_step: 0 the start, 2t−1 the E-step of iteration t, 2t its M-step.

    responsibilities: (n, K), or None at the start; log_likelihood: of the mixture in force.
    """

    half_step: int
    mixture: GaussianMixture
    log_likelihood: float
    responsibilities: np.ndarray | None

    @property
    def iteration(self) -> int:
        return iteration_of(self.half_step)

    @property
    def phase(self) -> Phase:
        return phase_of(self.half_step)


def moment(points: np.ndarray, trace: Trace, half_step: int) -> Moment:
    """The state at a half-step; one beyond the end of the run stands at its end."""
    h = max(0, min(half_step, 2 * trace.n_iter))
    shares = e_step(points, trace.mixtures[(h - 1) // 2]).responsibilities if h else None
    return Moment(h, trace.mixtures[h // 2], float(trace.log_likelihoods[h // 2]), shares)
