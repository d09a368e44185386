"""The one numerical kernel: a sweep over the points, an E-step and the sums of the M-step in one.

It works on S mixtures at once (S = 1 for a single fit), in cache-sized blocks laid out
(S, K, block), so a million points need no (n, K) array. The sums are of the offsets
y = W (x - mu) with W Sigma W^T = I / 2, about the current means, so that
log N(x) = const - |y|^2; whatever the offset and unit of the data, nothing cancels.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import NamedTuple

import numpy as np

from em_core.mixture import factorise
from em_core.points import ScaledPoints

BLOCK_BYTES = 3 * 2**18
"""Working memory of one block, to stay in a core's level 2 cache."""

LONGEST_BLOCK = 2**13
"""Points in a block at most: over 10 000, BLAS splits a dot product among threads, and on busy
cores waiting for them takes many times longer than the work."""

LOWEST_EXPONENT = -700.0
"""np.exp is many times slower where its result underflows; exp(-700) is 1e-304."""

HIGHEST_EXPONENT = 600.0
"""A log density in scaled coordinates above this is not exponentiated as it stands."""

UNDERFLOWN = 1e-250
"""Beside a smaller evidence exp(LOWEST_EXPONENT) is a share of more than 1e-54."""

STARVED = 1e-16
"""A component with a smaller share of the points is summed again in logs, with no lower bound:
of a larger one, shares of 1e-54 that are really none add nothing to the variance either, which
is over 1e-24 of the squared range where it has not collapsed."""

IDLE = 4 * float(np.finfo(float).eps)
"""Residuals smaller than this, in deviations, are left out of sweeps over many points."""

LOG_PI = float(np.log(np.pi))


@contextmanager
def arithmetic() -> Iterator[None]:
    """NumPy set up for the kernel, and back as it was afterwards.

    No warnings: the outcomes of a run speak for themselves. And a small buffer, since with the
    usual one NumPy copies the (K, 1) operand of every (K, 1) with (b,) operation to full length.
    """
    with np.errstate(all="ignore"):
        np.setbufsize(512)
        yield


def exceeds(array: np.ndarray, limit: float) -> bool:
    """Whether every number is above the limit, which no NaN is.

    For a handful of numbers a reduction takes longer than the rest of a half-step: a list does.
    """
    flat = array.ravel()
    if flat.size < 32:
        return all(map(limit.__lt__, flat.tolist()))
    return bool(np.minimum.reduce(flat) > limit)


class State(NamedTuple):
    """S mixtures in scaled coordinates, with what a sweep needs of them.

    weights (S, K); means (S, K, d), and residuals (S, K, d), what rounding took from them;
    covariances (S, K, d, d) and doubled, twice that; lower and whiten (S, K, d, d), inverse to
    each other, with lower lower^T = 2 Sigma; log_norms (S, K), the log of weight times density
    at the mean.
    """

    weights: np.ndarray
    means: np.ndarray
    residuals: np.ndarray
    covariances: np.ndarray
    doubled: np.ndarray
    lower: np.ndarray
    whiten: np.ndarray
    log_norms: np.ndarray


class Moments(NamedTuple):
    """What a sweep returns: averages over the points, weighted by the responsibilities.

    log_likelihood (S,) of the state, in the data's own unit; free_energy (S,), at the sweep's
    temperature, the log-likelihood itself at 1; counts (S, K), the N_k; first (S, K, d) and
    second (S, K, d, d), the averages of y and of y y^T.
    """

    log_likelihood: np.ndarray
    free_energy: np.ndarray
    counts: np.ndarray
    first: np.ndarray
    second: np.ndarray


def prepare(
    weights: np.ndarray, means: np.ndarray, residuals: np.ndarray, covariances: np.ndarray
) -> State:
    """The state of these arrays."""
    doubled = covariances * 2.0
    factor = factorise(doubled)
    log_norms = np.log(weights) - (factor.half_log_det + 0.5 * means.shape[-1] * LOG_PI)
    return State(
        weights, means, residuals, covariances, doubled, factor.lower, factor.whiten, log_norms
    )


class Shares(NamedTuple):
    """An E-step on a block of b points. Buffers: read them before the next block comes.

    weighted (S, K, b), responsibilities times sample weight; basis (1 + d + d(d+1)/2, S, K, b),
    which holds 1, the y_i and the products y_i y_j, i >= j; sample_weight (b,) or
    None for ones.
    """

    weighted: np.ndarray
    basis: np.ndarray
    sample_weight: np.ndarray | None


