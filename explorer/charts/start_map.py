"""The map of starts: each cell a start, coloured by where EM ends from there."""

from dataclasses import dataclass
from html import escape

import numpy as np

from em_core import StartMap
from em_core.wording import log_likelihood, percent
from explorer.charts import svg
from explorer.charts.ground import HEIGHT, WIDTH, Ground
from explorer.charts.marks import portrait
from explorer.charts.sketch import Sketch
from explorer.charts.svg import Panel
from explorer.model.problem import FIRST_TWO, Pair
from explorer.model.runs import Run
from explorer.model.search import verdict_on

SHADES = (1.0, 0.8, 0.62, 0.46, 0.32)
"""How strongly a cell is coloured: the quickest fifth of the starts most."""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BESIDE, EDGE = 132, 6


@dataclass(frozen=True)
class Kind:
    """Starts that end alike: at the same ending and, where labels are told apart, with the
    components in the same order."""

    ending: int
    order: int
    letter: str


def kinds_of(found: StartMap, told_apart: bool) -> tuple[tuple[Kind, ...], np.ndarray]:
    """The kinds, and which of them each cell is; -1 where there is no start."""
    order = found.labelling if told_apart else np.zeros_like(found.labelling)
    pairs = np.unique(
        np.column_stack([found.ending.ravel(), order.ravel()]), axis=0, return_inverse=True
    )
    kinds: list[Kind] = []
    numbers: list[int] = []
    for ending, its_order in pairs[0].tolist():
        numbers.append(-1 if ending < 0 else len(kinds))
        if ending >= 0:
            several = int((pairs[0][:, 0] == ending).sum()) > 1
            letter = LETTERS[ending % len(LETTERS)] + str(its_order + 1) * several
            kinds.append(Kind(ending, its_order, letter))
    which = np.array(numbers)[pairs[1].ravel()].reshape(found.ending.shape)
    return tuple(kinds), which


def start_map(
    run: Run,
    ground: Ground,
    found: StartMap,
    told_apart: bool,
    sketch: Sketch,
    pair: Pair = FIRST_TWO,
) -> str:
    """The picture; below it the ending of the cell that is looked at; pair: as in `portrait`."""
    kinds, which = kinds_of(found, told_apart)
    shades = _shades(found)
    parts = []
    for place, kind in enumerate(kinds):
        colour = svg.MUTED if _failed(found, kind) else svg.ending(place)
        for shade, opacity in enumerate(SHADES):
            path = ground.cells((which == place) & (shades == shade))
            if path:
                parts.append(
                    f'<path d="{path}" style="fill:{colour}" opacity="{opacity:g}" '
                    'shape-rendering="crispEdges"/>'
                )
    ghosts = [
        svg.ghost(_beside(run, found, kind, place, which, sketch, pair), str(place))
        for place, kind in enumerate(kinds)
    ]
    label = f"Where EM ends from {which.size} starts: {len(kinds)} kinds of ending."
    inside = [*parts, ground.road(run)[0]]
    return svg.picture(
        WIDTH, HEIGHT + BESIDE, label, [ground.axes(run.problem.data), *inside, *ghosts]
    )


def in_words(found: StartMap, kind: Kind, which: np.ndarray, place: int) -> str:
    """What a kind of ending is: 'B: −212.14, 31 % of these starts.'"""
    ending = found.endings[kind.ending]
    height = log_likelihood(ending.log_likelihood, 6)
    if ending.outcome in ("collapsed", "empty"):
        height = ending.outcome
    share = percent(float((which == place).mean()), digits=2)
    return f"{kind.letter}: {height}, {share} of these starts"


def _failed(found: StartMap, kind: Kind) -> bool:
    return found.endings[kind.ending].outcome in ("collapsed", "empty")


def _shades(found: StartMap) -> np.ndarray:
    """(rows, columns) how long EM takes, as a place among SHADES."""
    edges = np.quantile(found.iterations, np.linspace(0, 1, len(SHADES) + 1)[1:-1])
    return np.searchsorted(edges, found.iterations, side="left")


def _beside(
    run: Run,
    found: StartMap,
    kind: Kind,
    place: int,
    which: np.ndarray,
    sketch: Sketch,
    pair: Pair,
) -> str:
    """The ending itself, small, and what is said of it."""
    top = HEIGHT + 4
    colour = svg.MUTED if _failed(found, kind) else svg.ending(place)
    optimum = found.endings[kind.ending]
    words = svg.words(250, top + 30, in_words(found, kind, which, place), weight=600)
    said = verdict_on(optimum).partition(". ")[0].removesuffix(".") + "."
    lines = [
        f'<foreignObject x="250" y="{top + 38}" width="226" height="86"><p xmlns='
        f'"http://www.w3.org/1999/xhtml" class="ex-note ex-said-of">{escape(said)}</p>'
        "</foreignObject>"
    ]
    marks = portrait(
        lambda x, y: Panel(EDGE, top + EDGE, 240, HEIGHT + BESIDE - EDGE, x, y),
        run.problem.data,
        sketch,
        optimum.mixture,
        pair,
    )
    frame = svg.bar(250, top + 4, 264, top + 16, colour, 1)
    return "".join([frame, words, *lines, *marks])
