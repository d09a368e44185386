"""The data sets that come with the project: one table entry and one CSV file each."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from em_core.errors import InputError
from em_core.mixture import GaussianMixture


@dataclass(frozen=True, eq=False)
class Dataset:
    """n points in d dimensions, and what a learner should know about them.

    points: (n, d) float64, read-only; columns and units: d axis names and units ("" for none);
    source: who measured and published them, and where this copy comes from; shows: one sentence
    on what can be learnt; n_components: a sensible K to begin with;
    truth: (n,) read-only integers, each an index into truth_names, or None where it is not known;
    start: a suggested start, or None.
    """

    name: str
    title: str
    points: np.ndarray
    columns: tuple[str, ...]
    units: tuple[str, ...]
    source: str
    shows: str
    n_components: int
    truth: np.ndarray | None = None
    truth_names: tuple[str, ...] = ()
    start: GaussianMixture | None = None


@dataclass(frozen=True)
class _Entry:
    """How to make a `Dataset` of a CSV file.

    axes: (CSV column, axis name, unit) for each dimension; truth: the CSV column with each
    point's group; count: the CSV column that says how often each row's value was observed.
    """

    title: str
    file: str
    axes: tuple[tuple[str, str, str], ...]
    source: str
    shows: str
    n_components: int
    truth: str = ""
    count: str = ""
    start: GaussianMixture | None = None


_ERUPTION = ("eruptions_min", "Eruption time", "min")
_WAITING = ("waiting_min", "Waiting time to the next eruption", "min")
_FAITHFUL_SOURCE = (
    "272 eruptions of the Old Faithful geyser in Yellowstone National Park. Azzalini & Bowman "
    "(1990), Applied Statistics 39, 357–365; Härdle (1991). Values of R's datasets::faithful."
)

_PETAL = (("petal_length_cm", "Petal length", "cm"), ("petal_width_cm", "Petal width", "cm"))
_IRIS_SOURCE = (
    "50 flowers of each of three species. Anderson (1935), Bulletin of the American Iris Society "
    "59, 2–5; Fisher (1936), Annals of Eugenics 7, 179–188. Values of R's datasets::iris."
)

_TABLE = {
    "worked_example": _Entry(
        title="Worked example",
        file="worked_example.csv",
        axes=(("x", "x", ""),),
        source="Five points made up for an exercise that is worked by hand.",
        shows="Every number of EM can be followed by hand; run to the end, one component settles "
        "on just the two points −1 and −0.9.",
        n_components=2,
        start=GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4]),
    ),
    "old_faithful_waiting": _Entry(
        title="Old Faithful, waiting times",
        file="old_faithful.csv",
        axes=(_WAITING,),
        source=_FAITHFUL_SOURCE,
        shows="Two clear groups, short and long waits: EM finds them from almost any start.",
        n_components=2,
    ),
    "old_faithful": _Entry(
        title="Old Faithful, eruptions and waiting times",
        file="old_faithful.csv",
        axes=(_ERUPTION, _WAITING),
        source=_FAITHFUL_SOURCE,
        shows="Two clouds in two dimensions: each component learns a shape as well as a place.",
        n_components=2,
    ),
    "galaxies": _Entry(
        title="Galaxies",
        file="galaxies.csv",
        axes=(("velocity_1000km_s_corrected", "Velocity", "1000 km/s"),),
        source="Velocities of 82 galaxies in the Corona Borealis region. Postman, Huchra & Geller "
        "(1986), Astronomical Journal 92, 1238; Roeder (1990), JASA 85, 617. Values of R's "
        "MASS::galaxies, with its 78th value corrected from 26.69 to 26.96 as its help page says.",
        shows="How many groups are there? Three to six all have their advocates, and different "
        "starts end in different places.",
        n_components=3,
    ),
    "acidity": _Entry(
        title="Acidity of lakes",
        file="acidity.csv",
        axes=(("log_anc", "Acidity, log(ANC + 50)", ""),),
        source="Acid neutralising capacity (ANC) of 155 lakes in north-central Wisconsin. Crawford "
        "and others (1992), Technometrics 34, 441–453. Values of R's mclust::acidity.",
        shows="Two groups or three? The criteria are nearly tied, and with unequal variances even "
        "two components have two optima.",
        n_components=2,
    ),
    "pearson_crabs": _Entry(
        title="Pearson's crabs",
        file="pearson_crabs.csv",
        axes=(("ratio_midpoint", "Forehead breadth ÷ body length", ""),),
        source="1000 crabs from the Bay of Naples, grouped into 29 classes; each crab stands at "
        "its class midpoint. Weldon (1893); Pearson (1894), Philosophical Transactions A 185, "
        "71–110.",
        shows="The first mixture ever fitted: two groups that overlap so much that EM needs "
        "hundreds of iterations.",
        n_components=2,
        count="count",
    ),
    "newcomb": _Entry(
        title="Newcomb's speed of light",
        file="newcomb.csv",
        axes=(("deviation_ns", "Passage time, difference from 24 800 ns", "ns"),),
        source="66 timings of light over 7.4 km. Newcomb (1882); Stigler (1977), Annals of "
        "Statistics 5, 1055. Values of R's MASS::newcomb.",
        shows="Two outliers: a broad component takes them in, or a narrow one collapses on the "
        "value −44.",
        n_components=2,
    ),
    "penguins": _Entry(
        title="Penguins' bills",
        file="penguins.csv",
        axes=(
            ("bill_length_mm", "Bill length", "mm"),
            ("bill_depth_mm", "Bill depth", "mm"),
        ),
        source="342 penguins of the Palmer Archipelago, Antarctica. Gorman, Williams & Fraser "
        "(2014), PLoS ONE 9, e90081; Horst, Hill & Gorman (2020), palmerpenguins, CC0.",
        shows="Three species that EM can find without being told, and the truth to compare with.",
        n_components=3,
        truth="species",
    ),
    "iris": _Entry(
        title="Iris, all four measurements",
        file="iris.csv",
        axes=(
            ("sepal_length_cm", "Sepal length", "cm"),
            ("sepal_width_cm", "Sepal width", "cm"),
            *_PETAL,
        ),
        source=_IRIS_SOURCE,
        shows="Four columns at once: BIC favours two components, though there are three species.",
        n_components=3,
        truth="species",
    ),
    "iris_petal": _Entry(
        title="Iris petals",
        file="iris.csv",
        axes=_PETAL,
        source=_IRIS_SOURCE,
        shows="One species stands apart and two overlap; many flowers share the same values, so "
        "components can collapse on them.",
        n_components=3,
        truth="species",
    ),
}

NAMES = tuple(_TABLE)


@cache
def load(name: str) -> Dataset:
    """The data set called `name`, one of `NAMES`.

    Raises `InputError` ("unknown-dataset") for any other name.
    """
    if name not in _TABLE:
        raise InputError(
            "unknown-dataset",
            f"There is no data set called {name!r}. Choose one of: {', '.join(NAMES)}.",
        )
    entry = _TABLE[name]
    rows = _rows(entry)
    truth_names, truth = _groups([row[entry.truth] for row in rows]) if entry.truth else ((), None)
    return Dataset(
        name=name,
        title=entry.title,
        points=_frozen([[float(row[column]) for column, _, _ in entry.axes] for row in rows]),
        columns=tuple(axis for _, axis, _ in entry.axes),
        units=tuple(unit for _, _, unit in entry.axes),
        source=entry.source,
        shows=entry.shows,
        n_components=entry.n_components,
        truth=truth,
        truth_names=truth_names,
        start=entry.start,
    )


def _rows(entry: _Entry) -> list[dict[str, str]]:
    """The rows of the entry's file, each as often as it was observed."""
    file = resources.files(__package__) / entry.file
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    if not entry.count:
        return list(rows)
    return [row for row in rows for _ in range(int(row[entry.count]))]


def _groups(labels: list[str]) -> tuple[tuple[str, ...], np.ndarray]:
    names = tuple(sorted(set(labels)))
    return names, _frozen([names.index(label) for label in labels])


def _frozen(values: list) -> np.ndarray:
    array = np.array(values)
    array.flags.writeable = False
    return array
