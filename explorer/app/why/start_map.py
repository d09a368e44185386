"""The map of starts: where EM ends from a grid of starts over two parameters."""

from em_core.wording import counted
from explorer.app import state
from explorer.app.portions import Portions, lead, to_try
from explorer.app.why import axes, plane, taking_along
from explorer.app.why.switch import switch
from explorer.charts.ground import Ground
from explorer.charts.sketch import sketch
from explorer.charts.start_map import kinds_of
from explorer.charts.start_map import start_map as drawn
from explorer.export.why_tables import start_map_csv
from explorer.model import edits, start_map
from explorer.model.start_map import Charting

KEY = "start-map"


def show() -> None:
    lead(
        "Each cell is a start, and starts of one colour end in one place; pale ones take long to "
        "get there. Look for the borders: to their two sides EM goes different ways."
    )
    axes.choice()
    switch(
        "Tell swapped labels apart",
        "told_apart",
        "Two endings that differ only in which component has which number are one ending; they "
        "can be shown as two.",
    )
    Portions(
        name="start-map",
        get=_charting,
        put=lambda further: state.work_out(_name(), further),
        further=start_map.carried_on,
        running=lambda now: now.running,
        set_running=start_map.set_running,
        show=_show,
        words=_how_far,
        progress=lambda now: now.made.done if now.made else 0.0,
        left=lambda now: not now.complete,
        invitation="Make the map",
        help="Run EM from every cell.",
    ).draw()
    _offer()
    to_try(
        "move the pointer over the map: below it is where EM ends from there. A click makes the "
        "cell the start, and the black line is the run from it; Undo brings back the old start."
    )


def _offer() -> None:
    now = _charting()
    if now.made is not None:
        taking_along.offer(lambda: start_map_csv(now))


def _name() -> str:
    return f"start map {axes.chosen()}"


def _charting() -> Charting:
    run, (x, y) = state.current_run(), axes.chosen()
    found: Charting = state.worked_out(_name(), run.problem, lambda: start_map.begun(run, x, y))
    return found


def _how_far(now: Charting) -> str:
    starts = counted(len(now.xs) * len(now.ys), "start")
    done = round(100 * (now.made.done if now.made else 0.0))
    return f"{done} % of {starts} are run."


def _show(now: Charting) -> None:
    if now.made is None:
        return
    ground = Ground(now.x, now.y, now.xs, now.ys)
    apart = state.why().told_apart
    data, pair = now.run.problem.data, state.pair()
    svg = drawn(now.run, ground, now.made, apart, sketch(data.seen(pair)), pair)
    cells = kinds_of(now.made, apart)[1].ravel().tolist()
    plane.show(svg, {**ground.plane(now.run), "cells": cells}, key=KEY, on_pick=_pick)


@state.callback
def _pick() -> None:
    now = _charting()
    cell = plane.picked(KEY, len(now.xs), len(now.ys))
    if cell is not None:
        values = {now.x: float(now.xs[cell[0]]), now.y: float(now.ys[cell[1]])}
        start, kind = now.run.problem.start.mixture, now.run.trace.covariance_type
        moved = start_map.put(start, values, kind)
        state.edit(lambda problem: edits.with_start_from(problem, moved), "page")
