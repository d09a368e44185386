"""The true groups, where they are known: what the browser draws beside what EM finds."""

import numpy as np

from em_core import GaussianMixture, InputError, m_step
from explorer.model.problem import Data


def true_mixture(data: Data) -> GaussianMixture | None:
    """Each true group's share, mean and covariance; None where they are not known or a group
    has too few points for them."""
    if data.truth is None:
        return None
    try:
        return m_step(data.points, np.eye(int(data.truth.max()) + 1)[data.truth])
    except InputError:
        return None
