"""What kind of optimum is this? Findings about a run, in plain sentences.

The likelihood of a mixture with free covariances has no upper bound: a component that closes in
on one point sends it to infinity (Day 1969; Kiefer & Wolfowitz 1956), and between that and a
sensible fit lie *spurious* maxima, where a component rests on a few points that happen to be
close together (McLachlan & Peel 2000, sections 3.8 and 3.10). What is measured, and why the
limits are what they are, is in `em_core.report.evidence`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, log, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from em_core.engine.trace import Trace
from em_core.report.evidence import (
    NARROW,
    Run,
    Support,
    coinciding,
    is_chance,
    is_near_collapse,
    is_nearly_singular,
    rests_on_few,
    scale_ratios,
)
from em_core.wording import (
    component_names,
    coordinates,
    enumerated,
    log_likelihood,
    number,
    percent,
    point,
    rough,
    sentence_case,
)

Severity = Literal["error", "warning", "info", "good"]
Remedy = Literal[
    "", "restart-random", "drop-component", "more-iterations", "fewer-components", "tie-covariances"
]
Floats = NDArray[np.float64]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info", "good")

SLOW_RATE = 0.95
NAMED_VALUES = 4


@dataclass(frozen=True)
class Finding:
    """One thing to know about a fit.

    kind: "collapsed", "empty", "near-collapsed", "spurious", "dying", "identical-start",
        "plateau", "duplicate", "floored", "iteration-limit", "slow" or "fine".
        `em_core.optimum` adds "saddle", "ridge", "unfinished", "tempered", "beaten" and "sound",
        and `em_core.inference.selection` "crowded".
    severity: "error" (the result cannot be used), "warning", "info" or "good".
    components: the components concerned, from 0.
    sentence: what was found, with components counted from 1.
    remedy: what would help, as a short name for a button; "" where nothing needs doing.
    """

    kind: str
    severity: Severity
    components: tuple[int, ...]
    sentence: str
    remedy: Remedy = ""


def health(
    points: ArrayLike,
    trace: Trace,
    t: int | None = None,
    sample_weight: ArrayLike | None = None,
) -> tuple[Finding, ...]:
    """Findings about `trace` after iteration `t` (its end by default), the gravest first.

    points: (n,) or (n, d), those the trace was fitted to; sample_weight: (n,) or None.
    What concerns the end of a run (how it stopped, how fast it converged, "fine") is told only
    at its end; before that the tuple may be empty. Costs at most one E-step, in blocks.
    Raises InputError when the trace has no iteration t.
    """
    run = Run.of(points, trace, trace.n_iter if t is None else t, sample_weight)
    checks = (
        _stopped_early,
        _fragile_components,
        _dying,
        _identical_start,
        _plateau,
        _duplicates,
        _floored,
        _iteration_limit,
        _slow,
    )
    findings = [finding for check in checks for finding in check(run)]
    findings = [finding for finding in findings if not _is_told(finding, findings)]
    findings.extend(_fine(run, findings))
    return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))


def _is_told(finding: Finding, findings: list[Finding]) -> bool:
    """Does a stronger finding about the same components make this one superfluous?"""
    stronger = {"dying": ("near-collapsed", "spurious"), "duplicate": ("plateau",)}
    return any(
        other.kind in stronger.get(finding.kind, ()) and other.components == finding.components
        for other in findings
    )


def _names(run: Run, support: Support) -> str:
    """The values it rests on by name; beyond a few, only how many and where about."""
    values = support.main_values
    if len(values) > NAMED_VALUES:
        around = f"different values around {coordinates(values.mean(0), run.extent)}"
        return f"{'at least ' * support.is_cut_short}{len(values)} {around}"
    values = values[np.lexsort(values.T[::-1])]
    noun = "point" if len(values) == 1 else "points"
    return f"the {noun} {enumerated(point(x, run.extent) for x in values)}"


def _stopped_early(run: Run) -> Iterator[Finding]:
    """Collapsed and empty components, as the trace found them."""
    if not run.failed:
        return
    trace = run.trace
    if trace.outcome == "empty":
        who = component_names(trace.components)
        yield Finding(
            "empty",
            "error",
            trace.components,
            f"In iteration {trace.iteration} {who} was left without any point: "
            "every point is so far away that its share is 0.",
            "drop-component",
        )
        return
    for j, support in run.supports(run.mixture, list(trace.components)).items():
        yield Finding(
            "collapsed",
            "error",
            (j,),
            f"In iteration {trace.iteration} component {j + 1} collapsed: "
            f"it rests on {_names(run, support)}, {_lack_of_extent(support)}. "
            "The likelihood has no upper bound there, so this is not a fit.",
            "restart-random" if run.mixture.n_components > 1 else "",
        )


def _lack_of_extent(support: Support) -> str:
    if len(support.main_values) == 1:
        return "and its variance fell to 0"
    if support.values.shape[1] == 1:
        return "too close together to have a variance"
    return "which have no extent in some direction"


def _fragile_components(run: Run) -> Iterator[Finding]:
    """Components on the way to collapse, and spurious ones."""
    if run.t == 0 or run.failed:
        return
    ratios = scale_ratios(run)
    narrow = ratios[:, 0] < NARROW
    suspects = [j for j, is_narrow in enumerate(narrow) if is_narrow or is_nearly_singular(run, j)]
    supports = run.supports(run.mixture, suspects)
    for j in suspects:
        if supports[j].size == 0:
            continue
        if is_near_collapse(run, j, supports):
            yield _near_collapsed(run, j, supports[j])
        elif narrow[j] and rests_on_few(run, j, supports[j], ratios[j]):
            yield _spurious_few(run, j, supports[j], ratios[j])
        elif narrow[j] and is_chance(run, j, ratios[j]):
            yield _spurious_chance(run, j, ratios[j])


def _spread(run: Run, j: int) -> str:
    """', its variance is 0.0025' in one dimension; nothing short can be said in more."""
    if run.points.shape[1] > 1:
        return ""
    return f", its variance is {number(run.mixture.covariances[j, 0, 0])}"


def _near_collapsed(run: Run, j: int, support: Support) -> Finding:
    return Finding(
        "near-collapsed",
        "warning",
        (j,),
        f"Component {j + 1} is close to collapse: it rests on "
        f"{_names(run, support)}{_spread(run, j)}.",
        "restart-random",
    )


def _spurious_few(run: Run, j: int, support: Support, ratios: Floats) -> Finding:
    return Finding(
        "spurious",
        "warning",
        (j,),
        f"Component {j + 1} rests on {_names(run, support)} only, and is "
        f"{_times_narrower(run, j, ratios)}. The log-likelihood is high because of that spike: "
        "probably a spurious optimum, not a group in the data.",
        "tie-covariances",
    )


def _spurious_chance(run: Run, j: int, ratios: Floats) -> Finding:
    effective_size = number(run.effective_sizes[j])
    return Finding(
        "spurious",
        "warning",
        (j,),
        f"Component {j + 1} is {_times_narrower(run, j, ratios)}, and with {effective_size} "
        "points' worth of data so close together in a dense region it may well be an accident: "
        "probably a spurious optimum, not a group in the data.",
        "tie-covariances",
    )


def _times_narrower(run: Run, j: int, ratios: Floats) -> str:
    """How its variance compares with the others'."""
    smallest, largest = ratios[0], ratios[-1]
    times = f"about {rough(1 / smallest)} times" if smallest > 0 else "infinitely many times"
    others = "the others'" if run.mixture.n_components > 2 else f"that of component {2 - j}"
    if run.mixture.n_features == 1:
        variance = number(run.mixture.covariances[j, 0, 0])
        return f"very narrow: its variance of {variance} is {times} smaller than {others}"
    shape = "very narrow" if largest < NARROW else "flat"
    return f"{shape}: in one direction its variance is {times} smaller than {others}"


