"""Runs that other people printed, their digits beside ours. The runs are in published.json.

A run is one entry there, an object with these items:

id, title, source; shows: one sentence on what is to be seen;
data: {"name": one of `em_core.datasets`}, {"points": [...]}, with "counts": [...] where each is
    a number of observations, or {"quantiles_of": mixture, "n": …};
    changed: values that differ from the named set's, by their number from 1; times: a factor;
    version: which version of the data it is, in words;
covariance_type; start: a mixture; or components: how many, and the ending is found from many
    starts, nearest to the first likelihood or criterion printed or else the highest, components
    from left to right;
fixed_variance, fixed_weights, equal_weights: what is held, nothing where missing;
after: the iteration that is opened, the end where missing;
printed: the numbers, each a `Printed`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from em_core import GaussianMixture, Options, Rules, Trace, faulty_run, fit, fit_many, relabel
from em_core.inference.checks import quantile
from em_core.inference.endings import is_merit, various_starts
from em_core.wording import number, to_decimals
from explorer.model.cases import mistake_of
from explorer.model.examples import named_data, own_data
from explorer.model.problem import MAX_ITERATIONS, Data, Problem, Start, View, half_step_of
from explorer.model.quantities import OF_LIKELIHOOD, QUANTITIES, Place, State

TOL = 1e-14
N_STARTS, LOOKED_FOR, ROUGHLY = 30, 500, 1e-8
"""Starts that are tried for an ending, each for so many iterations, with this tolerance."""

HALF_A_DIGIT = 0.5 + 1e-9


@dataclass(frozen=True)
class Printed:
    """A number as it was printed.

    what: a name of QUANTITIES; after: the iteration it belongs to, None for the state that is
    opened; within: how far off ours may be where that is more than the digits say, because: why;
    mistake: the name of the mistake (`em_core.practice`) that it was computed with, "" for none.
    """

    what: str
    value: str
    place: Place
    after: int | None = None
    within: float = 0.0
    because: str = ""
    mistake: str = ""

    @property
    def decimals(self) -> int:
        return max(0, -int(Decimal(self.value).as_tuple().exponent))

    @property
    def theirs(self) -> str:
        return self.value.replace("-", "−")

    @property
    def words(self) -> str:
        when = "" if self.after is None else f", iteration {self.after}"
        return f"{self.what}{self.place}{when}"


@dataclass(frozen=True, eq=False)
class Published:
    """An entry of published.json, as the module says."""

    id: str
    title: str
    source: str
    shows: str
    data: dict[str, Any]
    covariance_type: Any
    printed: tuple[Printed, ...]
    start: GaussianMixture | None = None
    components: int = 0
    fixed_variance: float | None = None
    fixed_weights: bool = False
    equal_weights: bool = False
    after: int | None = None

    @property
    def version(self) -> str:
        return str(self.data.get("version", ""))


@dataclass(frozen=True, eq=False)
class Opening:
    """The problem of a published run and the view that shows its printed state."""

    problem: Problem
    view: View
    trace: Trace


@dataclass(frozen=True)
class Compared:
    """A printed number and ours; mistaken: ours when made with the mistake, else None."""

    printed: Printed
    ours: float
    mistaken: float | None = None

    @property
    def same_digits(self) -> bool:
        """Ours rounds to what was printed."""
        return self._off(self.ours) <= HALF_A_DIGIT * 10.0**-self.printed.decimals

    @property
    def agrees(self) -> bool:
        """To its digits, or as near as its entry says, with the mistake where it has one."""
        near = self._off(self.ours if self.mistaken is None else self.mistaken)
        return near <= max(self.printed.within, HALF_A_DIGIT * 10.0**-self.printed.decimals)

    @property
    def own(self) -> str:
        """Ours, with as many decimals as they printed."""
        return to_decimals(self.ours, self.printed.decimals)

    @property
    def verdict(self) -> str:
        """A tick where they agree, and what there is to say about it."""
        if self.same_digits:
            return "✓"
        if not self.agrees:
            return "✗"
        if self.mistaken is None:
            return f"✓ within {number(self.printed.within)}: {self.printed.because}"
        same = to_decimals(self.mistaken, self.printed.decimals)
        return f"≠; with the same mistake {same}: {self.printed.because}"

    def _off(self, ours: float) -> float:
        return abs(ours - float(self.printed.value))


@cache
def shelf() -> tuple[Published, ...]:
    """All of them, in the order of the file."""
    path = Path(__file__).with_name("published.json")
    return tuple(map(read, json.loads(path.read_text(encoding="utf-8"))))


def read(entry: dict[str, Any]) -> Published:
    """An entry of the file. TypeError or KeyError for an item that is unknown or missing."""
    start = entry.get("start")
    return Published(
        **entry
        | {
            "printed": tuple(map(_printed, entry["printed"])),
            "start": None if start is None else _mixture(start),
        }
    )


def _printed(item: dict[str, Any]) -> Printed:
    places = {name: item[name] for name in vars(Place()) if name in item}
    rest = {name: value for name, value in item.items() if name not in places}
    QUANTITIES[item["what"]]
    return Printed(place=Place(**places), **rest)


def _mixture(values: dict[str, Any]) -> GaussianMixture:
    if "variances" in values:
        return GaussianMixture.univariate(values["weights"], values["means"], values["variances"])
    return GaussianMixture(values["weights"], values["means"], values["covariances"])


# --- the state that was printed -------------------------------------------------------------------


@cache
def opening(run: Published) -> Opening:
    """Where something was held, the state itself is the start of the problem."""
    data, rules = data_of(run), _rules(run)
    start = _ending(run, data, rules) if run.start is None else run.start
    limit = MAX_ITERATIONS if run.after is None else run.after
    kind, often = run.covariance_type, data.counts
    trace = fit(data.points, start, kind, limit, TOL, sample_weight=often, rules=rules)
    options = Options(kind)
    if rules != Rules():
        problem = Problem(data, Start(trace.mixtures[-1]), options)
        return Opening(problem, View(), trace)
    if run.after is None:
        options = replace(options, tol=TOL, max_iter=MAX_ITERATIONS)
    problem = Problem(data, Start(start), options)
    return Opening(problem, View(half_step=half_step_of(trace.n_iter, "M")), trace)


def data_of(run: Published) -> Data:
    """A named data set as it is; anything else as a person's own points."""
    given = run.data
    if "quantiles_of" in given:
        shares = (np.arange(given["n"]) + 0.5) / given["n"]
        return own_data(quantile(shares, _mixture(given["quantiles_of"])), run.title)
    if "points" in given:
        return own_data(given["points"], run.title, counts=given.get("counts"))
    named = named_data(given["name"])
    changed, times = given.get("changed", {}), given.get("times", 1)
    if not changed and times == 1:
        return named
    points = named.points.copy()
    for which, value in changed.items():
        points[int(which) - 1] = value
    units = named.units if times == 1 else ("",) * named.n_features
    return own_data(points * times, f"{named.title}, as printed elsewhere", named.columns, units)


