"""The run so far and to come: the axes of parameters and log-likelihood against iteration."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from em_core import Trace
from explorer.charts.layout import Layout, axis, escape, layout, product, squared
from explorer.model.problem import Data

Spread = Literal["variance", "sd"]

PANEL, GAP = 134, 66
"""The height of a panel and of what lies between two, in CSS pixels."""
MARGIN = {"l": 52, "r": 14, "t": 30, "b": 42}


@dataclass(frozen=True, eq=False)
class Panel:
    """One small chart. curves: (T + 1, K), a column for each component.

    word, unit: what its title is made of, the unit left out where room is short;
    quantity: what the curves are and on which axis of the data, as the browser looks it up.
    """

    word: str
    unit: str
    curves: np.ndarray
    quantity: tuple[str, int]
    logarithmic: bool = False


def panels(data: Data, trace: Trace, spread: Spread = "variance") -> list[Panel]:
    """Weights, means, spreads and, in two dimensions, covariances."""
    units = [escape(unit) for unit in data.units]
    plane = data.n_features > 1
    between = [_covariances(units, trace)] if plane else []
    return [
        Panel("weights", "", trace.weights, ("weight", 0)),
        *(_means(unit, j, trace, plane) for j, unit in enumerate(units)),
        *(_spreads(unit, j, trace, plane, spread) for j, unit in enumerate(units)),
        *between,
    ]


def trajectory_layout(
    trace: Trace, shown: list[Panel], beside: float | None = None, columns: int = 4
) -> Layout:
    """The axes of each panel, then those of the log-likelihood, side by side in rows.

    beside: a log-likelihood that is to be in view with those of the run.
    """
    likelihood = _likelihood(trace, *([] if beside is None else [beside]))
    last = len(trace.mixtures) - 1
    places = _places(len(shown) + 1, columns)
    layouts = [
        _panel_axes(panel, i, place, last)
        for i, (panel, place) in enumerate(zip([*shown, likelihood], places, strict=True), start=1)
    ]
    rows = -(-len(places) // columns)
    return layout(
        "trajectory",
        dragmode=False,
        height=MARGIN["t"] + MARGIN["b"] + rows * PANEL + (rows - 1) * GAP,
        margin=MARGIN,
        **{name: entry for each in layouts for name, entry in each.items()},
    )


def titles(trace: Trace, shown: list[Panel]) -> list[tuple[str, str]]:
    """Word and unit of each panel's title, the log-likelihood's last."""
    return [(panel.word, panel.unit) for panel in [*shown, _likelihood(trace)]]


def _likelihood(trace: Trace, *beside: float) -> Panel:
    values = np.append(trace.log_likelihoods, beside)
    return Panel("log-likelihood", "", values[:, None], ("", 0))


def _means(unit: str, j: int, trace: Trace, plane: bool) -> Panel:
    word = f"means {'xy'[j]}" if plane else "means μ"
    return Panel(word, unit, trace.means[:, :, j], ("mean", j))


def _spreads(unit: str, j: int, trace: Trace, plane: bool, spread: Spread) -> Panel:
    variances = trace.covariances[:, :, j, j]
    if spread == "sd":
        curves, letter, word = np.sqrt(variances), "σ", "std. deviation"
    else:
        curves, letter, word, unit = variances, "σ²", "variance", squared(unit)
    uneven = bool(curves.max() > 1000 * curves.min() > 0)
    unit = ", ".join(filter(None, [unit, uneven * "log"]))
    word = f"{letter} {'xy'[j]}" if plane else f"{word}s {letter}"
    return Panel(word, unit, curves, (spread, j), uneven)


def _covariances(units: list[str], trace: Trace) -> Panel:
    unit = product(*units)
    return Panel("covariances", unit, trace.covariances[:, :, 0, 1], ("covariance", 0))


def _places(count: int, columns: int) -> list[tuple[float, float, float, float]]:
    """left, right, bottom, top of each panel as parts of the whole, row by row; the last one takes
    what its row has left."""
    rows = -(-count // columns)
    gap = 0.085 if columns > 2 else 0.16
    width = (1 - gap * (columns - 1)) / columns
    height = PANEL / (rows * PANEL + (rows - 1) * GAP)
    step = (PANEL + GAP) / (rows * PANEL + (rows - 1) * GAP)
    places = []
    for i in range(count):
        row, column = divmod(i, columns)
        left, top = column * (width + gap), 1 - row * step
        right = 1.0 if i == count - 1 else left + width
        places.append((left, right, max(0.0, top - height), top))
    return places


def _panel_axes(
    panel: Panel, place: int, where: tuple[float, float, float, float], last: int
) -> Layout:
    left, right, bottom, top = where
    number = "" if place == 1 else place
    return {
        f"xaxis{number}": axis(
            "iteration",
            domain=[left, right],
            anchor=f"y{number}",
            range=[-0.04 * max(last, 1), 1.04 * max(last, 1)],
            fixedrange=True,
            showgrid=False,
            tickformat="d",
            **({"dtick": 1} if last <= 5 else {"nticks": 5}),
        ),
        f"yaxis{number}": axis(
            domain=[bottom, top],
            anchor=f"x{number}",
            fixedrange=True,
            nticks=4,
            **_value_axis(panel),
        ),
    }


def _value_axis(panel: Panel) -> Layout:
    low, high = float(np.min(panel.curves)), float(np.max(panel.curves))
    if panel.logarithmic:
        low, high = np.log10(low), np.log10(high)
        return {"type": "log", "range": [low - 0.15, high + 0.15], "tickformat": "~g"}
    margin = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    size = max(abs(low), abs(high))
    wide = 1e4 <= size < 1e15 and high - low > 0.01 * size
    return {"range": [low - margin, high + margin], **({"tickformat": "~s"} if wide else {})}
