"""Small pieces of HTML that the panels are made of. Everything that comes in is escaped."""

from dataclasses import dataclass
from html import escape

import numpy as np

from em_core.wording import (
    DIGITS,
    FULL,
    SHORTEST,
    data_value,
    log_likelihood,
    number,
    signed,
)


@dataclass(frozen=True)
class NumberStyle:
    """How the page writes numbers: 4 significant digits, or 15 when `precise`.

    extent: (d,) the data's range on each axis, so that places far from 0 are told apart.
    """

    precise: bool
    extent: np.ndarray

    @property
    def digits(self) -> int:
        return FULL if self.precise else DIGITS

    def of(self, value: float) -> str:
        """A responsibility, weight, density, variance: any number without a place."""
        return number(value, digits=self.digits)

    def at(self, value: float, axis: int = 0) -> str:
        """A place on an axis, such as a mean."""
        return number(value, float(self.extent[axis]), self.digits)

    def point(self, value: float, axis: int = 0) -> str:
        """A value of the data: as it was typed, where that is short."""
        if self.precise:
            return number(value, digits=SHORTEST)
        return data_value(value, float(self.extent[axis]))

    def log_likelihood(self, value: float) -> str:
        """At least two decimals, so that a gain can be seen in it."""
        return log_likelihood(value, self.digits)

    def gain(self, value: float) -> str:
        return signed(value, self.digits)


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
