"""EM for one and two dimensions in 60-digit arithmetic: slow, naive, independent."""

from mpmath import exp, log, mp, mpf, pi, sqrt

mp.dps = 60


def em(points, start, n_iter, covariance_type="full", sample_weight=None):
    """States after 0..n_iter iterations: (weights, means, covariances, log_likelihood).

    points: rows of floats; start: a GaussianMixture, taken at its exact doubles.
    """
    xs = [[mpf(v) for v in row] for row in points]
    counts = [mpf(1)] * len(xs) if sample_weight is None else [mpf(c) for c in sample_weight]
    weights = [mpf(w) for w in start.weights.tolist()]
    means = [[mpf(v) for v in row] for row in start.means.tolist()]
    covariances = [[[mpf(v) for v in r] for r in c] for c in start.covariances.tolist()]
    states = []
    for t in range(n_iter + 1):
        shares, log_likelihood = _expect(xs, counts, weights, means, covariances)
        states.append((weights, means, covariances, log_likelihood))
        if t < n_iter:
            weights, means, covariances = _maximise(xs, counts, shares, covariance_type)
    return states


def _expect(xs, counts, weights, means, covariances):
    shares, log_likelihood = [], mpf(0)
    for x, count in zip(xs, counts, strict=True):
        joint = [
            w * density(x, mean, cov)
            for w, mean, cov in zip(weights, means, covariances, strict=True)
        ]
        evidence = sum(joint)
        log_likelihood += count * log(evidence)
        shares.append([p / evidence for p in joint])
    return shares, log_likelihood


def density(x, mean, covariance):
    a = x[0] - mean[0]
    if len(x) == 1:
        square, root = a**2 / covariance[0][0], sqrt(covariance[0][0] * 2 * pi)
    else:
        b, ((u, v), (_, w)) = x[1] - mean[1], covariance
        determinant = u * w - v**2
        square = (w * a**2 - 2 * v * a * b + u * b**2) / determinant
        root = sqrt(determinant) * 2 * pi
    if square > 10**7:  # e to the minus five million: nothing beside any other term here
        return mpf(0)
    return exp(-square / 2) / root


def _maximise(xs, counts, shares, covariance_type):
    d, K = len(xs[0]), len(shares[0])
    total = sum(counts)
    sizes, means, covariances = [], [], []
    for k in range(K):
        r = [share[k] * count for share, count in zip(shares, counts, strict=True)]
        size = sum(r)
        mean = [sum(ri * x[a] for ri, x in zip(r, xs, strict=True)) / size for a in range(d)]
        covariances.append(
            [
                [
                    sum(
                        ri * (x[a] - mean[a]) * (x[b] - mean[b])
                        for ri, x in zip(r, xs, strict=True)
                    )
                    / size
                    for b in range(d)
                ]
                for a in range(d)
            ]
        )
        sizes.append(size)
        means.append(mean)
    weights = [size / total for size in sizes]
    return weights, means, _constrain(covariance_type, weights, covariances)


def _constrain(covariance_type, weights, covariances):
    d, K = len(covariances[0]), len(weights)
    if covariance_type == "tied":
        pooled = [
            [sum(weights[k] * covariances[k][a][b] for k in range(K)) for b in range(d)]
            for a in range(d)
        ]
        return [pooled] * K
    if covariance_type == "diag":
        return [[[c[a][b] * (a == b) for b in range(d)] for a in range(d)] for c in covariances]
    if covariance_type == "spherical":
        variances = [sum(c[a][a] for a in range(d)) / d for c in covariances]
        return [[[v * (a == b) for b in range(d)] for a in range(d)] for v in variances]
    return covariances
