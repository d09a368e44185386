"""The one table of what a link and a session file carry.

Each `Field` says what a piece of a problem or view is called in a link (`name`) and in a session
file (`section`, `key`), which values it may take (`kind`), and where it is found (`get`).
`to_record` and `from_record` go from a problem to a flat dict of those values and back; `link`
and `export.session` differ only in how they write such a record down.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Protocol, get_args

import numpy as np

from em_core import CovarianceType, GaussianMixture, InputError, fit
from explorer.model.examples import (
    AXES,
    GENERATORS,
    MAX_GENERATED,
    NAMED,
    OWN_TITLE,
    default_problem,
    fixed_start,
    generated_data,
    named_data,
    own_data,
    suggested_start,
)
from explorer.model.problem import (
    MAX_COMPONENTS,
    MAX_ITERATIONS,
    MAX_POINTS,
    MAX_SEED,
    MAX_TITLE,
    Data,
    Display,
    Generated,
    Named,
    Options,
    Own,
    Problem,
    Start,
    StartMethod,
    View,
)
from explorer.model.refusal import echo

Record = dict[str, Any]
Getter = Callable[[Problem, View], Any]

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
ROWS, ITEMS = "~", ","


class Kind(Protocol):
    """How values of one sort are checked and written in a link.

    `check` takes what a JSON file may hold and returns the value, or raises ValueError;
    `text` and `parse` write and read its form in a link; `parse` may be lax, `check` follows it.
    `rule` is the sentence shown when a value is refused.
    """

    @property
    def rule(self) -> str: ...
    def check(self, value: Any) -> Any: ...
    def text(self, value: Any) -> str: ...
    def parse(self, text: str) -> Any: ...


@dataclass(frozen=True)
class Whole:
    """A whole number from low to high."""

    low: int
    high: int
    rule: str

    def check(self, value: Any) -> int:
        if type(value) is not int or not self.low <= value <= self.high:
            raise ValueError
        return value

    def text(self, value: int) -> str:
        return str(value)

    def parse(self, text: str) -> int:
        if len(text) > 20 or not (text.isascii() and text.isdecimal()):
            raise ValueError
        return int(text)


@dataclass(frozen=True)
class Real:
    """A finite number from low to high."""

    low: float
    high: float
    rule: str

    def check(self, value: Any) -> float:
        if type(value) not in (int, float) or not self.low <= value <= self.high:
            raise ValueError
        return float(value)

    def text(self, value: float) -> str:
        return number_text(value)

    def parse(self, text: str) -> float:
        return number(text)


@dataclass(frozen=True)
class Numbers:
    """An array of finite numbers, at most `limit` of them, as nested lists of equal length."""

    limit: int
    rule: str

    def check(self, value: Any) -> np.ndarray:
        if not 0 < count_numbers(value, self.limit) <= self.limit:
            raise ValueError
        array = np.array(value, dtype=float)
        if not np.isfinite(array).all():
            raise ValueError
        return array

    def text(self, value: np.ndarray) -> str:
        if value.ndim == 1:
            return ITEMS.join(number_text(item) for item in value)
        return ROWS.join(self.text(row.reshape(-1)) for row in value)

    def parse(self, text: str) -> list[Any]:
        rows = [[number(item) for item in row.split(ITEMS)] for row in text.split(ROWS)]
        return rows if ROWS in text else rows[0]


@dataclass(frozen=True)
class Words:
    """Text for people; what does not fit on one line of MAX_TITLE characters is left out."""

    rule: str

    def check(self, value: Any) -> str:
        if type(value) is not str:
            raise ValueError
        return one_line(value)

    def text(self, value: str) -> str:
        return value

    def parse(self, text: str) -> str:
        return text


@dataclass(frozen=True)
class Choice:
    """One of a few words; links have them in lower case, and k-means++ without its ++."""

    options: tuple[str, ...]
    rule: str

    def check(self, value: Any) -> str:
        if type(value) is not str or value not in self.options:
            raise ValueError
        return value

    def text(self, value: str) -> str:
        return value.rstrip("+").lower()

    def parse(self, text: str) -> str:
        return {self.text(option): option for option in self.options}.get(text, text)


@dataclass(frozen=True)
class PageName:
    """A page's short name; which pages there are is the app's affair."""

    rule: str

    def check(self, value: Any) -> str:
        if type(value) is not str or not re.fullmatch(r"[a-z0-9_-]{1,40}", value):
            raise ValueError
        return value

    def text(self, value: str) -> str:
        return value

    def parse(self, text: str) -> str:
        return text


@dataclass(frozen=True)
class Field:
    """One piece of a problem or view: its name in a link, its place in a session file.

    `get` finds the value, or None where the field does not apply.
    """

    name: str
    section: str
    key: str
    kind: Kind
    get: Getter

    def check(self, value: Any) -> Any:
        """The value if it is allowed; otherwise InputError with the rule and what was found."""
        try:
            return self.kind.check(value)
        except (ValueError, OverflowError):
            raise self.refusal(value) from None

    def parse(self, text: str) -> Any:
        """The value a link's text stands for, checked."""
        try:
            return self.kind.check(self.kind.parse(text))
        except (ValueError, OverflowError):
            raise self.refusal(text) from None

    def refusal(self, value: Any) -> InputError:
        return InputError(f"field-{self.name}", f"{self.kind.rule} ({self.key}: {shown(value)})")


