"""Buttons that save each chart as PNG or SVG, made by the browser's own Plotly.

They need the Plotly that the stage has brought to the page. What they send is every chart in
full: draw them where the person asks for pictures, not at every step.
"""

from pathlib import Path
from typing import Any

import streamlit as st

from em_core import Trace
from explorer.charts.trajectory import Spread
from explorer.export.menu import file_stem
from explorer.export.pictures import PNG_SCALE, WIDTH, pictures
from explorer.model.problem import Data

HERE = Path(__file__).parent
HTML = '<div class="em-pictures" role="group" aria-label="Charts as files"></div>'

_buttons = st.components.v2.component(
    "picture_buttons",
    html=HTML,
    css=(HERE / "pictures.css").read_text(encoding="utf-8"),
    js=(HERE / "pictures.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def picture_buttons(
    data: Data,
    trace: Trace,
    half_step: int,
    *,
    key: str,
    spread: Spread = "variance",
    posterior: bool = False,
) -> None:
    """The buttons for the charts at the half-step."""
    _buttons(key=key, data=payload(data, trace, half_step, spread, posterior))


def payload(
    data: Data, trace: Trace, half_step: int, spread: Spread, posterior: bool
) -> dict[str, Any]:
    drawn = pictures(data, trace, half_step, spread, posterior)
    return {
        "stem": file_stem(data.title),
        "width": WIDTH,
        "scale": PNG_SCALE,
        "pictures": [picture.to_dict() for picture in drawn],
    }
