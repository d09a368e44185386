"""The landscape: the log-likelihood over two parameters, with the road that EM took."""

import numpy as np
import streamlit as st

from explorer.app import state
from explorer.app.portions import lead, to_try
from explorer.app.why import axes, plane, taking_along
from explorer.charts.ground import Ground
from explorer.charts.landscape import landscape_picture
from explorer.export.why_tables import landscape_csv
from explorer.model import edits, landscape
from explorer.model.landscape import View
from explorer.model.start_map import put

KEY = "landscape"
OTHERS = {"end": "as at the end", "now": "as they are now"}


def show() -> None:
    lead(
        "The stronger the colour, the higher the log-likelihood; the line is the road that EM "
        "took. Look where it begins, and which top it comes to."
    )
    axes.choice()
    _others()
    view = _view()
    ground = Ground(view.x, view.y, view.found.xs, view.found.ys)
    heights = view.found.log_likelihoods
    values = [None if np.isnan(v) else round(v, 4) for v in heights.ravel().tolist()]
    about = {**ground.plane(view.run), "values": values}
    picture = state.worked_out("landscape drawn", view, lambda: landscape_picture(view, ground))
    plane.show(picture, about, key=KEY, on_pick=_pick)
    taking_along.offer(lambda: landscape_csv(view))
    to_try(
        "click elsewhere: the run begins there, with everything else as the landscape "
        "has it. Over two means there are as many equal tops as labels can be swapped."
    )


def _view() -> View:
    run, (x, y) = state.current_run(), axes.chosen()
    now = state.why().others == "now"
    base = run.trace.mixtures[state.half_step() // 2 if now else -1]
    found: View = state.worked_out("landscape", base, lambda: landscape.seen(run, base, x, y))
    if (found.x, found.y) == (x, y):
        return found
    state.work_out("landscape", landscape.seen(run, base, x, y))
    return _view()


def _others() -> None:
    state.show("others", state.why().others)
    st.segmented_control(
        "All other parameters",
        list(OTHERS),
        key="others",
        format_func=lambda name: OTHERS[name],
        help="A landscape has two dimensions; all other parameters are held.",
        on_change=_take,
    )


@state.callback
def _take() -> None:
    if chosen := state.taken("others"):
        state.change_why(others=chosen)


@state.callback
def _pick() -> None:
    view = _view()
    cell = plane.picked(KEY, len(view.found.xs), len(view.found.ys))
    if cell is not None:
        values = {view.x: float(view.found.xs[cell[0]]), view.y: float(view.found.ys[cell[1]])}
        kind = view.run.trace.covariance_type
        state.edit(lambda p: edits.with_start_from(p, put(view.base, values, kind)), "page")