def one_line(text: str, limit: int = MAX_TITLE) -> str:
    """The printable characters of the text, other white space as blanks, cut at the limit."""
    kept = (c if c.isprintable() else " " for c in text if c.isprintable() or c.isspace())
    return "".join(islice(kept, limit))


def number_text(value: float) -> str:
    """The shortest text that reads back as exactly this number, without a '+' (URLs eat it)."""
    return repr(float(value)).removesuffix(".0").replace("e+", "e")


def number(text: str) -> float:
    """A plain decimal number; ValueError for anything else, NaN and infinity included."""
    if not NUMBER.fullmatch(text):
        raise ValueError
    return float(text)


def count_numbers(value: Any, limit: int, depth: int = 3) -> int:
    """How many numbers lists hold, nested at most `depth` deep; ValueError for anything else."""
    if type(value) is not list or len(value) > limit or depth == 0:
        raise ValueError
    if all(type(item) in (int, float) for item in value):
        return len(value)
    return sum(count_numbers(item, limit, depth - 1) for item in value)


def shown(value: Any) -> str:
    """Foreign material cut short for a message; the page must still treat it as plain text."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    return echo(str(value))


def _own(get: Callable[[Data], Any]) -> Getter:
    return lambda problem, view: get(problem.data) if isinstance(problem.data.source, Own) else None


def _named(problem: Problem, view: View) -> str | None:
    source = problem.data.source
    return source.name if isinstance(source, Named) else None


def _generated(get: Callable[[Generated], Any]) -> Getter:
    def find(problem: Problem, view: View) -> Any:
        source = problem.data.source
        return get(source) if isinstance(source, Generated) else None

    return find


def _start(get: Callable[[Start], Any]) -> Getter:
    return lambda problem, view: get(problem.start)


def _options(get: Callable[[Options], Any]) -> Getter:
    return lambda problem, view: get(problem.options)


def _view(get: Callable[[View], Any]) -> Getter:
    return lambda problem, view: get(view)


def _display(get: Callable[[Display], Any]) -> Getter:
    return lambda problem, view: get(view.display)


def _switch(on: bool) -> str:
    return "on" if on else "off"


def _means(start: Start) -> np.ndarray:
    means = start.mixture.means
    return means[:, 0] if start.mixture.n_features == 1 else means


def _variances(start: Start) -> np.ndarray | None:
    return start.mixture.variances if start.mixture.n_features == 1 else None


def _covariances(start: Start) -> np.ndarray | None:
    return start.mixture.covariances if start.mixture.n_features > 1 else None


def _points(data: Data) -> np.ndarray:
    return data.points[:, 0] if data.n_features == 1 else data.points


def _one_based(index: int | None) -> int | None:
    return None if index is None else index + 1


def _word(words: tuple[str, ...], axis: int) -> str | None:
    return one_line(words[axis]) if axis < len(words) else None


SEED = Whole(0, MAX_SEED, f"Seed must be between 0 and {MAX_SEED}.")
COUNT = Whole(1, MAX_COMPONENTS, f"Choose 1 to {MAX_COMPONENTS} components.")
DRAWN = Whole(2, MAX_GENERATED, f"A generator draws 2 to {MAX_GENERATED} points.")
ITERATIONS = Whole(0, MAX_ITERATIONS, f"At most {MAX_ITERATIONS} iterations per press.")
POINT = Whole(1, MAX_POINTS, "The selected point is a whole number from 1 to the number of points.")
COMPONENT = Whole(
    1,
    MAX_COMPONENTS,
    "The selected component is a whole number from 1 to the number of components.",
)
SEPARATION = Real(0, 100, "The separation is a number from 0 to 100.")
TOLERANCE = Real(0, 1, "The tolerance is a number from 0 to 1.")
FLOOR = Real(0, 1, "The variance floor is a fraction of the data's variance, from 0 to 1.")
POINTS = Numbers(
    2 * MAX_POINTS,
    f"The points are at most {MAX_POINTS} rows of one or two finite numbers, all alike.",
)
PARAMETERS = Numbers(
    MAX_COMPONENTS * 4,
    f"Start parameters are finite numbers, for 1 to {MAX_COMPONENTS} components.",
)
WORDS = Words("Titles, names and units are text.")
DATA_SET = Choice(NAMED, "There is no data set of this name.")
RECIPE = Choice(GENERATORS, "There is no generator of this name.")
METHOD = Choice(get_args(StartMethod), "There is no start method of this name.")
TYPE = Choice(get_args(CovarianceType), "The covariance type is full, tied, diag or spherical.")
SPREAD = Choice(("variance", "sd"), "Spreads are shown as variance or sd.")
DIGITS = Choice(("4", "15"), "Numbers are shown with 4 or 15 digits.")
SWITCH = Choice(("on", "off"), "A switch is on or off.")
PLACE = Real(-1e300, 1e300, "The query line stands at a finite number.")
PHASE = Choice(("start", "E", "M"), "The phase is E or M.")
PAGE = PageName("There is no page of this name.")

FIELDS = (
    Field("data", "data", "name", DATA_SET, _named),
    Field("gen", "data", "recipe", RECIPE, _generated(lambda source: source.recipe)),
    Field("n", "data", "n", DRAWN, _generated(lambda source: source.n)),
    Field("k", "data", "n_components", COUNT, _generated(lambda source: source.n_components)),
    Field("sep", "data", "separation", SEPARATION, _generated(lambda source: source.separation)),
    Field("seed", "data", "seed", SEED, _generated(lambda source: source.seed)),
    Field("x", "data", "points", POINTS, _own(_points)),
    Field("title", "data", "title", WORDS, _own(lambda data: one_line(data.title))),
    Field("xname", "data", "x_column", WORDS, _own(lambda data: _word(data.columns, 0))),
    Field("yname", "data", "y_column", WORDS, _own(lambda data: _word(data.columns, 1))),
    Field("xunit", "data", "x_unit", WORDS, _own(lambda data: _word(data.units, 0))),
    Field("yunit", "data", "y_unit", WORDS, _own(lambda data: _word(data.units, 1))),
    Field("w", "start", "weights", PARAMETERS, _start(lambda start: start.mixture.weights)),
    Field("mu", "start", "means", PARAMETERS, _start(_means)),
    Field("s2", "start", "variances", PARAMETERS, _start(_variances)),
    Field("cov", "start", "covariances", PARAMETERS, _start(_covariances)),
    Field("start", "start", "method", METHOD, _start(lambda start: start.method)),
    Field("startseed", "start", "seed", SEED, _start(lambda start: start.seed)),
    Field("type", "options", "covariance_type", TYPE, _options(lambda o: o.covariance_type)),
    Field("tol", "options", "tol", TOLERANCE, _options(lambda o: o.tol)),
    Field("iter", "options", "max_iter", ITERATIONS, _options(lambda o: o.max_iter)),
    Field("floor", "options", "variance_floor", FLOOR, _options(lambda o: o.variance_floor)),
    Field("t", "view", "iteration", ITERATIONS, _view(lambda view: view.iteration)),
    Field("phase", "view", "phase", PHASE, _view(lambda view: view.phase)),
    Field("pt", "view", "point", POINT, _view(lambda view: _one_based(view.point))),
    Field("comp", "view", "component", COMPONENT, _view(lambda view: _one_based(view.component))),
    Field("page", "view", "page", PAGE, _view(lambda view: view.page)),
    Field("spread", "view", "spread", SPREAD, _display(lambda shown: shown.spread)),
    Field("digits", "view", "digits", DIGITS, _display(lambda s: "15" if s.precise else "4")),
    Field("posterior", "view", "posterior", SWITCH, _display(lambda s: _switch(s.posterior))),
    Field("truth", "view", "truth", SWITCH, _display(lambda s: _switch(s.truth))),
    Field("query", "view", "query", SWITCH, _display(lambda shown: _switch(shown.query))),
    Field("at", "view", "query_at", PLACE, _display(lambda shown: shown.query_at)),
)
BY_NAME = {field.name: field for field in FIELDS}


def to_record(problem: Problem, view: View) -> Record:
    """Every field that applies, in the table's order."""
    values = {field.name: field.get(problem, view) for field in FIELDS}
    return {name: value for name, value in values.items() if value is not None}