def _rules(run: Published) -> Rules:
    count = run.components if run.start is None else run.start.n_components
    everyone = tuple(range(count))
    return Rules(
        equal_weights=run.equal_weights,
        fixed_weights=everyone if run.fixed_weights else (),
        fixed_covariances=() if run.fixed_variance is None else everyone,
    )


def _ending(run: Published, data: Data, rules: Rules) -> GaussianMixture:
    """The start that leads to the ending whose likelihood or criterion was printed."""
    kind, rng = run.covariance_type, np.random.default_rng(0)
    starts = various_starts(data.points, run.components, N_STARTS, rng, kind, data.counts)
    if run.fixed_variance is not None:
        each = run.fixed_variance * np.eye(data.n_features)
        covariances = np.broadcast_to(each, (run.components, *each.shape))
        starts = tuple(GaussianMixture(s.weights, s.means, covariances) for s in starts)
    fits = fit_many(data.points, starts, kind, LOOKED_FOR, ROUGHLY, data.counts, rules=rules)
    usable = [s for s in range(len(fits)) if fits.outcomes[s] in ("converged", "max_iter")]
    told = next((p for p in run.printed if p.what in OF_LIKELIHOOD), None)

    def distance(s: int) -> float:
        """From what was printed; without any, a spike is far and the highest is nearest."""
        mixture = fits.mixture(s)
        if told is None:
            merit = is_merit(data.points, mixture, kind, data.counts)
            return -float(fits.log_likelihoods[s]) if merit else np.inf
        state = State(data.points, mixture, kind, rules, data.counts)
        return abs(QUANTITIES[told.what](state, told.place) - float(told.value))

    nearest = min(usable, key=distance)
    order = np.argsort(fits.mixture(nearest).means[:, 0], kind="stable")
    return relabel(starts[nearest], tuple(int(k) for k in order))


# --- their digits and ours ------------------------------------------------------------------------


@cache
def compared(run: Published) -> tuple[Compared, ...]:
    """Each printed number beside ours."""
    return tuple(_compared(run))


def _compared(run: Published) -> Iterator[Compared]:
    trace, rules = opening(run).trace, _rules(run)
    data = data_of(run)
    states: dict[int, State] = {}
    for printed in run.printed:
        t = trace.n_iter if printed.after is None else printed.after
        if t not in states:
            mixture, kind = trace.mixtures[t], run.covariance_type
            states[t] = State(data.points, mixture, kind, rules, data.counts)
        ours = float(QUANTITIES[printed.what](states[t], printed.place))
        yield Compared(printed, ours, _mistaken(run, printed, t))


def _mistaken(run: Published, printed: Printed, t: int) -> float | None:
    """The log-likelihood that code with the mistake prints after iteration t."""
    if not printed.mistake or run.start is None:
        return None
    mistake = mistake_of(printed.mistake)
    faulty = faulty_run(data_of(run).points, run.start, mistake, t, run.covariance_type)
    return float(faulty.log_likelihoods[t])


def printed_of(problem: Problem) -> Published | None:
    """The run of the shelf that this problem is, or None."""
    alike = (run for run in shelf() if _may_be(run, problem))
    return next((run for run in alike if opening(run).problem == problem), None)


def _may_be(run: Published, problem: Problem) -> bool:
    """Without finding its ending."""
    count = run.components if run.start is None else run.start.n_components
    same = (count, run.covariance_type) == (
        problem.start.mixture.n_components,
        problem.options.covariance_type,
    )
    return same and data_of(run) == problem.data
