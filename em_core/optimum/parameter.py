"""One parameter of a mixture, and mixtures in which some parameters are varied."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from em_core.covariance import is_usable
from em_core.errors import InputError
from em_core.mixture import CovarianceType, GaussianMixture
from em_core.optimum.coordinates import on_axis

Kind = Literal["weight", "mean", "variance"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Parameter:
    """One parameter of a mixture: a component's weight, or its mean or variance on an axis.

    component and axis count from 0. A weight leaves the other weights in their proportions; a
    variance moves all that the covariance type ties to it.
    """

    kind: Kind
    component: int
    axis: int = 0

    def name(self, n_features: int) -> str:
        """As `information` names it: mean 1, or variance 2 (x)."""
        where = "" if self.kind == "weight" else on_axis(self.axis, n_features)
        return f"{self.kind} {self.component + 1}{where}"

    def of(self, mixture: GaussianMixture) -> float:
        """Its value."""
        k, i = self.component, self.axis
        if self.kind == "weight":
            return float(mixture.weights[k])
        return float(mixture.means[k, i] if self.kind == "mean" else mixture.covariances[k, i, i])

    def check(self, mixture: GaussianMixture) -> None:
        """Raises InputError ("parameter") where the mixture has no such parameter."""
        K, d = mixture.means.shape
        if not (0 <= self.component < K and 0 <= self.axis < d):
            raise InputError(
                "parameter",
                f"There is no {self.kind} {self.component + 1} on axis {self.axis + 1} among {K} "
                f"components in {d} dimension{'s' * (d > 1)}.",
            )


@dataclass(frozen=True, eq=False)
class Varied:
    """(S, ...) parameters of one mixture, some of them varied."""

    weights: np.ndarray
    means: np.ndarray
    residuals: np.ndarray
    covariances: np.ndarray

    def usable(self) -> np.ndarray:
        """(S,) which of them are mixtures."""
        return np.logical_and(
            (self.weights > 0).all(axis=1), is_usable(self.covariances).all(axis=1)
        )

    def mixtures(self, chosen: np.ndarray) -> list[GaussianMixture]:
        parts = (self.weights, self.means, self.covariances, self.residuals)
        return [GaussianMixture._trusted(*(part[s] for part in parts)) for s in chosen]


def varied(
    mixture: GaussianMixture,
    changes: dict[Parameter, np.ndarray],
    covariance_type: CovarianceType,
) -> Varied:
    """The mixture with these parameters, one after the other, put to (S,) values each."""
    n = len(next(iter(changes.values())))
    parts = (mixture.weights, mixture.means, mixture.means_residual, mixture.covariances)
    found = Varied(*(np.repeat(part[None], n, axis=0) for part in parts))
    for parameter, values in changes.items():
        parameter.check(mixture)
        k, i = parameter.component, parameter.axis
        if parameter.kind == "mean":
            found.means[:, k, i], found.residuals[:, k, i] = values, 0.0
        elif parameter.kind == "weight":
            others = found.weights.sum(axis=1) - found.weights[:, k]
            weights = found.weights
            weights *= ((1.0 - values) / np.where(others > 0, others, 1.0))[:, None]
            weights[:, k] = values if mixture.n_components > 1 else 1.0
        else:
            who = slice(None) if covariance_type == "tied" else slice(k, k + 1)
            where = range(mixture.n_features) if covariance_type == "spherical" else (i,)
            for axis in where:
                found.covariances[:, who, axis, axis] = values[:, None]
    return found
