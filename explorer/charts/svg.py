"""Pictures as SVG text, for pages and printed reports that need no script to draw them.

Colours are the palette's CSS variables, so a picture follows the theme of the page it is in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

import numpy as np

from em_core.wording import number
from explorer.charts.palette import LIGHT

INK, MUTED, GRID, NEUTRAL, ACCENT, SURFACE = (
    f"var(--em-{name})" for name in ("ink", "muted", "grid", "neutral", "accent", "surface")
)

N_ENDINGS = len(LIGHT.endings)


def component(k: int) -> str:
    """The colour of component k (from 0)."""
    return f"var(--em-c{k + 1})"


def ending(place: int) -> str:
    """The colour of an ending (from 0); beyond the last all are alike."""
    return f"var(--em-e{place + 1})" if place < N_ENDINGS else MUTED


@dataclass(frozen=True)
class Panel:
    """A rectangle of pixels that shows ranges of x and y, both given as (from, to)."""

    left: float
    top: float
    right: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, values: np.ndarray | float) -> np.ndarray:
        """Pixels from the left for values of x."""
        low, high = self.x
        share = (np.asarray(values, dtype=float) - low) / (high - low)
        return self.left + share * (self.right - self.left)

    def up(self, values: np.ndarray | float) -> np.ndarray:
        """Pixels from the top for values of y."""
        low, high = self.y
        share = (np.asarray(values, dtype=float) - low) / (high - low)
        return self.bottom - share * (self.bottom - self.top)


def picture(width: float, height: float, label: str, parts: Iterable[str]) -> str:
    """The whole; label: what is to be seen, for those who do not."""
    return (
        f'<svg class="ex-picture" viewBox="0 0 {_p(width)} {_p(height)}" role="img" '
        f'aria-label="{escape(label)}" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def axes(
    panel: Panel,
    x_title: str = "",
    y_title: str = "",
    x_ticks: Sequence[float] | None = None,
    y_ticks: Sequence[float] | None = None,
) -> str:
    """Grid lines with their numbers, and the titles."""
    wide, high = panel.right - panel.left, panel.bottom - panel.top
    xs = ticks(*panel.x, max(2, int(wide // 80))) if x_ticks is None else list(x_ticks)
    ys = ticks(*panel.y, max(2, int(high // 32))) if y_ticks is None else list(y_ticks)
    parts = []
    for value, at in zip(ys, panel.up(np.array(ys)), strict=True):
        parts.append(segment(panel.left, at, panel.right, at, GRID))
        parts.append(words(panel.left - 6, at + 4, number(value), "end", MUTED))
    for value, at in zip(xs, panel.across(np.array(xs)), strict=True):
        parts.append(segment(at, panel.bottom, at, panel.bottom + 4, GRID))
        parts.append(words(at, panel.bottom + 17, number(value), "middle", MUTED))
    if x_title:
        middle = (panel.left + panel.right) / 2
        parts.append(words(middle, panel.bottom + 35, x_title, "middle", MUTED))
    if y_title:
        parts.append(words(panel.left, panel.top - 8, y_title, "start", MUTED))
    return "".join(parts)


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most so many round numbers from low to high, 1, 2 or 5 times a power of ten apart."""
    span = high - low
    if not span > 0:
        return [low]
    rough = span / most
    power = 10.0 ** floor(log10(rough))
    step = next(f * power for f in (1, 2, 5, 10) if f * power >= rough * (1 - 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [float(f"{i * step:.12g}") for i in range(first, last + 1)]


def line(
    panel: Panel,
    xs: np.ndarray,
    ys: np.ndarray,
    colour: str,
    width: float = 1.75,
    dash: str = "",
    opacity: float = 1,
) -> str:
    """A line through the points, cut off at the panel's edges."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{_path(panel, xs, ys)}" fill="none" style="stroke:{colour}" '
        f'stroke-width="{_p(width)}"{dashed}{_opacity(opacity)} stroke-linejoin="round"/>'
    )


def area(
    panel: Panel,
    xs: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    colour: str,
    opacity: float = 0.15,
) -> str:
    """What lies between two lines over the same xs."""
    outline = _path(panel, np.concatenate([xs, xs[::-1]]), np.concatenate([high, low[::-1]]))
    return f'<path d="{outline}Z" style="fill:{colour}"{_opacity(opacity)}/>'


def dot(
    x: float,
    y: float,
    radius: float,
    colour: str,
    hollow: bool = False,
    tip: str = "",
    pick: str = "",
    opacity: float = 1,
) -> str:
    """A dot at pixels; tip: shown under the pointer; pick: what a click on it chooses."""
    fill, stroke = ("none", colour) if hollow else (colour, SURFACE)
    events = ' pointer-events="all"' if hollow else ""
    circle = (
        f'<circle cx="{_p(x)}" cy="{_p(y)}" r="{_p(radius)}" style="fill:{fill};stroke:{stroke}" '
        f'stroke-width="{1.5 if hollow else 0.75}"{_opacity(opacity)}{events}>'
        f"{_tip(tip)}</circle>"
    )
    return chosen_by(circle, pick, tip) if pick else circle


def chosen_by(part: str, pick: str, name: str) -> str:
    """A part of the picture that a click or the Enter key chooses."""
    return (
        f'<g class="ex-pick" role="button" tabindex="0" data-pick="{escape(pick)}" '
        f'aria-label="{escape(name)}">{part}</g>'
    )


def shows(part: str, ghost: str, name: str) -> str:
    """A part that brings a `ghost` to light while the pointer or the focus is on it."""
    return (
        f'<g class="ex-shows" tabindex="0" role="img" data-of="{escape(ghost)}" '
        f'aria-label="{escape(name)}">{part}</g>'
    )


def ghost(part: str, name: str) -> str:
    """A part that is hidden until what `shows` it is looked at."""
    return f'<g data-ghost="{escape(name)}">{part}</g>'


def bar(left: float, top: float, right: float, bottom: float, colour: str, opacity: float) -> str:
    """A filled rectangle in pixels."""
    return (
        f'<rect x="{_p(left)}" y="{_p(top)}" width="{_p(max(0.0, right - left))}" '
        f'height="{_p(max(0.0, bottom - top))}" style="fill:{colour}"{_opacity(opacity)}/>'
    )


def segment(
    x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1, dash: str = ""
) -> str:
    """A straight line between two pixels."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{_p(x1)}" y1="{_p(y1)}" x2="{_p(x2)}" y2="{_p(y2)}" '
        f'style="stroke:{colour}" stroke-width="{_p(width)}"{dashed}/>'
    )


def words(
    x: float, y: float, text: str, anchor: str = "start", colour: str = INK, weight: int = 400
) -> str:
    """Text at a pixel, which is on its base line."""
    return (
        f'<text x="{_p(x)}" y="{_p(y)}" text-anchor="{anchor}" style="fill:{colour}" '
        f'font-weight="{weight}">{escape(text)}</text>'
    )


def badge(x: float, y: float, k: int) -> str:
    """The number of component k on its colour."""
    return (
        f'<circle cx="{_p(x)}" cy="{_p(y)}" r="9" style="fill:{component(k)};stroke:{SURFACE}"/>'
        f'<text x="{_p(x)}" y="{_p(y + 4)}" text-anchor="middle" font-size="11" '
        f'font-weight="700" style="fill:var(--em-on-c{k + 1})">{k + 1}</text>'
    )


def _path(panel: Panel, xs: np.ndarray, ys: np.ndarray) -> str:
    across = np.clip(panel.across(xs), panel.left - 1, panel.right + 1)
    up = np.clip(panel.up(ys), panel.top - 1, panel.bottom + 1)
    return "M" + "L".join(f"{_p(a)},{_p(b)}" for a, b in zip(across, up, strict=True))


def _p(pixels: float) -> str:
    """Pixels to a tenth."""
    return f"{float(pixels):.1f}".removesuffix(".0")


def _opacity(opacity: float) -> str:
    return "" if opacity == 1 else f' opacity="{opacity:g}"'


def _tip(tip: str) -> str:
    return f"<title>{escape(tip)}</title>" if tip else ""
