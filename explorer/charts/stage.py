"""The three figures of the stage with their words, as templates that the browser fills."""

from em_core import Trace
from em_core.wording import count
from explorer.charts.density import density_figure
from explorer.charts.layout import Figure
from explorer.charts.plane import LEVEL, plane_figure
from explorer.charts.shares import shares_figure
from explorer.charts.sketch import Sketch
from explorer.charts.trajectory import Spread, trajectory_figure
from explorer.charts.truth import truth_traces
from explorer.model.problem import Data

FILLED_BY_THE_BROWSER = {
    "component": ("x", "y"),
    "ghost": ("x", "y"),
    "mixture": ("x", "y"),
    "posterior": ("x", "y"),
    "boundary": ("x", "y"),
    "path": ("x", "y"),
    "share": ("y",),
    "contours": ("z",),
}


def stage_figures(
    data: Data,
    trace: Trace,
    sketch: Sketch,
    spread: Spread,
    posterior: bool,
    editable: bool,
    truth: bool = False,
) -> dict[str, Figure]:
    """main, shares and trajectory: each {data, layout, caption, …}, without the moving numbers."""
    if data.n_features == 1:
        main = density_figure(data, trace, 0, sketch, posterior)
    else:
        main = plane_figure(data, trace, 0, sketch)
    true_groups = truth_traces(data) if truth else []
    main = {**main, "data": [*main["data"], *true_groups]}
    shares = shares_figure(data, trace, 0, sketch)
    trajectory = trajectory_figure(data, trace, 0, spread)
    return {
        "main": {
            **_template(main),
            "caption": "Densities" if data.n_features == 1 else "The plane",
            "legend": [
                *_legend(data, posterior),
                *([("truth", "true groups")] if true_groups else []),
            ],
            "hints": _hints(data, sketch, editable),
        },
        "shares": {**_template(shares), "caption": _shares_caption(sketch)},
        "trajectory": {
            **trajectory,
            "narrow": trajectory_figure(data, trace, 0, spread, columns=2)["layout"],
            "caption": "over the whole run; click to travel",
        },
    }


def _template(figure: Figure) -> Figure:
    traces = [
        {
            name: [] if name in FILLED_BY_THE_BROWSER.get(trace["meta"]["role"], ()) else value
            for name, value in trace.items()
        }
        for trace in figure["data"]
    ]
    return {"data": traces, "layout": figure["layout"]}


def _legend(data: Data, posterior: bool) -> list[tuple[str, str]]:
    """(mark, words) of what a colour alone does not tell."""
    if data.n_features == 1:
        return [
            ("mixture", "mixture"),
            ("ghost", "before this M-step"),
            ("boundary", "decision boundary"),
            *([("posterior", "posterior, right-hand axis")] if posterior else []),
        ]
    return [
        ("ellipse", f"{LEVEL:.0%} of each component"),
        ("contours", "mixture contours, √10 apart"),
        ("ghost", "before this M-step"),
    ]


def _hints(data: Data, sketch: Sketch, editable: bool) -> dict[str, str]:
    """What is drawn and what hands can do, at the start and later in the run."""
    words = []
    if sketch.histogram is not None:
        words.append(f"{count(data.n_points)} points, coloured at the middle of each bin.")
    elif len(sketch.dots) < data.n_points:
        words.append(f"{count(len(sketch.dots))} of {count(data.n_points)} points are drawn.")
    start = "Drag a number or its ring to change the start; click to add or select a point."
    later = "Click empty space to add a point, a point to select it."
    return {
        "start": " ".join([*words, start if editable else later]),
        "later": " ".join([*words, later]),
    }


def _shares_caption(sketch: Sketch) -> str:
    if not sketch.compact:
        return "who has how much of each point"
    if len(sketch.columns) == sketch.n_points:
        return f"{sketch.n_points} points side by side; the area of a colour is its N"
    return (
        f"{len(sketch.columns)} of {count(sketch.n_points)} points at even ranks; "
        "the area of a colour is its share of all"
    )
