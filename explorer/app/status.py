"""What just happened: the last half-step in words, the log-likelihood, health and what helps."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from em_core.report.health import Finding, health
from em_core.report.narrate import (
    StepAccount,
    describe_half_step,
    describe_sharing,
    sentence,
)
from em_core.wording import count
from explorer.app import formulas, state, tour
from explorer.app.markup import NOTHING, NumberStyle, html, joined, panel
from explorer.app.words import place
from explorer.model import remedies
from explorer.model.agreed import in_words
from explorer.model.endings import N_STARTS, NOT_TRIED
from explorer.model.runs import Run, RunFrame

MAX_FINDINGS = 3
MAX_REMEDIES = 4
MARKS = {"error": "✕", "warning": "!", "info": "i", "good": "✓"}
LOG_LIKELIHOOD = "log-likelihood"
"""The name of its number among the cells that unfold."""
NEVER_FALLS = (
    "It says how well the mixture explains the data, and EM never lowers it: the E-step finds the "
    "lower bound that touches it, and the M-step raises that bound."
)
AGREED = (
    "Converged means that E-step and M-step agree: sharing the points out again gives the same "
    "components."
)


def guide() -> None:
    """A place for one line: what to press, and what it will do; or what was done, and the way
    back."""
    if words := state.notice("undo"):
        _done(words)
    elif state.is_touring():
        tour.show()
    else:
        place("guide")


def guiding(frame: RunFrame) -> Markup:
    """What is written in that place."""
    return tour.words(frame) if state.is_touring() else _what_to_press(frame)


def in_a_sentence(frame: RunFrame) -> str:
    """What just happened."""
    return sentence(_account(frame), state.display().spread)


def told(frame: RunFrame, happened: str) -> str:
    """What just happened; before it, what to press, unless the tour says it."""
    if words := state.notice("undo"):
        return words
    if frame.phase == "start" and not state.is_touring():
        return _what_to_press(frame).striptags()
    return happened


def _done(words: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="done"):
        st.html(html('<p class="ex-guide" role="status">{}</p>', words))
        st.button("Undo", key="undo-done", icon=":material/undo:", on_click=state.undo)


def _what_to_press(frame: RunFrame) -> Markup:
    run = frame.run
    if frame.half_step >= run.last:
        line = html("{}", run.trace.message)
    elif frame.phase == "start":
        line = _first_words(frame.mixture.n_components)
    elif frame.phase == "E":
        line = html("Now <b>M-step</b>: each component moves to the points that it holds.")
    else:
        line = html("Now <b>E-step</b>: the points are shared out again. Or <b>Run</b> to the end.")
    return html('<p class="ex-guide">{}</p>', line)


def _first_words(n_components: int) -> Markup:
    if n_components == 1:
        return html("Press <b>E-step</b>: with one component, every point belongs to it.")
    among = "between the two" if n_components == 2 else f"among the {n_components}"
    return html(
        "Press <b>E-step</b>: each point is shared out {} components, by how well each of them "
        "explains it.",
        among,
    )


def what_just_happened(frame: RunFrame, happened: str, opened: str, style: NumberStyle) -> Markup:
    """happened: in a sentence; opened: the cell that is unfolded."""
    return panel(
        "What just happened",
        html(
            '<p class="ex-sentence">{}</p>{}{}{}',
            happened,
            _log_likelihood(frame, opened, style),
            _fall(frame),
            _compression(frame.run, style),
        ),
    )


def _account(frame: RunFrame) -> StepAccount | None:
    run = frame.run
    if frame.phase == "E" and frame.responsibilities is not None:
        return describe_sharing(
            run.points,
            frame.responsibilities,
            frame.earlier_responsibilities,
            run.sample_weight,
        )
    return describe_half_step(run.points, run.trace, frame.half_step, run.sample_weight)


def _log_likelihood(frame: RunFrame, opened: str, style: NumberStyle) -> Markup:
    t, trace = frame.n_iter, frame.run.trace
    gain = NOTHING
    if frame.phase == "M":
        more = style.gain(frame.log_likelihood - float(trace.log_likelihoods[t - 1]))
        gain = html(' <span class="ex-muted">{}</span>', more)
    whose = "of the start" if t == 0 else f"of the parameters after iteration {t}"
    value = html(
        '<b class="ex-number" role="button" tabindex="0" data-cell="{}" aria-expanded="{}">{}</b>',
        LOG_LIKELIHOOD,
        "true" if opened == LOG_LIKELIHOOD else "false",
        style.log_likelihood(frame.log_likelihood),
    )
    fact = html(
        '<p class="ex-fact"><span>Log-likelihood {}</span><span>{}{}</span></p>', whose, value, gain
    )
    if opened != LOG_LIKELIHOOD:
        return fact
    words = [] if trace.fell_at == t else [NEVER_FALLS]
    if frame.half_step >= frame.run.last and trace.outcome == "converged":
        words.append(AGREED)
    said = html('<p class="ex-muted">{}</p>', " ".join(words))
    written = formulas.log_likelihood(frame, style)
    return fact + html('<div class="ex-unfolding">{}{}</div>', written, said)


def _fall(frame: RunFrame) -> Markup:
    """Why the log-likelihood fell in this iteration; nothing where it did not."""
    trace = frame.run.trace
    if frame.phase != "M" or trace.fell_at != frame.iteration:
        return NOTHING
    return html('<p class="ex-note">{}</p>', trace.fall_message)


def _compression(run: Run, style: NumberStyle) -> Markup:
    """That EM did not run on the very points, and what it costs; nothing where it did."""
    if not run.stands_in:
        return NOTHING
    return html(
        '<p class="ex-note">EM runs on {} weighted points that stand for the {}: same count, mean, '
        "variance and skewness in each small cell. The log-likelihood per point is off by at most "
        "{}. Sums and parameters on this page are over the weighted points; the E-step's table is "
        "of your own points.</p>",
        count(len(run.points)),
        count(run.problem.data.n_points),
        style.of(run.error),
    )


def rules_in_force(run: Run) -> Markup:
    """Instead of plain EM's formulas, which do not hold for this run: the rules that do."""
    said = joined(html("<li>{}</li>", words) for words in in_words(run.problem.options.rules))
    return panel(
        "Not plain EM",
        html(
            "<ul>{}</ul><p>The formulas and tables of plain EM would not give this run’s "
            "numbers, so they are not shown. The rules are under Rules, among the options.</p>",
            said,
        ),
    )


