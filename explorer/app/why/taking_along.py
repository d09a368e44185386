"""A picture as PNG, as SVG and in a notebook, and the numbers behind it as CSV."""

from collections.abc import Callable

import streamlit as st

from explorer.app import pictures, state
from explorer.export.menu import file_stem
from explorer.export.notebook import needs_points_file, notebook
from explorer.export.pictures import DPI, WIDTH
from explorer.model.problem import View
from explorer.stage.assets import script

DRAWN = 480
"""The width that the pictures are drawn in."""

_buttons = st.components.v2.component(
    "figure_buttons",
    html=pictures.HTML,
    css=pictures.CSS,
    js=script("figures"),
    isolate_styles=False,
)


def offer(table: Callable[[], str]) -> None:
    """table: makes the text of the CSV file, when it is asked for."""
    stem = f"{file_stem(state.session().problem.data.title)}-{state.why().picture}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="why-along"):
        _buttons(
            key="figure-buttons",
            data={
                "stem": stem,
                "within": ".st-key-why-picture",
                "dpi": DPI,
                "scale": WIDTH / DRAWN,
                "notebook": _notebook(),
            },
        )
        st.download_button(
            "Table (CSV)",
            lambda: table().encode("utf-8-sig"),
            f"{stem}.csv",
            "text/csv",
            key="why-table",
            help="The numbers behind the picture, to full precision.",
            icon=":material/download:",
            on_click="ignore",
        )


def _notebook() -> str | None:
    """The whole run as a notebook, unless it needs a file beside it."""
    problem, trace = state.session().problem, state.current_run().trace
    if needs_points_file(problem):
        return None
    found: str = state.worked_out(
        "notebook", trace, lambda: notebook(problem, trace, View(half_step=trace.last_half_step))
    )
    return found
