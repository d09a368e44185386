"""The stage: transport bar, densities, responsibility bars and trajectory, drawn in place.

One Streamlit component holds the whole run, so stepping, scrubbing and playing never wait for
the server. Python sends a problem's run once; the browser reports back where it came to rest
(the state `cursor`) and what the person did on the charts (the trigger `edit`).

    from explorer.live_plot import Settings, live_plot, read_cursor, read_edit, run_id

    live_plot(
        data, trace,
        key="stage",
        half_step=view.half_step,     # used when the run is new or `nonce` changed
        nonce=state.cursor_nonce,     # raise it by one to force the cursor (undo, link opened)
        point=view.point, component=view.component,
        settings=Settings(spread="variance", posterior=False, query=0.2, editable=True),
        on_cursor=state.follow_cursor,
        on_edit=state.apply_edit,
    )

Both callbacks run before the script does and take no arguments; there
`read_cursor(st.session_state["stage"].get("cursor"))` gives a `Cursor` (or None) and
`read_edit(st.session_state["stage"].get("edit"))` one of `MoveStart`, `AddPoint`, `RemovePoint`,
`SelectPoint`, `SelectComponent` (or None). A `Cursor` whose `run` differs from
`run_id(data, trace)` belongs to an earlier run and is to be ignored.

The same run drawn again keeps the browser's own cursor; a new run starts at `half_step`.
Selections made on the charts show at once in the browser and are confirmed by `point` and
`component` on the next run of the script. Nothing here depends on the theme: the browser follows
it by itself.
"""

from explorer.live_plot.events import (
    AddPoint,
    Cursor,
    Edit,
    MoveStart,
    RemovePoint,
    SelectComponent,
    SelectPoint,
    read_cursor,
    read_edit,
)

__all__ = [
    "AddPoint",
    "Cursor",
    "Edit",
    "MoveStart",
    "RemovePoint",
    "SelectComponent",
    "SelectPoint",
    "read_cursor",
    "read_edit",
]
