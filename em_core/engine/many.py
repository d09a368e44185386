"""Many starts at once: one batched computation, each start with its own end."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.engine import Engine
from em_core.engine.kernel import State, arithmetic
from em_core.engine.rounds import Round, rounds
from em_core.errors import InputError
from em_core.mixture import CovarianceType, GaussianMixture, read_only
from em_core.options import DEFAULTS, Options
from em_core.outcome import Outcome
from em_core.points import ScaledPoints, scaled_points_of_runs
from em_core.rules import Rules

BATCH_ELEMENTS = 2**18
"""Starts x components x points worked on together; beyond it starts go in several batches."""


@dataclass(frozen=True, eq=False)
class Fits:
    """Where each of S starts ended.

    weights (S, K), means (S, K, d), covariances (S, K, d, d): the last finite parameters;
    log_likelihoods and free_energies (S,), theirs (the same at temperature 1, see `Trace`);
    outcomes: S of "converged", "max_iter", "collapsed", "empty"; iterations (S,): how many full
    iterations each took.
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    means_residuals: np.ndarray
    log_likelihoods: np.ndarray
    free_energies: np.ndarray
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
    covariance_type: CovarianceType = DEFAULTS.covariance_type,
    max_iter: int = DEFAULTS.max_iter,
    tol: float = DEFAULTS.tol,
    sample_weight: ArrayLike | None = None,
    variance_floor: float = DEFAULTS.variance_floor,
    rules: Rules = DEFAULTS.rules,
) -> Fits:
    """Run EM from every start, all with as many components, as `fit` would from each alone.

    points: (n,) or (n, d), the same for all S starts; or one set for each: (S, n, d), or (S, n)
    for mixtures in one dimension. sample_weight: (n,) for all, or (S, n); a weight of 0 leaves
    the point out.
    Raises InputError as `fit` does, and when there are no starts or they differ in shape.
    """
    options = Options(covariance_type, tol, max_iter, variance_floor, rules)
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
    common = covariance_type == "spherical"
    data = scaled_points_of_runs(points, shape[1], len(starts), sample_weight, common)
    at_once = max(1, BATCH_ELEMENTS // (shape[0] * data.n_points))
    batches = [slice(begin, begin + at_once) for begin in range(0, len(starts), at_once)]
    with arithmetic():
        ends = [_run(data.of(batch), starts[batch], options) for batch in batches]
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
    """Where the starts of one batch have got to, in scaled coordinates."""

    state: State
    log_likelihoods: np.ndarray
    free_energies: np.ndarray
    outcomes: list[Outcome]
    iterations: np.ndarray

    def take(self, step: Round) -> None:
        for kept, reached in zip(self.state, step.state, strict=True):
            kept[step.runs] = reached
        self.log_likelihoods[step.runs] = step.moments.log_likelihood
        self.free_energies[step.runs] = step.moments.free_energy
        self.iterations[step.runs] = step.iteration
        for run, stop in step.stops.items():
            self.outcomes[run] = stop.outcome


def _run(data: ScaledPoints, starts: Sequence[GaussianMixture], options: Options) -> _Ends:
    """EM on one batch."""
    steps = rounds(Engine(data, len(starts), starts[0].n_components, options), starts)
    first = next(steps)
    ends = _Ends(
        State(*(field.copy() for field in first.state)),
        first.moments.log_likelihood.copy(),
        first.moments.free_energy.copy(),
        ["running"] * len(starts),
        np.zeros(len(starts), dtype=int),
    )
    for step in chain([first], steps):
        ends.take(step)
    return ends


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
        free_energies=read_only(np.concatenate([end.free_energies for end in ends])),
        outcomes=tuple(outcome for end in ends for outcome in end.outcomes),
        iterations=read_only(np.concatenate([end.iterations for end in ends])),
    )
