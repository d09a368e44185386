"""How a run of EM ended, and the one plain sentence that says so."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from em_core.mixture import GaussianMixture
from em_core.points import ScaledPoints
from em_core.steps import e_step
from em_core.wording import component_names, number, point, sentence_case

Outcome = Literal["running", "converged", "max_iter", "collapsed", "empty"]

VALUES_NAMED = 3


@dataclass(frozen=True)
class Ending:
    """The outcome, the iteration it came at and the components (from 0) it befell."""

    outcome: Outcome
    iteration: int
    components: tuple[int, ...]


def explain_ending(ending: Ending, points: ScaledPoints, last: GaussianMixture, tol: float) -> str:
    """One sentence. last: the trace's final, finite parameters."""
    t = ending.iteration
    if ending.outcome == "converged":
        return (
            f"Converged at iteration {t}: it raised the mean log-likelihood per point by less "
            f"than {number(tol)}."
        )
    if ending.outcome == "max_iter":
        return f"Stopped at the limit of {t} iteration{'s' * (t != 1)}, before converging."
    who = sentence_case(component_names(ending.components))
    if ending.outcome == "empty":
        return f"{who} became empty at iteration {t}: no point has any share in it left."
    several = len(ending.components) > 1
    return (
        f"{who} {'each ' * several}collapsed on {_resting_place(ending.components, points, last)} "
        f"(iteration {t}): {'their variances' if several else 'its variance'} fell to nothing."
    )


def _resting_place(components: tuple[int, ...], points: ScaledPoints, last: GaussianMixture) -> str:
    """The different values that the components hold most of, by name."""
    values = (points.values * points.scale[:, None]).T
    held = e_step(values, last).responsibilities[:, components].max(axis=1) > 0.5
    different = np.unique(values[held], axis=0)
    if not 1 <= len(different) <= VALUES_NAMED:
        return f"{len(different)} different values" if len(different) else "too few points"
    names = [point(value, points.spans * points.scale) for value in different]
    return f"the value{'s' * (len(names) > 1)} {' and '.join(names)}"
