"""What to know of a start before EM runs from it. Pure."""

import numpy as np

from em_core import CovarianceType, GaussianMixture
from em_core.covariance import has_collapsed, least_variances
from explorer.model.shapes import is_of_type


def remarks(
    start: GaussianMixture, points: np.ndarray, covariance_type: CovarianceType = "full"
) -> tuple[str, ...]:
    """Sentences about a start for points (n, d) that is allowed but may surprise."""
    return _too_narrow(start, points) + _of_another_type(start, covariance_type)


def _too_narrow(start: GaussianMixture, points: np.ndarray) -> tuple[str, ...]:
    spans = np.ptp(points, axis=0)
    too_narrow = has_collapsed(start.covariances, least_variances(spans, np.ones_like(spans)))
    return tuple(
        f"Variance {k + 1} is below the collapse limit for these data."
        for k in np.flatnonzero(too_narrow)
    )


def _of_another_type(start: GaussianMixture, covariance_type: CovarianceType) -> tuple[str, ...]:
    if is_of_type(start, covariance_type):
        return ()
    return (
        "The start is not of the chosen covariance type: the first M-step brings it there, and "
        "the log-likelihood may fall by that, once.",
    )
