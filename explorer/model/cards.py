"""Endings of runs, kept as cards to compare by. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from em_core import GaussianMixture, InputError, Verdict
from em_core.agreement import align, relabel
from em_core.outcome import Outcome
from em_core.wording import counted, log_likelihood, number
from explorer.model.endings import verdict_on
from explorer.model.problem import Data, Problem
from explorer.model.runs import Run, run

MAX_CARDS = 12
MAX_AGAIN = 10_000_000
"""Coordinates × components × iterations of a run that is made again for its card: some tenths of
a second."""
FEW = 3
"""Means that are named one by one."""
ELSEWHERE = ("beaten",)
"""Findings that are about other endings, not about this one."""
SETTINGS_DIFFER = (
    "Between endings of different covariances or numbers of components the log-likelihood alone "
    "does not decide: 'How many?' weighs them."
)
NONE_SOUND = "None of these endings can be trusted: each card says what speaks against it."


@dataclass(frozen=True, eq=False)
class Card:
    """How the run of a problem ended.

    mixture: its last parameters; against: the gravest thing that speaks against them, "" for none.
    """

    problem: Problem
    mixture: GaussianMixture
    log_likelihood: float
    outcome: Outcome
    n_iter: int
    against: str

    @property
    def kind(self) -> tuple[str, int, float]:
        """What must be the same for two log-likelihoods to be compared as they are."""
        options = self.problem.options
        return options.covariance_type, self.mixture.n_components, options.variance_floor


def card_of(run: Run, verdict: Verdict) -> Card:
    """The card of a run that has ended; verdict: on its ending."""
    grave = (f for f in verdict.findings if f.severity in ("error", "warning"))
    against = next((f.sentence for f in grave if f.kind not in ELSEWHERE), "")
    trace = run.trace
    return Card(
        run.problem,
        trace.mixtures[-1],
        float(trace.log_likelihoods[-1]),
        trace.outcome,
        trace.n_iter,
        against,
    )


def again(problem: Problem) -> Card | None:
    """The card of a problem whose run is made once more; None where that would take long."""
    size = problem.data.points.size * problem.start.mixture.n_components
    if size * problem.options.max_iter > MAX_AGAIN:
        return None
    there = run(problem)
    return card_of(there, verdict_on(there, 0))


def kept(cards: tuple[Card, ...], new: Card) -> tuple[Card, ...]:
    """With the new card last; those of other data go, and the oldest where there are too many."""
    others = (c for c in of_data(cards, new.problem.data) if c.problem != new.problem)
    return (*others, new)[-MAX_CARDS:]


def of_data(cards: tuple[Card, ...], data: Data) -> tuple[Card, ...]:
    """The cards of runs on these data: log-likelihoods of others say nothing beside theirs."""
    return tuple(c for c in cards if c.problem.data is data or c.problem.data == data)


def start_of(card: Card) -> str:
    """The start in a few words: from means −3 and 2; from a random start, seed 4."""
    start, means = card.problem.start, card.problem.start.mixture.means
    if start.method == "quantiles":
        return "from quantiles"
    if start.method != "manual":
        return f"from {start.method}, seed {start.seed}"
    if means.shape[1] == 1 and len(means) <= FEW:
        extent = float(np.ptp(card.problem.data.points))
        return f"from {', '.join(number(float(mean), extent) for mean in means[:, 0])}"
    return "from a start set by hand"


def settings_of(card: Card) -> list[str]:
    """The settings between which log-likelihoods alone do not decide, as far as unusual."""
    options, components = card.problem.options, card.mixture.n_components
    words = [counted(components, "component")]
    if options.covariance_type != "full":
        words.append(options.covariance_type)
    if options.variance_floor:
        words.append(f"floor {number(options.variance_floor)}")
    return words


def preference(cards: Sequence[Card]) -> str:
    """Which ending is preferred, and why where that is not the highest; "" for fewer than two."""
    if len(cards) < 2:
        return ""
    sound = [card for card in cards if not card.against]
    if not sound:
        return NONE_SOUND
    best = max(sound, key=lambda card: card.log_likelihood)
    higher = [c for c in cards if c.against and c.log_likelihood > best.log_likelihood]
    words = [_why(best, higher) if higher else _highest(best)]
    if any(card.kind != best.kind for card in sound):
        words.append(SETTINGS_DIFFER)
    return " ".join(words)


def _why(best: Card, higher: Sequence[Card]) -> str:
    highest = max(higher, key=lambda card: card.log_likelihood)
    here, there = log_likelihood(best.log_likelihood), log_likelihood(highest.log_likelihood)
    return f"{here} is preferred to {there}, although it is lower. {highest.against}"


def _highest(best: Card) -> str:
    return (
        f"{log_likelihood(best.log_likelihood)} is preferred: it is the highest of those that "
        "nothing speaks against."
    )


def aligned(reference: GaussianMixture, card: Card) -> GaussianMixture | None:
    """The card's parameters, numbered as the reference's; None where they cannot be matched."""
    try:
        return relabel(card.mixture, align(reference, card.mixture))
    except (InputError, np.linalg.LinAlgError):
        return None
