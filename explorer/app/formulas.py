"""Every number of an iteration written out, from its symbol to its value."""

from collections.abc import Iterable, Sequence

import numpy as np
from markupsafe import Markup

from em_core import GaussianMixture
from em_core.report.explain import (
    ComponentAccount,
    DensityAccount,
    EStepTable,
    PosteriorAccount,
    explain_density,
    explain_e_step,
)
from em_core.wording import AXES, count
from explorer.app.markup import NOTHING, NumberStyle, dot, fraction, html, joined
from explorer.model.runs import Run, RunFrame

LISTED = 6
"""Sums of more terms than this are written by their greatest terms."""
LONGEST_SUM = 24
"""Longer denominators than this are written as their value."""
OUT_OF_RANGE = (
    "The densities here are too small or too large to be multiplied and divided; the "
    "responsibility comes from their logarithms."
)


def equation(words: str, symbol: str, steps: Iterable[str], value: str) -> Markup:
    """A line of plain words, and below it symbol = step = … = value."""
    sides = [html("<span>{}</span>", side) for side in (symbol, *steps)]
    return html(
        '<p class="ex-formula"><small>{}</small>{}</p>',
        words,
        joined([*sides, html("<b>{}</b>", value)], " = "),
    )


# --- the E-step -----------------------------------------------------------------------------------


def density(account: DensityAccount, style: NumberStyle) -> Markup:
    """How well the component explains the point."""
    words = html("Density: how well component {} explains the point", account.component + 1)
    symbol = html("density {}", dot(account.component))
    value = style.of(account.density)
    if len(account.point) == 1:
        return equation(words, symbol, [_bell(account, style)], value)
    d = len(account.point)
    root = "2π √|Σ|" if d == 2 else html("√((2π)<sup>{}</sup> |Σ|)", d)
    bell = html("{} · exp(−Δ²/2)", fraction("1", root))
    parts = _parts_in_the_plane if len(account.point) == 2 else _parts_in_more
    return equation(words, symbol, [bell], value) + parts(account, style)


def _bell(account: DensityAccount, style: NumberStyle) -> Markup:
    variance = style.of(float(account.covariance[0, 0]))
    x, mean = float(account.point[0]), float(account.mean[0])
    return html(
        "{} · exp(−{})",
        fraction("1", html("√(2π · {})", variance)),
        fraction(
            html("({})²", _difference(style.point(x), style.at(mean))),
            html("2 · {}", variance),
        ),
    )


def _parts_in_the_plane(account: DensityAccount, style: NumberStyle) -> Markup:
    (a, c), (_, b) = account.covariance.tolist()
    sides = [
        html("({})", _difference(style.point(x, axis), style.at(mean, axis)))
        for axis, (x, mean) in enumerate(zip(account.point, account.mean, strict=True))
    ]
    across, squares = html("{}{}", *sides), [html("{}²", side) for side in sides]
    above = html(
        "{} · {} − 2 · {} · {} + {} · {}",
        style.of(b),
        squares[0],
        _factor(style.of(c)),
        across,
        style.of(a),
        squares[1],
    )
    below = html("{} · {} − {}²", style.of(a), style.of(b), _factor(style.of(c)))
    return equation(
        "Determinant of the covariance", "|Σ|", [below], style.of(account.determinant)
    ) + equation(
        "Squared distance from the mean, in standard deviations",
        "Δ²",
        [fraction(above, "|Σ|")],
        style.of(account.squared_distance),
    )


def _parts_in_more(account: DensityAccount, style: NumberStyle) -> Markup:
    """The sums over rows and columns of the covariance are too long to be written out."""
    return equation(
        "Determinant of the covariance", "|Σ|", [], style.of(account.determinant)
    ) + equation(
        "Squared distance from the mean, in standard deviations and by all columns",
        "Δ²",
        [html("(x − μ)ᵀ Σ⁻¹ (x − μ)")],
        style.of(account.squared_distance),
    )


def _difference(x: str, mean: str) -> str:
    """x − μ, without two signs in a row: 0.2 + 3."""
    if mean == "0":
        return x
    return f"{x} + {mean[1:]}" if mean.startswith("−") else f"{x} − {mean}"


def _factor(value: str) -> str:
    return f"({value})" if value.startswith("−") else value


def product(account: PosteriorAccount, component: int, style: NumberStyle) -> Markup:
    """Weight × density, the joint density of point and component."""
    term = account.terms[component]
    return equation(
        "Product: weight × density",
        html("product {}", dot(component)),
        [f"{style.of(term.prior)} × {style.of(term.density)}"],
        style.of(term.product),
    )


