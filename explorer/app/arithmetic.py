"""One point's responsibilities, written out."""

import streamlit as st
from markupsafe import Markup

from em_core.report.explain import (
    PosteriorAccount,
    explain_density,
    explain_posterior,
)
from explorer.app import formulas, glossary, state
from explorer.app.em_tables import whose
from explorer.app.markup import NumberStyle, dot, html, table
from explorer.app.remade import Kept
from explorer.app.words import place
from explorer.model.runs import Run, RunFrame

CROWDED = 38
"""Characters of a row of numbers that fit beside the stage on a laptop."""


def where_numbers_come_from(run: Run, style: NumberStyle) -> None:
    """The fields that choose point and component, and a place for that point's responsibilities."""
    view = state.session().view
    st.html(html('<h2 class="ex-heading">Where the numbers come from</h2>'))
    _choosers(run, view.point or 0, view.component)
    with st.container(horizontal=True, vertical_alignment="center"):
        _precision_switch(style)
        asked = st.button(
            "Glossary",
            key="glossary",
            type="tertiary",
            icon=":material/menu_book:",
            shortcut="g",
            help="What the words and symbols of this page mean.",
        )
    place("point")
    if asked:
        glossary.glossary()


def _choosers(run: Run, point: int, component: int) -> None:
    left, right = st.columns(2, gap="small")
    state.show("point", point + 1, frame=run.problem.data.n_points)
    left.number_input(
        "Point",
        1,
        run.problem.data.n_points,
        step=1,
        key="point",
        help="The point whose responsibilities are written out. A click on a point or a bar "
        "chooses it too.",
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
    state.select_point(state.taken("point") - 1)


@state.callback
def _take_component() -> None:
    component = state.chosen("component", range(state.session().problem.start.mixture.n_components))
    if component is not None:
        state.select_component(component)


def _precision_switch(style: NumberStyle) -> None:
    state.show("precise", style.precise)
    st.toggle(
        "Full precision",
        key="precise",
        help="Show 15 significant digits instead of 4 on the whole page.",
        on_change=_take_precise,
    )


@state.callback
def _take_precise() -> None:
    state.set_display(precise=state.taken("precise"))


def responsibilities(frame: RunFrame, style: NumberStyle) -> Markup:
    """The E-step at the chosen point: density, responsibility, and a row for each component.

    It is the same at the E-step and the M-step of an iteration, so the last one is kept.
    """
    view = state.session().view
    point, component = view.point or 0, view.component
    mark = (frame.by_iteration, frame.phase == "start", point, component, style.precise)
    return _KEPT.of(frame.run, mark, lambda: _responsibilities(frame, point, component, style))


_KEPT: Kept[Run] = Kept()


def _responsibilities(frame: RunFrame, point: int, component: int, style: NumberStyle) -> Markup:
    data = frame.run.problem.data
    x = data.points[[point]]
    account = explain_posterior(x, frame.by, 0)
    where = ", ".join(style.point(float(value), axis) for axis, value in enumerate(x[0]))
    return html(
        '<div class="ex-panel"><h3>Point {}: {}</h3><p class="ex-muted">{}</p>{}{}{}</div>',
        point + 1,
        f"x = {where}" if data.n_features == 1 else f"({where})",
        _whose(frame),
        formulas.density(explain_density(x, frame.by, 0, component), style),
        formulas.responsibility(account, component, style),
        _terms(account, component, style),
    )


def _whose(frame: RunFrame) -> str:
    if frame.phase == "start":
        return "The E-step will share it out by the start:"
    return f"Shared out by {whose(frame)}:"


def _terms(account: PosteriorAccount, chosen: int, style: NumberStyle) -> Markup:
    numbers = [
        [style.of(x) for x in (term.prior, term.density, term.product, term.posterior)]
        for term in account.terms
    ]
    rows: list[list[str]] = [
        [dot(j), *others, html("<b>{}</b>", posterior)]
        for j, (*others, posterior) in enumerate(numbers)
    ]
    rows.append(["sum", "1", "", style.of(account.evidence), "1"])
    return table(
        [html('<span class="ex-over">component</span>'), "weight", "density", "product", "r"],
        rows,
        "weight × density = product; the products' sum is the evidence; "
        "product ÷ evidence = responsibility r",
        chosen=chosen,
        total=True,
        small=style.precise or max(len("".join(row)) for row in numbers) > CROWDED,
    )
