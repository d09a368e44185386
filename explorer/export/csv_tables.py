"""The numbers of a run as CSV text: full precision, component and point numbers from 1.

Text that strangers may have chosen is guarded, so that no spreadsheet takes it for a formula.
Encode as UTF-8 (with a byte-order mark where a spreadsheet is to open it).
"""

import csv
import io
from collections.abc import Iterable, Sequence

from em_core import GaussianMixture, Trace, e_step
from explorer.io.fields import FIELDS, WORDS, to_record
from explorer.io.kinds import one_line
from explorer.model.problem import Problem, View

Value = str | int | float


def points_csv(problem: Problem) -> str:
    """One row a point, under the axes' names."""
    return _csv([guarded(name) for name in problem.data.columns], problem.data.points.tolist())


def responsibilities_csv(problem: Problem, trace: Trace, half_step: int) -> str:
    """One row a point: its number, its values, the responsibilities in force at the half-step.

    Before the first E-step there are none, and no columns for them.
    """
    points = problem.data.points
    header = ["point", *(guarded(name) for name in problem.data.columns)]
    columns = [*points.T.tolist()]
    sharer = trace.frame(half_step).sharer
    if sharer is not None:
        shares = e_step(points, sharer).responsibilities
        header += [f"responsibility_{k + 1}" for k in range(shares.shape[1])]
        columns += shares.T.tolist()
    return _csv(header, zip(range(1, len(points) + 1), *columns, strict=True))


def parameters_csv(trace: Trace) -> str:
    """One row an iteration, 0 the start: log-likelihood, lower bound (ELBO), every parameter."""
    header = ["iteration", "log_likelihood", "lower_bound", *_parameters(trace.mixtures[0])]
    bounds = ["", *trace.lower_bounds.tolist()]
    rows = (
        [t, float(trace.log_likelihoods[t]), bounds[t], *_parameters(mixture).values()]
        for t, mixture in enumerate(trace.mixtures)
    )
    return _csv(header, rows)


def summary_csv(problem: Problem, trace: Trace, view: View) -> str:
    """Rows of quantity and value: the data, the options, how the run ended, where the cursor
    stands and the parameters there."""
    data = problem.data
    now = trace.frame(view.half_step)
    rows: dict[str, Value] = {"title": data.title}
    rows |= {f"axis_{axis + 1}": name for axis, name in enumerate(data.columns)}
    rows |= {f"unit_{axis + 1}": unit for axis, unit in enumerate(data.units)}
    rows |= {"n_points": data.n_points, "n_features": data.n_features}
    rows |= _settings(problem)
    rows |= {"outcome": trace.outcome, "message": trace.message, "n_iter": trace.n_iter}
    rows |= {"iteration": now.iteration, "phase": now.phase}
    rows |= {"log_likelihood": now.log_likelihood} | _parameters(now.mixture)
    return _csv(["quantity", "value"], ((name, guarded(value)) for name, value in rows.items()))


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
        if field.part.section != "view"
        and field.kind is not WORDS
        and isinstance(record.get(field.name), str | int | float)
    }


def _parameters(mixture: GaussianMixture) -> dict[str, Value]:
    """Every parameter under its column's name: weight_1, mean_1, variance_1, …

    In two dimensions mean_1_2 is component 1 on axis 2, covariance_1_12 that of its axes 1 and 2.
    """
    d = mixture.n_features
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
                columns[f"covariance_{name}_{i + 1}{j + 1}"] = float(mixture.covariances[k, i, j])
    return columns


def _csv(header: Iterable[Value], rows: Iterable[Sequence[Value]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(list(header))
    writer.writerows(rows)
    return text.getvalue()
