"""The stage as a Streamlit component."""

from collections.abc import Callable

from explorer.stage import code
from explorer.stage.assets import markup, script, style

_stage = code.component("live_plot", script(), style(), markup())


def live_plot(
    told: bytes,
    *,
    key: str,
    on_cursor: Callable[[], None],
    on_edit: Callable[[], None],
) -> None:
    """Draw the stage; told: a `payload`, serialised."""
    _stage(key=key, data=told, on_cursor_change=on_cursor, on_edit_change=on_edit)
