"""What an exported notebook says, cell by cell."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Literal, NamedTuple

import numpy as np

from em_core import Frame, Rules, Trace, e_step
from explorer.export.literal import array_code
from explorer.export.textbook import counted_line, counted_plane, line, plane, ruled
from explorer.model.problem import Problem, View
from explorer.model.shapes import is_of_type

MAX_INLINE = 2000
"""More values than this come in a file of their own, beside the notebook."""

POINTS_FILE = "points.csv"

FAR = 1000
"""Data further than this many times their spread from 0 are measured from their middle."""


@dataclass(frozen=True)
class Cell:
    kind: Literal["markdown", "code"]
    text: str


@dataclass(frozen=True, eq=False)
class Story:
    """What the cells tell: `problem` from its start through `n_iter` whole iterations to `now`.

    collapses: one more M-step follows, in which components break down; now is what was before.
    """

    problem: Problem
    trace: Trace
    now: Frame
    collapses: bool
    title: str
    message: str

    @property
    def n_iter(self) -> int:
        return self.now.n_iter

    @property
    def is_line(self) -> bool:
        return self.problem.data.n_features == 1

    @property
    def spreads(self) -> str:
        """What the code calls the parameters of width."""
        return "variances" if self.is_line else "covariances"

    @property
    def counts(self) -> np.ndarray | None:
        return self.problem.data.counts

    @property
    def book(self) -> ModuleType:
        """The textbook's functions that the code is made of."""
        if self.counts is None:
            return line if self.is_line else plane
        return counted_line if self.is_line else counted_plane

    @property
    def rules(self) -> Rules:
        return self.problem.options.rules

    @property
    def sizes(self) -> str:
        """Code for what the components hold."""
        if self.counts is None:
            return "responsibilities.sum(axis=0)"
        return "(counts @ responsibilities)"

    @property
    def is_far(self) -> bool:
        points = self.problem.data.points
        return bool((np.abs(points).max(axis=0) > FAR * np.ptp(points, axis=0)).any())


def cells_of(
    problem: Problem, trace: Trace, view: View, foreign: Callable[[str], str]
) -> list[Cell]:
    """foreign: makes text that people chose harmless where the cells are read."""
    now = trace.frame(view.half_step)
    broken = trace.outcome == "collapsed" and trace.iteration == trace.n_iter
    collapses = broken and now.half_step == trace.last_half_step
    if collapses:
        now = trace.frame(now.half_step - 2)
    title, message = foreign(problem.data.title), foreign(trace.message)
    story = Story(problem, trace, now, collapses, title, message)
    parts = (_opening, _points, _start, _e_step, _m_step, _run, _check, _ending)
    return [cell for part in parts for cell in part(story)]


def _opening(story: Story) -> list[Cell]:
    n, count = story.problem.data.n_points, story.problem.start.mixture.n_components
    text = f"""\
# Expectation-Maximisation, step by step

{story.title}: {n} points, {count} Gaussian component{"s" * (count > 1)}.

This is the run that EM Explorer showed, from its start to {_where(story)}.
It needs NumPy alone. The two half-steps are written as the textbook has them, and the last lines
check that every number is the one that was on the screen."""
    return [Cell("markdown", text), Cell("code", "import numpy as np")]


def _where(story: Story) -> str:
    if story.now.half_step == 0 and not story.collapses:
        return "where it stood, before the first step"
    if story.collapses:
        return f"iteration {story.trace.n_iter}, where it broke down"
    step = "the E-step" if story.now.phase == "E" else "the end"
    return f"{step} of iteration {story.now.iteration}"


def _points(story: Story) -> list[Cell]:
    points = story.problem.data.points
    text = "## The points"
    counts = story.counts
    if points.size <= MAX_INLINE:
        code = f"points = {array_code(points[:, 0] if story.is_line else points)}"
        if counts is not None:
            code += f"\ncounts = {array_code(counts)}"
    else:
        text += f"\n\nThey are in the file {POINTS_FILE}, which belongs beside this one."
        code = f'points = np.loadtxt("{POINTS_FILE}", delimiter=",", skiprows=1, encoding="utf-8")'
        if counts is not None:
            of_points = "0" if story.is_line else ":-1"
            code += f"\npoints, counts = points[:, {of_points}], points[:, -1]"
    if counts is not None:
        text += "\n\nEach stands for as many observations as its count says."
    if story.is_far:
        text += "\n\nThey lie far from 0. Measured from their middle they keep all their digits."
        code += "\norigin = points.mean(axis=0)\npoints = points - origin"
    code += '\nprint(len(points), "points, mean", points.mean(axis=0))'
    return [Cell("markdown", text), Cell("code", code)]


