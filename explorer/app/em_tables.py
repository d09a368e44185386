"""The whole E-step and M-step of the iteration in view, as tables in the order of the formulas."""

import numpy as np
import streamlit as st

from em_core import GaussianMixture
from em_core.report.explain import ComponentAccount, PosteriorAccount, explain_posteriors
from em_core.wording import count
from explorer.app import state, sums
from explorer.app.markup import NumberStyle, dot, table, text
from explorer.model.runs import Run

MAX_ROWS = 60


def show(run: Run, h: int, account: ComponentAccount | None, numbers: NumberStyle) -> None:
    """account: the chosen component's sums; None at the start, where there are none yet."""
    st.html('<h2 class="ex-heading">The whole iteration in numbers</h2>')
    st.html(f'<div class="ex-panel">{e_table(run, h, numbers)}</div>')
    if account is None:
        return
    point, points = state.session().view.point or 0, run.problem.data.points
    left, right = st.columns(2, gap="medium")
    given = sums.contributions(account, points, point, numbers)
    left.html(f'<div class="ex-panel">{given}</div>')
    right.html(f'<div class="ex-panel">{m_table(run, h, numbers)}</div>')


def e_table(run: Run, h: int, numbers: NumberStyle) -> str:
    """A row for each of the first points: densities, prior × density, evidence, posteriors."""
    data, sharer = run.problem.data, run.sharer(h)
    accounts = explain_posteriors(data.points[:MAX_ROWS], sharer, range(data.n_points)[:MAX_ROWS])
    components = range(sharer.n_components)
    head = [
        "point",
        *(text(name) for name in data.columns),
        *(f"density {dot(j)}" for j in components),
        *(f"product {dot(j)}" for j in components),
        "evidence",
        *(f"P({dot(j)} | x)" for j in components),
    ]
    rows = [_e_row(i, account, numbers) for i, account in enumerate(accounts)]
    t = (h - 1) // 2
    whose = "the start" if t <= 0 else f"the parameters after iteration {t}"
    step = f"E-step of iteration {max(1, (h + 1) // 2)}"
    more = (
        ""
        if data.n_points <= MAX_ROWS
        else f" The first {MAX_ROWS} of {count(data.n_points)} points."
    )
    caption = f"{step}{' (not made yet)' if h == 0 else ''}, by {whose}.{more}"
    caption += " Product = prior × density; their sum is the evidence."
    chosen = state.session().view.point
    marked = chosen if chosen is not None and chosen < len(rows) else None
    return table(head, rows, caption, chosen=marked)


def _e_row(i: int, account: PosteriorAccount, numbers: NumberStyle) -> list[str]:
    return [
        str(i + 1),
        *(numbers.point(float(x), axis) for axis, x in enumerate(account.point)),
        *(numbers.of(term.density) for term in account.terms),
        *(numbers.of(term.product) for term in account.terms),
        numbers.of(account.evidence),
        *(f"<b>{numbers.of(term.posterior)}</b>" for term in account.terms),
    ]


def m_table(run: Run, h: int, numbers: NumberStyle) -> str:
    """A row for each component: N, weight, mean, covariance."""
    made, sizes = run.made(h), run.effective_sizes(h)
    assert made is not None
    assert sizes is not None
    spread = state.display().spread
    columns = run.problem.data.columns
    head = ["component", "N", "weight", *_names(run, spread)]
    rows = [
        [
            dot(j),
            numbers.of(float(sizes[j])),
            numbers.of(float(made.weights[j])),
            *(numbers.at(float(made.means[j, axis]), axis) for axis in range(len(columns))),
            *_spreads(made, j, spread, numbers),
        ]
        for j in range(made.n_components)
    ]
    ready = "not made yet" if h % 2 else "made"
    caption = f"M-step of iteration {(h + 1) // 2} ({ready}): the new parameters."
    return table(head, rows, caption, chosen=state.session().view.component)


def _names(run: Run, spread: str) -> list[str]:
    data = run.problem.data
    word = "variance" if spread == "variance" else "std. deviation"
    if data.n_features == 1:
        return ["mean", word]
    axes = [text(name) for name in data.columns]
    return [f"mean {axis}" for axis in axes] + [f"{word} {axis}" for axis in axes] + ["covariance"]


def _spreads(made: GaussianMixture, j: int, spread: str, numbers: NumberStyle) -> list[str]:
    variances = np.diag(made.covariances[j])
    shown = variances if spread == "variance" else np.sqrt(variances)
    cells = [numbers.of(float(value)) for value in shown]
    if made.n_features > 1:
        cells.append(numbers.of(float(made.covariances[j, 0, 1])))
    return cells
