"""The one numerical kernel: a sweep over the points, an E-step and the sums of the M-step in one.

It works on S mixtures at once (S = 1 for a single fit), in cache-sized blocks laid out
(S, K, block), so a million points need no (n, K) array. The sums are of the offsets
y = W (x - mu) with W Sigma W^T = I / 2, about the current means, so that
log N(x) = const - |y|^2; whatever the offset and unit of the data, nothing cancels.
"""

from typing import NamedTuple

import numpy as np

from em_core.mixture import LOG_2PI, factorise
from em_core.points import ScaledPoints

BLOCK_BYTES = 3 * 2**18
"""Working memory of one block, to stay in a core's level 2 cache."""

LOWEST_EXPONENT = -700.0
"""np.exp is many times slower where its result underflows; exp(-700) is 1e-304."""

STARVED = 1e-280
"""A component with a smaller share of the points is summed again in logs, with no lower bound."""

SQRT_2 = float(np.sqrt(2.0))


def smallest(array: np.ndarray) -> float:
    """array.min(), which on a handful of numbers takes longer than all else in a half-step."""
    return min(array.ravel().tolist()) if array.size < 32 else float(array.min())


class State(NamedTuple):
    """S mixtures in scaled coordinates, with what a sweep needs of them.

    weights (S, K); means (S, K, d), and residuals (S, K, d), what rounding took from them;
    covariances (S, K, d, d); lower and whiten (S, K, d, d), inverse to each other, with
    lower lower^T = 2 Sigma; log_norms (S, K), the log of weight times density at the mean.
    """

    weights: np.ndarray
    means: np.ndarray
    residuals: np.ndarray
    covariances: np.ndarray
    lower: np.ndarray
    whiten: np.ndarray
    log_norms: np.ndarray


class Moments(NamedTuple):
    """What a sweep returns: averages over the points, weighted by the responsibilities.

    log_likelihood (S,) of the state; counts (S, K), the N_k;
    first (S, K, d) and second (S, K, d, d), the averages of y and of y y^T.
    """

    log_likelihood: np.ndarray
    counts: np.ndarray
    first: np.ndarray
    second: np.ndarray


def prepare(
    weights: np.ndarray,
    means: np.ndarray,
    residuals: np.ndarray,
    covariances: np.ndarray,
    log_unit: float,
) -> State:
    """The state of these arrays. log_unit: log of the scaled coordinates' unit of volume."""
    factor = factorise(covariances)
    constant = log_unit + 0.5 * means.shape[-1] * LOG_2PI
    log_norms = np.log(weights) - (factor.half_log_det + constant)
    return State(
        weights,
        means,
        residuals,
        covariances,
        factor.lower * SQRT_2,
        factor.whiten * (1 / SQRT_2),
        log_norms,
    )


class _Work(NamedTuple):
    """One block of b points and the buffers it is worked in; only the points differ by block.

    rows are the views joint[:, k]: adding K long rows is faster than reducing a short axis.
    """

    values: np.ndarray  # (d, b)
    ones: np.ndarray  # (b,)
    weight: np.ndarray  # (b,) sample weights, ones by default
    offsets: np.ndarray  # (d, S, K, b): y, axis by axis
    squares: np.ndarray  # (d, S, K, b)
    joint: np.ndarray  # (S, K, b): log joint densities, then responsibilities
    rows: list[np.ndarray]  # K times (S, b)
    evidence: np.ndarray  # (S, b)
    peak: np.ndarray  # (S, b)


