"""EM as someone's faulty code runs it: one formula of the table wrong in every iteration."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from em_core.errors import InputError
from em_core.mixture import CovarianceType, GaussianMixture, checked_covariance_type
from em_core.points import as_points
from em_core.practice.arithmetic import Parameters, Step
from em_core.practice.mistakes import Mistake

ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class FaultyRun:
    """What the faulty code reports.

    parameters: [0] the start, [t] after t iterations; log_likelihoods (T + 1,): what it prints
    for them; complete: whether it came to the end that was asked for, or broke off at numbers
    that are none.
    """

    mistake: Mistake
    parameters: tuple[Parameters, ...]
    log_likelihoods: np.ndarray
    complete: bool

    @property
    def falls(self) -> bool:
        """Does the log-likelihood ever fall, beyond rounding, which EM's never does?"""
        reached = np.abs(self.log_likelihoods[1:])
        return bool((np.diff(self.log_likelihoods) < -ROUNDING * np.maximum(reached, 1)).any())


def faulty_run(
    points: ArrayLike,
    start: GaussianMixture,
    mistake: Mistake,
    max_iter: int = 10,
    covariance_type: CovarianceType = "full",
) -> FaultyRun:
    """max_iter iterations with one formula wrong, in one dimension; points (n,).

    Raises InputError ("dimension") for more than one.
    """
    tied = checked_covariance_type(covariance_type) == "tied"
    if start.n_features != 1:
        raise InputError("dimension", "A faulty run is for one dimension.")
    x = as_points(points, 1)[:, 0]
    before, parameters = None, Parameters.of(start)
    states: list[Parameters] = []
    log_likelihoods: list[float] = []
    while True:
        step = Step(x, parameters, before, tied, faulty={mistake.kind: mistake.formula})
        log_likelihood = float(_reported(step))
        if not _ordinary(parameters, log_likelihood):
            break
        states.append(parameters)
        log_likelihoods.append(log_likelihood)
        if len(states) > max_iter:
            break
        before, parameters = parameters, step.made()
    complete = len(states) > max_iter
    return FaultyRun(mistake, tuple(states), np.array(log_likelihoods), complete)


def _reported(step: Step) -> np.ndarray:
    """The log-likelihood it prints; before the first iteration there are no old parameters."""
    reported = step.log_likelihood
    if np.isnan(reported) and step.before is None:
        return Step(step.points, step.parameters).log_likelihood
    return reported


def _ordinary(parameters: Parameters, log_likelihood: float) -> bool:
    numbers = np.concatenate(
        [parameters.weights, parameters.means, parameters.variances, [log_likelihood]]
    )
    return bool(np.isfinite(numbers).all() and (parameters.variances > 0).all())
