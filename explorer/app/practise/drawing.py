"""A picture as SVG on the page. `st.html` would take the drawing out of it."""

import streamlit as st

SCRIPT = """
export default function ({ data, parentElement }) {
  parentElement.querySelector("div").innerHTML = data.svg;
}
"""

_drawing = st.components.v2.component(
    "drawing", html="<div></div>", js=SCRIPT, isolate_styles=False
)


def draw(svg: str, key: str) -> None:
    """svg: made by explorer.charts, never from what a person typed."""
    _drawing(key=key, data={"svg": svg})
