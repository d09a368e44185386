"""Pictures for practising, as SVG: what is given, and what has been earned.

Colours are the page's CSS variables, so the picture is right in light, in dark and on paper.
"""

from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

import numpy as np

from em_core import GaussianMixture
from em_core.wording import number

WIDTH, HEIGHT, LOW = 480, 270, 212
"""LOW: the height without shares."""
LEFT, RIGHT, TOP, BASE = 10, 470, 26, 186
"""The frame of the curves; below BASE are the axis and the points with their shares."""
BAR_TOP, BAR_HEIGHT, BAR_WIDTH, BAR_GAP = 224, 42, 18, 24
MARGIN = 0.08
TICKS = 6
EVEN, NEAR = 160, np.linspace(-4, 4, 65)
"""Where a curve is drawn: evenly, and closely about its mean, in σ."""


@dataclass(frozen=True, eq=False)
class Earned:
    """What may be drawn. points (n,); mixture: in force; shares: for each point (K,) or None where
    they are not known, and empty where no shares are drawn; made: for each component its new
    weight, mean and variance, or None."""

    points: np.ndarray
    mixture: GaussianMixture
    shares: tuple[np.ndarray | None, ...]
    made: tuple[tuple[float, float, float] | None, ...]


@cache
def rules() -> str:
    """The CSS that these pictures are drawn with, in the palette's variables."""
    return Path(__file__).with_name("earned.css").read_text(encoding="utf-8")


def earned_picture(earned: Earned, title: str, view: "View | None" = None) -> str:
    """An <svg> of the curves in force, the new ones, and each point with its shares.

    view: as of another picture that this one is to be compared with.
    """
    view = view or View.of(earned)
    body = [
        _axis(view),
        *(_curve(view, earned.mixture, k, any(earned.made)) for k in range(view.K)),
        *(_new_curve(view, k, made) for k, made in enumerate(earned.made) if made),
        *(_dot(view.x(x)) for x in earned.points),
        *map(_bars, map(view.x, earned.points), _places(view, earned.points), earned.shares),
    ]
    height = HEIGHT if earned.shares else LOW
    return (
        f'<svg class="ex-earned" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(_said(earned, title))}">{"".join(body)}</svg>'
    )


@dataclass(frozen=True)
class View:
    """How values become places: x from low to high, densities from 0 to top."""

    low: float
    high: float
    top: float
    K: int

    @classmethod
    def of(cls, earned: Earned) -> "View":
        """Every point, every mean ± 2σ and the highest peak are in view."""
        means, sds = earned.mixture.means[:, 0], np.sqrt(earned.mixture.variances)
        low = min(earned.points.min(), float((means - 2 * sds).min()))
        high = max(earned.points.max(), float((means + 2 * sds).max()))
        edge = MARGIN * (high - low)
        peaks = [
            w / np.sqrt(2 * np.pi * v) for w, v in zip(earned.mixture.weights, sds**2, strict=True)
        ]
        peaks += [made[0] / np.sqrt(2 * np.pi * made[2]) for made in earned.made if made]
        return cls(low - edge, high + edge, 1.12 * float(max(peaks)), len(means))

    def to_dict(self) -> dict[str, float]:
        """What a script needs to put a mark on the picture."""
        return {
            "low": self.low,
            "high": self.high,
            "left": LEFT,
            "right": RIGHT,
            "top": TOP,
            "base": BASE,
        }

    def x(self, value: float) -> float:
        """Pixels from the left of a value, in the data's unit."""
        return LEFT + (RIGHT - LEFT) * (value - self.low) / (self.high - self.low)

    def y(self, density: float) -> float:
        """Pixels from the top of a density, per unit of the data."""
        return BASE - (BASE - TOP) * density / self.top


def _axis(view: View) -> str:
    step = _nice((view.high - view.low) / TICKS)
    ticks = np.arange(np.ceil(view.low / step), np.floor(view.high / step) + 1) * step
    labels = "".join(
        f'<line class="ex-tick" x1="{view.x(t):.1f}" x2="{view.x(t):.1f}" y1="{BASE}" '
        f'y2="{BASE + 4}"/><text x="{view.x(t):.1f}" y="{BASE + 17}">{number(round(t, 10))}</text>'
        for t in ticks
    )
    return f'<line class="ex-axis" x1="{LEFT}" x2="{RIGHT}" y1="{BASE}" y2="{BASE}"/>{labels}'


def _nice(step: float) -> float:
    """1, 2 or 5 times a power of ten, at least `step`."""
    power = 10 ** np.floor(np.log10(step))
    return float(next(m * power for m in (1, 2, 5, 10) if m * power >= step))


