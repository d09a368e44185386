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
from em_core.rules import PLAIN, Rules
from em_core.wording import number

ROW_SUM_TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class Expectation:
    """The result of an E-step.

    responsibilities: (n, K), read-only, each row sums to 1;
    log_likelihood: total natural log-likelihood of the mixture that was given;
    free_energy: the largest sum_ik r_ik log(w_k N_ik) + T entropy(r) at temperature T, which
    these responsibilities reach (Neal & Hinton 1998); the log-likelihood at temperature 1.
    """

    responsibilities: np.ndarray
    log_likelihood: float
    free_energy: float


def e_step(
    points: ArrayLike,
    mixture: GaussianMixture,
    sample_weight: ArrayLike | None = None,
    rules: Rules = PLAIN,
) -> Expectation:
    """Share each point out among the components, by Bayes' rule.

    r_ik = w_k N(x_i | mu_k, Sigma_k) / sum_l w_l N(x_i | mu_l, Sigma_l)   (PRML 9.23)
    log-likelihood = sum_i log sum_l w_l N(x_i | mu_l, Sigma_l)            (PRML 9.28)

    points: (n,) or (n, d); sample_weight: (n,) repeat counts, which weight the log-likelihood;
    rules: their temperature T, at which r_ik is proportional to (w_k N_ik)^(1/T).
    Raises InputError when the points do not fit the mixture.
    """
    values = as_points(points, mixture.n_features)
    weight = as_sample_weight(sample_weight, len(values))
    joint = log_joint(values, mixture)
    responsibilities, log_evidence = shared_out(joint)
    total = _total(log_evidence, weight)
    if not np.isfinite(total):
        raise InputError(
            "density-underflow",
            "The points lie so far from every component that their density has no logarithm "
            "in doubles: start with larger variances.",
        )
    free_energy = total
    if rules.temperature != 1:
        responsibilities, energies = shared_out(joint, rules.temperature)
        free_energy = _total(energies, weight)
    return Expectation(read_only(responsibilities.T), total, free_energy)


def log_joint(points: np.ndarray, mixture: GaussianMixture) -> np.ndarray:
    """(K, n) log w_k N(x_i | mu_k, Sigma_k)."""
    return np.log(mixture.weights)[:, None] + mixture.log_densities(points).T


