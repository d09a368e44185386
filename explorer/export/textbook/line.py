"""EM for points on a line: points (n,), weights, means and variances (K,)."""

import numpy as np


def log_density(points, means, variances):
    """(n, K): log N(x | μ, σ²), one row a point, one column a component."""
    squares = (points[:, None] - means) ** 2 / variances
    return -0.5 * (np.log(2 * np.pi * variances) + squares)


def e_step(points, weights, means, variances):
    """(n, K) responsibilities, and the log-likelihood of the parameters they were made with."""
    log_joint = np.log(weights) + log_density(points, means, variances)
    log_evidence = np.logaddexp.reduce(log_joint, axis=1, keepdims=True)
    return np.exp(log_joint - log_evidence), log_evidence.sum()


def m_step(points, responsibilities):
    """The weights, means and variances that suit the responsibilities best."""
    sizes = responsibilities.sum(axis=0)
    weights = sizes / len(points)
    means = responsibilities.T @ points / sizes
    variances = (responsibilities * (points[:, None] - means) ** 2).sum(axis=0) / sizes
    return weights, means, variances


def tied(weights, variances):
    """All components share one variance: the average, weighted by their sizes."""
    return np.full_like(variances, weights @ variances)


def raised_to_floor(points, variances, floor):
    """No variance below `floor` times the variance of all points."""
    return np.maximum(variances, floor * points.var())
