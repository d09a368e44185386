"""Temperature as a dial: hot, all components are one; cold, each point has its own.

Deterministic annealing (Rose 1998, Proceedings of the IEEE 86, 2210-2239; Ueda & Nakano 1998)
goes from hot to cold. Components that coincide part where the data spread more, in some
direction, than the temperature times their covariance: with inverse temperature beta = 1 / T
and covariance sigma^2 I, at beta = sigma^2 / lambda_max of the data's covariance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.trace import fit
from em_core.errors import InputError
from em_core.mixture import CovarianceType, GaussianMixture, read_only
from em_core.optimum.optima import thinned
from em_core.options import DEFAULTS, Options
from em_core.points import as_points, as_sample_weight, scaled_points
from em_core.report.evidence import Run, coinciding
from em_core.starts import ProposedStart, draw

NUDGE = 1e-3
"""Standard deviations by which components are set apart at each temperature: where they do not
belong apart, EM brings them together again."""

SETTLED = 1e-10
"""Gain per point below which EM has settled at a temperature."""

COOLING = np.geomspace(2.0, 1.0, 8)
"""Temperatures of the annealing start; components with free covariances part at 1."""

MOST = 2000
"""Iterations at each temperature; near a split EM is slow."""


@dataclass(frozen=True, eq=False)
class Dial:
    """temperatures (m,), from hot to cold; n_different (m,): how many different components are
    left at each; mixtures: where EM has settled; log_likelihoods (m,): theirs."""

    temperatures: np.ndarray
    n_different: np.ndarray
    mixtures: tuple[GaussianMixture, ...]
    log_likelihoods: np.ndarray


def dial(
    points: ArrayLike,
    start: GaussianMixture,
    temperatures: Sequence[float] | np.ndarray,
    options: Options = DEFAULTS,
    sample_weight: ArrayLike | None = None,
) -> Dial:
    """Follow EM from the hottest temperature to the coldest, each from where the last settled.

    start: what the options' rules fix is taken from it, and it is where the hottest begins;
    temperatures: (m,) numbers, at least 0, in any order; options: the covariance type, floor and
    rules, whose own temperature does not count. Very many points are thinned as in
    `find_optima`. Raises InputError as `fit` does, and ("temperature") where there are none.
    """
    down = np.sort(np.asarray(temperatures, dtype=float).ravel())[::-1]
    if not len(down):
        raise InputError("temperature", "There are no temperatures: give at least one.")
    few, weight = thinned(points, np.random.default_rng(0), sample_weight)
    free = [k for k in range(start.n_components) if k not in options.rules.fixed_means]
    mixtures, different, heights, mixture = [], [], [], start
    for temperature in down:
        rules = replace(options.rules, temperature=float(temperature))
        settled = replace(options, max_iter=MOST, tol=SETTLED, rules=rules)
        trace = fit(few, _nudged(mixture, free), sample_weight=weight, **settled.keywords())
        mixture = trace.mixtures[-1]
        together = coinciding(Run.of(few, trace, trace.n_iter, weight))
        mixtures.append(mixture)
        different.append(start.n_components - sum(len(group) - 1 for group in together))
        heights.append(trace.log_likelihoods[-1])
    return Dial(
        read_only(down),
        read_only(np.array(different)),
        tuple(mixtures),
        read_only(np.array(heights)),
    )


def annealing(
    points: ArrayLike,
    n_components: int,
    rng: np.random.Generator,
    covariance_type: CovarianceType = DEFAULTS.covariance_type,
    sample_weight: ArrayLike | None = None,
) -> ProposedStart:
    """A start that EM was led to by annealing, from hot to temperature 1.

    The components begin at random points, all as wide as the data; hot, they become one, and
    part again as it cools (Ueda & Nakano 1998). Arguments and errors as in `random_points`.
    """
    few, weight = thinned(points, rng, sample_weight)
    (drawn,) = draw("random", few, n_components, 1, rng, covariance_type, weight)
    wide = drawn.covariances * n_components
    start = GaussianMixture(drawn.weights, drawn.means, wide)
    options = Options(covariance_type)
    return ProposedStart(dial(few, start, COOLING, options, weight).mixtures[-1])


def splitting_temperature(
    points: ArrayLike, covariance: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """The temperature above which components with this covariance cannot be told apart.

    lambda_max of covariance^-1 times the data's covariance. points: (n,) or (n, d); covariance:
    (d, d), or a variance; sample_weight: (n,) repeat counts. Its inverse is
    beta = sigma^2 / lambda_max. For components whose covariance is free it is 1.
    """
    values = as_points(points)
    d = values.shape[1]
    shape = np.asarray(covariance, dtype=float)
    shape = shape * np.eye(d) if shape.size == 1 else shape
    own = GaussianMixture(np.ones(1), np.zeros((1, d)), shape[None]).covariances[0]
    data = scaled_points(values, d, as_sample_weight(sample_weight, len(values)))
    scale = data.scale
    centred = data.values - np.average(data.values, axis=1, weights=data.sample_weight)[:, None]
    spread = np.cov(centred, aweights=data.sample_weight, ddof=0).reshape(d, d)
    whiten = np.linalg.inv(np.linalg.cholesky(own / scale[:, None] / scale))
    return float(np.linalg.eigvalsh(whiten @ spread @ whiten.T)[-1])


def _nudged(mixture: GaussianMixture, free: list[int]) -> GaussianMixture:
    """The same with its free means moved by very little, each by an amount of its own."""
    means = np.array(mixture.means)
    for place, k in enumerate(free):
        amount = NUDGE * (place - (len(free) - 1) / 2)
        deviations = np.sqrt(np.diagonal(mixture.covariances[k]))
        turns = (-1.0) ** (place * np.arange(len(deviations)))
        means[k] += amount * turns * deviations
    return GaussianMixture._trusted(
        mixture.weights, means, mixture.covariances, mixture.means_residual
    )
