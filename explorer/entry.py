"""What a person types into the fields of a start or a run -> checked values, or a clear error.

Raises InputError naming the field, the rule and the cure. Remarks on values that are accepted
come back as notes. Texts may quote what was typed: show them escaped.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Generic, TypeVar

import numpy as np

from em_core import GaussianMixture, InputError
from em_core.covariance import has_collapsed, least_variances
from em_core.wording import component_names, sentence_case
from explorer.problem import MAX_COMPONENTS, MAX_ITERATIONS, MAX_SEED
from explorer.reading.commas import is_decimal, maybe_thousands
from explorer.reading.numbers import is_number, plain, refusal
from explorer.reading.words import counted

T = TypeVar("T")
_EXACT = 1e-15
"""Weights whose sum misses 1 by no more are kept as typed, to the last bit."""
_ROUNDING = 1e-3


@dataclass(frozen=True)
class Checked(Generic[T]):
    """An accepted value, and plain sentences to show with it."""

    value: T
    notes: tuple[str, ...] = ()


def number(value: object, label: str) -> float:
    """A finite float from a number or from typed text, where a decimal comma will do."""
    if isinstance(value, str):
        value = _typed(value, label)
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise _not_a_number(label)
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if math.isnan(result):
        raise _not_a_number(label)
    if math.isinf(result):
        raise InputError("infinite", f"{label} is infinite. Type a number.")
    return result


def _typed(text: str, label: str) -> float:
    token = plain(text).strip()
    if is_decimal(token) and not maybe_thousands(token):
        token = token.replace(",", ".")
    if is_number(token):
        return float(token)
    code, predicate = refusal(token)
    if code == "missing":
        raise _not_a_number(label)
    raise InputError(code, f"{label} {predicate}")


def _not_a_number(label: str) -> InputError:
    return InputError("not-a-number", f"{label} is not a number. Type one, such as 0.5.")


def _whole(value: object, label: str) -> int:
    result = number(value, label)
    if not result.is_integer():
        raise InputError("not-whole", f"{label} must be a whole number.")
    return int(result)


def component_count(value: object, points: np.ndarray | None = None) -> int:
    """K, from 1 to 8 and at most the number of different points (n, d)."""
    k = _whole(value, "Number of components")
    if not 1 <= k <= MAX_COMPONENTS:
        raise InputError("component-count", f"Choose 1 to {MAX_COMPONENTS} components.")
    if points is not None:
        n_different = len(np.unique(points, axis=0))
        if k > n_different:
            raise InputError(
                "component-count",
                f"{counted(k, 'component')} need at least {k} different values; "
                f"the data have {n_different}. Choose fewer components.",
            )
    return k


def seed(value: object) -> int:
    result = _whole(value, "Seed")
    if not 0 <= result <= MAX_SEED:
        raise InputError("seed-range", f"Seed must be between 0 and {MAX_SEED}.")
    return result


def iterations(value: object) -> Checked[int]:
    """The iterations to run at one press: at least 0, capped at 2000 with a note."""
    result = _whole(value, "Number of iterations")
    if result < 0:
        raise InputError("iterations-negative", "Number of iterations must not be negative.")
    if result > MAX_ITERATIONS:
        return Checked(MAX_ITERATIONS, (f"At most {MAX_ITERATIONS} iterations per press.",))
    return Checked(result)


def weights(values: Sequence[object]) -> Checked[np.ndarray]:
    """(K,) weights divided by their sum; a note where that changes them beyond rounding."""
    typed = []
    for k, value in enumerate(values, start=1):
        weight = number(value, f"Weight {k}")
        if weight < 0:
            raise InputError(
                "weight-negative", f"Weight {k} is negative ({weight:g}). It must be above 0."
            )
        typed.append(weight)
    _refuse_none(typed, "weight")
    scaled = np.array(typed) / (max(typed) or 1.0)
    normalised = scaled / (scaled.sum() or 1.0)
    if abs(math.fsum(typed) - 1.0) <= _EXACT:
        normalised = np.array(typed)
    for k, weight in enumerate(normalised, start=1):
        if weight == 0:
            raise InputError(
                "weight-zero", f"Weight {k} is 0: a component with weight 0 can never come back."
            )
    total = sum(typed)
    if abs(total - 1.0) <= _ROUNDING:
        return Checked(normalised)
    return Checked(normalised, (f"The weights add up to {total:.4g}: divided by their sum.",))


def means(values: Sequence[object]) -> np.ndarray:
    """(K,) means of a one-dimensional start, or (K, d) where each value is a row of d."""
    rows: list[float | list[float]] = []
    for k, value in enumerate(values, start=1):
        if isinstance(value, Sequence | np.ndarray) and not isinstance(value, str):
            rows.append([number(each, f"Mean {k}, axis {j}") for j, each in enumerate(value, 1)])
        else:
            rows.append(number(value, f"Mean {k}"))
    _refuse_none(rows, "mean")
    return np.array(rows, dtype=float)


def variances(values: Sequence[object]) -> np.ndarray:
    """(K,) variances (sigma squared), each above 0."""
    typed = [_variance(value, f"Variance {k}") for k, value in enumerate(values, start=1)]
    _refuse_none(typed, "variance")
    return np.array(typed)


def _variance(value: object, label: str) -> float:
    variance = number(value, label)
    if variance < 0:
        raise InputError(
            "variance-negative", f"{label} is negative ({variance:g}). It must be above 0."
        )
    if variance == 0:
        raise InputError("variance-zero", f"{label} is 0. It must be above 0.")
    return variance


def covariance(matrix: Sequence[Sequence[object]], component: int = 0) -> np.ndarray:
    """(2, 2) covariance of a component (0-based), symmetric and positive definite."""
    label = f"Covariance {component + 1}"
    if len(matrix) != 2 or any(len(row) != 2 for row in matrix):
        raise InputError("shape", f"{label} must have 2 rows of 2 numbers.")
    (a, b), (c, d) = matrix
    first = _variance(a, f"{label}, variance 1")
    second = _variance(d, f"{label}, variance 2")
    cross = number(b, f"{label}, entry 1, 2")
    if number(c, f"{label}, entry 2, 1") != cross:
        raise InputError("not-symmetric", f"{label} is not symmetric: make both entries equal.")
    correlation = cross / math.sqrt(first) / math.sqrt(second)
    if abs(correlation) >= 1:
        raise InputError(
            "not-positive-definite",
            f"{label}: |correlation| must be below 1 (here {abs(correlation):.4g}).",
        )
    return np.array([[first, cross], [cross, second]])


def _refuse_none(values: Sequence[object], name: str) -> None:
    if not values:
        raise InputError("component-count", f"Give at least one {name}.")


def start(mixture: GaussianMixture, points: np.ndarray) -> Checked[GaussianMixture]:
    """A start with remarks: components that start alike, variances EM would call collapsed."""
    notes = []
    for same in _identical_groups(mixture):
        who = sentence_case(component_names(same))
        notes.append(f"{who} start identical: EM can never separate them.")
    spans = points.max(axis=0) - points.min(axis=0)
    least = least_variances(spans, np.ones_like(spans))
    for k in np.flatnonzero(has_collapsed(mixture.covariances, least)):
        notes.append(f"Variance {k + 1} is below the collapse limit for these data.")
    return Checked(mixture, tuple(notes))


def _identical_groups(mixture: GaussianMixture) -> list[list[int]]:
    """Sets of two or more components (0-based) with the same mean and covariance."""
    groups: dict[bytes, list[int]] = {}
    for k in range(mixture.n_components):
        shape = np.concatenate([mixture.means[k], mixture.covariances[k].ravel()]) + 0.0
        groups.setdefault(shape.tobytes(), []).append(k)
    return [group for group in groups.values() if len(group) > 1]
