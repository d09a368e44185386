"""How a run of EM can end, and the words that say so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from em_core.mixture import GaussianMixture
from em_core.options import Options
from em_core.points import ScaledPoints
from em_core.steps import e_step
from em_core.wording import component_names, enumerated, number, point, sentence_case

Outcome = Literal["running", "converged", "max_iter", "collapsed", "empty"]

VALUES_NAMED = 3


@dataclass(frozen=True)
class Stop:
    """How a run ended: the iteration it was at, and the components (from 0) it befell."""

    outcome: Outcome
    iteration: int
    components: tuple[int, ...]


@dataclass(frozen=True)
class Fall:
    """A fall of the free energy and which rule the parameters broke that it started from.

    before and after: the free energy; n_features: d; off_type: covariances not of the covariance
    type; below_floor: variances below the variance floor; uneven: weights not equal, as asked.
    """

    iteration: int
    before: float
    after: float
    n_features: int
    options: Options
    off_type: bool
    below_floor: bool
    uneven: bool


OF_TYPE = {"full": "full", "tied": "equal", "diag": "diagonal", "spherical": "spherical"}
"""What the covariances of a type are."""


def explain_fall(fall: Fall) -> str:
    """One sentence on why the free energy could fall, and that it will not again."""
    energy, spread = energy_name(fall.options), abs(fall.before - fall.after)
    noun = "variances" if fall.n_features == 1 else "covariances"
    reasons = {
        f"the start's {noun} are not {OF_TYPE[fall.options.covariance_type]}": fall.off_type,
        f"some of the start's {noun} are below the variance floor": fall.below_floor,
        "the start's weights are not equal": fall.uneven,
    }
    why = enumerated(reason for reason, holds in reasons.items() if holds)
    return (
        f"In iteration {fall.iteration} the {energy} fell, from {number(fall.before, spread)} to "
        f"{number(fall.after, spread)}: {why}, and this iteration put that right. From here on "
        "it never falls."
    )


def energy_name(options: Options) -> str:
    """What an iteration raises."""
    return "log-likelihood" if options.rules.temperature == 1 else "free energy"


def explain_stop(stop: Stop, points: ScaledPoints, last: GaussianMixture, options: Options) -> str:
    """One sentence. last: the trace's final, finite parameters."""
    return ENDINGS[stop.outcome].sentence(stop, points, last, options)


def _converged(stop: Stop, points: ScaledPoints, last: GaussianMixture, options: Options) -> str:
    return (
        f"Converged at iteration {stop.iteration}: it raised the mean {energy_name(options)} per "
        f"point by less than {number(options.tol)}."
    )


def _at_the_limit(stop: Stop, points: ScaledPoints, last: GaussianMixture, options: Options) -> str:
    t = stop.iteration
    return f"Stopped at the limit of {t} iteration{'s' * (t != 1)}, before converging."


def _empty(stop: Stop, points: ScaledPoints, last: GaussianMixture, options: Options) -> str:
    who = sentence_case(component_names(stop.components))
    return f"{who} became empty at iteration {stop.iteration}: no point has any share in it left."


def _collapsed(stop: Stop, points: ScaledPoints, last: GaussianMixture, options: Options) -> str:
    who = sentence_case(component_names(stop.components))
    several = len(stop.components) > 1
    return (
        f"{who} {'each ' * several}collapsed on {_resting_place(stop.components, points, last)} "
        f"(iteration {stop.iteration}): "
        f"{'their variances' if several else 'its variance'} fell to nothing."
    )


class Wording(NamedTuple):
    """An outcome in words: a title for a button, a few words for beside it, and the sentence."""

    title: str
    words: str
    sentence: Callable[[Stop, ScaledPoints, GaussianMixture, Options], str]


ENDINGS: dict[Outcome, Wording] = {
    "converged": Wording("Converged", "converged", _converged),
    "max_iter": Wording("At the limit", "iteration limit reached", _at_the_limit),
    "collapsed": Wording("Collapsed", "a component collapsed", _collapsed),
    "empty": Wording("Empty", "a component is empty", _empty),
}
"""How a run can end; one that is "running" has not."""


def _resting_place(components: tuple[int, ...], points: ScaledPoints, last: GaussianMixture) -> str:
    """The different values that the components hold most of, by name."""
    values = (points.values * points.scale[:, None]).T
    held = e_step(values, last).responsibilities[:, components].max(axis=1) > 0.5
    different = np.unique(values[held], axis=0)
    if not 1 <= len(different) <= VALUES_NAMED:
        return f"{len(different)} different values" if len(different) else "too few points"
    names = [point(value, points.spans * points.scale) for value in different]
    return f"the value{'s' * (len(names) > 1)} {' and '.join(names)}"
