"""The landscape: the log-likelihood over two parameters, as bands and lines of equal height."""

import numpy as np

from em_core.wording import log_likelihood, number
from explorer.charts import svg
from explorer.charts.contours import contour
from explorer.charts.ground import HEIGHT, WIDTH, Ground
from explorer.model.landscape import View

N_LEVELS = 10
DEEPEST = 0.9
"""The lowest line has this share of the heights above it."""
NEAREST = 0.5
"""The highest line lies at least so far below the top, in log-likelihood."""


def levels_of(heights: np.ndarray) -> np.ndarray:
    """(m,) heights to draw, the highest first: closer together near the top."""
    known = heights[np.isfinite(heights)]
    if not len(known):
        return np.empty(0)
    top = float(known.max())
    deepest = top - float(np.quantile(known, 1 - DEEPEST))
    nearest = min(NEAREST, deepest / 20)
    if not nearest > 0:
        return np.empty(0)
    return top - np.geomspace(nearest, deepest, N_LEVELS)


def landscape_picture(view: View, ground: Ground) -> str:
    """Bands, lines, the run's road, and what the top is."""
    heights = view.found.log_likelihoods
    levels = levels_of(heights)
    band = sum((heights >= level).astype(int) for level in levels) + np.zeros(heights.shape, int)
    parts = [ground.axes(view.run.problem.data)]
    for step in range(1, len(levels) + 1):
        path = ground.cells(np.isfinite(heights) & (band == step))
        if path:
            opacity = 0.06 + 0.5 * step / len(levels)
            parts.append(
                f'<path d="{path}" style="fill:{svg.ACCENT}" opacity="{opacity:.2f}" '
                'shape-rendering="crispEdges"/>'
            )
    parts += [_line(ground, heights, float(level)) for level in levels]
    parts.append(ground.road(view.run)[0])
    if np.isfinite(heights).any():
        top = np.unravel_index(int(np.nanargmax(heights)), heights.shape)
        ((x, y),) = ground.pixels(ground.xs[top[1]][None], ground.ys[top[0]][None])
        words = f"highest here: {log_likelihood(float(heights[top]), 6)}"
        parts.append(svg.dot(x, y, 4, svg.INK, hollow=True, tip=words))
    label = "The log-likelihood over two parameters, as lines of equal height."
    return svg.picture(WIDTH, HEIGHT, label, parts)


def _line(ground: Ground, heights: np.ndarray, level: float) -> str:
    segments = contour(heights, level)
    panel, (rows, columns) = ground.panel, heights.shape
    wide, high = (panel.right - panel.left) / columns, (panel.bottom - panel.top) / rows
    pieces = [
        f"M{panel.left + (c1 + 0.5) * wide:.1f},{panel.bottom - (r1 + 0.5) * high:.1f}"
        f"L{panel.left + (c2 + 0.5) * wide:.1f},{panel.bottom - (r2 + 0.5) * high:.1f}"
        for (r1, c1), (r2, c2) in segments.tolist()
    ]
    tip = f"<title>{number(level, digits=6)}</title>"
    return f'<path d="{"".join(pieces)}" fill="none" style="stroke:{svg.ACCENT}">{tip}</path>'
