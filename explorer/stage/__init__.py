"""The stage: transport bar, densities, responsibility bars and trajectory, drawn in place.

One Streamlit component holds the whole run, so stepping, scrubbing and playing never wait for
the server. Python sends a problem's run once; the browser reports back where it came to rest
(the state `cursor`) and what the person did on the charts (the trigger `edit`).

    from explorer.stage import Place, Settings, read_message, run_id
    from explorer.stage.component import live_plot

    told = serialised(payload(
        data, trace,
        Place(half_step, nonce),            # see below
        view.point, view.component,
        Settings(spread="variance", posterior=False, query=0.2, editable=True),
    ))
    live_plot(told, key="stage", on_cursor=follow_cursor, on_edit=follow_edit)

Both callbacks run before the script does and take no arguments; there
`read_message(st.session_state["stage"].get("cursor"))` gives a `Cursor` (or None) and
`read_message(st.session_state["stage"].get("edit"))` an `Edit` (or None). A `Cursor` whose `run`
differs from `run_id(data, trace)` belongs to an earlier run and is to be ignored.

`place` is where Python last put the cursor: it counts when the run is new or `nonce` has changed
(undo, a link opened, 'continue from here'). Do not feed the followed cursor back into it: as long
as nothing but the cursor moved, the payload is the same; keep its bytes, and nothing is made,
hashed or sent again.

Where the page has words of its own that follow the cursor, `window.emFollower` hears of it in place
of the stage (`js/component.js`): those words are drawn anew, and the stage is not.

Selections made on the charts show at once in the browser and are confirmed by `point` and
`component` on the next run of the script. Nothing here depends on the theme: the browser follows
it by itself.

`component` alone knows Streamlit; `assets` (the browser's part) and `payload` are for exports too.
"""

from explorer.stage.messages import (
    AddPoint,
    Cursor,
    Edit,
    Message,
    MoveStart,
    RemovePoint,
    SelectComponent,
    SelectPoint,
    read_message,
)
from explorer.stage.payload import Pinned, Place, Settings, payload, run_id, serialised

__all__ = [
    "AddPoint",
    "Cursor",
    "Edit",
    "Message",
    "MoveStart",
    "Pinned",
    "Place",
    "RemovePoint",
    "SelectComponent",
    "SelectPoint",
    "Settings",
    "payload",
    "read_message",
    "run_id",
    "serialised",
]
