"""The M-step of one component: N, weight, mean and variance as sums over the points."""

from dataclasses import dataclass

import numpy as np

from em_core import e_step
from em_core.report.explain import ComponentAccount, explain_component
from explorer.app import state
from explorer.app.markup import NumberStyle, bar, dot, fraction, table
from explorer.model.runs import Run

ROWS = 12


@dataclass(frozen=True)
class _Terms:
    """What the points (n,) add to a component's mean and variance on one axis, called x or y."""

    account: ComponentAccount
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


def account_of(run: Run, h: int, component: int) -> ComponentAccount:
    """The sums that the M-step after, or at, half-step h makes of the responsibilities there."""
    points = run.problem.data.points
    responsibilities = e_step(points, run.sharer(h)).responsibilities
    return explain_component(
        points, responsibilities, component, run.problem.options.covariance_type
    )


def written_out(account: ComponentAccount, h: int, numbers: NumberStyle) -> str:
    """N, weight, mean and variance as sums."""
    axes = _terms(account)
    component = account.component
    will = "The M-step will make of its shares r" if h % 2 else "The M-step made of its shares r"
    parts = [
        f"<h3>{dot(component)} Component {component + 1}</h3>",
        f'<p class="ex-muted">{will}:</p>',
        _size_and_weight(account, numbers),
        *(_mean(terms, numbers) for terms in axes),
        *(_variance(terms, numbers) for terms in axes),
        _covariance(account, numbers) if len(axes) > 1 else "",
        _constraint(account, numbers),
    ]
    return "".join(parts)


def _terms(account: ComponentAccount) -> list[_Terms]:
    return [_Terms(account, axis) for axis in range(len(account.mean))]


def _size_and_weight(account: ComponentAccount, numbers: NumberStyle) -> str:
    size = numbers.of(account.effective_size)
    weight = [fraction("N", "n"), fraction(size, numbers.of(account.total_weight))]
    return _equation("Points held: all its shares together", "N", ["Σ r"], size) + _equation(
        "Weight: its part of all n points", "w", weight, numbers.of(account.weight)
    )


def _mean(terms: _Terms, numbers: NumberStyle) -> str:
    account, letter = terms.account, terms.letter
    total = numbers.of(float(terms.weighted.sum()))
    return _equation(
        f"Mean: the average {letter}, weighted by the shares",
        f"μ{terms.subscript}",
        [fraction(f"Σ r {letter}", "N"), fraction(total, numbers.of(account.effective_size))],
        numbers.at(float(account.mean[terms.axis]), terms.axis),
    )


def _variance(terms: _Terms, numbers: NumberStyle) -> str:
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


def _covariance(account: ComponentAccount, numbers: NumberStyle) -> str:
    total = numbers.of(float(account.weighted_squares[:, 0, 1].sum()))
    steps = [
        fraction("Σ r (x − μ<sub>x</sub>)(y − μ<sub>y</sub>)", "N"),
        fraction(total, numbers.of(account.effective_size)),
    ]
    return _equation("Covariance", "σ<sub>xy</sub>", steps, numbers.of(account.scatter[0, 1]))


def _constraint(account: ComponentAccount, numbers: NumberStyle) -> str:
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


def contributions(
    account: ComponentAccount, points: np.ndarray, point: int, numbers: NumberStyle
) -> str:
    """What each point gives to the sums, a table for each axis."""
    return "".join(_contributions(terms, points, point, numbers) for terms in _terms(account))


def _contributions(terms: _Terms, points: np.ndarray, point: int, numbers: NumberStyle) -> str:
    """A row for each of the points that give most, with bars; the others in one row."""
    account = terms.account
    chosen = _rows(account, point)
    columns = [account.responsibilities, terms.weighted, terms.squares]
    widest = [float(np.abs(column).max()) or 1.0 for column in columns]
    rows = [
        [f"{i + 1}", numbers.point(float(points[i, terms.axis]), terms.axis)]
        + [
            _cell(float(column[i]), full, account.component, numbers)
            for column, full in zip(columns, widest, strict=True)
        ]
        for i in chosen
    ]
    left = len(points) - len(chosen)
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


def _cell(value: float, full: float, component: int, numbers: NumberStyle) -> str:
    """A number and its bar; `full` is the value of a full one."""
    return f"{numbers.of(value)}{bar(value / full, component)}"
