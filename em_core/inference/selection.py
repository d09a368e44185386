"""How many components, and of which covariance type: every candidate from many starts.

The likelihood alone cannot choose, as it never falls with more components, and with free
covariances it has no upper bound at all. So endings that something speaks against are kept and
shown but not chosen, and the rest are compared by criteria (`em_core.inference.criteria`;
McLachlan & Peel 2000, chapter 6).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from em_core.errors import InputError
from em_core.inference.chance import generator
from em_core.inference.criteria import Criteria, criteria
from em_core.inference.endings import Ending, best, endings, polished, various_starts
from em_core.mixture import (
    CovarianceType,
    GaussianMixture,
    checked_covariance_type,
    n_parameters,
    read_only,
)
from em_core.points import as_points, as_sample_weight
from em_core.report.health import Finding
from em_core.wording import counted, number

Criterion = Literal["aic", "aicc", "bic", "icl"]
CRITERIA: tuple[Criterion, ...] = ("aic", "aicc", "bic", "icl")

SMALL_SAMPLE = 40
"""Points per parameter below which AICc takes AIC's place (Burnham & Anderson 2002, 2.4)."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """One number of components under one covariance type.

    mixture: the highest ending that nothing speaks against, or the highest of all where
    something speaks against each; findings: what speaks against it, empty where nothing does;
    runs: where every start ended, in the order they were drawn.
    """

    n_components: int
    covariance_type: CovarianceType
    mixture: GaussianMixture
    criteria: Criteria
    findings: tuple[Finding, ...]
    runs: tuple[Ending, ...]

    @property
    def sound(self) -> bool:
        return not self.findings

    @property
    def starts(self) -> np.ndarray:
        """(S,) the log-likelihood at which each start ended."""
        return read_only(np.array([run.log_likelihood for run in self.runs]))

    @property
    def log_likelihood(self) -> float:
        return self.criteria.log_likelihood

    @property
    def n_parameters(self) -> int:
        return self.criteria.n_parameters

    @property
    def aic(self) -> float:
        return self.criteria.aic

    @property
    def aicc(self) -> float:
        return self.criteria.aicc

    @property
    def bic(self) -> float:
        return self.criteria.bic

    @property
    def icl(self) -> float:
        return self.criteria.icl


@dataclass(frozen=True)
class Selection:
    """The candidates, in the order of types and, within a type, of the number of components."""

    candidates: tuple[Candidate, ...]

    def best(self, criterion: Criterion = "bic") -> Candidate:
        """The candidate with the lowest value among those that nothing speaks against.

        Raises InputError for an unknown criterion and where no candidate is sound
        ("none-sound").
        """
        return self.ranked(criterion)[0]

    def ranked(self, criterion: Criterion = "bic") -> tuple[Candidate, ...]:
        """The candidates that nothing speaks against, the best first. Errors as in `best`."""
        if criterion not in CRITERIA:
            raise InputError(
                "criterion",
                f"There is no criterion {criterion!r}; choose one of: {', '.join(CRITERIA)}.",
            )
        sound = [c for c in self.candidates if c.sound]
        if not sound:
            raise InputError(
                "none-sound",
                "Something counts against every candidate: allow fewer components, tie the "
                "covariances, or try more starts.",
            )
        return tuple(sorted(sound, key=lambda c: getattr(c, criterion)))


def select_model(
    points: ArrayLike,
    n_components: Iterable[int] = range(1, 9),
    covariance_types: Iterable[CovarianceType] = ("tied", "full"),
    n_starts: int = 20,
    rng: np.random.Generator | None = None,
    sample_weight: ArrayLike | None = None,
) -> Selection:
    """Fit every number of components under every covariance type from many starts.

    points: (n,) or (n, d); sample_weight: (n,) repeat counts. Without `rng` the starts are the
    same each time. More components than there are different points are left out.
    Raises InputError as `fit` and `draw` do, and where no candidate is left.
    """
    chances = generator(rng)
    values = as_points(points)
    weight = as_sample_weight(sample_weight, len(values))
    n_different = len(np.unique(values if weight is None else values[weight > 0], axis=0))
    wanted = [k for k in n_components if k <= n_different]
    types = [checked_covariance_type(t) for t in covariance_types]
    if not wanted or not types:
        raise InputError(
            "no-candidates",
            f"There is no candidate: give numbers of components from 1 to {n_different}, the "
            "number of different points, and at least one covariance type.",
        )
    return Selection(
        tuple(
            candidate(points, k, t, n_starts, chances, sample_weight) for t in types for k in wanted
        )
    )


def candidate(
    points: ArrayLike,
    n_components: int,
    covariance_type: CovarianceType = "full",
    n_starts: int = 20,
    rng: np.random.Generator | None = None,
    sample_weight: ArrayLike | None = None,
) -> Candidate:
    """One candidate of `select_model`, for who wants to see them come one by one.

    points: (n,) or (n, d); arguments and errors are those of `select_model`.
    """
    chances = generator(rng)
    starts = various_starts(points, n_components, n_starts, chances, covariance_type, sample_weight)
    runs = endings(points, starts, covariance_type, sample_weight)
    if crowded := _crowded(points, n_components, covariance_type, sample_weight):
        runs = tuple(replace(run, findings=(*run.findings, crowded)) for run in runs)
    chosen = best(runs)
    mixture = polished(points, chosen, covariance_type, sample_weight)
    return Candidate(
        n_components,
        covariance_type,
        mixture,
        criteria(points, mixture, covariance_type, sample_weight),
        chosen.findings,
        runs,
    )


def _crowded(
    points: ArrayLike,
    n_components: int,
    covariance_type: CovarianceType,
    sample_weight: ArrayLike | None,
) -> Finding | None:
    """What speaks against every fit with as many parameters as there are observations."""
    values = as_points(points)
    weight = as_sample_weight(sample_weight, len(values))
    n = len(values) if weight is None else float(weight.sum())
    p = n_parameters(n_components, values.shape[1], covariance_type)
    if p < n:
        return None
    return Finding(
        "crowded",
        "warning",
        (),
        f"{counted(p, 'parameter')} for {number(n)} points: a fit that has as many of them can "
        "follow the points one by one, and the criteria are made for many more points than "
        "parameters.",
        "fewer-components",
    )


def weight_of_evidence(difference: float) -> str:
    """What a difference in BIC means, in the words of Kass & Raftery (1995), JASA 90, 773–795."""
    grades = ((2, "hardly a difference"), (6, "positive evidence"), (10, "strong evidence"))
    return next((words for limit, words in grades if difference < limit), "very strong evidence")
