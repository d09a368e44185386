"""Pictures over two parameters: where EM ends from every start, and the log-likelihood itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.compress import compress
from em_core.engine.kernel import arithmetic
from em_core.engine.many import Fits, fit_many
from em_core.mixture import CovarianceType, GaussianMixture, read_only
from em_core.optimum.bound import heights_of, states_of
from em_core.optimum.optima import (
    FAILED,
    Field,
    Optimum,
    distinct,
    joined,
    same_density,
    thinned,
    whole,
)
from em_core.optimum.parameter import Parameter, Varied, varied
from em_core.options import DEFAULTS, Options
from em_core.points import as_points, as_sample_weight, scaled_points

STRIDES = (6, 3, 1)
"""A map is made coarse first: every sixth start along both axes, every third, then all."""


@dataclass(frozen=True, eq=False)
class Landscape:
    """log_likelihoods (len(ys), len(xs)) at x = xs and y = ys; NaN where these are no mixture."""

    xs: np.ndarray
    ys: np.ndarray
    log_likelihoods: np.ndarray


@dataclass(frozen=True, eq=False)
class StartMap:
    """Where EM ends from each start of a grid, rows by ys and columns by xs.

    endings: each once whatever its labels, those that most starts lead to first;
    ending (len(ys), len(xs)): which of them, -1 where there is no start; labelling, the same
    shape: 0, 1, ... for the different orders in which its components came, by their means;
    iterations: how many EM took; done: the share of starts that were run (the others stand as
    their nearest neighbour that was).
    """

    xs: np.ndarray
    ys: np.ndarray
    endings: tuple[Optimum, ...]
    ending: np.ndarray
    labelling: np.ndarray
    iterations: np.ndarray
    done: float


def landscape(
    points: ArrayLike,
    mixture: GaussianMixture,
    x: Parameter,
    y: Parameter,
    xs: ArrayLike,
    ys: ArrayLike,
    covariance_type: CovarianceType = DEFAULTS.covariance_type,
    sample_weight: ArrayLike | None = None,
) -> Landscape:
    """The log-likelihood over two parameters, all others as they are in `mixture`.

    xs, ys: (nx,) and (ny,) values. Of more than 10 000 points on a line a compressed data set
    is used, which is right to many digits; in more dimensions 5 000 of them, scaled up.
    Raises InputError where points and parameters do not fit the mixture.
    """
    xs, ys = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
    few, weight = _few(points, mixture.n_features, sample_weight)
    starts = _over(mixture, x, y, xs, ys, covariance_type)
    data = scaled_points(few, mixture.n_features, weight, covariance_type == "spherical")
    found = np.full(len(starts.weights), np.nan)
    with arithmetic():
        state, usable = states_of(starts, data)
        if usable.any():
            found[usable] = heights_of(state, data)
    return Landscape(read_only(xs), read_only(ys), read_only(found.reshape(len(ys), len(xs))))


def map_of_starts(
    points: ArrayLike,
    start: GaussianMixture,
    x: Parameter,
    y: Parameter,
    xs: ArrayLike,
    ys: ArrayLike,
    options: Options = DEFAULTS,
    sample_weight: ArrayLike | None = None,
) -> StartMap:
    """Where EM ends from `start` with its parameters x and y put to each pair of xs and ys.

    points: (n,) or (n, d); xs, ys: (nx,) and (ny,) values; sample_weight: (n,) repeat counts.

    All starts run as one batch, each to where `fit` with these options ends; on a few of very
    many points as in `find_optima`, and then each ending is led to its end on all of them.
    Raises InputError where points and parameters do not fit the start.
    """
    *_, last = maps_of_starts(points, start, x, y, xs, ys, options, sample_weight, (1,))
    return last


def maps_of_starts(
    points: ArrayLike,
    start: GaussianMixture,
    x: Parameter,
    y: Parameter,
    xs: ArrayLike,
    ys: ArrayLike,
    options: Options = DEFAULTS,
    sample_weight: ArrayLike | None = None,
    strides: Sequence[int] = STRIDES,
) -> Iterator[StartMap]:
    """The same coarse first, then finer: a whole map after each of the strides, the last 1.

    No start is run twice; the number of an ending stays the same from map to map. Arguments and
    errors are those of `map_of_starts`.
    """
    xs, ys = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
    few, weight = thinned(points, np.random.default_rng(0), sample_weight)
    on_grid = _over(start, x, y, xs, ys, options.covariance_type)
    field = Field(*whole(points, sample_weight, few, weight), options)
    ran = np.full(len(on_grid.weights), -1)
    starts: list[GaussianMixture] = []
    fits: Fits | None = None
    endings: list[Optimum] = []
    which = order = np.empty(0, dtype=int)
    usable = np.flatnonzero(on_grid.usable())
    for stride in strides:
        wanted = _grid(len(xs), len(ys), stride)
        new = usable[wanted[usable] & (ran[usable] < 0)]
        if len(new):
            drawn = on_grid.mixtures(new)
            more = fit_many(few, drawn, sample_weight=weight, **options.keywords())
            ran[new] = np.arange(len(new)) + len(starts)
            fits, starts = joined(fits, more), starts + drawn
            endings, which = _endings(field, few, fits, starts, endings)
            order = _orders(fits, endings, which)
        nearest = ran[_nearest(len(xs), len(ys), stride)].reshape(len(ys), len(xs))
        iterations = np.empty(0, dtype=int) if fits is None else fits.iterations
        yield StartMap(
            xs,
            ys,
            tuple(endings),
            _at(nearest, which, -1),
            _at(nearest, order, 0),
            _at(nearest, iterations, 0),
            float(np.mean(ran[usable] >= 0)) if len(usable) else 1.0,
        )


def _at(places: np.ndarray, values: np.ndarray, otherwise: int) -> np.ndarray:
    """The values at these places, where they are not negative."""
    found = np.full(places.shape, otherwise)
    found[places >= 0] = values[places[places >= 0]]
    return read_only(found)


def _over(
    mixture: GaussianMixture,
    x: Parameter,
    y: Parameter,
    xs: np.ndarray,
    ys: np.ndarray,
    covariance_type: CovarianceType,
) -> Varied:
    """The mixture with x and y varied over the grid, row by row."""
    changes = {x: np.tile(xs, len(ys)), y: np.repeat(ys, len(xs))}
    return varied(mixture, changes, covariance_type)


def _few(
    points: ArrayLike, n_features: int, sample_weight: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray | None]:
    """Points and weights with (nearly) the log-likelihood of all."""
    values = as_points(points, n_features)
    weight = as_sample_weight(sample_weight, len(values))
    few, few_weight = thinned(values, np.random.default_rng(0), weight)
    total = float(len(values)) if weight is None else float(weight.sum())
    if few_weight is not None or len(few) == len(values):
        return few, few_weight
    if n_features == 1:
        compressed = compress(values, weight)
        return compressed.points, compressed.sample_weight
    return few, np.full(len(few), total / len(few))


def _grid(n_columns: int, n_rows: int, stride: int) -> np.ndarray:
    """(n_rows * n_columns,) whether each place lies on every stride-th row and column."""
    rows, columns = np.divmod(np.arange(n_rows * n_columns), n_columns)
    return (rows % stride == 0) & (columns % stride == 0)


def _nearest(n_columns: int, n_rows: int, stride: int) -> np.ndarray:
    """(n_rows * n_columns,) for each place the one on the coarse grid that stands for it."""
    rows, columns = np.divmod(np.arange(n_rows * n_columns), n_columns)
    return rows // stride * stride * n_columns + columns // stride * stride


def _orders(fits: Fits, endings: list[Optimum], which: np.ndarray) -> np.ndarray:
    """(S,) for each fit, in which of its ending's orders the components stand.

    They are told apart along the axis on which the ending's means are best separated.
    """
    orders = np.zeros(len(fits), dtype=int)
    for place, ending in enumerate(endings):
        group = np.flatnonzero(which == place)
        means = ending.mixture.means
        extent = np.maximum(np.ptp(means, axis=0), np.finfo(float).tiny)
        gaps = np.diff(np.sort(means, axis=0), axis=0).min(axis=0, initial=np.inf) / extent
        ranks = np.argsort(fits.means[group][:, :, int(np.argmax(gaps))], axis=1)
        orders[group] = np.unique(ranks, axis=0, return_inverse=True)[1].ravel()
    return orders


def _endings(
    field: Field, few: np.ndarray, fits: Fits, starts: list[GaussianMixture], known: list[Optimum]
) -> tuple[list[Optimum], np.ndarray]:
    """The endings, those that were known already in their places, and which each fit came to."""
    endings, which = [replace(ending, count=0) for ending in known], np.empty(len(fits), dtype=int)
    for group in sorted(distinct(few, fits), key=len, reverse=True):
        outcome, best = fits.outcomes[group[0]], fits.mixture(int(group[0]))
        place = _place(few, endings, outcome, best)
        if place is None:
            to_the_end = field.points is not few
            ending = replace(field.followed(fits, group, starts, to_the_end), count=0)
            place = len(endings)
            endings.append(ending)
        endings[place] = replace(endings[place], count=endings[place].count + len(group))
        which[group] = place
    return endings, which


def _place(
    few: np.ndarray, endings: list[Optimum], outcome: str, mixture: GaussianMixture
) -> int | None:
    """Which of the endings this is, or None."""
    for place, ending in enumerate(endings):
        if outcome in FAILED or ending.outcome in FAILED:
            if outcome == ending.outcome:
                return place
        elif same_density(few, mixture, ending.mixture):
            return place
    return None