def _curve(view: View, mixture: GaussianMixture, k: int, old: bool) -> str:
    values = (
        float(array[k]) for array in (mixture.weights, mixture.means[:, 0], mixture.variances)
    )
    line, badge = _bell(view, k, *values)
    return (
        f'<polyline class="ex-curve ex-old ex-c{k + 1}" points="{line}"/>'
        if old
        else (f'<polyline class="ex-curve ex-c{k + 1}" points="{line}"/>{badge}')
    )


def _new_curve(view: View, k: int, made: tuple[float, float, float]) -> str:
    line, badge = _bell(view, k, *made)
    return f'<polyline class="ex-curve ex-c{k + 1}" points="{line}"/>{badge}'


def _bell(view: View, k: int, weight: float, mean: float, variance: float) -> tuple[str, str]:
    """w N(x | μ, σ²) as a polyline's points, and the component's badge at its peak."""
    sd = np.sqrt(variance)
    places = np.union1d(np.linspace(view.low, view.high, EVEN), mean + sd * NEAR)
    places = places[(places >= view.low) & (places <= view.high)]
    peak = weight / (sd * np.sqrt(2 * np.pi))
    heights = peak * np.exp(-(((places - mean) / sd) ** 2) / 2)
    line = " ".join(
        f"{view.x(x):.1f},{view.y(y):.1f}" for x, y in zip(places, heights, strict=True)
    )
    return line, _badge(view.x(mean), view.y(peak), k)


def _badge(x: float, y: float, k: int) -> str:
    return (
        f'<g class="ex-badge ex-c{k + 1}"><circle cx="{x:.1f}" cy="{y - 13:.1f}" r="9"/>'
        f'<text x="{x:.1f}" y="{y - 8.7:.1f}">{k + 1}</text></g>'
    )


def _places(view: View, points: np.ndarray) -> np.ndarray:
    """(n,) where the bars stand: under their points, or beside each other where those are close."""
    order = np.argsort(points, kind="stable")
    ranks = np.arange(len(points)) * BAR_GAP
    # the closest non-decreasing places: the average of the running largest and smallest offsets
    offsets = np.array([view.x(x) for x in points[order]]) - ranks
    above = np.maximum.accumulate(offsets)
    below = np.minimum.accumulate(offsets[::-1])[::-1]
    places = np.empty(len(points))
    places[order] = (above + below) / 2 + ranks
    beyond = max(0.0, float(places.max()) + BAR_WIDTH / 2 - RIGHT)
    return places - beyond


def _dot(at: float) -> str:
    return f'<circle class="ex-datum" cx="{at:.1f}" cy="{BASE}" r="4.5"/>'


def _bars(at: float, place: float, shares: np.ndarray | None) -> str:
    """The bar of a point's shares, led to from the point."""
    left = place - BAR_WIDTH / 2
    lead = f'<path class="ex-lead" d="M{at:.1f},{BASE + 6}V{BASE + 22}L{place:.1f},{BAR_TOP}"/>'
    frame = (
        f'<rect class="ex-frame" x="{left:.1f}" y="{BAR_TOP}" width="{BAR_WIDTH}" '
        f'height="{BAR_HEIGHT}"/>'
    )
    if shares is None:
        return f'{lead}{frame}<text x="{place:.1f}" y="{BAR_TOP + 22}">?</text>'
    bars, bottom = [], float(BAR_TOP + BAR_HEIGHT)
    for k, share in enumerate(shares):
        height = BAR_HEIGHT * float(share)
        bottom -= height
        bars.append(
            f'<rect class="ex-share-bar ex-c{k + 1}" x="{left:.1f}" y="{bottom:.1f}" '
            f'width="{BAR_WIDTH}" height="{height:.1f}"/>'
        )
    return f"{lead}{''.join(bars)}{frame}"


def _said(earned: Earned, title: str) -> str:
    words = f"{title}: {len(earned.points)} points and the curves of {len(earned.made)} components."
    if earned.shares:
        known = sum(shares is not None for shares in earned.shares)
        moved = sum(made is not None for made in earned.made)
        words += (
            f" Responsibilities are drawn for {known} points, new curves for {moved} components."
        )
    return words


def scatter_picture(points: np.ndarray, title: str) -> str:
    """An <svg> of points (n, 2), both axes to the same scale."""
    middle, span = (points.max(axis=0) + points.min(axis=0)) / 2, np.ptp(points, axis=0)
    scale = 0.9 * min(WIDTH / span[0], HEIGHT / span[1])
    places = (points - middle) * scale * [1, -1] + [WIDTH / 2, HEIGHT / 2]
    dots = "".join(
        f'<circle class="ex-datum" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in places
    )
    said = f"{title}: {len(points)} points in the plane."
    return (
        f'<svg class="ex-earned" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(said)}">{dots}</svg>'
    )
