"""The free parameters of a mixture: their names, and coordinates in which they are all alike.

Locally, component k moves by Sigma_k = L L^T: its mean to mu_k + L a, its covariance to
L (I + S) L^T; the weights move to w + sqrt(w) Q v, Q an orthonormal basis of what is orthogonal
to sqrt(w). In (v, a, S) the complete-data information of a maximum is diagonal, whatever the
unit and the offset of the data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from em_core.engine.kernel import State
from em_core.mixture import CovarianceType
from em_core.rules import PLAIN, Rules
from em_core.wording import axis_name

SQRT_2 = float(np.sqrt(2.0))


@dataclass(frozen=True, eq=False)
class Coordinates:
    """p free parameters of K components in d dimensions; m = 1 + d + d(d+1)/2.

    names: (p,), in the order of `information`; moves (K, m, p): what a local step does to
    component k, as the relative change of its weight, as a, and as the lower triangle of S;
    weights (K, p), means (K, d, p), covariances (K, d, d, p): what it does to these, in scaled
    data; rows (p,): where the named parameters stand among those three, one after the other;
    to_local (p, p): the local step that a step in the named parameters, in scaled data, is.
    """

    names: tuple[str, ...]
    moves: np.ndarray
    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    rows: np.ndarray
    to_local: np.ndarray

    @property
    def to_named(self) -> np.ndarray:
        """(p, p) the step in the named parameters, in scaled data, that a local step is."""
        p = len(self.names)
        parts = (self.weights, self.means, self.covariances)
        return np.concatenate([part.reshape(-1, p) for part in parts])[self.rows]

    def units(self, scale: np.ndarray) -> np.ndarray:
        """(p,) the unit of each named parameter, in the data's own, of data scaled by (d,)."""
        K = len(self.means)
        squares = (scale[:, None] * scale).ravel()
        return np.concatenate([np.ones(K), np.tile(scale, K), np.tile(squares, K)])[self.rows]


class _Shape(NamedTuple):
    """One parameter of the covariances: `members` change by `pattern`, whose entry `at` is 1."""

    name: str
    members: range
    at: tuple[int, int]
    pattern: np.ndarray


def coordinates(state: State, covariance_type: CovarianceType, rules: Rules = PLAIN) -> Coordinates:
    """Those of the one mixture that the state (S = 1) holds, but for what the rules fix."""
    deviations = np.sqrt(state.weights[0])
    K, d = state.means.shape[1:]
    lower, whiten = state.lower[0] / SQRT_2, state.whiten[0] * SQRT_2
    shapes = [
        shape
        for shape in _shapes(covariance_type, K, d)
        if shape.members[0] not in rules.fixed_covariances
    ]
    mobile = [k for k in range(K) if k not in rules.fixed_means]
    light = [] if rules.equal_weights else [k for k in range(K) if k not in rules.fixed_weights]
    n_weights, pairs = max(0, len(light) - 1), lower_pairs(d)
    p = n_weights + len(mobile) * d + len(shapes)
    moves, weights = np.zeros((K, 1 + d + len(pairs), p)), np.zeros((K, p))
    means, covariances = np.zeros((K, d, p)), np.zeros((K, d, d, p))
    to_local = np.zeros((p, p))

    if n_weights:
        own, roots = slice(0, n_weights), deviations[light]
        basis = _orthogonal_to(roots / np.linalg.norm(roots))
        relative = basis / roots[:, None]
        moves[light, 0, own], weights[light, own] = relative, basis * roots[:, None]
        to_local[own, own] = (relative[:-1] - relative[-1]).T
    for place, k in enumerate(mobile):
        own = slice(n_weights + place * d, n_weights + (place + 1) * d)
        moves[k, 1 : 1 + d, own], means[k, :, own] = np.eye(d), lower[k]
        to_local[own, own] = whiten[k]
    first = n_weights + len(mobile) * d
    for column, shape in enumerate(shapes, start=first):
        for k in shape.members:
            moves[k, 1 + d :, column] = [shape.pattern[pair] for pair in pairs]
            covariances[k, :, :, column] = lower[k] @ shape.pattern @ lower[k].T
        k = shape.members[0]
        whitened = whiten[k] @ shape.pattern @ whiten[k].T
        for row, other in enumerate(shapes, start=first):
            if other.members == shape.members:
                to_local[row, column] = whitened[other.at]
    rows = [
        *light[:n_weights],
        *(K + k * d + i for k in mobile for i in range(d)),
        *(K + K * d + (s.members[0] * d + s.at[0]) * d + s.at[1] for s in shapes),
    ]
    names = (
        *(f"weight {k + 1}" for k in light[:n_weights]),
        *(f"mean {k + 1}{on_axis(i, d)}" for k in mobile for i in range(d)),
        *(shape.name for shape in shapes),
    )
    return Coordinates(
        names, moves, weights, means, covariances, np.array(rows, dtype=int), to_local
    )


def lower_pairs(d: int) -> list[tuple[int, int]]:
    """The lower triangle of a symmetric matrix, in the order of the kernel's basis."""
    return [(i, j) for i in range(d) for j in range(i + 1)]


def _shapes(covariance_type: CovarianceType, K: int, d: int) -> Iterator[_Shape]:
    """By upper triangle (full, tied: once), by diagonal (diag), one each (spherical)."""
    for k in [0] if covariance_type == "tied" else range(K):
        members = range(K) if covariance_type == "tied" else range(k, k + 1)
        whose = "" if covariance_type == "tied" else f" {k + 1}"
        if covariance_type == "spherical":
            yield _Shape(f"variance{whose}", members, (0, 0), np.eye(d))
            continue
        for i in range(d):
            for j in range(i, d if covariance_type in ("full", "tied") else i + 1):
                pattern = np.zeros((d, d))
                pattern[i, j] = pattern[j, i] = 1.0
                what = "variance" if i == j else "covariance"
                where = on_axis(i, d) if i == j else _on_axes(i, j, d)
                yield _Shape(f"{what}{whose}{where}", members, (i, j), pattern)


def on_axis(i: int, d: int) -> str:
    """How a name says which of d axes it is about; nothing where there is but one."""
    return f" ({axis_name(i, d)})" if d > 1 else ""


def _on_axes(i: int, j: int, d: int) -> str:
    return f" ({axis_name(i, d)} and {axis_name(j, d)})"


def _orthogonal_to(unit: np.ndarray) -> np.ndarray:
    """(K, K - 1) orthonormal columns, orthogonal to the unit vector (K,)."""
    reflection = unit.copy()
    reflection[-1] += np.copysign(1.0, unit[-1])
    reflection /= np.linalg.norm(reflection)
    return (np.eye(len(unit)) - 2.0 * np.outer(reflection, reflection))[:, :-1]
