"""Pictures as SVG, side by side where there is room, whose marks can be chosen."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from explorer.app import state
from explorer.app.markup import html, joined
from explorer.stage.assets import script

_gallery = st.components.v2.component(
    "gallery",
    html='<div class="ex-gallery"></div>',
    js=script(Path(__file__).with_name("gallery.js")),
    isolate_styles=False,
)


def show(
    pictures: Sequence[tuple[str, str]], *, key: str, on_pick: Callable[[], None] | None = None
) -> None:
    """pictures: (title, SVG), of which the title is escaped here; on_pick: a mark was chosen."""
    draw(joined(figure(title, svg) for title, svg in pictures), key=key, on_pick=on_pick)


def draw(figures: Markup, *, key: str, on_pick: Callable[[], None] | None = None) -> None:
    """As `show`, for figures that hold more than a picture and a title."""
    _gallery(key=key, data={"html": figures}, on_pick_change=on_pick or state.ignore)


def among_words(figures: Markup) -> Markup:
    """As `draw`, for figures that a step writes (explorer.app.words)."""
    return html('<div class="ex-gallery">{}</div>', figures)


def figure(title: str, svg: str) -> Markup:
    """A picture under its title; the SVG is one of explorer.charts, whose words are escaped."""
    caption = html("<figcaption>{}</figcaption>", title) if title else ""
    return html("<figure>{}{}</figure>", caption, Markup(svg))
