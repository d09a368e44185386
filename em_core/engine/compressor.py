"""Compression piece by piece: of data that lie in chunks, on many machines, or are still coming.

Cells are as wide as a power of two and begin at multiples of that, so that two of them make one of
the next width, exactly. So the cells depend on all points together and not on the order or the
portions in which they came.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from em_core.engine.compress import (
    BLOCK,
    DEFAULT_CELLS,
    FINEST,
    Compressed,
    as_column,
    check_cells,
    compressed,
    gauss_nodes,
)
from em_core.errors import InputError
from em_core.mixture import read_only
from em_core.points import as_sample_weight


@dataclass(frozen=True, eq=False)
class Compressor:
    """What is known of the points so far: a few kilobytes, however many they are.

        halves = Compressor().add(these), Compressor().add(those)      # perhaps on two machines
        c = halves[0].merge(halves[1]).finish()
        fit(c.points, start, sample_weight=c.sample_weight)

    cells: at most so many, at least half of them once the range of the points is known; twice those
    of `compress` are as accurate as it. The cells are [k, k + 1) x 2**exponent for k from `first`;
    sums: (4, m), for each, sums over its points of 1, t, t^2, t^3, t from -1/2 to 1/2 across it.
    low, high: of all points; n_points: how many.
    """

    cells: int = DEFAULT_CELLS
    exponent: int = 0
    first: int = 0
    sums: np.ndarray = field(default_factory=lambda: np.zeros((4, 0)), repr=False)
    low: float = np.inf
    high: float = -np.inf
    n_points: int = 0

    def __post_init__(self) -> None:
        check_cells(self.cells, 2)  # no cell holds points on both sides of 0

    def add(self, points: ArrayLike, sample_weight: ArrayLike | None = None) -> "Compressor":
        """With these points too. points: (n,) or (n, 1); sample_weight: (n,), 1 each if None.

        Raises InputError for points in more dimensions.
        """
        column = as_column(points)
        weight = as_sample_weight(sample_weight, len(column))
        low, high = float(column.min()), float(column.max())
        exponent = _exponent(min(low, self.low), max(high, self.high), self.cells)
        first = int(_cell_of(low, exponent))
        m = int(_cell_of(high, exponent)) - first + 1
        sums = _cell_sums(column, weight, exponent, first, m)
        return self.merge(Compressor(self.cells, exponent, first, sums, low, high, len(column)))

    def merge(self, other: "Compressor") -> "Compressor":
        """Of both together. Raises InputError where the two allow different numbers of cells."""
        if self.cells != other.cells:
            raise InputError(
                "cells",
                f"One compressor has up to {self.cells} cells and the other {other.cells}: "
                "make both with the same number.",
            )
        if not self.n_points or not other.n_points:
            return self if self.n_points else other
        low, high = min(self.low, other.low), max(self.high, other.high)
        exponent = _exponent(low, high, self.cells)
        a, b = self._coarsened(exponent), other._coarsened(exponent)
        first = min(a.first, b.first)
        sums = np.zeros((4, max(each.first + each.sums.shape[1] for each in (a, b)) - first))
        for each in (a, b):
            begin = each.first - first
            sums[:, begin : begin + each.sums.shape[1]] += each.sums
        n_points = self.n_points + other.n_points
        return Compressor(self.cells, exponent, first, read_only(sums), low, high, n_points)

    def finish(self) -> Compressed:
        """The weighted data set. InputError where there are no points."""
        if not self.n_points:
            raise InputError("no-points", "There are no points: add some first.")
        occupied = np.flatnonzero(self.sums[0] > 0)
        counts, *moments = self.sums[:, occupied]
        nodes, shares = gauss_nodes(*(moment / counts for moment in moments))
        positions = self.first + occupied + 0.5 + nodes
        points = np.ldexp(positions, self.exponent).clip(self.low, self.high).ravel()
        weight = (counts * shares).ravel()
        width = float(np.ldexp(1.0, self.exponent))
        return compressed(points[weight > 0], weight[weight > 0], width, self.n_points)

    def _coarsened(self, exponent: int) -> "Compressor":
        """In cells of that width, which is no smaller."""
        wider = self
        while wider.exponent < exponent:
            wider = wider._halved()
        return wider

    def _halved(self) -> "Compressor":
        """Each two neighbours in one cell: t across one of them is (t -+ 1/2) / 2 across both."""
        first = self.first // 2
        before = self.first - 2 * first
        after = (before + self.sums.shape[1]) % 2
        n, s, q, c = np.pad(self.sums, ((0, 0), (before, after)))
        d = np.resize([-0.5, 0.5], len(n))
        moved = np.stack(
            [
                n,
                (s + d * n) / 2,
                (q + 2 * d * s + d**2 * n) / 4,
                (c + 3 * d * q + 3 * d**2 * s + d**3 * n) / 8,
            ]
        )
        sums = moved[:, 0::2] + moved[:, 1::2]
        return replace(self, exponent=self.exponent + 1, first=first, sums=sums)


def _exponent(low: float, high: float, cells: int) -> int:
    """Of the narrowest cells of which so many hold all from low to high, none of them too fine."""
    finest = FINEST * np.spacing(max(abs(low), abs(high)))
    exponent = int(np.frexp(max(finest, high / cells - low / cells))[1]) - 1
    while _cell_of(high, exponent) - _cell_of(low, exponent) >= cells:
        exponent += 1
    return exponent


def _cell_of(values: ArrayLike, exponent: int) -> np.ndarray:
    """The cell each value lies in; one just below 0 does so even where its position rounds to 0."""
    whole = np.floor(np.ldexp(values, -exponent))
    return np.where((whole == 0) & (np.asarray(values) < 0), -1.0, whole)


def _cell_sums(
    column: np.ndarray, weight: np.ndarray | None, exponent: int, first: int, m: int
) -> np.ndarray:
    """(4, m) weighted sums of 1, t, t^2, t^3 in each cell."""
    sums = np.zeros((4, m))
    for begin in range(0, len(column), BLOCK):
        block = column[begin : begin + BLOCK]
        position = np.ldexp(block, -exponent)
        whole = _cell_of(block, exponent)
        position -= whole
        position -= 0.5
        cell = (whole - first).astype(np.intp)
        power = np.ones(len(cell)) if weight is None else weight[begin : begin + BLOCK].copy()
        for each in sums:
            each += np.bincount(cell, power, m)
            power *= position
    return sums
