"""Where the numbers come from: one point's posterior and one component's sums, written out."""

import streamlit as st

from em_core.report.explain import ComponentAccount, PosteriorAccount, explain_posterior
from explorer.app import state, sums
from explorer.app.markup import NumberStyle, dot, fraction, table
from explorer.model.runs import Run

LONGEST_SUM = 24
"""Longer denominators than this are written as their value."""


def show(run: Run, h: int, account: ComponentAccount | None, numbers: NumberStyle) -> None:
    """account: the chosen component's sums; None at the start, where there are none yet."""
    view = state.session().view
    point = view.point or 0
    st.html('<h2 class="ex-heading">Where the numbers come from</h2>')
    _choosers(run, point, view.component)
    _precision_switch(numbers)
    st.html(f'<div class="ex-panel">{posterior(run, h, point, view.component, numbers)}</div>')
    if account is not None:
        st.html(f'<div class="ex-panel">{sums.written_out(account, h, numbers)}</div>')


def _choosers(run: Run, point: int, component: int) -> None:
    left, right = st.columns(2, gap="small")
    state.show("point", point + 1, frame=run.problem.data.n_points)
    left.number_input(
        "Point",
        1,
        run.problem.data.n_points,
        step=1,
        key="point",
        help="The point whose shares are written out. A click on a point or a bar chooses it too.",
        on_change=_take_point,
    )
    state.show("component", component, frame=run.problem.start.mixture.n_components)
    right.selectbox(
        "Component",
        range(run.problem.start.mixture.n_components),
        key="component",
        format_func=lambda j: str(j + 1),
        help="The component whose sums are written out. A click on its badge chooses it too.",
        on_change=_take_component,
    )


@state.callback
def _take_point() -> None:
    state.select_point(state.value_of("point") - 1)


@state.callback
def _take_component() -> None:
    state.select_component(state.value_of("component"))


def _precision_switch(numbers: NumberStyle) -> None:
    state.show("precise", numbers.precise)
    st.toggle(
        "Full precision",
        key="precise",
        help="Write 15 significant digits instead of 4, here and in the tables below.",
        on_change=_take_precise,
    )


@state.callback
def _take_precise() -> None:
    state.set_display(precise=state.value_of("precise"))


def posterior(run: Run, h: int, point: int, component: int, numbers: NumberStyle) -> str:
    account = explain_posterior(run.problem.data.points[[point]], run.sharer(h), 0)
    where = ", ".join(numbers.point(x, axis) for axis, x in enumerate(account.point))
    name = f"x = {where}" if run.problem.data.n_features == 1 else f"({where})"
    return (
        f'<h3>Point {point + 1}: {name}</h3><p class="ex-muted">{_whose(h)}</p>'
        f"{_fraction(account, component, numbers)}{_terms(account, component, numbers)}"
    )


def _whose(h: int) -> str:
    if h == 0:
        return "The E-step will share it out by the start:"
    t = (h - 1) // 2
    return f"Shared out by {'the start' if t == 0 else f'the parameters after iteration {t}'}:"


def _fraction(account: PosteriorAccount, component: int, numbers: NumberStyle) -> str:
    term = account.terms[component]
    if account.underflow or account.overflow:
        return (
            '<p class="ex-muted">The densities here are too small or too large to be divided; '
            "the posterior comes from their logarithms.</p>"
        )
    product = f"{numbers.of(term.prior)} × {numbers.of(term.density)}"
    below = " + ".join(numbers.of(each.product) for each in account.terms)
    if len(below) > LONGEST_SUM:
        below = numbers.of(account.evidence)
    return (
        f'<p class="ex-formula"><span>P({dot(component)} | x) =</span> '
        f"{fraction(product, below)} <span>= <b>{numbers.of(term.posterior)}</b></span></p>"
    )


def _terms(account: PosteriorAccount, chosen: int, numbers: NumberStyle) -> str:
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
    rows.append(["sum", "1", "", numbers.of(account.evidence), "1"])
    head = ['<span class="ex-over">component</span>', "prior", "density", "product", "posterior"]
    return table(
        head,
        rows,
        "prior × density = product; product ÷ sum = posterior",
        chosen=chosen,
        total=True,
    )
