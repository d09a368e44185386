"""May the ending of a run be ticked, and what does it cost to know? Pure."""

from dataclasses import replace

from em_core import Verdict, judge
from explorer.model.runs import Run

N_STARTS = 20
CHEAP = {1: 4_000, 2: 800}
"""Points × components, on the line and in the plane, up to which these starts are tried unasked:
that takes about a tenth of a second. Of more columns it is points × components × pairs of them."""

NOT_TRIED = "Whether another start ends higher has not been tried."


def is_cheap(run: Run) -> bool:
    """Whether other starts are tried without being asked for."""
    d = run.problem.data.n_features
    size = len(run.points) * run.problem.start.mixture.n_components * max(1, d * (d - 1) // 2)
    return size <= CHEAP[min(d, 2)]


def verdict_on(run: Run, n_starts: int) -> Verdict:
    """On the end of the run. Where no other start was tried, a good finding is no tick yet."""
    verdict = judge(run.points, run.trace, run.sample_weight, n_starts)
    alone = run.problem.start.mixture.n_components == 1
    if n_starts or alone or not verdict.sound:
        return verdict
    (good,) = verdict.findings
    untried = replace(good, severity="info", sentence=f"{good.sentence} {NOT_TRIED}")
    return replace(verdict, sound=False, findings=(untried,))
