"""EM for points on a line of which point i was observed counts[i] times."""

import numpy as np

from explorer.export.textbook.line import log_density, tied

__all__ = ["e_step", "log_density", "m_step", "raised_to_floor", "tied"]

counts = np.ones(1)
"""(n,); the notebook sets it."""


def e_step(points, weights, means, variances):
    """(n, K) responsibilities, and the log-likelihood of the parameters they were made with."""
    log_joint = np.log(weights) + log_density(points, means, variances)
    log_evidence = np.logaddexp.reduce(log_joint, axis=1, keepdims=True)
    return np.exp(log_joint - log_evidence), counts @ log_evidence[:, 0]


def m_step(points, responsibilities):
    """The weights, means and variances that suit the responsibilities best."""
    held = counts[:, None] * responsibilities
    sizes = held.sum(axis=0)
    weights = sizes / counts.sum()
    means = held.T @ points / sizes
    variances = (held * (points[:, None] - means) ** 2).sum(axis=0) / sizes
    return weights, means, variances


def raised_to_floor(points, variances, floor):
    """No variance below `floor` times the variance of all points."""
    middle = np.average(points, weights=counts)
    return np.maximum(variances, floor * np.average((points - middle) ** 2, weights=counts))
