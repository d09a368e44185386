"""A picture on which the person places a mark to answer."""

from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.app import state
from explorer.charts.earned import View
from explorer.stage.assets import script

KEY = "practice-mark"
DIGITS = 3
"""Of a place that a person points at."""
HTML = """
<div class="ex-placing">
  <div></div>
  <p><output></output> <button type="button">That is my answer</button></p>
</div>
"""

_mark = st.components.v2.component(
    "mark",
    html=HTML,
    js=script("numbers") + Path(__file__).with_name("mark.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def ask(
    lesson: str,
    svg: str,
    view: View,
    component: int,
    start: float,
    label: str,
    take: Callable[[], None],
) -> None:
    """Draw it; take: called when the person has answered. start: where the mark stands at first."""
    _mark(
        key=KEY,
        data={
            "key": lesson,
            "svg": svg,
            "view": view.to_dict(),
            "component": component,
            "start": start,
            "label": label,
            "digits": DIGITS,
        },
        on_answer_change=take,
    )


def placed(lesson: str) -> float | None:
    """Where the mark was placed for this lesson; None for anything else that came."""
    told: Any = state.value_of(KEY)
    answer = told.get("answer") if hasattr(told, "get") else None
    if not isinstance(answer, dict) or answer.get("lesson") != lesson:
        return None
    at = answer.get("at")
    return float(at) if isinstance(at, int | float) and isfinite(at) else None