def evidence(account: PosteriorAccount, style: NumberStyle) -> Markup:
    """The sum of all products: the density of the mixture at the point."""
    return equation(
        "Evidence: the density of the whole mixture at the point, the sum of all products",
        "evidence",
        [" + ".join(style.of(term.product) for term in account.terms)],
        style.of(account.evidence),
    )


def responsibility(account: PosteriorAccount, component: int, style: NumberStyle) -> Markup:
    """The share of the point that the component is given, by Bayes' rule."""
    if account.underflow or account.overflow:
        return html('<p class="ex-muted">{}</p>', OUT_OF_RANGE)
    term = account.terms[component]
    below = " + ".join(style.of(each.product) for each in account.terms)
    if len(below) > LONGEST_SUM:
        below = style.of(account.evidence)
    return equation(
        "Responsibility: its product ÷ the evidence",
        html("r {}", dot(component)),
        [fraction(f"{style.of(term.prior)} × {style.of(term.density)}", below)],
        style.of(term.posterior),
    )


def of_e_cell(
    account: PosteriorAccount,
    mixture: GaussianMixture,
    kind: str,
    component: int,
    style: NumberStyle,
) -> Markup:
    """What a cell of the E-table unfolds to. mixture: the one that the account is of."""
    match kind:
        case "density":
            point = account.point[None]
            return density(explain_density(point, mixture, 0, component), style)
        case "product":
            return product(account, component, style)
        case "evidence":
            return evidence(account, style)
        case _:
            return responsibility(account, component, style)


def held(run: Run) -> str:
    """What a component holds of a point: its responsibility, times the count where there are any"""
    return "r" if run.sample_weight is None else "c r"


# --- the log-likelihood ---------------------------------------------------------------------------


def log_likelihood(frame: RunFrame, style: NumberStyle) -> Markup:
    """The sum of the logs of the evidences, by the parameters in force."""
    data = frame.run.problem.data
    points = data.points
    table: EStepTable = explain_e_step(points[:LISTED], frame.mixture)
    terms = [f"log {_factor(style.of(float(e)))}" for e in table.evidence]
    left = len(points) - len(terms)
    if not np.all((table.evidence > 0) & np.isfinite(table.evidence)):
        terms = [_factor(style.of(float(log))) for log in table.log_evidence]
    if data.counts is not None:
        times = data.counts[:LISTED].tolist()
        terms = [f"{style.of(c)} · {term}" for c, term in zip(times, terms, strict=True)]
    if left:
        terms.append(f"… ({count(left)} more)")
    return equation(
        "The natural logarithm of each point's evidence, "
        + ("summed" if data.counts is None else "times its count, summed"),
        "log-likelihood",
        [" + ".join(terms)],
        style.log_likelihood(frame.log_likelihood),
    )


# --- the M-step -----------------------------------------------------------------------------------


def of_m_cell(
    frame: RunFrame, account: ComponentAccount, kind: str, spread: str, style: NumberStyle
) -> Markup:
    """What a cell of the M-table unfolds to; the values are those of the run."""
    made, points = frame.made, frame.run.points
    assert made is not None
    j, (name, _, number), r = account.component, kind.partition("-"), held(frame.run)
    axis = int(number or 1) - 1
    floored = bool(frame.run.trace.floored[frame.iteration, j])
    match name:
        case "N":
            return size(account, r, style)
        case "weight":
            return weight(account, float(made.weights[j]), style)
        case "mean":
            return mean(account, points, axis, float(made.means[j, axis]), r, style)
        case "spread":
            variance_made = float(made.covariances[j, axis, axis])
            further = _taken_further(account, floored)
            return variance(account, points, axis, variance_made, further, spread, r, style)
        case _:
            further = _taken_further(account, floored, covariance=True)
            return covariance(account, float(made.covariances[j, 0, 1]), further, r, style)


def size(account: ComponentAccount, r: str, style: NumberStyle) -> Markup:
    """N, the component's effective number of points; r: what `held` calls its part of a point."""
    shares = account.responsibilities
    written = _sum(shares, [style.of(float(x)) for x in shares[_greatest(shares)]])
    times = ", each times the point's count c" * (r != "r")
    return equation(
        f"N, points held: the sum of its responsibilities{times}",
        "N",
        [f"Σ {r}", written],
        style.of(account.effective_size),
    )


def weight(account: ComponentAccount, value: float, style: NumberStyle) -> Markup:
    """value: the weight that the M-step gives, which a rule may keep from being N ÷ n."""
    held, total = style.of(account.effective_size), style.of(account.total_weight)
    return equation(
        "Weight: its part of all n points",
        "w",
        [fraction("N", "n"), fraction(held, total)],
        style.of(value),
    )


