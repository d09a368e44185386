"""The parameters of a mixture one by one, by their names. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from em_core import Bootstrap, GaussianMixture, Information, Intervals, intervals
from explorer.model.problem import Data

LEVEL = 0.95


@dataclass(frozen=True)
class Parameter:
    """component: whose (from 0), or None where all share it; axis: along which it is a place, or
    None; part and index: where it stands in a mixture and in what is like one."""

    component: int | None
    name: str
    part: str
    index: tuple[int, ...]
    axis: int | None = None

    def of(self, values: Any) -> np.ndarray:
        """Its value in a mixture, in standard errors; or its values, in arrays of many."""
        array = getattr(values, self.part)
        return array[(..., *self.index)]


@dataclass(frozen=True)
class Estimate:
    """A parameter with what is known of its uncertainty; None where it cannot be had."""

    parameter: Parameter
    value: float
    error: float | None
    interval: tuple[float, float] | None
    replicated_error: float | None
    replicated_interval: tuple[float, float] | None


def parameters(data: Data, n_components: int, covariance_type: str) -> Iterator[Parameter]:
    """Weights, means and variances component by component; a common covariance comes last."""
    d = data.n_features
    for k in range(n_components):
        if n_components > 1:
            yield Parameter(k, "weight", "weights", (k,))
        for i, column in enumerate(data.columns):
            yield Parameter(k, f"mean {column}" if d > 1 else "mean", "means", (k, i), i)
        if covariance_type != "tied":
            yield from _covariances(data, k, k, covariance_type)
    if covariance_type == "tied":
        yield from _covariances(data, None if n_components > 1 else 0, 0, covariance_type)


def _covariances(data: Data, owner: int | None, k: int, kind: str) -> Iterator[Parameter]:
    d = data.n_features
    if kind == "spherical":
        yield Parameter(owner, "variance", "covariances", (k, 0, 0))
        return
    for i, column in enumerate(data.columns):
        yield Parameter(
            owner, f"variance {column}" if d > 1 else "variance", "covariances", (k, i, i)
        )
    if kind != "diag":
        for i in range(d):
            for j in range(i + 1, d):
                name = f"covariance {data.columns[i]}, {data.columns[j]}" if d > 2 else "covariance"
                yield Parameter(owner, name, "covariances", (k, i, j))


def estimates(
    data: Data,
    mixture: GaussianMixture,
    covariance_type: str,
    information: Information,
    replicates: Bootstrap | None,
) -> list[Estimate]:
    """Every parameter with standard errors and 95% intervals, by information and by bootstrap."""
    errors = information.standard_errors
    replicated = replicates.standard_errors if replicates else None
    replicated_intervals = replicates.intervals(LEVEL) if replicates else None
    around = None if errors is None else intervals(mixture, errors, LEVEL)
    found = []
    for parameter in parameters(data, mixture.n_components, covariance_type):
        value = float(parameter.of(mixture))
        error = None if errors is None else float(parameter.of(errors))
        found.append(
            Estimate(
                parameter,
                value,
                error,
                _ends(parameter, around),
                None if replicated is None else float(parameter.of(replicated)),
                _ends(parameter, replicated_intervals),
            )
        )
    return found


def _ends(parameter: Parameter, between: Intervals | None) -> tuple[float, float] | None:
    if between is None:
        return None
    low, high = parameter.of(between)
    return float(low), float(high)