def _dying(run: Run) -> Iterator[Finding]:
    """Components with less than one point's worth of data."""
    if run.failed:
        return
    weights = run.trace.weights[: run.t + 1]
    for j, size in enumerate(run.effective_sizes):
        shrinking = run.t > 0 and bool(weights[-1, j] < 0.9 * weights[-2, j])
        if size < run.one_point * (1 - 1e-9):
            tail = ", and it is still shrinking" if shrinking else ""
            yield Finding(
                "dying",
                "warning",
                (j,),
                f"Component {j + 1} holds only {number(size)} points' worth of data{tail}.",
                "drop-component",
            )


def _identical_start(run: Run) -> Iterator[Finding]:
    start = run.trace.mixtures[0]
    groups: dict[bytes, list[int]] = {}
    for j in range(start.n_components):
        key = (start.means[j] + 0.0).tobytes() + (start.covariances[j] + 0.0).tobytes()
        groups.setdefault(key, []).append(j)
    for group in groups.values():
        if len(group) > 1:
            yield Finding(
                "identical-start",
                "warning",
                tuple(group),
                f"{sentence_case(component_names(group))} start with the same mean and the same "
                "covariance: each point is shared between them in the same proportion, so EM can "
                "never tell them apart.",
                "restart-random",
            )


def _plateau(run: Run) -> Iterator[Finding]:
    """The log-likelihood hardly rises, yet is that of one component, or is picking up again."""
    if run.failed or run.mixture.n_components == 1 or not run.gain_is_tiny:
        return
    picking_up = run.at_end and run.gain_ratio is not None and run.gain_ratio > 1
    if run.is_no_better_than_one:
        but = (
            f"at {log_likelihood(run.log_likelihood)} it is no better than the "
            f"{log_likelihood(run.single_log_likelihood)} of a single component"
        )
    elif picking_up:
        but = "its gains are growing again"
    else:
        return
    if groups := coinciding(run):
        names = enumerated(component_names(group) for group in groups)
        but += f", and {names} still coincide"
    rises = f"rises by only {number(run.gains[-1])}"
    if run.gains[-1] <= run.noise:
        rises = "no longer rises"
    sentence = (
        f"After iteration {run.t} the log-likelihood {rises}, but {but}: a plateau, not an optimum."
    )
    components = tuple(range(run.mixture.n_components))
    if run.rises_later:
        sentence += " The run leaves it later."
        yield Finding("plateau", "info", components, sentence)
    else:
        remedy: Remedy = "more-iterations" if picking_up else "restart-random"
        yield Finding("plateau", "warning", components, sentence, remedy)


