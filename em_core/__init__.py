"""Expectation-Maximisation for Gaussian mixtures, exact and fast, on NumPy alone."""

from em_core.errors import InputError
from em_core.mixture import COVARIANCE_TYPES, CovarianceType, GaussianMixture
from em_core.steps import Expectation, e_step, m_step
from em_core.trace import HalfStep, Trace, fit, iterate

__all__ = [
    "COVARIANCE_TYPES",
    "CovarianceType",
    "Expectation",
    "GaussianMixture",
    "HalfStep",
    "InputError",
    "Trace",
    "e_step",
    "fit",
    "iterate",
    "m_step",
]
