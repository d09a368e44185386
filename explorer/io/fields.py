"""The one table of what a link and a session file carry.

A row is a `Field`: what the value is called in a link (`name`) and in a session file (its `part`'s
section, and `key`), which values it may take (`kind`), and which attribute of which `Part` of the
problem or view it is. A new setting is an attribute with a default, and a row here.

`to_record` and `from_record` go from a problem and view to the values by name, and back;
`explorer.io.link` and `explorer.io.session_file` write such a record down, each in its own way.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, get_args

import numpy as np

from em_core import COVARIANCE_TYPES, GaussianMixture, InputError, Options, Parameter, Rules, fit
from em_core.optimum.parameter import KINDS as PARAMETER_KINDS
from em_core.options import MAX_ITER, TOL, VARIANCE_FLOOR
from em_core.rules import HOTTEST
from em_core.wording import AXES
from explorer.io.kinds import (
    Choice,
    Kind,
    Members,
    Names,
    NotANumber,
    Numbers,
    Real,
    Two,
    Whole,
    Words,
)
from explorer.io.practice_kinds import Predictions, Tries
from explorer.model.cases import BY_KEY as BY_CASE
from explorer.model.check_value import exercise_check
from explorer.model.examples import (
    GENERATORS,
    MAX_GENERATED,
    NAMED,
    OWN_TITLE,
    WORKED_EXAMPLE,
    axis_names,
    default_problem,
    drawn_start,
    fixed_start,
    generated_data,
    named_data,
    own_data,
    suggested_start,
)
from explorer.model.exercise import (
    BLANKS,
    LEVELS,
    MAX_ROUND,
    MAX_ROUNDS,
    WHOLE,
    Exercise,
    Help,
    Practice,
    Task,
    Terms,
)
from explorer.model.lessons import BY_KEY as BY_LESSON
from explorer.model.practice import judged_again
from explorer.model.problem import (
    FIRST_TWO,
    MAX_COLUMNS,
    MAX_COMPONENTS,
    MAX_COORDINATES,
    MAX_ITERATIONS,
    MAX_POINTS,
    MAX_SEED,
    PAGES,
    Data,
    Display,
    Generated,
    Named,
    Own,
    Problem,
    Start,
    StartMethod,
    View,
    half_step_of,
    pair_within,
)
from explorer.model.refusal import echo
from explorer.model.search import N_STARTS
from explorer.model.why import PICTURES, Why

Record = dict[str, Any]
"""Checked values by their fields' names."""

Values = Mapping[str, Any]
"""Values by attribute."""


@dataclass(frozen=True)
class Part:
    """A piece of problem or view. section: of a session file; values: its attributes, none where
    the problem has no such part; an attribute that does not apply is None."""

    section: str
    values: Callable[[Problem, View], Values]


@dataclass(frozen=True)
class Field:
    """One value that travels. attribute: its name in the part, where that is not `key`; linked:
    links carry it, and not session files alone."""

    name: str
    part: Part
    key: str
    kind: Kind
    attribute: str = ""
    linked: bool = True

    def get(self, problem: Problem, view: View) -> Any:
        """The value, or None where the field does not apply."""
        return self.part.values(problem, view).get(self.attribute or self.key)

    def check(self, value: Any) -> Any:
        """What a JSON value stands for; InputError with the rule and what was found."""
        try:
            return self.kind.check(value)
        except (ValueError, OverflowError) as error:
            raise self._refusal(value, error) from None

    def parse(self, text: str) -> Any:
        """What a link's text stands for, checked."""
        try:
            return self.kind.check(self.kind.parse(text))
        except (ValueError, OverflowError) as error:
            raise self._refusal(text, error) from None

    def _refusal(self, value: Any, error: Exception) -> InputError:
        if isinstance(error, NotANumber):
            return self.refusal(error.item, f"{self.key}, number {error.place}")
        return self.refusal(value)

    def refusal(self, value: Any, what: str = "") -> InputError:
        """value: as it came from outside; what: the words for it, `key` if none are given."""
        found = f"{what or self.key}: {_shown(value)}"
        return InputError(f"field-{self.name}", f"{self.kind.rule} ({found})")


