"""What rules change: how hard points are shared out, and which parameters are held."""

import numpy as np


def shared_out(log_joint, temperature):
    """(n, K) shares in proportion to (w N)^(1 / T); at T = 0 all of it to the likeliest."""
    if temperature == 0:
        return (log_joint.argmax(axis=1)[:, None] == np.arange(log_joint.shape[1])).astype(float)
    powers = np.exp((log_joint - log_joint.max(axis=1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def equal(weights):
    """All components weigh the same."""
    return np.full_like(weights, 1 / len(weights))


def beside_held(weights, before, held):
    """The components in `held` keep their weights; the others share the rest as they did."""
    free = np.setdiff1d(np.arange(len(weights)), held)
    found = before.copy()
    found[free] = before[free].sum() * weights[free] / weights[free].sum()
    return found


def variances_about(points, shares, means):
    """The variances about these means, which need not be those of the shares."""
    return (shares * (points[:, None] - means) ** 2).sum(axis=0) / shares.sum(axis=0)


def covariances_about(points, shares, means):
    """The covariances about these means, which need not be those of the shares."""
    offsets = points[:, None, :] - means
    sums = np.einsum("nk,nki,nkj->kij", shares, offsets, offsets)
    return sums / shares.sum(axis=0)[:, None, None]
