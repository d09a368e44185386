"""What is in force at one half-step of a run: which parameters, and by whose responsibilities."""

from dataclasses import dataclass
from typing import Literal

from em_core.mixture import GaussianMixture

Phase = Literal["start", "E", "M"]


@dataclass(frozen=True, eq=False)
class Frame:
    """Half-step h of a run: 0 the start, 2t - 1 the E-step of iteration t, 2t its M-step.

    mixture: the parameters in force, and log_likelihood, theirs;
    sharer: the mixture whose posterior the responsibilities in force are, earlier_sharer the one
    of the E-step before; made: what the M-step makes, or made, of the responsibilities in force;
    free_energy: the log-likelihood (at a temperature other than 1 what `Trace.free_energies`
    has); lower_bound: the ELBO, sum_ik r_ik log(w_k N_ik / r_ik), of the responsibilities and
    parameters in force (PRML 9.71), which at an E-step touches the free energy.
    sharer, made and lower_bound are None at the start, where nothing has been shared out yet.
    """

    half_step: int
    mixture: GaussianMixture
    log_likelihood: float
    free_energy: float
    lower_bound: float | None
    sharer: GaussianMixture | None
    earlier_sharer: GaussianMixture | None
    made: GaussianMixture | None

    @property
    def iteration(self) -> int:
        """The full iteration it belongs to, from 1; 0 at the start."""
        return iteration_of(self.half_step)

    @property
    def phase(self) -> Phase:
        return phase_of(self.half_step)

    @property
    def n_iter(self) -> int:
        """How many full iterations have led to the parameters in force: `mixtures[n_iter]`."""
        return self.half_step // 2

    @property
    def previous(self) -> GaussianMixture | None:
        """The parameters that the M-step has just replaced; None at the start and in an E-step."""
        return self.sharer if self.phase == "M" else None

    @property
    def gap(self) -> float | None:
        """How far the lower bound lies below, sum_ik r_ik log(r_ik / posterior_ik) (PRML 9.70)."""
        return None if self.lower_bound is None else self.free_energy - self.lower_bound


def iteration_of(half_step: int) -> int:
    """The full iteration a half-step belongs to, from 1; 0 for the start."""
    return (half_step + 1) // 2


def phase_of(half_step: int) -> Phase:
    """Whether a half-step is an E-step or an M-step; "start" for the start."""
    if half_step == 0:
        return "start"
    return "E" if half_step % 2 else "M"
