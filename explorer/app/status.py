"""What just happened: the last half-step in words, N_j, log-likelihood, health and what helps."""

from collections.abc import Sequence

import streamlit as st

from em_core.report.health import Finding, health
from em_core.report.narrate import describe_half_step, sentence
from em_core.wording import count
from explorer.app import state
from explorer.app.markup import NumberStyle, dot, panel, text
from explorer.model import remedies
from explorer.model.runs import Run

MAX_FINDINGS = 3
MAX_REMEDIES = 4
MARKS = {"error": "✕", "warning": "!", "info": "i", "good": "✓"}


def guide(run: Run, h: int) -> str:
    """One line: what to press, and what it will do."""
    if h == 0:
        line = _first_words(run.problem.start.mixture.n_components)
    elif h >= run.last:
        line = text(run.trace.message)
    elif h % 2:
        line = "Now <b>M-step</b>: each component moves to the points it has a share in."
    else:
        line = "Now <b>E-step</b>: the points are shared out anew. Or <b>Run</b> to the end."
    return f'<p class="ex-guide">{line}</p>'


def _first_words(n_components: int) -> str:
    if n_components == 1:
        return "Press <b>E-step</b>: with one component, every point belongs to it."
    among = "between the two" if n_components == 2 else f"among the {n_components}"
    return (
        f"Press <b>E-step</b>: each point is shared out {among} components, by how well each "
        "explains it."
    )


def show(run: Run, h: int, numbers: NumberStyle) -> None:
    account = describe_half_step(run.points, run.trace, h, run.sample_weight)
    body = f'<p class="ex-sentence">{text(sentence(account))}</p>{_facts(run, h, numbers)}'
    st.html(panel("What just happened", body))
    if h % 2 == 0:
        found = health(run.points, run.trace, h // 2, run.sample_weight)
        _findings(run, found if h else _of_the_start(found))
    if h > 0:
        st.button(
            "Continue from here",
            key="continue",
            help="Make the parameters on the screen the start of a new run.",
            on_click=state.continue_from_here,
        )


def _of_the_start(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Without what speaks of shares that nobody has been given yet."""
    return tuple(finding for finding in found if finding.kind != "dying")


def _facts(run: Run, h: int, numbers: NumberStyle) -> str:
    t = h // 2
    value = run.trace.log_likelihoods[t]
    gain = ""
    if h and h % 2 == 0:
        more = numbers.gain(value - run.trace.log_likelihoods[t - 1])
        gain = f' <span class="ex-muted">{more}</span>'
    whose = "of the start" if t == 0 else f"of the parameters after iteration {t}"
    likelihood = f"<b>{numbers.log_likelihood(value)}</b>{gain}"
    return (
        f'<p class="ex-fact"><span>Points held, N</span>{_sizes(run, h, numbers)}</p>'
        f'<p class="ex-fact"><span>Log-likelihood {whose}</span>{likelihood}</p>'
        f"{_compression(run, numbers)}"
    )


def _compression(run: Run, numbers: NumberStyle) -> str:
    """That EM did not run on the very points, and what it costs; "" where it did."""
    if run.sample_weight is None:
        return ""
    return (
        f'<p class="ex-note">EM runs on {count(len(run.points))} weighted points that stand for '
        f"the {count(run.problem.data.n_points)}: same count, mean, variance and skewness in each "
        "small cell. The log-likelihood per point is off by at most "
        f"{numbers.of(run.error)}.</p>"
    )


def _sizes(run: Run, h: int, numbers: NumberStyle) -> str:
    sizes = run.effective_sizes(h)
    if sizes is None:
        return '<span class="ex-muted">not shared out yet</span>'
    chips = (f"<span>{dot(j)} {numbers.of(size)}</span>" for j, size in enumerate(sizes))
    return f'<span class="ex-sizes">{"".join(chips)}</span>'


def _findings(run: Run, findings: Sequence[Finding]) -> None:
    """What there is to know, the gravest first, and a button for each thing that helps."""
    if not findings:
        return
    written = [_finding(finding) for finding in findings]
    shown, more = "".join(written[:MAX_FINDINGS]), "".join(written[MAX_FINDINGS:])
    if more:
        left = len(written) - MAX_FINDINGS
        shown += f"<details><summary>{left} more like this</summary>{more}</details>"
    st.html(f'<div class="ex-panel">{shown}</div>')
    offered = [remedy for finding in findings for remedy in remedies.remedies_of(finding, run)]
    different = {remedy.label: remedy for remedy in offered}
    if different:
        with st.container(horizontal=True, gap="small"):
            for remedy in list(different.values())[:MAX_REMEDIES]:
                _offer(remedy)


def _finding(finding: Finding) -> str:
    return (
        f'<div class="ex-finding {finding.severity}"><i aria-hidden="true">'
        f"{MARKS[finding.severity]}</i><span>{text(finding.sentence)}</span></div>"
    )


def _offer(remedy: remedies.Remedy) -> None:
    st.button(
        remedy.label,
        key=f"remedy-{remedy.label}",
        help=remedy.help,
        on_click=state.press,
        args=(remedy.change, "page", remedy.said),
    )