def mean(
    account: ComponentAccount,
    points: np.ndarray,
    axis: int,
    value: float,
    r: str,
    style: NumberStyle,
) -> Markup:
    """value: the mean that the M-step gives on the axis; points: (m, d), those EM ran on."""
    letter, subscript = letter_of(account, axis), _subscript(account, axis)
    shares = account.responsibilities
    shown = _greatest(shares)
    terms = [
        f"{style.of(float(shares[i]))} · {_factor(style.point(float(points[i, axis]), axis))}"
        for i in shown
    ]
    return equation(
        f"Mean: the average {letter}, each point counted by its responsibility",
        html("μ{}", subscript),
        [
            fraction(f"Σ {r} {letter}", "N"),
            fraction(_sum(shares, terms), style.of(account.effective_size)),
        ],
        style.at(value, axis),
    )


def variance(
    account: ComponentAccount,
    points: np.ndarray,
    axis: int,
    value: float,
    further: str,
    spread: str,
    r: str,
    style: NumberStyle,
) -> Markup:
    """value: the variance that the M-step gives; further: how it came of the sum."""
    letter, subscript = letter_of(account, axis), _subscript(account, axis)
    shares, middle = account.responsibilities, style.at(float(account.mean[axis]), axis)
    terms = [
        f"{style.of(float(shares[i]))} · "
        f"({_difference(style.point(float(points[i, axis]), axis), middle)})²"
        for i in _greatest(shares)
    ]
    symbol = html("σ²{}", subscript)
    written = equation(
        "Variance: the average squared distance from the new mean",
        symbol,
        [
            fraction(html("Σ {} ({} − μ{})²", r, letter, subscript), "N"),
            fraction(_sum(shares, terms), style.of(account.effective_size)),
        ],
        style.of(float(account.scatter[axis, axis]) if further else value),
    )
    if further:
        written += equation(further, symbol, [], style.of(value))
    if spread == "sd":
        words = "Standard deviation: the root of the variance"
        root = [f"√{style.of(value)}"]
        written += equation(words, html("σ{}", subscript), root, style.of(value**0.5))
    return written


def covariance(
    account: ComponentAccount, value: float, further: str, r: str, style: NumberStyle
) -> Markup:
    """value and further: as for `variance`."""
    total = style.of(float(account.weighted_squares[:, 0, 1].sum()))
    symbol = html("σ<sub>xy</sub>")
    written = equation(
        "Covariance: how the two coordinates vary together",
        symbol,
        [
            fraction(html("Σ {} (x − μ<sub>x</sub>)(y − μ<sub>y</sub>)", r), "N"),
            fraction(total, style.of(account.effective_size)),
        ],
        style.of(float(account.scatter[0, 1]) if further else value),
    )
    return written + equation(further, symbol, [], style.of(value)) if further else written


def _taken_further(account: ComponentAccount, floored: bool, covariance: bool = False) -> str:
    """What becomes of the component's own variance or covariance, in words; "" for nothing."""
    if floored:
        return "Raised to the variance floor"
    match account.covariance_type:
        case "tied":
            what = "covariances" if covariance else "variances"
            return f"Tied: the average of all components' {what}, weighted by N"
        case "spherical" if len(account.mean) > 1:
            return "Spherical: 0" if covariance else "Spherical: the average of all variances"
        case "diag" if covariance:
            return "Diagonal: 0"
        case _:
            return ""


def letter_of(account: ComponentAccount, axis: int) -> str:
    """What a coordinate is called: x or y, of more than two x₁, x₂, …"""
    if len(account.mean) <= len(AXES):
        return AXES[axis]
    return "x" + str(axis + 1).translate(_BELOW)


_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _subscript(account: ComponentAccount, axis: int) -> Markup:
    """Which axis, where there are two."""
    return NOTHING if len(account.mean) == 1 else html("<sub>{}</sub>", letter_of(account, axis))


def _greatest(responsibilities: np.ndarray) -> np.ndarray:
    """Indices of the points to write out: all where they are few, else those that give most."""
    n = len(responsibilities)
    if n <= LISTED:
        return np.arange(n)
    return np.sort(np.argpartition(-responsibilities, LISTED)[:LISTED])


def _sum(all_terms: np.ndarray, written: Sequence[str]) -> str:
    left = len(all_terms) - len(written)
    return " + ".join([*written, f"… ({count(left)} more)"] if left else written)
