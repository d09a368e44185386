"""The numbers of a run as CSV text: full precision, component and point numbers from 1.

Text that strangers may have chosen is guarded, so that no spreadsheet takes it for a formula.
Encode as UTF-8 (with a byte-order mark where a spreadsheet is to open it).
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from math import ceil

import numpy as np

from em_core import GaussianMixture, Trace, e_step
from explorer.io.fields import FIELDS, OF_PROBLEM, WORDS, to_record
from explorer.io.kinds import one_line
from explorer.model.problem import Problem, View

Value = str | int | float

MAX_BYTES = 100_000_000
"""No table is larger."""
LONGEST_CELL = 25
"""Characters of a double at full precision, the comma included."""
BLOCK = 10_000
"""Points whose rows are made in one go."""


def points_csv(problem: Problem) -> str:
    """One row a point, under the axes' names; its count last where the points have counts."""
    data = problem.data
    names = [guarded(name) for name in data.columns]
    if data.counts is None:
        return table_csv(names, data.points.tolist())
    return table_csv([*names, "count"], np.column_stack([data.points, data.counts]).tolist())


def responsibilities_csv(problem: Problem, trace: Trace, half_step: int) -> str:
    """One row a point: its number, its values, its count where it has one, its responsibilities.

    responsibility_1_by_iteration_2 is component 1's by the parameters after iteration 2 (0: of the
    start). At an E-step they are those in force. At an M-step those that it was made of come first,
    then those that the new parameters give. At the start there are none, and no columns for them.
    Of more points than fit into MAX_BYTES every `stride`-th is there.
    """
    data, mixtures = problem.data, shared_by(trace, half_step)
    points, given = data.points, data.points
    header = ["point", *(guarded(name) for name in data.columns)]
    if data.counts is not None:
        header.append("count")
        given = np.column_stack([points, data.counts])
    for t, mixture in mixtures.items():
        header += [f"responsibility_{k + 1}_by_iteration_{t}" for k in range(mixture.n_components)]
    step = stride(problem, trace, half_step)
    kept, given = points[::step], given[::step]

    def rows() -> Iterator[list[Value]]:
        for begin in range(0, len(kept), BLOCK):
            block = kept[begin : begin + BLOCK]
            shares = [
                e_step(block, mixture, rules=trace.options.rules).responsibilities
                for mixture in mixtures.values()
            ]
            numbers = range(1 + begin * step, 1 + len(points), step)
            rows = np.hstack([given[begin : begin + BLOCK], *shares])
            for number, row in zip(numbers, rows.tolist(), strict=False):
                yield [number, *row]

    return table_csv(header, rows())


def shared_by(trace: Trace, half_step: int) -> dict[int, GaussianMixture]:
    """The parameters that the responsibilities of a half-step are by, under their iteration."""
    now = trace.frame(half_step)
    if now.sharer is None:
        return {}
    found = {now.iteration - 1: now.sharer}
    return found | {now.iteration: now.mixture} if now.phase == "M" else found


def stride(problem: Problem, trace: Trace, half_step: int) -> int:
    """m, where every m-th point has a row in the table of responsibilities; 1 for all."""
    data, count = problem.data, problem.start.mixture.n_components
    columns = 1 + data.n_features + count * len(shared_by(trace, half_step))
    return ceil(data.n_points * columns * LONGEST_CELL / MAX_BYTES)


def parameters_csv(trace: Trace) -> str:
    """One row an iteration, 0 the start: log-likelihood, lower bound (ELBO), every parameter."""
    header = ["iteration", "log_likelihood", "lower_bound", *columns_of(trace.mixtures[0])]
    bounds = ["", *trace.lower_bounds.tolist()]
    rows = (
        [t, float(trace.log_likelihoods[t]), bounds[t], *columns_of(mixture).values()]
        for t, mixture in enumerate(trace.mixtures)
    )
    return table_csv(header, rows)


def summary_csv(problem: Problem, trace: Trace, view: View) -> str:
    """Rows of quantity and value: the data, the options, how the run ended, where the cursor
    stands and the parameters there."""
    data = problem.data
    now = trace.frame(view.half_step)
    rows: dict[str, Value] = {"title": data.title}
    rows |= {f"axis_{axis + 1}": name for axis, name in enumerate(data.columns)}
    rows |= {f"unit_{axis + 1}": unit for axis, unit in enumerate(data.units)}
    rows |= {"n_points": data.n_points}
    rows |= {} if data.counts is None else {"n_observations": data.total}
    rows["n_features"] = data.n_features
    rows |= _settings(problem)
    rows |= {"outcome": trace.outcome, "message": trace.message, "n_iter": trace.n_iter}
    rows |= {"iteration": now.iteration, "phase": now.phase}
    rows |= {"log_likelihood": now.log_likelihood} | columns_of(now.mixture)
    return table_csv(
        ["quantity", "value"], ((name, guarded(value)) for name, value in rows.items())
    )


def guarded(value: Value) -> Value:
    """Text on one line, with an apostrophe before it where a spreadsheet would calculate it."""
    if not isinstance(value, str):
        return value
    text = one_line(value, len(value))
    return f"'{text}" if text.lstrip()[:1] in tuple("=+-@−＝＋－＠") and text.strip() else text


def _settings(problem: Problem) -> dict[str, Value]:
    """Where the data come from, how the start was made, and the options."""
    record = to_record(problem, View())
    return {
        f"{field.part.section}_{field.key}": record[field.name]
        for field in FIELDS
        if field.part.section in OF_PROBLEM
        and field.kind is not WORDS
        and isinstance(record.get(field.name), str | int | float)
    }


def columns_of(mixture: GaussianMixture) -> dict[str, Value]:
    """Every parameter under its column's name: weight_1, mean_1, variance_1, …

    In more dimensions mean_1_2 is component 1 on axis 2, covariance_1_12 that of its axes 1 and 2,
    in ten, where that could be misread, covariance_1_1_10.
    """
    d = mixture.n_features
    between = "_" if d > 9 else ""
    columns: dict[str, Value] = {}
    for k in range(mixture.n_components):
        name = str(k + 1)
        columns[f"weight_{name}"] = float(mixture.weights[k])
        if d == 1:
            columns[f"mean_{name}"] = float(mixture.means[k, 0])
            columns[f"variance_{name}"] = float(mixture.variances[k])
            continue
        for i in range(d):
            columns[f"mean_{name}_{i + 1}"] = float(mixture.means[k, i])
            for j in range(i, d):
                columns[f"covariance_{name}_{i + 1}{between}{j + 1}"] = float(
                    mixture.covariances[k, i, j]
                )
    return columns


def table_csv(header: Iterable[Value], rows: Iterable[Sequence[Value]]) -> str:
    """Rows under a header, as they are: guard what strangers may have written."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(list(header))
    writer.writerows(rows)
    return text.getvalue()
