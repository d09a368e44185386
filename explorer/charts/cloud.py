"""The cloud of starts: where each ended against the number of components, and the criteria."""

from collections.abc import Sequence

import numpy as np

from em_core import Candidate, Selection
from em_core.inference.selection import Criterion
from em_core.inference.verdict import CRITERION_NAMES, model_words, sentence_of, type_words
from em_core.wording import number
from explorer.charts import svg
from explorer.charts.svg import Panel

WIDTH, CLOUD, CRITERIA = 420, 250, 190
LEFT, RIGHT, TOP, BOTTOM = 62, 40, 26, 42
SPREAD = 0.28
"""How far beside their number of components the dots of a cloud may lie."""
HEADROOM = 0.12
NAME_HEIGHT = 13

STYLES: dict[Criterion, tuple[str, str]] = {
    "bic": (svg.INK, ""),
    "icl": (svg.ACCENT, ""),
    "aic": (svg.MUTED, "5 4"),
    "aicc": (svg.MUTED, "5 4"),
}


def of_type(selection: Selection, covariance_type: str) -> tuple[Candidate, ...]:
    """The candidates of one covariance type, in the order in which they were fitted."""
    return tuple(c for c in selection.candidates if c.covariance_type == covariance_type)


def title_of(selection: Selection, covariance_type: str) -> str:
    """'equal variances': what the candidates of the type have in common."""
    return type_words(of_type(selection, covariance_type)[-1]) or "one component"


def pick_of(candidate: Candidate, run: int) -> str:
    """How a click on a dot of the cloud names the run."""
    return f"{candidate.covariance_type}:{candidate.n_components}:{run}"


def cloud(selection: Selection, covariance_type: str, most_components: int) -> str:
    """One dot a start, hollow where something speaks against its ending.

    The axis is the same for all types. It holds every sound ending; a spike that rises far above
    them is no merit and is drawn on the upper edge.
    """
    panel = Panel(
        LEFT,
        TOP,
        WIDTH - RIGHT,
        CLOUD - BOTTOM,
        (0.5, most_components + 0.5),
        _heights(selection),
    )
    shown = of_type(selection, covariance_type)
    dots = [mark for candidate in shown for mark in _dots(panel, candidate)]
    best = [c for c in shown if c.sound]
    ridge = (
        svg.line(
            panel,
            np.array([c.n_components for c in best]),
            np.array([c.log_likelihood for c in best]),
            svg.NEUTRAL,
            1,
        )
        if len(best) > 1
        else ""
    )
    words = "Log-likelihood at which each start ended, against the number of components."
    axes = svg.axes(
        panel,
        "components K",
        "log-likelihood",
        x_ticks=range(1, most_components + 1),
    )
    return svg.picture(WIDTH, CLOUD, words, [axes, ridge, *dots])


def _heights(selection: Selection) -> tuple[float, float]:
    values = [r.log_likelihood for c in selection.candidates for r in c.runs if r.sound]
    values = values or [r.log_likelihood for c in selection.candidates for r in c.runs]
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = (high - low) * HEADROOM or 1.0
    return low - room / 2, high + room


def _dots(panel: Panel, candidate: Candidate) -> list[str]:
    """Soundest last, so that they lie on top."""
    order = sorted(range(len(candidate.runs)), key=lambda s: candidate.runs[s].sound)
    places = _beside(np.array([candidate.runs[s].log_likelihood for s in order]), panel)
    marks = []
    for s, place in zip(order, places, strict=True):
        run = candidate.runs[s]
        x = float(panel.across(candidate.n_components + place))
        y = float(panel.up(run.log_likelihood))
        above = y < panel.top
        told = sentence_of(candidate, s)
        colour = svg.ACCENT if run.sound else svg.MUTED
        marks.append(
            svg.dot(
                x,
                min(max(y, panel.top), panel.bottom),
                4,
                colour,
                hollow=not run.sound,
                tip=f"{told} (beyond the axis)" if above else told,
                pick=pick_of(candidate, s),
                opacity=0.75 if run.sound else 1,
            )
        )
    return marks


def _beside(values: np.ndarray, panel: Panel) -> np.ndarray:
    """Sideways places that part dots of nearly the same height, evenly about the middle."""
    rows = np.round(panel.up(values) / 6)
    places = np.zeros(len(values))
    for row in np.unique(rows):
        alike = np.flatnonzero(rows == row)
        if len(alike) > 1:
            reach = min(SPREAD, 0.04 * len(alike))
            places[alike] = np.linspace(-reach, reach, len(alike))
    return places


def criteria(
    selection: Selection,
    covariance_type: str,
    most_components: int,
    names: Sequence[Criterion],
) -> str:
    """The criteria of the sound best against the number of components; the lowest is ringed."""
    values = [getattr(c, name) for c in selection.candidates if c.sound for name in names]
    low, high = _range([value for value in values if np.isfinite(value)])
    panel = Panel(
        LEFT, TOP, WIDTH - RIGHT, CRITERIA - BOTTOM, (0.5, most_components + 0.5), (low, high)
    )
    parts = [
        svg.axes(
            panel,
            "components K",
            "criterion (lower is better)",
            x_ticks=range(1, most_components + 1),
        )
    ]
    shown = [c for c in of_type(selection, covariance_type) if c.sound]
    for name in names:
        parts += _curve(panel, selection, shown, name)
    parts += _names(panel, shown, names)
    label = f"{', '.join(CRITERION_NAMES[n] for n in names)} against the number of components."
    return svg.picture(WIDTH, CRITERIA, label, parts)


def _names(panel: Panel, shown: Sequence[Candidate], names: Sequence[Criterion]) -> list[str]:
    """Each criterion's name where its line ends, moved down where it would lie on another's."""
    ends = []
    for name in names:
        last = next((c for c in reversed(shown) if np.isfinite(getattr(c, name))), None)
        if last is not None:
            y = float(np.clip(panel.up(getattr(last, name)), panel.top, panel.bottom))
            ends.append((y, float(panel.across(last.n_components)), name))
    marks, lowest = [], -np.inf
    for y, x, name in sorted(ends):
        lowest = max(y, lowest + NAME_HEIGHT)
        marks.append(svg.words(x + 9, lowest + 4, CRITERION_NAMES[name], colour=STYLES[name][0]))
    return marks


def _range(values: list[float]) -> tuple[float, float]:
    """What is worth seeing: the lower part, where the choice is made."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    high = min(high, low + 4 * (float(np.median(values)) - low)) if high > low else low + 1
    room = (high - low) * HEADROOM or 1.0
    return low - room, high + room


def _curve(
    panel: Panel, selection: Selection, shown: Sequence[Candidate], name: Criterion
) -> list[str]:
    colour, dash = STYLES[name]
    found = [c for c in shown if np.isfinite(getattr(c, name))]
    if not found:
        return []
    xs = np.array([c.n_components for c in found])
    ys = np.array([getattr(c, name) for c in found])
    best = selection.best(name)
    parts = [svg.line(panel, xs, ys, colour, 1.75, dash)] if len(found) > 1 else []
    for candidate, x, y in zip(found, panel.across(xs), panel.up(ys), strict=True):
        if y < panel.top - 1:
            continue
        tip = f"{CRITERION_NAMES[name]} of {model_words(candidate)}: "
        tip += number(getattr(candidate, name), digits=6)
        parts.append(svg.dot(x, y, 3, colour, tip=tip))
        if candidate is best:
            parts.append(svg.dot(x, y, 7, colour, hollow=True, tip=f"{tip}, the lowest"))
    return parts