def shared_out(joint: np.ndarray, temperature: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Responsibilities (K, n) of log joint densities (K, n), and each point's free energy (n,):
    T log sum_k (w_k N_k)^(1/T), the log evidence at T = 1. By log-sum-exp."""
    peak = joint.max(axis=0)
    if temperature == 0:
        return _hard(joint).astype(float), peak
    powers = np.exp(_below_peak(joint, temperature))
    partition = powers.sum(axis=0)
    return powers / partition, temperature * np.log(partition) + peak


def log_shares(joint: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """(K, n) logs of the responsibilities, however small; -inf for a share of 0."""
    if temperature == 0:
        return np.where(_hard(joint), 0.0, -np.inf)
    logs = _below_peak(joint, temperature)
    return logs - np.logaddexp.reduce(logs, axis=0)


def _below_peak(joint: np.ndarray, temperature: float) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        return (joint - joint.max(axis=0)) / temperature


def _hard(joint: np.ndarray) -> np.ndarray:
    """(K, n) whether a component is the first of a point's likeliest."""
    return joint.argmax(axis=0) == np.arange(len(joint))[:, None]


def _total(of_points: np.ndarray, weight: np.ndarray | None) -> float:
    return float(of_points.sum() if weight is None else weight @ of_points)


def m_step(
    points: ArrayLike,
    responsibilities: ArrayLike,
    covariance_type: CovarianceType = "full",
    sample_weight: ArrayLike | None = None,
    rules: Rules = PLAIN,
    before: GaussianMixture | None = None,
) -> GaussianMixture:
    """The mixture that maximises the expected complete-data log-likelihood.

    N_k = sum_i r_ik;  w_k = N_k / n;  mu_k = sum_i r_ik x_i / N_k      (PRML 9.24, 9.26, 9.27)
    Sigma_k = sum_i r_ik (x_i - mu_k)(x_i - mu_k)^T / N_k, mu_k the new mean         (PRML 9.25)

    points: (n,) or (n, d); responsibilities: (n, K); sample_weight: (n,) repeat counts; rules:
    what is fixed, at the values of `before`, which is needed only for that.
    Raises InputError when they do not fit each other, when a component has no points at all
    ("empty"), or when its covariance is not positive definite ("collapsed").
    """
    values = as_points(points)
    shares = _checked_responsibilities(responsibilities, len(values))
    constrain = CONSTRAINTS[checked_covariance_type(covariance_type)]
    rules.check(shares.shape[1], covariance_type)
    before = _holding(rules, before, (shares.shape[1], values.shape[1]))
    weight = as_sample_weight(sample_weight, len(values))
    if weight is not None:
        shares, values, weight = shares[weight > 0], values[weight > 0], weight[weight > 0]
        shares = shares * weight[:, None]
    data = scaled_points(values, values.shape[1], weight, covariance_type == "spherical")
    counts = shares.sum(axis=0)
    _refuse(counts == 0, "empty", "has no share of any point: drop it.")
    means, residuals, covariances = _weighted_moments(
        data.values.T, shares / counts, _held_means(rules, before, data.scale)
    )
    unit = data.scale[:, None] * data.scale
    covariances = constrain(counts, covariances) * unit
    held_weights = counts
    if before is not None:
        held_weights, fixed = before.weights, list(rules.fixed_covariances)
        covariances[fixed] = before.covariances[fixed]
    _refuse(
        ~is_usable(covariances),
        "collapsed",
        "has variance 0 in some direction: it rests on too few different points.",
    )
    weights = rules.weights(counts, counts.sum(), held_weights)
    return GaussianMixture._trusted(
        weights, means * data.scale, covariances, residuals * data.scale
    )


def _holding(
    rules: Rules, before: GaussianMixture | None, shape: tuple[int, int]
) -> GaussianMixture | None:
    """The mixture with the fixed values, checked; None where nothing is fixed."""
    if not (rules.fixed_weights or rules.fixed_means or rules.fixed_covariances):
        return None
    if before is None:
        raise InputError(
            "missing", "The rules fix parameters: give `before`, the mixture that holds them."
        )
    if before.means.shape != shape:
        raise InputError(
            "shape",
            f"`before` has {before.n_components} components in {before.n_features} dimensions "
            f"and the rest has {shape[0]} in {shape[1]}: give the same.",
        )
    return before


def _held_means(
    rules: Rules, before: GaussianMixture | None, scale: np.ndarray
) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    if before is None:
        return {}
    return {
        k: (before.means[k] / scale, before.means_residual[k] / scale) for k in rules.fixed_means
    }


def two_sum(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """a + b rounded, and exactly what the rounding took (Knuth, TAOCP 4.2.2)."""
    total = a + b
    from_b = total - a
    return total, (a - (total - from_b)) + (b - from_b)


def _weighted_moments(
    values: np.ndarray,
    shares: np.ndarray,
    held: dict[int, tuple[np.ndarray, np.ndarray]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means (K, d), their residuals and covariances for shares (n, K) with columns summing to 1.

    held: component -> mean and residual that stay as they are.
    """
    K, d = shares.shape[1], values.shape[1]
    means, residuals, covariances = np.empty((K, d)), np.empty((K, d)), np.empty((K, d, d))
    for k in range(K):
        if k in held:
            means[k], residuals[k] = held[k]
            deviations = values - means[k] - residuals[k]
        else:
            means[k], residuals[k], deviations = centred(values, shares[:, k])
        covariances[k] = scatter(deviations, shares[:, k])
    return means, residuals, covariances


def centred(values: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean (d,) of values (n, d) with shares (n,) that sum to 1, what rounding took from it, and
    the values less that mean (n, d).

    The mean is taken again about its first value, so an offset in the data costs no digits.
    """
    rough = share @ values
    offsets = values - rough
    shift = share @ offsets
    mean, residual = two_sum(rough, shift)
    return mean, residual, offsets - shift


def scatter(deviations: np.ndarray, share: np.ndarray) -> np.ndarray:
    """(d, d) average of the products of deviations (n, d), for shares (n,) that sum to 1."""
    return np.asarray((deviations.T * share) @ deviations)


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