def _start(story: Story) -> list[Cell]:
    text = f"""\
## The start

Each component has a weight, a mean and a {story.spreads[:-1]}{_SQUARE[story.is_line]}."""
    mixture = story.problem.start.mixture
    code = f"""\
weights = {array_code(mixture.weights)}
means = {array_code(_flat(story, mixture.means))}{" - origin" * story.is_far}
{story.spreads} = {array_code(_flat(story, mixture.covariances))}{_held(story)}"""
    return [Cell("markdown", text), Cell("code", code)]


def _held(story: Story) -> str:
    """Code that keeps the start's values of what the rules hold."""
    return "".join(f"\nheld_{name} = {name}.copy()" for name, k in _fixed(story).items() if k)


def _fixed(story: Story) -> dict[str, list[int]]:
    """Which components keep their start's value, by the parameter's name in the code."""
    rules = story.rules
    return {
        "weights": list(rules.fixed_weights),
        "means": list(rules.fixed_means),
        story.spreads: list(rules.fixed_covariances),
    }


_SQUARE = {True: " (σ², not σ)", False: " (variances σ² on the diagonal, not σ)"}


def _flat(story: Story, parameter: np.ndarray) -> np.ndarray:
    """Without the axes that one dimension does not need."""
    return parameter.reshape(len(parameter)) if story.is_line else parameter


def _e_step(story: Story) -> list[Cell]:
    width = "σ²" if story.is_line else "Σ"
    text = f"""\
## E-step: whose point is it?

Every point is shared out among the components. Component k's share of point i, its
*responsibility*, is by Bayes' rule

    r[i, k] = w[k] N(x[i] | μ[k], {width}[k]) / Σ_l w[l] N(x[i] | μ[l], {width}[l])

The denominator is the density of the whole mixture at the point; the sum of its logarithms over
all points is the log-likelihood. Working with logarithms keeps tiny densities from becoming 0.\
{_temperature(story)}"""
    book = story.book
    functions = [book.log_density, book.e_step]
    if story.rules.temperature != 1:
        functions.append(ruled.shared_out)
    lines = "\n".join(_e_step_lines(story))
    show = f"""\
{lines}
print("log-likelihood of the start:", log_likelihood)
print("shares of the first points:")
print(responsibilities[:10].round(4))"""
    return [
        Cell("markdown", text),
        Cell("code", _source(*functions)),
        Cell("code", show),
    ]


def _temperature(story: Story) -> str:
    temperature = story.rules.temperature
    if temperature == 1:
        return ""
    if temperature == 0:
        return "\n\nThis run is hard: each point goes wholly to its likeliest component."
    return (
        f"\n\nThis run has temperature T = {temperature!r}: the shares are in proportion to "
        "(w N)^(1 / T)."
    )


def _e_step_lines(story: Story) -> list[str]:
    lines = [f"responsibilities, log_likelihood = e_step(points, weights, means, {story.spreads})"]
    if story.rules.temperature != 1:
        log_joint = f"np.log(weights) + log_density(points, means, {story.spreads})"
        lines += [f"responsibilities = shared_out({log_joint}, {story.rules.temperature!r})"]
    return lines


