"""Small pieces of HTML that the panels are made of. Everything that comes in is escaped."""

from dataclasses import dataclass
from html import escape
from math import isfinite

import numpy as np

from em_core.wording import SUPERSCRIPTS, number

FULL = 15


@dataclass(frozen=True)
class Numbers:
    """How numbers are written: 4 significant digits, or 15 when `precise`.

    extent: (d,) the data's range on each axis, so that places far from 0 are told apart.
    """

    precise: bool
    extent: np.ndarray

    def of(self, value: float) -> str:
        """A share, weight, density, variance: any number without a place."""
        return figure(value, FULL if self.precise else 4)

    def at(self, value: float, axis: int = 0) -> str:
        """A place on an axis, such as a mean."""
        if self.precise or self.extent[axis] == 0:
            return self.of(value)
        if abs(value) > self.extent[axis] or not 1e-4 <= abs(value) < 1e5:
            return number(value, float(self.extent[axis]))
        return self.of(value)

    def point(self, value: float, axis: int = 0) -> str:
        """A value of the data: as it was typed, where that is short."""
        typed = repr(float(value)).removesuffix(".0").replace("-", "−")
        return typed if self.precise or len(typed) <= 8 else self.at(value, axis)

    def log_likelihood(self, value: float) -> str:
        """At least two decimals, so that a gain can be seen in it."""
        if self.precise or not 100 <= abs(value) < 1e9:
            return self.of(value)
        return f"{value:,.2f}".replace("-", "−").replace(",", "\u202f")

    def gain(self, value: float) -> str:
        return f"{'+' if value >= 0 else ''}{self.of(value)}"


def figure(value: float, digits: int) -> str:
    """So many significant digits, trailing zeros kept up to 4; 1.23×10⁻⁹ where they run on."""
    if value == 0:
        return "0"
    if not isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "–"
    exponent = int(f"{value:.{digits - 1}e}".partition("e")[2])
    if not -5 < exponent <= max(digits, 5):
        kept = digits if digits > 4 else digits - 1
        mantissa, _, power = f"{value:.{kept - 1}e}".partition("e")
        text = f"{_trimmed(mantissa, kept)}×10{str(int(power)).translate(SUPERSCRIPTS)}"
    else:
        text = _trimmed(f"{value:.{max(0, digits - 1 - exponent)}f}", digits)
    return text.replace("-", "−")


def _trimmed(text: str, digits: int) -> str:
    return text.rstrip("0").rstrip(".") if digits > 4 and "." in text else text


def text(words: str) -> str:
    return escape(words)


def dot(component: int) -> str:
    """The badge of a component: its number on its colour."""
    return f'<span class="ex-dot ex-c{component + 1}">{component + 1}</span>'


def bar(share: float, component: int) -> str:
    """A bar in a component's colour, `share` of the width it has; hollow where negative."""
    side = " ex-below" if share < 0 else ""
    width = 100 * min(1.0, abs(share))
    return (
        f'<span class="ex-bar ex-c{component + 1}{side}" aria-hidden="true">'
        f'<i style="width:{width:.2f}%"></i></span>'
    )


def fraction(above: str, below: str) -> str:
    """A fraction of two pieces of HTML."""
    return (
        f'<span class="ex-fraction"><span>{above}</span><span class="ex-over"> ÷ </span>'
        f"<span>{below}</span></span>"
    )


def table(
    head: list[str],
    rows: list[list[str]],
    caption: str,
    chosen: int | None = None,
    total: bool = False,
) -> str:
    """A table of pieces of HTML; the first cell of each row names it.

    chosen: the row to mark; total: the last row sums up the others.
    """
    heading = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(
        f'<tr class="{_row_class(i, len(rows), chosen, total)}"><th scope="row">{first}</th>'
        f"{''.join(f'<td>{cell}</td>' for cell in rest)}</tr>"
        for i, (first, *rest) in enumerate(rows)
    )
    return (
        f'<div class="ex-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="ex-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{heading}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row_class(i: int, count: int, chosen: int | None, total: bool) -> str:
    if i == chosen:
        return "ex-chosen"
    return "ex-sum" if total and i == count - 1 else ""


def panel(title: str, body: str, css_class: str = "") -> str:
    return f'<section class="ex-panel {css_class}"><h2>{escape(title)}</h2>{body}</section>'


def alert(words: str) -> str:
    return f'<p class="ex-alert" role="alert">{escape(words)}</p>'
