"""What a person can change about a problem: pure functions from a Problem to the next one.

Each keeps everything it is not about. A change by hand makes the start "manual"; new data bring
their own suggested start. All raise InputError, with the cure, for what cannot be.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from em_core import GaussianMixture, InputError, Options, Rules
from em_core.starts import METHODS
from em_core.wording import number
from explorer.model.agreed import fitting, without
from explorer.model.examples import drawn_start, own_data, suggested_start
from explorer.model.problem import MAX_COMPONENTS, Data, Problem, Start, StartMethod
from explorer.model.shapes import brought_into_type, is_of_type

EDITED = ", edited"
UNCORRELATED = ("diag", "spherical")
"""Covariance types in which the axes of a component do not go together."""


def with_data(problem: Problem, data: Data) -> Problem:
    """Other data, from the start that suits them; the options stay, but for what was held."""
    rules = Rules(problem.options.rules.temperature, problem.options.rules.equal_weights)
    options = replace(problem.options, rules=rules)
    return with_options(Problem(data, suggested_start(data), options), options)


def with_points(problem: Problem, points: np.ndarray, counts: np.ndarray | None = None) -> Problem:
    """The same data with some points changed; the start stays where it can.

    counts: how often each was observed, None where each counts once."""
    old = problem.data
    title = old.title if old.title.endswith(EDITED) else old.title + EDITED
    data = own_data(points, title, old.columns, old.units, counts)
    count = problem.start.mixture.n_components
    _check_count(data, count)
    return replace(problem, data=data)


def with_point_added(problem: Problem, value: Sequence[float]) -> Problem:
    """One point more, of d coordinates, at the end of the data."""
    if len(value) != problem.data.n_features:
        raise InputError("dimension", "The point that was drawn does not fit the data.")
    counts = problem.data.counts
    longer = None if counts is None else np.append(counts, 1.0)
    return with_points(problem, np.vstack([problem.data.points, value]), longer)


def without_point(problem: Problem, index: int) -> Problem:
    """The data without one point (an index from 0)."""
    if not 0 <= index < problem.data.n_points:
        raise InputError("point", f"There is no point {index + 1}.")
    counts = problem.data.counts
    shorter = None if counts is None else np.delete(counts, index)
    return with_points(problem, np.delete(problem.data.points, index, axis=0), shorter)


def with_component_count(problem: Problem, count: int) -> Problem:
    """K components: those that stay keep mean and covariance, the weights their proportions.

    A new one is put where the mixture so far explains the data worst, among K quantiles.
    """
    if not 1 <= count <= MAX_COMPONENTS:
        raise InputError("count", f"Choose 1 to {MAX_COMPONENTS} components.")
    _check_count(problem.data, count)
    mixture = problem.start.mixture
    while mixture.n_components < count:
        mixture = _with_one_more(problem, mixture)
    return _by_hand(problem, _only(mixture, range(count)))


def without_component(problem: Problem, component: int) -> Problem:
    """All components but one (an index from 0); the other weights keep their proportions."""
    mixture = problem.start.mixture
    kept = [j for j in range(mixture.n_components) if j != component]
    if not kept:
        raise InputError("count", "The last component cannot be dropped.")
    rules = without(problem.options.rules, component)
    return _by_hand(_with_rules(problem, rules), _only(mixture, kept))


def with_weight(problem: Problem, component: int, weight: float) -> Problem:
    """One weight; the others share what is left in their old proportions."""
    old = problem.start.mixture
    if not 0 < weight < 1:
        raise InputError(
            "weight-range",
            f"Weight {component + 1} is {number(weight)}: it must lie between 0 and 1, both "
            "excluded, so that every component has a share.",
        )
    others = np.arange(old.n_components) != component
    weights = old.weights / old.weights[others].sum() * (1 - weight)
    weights[component] = weight
    return _by_hand(problem, GaussianMixture(weights, old.means, old.covariances))


def with_mean(problem: Problem, component: int, axis: int, mean: float) -> Problem:
    """One component's mean on one axis, in the axis' unit."""
    old = problem.start.mixture
    means = old.means.copy()
    means[component, axis] = mean
    return _by_hand(problem, GaussianMixture(old.weights, means, old.covariances))


def with_variance(problem: Problem, component: int, axis: int, variance: float) -> Problem:
    """One variance (sigma squared); correlations stay.

    It is every component's where they are tied, and that of both axes where components are round.
    """
    if not 0 < variance < np.inf:
        raise InputError(
            "variance-range",
            f"The variance of component {component + 1} is {number(variance)}: give a number "
            "above 0.",
        )
    old = problem.start.mixture
    covariances = old.covariances.copy()
    round_ones = problem.options.covariance_type == "spherical"
    for j in _moving_together(problem, component):
        for i in range(old.n_features) if round_ones else [axis]:
            factor = np.sqrt(variance / covariances[j, i, i])
            covariances[j, i, :] *= factor
            covariances[j, :, i] *= factor
            covariances[j, i, i] = variance
    return _by_hand(problem, GaussianMixture(old.weights, old.means, covariances))


def with_correlation(problem: Problem, component: int, correlation: float) -> Problem:
    """The correlation of a component's two axes, in every component where they are tied.

    Types without correlations refuse it.
    """
    if problem.options.covariance_type in UNCORRELATED:
        raise InputError("correlation-type", "Covariances of this type have no correlation.")
    if not -1 < correlation < 1:
        raise InputError(
            "correlation-range",
            f"The correlation of component {component + 1} is {number(correlation)}: it must lie "
            "between −1 and 1, both excluded.",
        )
    old = problem.start.mixture
    covariances = old.covariances.copy()
    for j in _moving_together(problem, component):
        product = correlation * np.sqrt(covariances[j, 0, 0] * covariances[j, 1, 1])
        covariances[j, 0, 1] = covariances[j, 1, 0] = product
    return _by_hand(problem, GaussianMixture(old.weights, old.means, covariances))


def with_start_moved(
    problem: Problem,
    means: Sequence[Sequence[float]],
    covariances: Sequence,
    weights: Sequence[float] | None = None,
) -> Problem:
    """All means and covariances at once, as they were dragged; the start's weights or others.

    Where covariances are tied, all follow the first that changed.
    """
    old = problem.start.mixture
    mixture = GaussianMixture(
        old.weights if weights is None else np.array(weights),
        np.array(means),
        np.array(covariances),
    )
    if mixture.n_features != problem.data.n_features:
        raise InputError("dimension", "The start that was drawn does not fit the data.")
    kind = problem.options.covariance_type
    if kind == "tied" and not is_of_type(mixture, kind):
        changed = (mixture.covariances != old.covariances).any(axis=(1, 2))
        shared = mixture.covariances[np.argmax(changed)]
        all_alike = np.broadcast_to(shared, mixture.covariances.shape)
        mixture = GaussianMixture(mixture.weights, mixture.means, all_alike)
    return _by_hand(problem, brought_into_type(mixture, kind))


def with_start_from(problem: Problem, mixture: GaussianMixture) -> Problem:
    """The run begins at these parameters."""
    return _by_hand(problem, GaussianMixture(mixture.weights, mixture.means, mixture.covariances))


def with_method(problem: Problem, method: StartMethod, seed: int) -> Problem:
    """The start that a method gives with this seed; "manual" keeps the one that is there."""
    if method == "manual":
        return replace(problem, start=Start(problem.start.mixture, "manual", seed))
    count, kind = problem.start.mixture.n_components, problem.options.covariance_type
    return replace(problem, start=drawn_start(problem.data, count, method, seed, kind))


def with_options(problem: Problem, options: Options) -> Problem:
    """Other options. A start that is not of their covariance type is brought into it.

    One that a method drew is drawn for that type; another one changes as little as an M-step does.
    """
    start, kind = problem.start, options.covariance_type
    rules = fitting(options.rules, start.mixture.n_components, kind)
    changed = replace(problem, options=replace(options, rules=rules))
    if is_of_type(start.mixture, kind):
        return changed
    if start.method != "manual":
        return with_method(changed, start.method, start.seed)
    return replace(changed, start=replace(start, mixture=brought_into_type(start.mixture, kind)))


def _with_rules(problem: Problem, rules: Rules) -> Problem:
    return replace(problem, options=replace(problem.options, rules=rules))


def _by_hand(problem: Problem, mixture: GaussianMixture) -> Problem:
    options = problem.options
    rules = fitting(options.rules, mixture.n_components, options.covariance_type)
    start = Start(mixture, "manual", problem.start.seed)
    return replace(_with_rules(problem, rules), start=start)


def _only(mixture: GaussianMixture, components: Sequence[int]) -> GaussianMixture:
    chosen = list(components)
    weights = mixture.weights[chosen]
    return GaussianMixture(
        weights / weights.sum(), mixture.means[chosen], mixture.covariances[chosen]
    )


def _with_one_more(problem: Problem, mixture: GaussianMixture) -> GaussianMixture:
    count = mixture.n_components + 1
    data, kind = problem.data, problem.options.covariance_type
    rng = np.random.default_rng(0)
    proposed = METHODS["quantiles"](data.points, count, rng, kind, data.counts).mixture
    taken = (proposed.means[:, None] == mixture.means).all(axis=2).any(axis=1)
    new = int(np.argmin(np.where(taken, np.inf, mixture.log_density(proposed.means))))
    covariance = proposed.covariances[new]
    if kind == "tied":
        covariance = mixture.covariances[0]
    return GaussianMixture(
        np.append(mixture.weights * (count - 1), 1.0) / count,
        np.vstack([mixture.means, proposed.means[new]]),
        np.concatenate([mixture.covariances, covariance[None]]),
    )


def _moving_together(problem: Problem, component: int) -> Sequence[int]:
    tied = problem.options.covariance_type == "tied"
    return range(problem.start.mixture.n_components) if tied else [component]


def _check_count(data: Data, count: int) -> None:
    different = len(np.unique(data.points[:1000], axis=0))
    if different < count:
        different = len(np.unique(data.points, axis=0))
    if different < count:
        raise InputError(
            "count",
            f"{count} components need at least {count} different values and the data have "
            f"{different}: choose fewer components or add points.",
        )