def found(frame: RunFrame) -> Sequence[Finding]:
    """What there is to know of the parameters in force."""
    run = frame.run
    if at_the_end(frame):
        return _of_the_end(run)
    if frame.phase == "E":
        return ()
    of_parameters = health(run.points, run.trace, frame.n_iter, run.sample_weight)
    return of_parameters if frame.phase == "M" else _of_the_start(of_parameters)


def what_helps(frame: RunFrame, found: Sequence[Finding]) -> None:
    """A button for each thing that helps, and those that lead on from here."""
    run = frame.run
    if at_the_end(frame):
        better = state.verdict().better
        _remedies(run, found, [] if better is None else [remedies.better_ending(better)])
        if any(finding.sentence.endswith(NOT_TRIED) for finding in found):
            st.button(
                f"Try {N_STARTS} other starts",
                key="other-starts",
                help="Run EM from random starts too, and see whether one ends higher.",
                on_click=state.try_other_starts,
            )
    else:
        _remedies(run, found)
    failed = at_the_end(frame) and run.trace.outcome in ("collapsed", "empty")
    if frame.phase != "start" and not failed:
        st.button(
            "Continue from here",
            key="continue",
            help="Make the parameters on the screen the start of a new run.",
            on_click=state.continue_from_here,
        )


def at_the_end(frame: RunFrame) -> bool:
    """Whether the run has ended, and its end is on the screen."""
    return frame.half_step == frame.run.last > 0 and not frame.run.unfinished


def _of_the_end(run: Run) -> Sequence[Finding]:
    """May the ending be ticked? If not, why."""
    verdict = state.verdict()
    told = {finding.kind for finding in verdict.findings}
    also = [
        finding
        for finding in health(run.points, run.trace, None, run.sample_weight)
        if finding.severity == "info" and not verdict.sound and finding.kind not in told
    ]
    return [*verdict.findings, *also]


def _of_the_start(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Before the first E-step nothing holds any points, so none can hold too few."""
    return tuple(finding for finding in found if finding.kind != "dying")


def findings(found: Sequence[Finding]) -> Markup:
    """The gravest first."""
    written = [_finding(finding) for finding in found]
    shown, more = joined(written[:MAX_FINDINGS]), joined(written[MAX_FINDINGS:])
    if more:
        left = len(written) - MAX_FINDINGS
        shown += html("<details><summary>{} more like this</summary>{}</details>", left, more)
    return html('<div class="ex-panel">{}</div>', shown)


def _remedies(run: Run, findings: Sequence[Finding], first: Sequence[remedies.Remedy] = ()) -> None:
    """A button for each thing that helps."""
    offered = [
        *first,
        *(remedy for finding in findings for remedy in remedies.remedies_of(finding, run)),
    ]
    different = {remedy.label: remedy for remedy in offered}
    if different:
        with st.container(horizontal=True, gap="small"):
            for remedy in list(different.values())[:MAX_REMEDIES]:
                _offer(remedy)


def _finding(finding: Finding) -> Markup:
    return html(
        '<div class="ex-finding {}"><i aria-hidden="true">{}</i><span>{}</span></div>',
        finding.severity,
        MARKS[finding.severity],
        finding.sentence,
    )


def _offer(remedy: remedies.Remedy) -> None:
    st.button(
        remedy.label,
        key=f"remedy-{remedy.label}",
        help=remedy.help,
        on_click=state.press,
        args=(remedy.change, "page", remedy.said, remedy.at_end),
    )
