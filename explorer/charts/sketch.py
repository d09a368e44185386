"""What of the data is drawn: every point while that is legible, an honest summary beyond."""

from dataclasses import dataclass, replace

import numpy as np

from explorer.model.problem import Data

MAX_DOTS = 300
MAX_PLANE_DOTS = 1500
MAX_BARS = 60
STRIP_COLUMNS = 300
FEW_DOTS, WIDE, NARROW = 60, 0.022, 0.01
"""A dot's width as a part of the view, of up to so many dots and of more."""


@dataclass(frozen=True, eq=False)
class Histogram:
    """edges: (bins + 1,); density: (bins,), in points per point and unit, so its area is 1."""

    edges: np.ndarray
    density: np.ndarray

    @property
    def centres(self) -> np.ndarray:
        """(bins,) the middle of each bin."""
        return (self.edges[:-1] + self.edges[1:]) / 2


@dataclass(frozen=True, eq=False)
class Sketch:
    """What of n points is drawn.

    dots: indices of the points drawn one by one, in order of the first coordinate; levels: how
    high each is stacked so that equal ones do not hide each other (1-D); columns: indices of the
    points that stand in the responsibility bars, in order: of value, or in two dimensions along
    the data's main direction;
    lowest, highest: (d,) the data's range; histogram: where points are too many to draw (1-D).
    """

    n_points: int
    dots: np.ndarray
    levels: np.ndarray
    columns: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    histogram: Histogram | None

    @property
    def compact(self) -> bool:
        """Whether a column of the bars stands for many points."""
        return self.n_points > MAX_BARS

    @property
    def span(self) -> np.ndarray:
        """(d,) the width of the data on each axis; where all are equal, something to draw on."""
        width = self.highest - self.lowest
        return np.where(width > 0, width, np.maximum(np.abs(self.highest), 1.0) * 0.1)


def sketch(data: Data) -> Sketch:
    """Points beyond what is legible are thinned evenly by rank, or counted in bins (1-D)."""
    points = data.points
    order = np.argsort(_along(points), kind="stable")
    lowest, highest = points.min(axis=0), points.max(axis=0)
    crowded = data.n_features == 1 and data.n_points > MAX_DOTS
    dots = np.array([], dtype=int) if crowded else _spread(order, MAX_PLANE_DOTS)
    columns = order if data.n_points <= MAX_BARS else _spread(order, STRIP_COLUMNS)
    return Sketch(
        n_points=data.n_points,
        dots=dots,
        levels=np.zeros(len(dots), dtype=int),
        columns=columns,
        lowest=lowest,
        highest=highest,
        histogram=_histogram(points[:, 0], data.counts) if crowded else None,
    )


def stacked(sketch: Sketch, data: Data, view: tuple[float, float]) -> Sketch:
    """The same, the dots of a line stacked where they would overlap in this view."""
    width = (view[1] - view[0]) * (WIDE if len(sketch.dots) <= FEW_DOTS else NARROW)
    return replace(sketch, levels=_levels(data.points[sketch.dots, 0], width))


def digits_to_tell_apart(lowest: np.ndarray, highest: np.ndarray) -> int:
    """Significant digits that give four across the data's range, however far off zero it lies."""
    size, width = np.maximum(np.abs(lowest), np.abs(highest)), highest - lowest
    ratio = float(np.max(np.divide(size, width, out=np.ones_like(size), where=width > 0)))
    return int(np.clip(np.ceil(np.log10(max(ratio, 1.0))) + 4, 4, 16))


def _spread(order: np.ndarray, most: int) -> np.ndarray:
    """At most `most` of the ordered points, at evenly spaced ranks."""
    if len(order) <= most:
        return order
    return order[((np.arange(most) + 0.5) * len(order) / most).astype(int)]


def _along(points: np.ndarray) -> np.ndarray:
    """(n,) what to order points by: their value, or their place on the main axis of the data,
    which for two standardised coordinates is their sum or, when they fall together, difference."""
    if points.shape[1] == 1:
        return points[:, 0]
    centred = points - points.mean(axis=0)
    sds = centred.std(axis=0)
    standard = centred / np.where(sds > 0, sds, 1.0)
    together = (standard[:, 0] * standard[:, 1]).mean() >= 0
    return standard[:, 0] + (1 if together else -1) * standard[:, 1]


def _levels(values: np.ndarray, width: float) -> np.ndarray:
    """Stack sorted values that fall on the same dot: 0 for the first, 1 for the next, …"""
    levels = np.zeros(len(values), dtype=int)
    for i in range(1, len(values)):
        if values[i] - values[i - levels[i - 1] - 1] < width:
            levels[i] = levels[i - 1] + 1
    return levels


def _histogram(values: np.ndarray, often: np.ndarray | None) -> Histogram:
    """Bins by Freedman and Diaconis' rule, between 20 and 120 of them."""
    lowest, highest = float(values.min()), float(values.max())
    quartiles = np.quantile(values, [0.25, 0.75])
    width = 2 * float(quartiles[1] - quartiles[0]) / len(values) ** (1 / 3)
    bins = int(np.clip((highest - lowest) / width, 20, 120)) if width > 0 else 60
    counts, edges = np.histogram(values, bins=bins, weights=often)
    return Histogram(edges, counts / (counts.sum() * np.diff(edges)))