@cache
def usual() -> Record:
    """What a record need not say: the worked example, plain words, options, no cursor.

    Start parameters are not among them: those belong to the data.
    """
    record = to_record(default_problem(), View())
    words = {"title": OWN_TITLE, "xname": AXES[0], "yname": AXES[1], "xunit": "", "yunit": ""}
    draw = {"n": 200, "k": 2, "sep": 4.0, "seed": 0}
    return {k: v for k, v in record.items() if BY_NAME[k].kind is not PARAMETERS} | words | draw


def brief_record(problem: Problem, view: View) -> Record:
    """The record without what is usual, and without a start that comes with a named data set."""
    known = usual()
    fixed = fixed_start(problem.data)
    if fixed:
        known = to_record(Problem(problem.data, fixed), View()) | known
    record = to_record(problem, view)
    return {name: value for name, value in record.items() if not same(value, known.get(name))}


def same(value: Any, other: Any) -> bool:
    """Equal to the last bit; 0.0 and −0.0 differ."""
    if isinstance(value, np.ndarray) and isinstance(other, np.ndarray):
        return value.shape == other.shape and value.tobytes() == other.tobytes()
    return type(value) is type(other) and value == other


def from_record(record: Record) -> tuple[Problem, View]:
    """The problem and view that checked values stand for; what they leave out is as usual.

    InputError where values that are allowed one by one do not go together, or cannot be run.
    """
    data = _data_of(record)
    full = usual() | record
    options = Options(full["type"], full["tol"], full["iter"], full["floor"])
    problem = Problem(data, _start_of(record, data), options)
    _check_it_runs(problem)
    return problem, _view_of(full, problem)


