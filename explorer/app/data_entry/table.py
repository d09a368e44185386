"""Points typed or corrected in a table."""

from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from em_core import InputError
from em_core.wording import counted
from explorer.app import state
from explorer.app.data_entry import late
from explorer.app.data_entry.offer import Offer, of_data, propose
from explorer.app.data_entry.paste import SEVERAL, numbers_per_point
from explorer.model import edits
from explorer.model.examples import axis_names, own_data
from explorer.model.problem import MAX_COLUMNS, Data

MAX_TABLE = 2_000
"""More points than this are not put into the table."""

COUNT = "count"
"""The column of counts, where the points have any."""

Cells = dict[str, list[float | None]]


@dataclass
class Draft:
    """The table while it is worked on. steps: its states, the newest last; version: goes up when
    the table is not to go on from what was typed, but from the newest step."""

    steps: list[Cells]
    version: int = 0
    base: Cells = field(init=False)

    def __post_init__(self) -> None:
        self.base = self.steps[-1]

    @property
    def key(self) -> str:
        return f"points-table-{self.version}"

    def go_on(self) -> None:
        """The table is drawn anew, as after a look at another way in: with all that was done."""
        if self.steps[-1] is not self.base:
            self._begin()

    def edited(self, cells: Cells) -> None:
        """The cells were typed into; what is the same as before is no step."""
        if cells != self.steps[-1]:
            self.steps.append(cells)

    @state.callback
    def put(self, cells: Cells) -> None:
        """Other cells, not typed but made by a button."""
        self.steps.append(cells)
        self._begin()

    @state.callback
    def undo(self) -> None:
        """Back to the step before."""
        self.steps.pop()
        self._begin()

    def _begin(self) -> None:
        self.base = self.steps[-1]
        self.version += 1


def show() -> None:
    if late.coming():
        return
    data = state.session().problem.data
    columns = _width(data)
    fits = columns == data.n_features
    if fits and data.n_points > MAX_TABLE:
        st.caption(f"The table is for up to {MAX_TABLE} points, and there are {data.n_points}.")
        return
    names = _names(data) if fits else axis_names(columns)
    counted_ones = fits and data.counts is not None
    if counted_ones:
        names = (*names, COUNT if COUNT not in names else f"{COUNT} (2)")
    draft = state.kept(
        "table", names, lambda: Draft([_cells(data, names) if fits else _empty(names)])
    )
    if not state.is_drawn(draft.key):
        draft.go_on()
    cells = st.data_editor(
        draft.base,
        num_rows="dynamic",
        key=draft.key,
        height=300,
        width="stretch",
        column_config={name: st.column_config.NumberColumn(name, format="%.15g") for name in names},
    )
    draft.edited({name: list(cells[name]) for name in names})
    _buttons(draft, names)
    propose(
        lambda: _read(draft.steps[-1], names, fits, counted_ones), waiting=len(draft.steps) == 1
    )


def _width(data: Data) -> int:
    """How many columns the table has."""
    columns = numbers_per_point("table-columns")
    if columns < SEVERAL:
        return columns
    own = data.n_features
    return st.number_input(
        "Columns",
        SEVERAL,
        MAX_COLUMNS,
        max(own, SEVERAL),
        step=1,
        key="table-width",
        help="How many numbers each point has.",
    )


def _buttons(draft: Draft, names: tuple[str, ...]) -> None:
    with st.container(horizontal=True):
        st.button(
            "Undo in the table",
            key="table-undo",
            icon=":material/undo:",
            disabled=len(draft.steps) == 1,
            on_click=draft.undo,
            help="Take back the last change in the table.",
        )
        st.button(
            "Empty the table",
            key="table-empty",
            icon=":material/delete_sweep:",
            on_click=draft.put,
            args=(_empty(names),),
            help="Begin with no points. To delete single rows, tick them at their left edge.",
        )


def _names(data: Data) -> tuple[str, ...]:
    """Different names for the columns, whatever the axes are called."""
    names: list[str] = []
    for name, usual in zip(data.columns, axis_names(data.n_features), strict=True):
        name, number = name or usual, len(names) + 1
        names.append(name if name not in names else f"{name} ({number})")
    return tuple(names)


def _cells(data: Data, names: tuple[str, ...]) -> Cells:
    columns = [*data.points.T, *([] if data.counts is None else [data.counts])]
    return {name: column.tolist() for name, column in zip(names, columns, strict=True)}


def _empty(names: tuple[str, ...]) -> Cells:
    return {name: [] for name in names}


def _read(cells: Cells, names: tuple[str, ...], fits: bool, counted_ones: bool) -> Offer:
    columns = [_numbers(cells[name], name) for name in names]
    counts = columns.pop() if counted_ones else None
    points = np.column_stack(columns)
    note = f"{counted(len(points), 'value' if points.shape[1] == 1 else 'point')} in the table."
    if fits:
        return Offer(lambda problem: edits.with_points(problem, points, counts), (note,))
    return of_data(own_data(points), note)


def _numbers(values: list[float | None], name: str) -> np.ndarray:
    column = np.array([np.nan if value is None else value for value in values], dtype=float)
    if not np.isfinite(column).all():
        row = int(np.argmin(np.isfinite(column))) + 1
        raise InputError("missing", f"Row {row} of {name} is empty: type a number or delete it.")
    return column
