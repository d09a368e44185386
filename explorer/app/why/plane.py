"""A picture over two parameters, whose cells can be looked at and chosen."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from explorer.app import gallery, state
from explorer.stage import serialised
from explorer.stage.assets import script

_plane = st.components.v2.component(
    "plane",
    html='<div class="ex-plane ex-gallery" role="application" aria-label="Arrow keys look about, '
    'Enter makes the cell the start."></div>',
    js=script("plane"),
    isolate_styles=False,
)


def show(
    svg: str, about: dict[str, Any], *, key: str, on_pick: Callable[[], None] | None = None
) -> None:
    """svg: of explorer.charts; about: what js/plane.js must know beside it; on_pick: called once a
    cell was chosen."""
    told = {**about, "html": str(gallery.figure("", svg)), "run": state.run_name()}
    _plane(key=key, data=serialised(told), on_pick_change=on_pick or state.ignore)


def picked(key: str, n_columns: int, n_rows: int) -> tuple[int, int] | None:
    """The column and row of the cell that was chosen in this run's picture; None for anything else
    that came, such as the same press once more."""
    pick = state.value_of(key).get("pick")
    if not isinstance(pick, Mapping) or pick.get("run") != state.run_name():
        return None
    match pick.get("cell"):
        case [int(column), int(row)] if 0 <= column < n_columns and 0 <= row < n_rows:
            return column, row
    return None