def _shown(value: Any) -> str:
    """Foreign material cut short for a message; the page must still treat it as plain text."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    return echo(str(value))


# --- the parts ------------------------------------------------------------------------------------


def _source(source_type: type) -> Callable[[Problem, View], Values]:
    def values(problem: Problem, view: View) -> Values:
        source = problem.data.source
        return vars(source) if isinstance(source, source_type) else {}

    return values


def _own(problem: Problem, view: View) -> Values:
    """Of one or two columns each word has a name of its own, of more they come as a list."""
    data = problem.data
    if not isinstance(data.source, Own):
        return {}
    if data.n_features > len(AXES):
        given = {"points": data.points, "counts": data.counts, "title": data.title}
        named = data.columns != axis_names(data.n_features)
        return given | {
            "columns": data.columns if named else None,
            "units": data.units if any(data.units) else None,
        }
    words = {"x_column": data.columns, "y_column": data.columns}
    words |= {"x_unit": data.units, "y_unit": data.units}
    each = {name: _at(AXES.index(name[0]), several) for name, several in words.items()}
    points = data.points[:, 0] if data.n_features == 1 else data.points
    known = {"points": points, "counts": data.counts, "bins": data.bins, "title": data.title}
    return known | each


def _at(axis: int, words: tuple[str, ...]) -> str | None:
    return words[axis] if axis < len(words) else None


def _start(problem: Problem, view: View) -> Values:
    start, mixture = problem.start, problem.start.mixture
    line = mixture.n_features == 1
    spreads = {"variances": mixture.variances} if line else {"covariances": mixture.covariances}
    means = mixture.means[:, 0] if line else mixture.means
    how = {"method": start.method, "seed": start.seed}
    return {"weights": mixture.weights, "means": means} | spreads | how


def _display(problem: Problem, view: View) -> Values:
    """Which pair is on the stage is nothing to say where there are but two columns."""
    values = vars(view.display)
    if problem.data.n_features <= len(AXES):
        return {name: value for name, value in values.items() if name != "pair"}
    return values | {"pair": pair_within(view.display.pair, problem.data.n_features)}


def _cursor(problem: Problem, view: View) -> Values:
    return {"iteration": view.iteration, "phase": view.phase}


def _exercise(problem: Problem, view: View) -> Values:
    """Nothing for the one that everybody begins with."""
    exercise = view.practice.exercise
    return {} if exercise == LEVELS[0].exercise else vars(exercise)


def _terms(problem: Problem, view: View) -> Values:
    return vars(view.practice.terms) if view.practice.terms else {}


def _check(problem: Problem, view: View) -> Values:
    """Of an exercise that was set for others."""
    set_for_others = view.practice.terms is not None
    return {"check": exercise_check(problem, view.practice)} if set_for_others else {}


NAMED_DATA = Part("data", _source(Named))
DRAWN_DATA = Part("data", _source(Generated))
OWN_DATA = Part("data", _own)
START = Part("start", _start)
OPTIONS = Part("options", lambda problem, view: vars(problem.options))
RULES = Part("options", lambda problem, view: vars(problem.options.rules))
CURSOR = Part("view", _cursor)
VIEW = Part("view", lambda problem, view: vars(view))
DISPLAY = Part("view", _display)
WHY = Part("why", lambda problem, view: vars(view.why))
PRACTICE = Part("practice", lambda problem, view: vars(view.practice))
EXERCISE = Part("practice", _exercise)
TERMS = Part("practice", _terms)
CHECK = Part("practice", _check)
OF_PROBLEM = ("data", "start", "options")
"""The sections that hold the problem."""


# --- the kinds ------------------------------------------------------------------------------------

SEED = Whole(0, MAX_SEED, f"Seed must be between 0 and {MAX_SEED}.")
COUNT = Whole(1, MAX_COMPONENTS, f"Choose 1 to {MAX_COMPONENTS} components.")
DRAWN = Whole(2, MAX_GENERATED, f"A generator draws 2 to {MAX_GENERATED} points.")
LIMIT = Whole(
    int(MAX_ITER.lowest), MAX_ITERATIONS, f"At most {MAX_ITERATIONS} iterations are made."
)
TEMPERATURE = Real(0, HOTTEST, "The temperature is a number of at least 0; 1 is EM.")
HELD = Members(MAX_COMPONENTS, "What is held is a list of different component numbers.")
ITERATION = Whole(0, MAX_ITERATIONS, f"The iteration is a whole number from 0 to {MAX_ITERATIONS}.")
POINT = Whole(
    1, MAX_POINTS, "The selected point is a whole number from 1 to the number of points.", first=1
)
COMPONENT = Whole(
    1,
    MAX_COMPONENTS,
    "The selected component is a whole number from 1 to the number of components.",
    first=1,
)
SEPARATION = Real(0, 100, "The separation is a number from 0 to 100.")
TOLERANCE = Real(TOL.lowest, TOL.highest, "The tolerance is a number of at least 0.")
FLOOR = Real(
    VARIANCE_FLOOR.lowest,
    VARIANCE_FLOOR.highest,
    "The variance floor is a fraction of the data's variance, at least 0 and below 1.",
)
POINTS = Numbers(
    MAX_COORDINATES,
    f"The points are at most {MAX_POINTS} rows of 1 to {MAX_COLUMNS} finite numbers, all alike, "
    f"and {MAX_COORDINATES} numbers in all.",
)
COUNTS = Numbers(MAX_POINTS, f"The counts are at most {MAX_POINTS} numbers, one for each point.")
BINS = Numbers(
    2 * MAX_POINTS, "Bins are pairs of finite numbers, one for each point, which is its middle."
)
PARAMETERS = Numbers(
    MAX_COMPONENTS * MAX_COLUMNS**2,
    f"Start parameters are finite numbers, for 1 to {MAX_COMPONENTS} components.",
)
WORDS = Words("Titles, names and units are text.")
NAMES = Names(MAX_COLUMNS, f"The names and the units of 3 to {MAX_COLUMNS} columns are texts.")
PAIR = Two(MAX_COLUMNS, "The pair on the stage is two different columns, by their numbers.")
DATA_SET = Choice.among(NAMED, "There is no data set of this name.")
RECIPE = Choice.among(GENERATORS, "There is no generator of this name.")
METHOD = Choice.among(get_args(StartMethod), "There is no start method of this name.")
TYPE = Choice.among(
    tuple(COVARIANCE_TYPES), "The covariance type is full, tied, diag or spherical."
)
SPREAD = Choice.among(("variance", "sd"), "Spreads are shown as variance or sd.")
DIGITS = Choice({"4": False, "15": True}, "Numbers are shown with 4 or 15 digits.")
SWITCH = Choice({"on": True, "off": False}, "A switch is on or off.")
PLACE = Real(-1e300, 1e300, "The query line stands at a finite number.")
PHASE = Choice.among(("start", "E", "M"), "The phase is E or M.")
PAGE = Choice.among(PAGES, "There is no page of this name.")
PICTURE = Choice.among(PICTURES, "There is no picture of this name.")
PARAMETER = Choice(
    {
        f"{kind}-{k + 1}" + f"-{axis + 1}" * (axis > 0): Parameter(kind, k, axis)
        for kind in PARAMETER_KINDS
        for k in range(MAX_COMPONENTS)
        for axis in range(MAX_COLUMNS)
    },
    "A parameter is named like mean-1, variance-2-2 or weight-1: its component, and its axis.",
)
OTHERS = Choice.among(("end", "now"), "All other parameters are as at the end or as now.")
STARTS = Choice(
    {str(n): n for n in N_STARTS}, "Endings are looked for from 100, 300 or 1000 starts."
)
WORK = Choice.among(get_args(Task), "There is no exercise of this name.")
BLANK = Choice(BLANKS, f"The blanks are one of {', '.join(BLANKS)}.")
FIRST_ITERATION = Whole(1, MAX_ROUND, f"Iterations by hand are from 1 to {MAX_ROUND}.")
ROUNDS = Whole(1, MAX_ROUNDS, f"An exercise has 1 to {MAX_ROUNDS} iterations.")
ROW = Whole(0, MAX_POINTS, "The blanks are of one point, or 0 for all.", first=1)
COLUMN = Whole(0, MAX_COMPONENTS, "The blanks are of one component, or 0 for all.", first=1)
LESSON = Choice.among(tuple(BY_LESSON), "There is no lesson of this name.")
CASE = Choice.among(tuple(BY_CASE), "There is no run of this name.")
HELP = Choice.among(get_args(Help), "The help is all, hints or none.")
TRIES = Tries("What was tried is a list of steps on numbers of the worksheet.")
PREDICTIONS = Predictions("Predictions are answers to lessons and runs that there are.")

FIELDS = (
    Field("data", NAMED_DATA, "name", DATA_SET),
    Field("gen", DRAWN_DATA, "recipe", RECIPE),
    Field("n", DRAWN_DATA, "n", DRAWN),
    Field("k", DRAWN_DATA, "n_components", COUNT),
    Field("sep", DRAWN_DATA, "separation", SEPARATION),
    Field("seed", DRAWN_DATA, "seed", SEED),
    Field("x", OWN_DATA, "points", POINTS),
    Field("count", OWN_DATA, "counts", COUNTS),
    Field("bins", OWN_DATA, "bins", BINS),
    Field("title", OWN_DATA, "title", WORDS),
    Field("xname", OWN_DATA, "x_column", WORDS),
    Field("yname", OWN_DATA, "y_column", WORDS),
    Field("xunit", OWN_DATA, "x_unit", WORDS),
    Field("yunit", OWN_DATA, "y_unit", WORDS),
    Field("names", OWN_DATA, "columns", NAMES),
    Field("units", OWN_DATA, "units", NAMES),
    Field("w", START, "weights", PARAMETERS),
    Field("mu", START, "means", PARAMETERS),
    Field("s2", START, "variances", PARAMETERS),
    Field("cov", START, "covariances", PARAMETERS),
    Field("start", START, "method", METHOD),
    Field("startseed", START, "seed", SEED),
    Field("type", OPTIONS, "covariance_type", TYPE),
    Field("tol", OPTIONS, "tol", TOLERANCE),
    Field("iter", OPTIONS, "max_iter", LIMIT),
    Field("floor", OPTIONS, "variance_floor", FLOOR),
    Field("temp", RULES, "temperature", TEMPERATURE),
    Field("equal", RULES, "equal_weights", SWITCH),
    Field("holdw", RULES, "fixed_weights", HELD),
    Field("holdmu", RULES, "fixed_means", HELD),
    Field("holdcov", RULES, "fixed_covariances", HELD),
    Field("t", CURSOR, "iteration", ITERATION),
    Field("phase", CURSOR, "phase", PHASE),
    Field("pt", VIEW, "point", POINT),
    Field("comp", VIEW, "component", COMPONENT),
    Field("page", VIEW, "page", PAGE),
    Field("spread", DISPLAY, "spread", SPREAD),
    Field("digits", DISPLAY, "digits", DIGITS, "precise"),
    Field("posterior", DISPLAY, "posterior", SWITCH),
    Field("truth", DISPLAY, "truth", SWITCH),
    Field("query", DISPLAY, "query", SWITCH),
    Field("at", DISPLAY, "query_at", PLACE),
    Field("present", DISPLAY, "present", SWITCH),
    Field("pair", DISPLAY, "pair", PAIR),
    Field("why", WHY, "picture", PICTURE),
    Field("along", WHY, "along", PARAMETER),
    Field("starts", WHY, "n_starts", STARTS),
    Field("across", WHY, "x", PARAMETER),
    Field("up", WHY, "y", PARAMETER),
    Field("labels", WHY, "told_apart", SWITCH),
    Field("others", WHY, "others", OTHERS),
    Field("held", WHY, "held", SWITCH),
    Field("work", PRACTICE, "task", WORK),
    Field("lesson", PRACTICE, "lesson", LESSON),
    Field("case", PRACTICE, "case", CASE),
    Field("blanks", EXERCISE, "blanks", BLANK, "kinds"),
    Field("first", EXERCISE, "iteration", FIRST_ITERATION),
    Field("rounds", EXERCISE, "rounds", ROUNDS),
    Field("row", EXERCISE, "point", ROW),
    Field("col", EXERCISE, "component", COLUMN),
    Field("help", TERMS, "help", HELP),
    Field("variant", TERMS, "variant", SEED),
    Field("whose", PRACTICE, "name", WORDS),
    Field("tries", PRACTICE, "tries", TRIES, linked=False),
    Field("predictions", PRACTICE, "predictions", PREDICTIONS, linked=False),
    Field("check", CHECK, "check", WORDS, linked=False),
)
LINKED = {field.name: field for field in FIELDS if field.linked}
BY_NAME = {field.name: field for field in FIELDS}
OF_PLACE = tuple(field for field in FIELDS if field.part.section == "view")
"""Those that change while somebody steps and looks around."""
OF_WORK = tuple(field for field in FIELDS if field.part.section != "view")
"""The others: problem, practice, and what Why? is asked."""


# --- problem and view to record -------------------------------------------------------------------


def to_record(problem: Problem, view: View, fields: Sequence[Field] = FIELDS) -> Record:
    """Every one of these fields that applies, in the table's order."""
    values = {field.name: field.get(problem, view) for field in fields}
    return {name: value for name, value in values.items() if value is not None}


