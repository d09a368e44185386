"""The two equations: e_step and m_step (Dempster, Laird & Rubin 1977; PRML 9.2.2)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from em_core.covariance import CONSTRAINTS, is_usable
from em_core.errors import InputError
from em_core.mixture import (
    CovarianceType,
    GaussianMixture,
    checked_covariance_type,
    read_only,
)
from em_core.points import as_points, as_sample_weight, scaled_points
from em_core.wording import number

ROW_SUM_TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class Expectation:
    """The result of an E-step.

    responsibilities: (n, K), read-only, each row sums to 1;
    log_likelihood: total natural log-likelihood of the mixture that was given.
    """

    responsibilities: np.ndarray
    log_likelihood: float


def e_step(
    points: ArrayLike, mixture: GaussianMixture, sample_weight: ArrayLike | None = None
) -> Expectation:
    """Share each point out among the components, by Bayes' rule.

    r_ik = w_k N(x_i | mu_k, Sigma_k) / sum_l w_l N(x_i | mu_l, Sigma_l)   (PRML 9.23)
    log-likelihood = sum_i log sum_l w_l N(x_i | mu_l, Sigma_l)            (PRML 9.28)

    points: (n,) or (n, d); sample_weight: (n,) repeat counts, which weight the log-likelihood.
    Raises InputError when the points do not fit the mixture.
    """
    values = as_points(points, mixture.n_features)
    weight = as_sample_weight(sample_weight, len(values))
    log_joint = np.log(mixture.weights)[:, None] + mixture.log_densities(values).T
    responsibilities, log_evidence = normalised(log_joint)
    total = log_evidence.sum() if weight is None else weight @ log_evidence
    if not np.isfinite(total):
        raise InputError(
            "density-underflow",
            "The points lie so far from every component that their density has no logarithm "
            "in doubles: start with larger variances.",
        )
    return Expectation(read_only(responsibilities.T), float(total))


def normalised(log_joint: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Posterior (K, n) and log evidence (n,) of log joint densities (K, n), by log-sum-exp."""
    peak = log_joint.max(axis=0)
    joint = np.exp(log_joint - peak)
    evidence = joint.sum(axis=0)
    return joint / evidence, np.log(evidence) + peak


def m_step(
    points: ArrayLike,
    responsibilities: ArrayLike,
    covariance_type: CovarianceType = "full",
    sample_weight: ArrayLike | None = None,
) -> GaussianMixture:
    """The mixture that maximises the expected complete-data log-likelihood.

    N_k = sum_i r_ik;  w_k = N_k / n;  mu_k = sum_i r_ik x_i / N_k      (PRML 9.24, 9.26, 9.27)
    Sigma_k = sum_i r_ik (x_i - mu_k)(x_i - mu_k)^T / N_k, mu_k the new mean         (PRML 9.25)

    points: (n,) or (n, d); responsibilities: (n, K); sample_weight: (n,) repeat counts.
    Raises InputError when they do not fit each other, when a component has no points at all
    ("empty"), or when its covariance is not positive definite ("collapsed").
    """
    values = as_points(points)
    shares = _checked_responsibilities(responsibilities, len(values))
    constrain = CONSTRAINTS[checked_covariance_type(covariance_type)]
    weight = as_sample_weight(sample_weight, len(values))
    if weight is not None:
        shares, values, weight = shares[weight > 0], values[weight > 0], weight[weight > 0]
        shares = shares * weight[:, None]
    data = scaled_points(values, values.shape[1], weight, covariance_type == "spherical")
    counts = shares.sum(axis=0)
    _refuse(counts == 0, "empty", "has no share of any point: drop it.")
    means, residuals, covariances = _weighted_moments(data.values.T, shares / counts)
    covariances = constrain(counts, covariances)
    _refuse(
        ~is_usable(covariances),
        "collapsed",
        "has variance 0 in some direction: it rests on too few different points.",
    )
    unit = data.scale[:, None] * data.scale
    return GaussianMixture._trusted(
        counts / counts.sum(), means * data.scale, covariances * unit, residuals * data.scale
    )


def two_sum(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """a + b rounded, and exactly what the rounding took (Knuth, TAOCP 4.2.2)."""
    total = a + b
    from_b = total - a
    return total, (a - (total - from_b)) + (b - from_b)


def _weighted_moments(
    values: np.ndarray, shares: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means (K, d), their residuals and covariances for shares (n, K) with columns summing to 1.

    The mean is taken again about its first value, so an offset in the data costs no digits.
    """
    K, d = shares.shape[1], values.shape[1]
    means, residuals, covariances = np.empty((K, d)), np.empty((K, d)), np.empty((K, d, d))
    for k in range(K):
        share = shares[:, k]
        rough = share @ values
        offsets = values - rough
        shift = share @ offsets
        means[k], residuals[k] = two_sum(rough, shift)
        covariances[k] = (offsets.T * share) @ offsets - np.outer(shift, shift)
    return means, residuals, covariances


def _checked_responsibilities(responsibilities: ArrayLike, n: int) -> np.ndarray:
    try:
        shares = np.asarray(responsibilities, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError("not-numeric", "The responsibilities are not all numbers.") from error
    if shares.ndim != 2 or shares.shape[0] != n or shares.shape[1] == 0:
        raise InputError(
            "shape",
            f"Responsibilities have shape {shares.shape}: give one row for each of {n} points "
            "and one column a component.",
        )
    sums = shares.sum(axis=1)
    wrong = ~((shares >= 0).all(axis=1) & (np.abs(sums - 1.0) <= ROW_SUM_TOLERANCE))
    if wrong.any():
        i = int(np.argmax(wrong))
        raise InputError(
            "responsibilities",
            f"The responsibilities of point {i + 1} sum to {number(sums[i])}: they must be at "
            "least 0 and sum to 1.",
        )
    return shares


def _refuse(wrong: np.ndarray, code: str, text: str) -> None:
    if wrong.any():
        raise InputError(code, f"Component {int(np.argmax(wrong)) + 1} {text}")
