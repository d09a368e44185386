"""The pages, and the one that is looked at: `View.page`, so links and files hold it too."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.app import (
    address,
    explore,
    header,
    housekeeping,
    how_many,
    practise,
    state,
    style,
    turn,
    why,
)
from explorer.app.apology import drawn_calmly
from explorer.stage import code


@dataclass(frozen=True)
class Page:
    """title: in the header; draw: everything below it, `address.follow` included."""

    title: str
    draw: Callable[[], None]


PAGES = {
    "explore": Page("Explore", explore.draw),
    "why": Page("Why?", why.draw),
    "practise": Page("Practise", practise.draw),
    "how-many": Page("How many?", how_many.draw),
}
"""By their names in explorer.model.problem.PAGES, in the header's order."""


def show() -> None:
    """Draw the page; whatever goes wrong ends in a calm sentence."""
    housekeeping.somebody_asks()
    style.install()
    code.deliver()
    with drawn_calmly("page"):
        state.take_redraw()
        closed = state.is_closed()
        page = PAGES["practise" if closed else state.session().view.page]
        titles = {name: each.title for name, each in PAGES.items()}
        header.show({} if closed else titles, exporting=not closed)
        page.draw()
        turn.show("page")
        address.keep_visit()
