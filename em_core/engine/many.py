"""Many starts at once: one batched computation, each start with its own end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.engine import Engine, Maximum
from em_core.engine.kernel import Moments, State, arithmetic
from em_core.errors import InputError
from em_core.mixture import CovarianceType, GaussianMixture, read_only
from em_core.options import check_options
from em_core.outcome import Outcome
from em_core.points import ScaledPoints, scaled_points

BATCH_ELEMENTS = 2**18
"""Starts x components x points worked on together; beyond it starts go in several batches."""


Batch = TypeVar("Batch", State, Moments, Maximum)


@dataclass(frozen=True, eq=False)
class Fits:
    """Where each of S starts ended.

    weights (S, K), means (S, K, d), covariances (S, K, d, d), log_likelihoods (S,): the last
    finite parameters and the log-likelihood that belongs to them; outcomes: S of "converged",
    "max_iter", "collapsed", "empty"; iterations (S,): how many full iterations each took.
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    means_residuals: np.ndarray
    log_likelihoods: np.ndarray
    outcomes: tuple[Outcome, ...]
    iterations: np.ndarray

    def __len__(self) -> int:
        return len(self.outcomes)

    def mixture(self, s: int) -> GaussianMixture:
        """Where start `s` ended."""
        return GaussianMixture._trusted(
            self.weights[s], self.means[s], self.covariances[s], self.means_residuals[s]
        )


@dataclass(frozen=True)
class Best:
    """The start that ended highest, and how many were passed over for having collapsed.

    collapsed: whether the winner itself has collapsed or is empty, which is so only when all
    of them are; note: what to know of the choice, in one sentence.
    """

    index: int
    mixture: GaussianMixture
    log_likelihood: float
    collapsed: bool
    note: str


