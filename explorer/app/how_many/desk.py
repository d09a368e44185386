"""What the page has worked out for the data of the visit, and where it takes up again."""

from em_core import Candidate
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


def look_at(name: Name) -> None:
    _chosen()
    state.work_out("focus", name)


def study_of(candidate: Candidate) -> Study:
    """The replicates of the fit that is looked at."""
    now = compared()
    return state.worked_out(
        "study", candidate, lambda: study.begun(now.points, now.sample_weight, candidate)
    )


def put_study(further: Study) -> None:
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
    state.work_out("tests", further)