class Ease(NamedTuple):
    """no_underflow: no exponent is as low as LOWEST_EXPONENT; no_residuals: they are idle."""

    no_underflow: bool
    no_residuals: bool


NO_EASE = Ease(no_underflow=False, no_residuals=False)


class _Work(NamedTuple):
    """One block of b points and the buffers it is worked in; only the points differ by block.

    basis holds 1, the y_i and the products y_i y_j, i >= j, in rows (S, K, b);
    rows are the views joint[:, k]: adding K long rows is faster than reducing a short axis.
    """

    values: np.ndarray  # (d, b), or (d, S, 1, b) where each mixture has its own
    ones: np.ndarray  # (b,)
    weight: np.ndarray  # (b,) sample weights, ones by default, or (S, b)
    basis: np.ndarray  # (1 + d + d(d+1)/2, S, K, b)
    offsets: list[np.ndarray]  # d times (S, K, b), the y_i in the basis
    joint: np.ndarray  # (S, K, b): log joint densities, then responsibilities
    rows: list[np.ndarray]  # K times (S, b)
    evidence: np.ndarray  # (S, b)
    peak: np.ndarray  # (S, b)


class Sweep:
    """Sweeps over the same points with S mixtures of K components, reusing its buffers."""

    def __init__(
        self, points: ScaledPoints, n_mixtures: int, n_components: int, temperature: float = 1.0
    ) -> None:
        d, n = points.n_features, points.n_points
        rows = (n_mixtures, n_components)
        self._pairs = [(i, j) for i in range(d) for j in range(i + 1)]
        n_basis = 1 + d + len(self._pairs)
        block = min(
            n,
            LONGEST_BLOCK,
            max(64, BLOCK_BYTES // (8 * n_mixtures * n_components * (1 + n_basis))),
        )
        basis, joint = np.empty((n_basis, *rows, block)), np.empty((*rows, block))
        basis[0] = 1.0
        evidence, peak = np.empty((n_mixtures, block)), np.empty((n_mixtures, block))
        self._blocks: list[_Work] = []
        for begin in range(0, n, block):
            end = min(begin + block, n)
            b = end - begin
            ones = np.ones(b) if begin == 0 or b < block else self._blocks[0].ones
            weight = points.sample_weight
            self._blocks.append(
                _Work(
                    points.values[..., begin:end],
                    ones,
                    ones if weight is None else weight[..., begin:end],
                    basis[..., :b],
                    [basis[1 + i, ..., :b] for i in range(d)],
                    joint[..., :b],
                    [joint[:, k, :b] for k in range(n_components)],
                    evidence[:, :b],
                    peak[:, :b],
                )
            )
        self._temperature = temperature
        within = tuple(range(1, points.values.ndim))
        self._lowest, self._highest = points.values.min(within), points.values.max(within)
        self._fewest = STARVED * float(np.max(points.total_weight))
        self._log_unit = points.total_weight * float(np.log(points.scale).sum())

    def narrowed(self, chosen: np.ndarray) -> "Sweep":
        """The same for the chosen mixtures (S,) alone, working in the same buffers."""
        m = int(np.count_nonzero(chosen))
        narrow = copy(self)
        narrow._blocks = [
            work._replace(
                values=work.values if work.values.ndim == 2 else work.values[:, chosen],
                weight=work.weight if work.weight.ndim == 1 else work.weight[chosen],
                basis=work.basis[:, :m],
                offsets=[y[:m] for y in work.offsets],
                joint=work.joint[:m],
                rows=[row[:m] for row in work.rows],
                evidence=work.evidence[:m],
                peak=work.peak[:m],
            )
            for work in self._blocks
        ]
        if np.ndim(self._log_unit):
            narrow._log_unit = self._log_unit[chosen]
        return narrow

    def __call__(self, state: State, about: State | None = None, in_logs: bool = False) -> Moments:
        """Moments about the means of `about` (by default of the state itself).

        The responsibilities are the posterior under `state` either way (PRML 9.23). They are
        taken in logs, without lower bound, where a component is starved, where a sum of squares is
        more than a double holds, or when asked for.
        """
        about = about or state
        ease = self._ease(state) if len(self._blocks) > 1 else NO_EASE
        temperature = self._temperature
        totals, sums = _total(
            [_block_sums(w, state, about, ease, temperature) for w in self._blocks]
        )
        log_likelihood, free_energy = totals if temperature != 1 else (totals, totals)
        counts = sums[0]
        if in_logs or not (exceeds(counts, self._fewest) and exceeds(-sums, -np.inf)):
            counts, sums = self._sums_in_logs(state, about)
        averages = sums[1:] / sums[0]
        first, second = self._unpacked(averages)
        log_likelihood = log_likelihood - self._log_unit
        free_energy = log_likelihood if temperature == 1 else free_energy - self._log_unit
        return Moments(log_likelihood, free_energy, counts, first, second)

    def shares(self, state: State) -> Iterator[Shares]:
        """The E-step of `state` block by block, for whoever needs more than its moments."""
        for work in self._blocks:
            _block_sums(work, state, state, NO_EASE, self._temperature)
            weight = None if work.weight is work.ones else work.weight
            yield Shares(work.joint, work.basis, weight)

    def reach(self, means: np.ndarray) -> np.ndarray:
        """(S, K, d) how far the farthest point lies from each mean, axis by axis."""
        return np.maximum(np.abs(self._lowest - means), np.abs(self._highest - means))

    def _ease(self, state: State) -> "Ease":
        """What every block can be spared, from bounds that hold for all points."""
        farthest = (np.abs(state.whiten) @ self.reach(state.means)[..., None])[..., 0]
        lowest = state.log_norms - np.square(farthest).sum(axis=-1)
        lost = (np.abs(state.whiten) @ np.abs(state.residuals)[..., None])[..., 0]
        return Ease(
            no_underflow=exceeds(lowest, LOWEST_EXPONENT), no_residuals=exceeds(-lost, -IDLE)
        )

    def _unpacked(self, averages: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(S, K, d) of the y_i and (S, K, d, d) of the y_i y_j."""
        if len(averages) == 2:
            return averages[0, ..., None], averages[1, ..., None, None]
        d = len(self._blocks[0].offsets)
        second = np.empty((*averages.shape[1:], d, d))
        for (i, j), average in zip(self._pairs, averages[d:], strict=True):
            second[..., i, j] = second[..., j, i] = average
        return averages[:d].transpose(1, 2, 0), second

    def _sums_in_logs(self, state: State, about: State) -> tuple[np.ndarray, np.ndarray]:
        """Counts, and sums of the basis, each component's relative to its largest share.

        A component whose count is 0 even so has no averages: they become NaN.
        """
        largest = np.full(state.weights.shape, np.finfo(float).min)
        for work in self._blocks:
            logs = _log_shares(work, state, self._temperature)
            largest = np.maximum(largest, logs.max(axis=-1))
        parts = []
        for work in self._blocks:
            logs = _log_shares(work, state, self._temperature)
            np.exp(logs - largest[..., None], out=work.joint)
            parts.append((largest, _basis_sums(work, state, about, within_reach=True)))
        sums = _total(parts)[1]
        counts = np.exp(largest + np.log(sums[0]))
        return counts, np.where(counts > 0, sums, np.nan)


def _total(parts: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    if len(parts) == 1:
        return parts[0]
    first, second = zip(*parts, strict=True)
    return np.sum(first, axis=0), np.sum(second, axis=0)


def _block_sums(
    work: _Work, state: State, about: State, ease: Ease, temperature: float
) -> tuple[np.ndarray, np.ndarray]:
    """In scaled units the log-likelihood (S,), or it and the free energy (2, S), where they are
    not the same; and the sums of the basis (1 + d + ..., S, K)."""
    if temperature != 1:
        log_evidence, free_energy = _share_out_at(work, state, temperature)
        np.multiply(work.joint, work.weight[..., None, :], out=work.joint)
        totals = np.stack([np.vecdot(each, work.weight) for each in (log_evidence, free_energy)])
        return totals, _basis_sums(work, state, about)
    joint, evidence = work.joint, work.evidence
    _log_joint(work, state, ease)
    if not ease.no_underflow:
        np.maximum(joint, LOWEST_EXPONENT, out=joint)
    np.exp(joint, out=joint)
    _accumulate(np.add, work.rows, evidence)
    if exceeds(evidence, UNDERFLOWN) and not _may_overflow(state):
        np.divide(joint, evidence[:, None], out=joint)
        np.log(evidence, out=evidence)
    else:
        _share_out_by_peak(work, state)
    if work.weight is not work.ones:
        np.multiply(joint, work.weight[..., None, :], out=joint)
    return np.vecdot(evidence, work.weight), _basis_sums(work, state, about)


def _may_overflow(state: State) -> bool:
    """Whether a density in scaled coordinates may be too large for a double (never if d = 1)."""
    return state.means.shape[-1] > 1 and float(state.log_norms.max()) > HIGHEST_EXPONENT


def _share_out_by_peak(work: _Work, state: State) -> None:
    """work.joint <- responsibilities, work.evidence <- log evidence, by log-sum-exp."""
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


def _share_out_at(work: _Work, state: State, temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """work.joint <- responsibilities at a temperature other than 1.

    Returns the log evidence (S, b) and each point's free energy (S, b),
    T log sum_k (w_k N_k)^(1/T), which at T = 0 is the largest log w_k N_k.
    """
    joint = work.joint
    _log_joint(work, state)
    peak = joint.max(axis=1)
    np.subtract(joint, peak[:, None], out=joint)
    log_evidence = np.log(np.exp(np.maximum(joint, LOWEST_EXPONENT)).sum(axis=1)) + peak
    if temperature == 0:
        joint[...] = _first_largest(joint)
        return log_evidence, peak
    np.divide(joint, temperature, out=joint)
    np.maximum(joint, LOWEST_EXPONENT, out=joint)
    np.exp(joint, out=joint)
    partition = joint.sum(axis=1)
    np.divide(joint, partition[:, None], out=joint)
    return log_evidence, temperature * np.log(partition) + peak


def _first_largest(joint: np.ndarray) -> np.ndarray:
    """(S, K, b) whether a component is the first of a point's likeliest."""
    return joint.argmax(axis=1)[:, None] == np.arange(joint.shape[1])[:, None]


def _accumulate(operation: np.ufunc, rows: list[np.ndarray], out: np.ndarray) -> None:
    if len(rows) == 1:
        out[...] = rows[0]
        return
    operation(rows[0], rows[1], out=out)
    for row in rows[2:]:
        operation(out, row, out=out)


def _log_joint(work: _Work, state: State, ease: Ease = NO_EASE) -> None:
    """work.joint <- log w_k N(x | mu_k, Sigma_k) = log_norm_k - |y|^2; fills the basis too."""
    _fill_basis(work, state, state, ease)
    d = len(work.offsets)
    log_norms, joint = state.log_norms[..., None], work.joint
    for i in range(d):
        square = work.basis[d + (i + 1) * (i + 2) // 2]
        np.subtract(joint if i else log_norms, square, out=joint)


def _fill_basis(work: _Work, state: State, about: State, ease: Ease = NO_EASE) -> None:
    """The y_i and y_i y_j of y = W (x - mu), W of the state, mu of `about`.

    x - mu is exact near mu, and the residual restores what rounding took from mu.
    """
    offsets, basis, whiten = work.offsets, work.basis, state.whiten
    d = len(offsets)
    for i, y in enumerate(offsets):
        np.subtract(work.values[i], about.means[..., i, None], out=y)
        if not ease.no_residuals:
            np.subtract(y, about.residuals[..., i, None], out=y)
    for i in reversed(range(d)):
        y = offsets[i]
        np.multiply(y, whiten[..., i, i, None], out=y)
        for j in range(i):
            np.multiply(offsets[j], whiten[..., i, j, None], out=basis[-1])
            np.add(y, basis[-1], out=y)
    row = 1 + d
    for i in range(d):
        for j in range(i + 1):
            np.multiply(offsets[i], offsets[j], out=basis[row])
            row += 1


def _basis_sums(work: _Work, state: State, about: State, within_reach: bool = False) -> np.ndarray:
    """Sums of the basis about the means of `about`, weighted by work.joint: counts come first.

    within_reach: without the points so far from a component that the square of their distance
    is no double; it has no share of them.
    """
    if about is not state:
        _fill_basis(work, state, about)
    if within_reach:
        np.nan_to_num(work.basis, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    return np.vecdot(work.joint, work.basis)


def _log_shares(work: _Work, state: State, temperature: float) -> np.ndarray:
    """(S, K, b) log of responsibility times sample weight, however small."""
    _log_joint(work, state)
    np.nan_to_num(work.joint, copy=False, nan=-np.inf, neginf=-np.inf)
    if temperature == 0:
        logs = np.where(_first_largest(work.joint), 0.0, -np.inf)
    else:
        logs = (work.joint - work.joint.max(axis=1, keepdims=True)) / temperature
        logs -= np.logaddexp.reduce(logs, axis=1, keepdims=True)
    return logs + np.log(work.weight)[..., None, :]
