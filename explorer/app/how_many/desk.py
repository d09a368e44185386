"""What the page has worked out for the data of the visit, and where it takes up again."""

from uuid import uuid4

from em_core import (
    Candidate,
    CdfCheck,
    Influence,
    Information,
    InputError,
    QuantileCheck,
    check_cdf,
    check_quantiles,
    influence,
    information,
)
from em_core.inference import remarks
from explorer.app import state
from explorer.model import comparison, study
from explorer.model.comparison import Comparison, Name
from explorer.model.study import Sequence, Study


def compared() -> Comparison:
    """The comparison as far as it has come; that of many points waits to be asked for."""
    return state.worked_out("comparison", state.session().problem.data, _begun)


def _begun() -> Comparison:
    run = state.current_run()
    return comparison.begun(run.points, run.sample_weight)


def put(further: Comparison) -> None:
    """The comparison has come further."""
    state.work_out("comparison", further)


def focus() -> Candidate | None:
    """The fit that the rest of the page looks at: the one chosen, or BIC's choice; None where
    nothing sound was found."""
    sound = {comparison.name_of(c): c for c in compared().selection.candidates if c.sound}
    if not sound:
        return None
    chosen = _chosen()
    if chosen in sound:
        return sound[chosen]
    return compared().selection.best("bic")


def _chosen() -> Name | None:
    return state.worked_out("focus", state.session().problem.data, lambda: None)


def mark() -> str:
    """Another one for any other data."""
    return state.worked_out("mark", state.session().problem.data, lambda: uuid4().hex)


def look_at(name: Name | None) -> None:
    """The person chose the fit of this name, or BIC's, whichever that will be."""
    _chosen()
    state.work_out("focus", name)


def study_of(candidate: Candidate) -> Study:
    """The replicates of the fit that is looked at."""
    now = compared()
    return state.worked_out(
        "study", candidate, lambda: study.begun(now.points, now.sample_weight, candidate)
    )


def put_study(further: Study) -> None:
    """The replicates have come further."""
    state.work_out("study", further)


def tests() -> Sequence:
    """The bootstrap tests for the covariance type of BIC's choice, begun when asked for."""
    now = compared()
    kind = now.selection.best("bic").covariance_type
    found = tuple(c for c in now.selection.candidates if c.covariance_type == kind)
    return state.worked_out(
        "tests",
        now.selection,
        lambda: study.sequence(now.points, now.sample_weight, kind, found),
    )


def put_tests(further: Sequence) -> None:
    """The tests have come further."""
    state.work_out("tests", further)


# --- what is known of the fit that is looked at ---------------------------------------------------


def information_on(candidate: Candidate) -> Information:
    """Of the fit, and with it the standard errors."""
    now = compared()
    return state.worked_out(
        "information",
        candidate,
        lambda: information(
            now.points, candidate.mixture, candidate.covariance_type, now.sample_weight
        ),
    )


def distribution_of(candidate: Candidate) -> CdfCheck | None:
    """None in the plane."""
    now = compared()
    if now.points.shape[1] > 1:
        return None
    return state.worked_out(
        "distribution",
        candidate,
        lambda: check_cdf(now.points, candidate.mixture, sample_weight=now.sample_weight),
    )


def quantiles_of(candidate: Candidate) -> QuantileCheck:
    """The data's quantiles beside the fit's."""
    now = compared()
    return state.worked_out(
        "quantiles",
        candidate,
        lambda: check_quantiles(now.points, candidate.mixture, sample_weight=now.sample_weight),
    )


def rounding_of(candidate: Candidate) -> str:
    """Whether rounding or bins matter; "" where the points only stand for others."""
    now = compared()
    return state.worked_out(
        "rounding",
        candidate,
        lambda: _rounding(candidate, now),
    )


def _rounding(candidate: Candidate, now: Comparison) -> str:
    bins = state.session().problem.data.bins
    if state.current_run().stands_in:
        return ""
    if bins is not None:
        return remarks.of_bins(bins, candidate, now.sample_weight)
    return remarks.of_rounding(now.points, candidate, now.sample_weight)


LEFT_OUT_AT_ONCE = 600
"""Up to so many points each is left out by itself; more wait to be asked for."""

MOST_LEFT_OUT = 20_000


def is_left_out(candidate: Candidate) -> bool:
    """Whether the points are, or are to be, left out one by one."""
    n = state.session().problem.data.n_points
    asked = state.worked_out("asked", candidate, lambda: n <= LEFT_OUT_AT_ONCE)
    return asked and n <= MOST_LEFT_OUT


@state.callback
def leave_out() -> None:
    """The person asked for each point to be left out."""
    state.work_out("asked", True)


def influence_on(candidate: Candidate) -> Influence | str:
    """Or, in words, why it cannot be had."""
    return state.worked_out("influence", candidate, lambda: _influence(candidate))


def _influence(candidate: Candidate) -> Influence | str:
    data = state.session().problem.data
    try:
        return influence(data.points, candidate.mixture, candidate.covariance_type, data.counts)
    except InputError as error:
        return str(error)
