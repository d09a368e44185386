"""Expectation-Maximisation for Gaussian mixtures, exact and fast, on NumPy alone."""

from em_core.compress import Compressed, compress
from em_core.errors import InputError
from em_core.many import Best, Fits, best_of, fit_many
from em_core.mixture import COVARIANCE_TYPES, CovarianceType, GaussianMixture
from em_core.steps import Expectation, e_step, m_step
from em_core.trace import HalfStep, Trace, extend, fit, iterate

__all__ = [
    "COVARIANCE_TYPES",
    "Best",
    "Compressed",
    "CovarianceType",
    "Expectation",
    "Fits",
    "GaussianMixture",
    "HalfStep",
    "InputError",
    "Trace",
    "best_of",
    "compress",
    "e_step",
    "extend",
    "fit",
    "fit_many",
    "iterate",
    "m_step",
]
