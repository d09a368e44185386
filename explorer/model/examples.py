"""Data ready to be fitted: the named sets, the generators' draws, a person's own points."""

import numpy as np
from numpy.typing import ArrayLike

from em_core import METHODS, CovarianceType, datasets
from em_core.errors import InputError
from em_core.wording import AXES
from explorer.model.points import checked_bins, checked_counts, middles, reading, refuse_size
from explorer.model.problem import (
    Data,
    Generated,
    Named,
    Own,
    Problem,
    Start,
    StartMethod,
)

NAMED = datasets.NAMES
GENERATORS = tuple(datasets.RECIPES)
MAX_GENERATED = 100_000
WORKED_EXAMPLE = "worked_example"
OWN_TITLE = "Own data"


def default_problem() -> Problem:
    """The worked example with its start: what the app opens with."""
    data = named_data(WORKED_EXAMPLE)
    return Problem(data, suggested_start(data))


def named_data(name: str) -> Data:
    """A data set of `em_core.datasets`. InputError for a name it does not have."""
    found = datasets.load(name)
    return Data(found.points, found.title, found.columns, found.units, Named(name), found.truth)


def generated_data(source: Generated) -> Data:
    """The points a recipe draws: the same source gives the same points. They have no unit."""
    if source.recipe not in datasets.RECIPES:
        raise InputError(
            "unknown-recipe",
            f"There is no generator called {source.recipe!r}. Choose one of: "
            f"{', '.join(GENERATORS)}.",
        )
    recipe = datasets.RECIPES[source.recipe]
    rng = np.random.default_rng(source.seed)
    sample = recipe(source.n, source.n_components, source.separation, rng)
    d = sample.points.shape[1]
    return Data(sample.points, sample.title, AXES[:d], ("",) * d, source, sample.truth)


def own_data(
    points: ArrayLike,
    title: str = OWN_TITLE,
    columns: tuple[str, ...] = (),
    units: tuple[str, ...] = (),
    counts: ArrayLike | None = None,
    bins: ArrayLike | None = None,
) -> Data:
    """A person's points, (n,) or (n, d) with d at most 10, as `Data`; a read-only copy is taken.

    Names and units beyond d are left out, and those that are missing are as usual; counts: (n,),
    how often each point was observed; bins: (n, 2), the ends of those that the points are the
    middles of. InputError for points that EM cannot use.
    """
    array = np.asarray(points, dtype=float)
    array = array.reshape(len(array), -1)
    n, d = array.shape
    refuse_size(n, d)
    columns = (*columns, *axis_names(d)[len(columns) :])[:d]
    units = (*units, *("",) * d)[:d]
    checked = reading(list(array.T), columns, ())
    often = None if counts is None else checked_counts(np.asarray(counts, dtype=float), n)
    ends = None if bins is None else checked_bins(np.asarray(bins, dtype=float))
    if ends is not None and not np.array_equal(middles(ends), checked.points):
        raise InputError("bins", "The points are not the middles of the bins.")
    return Data(checked.points, title, columns, units, Own(), counts=often, bins=ends)


def axis_names(d: int) -> tuple[str, ...]:
    """What d columns are called where nobody says it."""
    return AXES[:d] if d <= len(AXES) else tuple(f"x{i + 1}" for i in range(d))


def suggested_start(data: Data, n_components: int | None = None) -> Start:
    """Where EM starts if nobody says otherwise: the data set's own start, else at quantiles.

    n_components: K, or None for as many as suit the data.
    """
    fixed = fixed_start(data)
    if fixed and n_components in (None, fixed.mixture.n_components):
        return fixed
    return drawn_start(data, n_components, "quantiles")


def drawn_start(
    data: Data,
    n_components: int | None,
    method: StartMethod,
    seed: int = 0,
    covariance_type: CovarianceType = "full",
) -> Start:
    """The start that a method other than "manual" gives with this seed.

    n_components: K, or None for as many as suit the data.
    """
    k = n_components or usual_count(data)
    propose = METHODS[method]
    rng = np.random.default_rng(seed)
    proposed = propose(data.points, k, rng, covariance_type, data.counts)
    return Start(proposed.mixture, method, seed)


def fixed_start(data: Data) -> Start | None:
    """The start that comes with a named data set, where one does."""
    if not isinstance(data.source, Named):
        return None
    mixture = datasets.load(data.source.name).start
    return Start(mixture) if mixture else None


def usual_count(data: Data) -> int:
    """How many components suit the data: as the data set says, as drawn, else two."""
    match data.source:
        case Named(name):
            return datasets.load(name).n_components
        case Generated(n_components=k):
            return k
        case _:
            return 2
