"""Is one more component worth it? The bootstrap tests, one number of components after the other."""

import streamlit as st

from em_core.inference.verdict import TYPE_WORDS
from em_core.wording import counted, number
from explorer.app.how_many import desk
from explorer.app.markup import table
from explorer.app.portions import Portions, note
from explorer.model import study
from explorer.model.study import LEVEL, REPLICATES_OF_THE_TEST, Sequence


def show() -> None:
    if not desk.tests().nulls:
        return
    Portions(
        name="tests",
        get=desk.tests,
        put=desk.put_tests,
        further=study.tested_further,
        running=lambda now: now.running,
        set_running=study.set_testing,
        show=_results,
        words=_how_far,
        progress=_progress,
        left=lambda now: not now.complete,
        invitation="Test by bootstrap",
        help="Is one more component worth it? Twice the gain in log-likelihood is compared with "
        "what data drawn from the smaller fit would give (McLachlan 1987).",
    ).draw()


def _how_far(now: Sequence) -> str:
    if not now.tests:
        return (
            "A vote of another kind: is one more component worth it? It takes "
            f"{counted(REPLICATES_OF_THE_TEST, 'simulated data set')} for each number."
        )
    last = now.tests[-1]
    k = last.n_components
    return (
        f"{k} against {k + 1} components: {len(last.replicates)} of "
        f"{counted(REPLICATES_OF_THE_TEST, 'simulated data set')} are fitted."
    )


def _progress(now: Sequence) -> float:
    if not now.tests:
        return 0.0
    return max(0.01, len(now.tests[-1].replicates) / REPLICATES_OF_THE_TEST)


def _results(now: Sequence) -> None:
    if not now.tests:
        return
    rows = [
        [
            f"{test.n_components} against {test.n_components + 1}",
            number(test.statistic),
            f"{number(test.p_value, digits=2)}",
            "yes" if test.p_value <= LEVEL else "no",
        ]
        for test in now.tests
        if len(test.replicates) == REPLICATES_OF_THE_TEST
    ]
    if rows:
        kind = TYPE_WORDS.get(now.covariance_type, now.covariance_type)
        caption = f"The bootstrap test of one more component ({kind}), at the 5% level."
        head = ["components", "2 × gain", "p-value", "worth it"]
        st.html(table(head, rows, caption))
    if now.choice is not None:
        note(f"The tests lead to {counted(now.choice, 'component')}.")
