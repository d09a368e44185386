"""The options of a run, checked."""

import numpy as np

from em_core.errors import InputError
from em_core.mixture import checked_covariance_type


def check_options(covariance_type: str, max_iter: int, tol: float, variance_floor: float) -> None:
    """Raises InputError, naming the option that breaks its rule."""
    checked_covariance_type(covariance_type)
    if isinstance(max_iter, bool) or int(max_iter) != max_iter or max_iter < 0:
        raise InputError("max-iter", f"max_iter is {max_iter}: give a whole number of at least 0.")
    if not 0 <= tol < np.inf:
        raise InputError("tol", f"tol is {tol}: give a number of at least 0.")
    if not 0 <= variance_floor < 1:
        raise InputError(
            "variance-floor", f"variance_floor is {variance_floor}: give a fraction from 0 to 1."
        )