def brief_work(problem: Problem, view: View) -> Record:
    """What links carry of `OF_WORK`, without what is usual and without a start that comes with a
    named data set."""
    known = _usual()
    if fixed := fixed_start(problem.data):
        known = to_record(Problem(problem.data, fixed), View(), OF_WORK) | known
    record = to_record(problem, view, OF_WORK)
    brief = _unusual(record, known)
    if problem.start.method != "manual" and not _PARAMETERS & brief.keys():
        brief["mu"] = record["mu"]
    return brief


def brief_place(problem: Problem, view: View) -> Record:
    """What links carry of `OF_PLACE`, without what is usual."""
    return _unusual(to_record(problem, view, OF_PLACE), _usual())


def _unusual(record: Record, known: Record) -> Record:
    return {
        name: value
        for name, value in record.items()
        if name in LINKED and not same(value, known.get(name))
    }


@cache
def _usual() -> Record:
    """What a record need not say: the worked example, plain words, options, no cursor.

    Start parameters are not among them: those belong to the data.
    """
    record = to_record(default_problem(), View())
    words = {"title": OWN_TITLE, "xname": AXES[0], "yname": AXES[1], "xunit": "", "yunit": ""}
    draw = {field.name: getattr(Generated(""), field.key) for field in _of(DRAWN_DATA)}
    whole = {"pair": FIRST_TWO} | {
        field.name: getattr(Exercise(()), field.key) for field in _of(EXERCISE)[1:]
    }
    return {k: v for k, v in record.items() if k not in _PARAMETERS} | words | draw | whole


