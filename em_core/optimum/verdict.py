"""What speaks against an ending of EM: findings of `health`, and of the likelihood's curvature.

A maximum is proper where the observed information is positive definite. EM is at rest where
what is still to come (Newton's step, the sum of all the steps EM would take) is nothing beside
each parameter's standard error, whatever the tolerance it stopped at. Where the likelihood is
all but flat, Newton's step is beside the point: the curvature changes sign on the way to a
maximum, and standard errors are large there. So EM's own step has its say, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.trace import Trace
from em_core.mixture import GaussianMixture
from em_core.optimum.acceleration import accelerate
from em_core.optimum.information import Curvature, curvature_of
from em_core.options import Options
from em_core.report.health import SEVERITIES, Finding, health
from em_core.wording import enumerated, number, percent, rough

AT_REST = 0.01
"""Of a standard error: a parameter that still has less to go is at rest."""

IN_DOUBT, FOLLOWED = (AT_REST / 5, AT_REST * 5), 100
"""Distances by Newton's step, which is not exact, that are measured by following EM for at most
so many accelerated iterations; below, too, unless EM's own step is as small."""

NEARBY = 1.0
"""Standard errors: a maximum that EM comes to within these, from where the curvature is not that
of a maximum, is what it is on its way to. Farther off, it has left a saddle."""

NO_MERIT = ("collapsed", "empty", "near-collapsed", "spurious")
"""Kinds of findings about an ending whose height is no merit."""

BESIDE_THE_POINT = ("fine", "slow", "iteration-limit")
"""Kinds of findings about how a run stopped, which curvature knows better."""

SAYS_MORE = {
    "saddle": ("dying", "near-collapsed"),
    "ridge": ("dying", "near-collapsed", "duplicate", "identical-start", "plateau"),
}
"""What the curvature shows is not told where a finding of `health` says why."""

A_MOMENT = 3
"""Iterations that show how an ending moves."""


ASCENT = 1e-6
"""A direction rises when its curvature is above this fraction of the complete information."""


@dataclass(frozen=True, eq=False)
class Standing:
    """How EM stands at a mixture.

    curvature: at the mixture, or where EM comes to from there if it was followed;
    to_come: the most that any parameter still has to go to the point where the log-likelihood
    is level (the maximum where definite), in its standard errors; which: its name.
    """

    curvature: Curvature
    to_come: float
    which: str

    @property
    def at_rest(self) -> bool:
        return self.to_come < AT_REST


def standing(
    points: ArrayLike,
    mixture: GaussianMixture,
    options: Options,
    sample_weight: ArrayLike | None = None,
) -> Standing:
    """Where EM stands at `mixture`: one sweep over the points.

    Newton's step says how far there is to go; in doubt, EM is followed to its end instead.
    options: the covariance type, and the rules, which tell what is a parameter.
    """
    curvature = curvature_of(points, mixture, options.covariance_type, sample_weight, options.rules)
    names = curvature.coordinates.names
    if not names:
        return Standing(curvature, 0.0, "")
    step = curvature.coordinates.to_named @ curvature.covariance @ curvature.gradient
    to_go = np.abs(step) / named_errors(curvature)
    if _in_doubt(curvature, to_go.max()):
        there, gone = _followed(points, mixture, options, sample_weight)
        if curvature.definite or (there.definite and gone.max() < NEARBY):
            curvature, to_go = there, gone
    worst = int(np.argmax(to_go))
    return Standing(curvature, float(to_go[worst]), names[worst])


def _in_doubt(curvature: Curvature, to_go: float) -> bool:
    """Whether Newton's step cannot be believed, which comes to so many standard errors."""
    own = float(np.linalg.norm(curvature.gradient / np.sqrt(curvature.typical)))
    clear = curvature.definite and max(to_go, own) < IN_DOUBT[0]
    return to_go < IN_DOUBT[1] and not clear


def _followed(
    points: ArrayLike,
    mixture: GaussianMixture,
    options: Options,
    sample_weight: ArrayLike | None,
) -> tuple[Curvature, np.ndarray]:
    """The curvature where EM comes to from `mixture`, and how far each named parameter (p,) goes
    there, in its standard errors there."""
    kind, rules = options.covariance_type, options.rules
    road = accelerate(points, mixture, "anderson", kind, FOLLOWED, 1e-14, sample_weight, 0.0, rules)
    end = road.mixtures[-1]
    there = curvature_of(points, end, kind, sample_weight, rules)
    step = (all_numbers(end) - all_numbers(mixture))[there.coordinates.rows]
    return there, np.abs(step) / (named_errors(there) * there.coordinates.units(there.scale))


