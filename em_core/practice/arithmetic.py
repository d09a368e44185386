"""One iteration of EM in one dimension as a person writes it: nine formulas, each on its line.

Plain on purpose: `steps` and `engine` are the ones that hold for any numbers. A mistake is one
of these formulas replaced by another (`mistakes`), so what it leads to needs no second program.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from em_core.errors import InputError
from em_core.mixture import GaussianMixture
from em_core.rules import PLAIN, Rules, held

Kind = Literal[
    "density",
    "product",
    "evidence",
    "posterior",
    "log_likelihood",
    "N",
    "weight",
    "mean",
    "variance",
]
KINDS: tuple[Kind, ...] = (
    "density",
    "product",
    "evidence",
    "posterior",
    "log_likelihood",
    "N",
    "weight",
    "mean",
    "variance",
)
"""In the order of work: each is made of those before it."""

OF_POINTS = frozenset[Kind](("density", "product", "evidence", "posterior"))
OF_COMPONENTS = frozenset[Kind](
    ("density", "product", "posterior", "N", "weight", "mean", "variance")
)
RULED_KINDS: tuple[Kind, ...] = ("weight", "mean", "variance")
"""What rules may keep the M-step from making."""


@dataclass(frozen=True)
class Cell:
    """One number of a worksheet; indices from 0, None where the kind has no such index."""

    kind: Kind
    point: int | None = None
    component: int | None = None

    @property
    def index(self) -> tuple[int, ...]:
        """Where it stands in the array of its kind."""
        return tuple(i for i in (self.point, self.component) if i is not None)


@dataclass(frozen=True, eq=False)
class Parameters:
    """weights, means, variances: (K,) each. Nothing is checked: faulty code makes what it makes."""

    weights: np.ndarray
    means: np.ndarray
    variances: np.ndarray

    @classmethod
    def of(cls, mixture: GaussianMixture) -> "Parameters":
        return cls(mixture.weights, mixture.means[:, 0], mixture.variances)


Formula = Callable[["Step"], np.ndarray]


@dataclass(frozen=True, eq=False)
class Step:
    """An E-step and an M-step, worked formula by formula; what nobody asks for is not computed.

    points (n,); parameters: in force at its start; before: those of the iteration before;
    tied: one variance for all; rules: the temperature, and what the M-step keeps;
    faulty: formulas that replace the right ones; typed: numbers that replace computed ones, for
    whatever is made of them.
    """

    points: np.ndarray
    parameters: Parameters
    before: Parameters | None = None
    tied: bool = False
    rules: Rules = PLAIN
    faulty: Mapping[str, Formula] = field(default_factory=dict)
    typed: Mapping[Cell, float] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return len(self.points)

    @property
    def K(self) -> int:
        return len(self.parameters.weights)

    @property
    def distance(self) -> np.ndarray:
        """(n, K) x_i − μ_k, about the means in force."""
        return self.points[:, None] - self.parameters.means

    @cached_property
    def density(self) -> np.ndarray:
        """(n, K)"""
        return self._made("density")

    @cached_property
    def product(self) -> np.ndarray:
        """(n, K)"""
        return self._made("product")

    @cached_property
    def evidence(self) -> np.ndarray:
        """(n,)"""
        return self._made("evidence")

    @cached_property
    def posterior(self) -> np.ndarray:
        """(n, K)"""
        return self._made("posterior")

    @cached_property
    def log_likelihood(self) -> np.ndarray:
        """()"""
        return self._made("log_likelihood")

    @cached_property
    def N(self) -> np.ndarray:
        """(K,)"""
        return self._made("N")

    @cached_property
    def weight(self) -> np.ndarray:
        """(K,)"""
        return self._made("weight")

    @cached_property
    def mean(self) -> np.ndarray:
        """(K,)"""
        return self._made("mean")

    @cached_property
    def scatter(self) -> np.ndarray:
        """(K,) each component's own variance"""
        return self._made("scatter")

    @cached_property
    def variance(self) -> np.ndarray:
        """(K,)"""
        return self._made("variance")

    def _made(self, name: str) -> np.ndarray:
        with np.errstate(all="ignore"):
            formula = self.faulty.get(name) or RIGHT[name]
            made = self._ruled(name, np.array(formula(self), dtype=np.float64))
        for cell, number in self.typed.items():
            if cell.kind == name:
                made[cell.index] = number
        return made

    def _ruled(self, name: str, made: np.ndarray) -> np.ndarray:
        """What the M-step made, as far as the rules let it."""
        match name:
            case "weight" if self.keeps("weight").any():
                return self.rules.weights(made, made.sum(), self.parameters.weights)
            case "mean":
                return np.where(self.keeps("mean"), self.parameters.means, made)
            case "variance":
                return np.where(self.keeps("variance"), self.parameters.variances, made)
        return made

    def keeps(self, name: str) -> np.ndarray:
        """(K,) whose weight, mean or variance the rules do not let the M-step make."""
        if name == "weight" and self.rules.equal_weights:
            return np.ones(self.K, dtype=bool)
        return held(getattr(self.rules, _FIXED[name]), self.K)

    def without_rule(self, name: str) -> "Step":
        """The step in which this is made as if no rule were about it."""
        free: dict[str, Any] = {_FIXED[name]: ()}
        if name == "weight":
            free["equal_weights"] = False
        return replace(self, rules=replace(self.rules, **free))

    def shared(self, parts: np.ndarray) -> np.ndarray:
        """Each point's parts (n, K) as shares of 1, at the temperature of the rules."""
        temperature = self.rules.temperature
        if temperature == 0:
            return winners(parts)
        powers = parts ** (1 / temperature)
        return powers / powers.sum(axis=1, keepdims=True)

    def value(self, cell: Cell) -> float:
        return float(getattr(self, cell.kind)[cell.index])

    def made(self) -> Parameters:
        """The parameters that the M-step makes."""
        return Parameters(self.weight, self.mean, self.variance)


