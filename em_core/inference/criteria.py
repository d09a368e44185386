"""How many components? Criteria that weigh fit against the number of parameters.

All of them are costs: of several fits to the same points the one with the LOWEST value wins.
Each observation counts as often as its weight says, so n is the total weight.
"""

from dataclasses import dataclass
from math import inf, log

import numpy as np
from numpy.typing import ArrayLike

from em_core.mixture import GaussianMixture, n_parameters
from em_core.points import as_sample_weight
from em_core.steps import e_step


def aic(log_likelihood: float, n_parameters: int) -> float:
    """−2 ln L + 2p. Source: Akaike (1974), IEEE Trans. Automatic Control 19, 716–723."""
    return 2 * n_parameters - 2 * log_likelihood


def aicc(log_likelihood: float, n_parameters: int, n: float) -> float:
    """AIC + 2p(p + 1)/(n − p − 1), for when n is small; infinite where n ≤ p + 1.

    Source: Hurvich & Tsai (1989), Biometrika 76, 297–307.
    """
    spare = n - n_parameters - 1
    correction = 2 * n_parameters * (n_parameters + 1) / spare if spare > 0 else inf
    return aic(log_likelihood, n_parameters) + correction


def bic(log_likelihood: float, n_parameters: int, n: float) -> float:
    """−2 ln L + p ln n. Source: Schwarz (1978), Annals of Statistics 6, 461–464."""
    return n_parameters * log(n) - 2 * log_likelihood


def icl(log_likelihood: float, n_parameters: int, n: float, doubt: float) -> float:
    """BIC + 2 × doubt: also a cost for groups that overlap.

    Source: Biernacki, Celeux & Govaert (2000), IEEE Trans. PAMI 22, 719–725, with each point in
    its most probable component, as there and in R's mclust.
    """
    return bic(log_likelihood, n_parameters, n) + 2 * doubt


def entropy(responsibilities: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """−Σ_i w_i Σ_k r_ik ln r_ik of (n, K) responsibilities: 0 where every point is certain."""
    shares = np.asarray(responsibilities, dtype=float)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    return _weighted_sum(-np.sum(shares * logs, axis=1), sample_weight)


def doubt(responsibilities: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """−Σ_i w_i ln max_k r_ik of (n, K) responsibilities: 0 where every point is certain."""
    shares = np.asarray(responsibilities, dtype=float)
    return _weighted_sum(-np.log(shares.max(axis=1)), sample_weight)


def _weighted_sum(of_each_point: np.ndarray, sample_weight: ArrayLike | None) -> float:
    weights = 1.0 if sample_weight is None else np.asarray(sample_weight, dtype=float)
    return float(np.sum(weights * of_each_point))


@dataclass(frozen=True)
class Criteria:
    """What model selection says of one mixture on one data set; lower aic … icl is better.

    entropy and doubt: of the responsibilities, in nats.
    """

    log_likelihood: float
    n_parameters: int
    n: float
    entropy: float
    doubt: float
    aic: float
    aicc: float
    bic: float
    icl: float


def criteria(
    points: ArrayLike,
    mixture: GaussianMixture,
    covariance_type: str = "full",
    sample_weight: ArrayLike | None = None,
) -> Criteria:
    """All criteria of `mixture` on points (n,) or (n, d), with (n,) weights (None: all 1).

    They mean what their sources say where `mixture` maximises the likelihood under
    `covariance_type`. Raises `InputError` as `e_step` does.
    """
    step = e_step(points, mixture, sample_weight)
    n_points = len(step.responsibilities)
    weights = as_sample_weight(sample_weight, n_points)
    n = float(n_points if weights is None else np.sum(weights))
    p = n_parameters(mixture.n_components, mixture.n_features, covariance_type)
    unsure = doubt(step.responsibilities, weights)
    value = step.log_likelihood
    return Criteria(
        log_likelihood=value,
        n_parameters=p,
        n=n,
        entropy=entropy(step.responsibilities, weights),
        doubt=unsure,
        aic=aic(value, p),
        aicc=aicc(value, p, n),
        bic=bic(value, p, n),
        icl=icl(value, p, n, unsure),
    )