_PARAMETERS = frozenset(field.name for field in FIELDS if field.kind is PARAMETERS)


def same(value: Any, other: Any) -> bool:
    """Equal to the last bit; 0.0 and −0.0 differ."""
    if isinstance(value, np.ndarray) and isinstance(other, np.ndarray):
        return value.shape == other.shape and value.tobytes() == other.tobytes()
    return type(value) is type(other) and value == other


# --- record to problem and view -------------------------------------------------------------------


CHANGED_EXERCISE = (
    "This result names exercise {}, but its numbers and blanks are those of exercise {}: they were "
    "changed after it was made."
)


def from_record(record: Record) -> tuple[Problem, View]:
    """The problem and view that checked values stand for; what they leave out is as usual.

    InputError where values that are allowed one by one do not go together, or cannot be run.
    """
    data = _data_of(record)
    options = Options(**_given(record, OPTIONS), rules=Rules(**_given(record, RULES)))
    problem = Problem(data, _start_of(record, data, options), options)
    _check_held(record, problem.start.mixture.n_components)
    fit(data.points, problem.start.mixture, **replace(options, max_iter=0).keywords())
    view = _view_of(record, problem)
    if record.get("check", made := exercise_check(problem, view.practice)) != made:
        raise InputError("check", CHANGED_EXERCISE.format(echo(record["check"]), made))
    return problem, view


