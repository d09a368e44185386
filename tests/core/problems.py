"""Problems that Hypothesis draws: points and a start, sound and of about unit spread."""

import numpy as np
from hypothesis import strategies as st

from em_core import GaussianMixture


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
