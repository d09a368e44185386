"""Problems that Hypothesis draws: points and a start, sound and of about unit spread; and what
may be claimed of a run on them, however close to a collapse it comes."""

import numpy as np
from hypothesis import strategies as st

from em_core import GaussianMixture

NARROW = 1e-4
"""Below this variance, of points of about unit spread, the digits that two equal runs share are
those that the spike leaves: rounding moves them by the inverse of the variance."""


def is_far_from_collapse(trace):
    eigenvalues = np.linalg.eigvalsh(trace.covariances)
    return trace.outcome == "max_iter" and bool(eigenvalues.min() > NARROW)


def rounding(trace, n):
    """(T + 1,) what rounding the covariances to doubles may do to the log-likelihoods.

    It moves |y|^2 of a point by the precision of a double over the smallest eigenvalue of the
    correlations, so that nothing is left of the digits where a collapse ends.
    """
    deviations = np.sqrt(np.diagonal(trace.covariances, axis1=-2, axis2=-1))
    correlations = trace.covariances / deviations[..., :, None] / deviations[..., None, :]
    eigenvalues = np.linalg.eigvalsh(correlations)[..., 0].min(axis=1)
    precision = np.finfo(float).eps
    return 16 * n * precision / np.maximum(eigenvalues, precision)


@st.composite
def problems(draw, dimensions=(1, 2, 3)):
    """(points, start): distinct points of unit-like spread, a sound start."""
    d = draw(st.sampled_from(dimensions))
    n_components = draw(st.integers(1, 4))
    n = draw(st.integers(max(8, 4 * n_components), 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    centres = rng.normal(size=(n_components, d)) * draw(st.floats(0, 6))
    points = centres[rng.integers(n_components, size=n)] + rng.normal(size=(n, d))
    weights = rng.uniform(0.2, 1, n_components)
    means = points[rng.choice(n, n_components, replace=False)]
    covariances = []
    for _ in range(n_components):
        root = rng.normal(size=(d, d)) * 0.3 + np.eye(d) * rng.uniform(0.7, 2)
        covariances.append(root @ root.T + 0.5 * np.eye(d))
    return points, GaussianMixture(weights / weights.sum(), means, covariances)