RIGHT: dict[str, Formula] = {
    "density": lambda s: (
        np.exp(-(s.distance**2) / (2 * s.parameters.variances))
        / np.sqrt(2 * np.pi * s.parameters.variances)
    ),
    "product": lambda s: s.parameters.weights * s.density,
    "evidence": lambda s: s.product.sum(axis=1),
    "posterior": lambda s: (
        s.product / s.evidence[:, None] if s.rules.temperature == 1 else s.shared(s.product)
    ),
    "log_likelihood": lambda s: np.log(s.evidence).sum(),
    "N": lambda s: s.posterior.sum(axis=0),
    "weight": lambda s: s.N / s.n,
    "mean": lambda s: s.points @ s.posterior / s.N,
    "scatter": lambda s: ((s.points[:, None] - s.mean) ** 2 * s.posterior).sum(axis=0) / s.N,
    "variance": lambda s: pooled(s) if s.tied else s.scatter,
}
"""PRML 2.42, 9.23 to 9.28; `scatter` and `variance` differ for tied variances only."""


_FIXED = {"weight": "fixed_weights", "mean": "fixed_means", "variance": "fixed_covariances"}


def winners(parts: np.ndarray) -> np.ndarray:
    """(n, K) 1 for the largest part of each row, the first of several, 0 for the others."""
    return np.eye(parts.shape[1])[np.argmax(parts, axis=1)]


def pooled(step: Step) -> np.ndarray:
    """(K,) the average of the components' own variances, weighted by N: tied variances."""
    return np.full(step.K, step.N @ step.scatter / step.N.sum())


def checked_cell(cell: Cell, n: int, K: int) -> Cell:
    """Raises InputError ("cell") when a table of n points and K components has no such cell."""
    if cell.kind not in KINDS:
        raise InputError("cell", f"There is no {cell.kind!r}: the kinds are {', '.join(KINDS)}.")
    for name, index, size, wanted in (
        ("point", cell.point, n, cell.kind in OF_POINTS),
        ("component", cell.component, K, cell.kind in OF_COMPONENTS),
    ):
        if wanted != (index is not None):
            text = "give its index, from 0" if wanted else "leave it out"
            raise InputError("cell", f"{name} of a {cell.kind} cell is {index}: {text}.")
        if index is not None and not 0 <= index < size:
            raise InputError("cell", f"{name} {index} is not one of 0 to {size - 1}.")
    return cell
