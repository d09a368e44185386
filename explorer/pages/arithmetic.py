"""Where the numbers come from: one point's posterior and one component's sums, written out."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from em_core import e_step
from em_core.explain import (
    ComponentAccount,
    PosteriorAccount,
    explain_component,
    explain_posterior,
)
from explorer import state
from explorer.markup import Numbers, bar, dot, fraction, table
from explorer.runs import Run

LONGEST_SUM = 24
"""Longer denominators than this are written as their value."""
ROWS = 8


def show(run: Run, h: int, numbers: Numbers) -> None:
    view = state.session().view
    point = view.point or 0
    st.html('<h2 class="ex-heading">Where the numbers come from</h2>')
    _choosers(run, point, view.component)
    st.html(f'<div class="ex-panel">{posterior(run, h, point, view.component, numbers)}</div>')
    if h > 0:
        st.html(f'<div class="ex-panel">{sums(run, h, point, view.component, numbers)}</div>')


def _choosers(run: Run, point: int, component: int) -> None:
    left, right = st.columns(2, gap="small")
    state.show("point", point + 1)
    left.number_input(
        "Point",
        1,
        run.problem.data.n_points,
        step=1,
        key="point",
        help="The point whose shares are written out. A click on a point or a bar chooses it too.",
        on_change=_take_point,
    )
    state.show("component", component)
    right.selectbox(
        "Component",
        range(run.problem.start.mixture.n_components),
        key="component",
        format_func=lambda j: str(j + 1),
        help="The component whose sums are written out. A click on its badge chooses it too.",
        on_change=_take_component,
    )


def _take_point() -> None:
    state.select_point(state.value_of("point") - 1)


def _take_component() -> None:
    state.select_component(state.value_of("component"))


# --- the E-step at one point ----------------------------------------------------------------------


def posterior(run: Run, h: int, point: int, component: int, numbers: Numbers) -> str:
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


def _fraction(account: PosteriorAccount, component: int, numbers: Numbers) -> str:
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


def _terms(account: PosteriorAccount, chosen: int, numbers: Numbers) -> str:
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
    head = ["", "prior", "density", "product", "posterior"]
    return table(
        head,
        rows,
        "prior × density = product; product ÷ sum = posterior",
        chosen=chosen,
        total=True,
    )


# --- the M-step of one component ------------------------------------------------------------------


@dataclass(frozen=True)
class _Terms:
    """What the points (n,) add to a component's mean and variance on one axis, called x or y."""

    account: ComponentAccount
    values: np.ndarray
    axis: int

    @property
    def letter(self) -> str:
        return "xy"[self.axis]

    @property
    def subscript(self) -> str:
        """Which axis, where there are two."""
        return "" if len(self.account.mean) == 1 else f"<sub>{self.letter}</sub>"

    @property
    def weighted(self) -> np.ndarray:
        return self.account.weighted_points[:, self.axis]

    @property
    def squares(self) -> np.ndarray:
        return self.account.weighted_squares[:, self.axis, self.axis]


def sums(run: Run, h: int, point: int, component: int, numbers: Numbers) -> str:
    data = run.problem.data
    responsibilities = e_step(data.points, run.sharer(h)).responsibilities
    account = explain_component(
        data.points, responsibilities, component, run.problem.options.covariance_type
    )
    axes = [_Terms(account, data.points[:, axis], axis) for axis in range(data.n_features)]
    will = "The M-step will make of its shares r" if h % 2 else "The M-step made of its shares r"
    parts = [
        f"<h3>{dot(component)} Component {component + 1}</h3>",
        f'<p class="ex-muted">{will}:</p>',
        _size_and_weight(account, numbers),
        *(_mean(terms, numbers) for terms in axes),
        *(_variance(terms, numbers) for terms in axes),
        _covariance(account, numbers) if len(axes) > 1 else "",
        _constraint(account, numbers),
        *(_contributions(terms, point, numbers) for terms in axes),
    ]
    return "".join(parts)


def _size_and_weight(account: ComponentAccount, numbers: Numbers) -> str:
    size = numbers.of(account.effective_size)
    weight = [fraction("N", "n"), fraction(size, f"{account.total_weight:g}")]
    return _equation("Points held: all its shares together", "N", ["Σ r"], size) + _equation(
        "Weight: its part of all n points", "w", weight, numbers.of(account.weight)
    )