def fit_many(
    points: ArrayLike,
    starts: Sequence[GaussianMixture],
    covariance_type: CovarianceType = "full",
    max_iter: int = 200,
    tol: float = 1e-6,
    sample_weight: ArrayLike | None = None,
    variance_floor: float = 0.0,
) -> Fits:
    """Run EM from every start, all with as many components, as `fit` would from each alone.

    Raises InputError as `fit` does, and when there are no starts or they differ in shape.
    """
    check_options(covariance_type, max_iter, tol, variance_floor)
    if not starts:
        raise InputError("no-starts", "There are no starts: give at least one.")
    shape = starts[0].means.shape
    for s, start in enumerate(starts):
        if start.means.shape != shape:
            raise InputError(
                "shape",
                f"Start {s + 1} has {start.n_components} components in {start.n_features} "
                f"dimensions and start 1 {shape[0]} in {shape[1]}: give all the same.",
            )
    data = scaled_points(points, shape[1], sample_weight, covariance_type == "spherical")
    at_once = max(1, BATCH_ELEMENTS // (shape[0] * data.n_points))
    batches = [starts[begin : begin + at_once] for begin in range(0, len(starts), at_once)]
    with arithmetic():
        ends = [
            _run(data, batch, covariance_type, max_iter, tol, variance_floor) for batch in batches
        ]
    return _joined(ends, data)


def best_of(fits: Fits) -> Best:
    """The sound fit of highest log-likelihood; a collapsed one only when there is no other.

    A collapsed component's log-likelihood has no upper bound (Day 1969), so it is no merit.
    """
    sound = np.array([outcome in ("converged", "max_iter") for outcome in fits.outcomes])
    candidates = (
        np.where(sound, fits.log_likelihoods, -np.inf) if sound.any() else (fits.log_likelihoods)
    )
    index = int(np.argmax(candidates))
    n_bad = int((~sound).sum())
    if not sound.any():
        note = f"All {len(fits)} starts ended with a collapsed or empty component."
    elif n_bad:
        note = f"{n_bad} of {len(fits)} starts collapsed or emptied and were passed over."
    else:
        note = ""
    return Best(
        index,
        fits.mixture(index),
        float(fits.log_likelihoods[index]),
        not sound[index],
        note,
    )


@dataclass
class _Ends:
    """Where the starts of one batch ended, in scaled coordinates; filled in as they end."""

    state: State
    log_likelihoods: np.ndarray
    outcomes: list[Outcome]
    iterations: np.ndarray


def _run(
    data: ScaledPoints,
    starts: Sequence[GaussianMixture],
    covariance_type: CovarianceType,
    max_iter: int,
    tol: float,
    variance_floor: float,
) -> _Ends:
    """EM on one batch; a start that has ended leaves the batch."""
    engine = Engine(data, len(starts), starts[0].n_components, covariance_type, variance_floor)
    state = engine.state_of(starts)
    moments = engine.expectation(state)
    _refuse_hopeless(moments.log_likelihood)
    ends = _Ends(
        State(*(field.copy() for field in state)),
        moments.log_likelihood.copy(),
        ["max_iter"] * len(starts),
        np.zeros(len(starts), dtype=int),
    )
    running = np.arange(len(starts))
    for t in range(1, max_iter + 1):
        maximum = engine.maximisation(state, moments)
        outcomes, usable = _outcomes(engine, maximum)
        _settle(ends, running[~usable], outcomes[~usable])
        if not usable.all():
            outcomes, running = outcomes[usable], running[usable]
            if not len(running):
                break
            engine = engine.narrowed(len(running))
            maximum, moments = _rows(maximum, usable), _rows(moments, usable)
        state = engine.state_at(maximum)
        before, moments = moments.log_likelihood, engine.expectation(state)
        gains = moments.log_likelihood - before
        if tol > 0:
            outcomes[(outcomes == "running") & (gains < tol * data.total_weight)] = "converged"
        finite = np.isfinite(gains)
        _keep(ends, running[finite], _rows(state, finite), moments.log_likelihood[finite], t)
        over = outcomes != "running"
        if over.any():
            _settle(ends, running[over], outcomes[over])
            running = running[~over]
            if not len(running):
                break
            engine = engine.narrowed(len(running))
            state, moments = _rows(state, ~over), _rows(moments, ~over)
    return ends


def _outcomes(engine: Engine, maximum: Maximum) -> tuple[np.ndarray, np.ndarray]:
    """For each mixture "running", "collapsed" or "empty", and whether it can be used."""
    outcomes = np.full(len(maximum.weights), "running", dtype="<U9")
    if maximum.sound:
        return outcomes, np.ones(len(outcomes), dtype=bool)
    empty, collapsed, usable = engine.troubles(maximum)
    outcomes[collapsed.any(axis=-1)] = "collapsed"
    outcomes[empty.any(axis=-1)] = "empty"
    return outcomes, usable


def _rows(batch: Batch, chosen: np.ndarray) -> Batch:
    """The chosen mixtures (S,) of a batch, whose fields all lead with S."""
    if chosen.all():
        return batch
    fields = [field[chosen] if isinstance(field, np.ndarray) else field for field in batch]
    return type(batch)(*fields)  # type: ignore[arg-type]


def _keep(
    ends: _Ends, where: np.ndarray, state: State, log_likelihoods: np.ndarray, t: int
) -> None:
    for kept, reached in zip(ends.state, state, strict=True):
        kept[where] = reached
    ends.log_likelihoods[where] = log_likelihoods
    ends.iterations[where] = t


def _settle(ends: _Ends, where: np.ndarray, outcomes: np.ndarray) -> None:
    for s, outcome in zip(where.tolist(), outcomes.tolist(), strict=True):
        ends.outcomes[s] = outcome


def _refuse_hopeless(log_likelihoods: np.ndarray) -> None:
    if not np.isfinite(log_likelihoods).all():
        s = int(np.argmin(np.isfinite(log_likelihoods)))
        raise InputError(
            "start-too-narrow",
            f"In start {s + 1} the points lie so far from every component that their density has "
            "no logarithm in doubles: start with larger variances.",
        )


def _joined(ends: list[_Ends], data: ScaledPoints) -> Fits:
    def field(name: str) -> np.ndarray:
        return np.concatenate([getattr(end.state, name) for end in ends])

    scale = data.scale
    return Fits(
        weights=read_only(field("weights")),
        means=read_only(field("means") * scale),
        covariances=read_only(field("covariances") * scale[:, None] * scale),
        means_residuals=read_only(field("residuals") * scale),
        log_likelihoods=read_only(np.concatenate([end.log_likelihoods for end in ends])),
        outcomes=tuple(outcome for end in ends for outcome in end.outcomes),
        iterations=read_only(np.concatenate([end.iterations for end in ends])),
    )
