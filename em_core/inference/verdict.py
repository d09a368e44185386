"""What a selection says, in plain sentences."""

from dataclasses import dataclass

from em_core.inference.selection import (
    SMALL_SAMPLE,
    Candidate,
    Criterion,
    Selection,
    weight_of_evidence,
)
from em_core.wording import counted, log_likelihood, number

TYPE_WORDS = {
    "full": "unequal variances",
    "tied": "equal variances",
}
SHAPE_WORDS = {
    "full": "shapes of their own",
    "tied": "one shape for all",
    "diag": "uncorrelated axes",
    "spherical": "round shapes",
}
CRITERION_NAMES: dict[Criterion, str] = {"aic": "AIC", "aicc": "AICc", "bic": "BIC", "icl": "ICL"}

RARE = 0.15
"""An ending that fewer of the starts find may not be the highest there is."""


@dataclass(frozen=True)
class Vote:
    """What one criterion chooses, and the best of the others; behind: by how much, or None."""

    criterion: Criterion
    choice: Candidate
    runner_up: Candidate | None
    behind: float | None


def type_words(candidate: Candidate) -> str:
    """'unequal variances'; "" for one component, whose types are all alike in one dimension."""
    if candidate.mixture.n_features > 1:
        return SHAPE_WORDS[candidate.covariance_type]
    return TYPE_WORDS[candidate.covariance_type] if candidate.n_components > 1 else ""


def model_words(candidate: Candidate) -> str:
    """'3 components with unequal variances', '1 component'."""
    words = counted(candidate.n_components, "component")
    shape = type_words(candidate)
    if shape and candidate.n_components == 1:
        shape = {"full": "full covariance", "tied": "full covariance"}.get(
            candidate.covariance_type, shape
        )
    return f"{words} with {shape}" if shape else words


def votes(selection: Selection) -> tuple[Vote, ...]:
    """Of AIC (AICc where there are fewer than 40 points per parameter), BIC and ICL."""
    sound = [c for c in selection.candidates if c.sound]
    if not sound:
        return ()
    most = max(c.n_parameters for c in sound)
    small = sound[0].criteria.n < SMALL_SAMPLE * most
    return tuple(vote(selection, name) for name in ("aicc" if small else "aic", "bic", "icl"))


def vote(selection: Selection, criterion: Criterion) -> Vote:
    choice, *others = selection.ranked(criterion)
    rivals = (other for other in others if not _same_model(choice, other))
    runner_up = next(rivals, None)
    if runner_up is None:
        return Vote(criterion, choice, None, None)
    behind = getattr(runner_up, criterion) - getattr(choice, criterion)
    return Vote(criterion, choice, runner_up, behind)


def verdict(selection: Selection) -> str:
    """'BIC favours 3 components with unequal variances; …', and what to beware of."""
    if not any(c.sound for c in selection.candidates):
        return (
            "Something counts against every fit that was tried: each has a component that "
            "collapsed or rests on a few points. Fewer components or equal variances may help."
        )
    of_bic = vote(selection, "bic")
    return " ".join([_favours(of_bic), *_found_by(of_bic.choice), *_others_say(selection, of_bic)])


def _favours(found: Vote) -> str:
    words = f"BIC favours {model_words(found.choice)}"
    if found.runner_up is None or found.behind is None:
        return f"{words}; there is no rival to compare it with."
    return (
        f"{words}; {model_words(found.runner_up)} is {number(found.behind, digits=2)} behind, "
        f"which is {weight_of_evidence(found.behind)} (Kass & Raftery 1995)."
    )


def _found_by(choice: Candidate) -> list[str]:
    """A warning where hardly any start found the ending."""
    found = finders(choice)
    if choice.n_components == 1 or found >= RARE * len(choice.runs):
        return []
    return [
        f"Only {found} of {counted(len(choice.runs), 'start')} found that fit, so a higher one may "
        "have been missed."
    ]


def finders(choice: Candidate) -> int:
    """How many of the starts ended where the candidate stands, to a hundredth."""
    return sum(
        run.sound and choice.log_likelihood - run.log_likelihood < 0.01 for run in choice.runs
    )


def sentence_of(found: Candidate, run: int) -> str:
    """What is to be said of one of its starts."""
    ending = found.runs[run]
    words = (
        f"Start {run + 1} of {model_words(found)} ends at the log-likelihood "
        f"{log_likelihood(ending.log_likelihood, 6)}"
    )
    if ending.sound:
        return f"{words}, and nothing counts against it."
    return f"{words}. {ending.findings[0].sentence}"


def _others_say(selection: Selection, of_bic: Vote) -> list[str]:
    """Which of the other criteria disagree with BIC."""
    others = [v for v in votes(selection) if v.criterion != "bic"]
    dissent = [v for v in others if not _same_model(v.choice, of_bic.choice)]
    if not dissent:
        names = " and ".join(CRITERION_NAMES[v.criterion] for v in others)
        return [f"{names} agree{'s' if len(others) == 1 else ''}."]
    said = [f"{CRITERION_NAMES[v.criterion]} favours {model_words(v.choice)}" for v in dissent]
    return [" and ".join(said) + "."]


def _same_model(one: Candidate, other: Candidate) -> bool:
    """The same number of components and the same parameters to choose."""
    same = one.n_components == other.n_components and one.n_parameters == other.n_parameters
    return same and abs(one.log_likelihood - other.log_likelihood) < 1e-6