def _check_held(record: Record, n_components: int) -> None:
    for field in FIELDS:
        if field.kind is HELD and max(record.get(field.name, ()), default=0) >= n_components:
            raise field.refusal(max(record[field.name]) + 1)


def _of(part: Part) -> list[Field]:
    return [field for field in FIELDS if field.part is part]


def _given(record: Record, part: Part) -> dict[str, Any]:
    """What the record holds of the part, by attribute."""
    fields = (field for field in _of(part) if field.name in record)
    return {field.attribute or field.key: record[field.name] for field in fields}


def _data_of(record: Record) -> Data:
    if sum(name in record for name in ("data", "gen", "x")) > 1:
        raise InputError("two-sources", "More than one source of data is named.")
    if "gen" in record:
        return generated_data(Generated(**_given(record, DRAWN_DATA)))
    if "x" in record:
        given = {"title": OWN_TITLE} | _given(record, OWN_DATA)
        columns = tuple(given.get(f"{axis}_column", axis) for axis in AXES)
        units = tuple(given.get(f"{axis}_unit", "") for axis in AXES)
        if given["points"].ndim > 1 and given["points"].shape[1] > len(AXES):
            columns, units = given.get("columns", ()), given.get("units", ())
        counts, bins = given.get("counts"), given.get("bins")
        return own_data(given["points"], given["title"], columns, units, counts, bins)
    return named_data(record.get("data", WORKED_EXAMPLE))


