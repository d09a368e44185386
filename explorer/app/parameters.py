"""The parameters as they are now, beside the chart, and where each of them came from."""

from markupsafe import Markup

from em_core import GaussianMixture
from em_core.wording import AXES
from explorer.app import em_tables, state
from explorer.app.markup import NumberStyle, dot, html, joined, panel, table, text
from explorer.model.runs import RunFrame


def parameters_now(frame: RunFrame, style: NumberStyle) -> Markup:
    body = now_table(frame, style)
    if frame.mixture.n_features > len(AXES):
        body += covariances(frame, style)
    return panel("Components now", body)


def covariances(frame: RunFrame, style: NumberStyle) -> Markup:
    """Of more than two columns: each component's whole covariance, folded away."""
    columns = frame.run.problem.data.columns
    tables = [
        table(
            [dot(j), *columns],
            [
                [column, *map(style.of, row)]
                for column, row in zip(columns, covariance.tolist(), strict=True)
            ],
            f"The covariance of component {j + 1}: variances σ² on the diagonal.",
            small=True,
        )
        for j, covariance in enumerate(frame.mixture.covariances)
    ]
    folded = "<details><summary>How the columns go together: covariances</summary>{}</details>"
    return html(folded, joined(tables))


def now_table(frame: RunFrame, style: NumberStyle) -> Markup:
    """N, weight, mean and spread of each component, and below each what the M-step replaced.

    A row for each component on the line; where there are more numbers, a column.
    """
    data, sizes = frame.run.problem.data, frame.effective_sizes
    axes = AXES if data.n_features == 2 else data.columns
    names = [text("weight"), *em_tables.parameter_names(axes, state.display().spread)]
    values = [
        [_with_origin(*pair) for pair in zip(now, before, strict=True)]
        for now, before in zip(
            _values(frame.mixture, style),
            _values(frame.previous or frame.mixture, style),
            strict=True,
        )
    ]
    if sizes is not None:
        names = [text("N"), *names]
        values = [[style.of(float(size)), *row] for size, row in zip(sizes, values, strict=True)]
    components = [dot(j) for j in range(len(values))]
    if data.n_features == 1:
        rows = [[name, *row] for name, row in zip(components, values, strict=True)]
        chosen = state.session().view.component
        return table(
            [_unseen("component"), *names], rows, caption(frame), chosen=chosen, small=style.precise
        )
    turned = [[name, *row] for name, *row in zip(names, *values, strict=True)]
    whose = caption(frame)
    if data.n_features == 2:
        whose += f" x is {data.columns[0]}, y {data.columns[1]}."
    return table([_unseen("parameter"), *components], turned, whose, small=style.precise)


def caption(frame: RunFrame) -> str:
    """Whose the numbers are."""
    if frame.phase == "start":
        return "The start. Points are not shared out yet."
    if frame.phase == "M":
        return f"After iteration {frame.iteration}; below each value, the one before it."
    still = "the start" if frame.n_iter == 0 else f"those after iteration {frame.n_iter}"
    return f"Still {still}: an E-step changes no parameter, only N."


def _values(mixture: GaussianMixture, style: NumberStyle) -> list[list[str]]:
    """The parameters of each component as they are written."""
    spread = state.display().spread
    return [
        [
            style.of(float(mixture.weights[j])),
            *(style.at(float(value), axis) for axis, value in enumerate(mixture.means[j])),
            *em_tables.spreads_of(mixture, j, spread, style),
        ]
        for j in range(mixture.n_components)
    ]


def _with_origin(now: str, before: str) -> str:
    """A value and, where it is another than before, that one."""
    if now == before:
        return now
    return html('{}<small class="ex-from">from {}</small>', now, before)


def _unseen(words: str) -> Markup:
    return html('<span class="ex-over">{}</span>', words)
