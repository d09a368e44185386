"""Intervals that hold the truth with a given probability, by the information."""

from dataclasses import dataclass

import numpy as np

from em_core.errors import InputError
from em_core.inference.normal import normal_quantile
from em_core.mixture import GaussianMixture, read_only
from em_core.optimum.information import StandardErrors


@dataclass(frozen=True, eq=False)
class Intervals:
    """From and to, in that order: weights (2, K), means (2, K, d), covariances (2, K, d, d)."""

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray


def intervals(
    mixture: GaussianMixture, standard_errors: StandardErrors, level: float = 0.95
) -> Intervals:
    """Estimate ± z standard errors, taken where the parameter has no bounds.

    That is log(w / (1 − w)) for a weight and log σ² for a variance, so that the interval holds
    nothing impossible; means and covariances between axes as they are (the delta method: Casella
    & Berger 2002, section 5.5.4). Raises InputError for a level that is none ("level").
    """
    reach = np.array([-1.0, 1.0]) * float(normal_quantile(np.array((1 + checked_level(level)) / 2)))
    d = mixture.n_features
    by = reach[:, None], reach[:, None, None], reach[:, None, None, None]
    covariances = mixture.covariances + by[2] * standard_errors.covariances
    axes = np.arange(d)
    variances = mixture.covariances[:, axes, axes]
    steps = by[1] * standard_errors.covariances[:, axes, axes] / variances
    with np.errstate(over="ignore"):
        covariances[..., axes, axes] = variances * np.exp(steps)
    return Intervals(
        read_only(_shares(mixture.weights, by[0] * standard_errors.weights)),
        read_only(mixture.means + by[1] * standard_errors.means),
        read_only(covariances),
    )


def _shares(weights: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """The weights after these steps (2, K), to first order, of log(w / (1 − w)); one weight alone
    is 1 without a doubt."""
    if weights.size == 1:
        return np.ones_like(steps)
    odds = np.log(weights) - np.log1p(-weights)
    return np.asarray(0.5 * (1 + np.tanh((odds + steps / (weights * (1 - weights))) / 2)))


def checked_level(level: float) -> float:
    """The same, known to lie between 0 and 1. Raises InputError ("level") for any other."""
    if not 0 < level < 1:
        raise InputError("level", f"The level is {level}: give a number between 0 and 1.")
    return level
