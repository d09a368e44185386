"""An ending of EM as a small picture: the data, and the mixture that it is."""

from em_core import Optimum
from explorer.charts import svg
from explorer.charts.marks import portrait
from explorer.charts.sketch import Sketch
from explorer.charts.svg import Panel
from explorer.model.problem import FIRST_TWO, Data, Pair

WIDTH, HEIGHT, EDGE = 260, 150, 8


def ending(
    data: Data, sketch: Sketch, optimum: Optimum, pick: str, name: str, pair: Pair = FIRST_TWO
) -> str:
    """The picture; pick: what a click on it chooses, name: what is said of it; pair: as in
    `portrait`."""
    ground = svg.bar(0, 0, WIDTH, HEIGHT, svg.NEUTRAL, 0.06)
    marks = portrait(
        lambda x, y: Panel(EDGE, EDGE + 8, WIDTH - EDGE, HEIGHT - EDGE, x, y),
        data,
        sketch,
        optimum.mixture,
        pair,
    )
    return svg.picture(WIDTH, HEIGHT, name, [svg.chosen_by(ground + "".join(marks), pick, name)])
