"""What the page has worked out for the data of the visit, and where it takes up again."""

from em_core import Candidate
from explorer.app import state
from explorer.model import comparison
from explorer.model.comparison import Comparison, Name

PAUSE = 0.05
"""Seconds between two portions, in which a press of 'Stop' is heard."""

PORTION = 0.3
"""Seconds of work made in one go, at least one piece of it."""


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
