"""Buttons that save each chart as PNG or SVG, made in the browser.

They need the Plotly that the stage has brought to the page.
"""

from pathlib import Path

import streamlit as st

from em_core import Trace
from explorer.export.pictures import pictures
from explorer.model.problem import Data
from explorer.stage import Settings
from explorer.stage.assets import script

HERE = Path(__file__).parent
HTML = '<div class="em-pictures" role="group" aria-label="Charts as files"></div>'

CSS = (HERE / "pictures.css").read_text(encoding="utf-8")

_buttons = st.components.v2.component(
    "picture_buttons",
    html=HTML,
    css=CSS,
    js=script("pictures"),
    isolate_styles=False,
)


def picture_buttons(
    data: Data, trace: Trace, half_step: int, settings: Settings, *, key: str
) -> None:
    """The buttons for the charts at the half-step."""
    _buttons(key=key, data=pictures(data, trace, half_step, settings))
