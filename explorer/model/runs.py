"""From a problem to its run. Pure."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from em_core import Frame, GaussianMixture, Rules, Trace, compress, e_step, extend, fit
from explorer.model.problem import Problem

LARGE = 20_000
"""More points than this, in one dimension, are compressed before EM runs on them."""
ACCURATE = 1e-7
"""The error of the mean log-likelihood per point that compression may cost."""
PORTION = 30_000_000
"""Points × components × iterations made in one go: some tenths of a second."""

KEPT_ENTRIES = 2**20
"""Responsibilities of up to so many points × components are kept for the next half-step: 8 MB."""


@dataclass(frozen=True, eq=False)
class Run:
    """A problem and the whole trace of EM on it; a cursor h counts half-steps.

    points (m, d), sample_weight (m,) or None: what EM ran on, the data with their counts or what
    stands for them; error: bound on the error of the mean log-likelihood per point that this
    costs, 0 for none;
    stopped: the person wants no more iterations for now.
    """

    problem: Problem
    trace: Trace
    points: np.ndarray
    sample_weight: np.ndarray | None = None
    error: float = 0.0
    stopped: bool = False
    _kept: dict[int, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    @property
    def unfinished(self) -> bool:
        """Whether iterations are still to be made, by `carried_on`."""
        more = self.trace.outcome == "max_iter" and self.trace.n_iter < self._max_iter
        return more and not self.stopped

    @property
    def _max_iter(self) -> int:
        return self.problem.options.max_iter

    @property
    def stands_in(self) -> bool:
        """Whether EM ran on fewer points that stand for the data."""
        return self.points is not self.problem.data.points

    @property
    def is_plain(self) -> bool:
        """Whether the textbook's formulas give this run's numbers."""
        return self.problem.options.rules == Rules()

    @cached_property
    def groups(self) -> list[np.ndarray]:
        """The points of each true group, one array (n,) each, in order; the line's, where truth is
        known."""
        points, truth = self.problem.data.points[:, 0], self.problem.data.truth
        assert truth is not None
        return [np.sort(points[truth == group]) for group in range(int(truth.max()) + 1)]

    @property
    def last(self) -> int:
        """The last half-step."""
        return self.trace.last_half_step

    def frame(self, h: int) -> "RunFrame":
        """What is in force at half-step h, with the responsibilities of the points."""
        return RunFrame(**vars(self.trace.frame(h)), run=self)

    def _shared_by(self, iteration: int) -> np.ndarray:
        """(m, K) the responsibilities of that iteration's E-step; the last two are kept."""
        if (known := self._kept.get(iteration)) is not None:
            return known
        sharer = self.trace.mixtures[iteration - 1]
        rules = self.trace.options.rules
        shared = e_step(self.points, sharer, self.sample_weight, rules).responsibilities
        if shared.size <= KEPT_ENTRIES:
            for oldest in list(self._kept)[: len(self._kept) - 1]:
                del self._kept[oldest]
            self._kept[iteration] = shared
        return shared


@dataclass(frozen=True, eq=False)
class RunFrame(Frame):
    """A half-step of a run, made once and handed to whatever shows it.

    Responsibilities are those of the points that EM ran on, `run.points`, each an array (m, K),
    computed when first asked for; None where nothing has been shared out.
    """

    run: Run

    @property
    def by(self) -> GaussianMixture:
        """The mixture that shares the points out: the sharer; at the start, the one that will."""
        return self.mixture if self.sharer is None else self.sharer

    @property
    def by_iteration(self) -> int:
        """How many full iterations had led to `by`."""
        return max(0, self.iteration - 1)

    @cached_property
    def responsibilities(self) -> np.ndarray | None:
        """In force: those of the last E-step."""
        return None if self.sharer is None else self.run._shared_by(self.iteration)

    @cached_property
    def earlier_responsibilities(self) -> np.ndarray | None:
        """Those of the E-step before the last."""
        return None if self.earlier_sharer is None else self.run._shared_by(self.iteration - 1)

    @cached_property
    def effective_sizes(self) -> np.ndarray | None:
        """(K,) N_k, the sums of the responsibilities in force."""
        if self.responsibilities is None:
            return None
        weight = self.run.sample_weight
        if weight is None:
            return self.responsibilities.sum(axis=0)
        return np.asarray(weight @ self.responsibilities)


def run(problem: Problem) -> Run:
    """EM from the problem's start, the first portion of it where the points are many.

    InputError where data and start do not go together.
    """
    data, limit = problem.data, problem.options.max_iter
    if data.n_features == 1 and data.n_points > LARGE:
        compressed = compress(data.points, data.counts)
        trace = _fitted(problem, compressed.points, limit, compressed.sample_weight)
        error = compressed.error_bound(trace.mixtures[-1])
        if error <= ACCURATE:
            return Run(problem, trace, compressed.points, compressed.sample_weight, error)
    trace = _fitted(problem, data.points, min(limit, _portion(problem)), data.counts)
    return _worded(Run(problem, trace, data.points, data.counts))


def carried_on(run: Run) -> Run:
    """The run with another portion of its iterations made."""
    options = run.problem.options
    more = min(options.max_iter - run.trace.n_iter, _portion(run.problem))
    trace = extend(run.trace, run.points, more, options.tol, run.sample_weight)
    return _worded(replace(run, trace=trace))


def _fitted(
    problem: Problem, points: np.ndarray, max_iter: int, sample_weight: np.ndarray | None = None
) -> Trace:
    """EM on these points, for at most so many iterations."""
    options = replace(problem.options, max_iter=max_iter)
    start = problem.start.mixture
    return fit(points, start, sample_weight=sample_weight, **options.keywords())


def _portion(problem: Problem) -> int:
    """How many iterations are made in one go."""
    return max(1, PORTION // (problem.data.n_points * problem.start.mixture.n_components))


def _worded(run: Run) -> Run:
    """An unfinished run says so: its limit is not the one the person set."""
    if not run.unfinished:
        return run
    message = f"Not finished: {run.trace.n_iter} of at most {run._max_iter} iterations done."
    return replace(run, trace=replace(run.trace, message=message))
