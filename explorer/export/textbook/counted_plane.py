"""EM for points of several numbers of which point i was observed counts[i] times."""

import numpy as np

from explorer.export.textbook.plane import diag, log_density, spherical, tied

__all__ = [
    "diag",
    "e_step",
    "log_density",
    "m_step",
    "raised_to_floor",
    "raised_to_round_floor",
    "spherical",
    "tied",
]

counts = np.ones(1)
"""(n,); the notebook sets it."""


def e_step(points, weights, means, covariances):
    """(n, K) responsibilities, and the log-likelihood of the parameters they were made with."""
    log_joint = np.log(weights) + log_density(points, means, covariances)
    log_evidence = np.logaddexp.reduce(log_joint, axis=1, keepdims=True)
    return np.exp(log_joint - log_evidence), counts @ log_evidence[:, 0]


def m_step(points, responsibilities):
    """The weights, means and covariances that suit the responsibilities best."""
    held = counts[:, None] * responsibilities
    sizes = held.sum(axis=0)
    weights = sizes / counts.sum()
    means = held.T @ points / sizes[:, None]
    offsets = points[:, None, :] - means
    sums = np.einsum("nk,nki,nkj->kij", held, offsets, offsets)
    return weights, means, sums / sizes[:, None, None]


def raised_to_floor(points, covariances, floor):
    """No variance, in any direction, below `floor` times that of all points.

    Directions are compared in units of the points' standard deviation on each axis.
    """
    middle = np.average(points, axis=0, weights=counts)
    deviations = np.sqrt(np.average((points - middle) ** 2, axis=0, weights=counts))
    unit = np.outer(deviations, deviations)
    values, vectors = np.linalg.eigh(covariances / unit)
    values = np.maximum(values, floor)
    return np.einsum("kij,kj,klj->kil", vectors, values, vectors) * unit


def raised_to_round_floor(points, covariances, floor):
    """No variance of round components below `floor` times the average variance of the axes."""
    middle = np.average(points, axis=0, weights=counts)
    variances = np.average((points - middle) ** 2, axis=0, weights=counts)
    return np.maximum(covariances, floor * variances.mean() * np.eye(points.shape[1]))
