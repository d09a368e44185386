"""How fast a run arrives, beside accelerated runs from the same start. Pure."""

from dataclasses import dataclass, replace

import numpy as np

from em_core import (
    InputError,
    Speed,
    Trace,
    accelerate,
    distances_to,
    fit,
    how_fast,
    information,
)
from em_core.optimum.optima import same_density
from em_core.wording import enumerated, number, percent
from explorer.model.runs import Run

LONG, LONG_TOL = 600, 1e-14
"""The run is followed so far beyond its own end, to see it arrive."""

QUICK = 30_000
"""Coordinates × components up to which it is."""

MARKED = 0.3
"""Parameters that change in the slowest direction by at least this share of the most are named."""


@dataclass(frozen=True, eq=False)
class Pace:
    """trace: the run, perhaps followed beyond its end; speed: the road of it; others: by name, the
    EM iterations that an accelerated run had spent at each of its places, and their distances,
    where it comes to the same end; shares (n,): of the missing information, by point, or None."""

    run: Run
    trace: Trace
    speed: Speed
    others: dict[str, tuple[np.ndarray, np.ndarray]]
    shares: np.ndarray | None


def pace(run: Run) -> Pace:
    """The run's pace, and that of accelerated runs."""
    trace = _followed(run)
    speed = how_fast(run.points, trace, run.sample_weight)
    roads = {name: _road(run, speed, method) for name, method in METHODS.items()}
    others = {name: road for name, road in roads.items() if road is not None}
    return Pace(run, trace, speed, others, _shares(run, speed))


METHODS = {"SQUAREM": "squarem", "Anderson": "anderson"}


def _is_quick(run: Run) -> bool:
    return run.points.size * run.problem.start.mixture.n_components <= QUICK


def _followed(run: Run) -> Trace:
    if not _is_quick(run) or run.trace.outcome not in ("converged", "max_iter"):
        return run.trace
    options = replace(run.trace.options, max_iter=max(LONG, run.trace.n_iter), tol=LONG_TOL)
    start = run.problem.start.mixture
    return fit(run.points, start, sample_weight=run.sample_weight, **options.keywords())


def _road(run: Run, speed: Speed, method: str) -> tuple[np.ndarray, np.ndarray] | None:
    """EM iterations spent and distances of an accelerated run; None where it ends elsewhere."""
    options = run.trace.options
    found = accelerate(
        run.points,
        run.problem.start.mixture,
        method,  # type: ignore[arg-type]
        options.covariance_type,
        LONG,
        LONG_TOL,
        run.sample_weight,
        options.variance_floor,
        options.rules,
    )
    if not same_density(run.points, found.mixtures[-1], speed.end):
        return None
    distances = distances_to(run.points, speed.end, found.mixtures, options, run.sample_weight)
    return found.maps, distances


def _shares(run: Run, speed: Speed) -> np.ndarray | None:
    try:
        found = information(
            run.points, speed.end, run.trace.covariance_type, run.sample_weight
        ).missing_by_point
    except InputError:
        return None
    return found if np.isfinite(found).all() else None


def in_words(found: Pace) -> str:
    """The rate, and which parameters are the slowest."""
    speed = found.speed
    if not speed.slowest:
        return "With these rules there is nothing left to be found out: EM is there at once."
    if speed.rate >= 1:
        return (
            "This end is no proper maximum: in some direction EM does not come nearer at all, or "
            "leads away from it."
        )
    left = percent(speed.rate)
    return (
        f"Near the end each iteration leaves {left} of the distance: that is the largest share of "
        f"the information that the missing labels hide. {_slowest(speed)}"
    )


def _slowest(speed: Speed) -> str:
    named = [(name, amount) for name, amount in speed.slowest if abs(amount) >= MARKED][:4]
    up = [name for name, amount in named if amount > 0]
    down = [name for name, amount in named if amount < 0]
    if not down or not up:
        names = enumerated(up or down)
        return f"Slowest {'is' if len(named) == 1 else 'are'} {names}" + (
            ", which go the same way." if len(named) > 1 else "."
        )
    return (
        f"Slowest are {enumerated(up)} against {enumerated(down)}: what one gains, the other loses."
    )


def stops_in_words(found: Pace) -> list[list[str]]:
    """A row for each stopping rule: its name, the iteration, what was still to come."""
    names = {
        "scikit-learn": "scikit-learn, 10⁻³ per point",
        "mclust": "mclust, 10⁻⁵ relative",
        "here": "here, 10⁻⁶ per point",
    }
    rows = []
    for stop in found.speed.stops:
        when = "not within these" if stop.iteration is None else str(stop.iteration)
        to_come = number(stop.log_likelihood_to_come, digits=3)
        farthest = "–"
        if stop.errors_to_come is not None:
            farthest = f"{stop.which}: {number(stop.errors_to_come, digits=2)} s.e."
        rows.append([names[stop.rule], when, to_come, farthest])
    return rows