def _m_step(story: Story) -> list[Cell]:
    if story.n_iter == 0 and not story.collapses:
        return []
    square = "(x[i] − μ[k])²" if story.is_line else "(x[i] − μ[k]) (x[i] − μ[k])ᵀ"
    width = "σ²" if story.is_line else "Σ"
    share = "r[i, k]" if story.counts is None else "counts[i] r[i, k]"
    text = f"""\
## M-step: what suits the shares best?

With the size of a component, the sum of its shares N[k] = Σ_i {share}, the new parameters are

    w[k] = N[k] / n
    μ[k] = Σ_i {share} x[i] / N[k]
    {width}[k] = Σ_i {share} {square} / N[k]    with the new mean{_extras(story)}"""
    functions = [story.book.m_step, *(follows.function for follows in _adjustments(story))]
    show = f"""\
print("sizes of the components:", {story.sizes})
first = m_step(points, responsibilities)
for name, values in zip(("weights", "means", "{story.spreads}"), first):
    print(name, "after the first M-step:", values)"""
    return [
        Cell("markdown", text),
        Cell("code", _source(*filter(None, functions))),
        Cell("code", show),
    ]


def _extras(story: Story) -> str:
    names = [f"`{each.function.__name__}`" for each in _constraints(story) if each.function]
    said = ""
    if names:
        options = story.problem.options
        said = (
            f'\n\nCovariance type "{options.covariance_type}", variance floor '
            f"{options.variance_floor!r}: so {' and '.join(names)} follows."
        )
    for name, held in _fixed(story).items():
        if held:
            which = " and ".join(str(k + 1) for k in held)
            said += f"\n\nFixed {name}: component {which} keeps the start's."
    if story.rules.equal_weights:
        said += "\n\nAll weights are equal."
    return said


class Adjustment(NamedTuple):
    """What follows an M-step: a line of code, and the function that it needs."""

    function: Callable | None
    line: str


def _adjustments(story: Story) -> list[Adjustment]:
    """What follows an M-step, in order."""
    return [*_held_means(story), *_constraints(story), *_held_spreads(story), *_weights(story)]


def _held_means(story: Story) -> list[Adjustment]:
    held = _fixed(story)["means"]
    if not held:
        return []
    about = ruled.variances_about if story.is_line else ruled.covariances_about
    shares = "responsibilities" if story.counts is None else "counts[:, None] * responsibilities"
    return [
        Adjustment(None, f"means[{held}] = held_means[{held}]"),
        Adjustment(about, f"{story.spreads} = {about.__name__}(points, {shares}, means)"),
    ]


def _held_spreads(story: Story) -> list[Adjustment]:
    spreads, held = story.spreads, _fixed(story)[story.spreads]
    return [Adjustment(None, f"{spreads}[{held}] = held_{spreads}[{held}]")] if held else []


def _weights(story: Story) -> list[Adjustment]:
    if story.rules.equal_weights:
        return [Adjustment(ruled.equal, "weights = equal(weights)")]
    if held := _fixed(story)["weights"]:
        return [
            Adjustment(ruled.beside_held, f"weights = beside_held(weights, held_weights, {held})")
        ]
    return []


def _constraints(story: Story) -> list[Adjustment]:
    """The covariance type and the variance floor."""
    options, spreads = story.problem.options, story.spreads
    found: list[Adjustment] = []
    kind = options.covariance_type
    if kind == "tied":
        found.append(Adjustment(story.book.tied, f"{spreads} = tied(weights, {spreads})"))
    elif kind != "full" and not story.is_line:
        found.append(Adjustment(getattr(story.book, kind), f"{spreads} = {kind}({spreads})"))
    if options.variance_floor > 0:
        floor: Callable = story.book.raised_to_floor
        if kind == "spherical" and not story.is_line:
            floor = story.book.raised_to_round_floor
        call = f"{floor.__name__}(points, {spreads}, {options.variance_floor!r})"
        found.append(Adjustment(floor, f"{spreads} = {call}"))
    return found


def _source(*functions: Callable) -> str:
    return "\n\n\n".join(inspect.getsource(function).rstrip() for function in functions)


def _m_step_lines(story: Story) -> list[str]:
    return [
        f"weights, means, {story.spreads} = m_step(points, responsibilities)",
        *(each.line for each in _adjustments(story)),
    ]