def named_errors(curvature: Curvature) -> np.ndarray:
    """(p,) standard errors of the named parameters, in scaled data."""
    named = curvature.coordinates.to_named
    return np.sqrt(np.einsum("ip,pq,iq->i", named, curvature.covariance, named))


def all_numbers(mixture: GaussianMixture) -> np.ndarray:
    """Weights, means and covariances one after the other, as `Coordinates.rows` counts them."""
    means = mixture.means + mixture.means_residual
    return np.concatenate([mixture.weights, means.ravel(), mixture.covariances.ravel()])


def against(
    points: ArrayLike,
    trace: Trace,
    sample_weight: ArrayLike | None = None,
) -> tuple[Finding, ...]:
    """What speaks against the trace's end as a maximum, the gravest first; empty if nothing."""
    found = [
        finding
        for finding in health(points, trace, sample_weight=sample_weight)
        if finding.severity in ("error", "warning") or finding.kind == "floored"
        if finding.kind not in BESIDE_THE_POINT
    ]
    kinds = {finding.kind for finding in found}
    if trace.outcome in ("collapsed", "empty"):
        return tuple(found)
    if trace.options.rules.temperature != 1:
        found.append(_tempered(trace.options.rules.temperature))
        return tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity)))
    here = standing(points, trace.mixtures[-1], _but_for_the_floored(trace), sample_weight)
    found += [f for f in _of_curvature(here) if not kinds & set(SAYS_MORE.get(f.kind, ()))]
    return tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity)))


def _but_for_the_floored(trace: Trace) -> Options:
    """The options under which the covariances that rest on the floor are no parameters."""
    rules = trace.options.rules
    held = np.flatnonzero(trace.floored[-1]).tolist()
    if not held:
        return trace.options
    fixed = replace(rules, fixed_covariances=(*rules.fixed_covariances, *held))
    return replace(trace.options, rules=fixed)


def _tempered(temperature: float) -> Finding:
    how = "Hard assignment" if temperature == 0 else f"Temperature {number(temperature)}"
    return Finding(
        "tempered",
        "warning",
        (),
        f"{how} does not maximise the likelihood, so this ending is no maximum of it: set the "
        "temperature to 1 for that.",
    )


def _of_curvature(here: Standing) -> Iterator[Finding]:
    if not here.at_rest:
        yield Finding("unfinished", "warning", (), _under_way(here), "more-iterations")
    elif not here.curvature.definite:
        rises = here.curvature.lowest < -ASCENT
        yield _saddle(here) if rises else _ridge(here)


def _under_way(here: Standing) -> str:
    if not here.curvature.definite:
        return "EM is still under way: there is no maximum in sight from here yet."
    to_go = (
        f"{rough(here.to_come)} standard errors"
        if here.to_come > 1
        else f"about {percent(here.to_come)} of its standard error"
    )
    return f"EM stopped on the way: {here.which} still has {to_go} to go."


def _saddle(here: Standing) -> Finding:
    return Finding(
        "saddle",
        "warning",
        (),
        "EM rests on a saddle, not on a maximum: the log-likelihood rises from here when "
        f"{_main_parts(here.curvature)}, a way that EM does not find by itself from this start.",
        "restart-random",
    )


def _ridge(here: Standing) -> Finding:
    return Finding(
        "ridge",
        "warning",
        (),
        "The end is not a point but a ridge: the log-likelihood stays the same when "
        f"{_main_parts(here.curvature)}, so the data do not determine these.",
        "fewer-components",
    )


def _main_parts(curvature: Curvature) -> str:
    """'mean 1 and mean 2 change': what moves most in the direction that EM is slowest in."""
    parts = direction_of(curvature, curvature.slowest)
    names = [name for name, _ in parts[:2]]
    return f"{enumerated(names)} change{'s' * (len(names) == 1)}"


def direction_of(curvature: Curvature, local: np.ndarray) -> tuple[tuple[str, float], ...]:
    """The named parameters that a local direction changes, those that change most first.

    Changes are in complete-data standard errors, relative to the largest; those under a tenth
    of it are left out.
    """
    named = curvature.coordinates.to_named
    errors = np.sqrt(np.square(named / np.sqrt(curvature.typical)).sum(axis=1))
    steps = np.divide(named @ local, errors, out=np.zeros(len(named)), where=errors > 0)
    steps = np.nan_to_num(steps)
    steps /= max(float(np.abs(steps).max()), np.finfo(float).tiny)
    order = np.argsort(-np.abs(steps), kind="stable")
    return tuple(
        (curvature.coordinates.names[i], float(steps[i])) for i in order if abs(steps[i]) >= 0.1
    )
