"""The dial: where the means are at each temperature, hot on the left, cold on the right."""

import numpy as np

from em_core.wording import number
from explorer.charts import svg
from explorer.charts.marks import axis_name, span
from explorer.charts.svg import Panel
from explorer.model.dialing import Turning

WIDTH, HEIGHT = 480, 340
LEFT, RIGHT, TOP, BOTTOM = 62, 46, 54, 44
FROM_COLDEST = 30
"""Pixels from the coldest temperature above 0 to 0 itself."""


def dial_picture(turning: Turning, axis: int = 0) -> str:
    """Means on one axis against the temperature, with how many are different above."""
    data = turning.run.problem.data
    panel = _panel(turning, span(data, axis))
    settled = turning.settled
    xs = np.array([_across(panel, setting.temperature) for setting in settled])
    parts = [_axes(panel, turning), *_named(panel, turning)]
    parts.append(svg.words(4, 14, axis_name(data, axis), "start", svg.MUTED))
    for k in range(turning.start.n_components):
        ys = panel.up(np.array([setting.mixture.means[k, axis] for setting in settled]))
        ys = np.clip(ys, panel.top, panel.bottom)
        line = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
        parts.append(
            f'<path d="{line}" fill="none" style="stroke:{svg.component(k)}" stroke-width="2"/>'
        )
        tip = f"component {k + 1}"
        parts += [
            svg.dot(x, y, 2.2, svg.component(k), tip=f"{tip} at {number(s.temperature)}")
            for x, y, s in zip(xs, ys, settled, strict=True)
        ]
        if len(xs):
            parts.append(svg.badge(xs[-1] + 16, ys[-1], k))
    parts += _counts(xs, turning)
    label = "The components' means against the temperature, from hot to cold."
    return svg.picture(WIDTH, HEIGHT, label, parts)


def _panel(turning: Turning, y: tuple[float, float]) -> Panel:
    """Its x is minus the logarithm of the temperature: from hot to cold."""
    every = [s.temperature for s in turning.settled] + list(turning.left)
    warm = [t for t in every if t > 0]
    ends = (-float(np.log10(max(warm))), -float(np.log10(min(warm))))
    return Panel(LEFT, TOP, WIDTH - RIGHT - FROM_COLDEST, HEIGHT - BOTTOM, ends, y)


def _across(panel: Panel, temperature: float) -> float:
    if temperature == 0:
        return panel.right + FROM_COLDEST
    return float(panel.across(-np.log10(temperature)))


def _axes(panel: Panel, turning: Turning) -> str:
    parts = []
    for value, at in ((v, float(panel.up(v))) for v in svg.ticks(*panel.y, 7)):
        parts.append(svg.segment(panel.left, at, panel.right + FROM_COLDEST, at, svg.GRID))
        parts.append(svg.words(panel.left - 6, at + 4, number(value), "end", svg.MUTED))
    powers = range(int(np.floor(-panel.x[1])), int(np.ceil(-panel.x[0])) + 1)
    for temperature in [f * 10.0**p for p in powers for f in (1, 2, 5)] + [0.0]:
        at = _across(panel, temperature)
        beside_zero = 0 < panel.right + FROM_COLDEST - at < FROM_COLDEST
        if panel.left - 1 <= at <= panel.right + FROM_COLDEST and not beside_zero:
            parts.append(svg.segment(at, panel.bottom, at, panel.bottom + 4, svg.MUTED))
            words = number(temperature)
            parts.append(svg.words(at, panel.bottom + 17, words, "middle", svg.MUTED))
    middle = (panel.left + panel.right) / 2
    words = "temperature, from hot to cold"
    parts.append(svg.words(middle, HEIGHT - 8, words, "middle", svg.MUTED))
    return "".join(parts)


def _named(panel: Panel, turning: Turning) -> list[str]:
    """The two places with a name, and where theory has the first split."""
    parts = []
    for temperature, name in ((1.0, "EM"), (0.0, "hard")):
        at = _across(panel, temperature)
        parts.append(svg.segment(at, panel.top, at, panel.bottom, svg.ACCENT, 1, "4 3"))
        parts.append(svg.words(at, panel.top - 4, name, "middle", svg.ACCENT, 600))
    if turning.splits != 1:
        at = _across(panel, turning.splits)
        parts.append(svg.segment(at, panel.top, at, panel.bottom, svg.MUTED, 1, "1 3"))
        parts.append(svg.words(at, panel.top - 4, "split", "middle", svg.MUTED))
    return parts


def _counts(xs: np.ndarray, turning: Turning) -> list[str]:
    """How many components are different, where that changes."""
    parts, before = [], 0
    for x, setting in zip(xs, turning.settled, strict=True):
        if setting.n_different != before:
            words = f"{setting.n_different} left"
            parts.append(svg.words(x, TOP - 18, words, "middle", svg.INK, 600))
            before = setting.n_different
    return parts
