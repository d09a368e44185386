"""What the browser gets: the run, the points and the charts, packed small. Pure functions.

A run is every parameter of every iteration, to the last bit, so that the browser can draw any
frame by itself. Numbers travel as base64 of little-endian doubles, those of the run deflated.
Its form is the type `Payload` of js/payload.js.
"""

import hashlib
import json
import zlib
from base64 import b64encode
from dataclasses import dataclass
from typing import Any, Literal
from weakref import finalize

import numpy as np

from em_core import GaussianMixture, Options, Trace
from em_core.outcome import ENDINGS
from explorer.charts.palette import DARK, LIGHT
from explorer.charts.ranges import value_range
from explorer.charts.sketch import Sketch, sketch, stacked
from explorer.charts.stage import stage_charts
from explorer.charts.trajectory import Spread
from explorer.charts.truth import true_mixture
from explorer.model.problem import FIRST_TWO, Data, Pair
from explorer.stage.library import serving

Payload = dict[str, Any]

FORESEEN = 2000
"""Up to so many points the browser works out where a start in the hand would end."""


@dataclass(frozen=True)
class Place:
    """Where Python puts the cursor; a changed `nonce` says that it means it."""

    half_step: int = 0
    nonce: int = 0


Form = Literal["page", "embedded", "presented"]
"""A page of its own, a frame in another page, or a room full of people."""


@dataclass(frozen=True, eq=False)
class Pinned:
    """An ending to draw beside the run, its components numbered as the run's."""

    mixture: GaussianMixture
    log_likelihood: float


@dataclass(frozen=True)
class Settings:
    """How the stage shows things.

    spread: which of σ² and σ the trajectory shows; posterior: draw the posterior curves;
    query: where the query line stands, in data units, or None for no line (1-D);
    editable: whether the start can be dragged;
    truth: draw the true groups, where the data know them; pinned: an ending to compare the run
    with, or None; form: for what it is laid out; pair: which columns are drawn where there are more
    than two, and then the start cannot be dragged; plays: the run plays once by itself.
    """

    spread: Spread = "variance"
    posterior: bool = False
    query: float | None = None
    editable: bool = True
    truth: bool = False
    pinned: Pinned | None = None
    form: Form = "page"
    pair: Pair = FIRST_TWO
    plays: bool = False


def payload(
    data: Data,
    trace: Trace,
    place: Place,
    point: int | None,
    component: int,
    settings: Settings,
) -> Payload:
    """All that the browser is told."""
    seen, drawn = data.seen(settings.pair), _sketch_of(data, settings.pair)
    several = data.n_features > 2
    run = trace.marginal(settings.pair) if several else trace
    if data.n_features == 1:
        drawn = stacked(drawn, data, value_range(trace, drawn, 0))
    known = point is not None and 0 <= point < data.n_points
    truth = true_mixture(seen) if settings.truth else None
    pinned = settings.pinned
    beside = None if pinned is None else pinned.log_likelihood
    return {
        "library": serving(),
        "palette": {"light": LIGHT.to_dict(), "dark": DARK.to_dict()},
        "run": run_payload(data, trace),
        "seen": list(settings.pair) if several else None,
        "points": points_payload(data, drawn),
        "charts": stage_charts(
            seen,
            run,
            drawn,
            settings.spread,
            settings.posterior,
            settings.editable,
            beside,
            n_columns=data.n_features,
        ),
        "truth": None if truth is None else mixture_payload(truth),
        "pinned": None
        if pinned is None
        else {**mixture_payload(pinned.mixture), "logLikelihood": pinned.log_likelihood},
        "place": {"halfStep": place.half_step, "nonce": place.nonce},
        "view": {
            "point": {"index": point, "value": data.points[point].tolist()} if known else None,
            "component": component,
            "query": settings.query,
            "posterior": settings.posterior,
            "editable": settings.editable and not several,
            "plays": settings.plays,
            "labels": list(seen.columns),
            "form": settings.form,
        },
    }


def serialised(told: Payload) -> bytes:
    """The payload as it travels."""
    return json.dumps(told, allow_nan=False, separators=(",", ":")).encode()


def data_id(data: Data) -> str:
    """A short name for the points and their labels: the same for the same, different for others."""
    digest = hashlib.blake2b(np.ascontiguousarray(data.points).data, digest_size=9)
    if data.counts is not None:
        digest.update(data.counts.data)
    digest.update(repr((data.points.shape, data.title, data.columns, data.units)).encode())
    return digest.hexdigest()


