"""The options of a run, their ranges and defaults."""

import sys
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np

from em_core.errors import InputError
from em_core.mixture import CovarianceType, checked_covariance_type
from em_core.rules import PLAIN, Rules, is_number


class Range(NamedTuple):
    """The values an option may have, both ends included, and the one it has by default."""

    lowest: float
    highest: float
    default: float

    def allows(self, value: float) -> bool:
        return bool(self.lowest <= value <= self.highest)


TOL = Range(0.0, sys.float_info.max, 1e-6)
MAX_ITER = Range(0, sys.maxsize, 200)
VARIANCE_FLOOR = Range(0.0, float(np.nextafter(1.0, 0.0)), 0.0)
"""Fractions of the data's variance, below 1."""


@dataclass(frozen=True)
class Options:
    """How EM runs.

    tol: EM has converged when an iteration raises the mean log-likelihood per point by less (0:
    never); max_iter: the most full iterations; variance_floor: the least variance, as a fraction
    of the data's, 0 for none; rules: what is fixed, and how hard points are shared out.
    Raises InputError, naming the option that breaks its rule.
    """

    covariance_type: CovarianceType = "full"
    tol: float = TOL.default
    max_iter: int = int(MAX_ITER.default)
    variance_floor: float = VARIANCE_FLOOR.default
    rules: Rules = PLAIN

    def __post_init__(self) -> None:
        checked_covariance_type(self.covariance_type)
        if not is_number(self.tol) or not TOL.allows(self.tol):
            raise InputError("tol", f"tol is {self.tol}: give a number of at least 0.")
        if not _is_whole(self.max_iter) or not MAX_ITER.allows(self.max_iter):
            raise InputError(
                "max-iter", f"max_iter is {self.max_iter}: give a whole number of at least 0."
            )
        object.__setattr__(self, "max_iter", int(self.max_iter))
        if not is_number(self.variance_floor) or not VARIANCE_FLOOR.allows(self.variance_floor):
            raise InputError(
                "variance-floor",
                f"variance_floor is {self.variance_floor}: give a fraction, at least 0 and below "
                "1, of the data's variance.",
            )

    def keywords(self) -> dict[str, Any]:
        """The options as keywords of `fit`, `fit_many` and `iterate`."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _is_whole(value: object) -> bool:
    return is_number(value) and bool(np.isfinite(value)) and int(value) == value


DEFAULTS = Options()