class Sweep:
    """Sweeps over the same points with S mixtures of K components, reusing its buffers."""

    def __init__(self, points: ScaledPoints, n_mixtures: int, n_components: int) -> None:
        d, n = points.values.shape
        S, K = n_mixtures, n_components
        block = min(n, max(64, BLOCK_BYTES // (8 * S * K * (2 * d + 1))))
        offsets, squares = np.empty((d, S, K, block)), np.empty((d, S, K, block))
        joint, evidence, peak = (np.empty((*rows, block)) for rows in ((S, K), (S,), (S,)))
        ones = np.ones(block)
        self._blocks = []
        for begin in range(0, n, block):
            end = min(begin + block, n)
            b = end - begin
            weight = points.sample_weight
            self._blocks.append(
                _Work(
                    points.values[:, begin:end],
                    unit := ones[:b],
                    unit if weight is None else weight[begin:end],
                    offsets[..., :b],
                    squares[..., :b],
                    joint[..., :b],
                    [joint[:, k, :b] for k in range(K)],
                    evidence[..., :b],
                    peak[..., :b],
                )
            )
        self._fewest = STARVED * points.total_weight

    def __call__(self, state: State, about: State | None = None, in_logs: bool = False) -> Moments:
        """Moments about the means of `about` (by default of the state itself).

        The responsibilities are the posterior under `state` either way (PRML 9.23). They are
        taken in logs, without lower bound, where a component is starved or when asked for.
        """
        about = about or state
        log_likelihood, counts, first, second = _total(
            [_block_sums(work, state, about) for work in self._blocks]
        )
        shares = counts
        if in_logs or smallest(counts) < self._fewest:
            counts, shares, first, second = self._sums_in_logs(state, about)
        first /= shares
        second /= shares
        return Moments(
            log_likelihood, counts, first.transpose(1, 2, 0), second.transpose(2, 3, 0, 1)
        )

    def _sums_in_logs(self, state: State, about: State) -> tuple[np.ndarray, ...]:
        """Counts, and sums of 1, y and y y^T, each component's relative to its largest share."""
        largest = np.full(state.weights.shape, np.finfo(float).min)
        for work in self._blocks:
            largest = np.maximum(largest, _log_shares(work, state).max(axis=-1))
        parts = []
        for work in self._blocks:
            np.exp(_log_shares(work, state) - largest[..., None], out=work.joint)
            parts.append(_weighted_sums(work, state, about))
        shares, first, second = _total(parts)
        return np.exp(largest + np.log(shares)), shares, first, second


def _total(parts: list[tuple[np.ndarray, ...]]) -> tuple[np.ndarray, ...]:
    if len(parts) == 1:
        return parts[0]
    return tuple(np.sum(part, axis=0) for part in zip(*parts, strict=True))


def _block_sums(work: _Work, state: State, about: State) -> tuple[np.ndarray, ...]:
    """log-likelihood (S,), counts (S, K) and the sums of r y (d, S, K), r y y^T (d, d, S, K)."""
    joint, evidence, peak = work.joint, work.evidence, work.peak
    _log_joint(work, state)
    _accumulate(np.maximum, work.rows, peak)
    np.subtract(joint, peak[:, None], out=joint)
    np.maximum(joint, LOWEST_EXPONENT, out=joint)
    np.exp(joint, out=joint)
    _accumulate(np.add, work.rows, evidence)
    np.divide(joint, evidence[:, None], out=joint)
    np.log(evidence, out=evidence)
    np.add(evidence, peak, out=evidence)
    if work.weight is not work.ones:
        np.multiply(joint, work.weight, out=joint)
    return np.vecdot(evidence, work.weight), *_weighted_sums(work, state, about)


def _accumulate(operation: np.ufunc, rows: list[np.ndarray], out: np.ndarray) -> None:
    if len(rows) == 1:
        out[...] = rows[0]
        return
    operation(rows[0], rows[1], out=out)
    for row in rows[2:]:
        operation(out, row, out=out)


def _log_joint(work: _Work, state: State) -> None:
    """work.joint <- log w_k N(x | mu_k, Sigma_k) = log_norm_k - |y|^2; leaves y and squares."""
    _offsets(work, state, state)
    np.subtract(state.log_norms[..., None], work.squares[0], out=work.joint)
    for square in work.squares[1:]:
        np.subtract(work.joint, square, out=work.joint)


def _offsets(work: _Work, state: State, about: State) -> None:
    """work.offsets <- y = W (x - mu), W of the state, mu of `about`; and their squares.

    x - mu is exact near mu, and the residual restores what rounding took from mu.
    """
    axes = range(len(work.values))
    for i in axes:
        y = work.offsets[i]
        np.subtract(work.values[i], about.means[..., i, None], out=y)
        np.subtract(y, about.residuals[..., i, None], out=y)
    for i in reversed(axes):
        y = work.offsets[i]
        np.multiply(y, state.whiten[..., i, i, None], out=y)
        for j in range(i):
            np.multiply(work.offsets[j], state.whiten[..., i, j, None], out=work.squares[0])
            np.add(y, work.squares[0], out=y)
    np.multiply(work.offsets, work.offsets, out=work.squares)


def _weighted_sums(work: _Work, state: State, about: State) -> tuple[np.ndarray, ...]:
    """Sums weighted by work.joint: counts, those of y, those of y y^T."""
    if about is not state:
        _offsets(work, state, about)
    shares, offsets, squares = work.joint, work.offsets, work.squares
    d = len(offsets)
    first = np.empty((d, *shares.shape[:2]))
    second = np.empty((d, d, *shares.shape[:2]))
    for i in range(d):
        np.vecdot(shares, offsets[i], out=first[i])
        np.vecdot(shares, squares[i], out=second[i, i])
        if i:
            np.multiply(shares, offsets[i], out=squares[i])
        for j in range(i):
            second[i, j] = second[j, i] = np.vecdot(squares[i], offsets[j])
    return np.vecdot(shares, work.ones), first, second


def _log_shares(work: _Work, state: State) -> np.ndarray:
    """(S, K, b) log of responsibility times sample weight, however small."""
    _log_joint(work, state)
    logs = work.joint - np.logaddexp.reduce(work.joint, axis=1, keepdims=True)
    return logs + np.log(work.weight)