def run_id(data: Data, trace: Trace) -> str:
    """A short name for this run on these points."""
    digest = hashlib.blake2b(data_id(data).encode(), digest_size=9)
    for values in (trace.weights, trace.means, trace.covariances):
        digest.update(np.ascontiguousarray(values).data)
    digest.update(repr((trace.outcome, trace.options)).encode())
    return digest.hexdigest()


def run_payload(data: Data, trace: Trace) -> Payload:
    """Every parameter of every iteration, with its log-likelihoods and lower bounds."""
    return {
        "id": run_id(data, trace),
        "dataId": data_id(data),
        "K": trace.weights.shape[1],
        "d": data.n_features,
        "options": options_payload(trace.options),
        "parameters": b64encode(zlib.compress(_doubles(parameters(trace)))).decode(),
        "logLikelihoods": _base64(trace.log_likelihoods),
        "lowerBounds": _base64(trace.lower_bounds),
        "outcome": trace.outcome,
        "endings": {o: {"title": e.title, "words": e.words} for o, e in ENDINGS.items()},
    }


def options_payload(options: Options) -> Payload:
    """The options and rules of a run, named as js/em.js has them."""
    rules = options.rules
    return {
        "covarianceType": options.covariance_type,
        "tol": options.tol,
        "maxIter": options.max_iter,
        "varianceFloor": options.variance_floor,
        "rules": {
            "temperature": rules.temperature,
            "equalWeights": rules.equal_weights,
            "fixedWeights": rules.fixed_weights,
            "fixedMeans": rules.fixed_means,
            "fixedCovariances": rules.fixed_covariances,
        },
    }


def points_payload(data: Data, sketch: Sketch) -> Payload:
    """Each point that is drawn travels once: dots and columns are places among `values`.

    All travel where they are few enough for the browser to run EM on them in a frame or two. Of
    more than two columns the sketch is of the two that are drawn; all coordinates travel.
    """
    rows = np.union1d(sketch.dots, sketch.columns)
    if data.n_points <= FORESEEN and data.n_features <= 2:
        rows = np.arange(data.n_points)
    histogram = sketch.histogram
    return {
        "n": data.n_points,
        "spread": np.ptp(data.points, axis=0).tolist(),
        "rows": None if len(rows) == data.n_points else rows.tolist(),
        "values": _base64(data.points[rows]),
        "counts": None if data.counts is None else data.counts[rows].tolist(),
        "dots": np.searchsorted(rows, sketch.dots).tolist(),
        "levels": sketch.levels.tolist(),
        "columns": np.searchsorted(rows, sketch.columns).tolist(),
        "bins": None
        if histogram is None
        else {"edges": histogram.edges.tolist(), "density": histogram.density.tolist()},
    }


def parameters(trace: Trace) -> np.ndarray:
    """(T + 1, ·) each iteration's weights, means and distinct covariances in one row."""
    upper = np.triu_indices(trace.means.shape[2])
    rows = len(trace.weights)
    return np.concatenate(
        [
            trace.weights,
            trace.means.reshape(rows, -1),
            trace.covariances[:, :, *upper].reshape(rows, -1),
        ],
        axis=1,
    )


def mixture_payload(mixture: GaussianMixture) -> Payload:
    """A mixture as js/formulas.js has it, in plain lists; of a covariance the upper triangle."""
    upper = np.triu_indices(mixture.n_features)
    return {
        "K": mixture.n_components,
        "d": mixture.n_features,
        "w": mixture.weights.tolist(),
        "m": mixture.means.ravel().tolist(),
        "c": mixture.covariances[:, *upper].ravel().tolist(),
    }


def _doubles(values: np.ndarray) -> bytes:
    return np.ascontiguousarray(values, dtype="<f8").tobytes()


def _base64(values: np.ndarray) -> str:
    return b64encode(_doubles(values)).decode()


_sketches: dict[tuple[int, Pair], Sketch] = {}


def _sketch_of(data: Data, pair: Pair) -> Sketch:
    """The sketch of the columns that are drawn, made once for each array of points and pair, and
    forgotten with the points."""
    key = id(data.points), pair
    if key not in _sketches:
        _sketches[key] = sketch(data.seen(pair))
        finalize(data.points, _sketches.pop, key, None)
    return _sketches[key]