def _run(story: Story) -> list[Cell]:
    cells = []
    if story.n_iter:
        lines = [
            f"for iteration in range(1, {story.n_iter + 1}):",
            *(f"    {row}" for row in [*_e_step_lines(story), *_m_step_lines(story)]),
            "    if iteration <= 10 or iteration % 100 == 0:",
            '        print(f"iteration {iteration} began at log-likelihood {log_likelihood:.10g}")',
        ]
        text = f"## The run\n\nAn iteration is an E-step and an M-step. {_never_falls(story)}"
        cells += [Cell("markdown", text), Cell("code", "\n".join(lines))]
        if story.now.phase == "E":
            text = f"## The E-step of iteration {story.now.iteration}"
            cells += [Cell("markdown", text), Cell("code", "\n".join(_e_step_lines(story)))]
    return cells


def _never_falls(story: Story) -> str:
    problem, trace = story.problem, story.trace
    if story.rules.temperature != 1:
        return (
            "At a temperature other than 1 the log-likelihood may fall; the free energy never does."
        )
    if trace.fell_at is not None:
        return trace.fall_message
    if is_of_type(problem.start.mixture, problem.options.covariance_type):
        return "The log-likelihood never falls."
    return (
        f'The start is not of covariance type "{problem.options.covariance_type}": the first '
        "M-step brings it there, and the log-likelihood may fall by that. From then on it never "
        "falls."
    )


def _check(story: Story) -> list[Cell]:
    now, spreads = story.now, story.spreads
    mixture = now.mixture
    setup = [
        f"screen_weights = {array_code(mixture.weights)}",
        f"screen_means = {array_code(_flat(story, mixture.means))}",
        f"screen_{spreads} = {array_code(_flat(story, mixture.covariances))}",
        f"screen_log_likelihood = {now.log_likelihood!r}",
        "",
        "spread = np.ptp(points, axis=0)",
    ]
    if not np.ptp(story.problem.data.points, axis=0).all():
        setup.append("spread[spread == 0] = 1")
    setup.append(f"unit = {'spread**2' if story.is_line else 'np.outer(spread, spread)'}")
    if now.phase == "M":
        setup.append(f"log_likelihood = e_step(points, weights, means, {spreads})[1]")
    means = "means + origin" if story.is_far else "means"
    checks = [
        "assert np.allclose(weights, screen_weights, rtol=1e-9, atol=1e-12)",
        f"assert np.allclose({means}, screen_means, rtol=1e-15, atol=1e-9 * spread)",
        f"assert np.allclose({spreads} / unit, screen_{spreads} / unit, rtol=1e-9, atol=1e-12)",
        "assert np.isclose(log_likelihood, screen_log_likelihood, rtol=1e-9, atol=1e-9)",
    ]
    if now.phase == "E" and now.sharer is not None:
        data = story.problem.data
        shares = e_step(data.points, now.sharer, rules=story.rules).responsibilities
        sizes = shares.sum(axis=0) if data.counts is None else data.counts @ shares
        setup.insert(0, f"screen_sizes = {array_code(sizes)}")
        checks.append(f"assert np.allclose({story.sizes}, screen_sizes, rtol=1e-9)")
    report = [
        'print("weights", weights)',
        f'print("means", {means})',
        f'print("{spreads}", {spreads})',
        'print("log-likelihood", log_likelihood)',
        'print("The numbers are those on the screen.")',
    ]
    text = "## The same numbers as on the screen"
    return [Cell("markdown", text), Cell("code", "\n".join([*setup, "", *checks, "", *report]))]


def _ending(story: Story) -> list[Cell]:
    """Where the cursor stands at the end of the run: how it ended, with the step that broke it."""
    if story.collapses:
        return _collapse(story)
    if story.now.half_step < story.trace.last_half_step:
        return []
    return [Cell("markdown", f"## The end of the run\n\n{story.message}")]


def _collapse(story: Story) -> list[Cell]:
    text = f"""\
## The step that breaks down

{story.message} That is the outcome of this run: the next M-step leaves no width there."""
    narrowest, limit = f"{story.spreads} / unit", 1e-20
    if not story.is_line:
        limit = 1e-11
        narrowest = f"np.linalg.eigvalsh({narrowest})[:, 0]"
    code = [
        *_e_step_lines(story),
        *_m_step_lines(story),
        f"narrowest = {narrowest}",
        'print("least variance, in units of the range of the points squared:", narrowest)',
        f"assert (narrowest[{list(story.trace.components)}] < {limit}).all()",
    ]
    return [Cell("markdown", text), Cell("code", "\n".join(code))]
