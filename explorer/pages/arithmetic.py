"""Where the numbers come from: one point's posterior and one component's sums, written out."""

import numpy as np
import streamlit as st

from em_core.explain import (
    ComponentAccount,
    PosteriorAccount,
    explain_component,
    explain_posterior,
)
from explorer import state
from explorer.markup import Numbers, bar, dot, fraction, panel, table, text
from explorer.runs import Run

FRACTION_TERMS = 3
ROWS = 12


def show(run: Run, h: int, numbers: Numbers) -> None:
    st.html('<h2 class="ex-heading">Where the numbers come from</h2>')
    view = state.session().view
    _choose_point(run, view.point, numbers)
    point = view.point or 0
    _choose_component(run, view.component)
    st.html(_posterior(run, h, point, view.component, numbers))
    if h > 0:
        st.html(_sums(run, h, point, view.component, numbers))


def _choose_point(run: Run, point: int | None, numbers: Numbers) -> None:
    state.show("point", (point or 0) + 1)
    st.number_input(
        "Point",
        1,
        run.problem.data.n_points,
        step=1,
        key="point",
        help="Which point's shares are written out. A click on a point or a bar chooses it too.",
        on_change=lambda: state.select_point(state.value_of("point") - 1),
    )


def _choose_component(run: Run, component: int) -> None:
    state.show("component", component)
    st.segmented_control(
        "Component",
        range(run.problem.start.mixture.n_components),
        key="component",
        format_func=lambda j: str(j + 1),
        help="Which component's sums are written out.",
        on_change=_take_component,
    )


def _take_component() -> None:
    chosen = state.value_of("component")
    if chosen is not None:
        state.select_component(chosen)


def _posterior(run: Run, h: int, point: int, component: int, numbers: Numbers) -> str:
    sharer = run.sharer(h)
    account = explain_posterior(run.problem.data.points, sharer, point)
    done = (h - 1) // 2
    whose = "the start" if h < 3 else f"the parameters after iteration {done}"
    verb = "will share" if h == 0 else "shared"
    body = (
        f'<p class="ex-muted">The E-step {verb} this point by {whose}.</p>'
        f"{_fraction(account, component, numbers)}{_terms(account, numbers)}"
    )
    return f'<div class="ex-panel">{body}</div>'


def _fraction(account: PosteriorAccount, component: int, numbers: Numbers) -> str:
    term = account.terms[component]
    if account.underflow or account.overflow:
        return (
            '<p class="ex-muted">The densities here are too small or too large for plain '
            "division; the posterior is computed from their logarithms.</p>"
        )
    product = f"{numbers.of(term.prior)} × {numbers.of(term.density)}"
    below = " + ".join(numbers.of(each.product) for each in account.terms)
    if len(account.terms) > FRACTION_TERMS:
        below = numbers.of(account.evidence)
    return (
        f'<p class="ex-formula">P({dot(component)} | x) = '
        f"{fraction(product, below)} = <b>{numbers.of(term.posterior)}</b></p>"
    )


def _terms(account: PosteriorAccount, numbers: Numbers) -> str:
    rows = [
        [
            dot(j),
            numbers.of(term.prior),
            numbers.of(term.density),
            numbers.of(term.product),
            f"<b>{numbers.of(term.posterior)}</b>",
        ]
        for j, term in enumerate(account.terms)
    ]
    head = ["", "prior", "× density", "= product", "posterior"]
    where = ", ".join(numbers.point(x, axis) for axis, x in enumerate(account.point))
    return table(head, rows, f"Point {account.index + 1}, x = {where}")


def _sums(run: Run, h: int, point: int, component: int, numbers: Numbers) -> str:
    data = run.problem.data
    account = explain_component(
        data.points, run.responsibilities(h), component, run.problem.options.covariance_type
    )
    return f'<div class="ex-panel">{_contributions(account, data.points, point, numbers)}</div>'


def _contributions(
    account: ComponentAccount, points: np.ndarray, point: int, numbers: Numbers
) -> str:
    return "x"