def _mean(terms: _Terms, numbers: Numbers) -> str:
    account, letter = terms.account, terms.letter
    total = numbers.of(float(terms.weighted.sum()))
    return _equation(
        f"Mean: the average {letter}, weighted by the shares",
        f"μ{terms.subscript}",
        [fraction(f"Σ r {letter}", "N"), fraction(total, numbers.of(account.effective_size))],
        numbers.at(float(account.mean[terms.axis]), terms.axis),
    )


def _variance(terms: _Terms, numbers: Numbers) -> str:
    account, letter = terms.account, terms.letter
    total = numbers.of(float(terms.squares.sum()))
    variance = float(account.scatter[terms.axis, terms.axis])
    steps = [
        fraction(f"Σ r ({letter} − μ{terms.subscript})²", "N"),
        fraction(total, numbers.of(account.effective_size)),
    ]
    words = "Variance: the average squared distance from the new mean"
    written = _equation(words, f"σ²{terms.subscript}", steps, numbers.of(variance))
    if state.display().spread == "sd":
        root = numbers.of(variance**0.5)
        written += _equation("Standard deviation", f"σ{terms.subscript}", ["√σ²"], root)
    return written


def _covariance(account: ComponentAccount, numbers: Numbers) -> str:
    total = numbers.of(float(account.weighted_squares[:, 0, 1].sum()))
    steps = [
        fraction("Σ r (x − μ<sub>x</sub>)(y − μ<sub>y</sub>)", "N"),
        fraction(total, numbers.of(account.effective_size)),
    ]
    return _equation("Covariance", "σ<sub>xy</sub>", steps, numbers.of(account.scatter[0, 1]))


def _constraint(account: ComponentAccount, numbers: Numbers) -> str:
    """What the covariance type makes of the component's own variances."""
    shown = ", ".join(numbers.of(float(v)) for v in np.diag(account.covariance))
    match account.covariance_type:
        case "tied":
            words = "Tied: the average of all components' variances, weighted by N"
        case "spherical" if len(account.mean) > 1:
            words = "Spherical: the average of both variances, on both axes"
        case "diag" if len(account.mean) > 1:
            words = "Diagonal: the covariance is set to 0; the variances"
        case _:
            return ""
    return _equation(words, "σ²", [], shown)


def _equation(words: str, symbol: str, steps: list[str], value: str) -> str:
    """A line of plain words, and below it symbol = step = … = value."""
    sides = [f"<span>{symbol}</span>", *(f"<span>{step}</span>" for step in steps)]
    written = " = ".join([*sides, f"<b>{value}</b>"])
    return f'<p class="ex-formula"><small>{words}</small>{written}</p>'


def _contributions(terms: _Terms, point: int, numbers: Numbers) -> str:
    """A row for each of the points that give most, with bars; the others in one row."""
    account = terms.account
    chosen = _rows(account, point)
    columns = [account.responsibilities, terms.weighted, terms.squares]
    rows = [
        [f"{i + 1}", numbers.point(float(terms.values[i]), terms.axis)]
        + [_cell(column, i, account.component, numbers) for column in columns]
        for i in chosen
    ]
    left = len(terms.values) - len(chosen)
    if left:
        rest = [numbers.of(float(column.sum() - column[chosen].sum())) for column in columns]
        rows.append([f"{left} more", "", *rest])
    totals = [numbers.of(float(column.sum())) for column in columns]
    rows.append(["sum", "", *totals])
    letter = terms.letter
    head = ["point", letter, "r", f"r {letter}", f"r ({letter} − μ{terms.subscript})²"]
    caption = f"What each point gives component {account.component + 1}"
    caption += "." if len(account.mean) == 1 else f" on {letter}."
    marked = chosen.index(point) if point in chosen else None
    return table(head, rows, caption, chosen=marked, total=True)


def _rows(account: ComponentAccount, point: int) -> list[int]:
    """The points to list: all where they are few, else the greatest givers and the chosen one."""
    n = len(account.responsibilities)
    if n <= ROWS:
        return list(range(n))
    top = account.top_contributors(ROWS).tolist()
    return sorted(top if point in top else [*top[:-1], point])


def _cell(column: np.ndarray, i: int, component: int, numbers: Numbers) -> str:
    largest = float(np.abs(column).max()) or 1.0
    return f"{numbers.of(float(column[i]))}{bar(float(column[i]) / largest, component)}"