def _start_of(record: Record, data: Data, options: Options) -> Start:
    """The start that is given; parameters it leaves out are the data's suggested ones.

    With a method and no parameters it is what the method draws.
    """
    d = data.n_features
    shapes = {"w": (), "mu": (d,), "s2" if d == 1 else "cov": (d, d)}
    given = {name: _per_component(record, name, shapes[name]) for name in shapes if name in record}
    how = {k: v for k, v in _given(record, START).items() if k in ("method", "seed")}
    if not given:
        count, method = record.get("k"), how.get("method", "manual")
        if method == "manual":
            return replace(suggested_start(data, count), **how)
        return drawn_start(data, count, method, how.get("seed", 0), options.covariance_type)
    count = _count_of(given, record, data)
    if len(given) < len(shapes):
        suggested = to_record(Problem(data, suggested_start(data, count)), View())
        given = {name: _per_component(suggested, name, shapes[name]) for name in shapes} | given
    return Start(GaussianMixture(*(given[name] for name in shapes)), **how)


def _count_of(given: Record, record: Record, data: Data) -> int:
    """How many components the parameters are for."""
    count = max(len(values) for values in given.values())
    if count > MAX_COMPONENTS:
        raise InputError("count", COUNT.rule)
    wanted = count if isinstance(data.source, Generated) else record.get("k", count)
    if wanted != count:
        raise InputError("count", f"{wanted} components are asked for and {count} are given.")
    return count


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
    """The cursor, the selection, how they are shown, and what was practised.

    A cursor beyond the iteration limit stands at the limit.
    """
    view = View(
        **_given(record, VIEW),
        display=Display(**_given(record, DISPLAY)),
        practice=judged_again(problem, _practice_of(record)),
        why=Why(**_given(record, WHY)),
    )
    if view.point is not None and view.point >= problem.data.n_points:
        raise BY_NAME["pt"].refusal(view.point + 1)
    if max(view.display.pair) >= max(problem.data.n_features, 2):
        raise BY_NAME["pair"].refusal(max(view.display.pair) + 1)
    if view.component >= problem.start.mixture.n_components:
        raise BY_NAME["comp"].refusal(view.component + 1)
    iteration = min(record.get("t", 0), problem.options.max_iter)
    return replace(view, half_step=half_step_of(iteration, record.get("phase", "start")))


def _practice_of(record: Record) -> Practice:
    """With answers that are not judged yet."""
    practice = Practice(**_given(record, PRACTICE))
    if exercise := _given(record, EXERCISE):
        practice = replace(practice, exercise=Exercise(**({"kinds": WHOLE} | exercise)))
    if terms := _given(record, TERMS):
        practice = replace(practice, terms=Terms(**terms))
    return practice
