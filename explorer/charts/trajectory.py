"""The run so far and to come: parameters and log-likelihood against iteration."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from em_core import Frame, Trace
from explorer.charts.layout import Figure, axis, escape, layout, with_unit
from explorer.charts.palette import LIGHT
from explorer.model.problem import Data

Spread = Literal["variance", "sd"]

SVG_POINTS = 1800
PANELS = 4


@dataclass(frozen=True)
class Panel:
    """One small chart. curves: (T + 1, K), a column for each component.

    quantity: what the curves are and on which axis, as the browser looks it up.
    """

    title: str
    curves: np.ndarray
    quantity: tuple[str, int] = ("", 0)
    logarithmic: bool = False


def trajectory_figure(
    data: Data, trace: Trace, half_step: int, spread: Spread = "variance", columns: int = 4
) -> Figure:
    """Weights, means, spreads (in two dimensions both means) and log-likelihood, side by side.

    A long run is thinned to what can be told apart. `columns` is 4, or 2 for a narrow page.
    """
    K = trace.weights.shape[1]
    panels = _panels(data, trace, spread)
    steps = thinned(len(trace.mixtures), SVG_POINTS // (len(panels) * K + 2))
    here = trace.frame(half_step)
    traces = []
    for place, panel in enumerate(panels, start=1):
        traces += [_curve(panel, k, steps, place) for k in range(K)]
        traces.append(_badges(panel, here.n_iter, place))
    traces += [_lower_bound(trace, steps), _log_likelihood(trace, steps)]
    traces.append(_here(here))
    return {
        "data": traces,
        "layout": layout(
            "trajectory",
            dragmode=False,
            margin={"l": 52, "r": 14, "t": 30, "b": 42},
            **_axes([*panels, _likelihood_panel(trace)], len(trace.mixtures) - 1, columns),
        ),
    }


def thinned(n: int, most: int) -> np.ndarray:
    """Iterations to draw: the first ones all, then evenly; always the last."""
    if n <= most:
        return np.arange(n)
    first = most // 3
    return np.unique(
        np.concatenate([np.arange(first), np.linspace(first, n - 1, most - first).round()])
    ).astype(int)


def _panels(data: Data, trace: Trace, spread: Spread) -> list[Panel]:
    units = [escape(unit) for unit in data.units]
    weights = Panel("weights", trace.weights, ("weight", 0))
    if data.n_features > 1:
        names = [escape(name) for name in data.columns]
        return [weights] + [
            Panel(with_unit(f"mean {names[j]}", units[j]), trace.means[:, :, j], ("mean", j))
            for j in (0, 1)
        ]
    spreads = trace.covariances[:, :, 0, 0]
    title, unit = "variances σ²", f"{units[0]}²" if units[0] else ""
    if spread == "sd":
        spreads, title, unit = np.sqrt(spreads), "std. deviations σ", units[0]
    uneven = bool(spreads.max() > 1000 * spreads.min() > 0)
    return [
        weights,
        Panel(with_unit("means μ", units[0]), trace.means[:, :, 0], ("mean", 0)),
        Panel(
            with_unit(title, ", ".join(filter(None, [unit, uneven * "log"]))),
            spreads,
            (spread, 0),
            uneven,
        ),
    ]


def _likelihood_panel(trace: Trace) -> Panel:
    return Panel("log-likelihood", np.asarray(trace.log_likelihoods)[:, None])


def _curve(panel: Panel, k: int, steps: np.ndarray, place: int) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "meta": {"role": "history", "k": k},
        "name": f"component {k + 1}",
        "x": steps.tolist(),
        "y": panel.curves[steps, k].tolist(),
        "xaxis": f"x{place}",
        "yaxis": f"y{place}",
        "line": {"color": LIGHT.components[k], "width": 1.75},
        "hoverinfo": "skip",
    }


def _badges(panel: Panel, iteration: int, place: int) -> Figure:
    K = panel.curves.shape[1]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "meta": {"role": "badges", "quantity": list(panel.quantity)},
        "x": [iteration] * K,
        "y": panel.curves[iteration].tolist(),
        "xaxis": f"x{place}",
        "yaxis": f"y{place}",
        "cliponaxis": False,
        "text": [str(k + 1) for k in range(K)],
        "textfont": {"size": 10, "color": list(LIGHT.on_components[:K])},
        "marker": {
            "size": 15,
            "color": list(LIGHT.components[:K]),
            "line": {"color": LIGHT.surface, "width": 1},
        },
        "hoverinfo": "skip",
    }


def _log_likelihood(trace: Trace, steps: np.ndarray) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "meta": {"role": "log_likelihood"},
        "name": "log-likelihood",
        "x": steps.tolist(),
        "y": np.asarray(trace.log_likelihoods)[steps].tolist(),
        "xaxis": f"x{PANELS}",
        "yaxis": f"y{PANELS}",
        "line": {"color": LIGHT.ink, "width": 1.75},
        "hoverinfo": "skip",
    }


def _lower_bound(trace: Trace, steps: np.ndarray) -> Figure:
    """The ELBO: the E-step lifts it to the log-likelihood, the M-step lifts both."""
    later = steps[steps > 0]
    x = np.stack([later - 0.5, later], axis=1).ravel()
    after_e = np.asarray(trace.log_likelihoods)[later - 1]
    after_m = np.asarray(trace.lower_bounds)[later - 1]
    return {
        "type": "scatter",
        "mode": "lines",
        "meta": {"role": "lower_bound"},
        "name": "lower bound (ELBO)",
        "x": x.tolist(),
        "y": np.stack([after_e, after_m], axis=1).ravel().tolist(),
        "xaxis": f"x{PANELS}",
        "yaxis": f"y{PANELS}",
        "line": {"color": LIGHT.muted, "width": 1.25, "dash": "3px,2px"},
        "hoverinfo": "skip",
    }


def _here(frame: Frame) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "meta": {"role": "here"},
        "x": [frame.half_step / 2],
        "y": [frame.log_likelihood],
        "xaxis": f"x{PANELS}",
        "yaxis": f"y{PANELS}",
        "cliponaxis": False,
        "marker": {"size": 9, "color": LIGHT.ink, "line": {"color": LIGHT.surface, "width": 1}},
        "hoverinfo": "skip",
    }


def _axes(panels: list[Panel], last: int, columns: int) -> Figure:
    """Axis pairs and titles of the panels, laid out in rows of `columns`."""
    rows = PANELS // columns
    gap = 0.065 if columns == PANELS else 0.16
    width = (1 - gap * (columns - 1)) / columns
    row_gap = 0.3 if rows > 1 else 0.0
    height = (1 - row_gap * (rows - 1)) / rows
    entries: Figure = {"annotations": []}
    for i, panel in enumerate(panels):
        row, column = divmod(i, columns)
        left = column * (width + gap)
        bottom = 1 - (row + 1) * height - row * row_gap
        place = i + 1
        entries[f"xaxis{place}"] = axis(
            "iteration",
            domain=[left, left + width],
            anchor=f"y{place}",
            range=[-0.04 * max(last, 1), 1.04 * max(last, 1)],
            fixedrange=True,
            showgrid=False,
            tickformat="d",
            **({"dtick": 1} if last <= 5 else {"nticks": 5}),
        )
        entries[f"yaxis{place}"] = axis(
            domain=[bottom, bottom + height],
            anchor=f"x{place}",
            fixedrange=True,
            nticks=4,
            **_value_axis(panel),
        )
        entries["annotations"].append(_title(panel.title, left, bottom + height))
    return entries


def _value_axis(panel: Panel) -> Figure:
    low, high = float(np.min(panel.curves)), float(np.max(panel.curves))
    if panel.logarithmic:
        low, high = np.log10(low), np.log10(high)
        return {"type": "log", "range": [low - 0.15, high + 0.15], "tickformat": "~g"}
    margin = 0.08 * (high - low) or 0.05 * max(abs(high), 1e-300)
    size = max(abs(low), abs(high))
    wide = 1e4 <= size < 1e15 and high - low > 0.01 * size
    return {"range": [low - margin, high + margin], **({"tickformat": "~s"} if wide else {})}


def _title(text: str, x: float, y: float) -> Figure:
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": x,
        "y": y,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 6,
        "showarrow": False,
        "font": {"size": 12, "color": LIGHT.muted},
    }
