"""A start and the covariance type it is run with: EM stays in its type, a start need not be."""

import numpy as np

from em_core import CovarianceType, GaussianMixture
from em_core.covariance import CONSTRAINTS


def is_of_type(mixture: GaussianMixture, covariance_type: CovarianceType) -> bool:
    """Whether the covariances are what an M-step of this type could have made, to the last bit."""
    covariances = mixture.covariances
    diagonal = covariances * np.eye(mixture.n_features)
    match covariance_type:
        case "tied":
            return bool((covariances == covariances[0]).all())
        case "diag":
            return bool((covariances == diagonal).all())
        case "spherical":
            round_ones = covariances[:, :1, :1] * np.eye(mixture.n_features)
            return bool((covariances == round_ones).all())
        case _:
            return True


def brought_into_type(mixture: GaussianMixture, covariance_type: CovarianceType) -> GaussianMixture:
    """The same mixture with covariances of this type, as an M-step makes them of its own.

    Tied: their average, weighted by the weights; diag: the variances alone; spherical: the mean of
    the variances on all axes.
    """
    if is_of_type(mixture, covariance_type):
        return mixture
    covariances = CONSTRAINTS[covariance_type](mixture.weights, mixture.covariances)
    return GaussianMixture(mixture.weights, mixture.means, covariances)