def _check_it_runs(problem: Problem) -> None:
    """InputError, from `fit` itself, where data, start and options cannot be run together."""
    options = problem.options
    fit(
        problem.data.points,
        problem.start.mixture,
        options.covariance_type,
        max_iter=0,
        tol=options.tol,
        variance_floor=options.variance_floor,
    )


def _data_of(record: Record) -> Data:
    if sum(name in record for name in ("data", "gen", "x")) > 1:
        raise InputError("two-sources", "More than one source of data is named.")
    full = usual() | record
    if "x" in record:
        names, units = (full["xname"], full["yname"]), (full["xunit"], full["yunit"])
        return own_data(full["x"], full["title"], names, units)
    if "gen" in record:
        draw = Generated(full["gen"], full["n"], full["k"], full["sep"], full["seed"])
        return generated_data(draw)
    return named_data(full["data"])


def _start_of(record: Record, data: Data) -> Start:
    """The start that is given; parameters it leaves out are the data's suggested ones."""
    d = data.n_features
    shapes = {"w": (), "mu": (d,), "s2" if d == 1 else "cov": (d, d)}
    given = {name: _per_component(record, name, shapes[name]) for name in shapes if name in record}
    count = max((len(values) for values in given.values()), default=None)
    if count is None and "start" not in record:
        return suggested_start(data)
    if count is not None and count > MAX_COMPONENTS:
        raise InputError("count", COUNT.rule)
    suggested: Record = {}
    if len(given) < len(shapes):
        suggested = to_record(Problem(data, suggested_start(data, count)), View())
    full = usual() | suggested | record
    mixture = GaussianMixture(*(_per_component(full, name, shapes[name]) for name in shapes))
    return Start(mixture, full["start"], full["startseed"])


def _per_component(record: Record, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """The parameter `name` as (K, *shape)."""
    values, size = record[name], math.prod(shape)
    if values.size % size:
        raise InputError(
            "shape",
            f"{BY_NAME[name].key.capitalize()} holds {values.size} numbers: "
            f"give {size} for each component.",
        )
    return values.reshape(-1, *shape)


def _view_of(record: Record, problem: Problem) -> View:
    """The cursor, the selection and how they are shown.

    A cursor beyond the iteration limit stands at the limit.
    """
    iteration = min(record["t"], problem.options.max_iter)
    half_step = max(0, 2 * iteration - (record["phase"] == "E"))
    point, component = record.get("pt"), record["comp"]
    if point is not None and point > problem.data.n_points:
        raise BY_NAME["pt"].refusal(point)
    if component > problem.start.mixture.n_components:
        raise BY_NAME["comp"].refusal(component)
    display = Display(
        record["spread"],
        record["digits"] == "15",
        record["posterior"] == "on",
        record["truth"] == "on",
        record["query"] == "on",
        record.get("at"),
    )
    selected = None if point is None else point - 1
    return View(half_step, selected, component - 1, record["page"], display)
