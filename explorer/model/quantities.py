"""What can be asked of a mixture on its points, by the names under which people print it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from em_core import (
    Bootstrap,
    CovarianceType,
    Criteria,
    GaussianMixture,
    Information,
    Rules,
    aic,
    aicc,
    assign,
    bic,
    bootstrap,
    criteria,
    e_step,
    icl,
    information,
)

REPLICATES = 999


@dataclass(frozen=True)
class Place:
    """Whose number it is: component, axes and point, each from 1; 0 where none is meant."""

    component: int = 0
    axis: int = 0
    other_axis: int = 0
    point: int = 0

    @property
    def at(self) -> tuple[int, int]:
        """The component and its axis, from 0."""
        return self.component - 1, max(self.axis, 1) - 1

    @property
    def pair(self) -> tuple[int, int, int]:
        """The component and two axes, from 0: the same twice where no other is named."""
        k, i = self.at
        return k, i, (self.other_axis or max(self.axis, 1)) - 1

    def __str__(self) -> str:
        axes = [str(i) for i in (self.axis, self.other_axis) if i]
        return (
            f" {self.component}" * bool(self.component)
            + f" (axis {' and '.join(axes)})" * bool(axes)
            + f" of point {self.point}" * bool(self.point)
        )


@dataclass(frozen=True, eq=False)
class State:
    """A mixture of a covariance type on its points (n, d).

    rules: what of it was held; counts: (n,) how often each point was observed, or None.
    """

    points: np.ndarray
    mixture: GaussianMixture
    covariance_type: CovarianceType
    rules: Rules
    counts: np.ndarray | None = None

    @cached_property
    def criteria(self) -> Criteria:
        return criteria(self.points, self.mixture, self.covariance_type, self.counts)

    @cached_property
    def information(self) -> Information:
        kind = self.covariance_type
        return information(self.points, self.mixture, kind, self.counts, self.rules)

    @cached_property
    def replicates(self) -> Bootstrap:
        kind, often = self.covariance_type, self.counts
        return bootstrap(self.points, self.mixture, kind, REPLICATES, sample_weight=often)

    @cached_property
    def responsibilities(self) -> np.ndarray:
        return e_step(self.points, self.mixture).responsibilities

    @property
    def log_likelihood(self) -> float:
        return self.criteria.log_likelihood

    @property
    def n_parameters(self) -> int:
        """Those that were free."""
        return len(self.information.names)

    @property
    def n(self) -> float:
        """How many observations there are."""
        return self.criteria.n

    @cached_property
    def each(self) -> np.ndarray:
        return np.ones(len(self.points)) if self.counts is None else self.counts

    @property
    def bic(self) -> float:
        return bic(self.log_likelihood, self.n_parameters, self.n)

    @property
    def icl(self) -> float:
        return icl(self.log_likelihood, self.n_parameters, self.n, self.criteria.doubt)

    def size(self, component: int) -> float:
        """How many observations are most probably of a component (from 0)."""
        return float(self.each[assign(self.points, self.mixture) == component].sum())


def _standard_error(state: State, name: str, at: tuple[int, ...]) -> float:
    errors = state.information.standard_errors
    return float(getattr(errors, name)[at]) if errors else float("nan")


def _bootstrap_error(state: State, name: str, at: tuple[int, ...]) -> float:
    errors = state.replicates.standard_errors
    return float(getattr(errors, name)[at]) if errors else float("nan")


def _correlation(state: State, place: Place) -> float:
    covariance = state.mixture.covariances[place.component - 1]
    return float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]))


QUANTITIES: dict[str, Callable[[State, Place], float]] = {
    "log-likelihood": lambda s, p: s.log_likelihood,
    "negative log-likelihood": lambda s, p: -s.log_likelihood,
    "−2 log-likelihood": lambda s, p: -2 * s.log_likelihood,
    "log-likelihood per point": lambda s, p: s.log_likelihood / s.n,
    "number of parameters": lambda s, p: s.n_parameters,
    "AIC": lambda s, p: aic(s.log_likelihood, s.n_parameters),
    "AICc": lambda s, p: aicc(s.log_likelihood, s.n_parameters, s.n),
    "BIC": lambda s, p: s.bic,
    "ICL": lambda s, p: s.icl,
    "BIC, larger is better": lambda s, p: -s.bic,
    "ICL, larger is better": lambda s, p: -s.icl,
    "BIC as log-likelihood − (p/2) log n": lambda s, p: -s.bic / 2,
    "weight": lambda s, p: s.mixture.weights[p.component - 1],
    "mean": lambda s, p: s.mixture.means[p.at],
    "variance": lambda s, p: s.mixture.covariances[p.pair],
    "covariance": lambda s, p: s.mixture.covariances[p.pair],
    "standard deviation": lambda s, p: np.sqrt(s.mixture.covariances[p.pair]),
    "correlation": _correlation,
    "points in component": lambda s, p: s.size(p.component - 1),
    "effective size": lambda s, p: s.each @ s.responsibilities[:, p.component - 1],
    "responsibility": lambda s, p: s.responsibilities[p.point - 1, p.component - 1],
    "standard error of the weight": lambda s, p: _standard_error(s, "weights", p.at[:1]),
    "standard error of the mean": lambda s, p: _standard_error(s, "means", p.at),
    "standard error of the variance": lambda s, p: _standard_error(s, "covariances", p.pair),
    "bootstrap error of the weight": lambda s, p: _bootstrap_error(s, "weights", p.at[:1]),
    "bootstrap error of the mean": lambda s, p: _bootstrap_error(s, "means", p.at),
    "bootstrap error of the variance": lambda s, p: _bootstrap_error(s, "covariances", p.pair),
}
"""By name, as it is printed; `Place` says whose."""

OF_LIKELIHOOD = frozenset(name for name in QUANTITIES if "IC" in name or "likelihood" in name)
"""Names of quantities that tell one ending of EM from another."""
