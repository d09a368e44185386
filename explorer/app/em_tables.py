"""The whole E-step and M-step of the iteration in view, as tables in the order of the formulas."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from em_core import GaussianMixture
from em_core.report.explain import (
    ComponentAccount,
    EStepTable,
    explain_e_step,
    explain_posterior,
)
from em_core.wording import count
from explorer.app import formulas, state, sums
from explorer.app.markup import (
    NOTHING,
    NumberStyle,
    Unfolding,
    dot,
    html,
    side_by_side,
    stacked,
    table,
    text,
)
from explorer.app.remade import Kept
from explorer.model.runs import Run, RunFrame

MAX_ROWS = 60
HINT = "Press a number to see where it comes from."


def e_step_in_numbers(frame: RunFrame, opened: str, style: NumberStyle) -> Markup:
    """opened: the cell that is unfolded."""
    heading = html(
        '<h2 class="ex-heading">The whole iteration in numbers</h2><p class="ex-note">{}</p>', HINT
    )
    return stacked(heading, _panel(e_table(frame, opened, style)))


def m_step_in_numbers(frame: RunFrame, opened: str, style: NumberStyle) -> Markup:
    """Nothing at the start. opened: the cell that is unfolded."""
    view = state.session().view
    account = sums.account_of(frame, view.component)
    if account is None:
        return NOTHING
    given = sums.contributions(frame, account, view.point or 0, style)
    made, written = m_table(frame, account, opened, style), sums.written_out(frame, account, style)
    return side_by_side(_panel(given), stacked(_panel(made), _panel(written)))


def _panel(body: Markup) -> Markup:
    return html('<div class="ex-panel">{}</div>', body)


def whose(frame: RunFrame) -> str:
    """The parameters that share the points out, in words."""
    t = frame.by_iteration
    return "the start" if t == 0 else f"the parameters after iteration {t}"


# --- the E-step -----------------------------------------------------------------------------------


def e_table(frame: RunFrame, opened: str, style: NumberStyle) -> Markup:
    """A row for each of the first points: densities, products, evidence, responsibilities.

    It is the same at the E-step and the M-step of an iteration, so the last one is kept.
    """
    point, start = state.session().view.point, frame.phase == "start"
    mark = (frame.by_iteration, start, style.precise, point, opened)
    return _KEPT.of(frame.run, mark, lambda: _e_table(frame, point, opened, style))


_KEPT: Kept[Run] = Kept()


def _e_table(frame: RunFrame, chosen: int | None, opened: str, style: NumberStyle) -> Markup:
    data = frame.run.problem.data
    shown = data.points[:MAX_ROWS]
    counts = data.counts
    accounts = explain_e_step(shown, frame.by)
    components = range(frame.by.n_components)
    head = [
        "point",
        *(["count c"] if counts is not None else []),
        *map(text, data.columns),
        *(html("density {}", dot(j)) for j in components),
        *(html("product {}", dot(j)) for j in components),
        "evidence",
        *(html("r {}", dot(j)) for j in components),
    ]
    kinds = [
        *[""] * (1 + (counts is not None) + data.n_features),
        *(f"density-{j + 1}" for j in components),
        *(f"product-{j + 1}" for j in components),
        "evidence",
        *(f"r-{j + 1}" for j in components),
    ]
    more = (
        ""
        if len(shown) == data.n_points
        else f" The first {MAX_ROWS} of {count(data.n_points)} points."
    )
    caption = (
        f"E-step of iteration {max(1, frame.iteration)}"
        f"{' (not made yet)' if frame.phase == 'start' else ''}, by {whose(frame)}.{more} "
        "Product = weight × density; evidence = sum of the products; "
        "responsibility r = product ÷ evidence."
    )
    return table(
        head,
        _e_rows(shown, counts, accounts, style),
        caption,
        chosen=chosen if chosen is not None and chosen < len(shown) else None,
        small=style.precise,
        unfolding=Unfolding(
            kinds, range(len(shown)), opened, _e_formula(frame, shown, kinds, opened, style)
        ),
    )


def _e_rows(
    points: np.ndarray, counts: np.ndarray | None, accounts: EStepTable, style: NumberStyle
) -> list[list[str]]:
    columns = np.column_stack(
        [accounts.densities, accounts.products, accounts.evidence, accounts.responsibilities]
    ).tolist()
    plain = len(columns[0]) - accounts.responsibilities.shape[1]
    return [
        [
            str(i + 1),
            *([] if counts is None else [style.of(float(counts[i]))]),
            *(style.point(x, axis) for axis, x in enumerate(point)),
            *map(style.of, row[:plain]),
            *(Markup(f"<b>{style.of(r)}</b>") for r in row[plain:]),
        ]
        for i, (point, row) in enumerate(zip(points.tolist(), columns, strict=True))
    ]


def _e_formula(
    frame: RunFrame, points: np.ndarray, kinds: Sequence[str], opened: str, style: NumberStyle
) -> Markup:
    kind, row = _cell(opened, kinds, len(points))
    if row is None:
        return NOTHING
    name, _, component = kind.partition("-")
    account = explain_posterior(points[[row]], frame.by, 0)
    return formulas.of_e_cell(account, frame.by, name, int(component or 1) - 1, style)


def _cell(opened: str, kinds: Sequence[str], n_rows: int) -> tuple[str, int | None]:
    """The kind and the row of the cell; no row where the table has no such cell."""
    kind, _, row = opened.partition(":")
    if kind and kind in kinds and row in map(str, range(n_rows)):
        return kind, int(row)
    return "", None


# --- the M-step -----------------------------------------------------------------------------------


def m_table(frame: RunFrame, account: ComponentAccount, opened: str, style: NumberStyle) -> Markup:
    """A row for each component: N, weight, mean, covariance."""
    made, sizes = frame.made, frame.effective_sizes
    assert made is not None
    assert sizes is not None
    spread, n_features = state.display().spread, made.n_features
    kinds = ["", "N", "weight", *parameter_kinds(n_features)]
    rows = [
        [
            dot(j),
            style.of(float(sizes[j])),
            style.of(float(made.weights[j])),
            *(style.at(float(made.means[j, axis]), axis) for axis in range(n_features)),
            *spreads_of(made, j, spread, style),
        ]
        for j in range(made.n_components)
    ]
    ready = "not made yet" if frame.phase == "E" else "made"
    return table(
        ["component", "N", "weight", *parameter_names(frame.run.problem.data.columns, spread)],
        rows,
        f"M-step of iteration {frame.iteration} ({ready}): the new parameters.",
        chosen=state.session().view.component,
        small=style.precise,
        unfolding=Unfolding(
            kinds, range(len(rows)), opened, _m_formula(frame, account, kinds, opened, style)
        ),
    )


def _m_formula(
    frame: RunFrame,
    account: ComponentAccount,
    kinds: Sequence[str],
    opened: str,
    style: NumberStyle,
) -> Markup:
    kind, component = _cell(opened, kinds, frame.mixture.n_components)
    if component is None:
        return NOTHING
    own = account if component == account.component else sums.account_of(frame, component)
    assert own is not None
    return formulas.of_m_cell(frame, own, kind, state.display().spread, style)


def parameter_names(columns: Sequence[str], spread: str) -> list[Markup]:
    """Headings of a component's mean and spread; `columns` are the axes' names. Of more than two
    columns the covariances are not among them: see `parameters.covariances`."""
    word = "variance" if spread == "variance" else "std. deviation"
    if len(columns) == 1:
        return [text("mean"), text(word)]
    named = [html("{} {}", name, axis) for name in ("mean", word) for axis in columns]
    return [*named, text("covariance")] if len(columns) == 2 else named


def parameter_kinds(n_features: int) -> list[str]:
    """What the columns under `parameter_names` unfold to."""
    kinds = [f"{name}-{axis + 1}" for name in ("mean", "spread") for axis in range(n_features)]
    return [*kinds, "covariance"] if n_features == 2 else kinds


def spreads_of(mixture: GaussianMixture, j: int, spread: str, style: NumberStyle) -> list[str]:
    """Component j's `spread_values`, as they are written."""
    return [style.of(value) for value in spread_values(mixture, j, spread)]


def spread_values(mixture: GaussianMixture, j: int, spread: str) -> list[float]:
    """Component j's variances, or their roots, and in the plane its covariance."""
    variances = np.diag(mixture.covariances[j])
    shown = variances if spread == "variance" else np.sqrt(variances)
    together = [mixture.covariances[j, 0, 1]] if mixture.n_features == 2 else []
    return [float(value) for value in (*shown, *together)]
