"""Expectation-Maximisation for Gaussian mixtures, exact and fast, on NumPy alone."""

from em_core.errors import InputError
from em_core.mixture import COVARIANCE_TYPES, CovarianceType, GaussianMixture

__all__ = ["COVARIANCE_TYPES", "CovarianceType", "GaussianMixture", "InputError"]
