"""EM for points of d numbers: points (n, d), weights (K,), means (K, d), covariances (K, d, d)."""

import numpy as np


def log_density(points, means, covariances):
    """(n, K): log N(x | μ, Σ), one row a point, one column a component."""
    offsets = points[:, None, :] - means
    precisions = np.linalg.inv(covariances)
    squares = np.einsum("nki,kij,nkj->nk", offsets, precisions, offsets)
    log_determinants = np.linalg.slogdet(covariances)[1]
    return -0.5 * (points.shape[1] * np.log(2 * np.pi) + log_determinants + squares)


def e_step(points, weights, means, covariances):
    """(n, K) responsibilities, and the log-likelihood of the parameters they were made with."""
    log_joint = np.log(weights) + log_density(points, means, covariances)
    log_evidence = np.logaddexp.reduce(log_joint, axis=1, keepdims=True)
    return np.exp(log_joint - log_evidence), log_evidence.sum()


def m_step(points, responsibilities):
    """The weights, means and covariances that suit the responsibilities best."""
    sizes = responsibilities.sum(axis=0)
    weights = sizes / len(points)
    means = responsibilities.T @ points / sizes[:, None]
    offsets = points[:, None, :] - means
    sums = np.einsum("nk,nki,nkj->kij", responsibilities, offsets, offsets)
    return weights, means, sums / sizes[:, None, None]


def tied(weights, covariances):
    """All components share one covariance: the average, weighted by their sizes."""
    shared = np.einsum("k,kij->ij", weights, covariances)
    return np.broadcast_to(shared, covariances.shape)


def diag(covariances):
    """Axes that do not vary together: only the variances are kept."""
    return covariances * np.eye(covariances.shape[1])


def spherical(covariances):
    """Round components: the same variance, the average, on all axes."""
    d = covariances.shape[1]
    variances = np.trace(covariances, axis1=1, axis2=2) / d
    return variances[:, None, None] * np.eye(d)


def raised_to_floor(points, covariances, floor):
    """No variance, in any direction, below `floor` times that of all points.

    Directions are compared in units of the points' standard deviation on each axis.
    """
    deviations = points.std(axis=0)
    unit = np.outer(deviations, deviations)
    values, vectors = np.linalg.eigh(covariances / unit)
    values = np.maximum(values, floor)
    return np.einsum("kij,kj,klj->kil", vectors, values, vectors) * unit


def raised_to_round_floor(points, covariances, floor):
    """No variance of round components below `floor` times the average variance of the axes."""
    return np.maximum(covariances, floor * points.var(axis=0).mean() * np.eye(points.shape[1]))
