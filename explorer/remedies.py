"""What helps against a finding about a run: an edit of the problem with a button's words. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from em_core import InputError, fit
from em_core.health import Finding
from em_core.starts import draw
from explorer import edits
from explorer.problem import MAX_ITERATIONS, Problem, Start
from explorer.runs import Run

N_STARTS = 50


@dataclass(frozen=True)
class Remedy:
    label: str
    help: str
    change: Callable[[Problem], Problem]


def remedy_of(finding: Finding, run: Run) -> Remedy | None:
    """The remedy a finding names, where it can be applied."""
    problem = run.problem
    match finding.remedy:
        case "restart-random":
            return Remedy(
                f"Try {N_STARTS} random starts",
                "Run EM from 50 starts drawn at random and keep the one that ends best without "
                "collapsing. You can replay it from its start.",
                from_best_start,
            )
        case "drop-component" if problem.start.mixture.n_components > 1:
            component = finding.components[0]
            return Remedy(
                f"Drop component {component + 1}",
                "Start again without it.",
                lambda p: edits.without_component(p, component),
            )
        case "fewer-components" if problem.start.mixture.n_components > 1:
            return Remedy(
                "One component less",
                "Start again without one of those that coincide.",
                lambda p: edits.without_component(p, finding.components[-1]),
            )
        case "more-iterations" if problem.options.max_iter < MAX_ITERATIONS:
            return _more_iterations(problem)
        case "tie-covariances" if problem.options.covariance_type != "tied":
            return Remedy(
                "Equal variances" if problem.data.n_features == 1 else "One shape for all",
                "Let all components share one covariance: then none can shrink to a spike.",
                lambda p: edits.with_options(p, replace(p.options, covariance_type="tied")),
            )
    return None


def _more_iterations(problem: Problem) -> Remedy:
    limit = min(MAX_ITERATIONS, 5 * problem.options.max_iter)
    return Remedy(
        "More iterations",
        f"Raise the iteration limit to {limit}.",
        lambda p: edits.with_options(p, replace(p.options, max_iter=limit)),
    )


def from_best_start(problem: Problem) -> Problem:
    """The start, of many drawn at random, whose run ends best without collapsing.

    InputError when all of them collapse.
    """
    raise InputError("unfinished", "TODO")
