"""Find the mistake: runs of someone's faulty code, each with four suspects."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from em_core import GaussianMixture, fit, worksheet
from em_core.practice.arithmetic import Parameters
from em_core.practice.faulty_run import FaultyRun, faulty_run
from em_core.practice.mistakes import Mistake, mistakes_for

ITERATIONS = 6


@dataclass(frozen=True)
class Case:
    """A faulty run to be explained.

    key: short and stable, and says nothing of the mistake: it stands in links and on the page;
    mistake: its name, kind: the formula it is in; data: a name of DATA; others: names of mistakes
    that were not made; faulty and right: the rule as the code has it and as it should be; told:
    how it could be seen.
    """

    key: str
    mistake: str
    kind: str
    data: str
    others: tuple[str, str, str]
    faulty: str
    right: str
    told: str

    @property
    def suspects(self) -> tuple[str, ...]:
        """Names of four mistakes, in an order that says nothing."""
        return tuple(sorted((self.mistake, *self.others)))


DATA: dict[str, tuple[Sequence[float], GaussianMixture]] = {
    "three": ([1, 2, 3], GaussianMixture.univariate([0.5, 0.5], [1, 3], [1, 1])),
    "five": ([0.2, -0.9, -1, 1.2, 1.8], GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])),
    "ten": (
        [-2.1, -1.6, -1.2, -0.9, -0.3, 0.2, 2.9, 3.4, 3.8, 4.1],
        GaussianMixture.univariate([0.5, 0.5], [-1, 3], [2, 2]),
    ),
}

CASES: tuple[Case, ...] = (
    Case(
        "1",
        "variance-as-sd",
        "density",
        "three",
        ("mean-over-n", "weight-not-updated", "log-likelihood-of-old-parameters"),
        "density: e^(−(x − μ)² / (2·(σ²)²)) / (√(2π)·σ²)",
        "density: e^(−(x − μ)² / (2σ²)) / √(2πσ²)",
        "The first means and variances are still right, because a variance of 1 has σ = 1: it "
        "shows once they differ from 1, and then the log-likelihood falls, as EM's never does.",
    ),
    Case(
        "2",
        "mean-over-n",
        "mean",
        "three",
        ("variance-as-sd", "variance-about-old-mean", "prior-left-out"),
        "new mean: Σ P(k|i)·x / n",
        "new mean: Σ P(k|i)·x / N",
        "After one iteration mean 1 is less than the smallest point, which no average of points "
        "can be, and the log-likelihood falls: each sum is divided by n = 3 and not by N.",
    ),
    Case(
        "3",
        "log-likelihood-of-old-parameters",
        "log_likelihood",
        "five",
        ("weight-not-updated", "hard-assignment", "unweighted-variance"),
        "printed: Σ ln p(x) of the parameters before the M-step",
        "printed: Σ ln p(x) of the parameters after the M-step",
        "The first two log-likelihoods are the same although everything moved. The run is right, "
        "but each number stands one row too low, so it stops one iteration too late.",
    ),
    Case(
        "4",
        "weight-not-updated",
        "weight",
        "ten",
        ("unbiased-variance", "variance-about-old-mean", "log-likelihood-of-old-parameters"),
        "new weight: the old one",
        "new weight: N / n",
        "The weights stay at 0.5 although one component comes to hold 6 of the 10 points. The "
        "log-likelihood still rises, to a lower end: with the weights held it is another model.",
    ),
    Case(
        "5",
        "unbiased-variance",
        "scatter",
        "five",
        ("second-moment", "mean-over-n", "weight-not-updated"),
        "new variance: Σ P(k|i)·(x − μ)² / (N − 1)",
        "new variance: Σ P(k|i)·(x − μ)² / N",
        "The log-likelihood falls from iteration 2 on while variance 1 grows: N − 1 is for the "
        "variance of a sample; EM's N can even be less than 1, and this division then breaks.",
    ),
    Case(
        "6",
        "second-moment",
        "scatter",
        "ten",
        ("variance-about-old-mean", "mean-over-n", "hard-assignment"),
        "new variance: Σ P(k|i)·x² / N",
        "new variance: Σ P(k|i)·(x − μ)² / N",
        "Variance 2 is larger than the spread of all ten points: the squares are taken about 0 and "
        "not about the mean, so a component far from 0 is always too wide.",
    ),
    Case(
        "7",
        "unweighted-variance",
        "scatter",
        "three",
        ("variance-over-n", "log-likelihood-of-old-parameters", "weight-not-updated"),
        "new variance: Σ (x − μ)² / n",
        "new variance: Σ P(k|i)·(x − μ)² / N",
        "It rises all the way, and yet both variances hardly shrink and the means draw together: "
        "every point counts fully for both components, so neither can become narrower than all.",
    ),
    Case(
        "8",
        "variance-about-old-mean",
        "scatter",
        "five",
        ("variance-over-n", "hard-assignment", "mean-over-n"),
        "new variance: Σ P(k|i)·(x − old μ)² / N",
        "new variance: Σ P(k|i)·(x − new μ)² / N",
        "The subtle one: it rises, but variance 1 is 6.641 after one iteration, more than any "
        "spread of these points. Where the means move far, squares about the old mean are too "
        "large.",
    ),
    Case(
        "9",
        "hard-assignment",
        "posterior",
        "ten",
        ("prior-left-out", "unweighted-variance", "weight-not-updated"),
        "responsibility: 1 for the likeliest component, 0 for the others",
        "responsibility: weight × density, divided by the evidence",
        "Nothing moves after iteration 1, and the weights are whole tenths: points are given "
        "whole, as k-means does, and such a run stops at once. EM shares them.",
    ),
)
BY_KEY = {case.key: case for case in CASES}


def answer_key(key: str) -> str:
    """Under which a case's answer is kept among the predictions."""
    return f"find-{key}"


def mistake_of(name: str, kind: str = "") -> Mistake:
    """The row of the table with this name, in this formula if one is given."""
    return next(m for m in _table() if m.name == name and kind in ("", m.kind))


@cache
def _table() -> tuple[Mistake, ...]:
    points, start = DATA["three"]
    return mistakes_for(worksheet(points, start).step)


@cache
def faulty_of(key: str) -> FaultyRun:
    """What the faulty code prints."""
    case = BY_KEY[key]
    return faulty_run(*DATA[case.data], mistake_of(case.mistake, case.kind), ITERATIONS)


@cache
def right_of(key: str) -> tuple[tuple[Parameters, ...], np.ndarray]:
    """The right parameters and log-likelihoods (T + 1,) from the same start."""
    trace = fit(*DATA[BY_KEY[key].data], max_iter=ITERATIONS, tol=0)
    return tuple(map(Parameters.of, trace.mixtures)), trace.log_likelihoods
