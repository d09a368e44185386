"""What the front of the static site needs besides its script, made when the site is built.

The front (front/*.js) shows the stage before Python has arrived. The wire's names, the data sets
with their starts, the options' defaults, the charts' unchanging parts and their words are said
where the app says them; here they are gathered, JSON-ready, as the type `Prepared` of
front/prepared.js.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from em_core import Options, fit
from em_core.outcome import ENDINGS
from em_core.wording import AXES
from explorer.app.tour import STEPS
from explorer.charts import ranges, shares, sketch
from explorer.charts.palette import DARK, LIGHT
from explorer.charts.stage import WORDS, stage_charts
from explorer.charts.trajectory import Spread
from explorer.charts.truth import true_mixture
from explorer.io import fields, link
from explorer.io.kinds import Choice, Kind, Members, Names, Numbers, Real, Two, Whole, Words
from explorer.launch.static import normals
from explorer.model.edits import EDITED
from explorer.model.examples import (
    NAMED,
    OWN_TITLE,
    WORKED_EXAMPLE,
    axis_names,
    named_data,
    suggested_start,
    usual_count,
)
from explorer.model.problem import MAX_COLUMNS, MAX_COMPONENTS, Display, Generated
from explorer.stage.payload import FORESEEN, mixture_payload, options_payload

Prepared = dict[str, Any]

FRONT = Path(__file__).parent.resolve() / "front"
"""The front's own modules."""

PAGES = ("explore", "why")
"""The pages that begin with the stage."""
IN_THE_PLANE = "old_faithful"
SPREADS: tuple[Spread, ...] = ("variance", "sd")
COMING = {"title": "Coming", "words": "further steps come with Python"}
"""How a run ends that takes longer than the front gives it."""
PARTS = {
    "named": fields.NAMED_DATA,
    "drawn": fields.DRAWN_DATA,
    "own": fields.OWN_DATA,
    "start": fields.START,
    "options": fields.OPTIONS,
    "rules": fields.RULES,
    "cursor": fields.CURSOR,
    "view": fields.VIEW,
    "display": fields.DISPLAY,
    "terms": fields.TERMS,
}
"""The parts of an address that the front looks at; it hands on the others as they are."""


def prepared() -> Prepared:
    return {
        "fields": {name: _field(field) for name, field in fields.LINKED.items()},
        "limits": {
            "link": link.MAX_LINK,
            "unpacked": link.MAX_UNPACKED,
            "written": link.MAX_WRITTEN_OUT,
            "missing": link.MISSING,
            "points": FORESEEN,
        },
        "usual": WORKED_EXAMPLE,
        "sets": {name: _set(name) for name in NAMED},
        "own": {"title": OWN_TITLE, "x_unit": "", "y_unit": ""}
        | {f"{axis}_column": axis for axis in AXES}
        | {"columns": axis_names(MAX_COLUMNS)},
        "draw": asdict(Generated("")),
        "normals": normals.tables(),
        "edited": EDITED,
        "options": options_payload(Options()),
        "display": asdict(Display()),
        "pages": PAGES,
        "tour": STEPS,
        "palette": {"light": LIGHT.to_dict(), "dark": DARK.to_dict()},
        "endings": {o: {"title": e.title, "words": e.words} for o, e in ENDINGS.items()}
        | {"running": COMING},
        "charts": [
            {spread: _charts(name, spread) for spread in SPREADS}
            for name in (WORKED_EXAMPLE, IN_THE_PLANE)
        ],
        "words": WORDS | {"inOrder": shares.IN_ORDER},
        "sizes": {
            "maxDots": sketch.MAX_DOTS,
            "maxPlaneDots": sketch.MAX_PLANE_DOTS,
            "maxBars": sketch.MAX_BARS,
            "stripColumns": sketch.STRIP_COLUMNS,
            "fewDots": sketch.FEW_DOTS,
            "wide": sketch.WIDE,
            "narrow": sketch.NARROW,
            "opening": ranges.OPENING,
            "spike": ranges.NARROW,
            "tall": ranges.TALL,
            "mixtures": ranges.MIXTURES,
            "grid": ranges.GRID,
            "ticks": shares.TICKS,
            "fewBars": shares.FEW_BARS,
            "gaps": shares.GAPS,
        },
    }


def _field(field: fields.Field) -> Prepared:
    part = next((name for name, part in PARTS.items() if part is field.part), "")
    return {
        "part": part,
        "name": field.attribute or field.key,
        "kind": _kind(field.kind),
        "moves": field.part.section == "view",
    }


def _kind(kind: Kind) -> Prepared:
    match kind:
        case Whole(low, high, _, first):
            return {"is": "whole", "low": low, "high": high, "first": first}
        case Real(low, high):
            return {"is": "real", "low": low, "high": high}
        case Numbers(limit):
            return {"is": "numbers", "limit": limit}
        case Members(limit):
            return {"is": "members", "limit": limit}
        case Choice(words):
            plain = {word: value for word, value in words.items() if isinstance(value, str | bool)}
            return {"is": "choice", "words": dict.fromkeys(words) | plain}
        case Words():
            return {"is": "words"}
        case Names(limit):
            return {"is": "names", "limit": limit}
        case Two(limit):
            return {"is": "two", "limit": limit}
        case _:
            return {"is": "other"}


def _set(name: str) -> Prepared:
    data = named_data(name)
    truth = true_mixture(data)
    return {
        "points": data.points.ravel().tolist(),
        "d": data.n_features,
        "title": data.title,
        "columns": data.columns,
        "units": data.units,
        "usual": usual_count(data),
        "starts": [
            mixture_payload(suggested_start(data, k + 1).mixture) for k in range(MAX_COMPONENTS)
        ],
        "truth": None if truth is None else mixture_payload(truth),
    }


def _charts(name: str, spread: Spread) -> Prepared:
    """Those of a data set: the front puts in what differs."""
    data = named_data(name)
    trace = fit(data.points, suggested_start(data).mixture, max_iter=1)
    return stage_charts(data, trace, sketch.sketch(data), spread, posterior=False, editable=True)