def _duplicates(run: Run) -> Iterator[Finding]:
    if run.t == 0 or run.failed:
        return
    for group in coinciding(run):
        where = coordinates(run.mixture.means[group[0]], run.extent)
        yield Finding(
            "duplicate",
            "warning" if run.at_end else "info",
            tuple(group),
            f"{sentence_case(component_names(group))} coincide at the mean {where}: together they "
            "do the work of one.",
            "fewer-components" if run.at_end else "",
        )


def _floored(run: Run) -> Iterator[Finding]:
    components = tuple(np.flatnonzero(run.trace.floored[run.t]).tolist())
    if components:
        yield Finding(
            "floored",
            "info",
            components,
            f"The variance of {component_names(components)} was raised to the variance floor: "
            "without it there would be a collapse, or a spike.",
        )


def _iteration_limit(run: Run) -> Iterator[Finding]:
    if not run.at_end or run.trace.outcome != "max_iter" or run.t == 0:
        return
    gain = float(run.gains[-1])
    if gain <= run.noise:
        return
    yield Finding(
        "iteration-limit",
        "warning" if gain > 1e-6 * run.total else "info",
        (),
        f"The iteration limit was reached after {_iterations(run.t)} before EM converged: "
        f"the last one still raised the log-likelihood by {number(gain)}{_outlook(run)}.",
        "more-iterations",
    )


def _slow(run: Run) -> Iterator[Finding]:
    ratio = run.gain_ratio
    if not run.at_end or run.failed or ratio is None or not SLOW_RATE**2 <= ratio < 1:
        return
    rate = sqrt(ratio)
    unfinished = run.trace.outcome == "max_iter" or run.still_to_come > 0.01
    yield Finding(
        "slow",
        "info",
        (),
        f"EM is slow here: an iteration covers only {percent(1 - rate, 2)} of the "
        "distance that is left, so one more digit of the parameters takes about "
        f"{rough(-log(10) / log(rate))} iterations{_outlook(run)}.",
        "more-iterations" if unfinished else "",
    )


def _outlook(run: Run) -> str:
    if not 1e-3 < run.still_to_come < inf:
        return ""
    return f"; about {rough(run.still_to_come)} of log-likelihood is still to come"


def _iterations(count: int) -> str:
    return f"{count} iteration{'' if count == 1 else 's'}"


def _fine(run: Run, findings: list[Finding]) -> Iterator[Finding]:
    """At the end of a run that came to rest, when nothing speaks against it."""
    if not run.at_end or run.t == 0 or run.failed:
        return
    at_rest = run.trace.outcome == "converged" or run.gains[-1] <= run.noise
    if not at_rest or any(finding.severity in ("error", "warning") for finding in findings):
        return
    several = run.mixture.n_components > 1
    yield Finding(
        "fine",
        "good",
        (),
        f"EM came to rest after {_iterations(run.t)} and nothing looks suspicious"
        + (
            ": a local optimum; another start may still reach a higher log-likelihood."
            if several
            else ": this is the one optimum there is."
        ),
    )
