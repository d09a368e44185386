"""Small pieces of HTML that the panels are made of.

`html` escapes whatever is put into its template and is not HTML already (a `Markup`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

from em_core.wording import (
    DIGITS,
    FULL,
    SHORTEST,
    data_value,
    log_likelihood,
    number,
    signed,
)

NOTHING = Markup()


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
        """A change, with its sign."""
        return signed(value, self.digits)


def html(template: str, *values: object, **named: object) -> Markup:
    """The template, which is HTML, with the values in its {} places.

    As Markup.format, ten times as fast, without format specifications.
    """
    escaped = {name: escape(value) for name, value in named.items()}
    return Markup(template.format(*map(escape, values), **escaped))


def joined(pieces: Iterable[str], between: str = "") -> Markup:
    return Markup(between).join(pieces)


def stacked(*pieces: Markup) -> Markup:
    """One below the other, as far apart as Streamlit's own elements: each of those is a message."""
    return html('<div class="ex-stack">{}</div>', _blocks(pieces))


def side_by_side(*pieces: Markup) -> Markup:
    """As Streamlit's columns of the same width, which take a message each and one more."""
    return html('<div class="ex-columns">{}</div>', _blocks(pieces))


def _blocks(pieces: Iterable[Markup]) -> Markup:
    return joined(html("<div>{}</div>", piece) for piece in pieces)


def text(words: str) -> Markup:
    return escape(words)


def dot(component: int) -> Markup:
    """The badge of a component: its number on its colour."""
    return html('<span class="ex-dot ex-c{0}">{0}</span>', component + 1)


def bar(part: float, component: int) -> Markup:
    """A bar in a component's colour, `part` of the width it has; hollow where negative."""
    return html(
        '<span class="ex-bar ex-c{}{}" aria-hidden="true"><i style="width:{}%"></i></span>',
        component + 1,
        " ex-below" if part < 0 else "",
        f"{100 * min(1.0, abs(part)):.2f}",
    )


def fraction(above: str, below: str) -> Markup:
    """One expression over another; read out as a division."""
    return html(
        '<span class="ex-fraction"><span>{}</span><span class="ex-over"> ÷ </span>'
        "<span>{}</span></span>",
        above,
        below,
    )


@dataclass(frozen=True)
class Unfolding:
    """How the numbers of a table unfold.

    kinds: for each column what its numbers are ("" where they do not unfold), rows: for each row
    whose they are; opened: the cell "kind:row" that is unfolded, and formula, what it shows.
    """

    kinds: Sequence[str]
    rows: Sequence[int]
    opened: str = ""
    formula: Markup = NOTHING

    def column_opened(self, row: int) -> int:
        """The column whose number in this row is unfolded; 0, which names the row, for none."""
        kind, _, whose = self.opened.partition(":")
        return self.kinds.index(kind) if kind in self.kinds and whose == str(row) else 0


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    caption: str,
    chosen: int | None = None,
    total: bool = False,
    unfolding: Unfolding | None = None,
    small: bool = False,
) -> Markup:
    """A table; the first cell of each row names it.

    chosen: the row to mark; total: the last row sums up the others; small: for long numbers.
    """
    kinds = unfolding.kinds if unfolding else [""] * len(head)
    heading = joined(map(_heading, head, kinds))
    body = joined(
        _row(i, row, _row_class(i, len(rows), chosen, total), unfolding)
        for i, row in enumerate(rows)
    )
    return html(
        '<div class="ex-scroll" tabindex="0" role="region" aria-label="{caption}">'
        '<table class="ex-table{how}"><caption><span>{caption}</span></caption>'
        "<thead><tr>{heading}</tr></thead><tbody>{body}</tbody></table></div>",
        caption=caption,
        how=" ex-unfolds" * (unfolding is not None) + " ex-small" * small,
        heading=heading,
        body=body,
    )


def _heading(cell: str, kind: str) -> Markup:
    if not kind:
        return html('<th scope="col">{}</th>', cell)
    return html('<th scope="col" data-kind="{}">{}</th>', kind, cell)


def _row(i: int, cells: Sequence[str], css_class: str, unfolding: Unfolding | None) -> Markup:
    row = unfolding.rows[i] if unfolding and i < len(unfolding.rows) else None
    opened = unfolding.column_opened(row) if unfolding and row is not None else 0
    first, *rest = cells
    written = html(
        '<tr class="{}"{}><th scope="row">{}</th>{}</tr>',
        css_class,
        NOTHING if row is None else html(' data-row="{}"', row),
        first,
        _cells(rest, opened),
    )
    if not unfolding or not opened:
        return written
    return written + html(
        '<tr class="ex-unfolded"><td colspan="{}">{}</td></tr>', len(cells), unfolding.formula
    )


def _cells(cells: Sequence[str], opened: int) -> Markup:
    if not opened:
        return Markup(f"<td>{'</td><td>'.join(map(escape, cells))}</td>")
    before, cell, after = cells[: opened - 1], cells[opened - 1], cells[opened:]
    return joined(
        [
            *(html("<td>{}</td>", each) for each in before),
            html('<td class="ex-open">{}</td>', cell),
            *(html("<td>{}</td>", each) for each in after),
        ]
    )


def _row_class(i: int, count: int, chosen: int | None, total: bool) -> str:
    if i == chosen:
        return "ex-chosen"
    return "ex-sum" if total and i == count - 1 else ""


def panel(title: str, body: Markup, css_class: str = "") -> Markup:
    """A titled section of the page."""
    return html('<section class="ex-panel {}"><h2>{}</h2>{}</section>', css_class, title, body)


def alert(words: str) -> Markup:
    """Something that went wrong; screen readers interrupt for it."""
    return html('<p class="ex-alert" role="alert">{}</p>', words)


def note(words: str) -> Markup:
    """News; screen readers say it when they are done."""
    return html('<p class="ex-note" role="status">{}</p>', words)
