"""The M-step of one component: its sums over the points, and what each point adds to them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from em_core.report.explain import ComponentAccount, explain_component
from em_core.wording import count
from explorer.app import formulas, state
from explorer.app.markup import NumberStyle, bar, dot, html, joined, table
from explorer.model.runs import Run, RunFrame

ROWS = 12


def account_of(frame: RunFrame, component: int) -> ComponentAccount | None:
    """The sums that the M-step makes, or made, of the responsibilities in force; None at the start.

    They are over the points that EM runs on: the data, or the weighted points that stand for them.
    """
    if frame.responsibilities is None:
        return None
    run = frame.run
    return explain_component(
        run.points,
        frame.responsibilities,
        component,
        run.trace.covariance_type,
        run.sample_weight,
    )


def written_out(frame: RunFrame, account: ComponentAccount, style: NumberStyle) -> Markup:
    """The M-step of one component: N, weight, mean and variance as sums over the points."""
    component, axes = account.component, _axes(account)
    will = "will make of its" if frame.phase == "E" else "made of its"
    kinds = ["N", "weight", *(f"mean-{a + 1}" for a in axes), *(f"spread-{a + 1}" for a in axes)]
    if len(account.mean) == 2:
        kinds.append("covariance")
    spread = state.display().spread
    return html(
        '<h3>{} Component {}</h3><p class="ex-muted">What the M-step {} responsibilities r:</p>{}',
        dot(component),
        component + 1,
        will,
        joined(formulas.of_m_cell(frame, account, kind, spread, style) for kind in kinds),
    )


@dataclass(frozen=True)
class _Terms:
    """What the points (n,) add to a component's mean and variance on one axis."""

    account: ComponentAccount
    axis: int

    @property
    def letter(self) -> str:
        return formulas.letter_of(self.account, self.axis)

    @property
    def subscript(self) -> Markup:
        """Which axis, where there are two."""
        return html("<sub>{}</sub>" if len(self.account.mean) > 1 else "", self.letter)

    @property
    def columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """r, r x and r (x − μ)², each (n,); where points have counts, these times the count."""
        account = self.account
        return (
            account.responsibilities,
            account.weighted_points[:, self.axis],
            account.weighted_squares[:, self.axis, self.axis],
        )


def _axes(account: ComponentAccount) -> Sequence[int]:
    """Those that are written out: all, or of more than two columns those on the stage."""
    d = len(account.mean)
    return range(d) if d <= 2 else state.pair()


def contributions(
    frame: RunFrame, account: ComponentAccount, point: int, style: NumberStyle
) -> Markup:
    """A table for each of the axes: the points that give most, with bars, and the sums over all."""
    axes = _axes(account)
    return joined(_contributions(frame, _Terms(account, axis), point, style) for axis in axes)


def _contributions(frame: RunFrame, terms: _Terms, point: int, style: NumberStyle) -> Markup:
    account, run = terms.account, frame.run
    counts = run.sample_weight
    chosen = _rows(account, None if run.stands_in else point)
    widest = [float(np.abs(column).max()) or 1.0 for column in terms.columns]
    rows = [
        [
            *([] if run.stands_in else [str(i + 1)]),
            *([] if counts is None else [style.of(float(counts[i]))]),
            style.point(float(run.points[i, terms.axis]), terms.axis),
            *(
                _cell(float(column[i]), full, account.component, style)
                for column, full in zip(terms.columns, widest, strict=True)
            ),
        ]
        for i in chosen
    ]
    left = len(run.points) - len(chosen)
    blank = [""] * (2 - (counts is None or run.stands_in))
    if left:
        rest = [style.of(float(column.sum() - column[chosen].sum())) for column in terms.columns]
        rows.append([f"{count(left)} more", *blank, *rest])
    rows.append(["sum", *blank, *(style.of(float(column.sum())) for column in terms.columns)])
    marked = chosen.index(point) if not run.stands_in and point in chosen else None
    return table(
        _head(run, terms),
        rows,
        _caption(frame, terms),
        chosen=marked,
        total=True,
        small=style.precise,
    )


def _head(run: Run, terms: _Terms) -> list[str]:
    letter, r = terms.letter, formulas.held(run)
    squares = html("{} ({} − μ{})²", r, letter, terms.subscript)
    whose = [*([] if run.stands_in else ["point"]), *(["count c"] if "c" in r else [])]
    return [*whose, letter, r, f"{r} {letter}", squares]


def _caption(frame: RunFrame, terms: _Terms) -> str:
    who, run = f"component {terms.account.component + 1}", frame.run
    axis = "" if len(terms.account.mean) == 1 else f" on {terms.letter}"
    if len(terms.account.mean) > 2:
        axis += f", {run.problem.data.columns[terms.axis]}"
    if run.sample_weight is None:
        return f"What each point gives {who}{axis}."
    if not run.stands_in:
        return f"What each point gives {who}{axis}: its responsibility r times its count c."
    return (
        f"What each of the {count(len(run.points))} weighted points that EM runs on gives {who}; "
        "c is the number of points it stands for."
    )


def _rows(account: ComponentAccount, point: int | None) -> list[int]:
    """The points to list: all where they are few, else the greatest givers and the chosen one."""
    n = len(account.responsibilities)
    if n <= ROWS:
        return list(range(n))
    top = account.top_contributors(ROWS).tolist()
    return sorted(top if point is None or point in top else [*top[:-1], point])


def _cell(value: float, full: float, component: int, style: NumberStyle) -> Markup:
    """A number and its bar; `full` is the value of a full one."""
    return html("{}{}", style.of(value), bar(value / full, component))
