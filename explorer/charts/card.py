"""A small picture of an ending, to tell it from others at a glance."""

import numpy as np

from em_core import GaussianMixture
from em_core.wording import log_likelihood
from explorer.charts import marks, svg
from explorer.charts.sketch import Sketch
from explorer.charts.svg import Panel
from explorer.model.problem import FIRST_TWO, Data, Pair

WIDTH, HEIGHT, FLOOR = 150, 74, 62
"""FLOOR: where the curves stand; the points lie below."""
HIGHEST = 6.0
"""Times the peak of one Gaussian over all points: what rises above is cut off."""
MAX_DOTS = 150


def card_picture(
    data: Data,
    sketch: Sketch,
    mixture: GaussianMixture,
    ending: float,
    pair: Pair = FIRST_TWO,
) -> str:
    """An <svg> of the components over the points; ending: the log-likelihood, for its label.

    Of more than two columns along a pair, of which the sketch is.
    """
    drawn = _line if data.n_features == 1 else _plane
    label = f"The components where the log-likelihood is {log_likelihood(ending)}."
    parts = drawn(data.seen(pair), sketch, marks.drawn(mixture, pair))
    return svg.picture(WIDTH, HEIGHT, label, parts)


def _line(data: Data, sketch: Sketch, mixture: GaussianMixture) -> list[str]:
    grid = marks.grid(data, mixture)
    joint = mixture.weights * np.exp(mixture.log_densities(grid))
    one = 1 / (np.sqrt(2 * np.pi) * float(data.points.std()))
    top = min(1.08 * float(joint.max()), HIGHEST * one)
    panel = Panel(2, 4, WIDTH - 2, FLOOR, marks.span(data), (0, top))
    shown = data.points[_some(sketch.columns), 0]
    return [
        svg.segment(2, FLOOR, WIDTH - 2, FLOOR, svg.GRID),
        *marks.components(panel, grid, mixture),
        *(svg.dot(float(x), FLOOR + 6, 2.2, svg.NEUTRAL) for x in panel.across(shown)),
    ]


def _plane(data: Data, sketch: Sketch, mixture: GaussianMixture) -> list[str]:
    panel = Panel(2, 2, WIDTH - 2, HEIGHT - 2, marks.span(data, 0), marks.span(data, 1))
    shown = data.points[_some(sketch.dots)]
    places = zip(panel.across(shown[:, 0]), panel.up(shown[:, 1]), strict=True)
    return [
        *(svg.dot(x, y, 1.4, svg.NEUTRAL, opacity=0.6) for x, y in places),
        *(marks.ellipse(panel, mixture, k, 2) for k in range(mixture.n_components)),
    ]


def _some(indices: np.ndarray) -> np.ndarray:
    """At most MAX_DOTS of them, evenly spaced."""
    return indices[:: max(1, -(-len(indices) // MAX_DOTS))]
