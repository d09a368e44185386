"""One fit looked at closely: replicates of it, and whether one more component is worth it. Pure.

Both are worked out in portions; each portion's draws have a seed of their own, so that stopping
and carrying on changes nothing.
"""

from dataclasses import dataclass, replace

import numpy as np

from em_core import Bootstrap, Candidate, RatioTest, bootstrap, bootstrap_lrt
from em_core.inference.chance import SEED
from em_core.mixture import CovarianceType, GaussianMixture
from explorer.model.comparison import AT_ONCE

REPLICATES = 200
REPLICATES_OF_THE_TEST = 99
LEVEL = 0.05
"""One more component is worth it where the p-value is at most this."""

POINTS_AT_ONCE = 20_000
"""Replicates × points worked on in one go."""


@dataclass(frozen=True, eq=False)
class Study:
    """replicates: those there are so far, or None; running: whether more are to be made now."""

    points: np.ndarray
    sample_weight: np.ndarray | None
    candidate: Candidate
    replicates: Bootstrap | None
    running: bool

    @property
    def made(self) -> int:
        """How many replicates there are."""
        return 0 if self.replicates is None else self.replicates.n_replicates

    @property
    def complete(self) -> bool:
        """Whether all the replicates there are to be have been made."""
        return self.made >= REPLICATES


def begun(points: np.ndarray, sample_weight: np.ndarray | None, candidate: Candidate) -> Study:
    """With no replicate yet; for few points they are begun at once."""
    return Study(points, sample_weight, candidate, None, running=len(points) <= AT_ONCE)


def carried_on(study: Study) -> Study:
    """With a portion of replicates more; it stops running after the last."""
    left = REPLICATES - study.made
    if left <= 0:
        return replace(study, running=False)
    size = min(left, max(1, POINTS_AT_ONCE // len(study.points)))
    more = bootstrap(
        study.points,
        study.candidate.mixture,
        study.candidate.covariance_type,
        size,
        np.random.default_rng([SEED, study.made]),
        sample_weight=study.sample_weight,
    )
    whole = more if study.replicates is None else study.replicates + more
    return replace(study, replicates=whole, running=whole.n_replicates < REPLICATES)


def set_running(study: Study, running: bool) -> Study:
    """Begun, carried on or stopped by the person."""
    return replace(study, running=running and not study.complete)


@dataclass(frozen=True, eq=False)
class Sequence:
    """Tests of 1 against 2 components, 2 against 3 … until one more is not worth it.

    tests: the last of them may still be short of replicates; most: components that were compared.
    """

    points: np.ndarray
    sample_weight: np.ndarray | None
    covariance_type: CovarianceType
    nulls: tuple[GaussianMixture, ...]
    tests: tuple[RatioTest, ...]
    running: bool

    @property
    def complete(self) -> bool:
        """Whether one more component has proved not worth it, or none is left to test."""
        if not self.nulls:
            return True
        if not self.tests or not _is_made(self.tests[-1]):
            return False
        return self.tests[-1].p_value > LEVEL or len(self.tests) == len(self.nulls)

    @property
    def choice(self) -> int | None:
        """The number of components it leads to; None while it is not complete."""
        if not self.complete or not self.tests:
            return None
        last = self.tests[-1]
        return last.n_components + (last.p_value <= LEVEL)


def sequence(
    points: np.ndarray,
    sample_weight: np.ndarray | None,
    covariance_type: CovarianceType,
    candidates: tuple[Candidate, ...],
) -> Sequence:
    """Not begun. candidates: of that type, whose fits with K components are the nulls, as far as
    nothing speaks against them; the last is only tested against."""
    sound = []
    for candidate in sorted(candidates, key=lambda c: c.n_components):
        if not candidate.sound:
            break
        sound.append(candidate.mixture)
    return Sequence(points, sample_weight, covariance_type, tuple(sound[:-1]), (), running=False)


def set_testing(now: Sequence, running: bool) -> Sequence:
    """Begun, carried on or stopped by the person."""
    return replace(now, running=running and not now.complete)


def tested_further(now: Sequence) -> Sequence:
    """With a portion more of the test that is under way, or of the next."""
    if now.complete:
        return replace(now, running=False)
    tests = now.tests
    if not tests or _is_made(tests[-1]):
        tests = (*tests, _portion(now, len(tests), 0))
    else:
        done = len(tests[-1].replicates)
        tests = (*tests[:-1], tests[-1] + _portion(now, len(tests) - 1, done))
    further = replace(now, tests=tests)
    return replace(further, running=not further.complete)


def _is_made(test: RatioTest) -> bool:
    return len(test.replicates) >= REPLICATES_OF_THE_TEST


def _portion(now: Sequence, index: int, done: int) -> RatioTest:
    size = min(REPLICATES_OF_THE_TEST - done, max(1, POINTS_AT_ONCE // (8 * len(now.points))))
    null = now.nulls[index]
    return bootstrap_lrt(
        now.points,
        null.n_components,
        now.covariance_type,
        size,
        np.random.default_rng([SEED, index, done]),
        now.sample_weight,
        null=null,
    )


def rivals(candidate: Candidate) -> tuple[GaussianMixture, ...]:
    """The candidate's different sound endings, the highest first."""
    found: list[GaussianMixture] = []
    values: list[float] = []
    for run in sorted(candidate.runs, key=lambda r: -r.log_likelihood):
        if run.sound and all(abs(run.log_likelihood - v) > 0.01 for v in values):
            found.append(run.mixture)
            values.append(run.log_likelihood)
    return tuple(found)
