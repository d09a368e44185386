"""What is being fitted, and what of it is being looked at: plain frozen values.

A `Problem` fixes a run of EM completely; a `View` says where in that run the person stands.
Links, files, exports and the pages all speak in these types.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from em_core import GaussianMixture, Options, Phase, iteration_of, phase_of
from explorer.model.exercise import Practice
from explorer.model.why import Why

StartMethod = Literal["manual", "random", "k-means++", "quantiles", "annealing"]

MAX_COMPONENTS = 8
MAX_ITERATIONS = 2000
MAX_SEED = 2**32 - 1
MAX_POINTS = 1_000_000
MAX_COLUMNS = 10
MAX_COORDINATES = 2_000_000
"""Points × columns."""
MAX_TITLE = 80

PAGES = ("explore", "why", "practise", "how-many")
"""The pages by their names in links and files; explorer.app.pages draws them."""


@dataclass(frozen=True)
class Own:
    """Points typed, pasted or uploaded by the person."""


@dataclass(frozen=True)
class Named:
    """A data set that comes with the project, by its name in `em_core.datasets`."""

    name: str


@dataclass(frozen=True)
class Generated:
    """Points drawn by a seeded generator of `em_core.datasets`, so that a link can redraw them."""

    recipe: str
    n: int = 200
    n_components: int = 2
    separation: float = 4.0
    seed: int = 0


Pair = tuple[int, int]
"""Two columns, from 0: the one across and the one up."""
FIRST_TWO: Pair = (0, 1)


@dataclass(frozen=True, eq=False)
class Data:
    """n points in one to ten dimensions, and where they come from.

    points: (n, d) float64, read-only; columns and units: d axis names and units ("" for none);
    truth: (n,) integer labels where known, else None; counts: (n,) how often each point was
    observed, above 0 and read-only, or None where each counts once; bins: (n, 2) read-only lower
    and upper ends of the bins whose middles the points are, or None.
    """

    points: np.ndarray
    title: str
    columns: tuple[str, ...]
    units: tuple[str, ...]
    source: Own | Named | Generated
    truth: np.ndarray | None = None
    counts: np.ndarray | None = None
    bins: np.ndarray | None = None

    @property
    def n_points(self) -> int:
        return self.points.shape[0]

    @property
    def n_features(self) -> int:
        return self.points.shape[1]

    @property
    def each_counts(self) -> np.ndarray:
        """(n,) the counts, or as many ones."""
        return np.ones(self.n_points) if self.counts is None else self.counts

    @property
    def total(self) -> float:
        """The number of observations: of points, each as often as it counts."""
        return float(self.each_counts.sum())

    def seen(self, pair: "Pair") -> "Data":
        """The two columns that are drawn; where there are no more than two, the data themselves."""
        if self.n_features <= 2:
            return self
        i, j = pair
        points = np.ascontiguousarray(self.points[:, [i, j]])
        points.flags.writeable = False
        return replace(
            self,
            points=points,
            columns=(self.columns[i], self.columns[j]),
            units=(self.units[i], self.units[j]),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Data):
            return NotImplemented
        same_words = (self.title, self.columns, self.units, self.source) == (
            other.title,
            other.columns,
            other.units,
            other.source,
        )
        return (
            same_words
            and np.array_equal(self.points, other.points)
            and np.array_equal(self.each_counts, other.each_counts)
            and (self.bins is None) == (other.bins is None)
            and (self.bins is None or np.array_equal(self.bins, np.asarray(other.bins)))
        )


@dataclass(frozen=True)
class Start:
    """The parameters EM starts from, and the method and seed that made them."""

    mixture: GaussianMixture
    method: StartMethod = "manual"
    seed: int = 0


@dataclass(frozen=True)
class Problem:
    """Everything that determines a run."""

    data: Data
    start: Start
    options: Options = field(default_factory=Options)


@dataclass(frozen=True)
class Display:
    """How numbers and charts are shown; nothing of it changes what is computed.

    spread: variances, or their square roots; precise: 15 digits for 4; posterior: draw the
    posterior curves; truth: draw the true groups; query: draw the query line, at `query_at` (in
    the middle of the data where that is None); present: large, for a room; pair: which columns
    are on the stage where there are more than two.
    """

    spread: Literal["variance", "sd"] = "variance"
    precise: bool = False
    posterior: bool = False
    truth: bool = False
    query: bool = False
    query_at: float | None = None
    present: bool = False
    pair: Pair = FIRST_TWO


@dataclass(frozen=True)
class View:
    """Where the person stands in the run.

    half_step: 0 is the start, 2t−1 the E-step of iteration t, 2t its M-step.
    point: the selected point's index in the data, or None; component: the selected component;
    practice: what is done by hand on the page Practise; why: what the page Why? is asked.
    """

    half_step: int = 0
    point: int | None = None
    component: int = 0
    page: str = "explore"
    display: Display = Display()
    practice: Practice = field(default_factory=Practice)
    why: Why = field(default_factory=Why)

    @property
    def iteration(self) -> int:
        return iteration_of(self.half_step)

    @property
    def phase(self) -> Phase:
        return phase_of(self.half_step)


def pair_within(pair: Pair, d: int) -> Pair:
    """The same, where d columns have it; else the first two."""
    return pair if max(pair) < d else FIRST_TWO


def half_step_of(iteration: int, phase: Phase) -> int:
    """The half-step of that iteration: its E-step where phase is E, else its end."""
    return max(0, 2 * iteration - (phase == "E"))
