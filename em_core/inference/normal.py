"""The normal distribution function, in logs where it would underflow, and its differences."""

from math import erfc, log, pi, sqrt
from statistics import NormalDist

import numpy as np

FAR = -35.0
"""Below it erfc comes near the smallest double, and five terms of the asymptotic series have
thirteen digits."""

NARROW = 0.02
"""An interval narrower than this (times how far out it is) is better expanded than subtracted."""

_erfc = np.frompyfunc(erfc, 1, 1)
_quantile = np.frompyfunc(NormalDist().inv_cdf, 1, 1)


def normal_cdf(z: np.ndarray) -> np.ndarray:
    """P(Z ≤ z) of a standard normal Z, of any shape."""
    return 0.5 * np.asarray(_erfc(np.asarray(z) / -sqrt(2)), dtype=float)


def normal_quantile(p: np.ndarray) -> np.ndarray:
    """The z with P(Z ≤ z) = p, for 0 < p < 1."""
    return np.asarray(_quantile(np.asarray(p)), dtype=float)


def log_normal_pdf(z: np.ndarray) -> np.ndarray:
    """Of the standard normal density, in the shape of z."""
    return -0.5 * (np.square(z) + log(2 * pi))


def log_normal_cdf(z: np.ndarray) -> np.ndarray:
    """log P(Z ≤ z), also where P underflows (Abramowitz & Stegun 1964, 26.2.12)."""
    z = np.asarray(z, dtype=float)
    far = np.minimum(z, FAR)
    with np.errstate(divide="ignore", invalid="ignore"):
        u = 1 / np.square(far)
        series = 1 - u * (1 - 3 * u * (1 - 5 * u * (1 - 7 * u)))
        tail = log_normal_pdf(far) - np.log(-far) + np.log(series)
        return np.where(z < FAR, tail, np.log(normal_cdf(np.maximum(z, FAR))))


def log_normal_interval(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """log P(low < Z ≤ high) for low < high, either of which may be infinite."""
    mirrored = low > 0
    low, high = np.where(mirrored, -high, low), np.where(mirrored, -low, high)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        below, upto = log_normal_cdf(low), log_normal_cdf(high)
        apart = upto + np.log1p(-np.exp(below - upto))
        width, middle = high - low, low + (high - low) / 2
        expanded = _log_narrow_interval(middle, width)
        narrow = width * np.maximum(1, np.abs(middle)) < NARROW
    return np.where(narrow, expanded, apart)


def _log_narrow_interval(middle: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Taylor's series of the integral of the density about the middle of the interval."""
    m2, w2 = np.square(middle), np.square(width)
    correction = w2 * ((m2 - 1) / 24 + w2 * (m2 * (m2 - 6) + 3) / 1920)
    return log_normal_pdf(middle) + np.log(width) + np.log1p(correction)
