"""What to know of a start before EM runs from it. Pure."""

import numpy as np

from em_core import GaussianMixture
from em_core.covariance import has_collapsed, least_variances


def remarks(start: GaussianMixture, points: np.ndarray) -> tuple[str, ...]:
    """Sentences about a start for points (n, d) that is allowed but will hardly go well."""
    spans = np.ptp(points, axis=0)
    too_narrow = has_collapsed(start.covariances, least_variances(spans, np.ones_like(spans)))
    return tuple(
        f"Variance {k + 1} is below the collapse limit for these data."
        for k in np.flatnonzero(too_narrow)
    )
