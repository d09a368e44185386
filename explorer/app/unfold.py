"""Numbers that show where they come from, where they stand, when they are pressed.

A cell is named "kind:row", such as density-2:4: by the kind of its column and the row it is in.
"""

from pathlib import Path

import streamlit as st

_pressed = st.components.v2.component(
    "unfold",
    js=Path(__file__).with_name("unfold.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def opened() -> str:
    """The cell that is unfolded, or "". Draw this before the tables.

    A browser can send anything: a name that no cell has unfolds nothing.
    """
    with st.container(key="unfold"):
        cell = _pressed(
            key="unfolded", default={"cell": ""}, data={}, on_cell_change=lambda: None
        ).cell
    return cell if isinstance(cell, str) else ""
