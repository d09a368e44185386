"""Lines of equal height through values on a grid: marching squares."""

import numpy as np

CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))
"""Of a cell, as (row, column): anticlockwise from below on the left."""

TURNS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),),
    2: ((0, 1),),
    3: ((3, 1),),
    4: ((1, 2),),
    5: ((3, 0), (1, 2)),
    6: ((0, 2),),
    7: ((3, 2),),
    8: ((2, 3),),
    9: ((2, 0),),
    10: ((0, 1), (2, 3)),
    11: ((2, 1),),
    12: ((1, 3),),
    13: ((1, 0),),
    14: ((0, 3),),
}
"""Which sides a line crosses, by which corners lie above it; side i leads on from corner i."""


def contour(values: np.ndarray, level: float) -> np.ndarray:
    """(m, 2, 2) segments, each from and to a (row, column), where the values are at the level.

    values (rows, columns); cells that have a corner without a number have no line. Where a cell is
    a saddle, its high corners are kept apart unless its middle is high.
    """
    above = values > level
    code = np.array([corner << bit for bit, corner in enumerate(_corners_of(above))]).sum(axis=0)
    whole = np.logical_and.reduce(_corners_of(np.isfinite(values)))
    segments = []
    for row, column in np.argwhere(whole & (code > 0) & (code < 15)).tolist():
        cell = [float(values[row + r, column + c]) for r, c in CORNERS]
        for one, other in _turns(int(code[row, column]), cell, level):
            segments.append([_crossing(row, column, cell, side, level) for side in (one, other)])
    return np.array(segments).reshape(-1, 2, 2)


def _corners_of(values: np.ndarray) -> list[np.ndarray]:
    """For each corner, its values in all cells (rows - 1, columns - 1)."""
    return [values[r : r - 1 or None, c : c - 1 or None] for r, c in CORNERS]


def _turns(code: int, cell: list[float], level: float) -> tuple[tuple[int, int], ...]:
    if code in (5, 10) and sum(cell) / 4 > level:
        return TURNS[15 - code]
    return TURNS[code]


def _crossing(row: int, column: int, cell: list[float], side: int, level: float) -> list[float]:
    """Where a side has the level, as (row, column)."""
    begin, end = CORNERS[side], CORNERS[(side + 1) % 4]
    low, high = cell[side], cell[(side + 1) % 4]
    share = (level - low) / (high - low)
    return [
        row + begin[0] + share * (end[0] - begin[0]),
        column + begin[1] + share * (end[1] - begin[1]),
    ]
