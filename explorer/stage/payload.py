"""What the browser gets: the run and the points, packed small. Pure functions.

A run is every parameter of every iteration, to the last bit, so that the browser can draw any
frame by itself. Numbers travel as base64 of little-endian doubles; those of the run deflated, after
what an iteration leaves unchanged was struck out.
"""

import hashlib
import zlib
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from weakref import finalize

import numpy as np

from em_core import Trace
from explorer.charts.palette import DARK, LIGHT
from explorer.charts.plane import RADIUS
from explorer.charts.sketch import Sketch, digits_to_tell_apart, sketch
from explorer.charts.stage import stage_figures
from explorer.charts.trajectory import Spread
from explorer.model.problem import Data
from explorer.stage.library import serving

Payload = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where Python puts the cursor; a changed `nonce` says that it means it."""

    half_step: int = 0
    nonce: int = 0


@dataclass(frozen=True)
class Settings:
    """How the stage shows things.

    spread: which of σ² and σ the trajectory shows; posterior: draw the posterior curves;
    query: where the query line stands, in data units, or None for no line (1-D);
    editable: whether the start can be dragged; covariance_type: so that tied spreads move as one;
    truth: draw the true groups, where the data know them.
    """

    spread: Spread = "variance"
    posterior: bool = False
    query: float | None = None
    editable: bool = True
    covariance_type: str = "full"
    truth: bool = False


def payload(
    data: Data,
    trace: Trace,
    place: Place,
    point: int | None,
    component: int,
    settings: Settings,
) -> Payload:
    """All that the browser is told."""
    drawn = _sketch_of(data)
    known = point is not None and 0 <= point < data.n_points
    return {
        "library": serving(),
        "palette": {"light": LIGHT.to_dict(), "dark": DARK.to_dict()},
        "run": run_payload(data, trace),
        "points": points_payload(data, drawn, digits_to_tell_apart(drawn.lowest, drawn.highest)),
        "figures": stage_figures(
            data,
            trace,
            drawn,
            settings.spread,
            settings.posterior,
            settings.editable,
            settings.truth,
        ),
        "place": {"halfStep": place.half_step, "nonce": place.nonce},
        "view": {
            "point": {"index": point, "value": data.points[point].tolist()} if known else None,
            "component": component,
            "query": settings.query,
            "posterior": settings.posterior,
            "editable": settings.editable,
            "covarianceType": settings.covariance_type,
            "radius": RADIUS,
            "labels": list(data.columns),
        },
    }


def data_id(data: Data) -> str:
    """A short name for the points and their labels: the same for the same, different for others."""
    digest = hashlib.blake2b(np.ascontiguousarray(data.points).data, digest_size=9)
    digest.update(repr((data.points.shape, data.title, data.columns, data.units)).encode())
    return digest.hexdigest()


def run_id(data: Data, trace: Trace) -> str:
    """A short name for this run on these points."""
    digest = hashlib.blake2b(data_id(data).encode(), digest_size=9)
    for values in (trace.weights, trace.means, trace.covariances):
        digest.update(np.ascontiguousarray(values).data)
    digest.update(trace.outcome.encode())
    return digest.hexdigest()


def run_payload(data: Data, trace: Trace) -> Payload:
    return {
        "id": run_id(data, trace),
        "dataId": data_id(data),
        "K": trace.weights.shape[1],
        "d": data.n_features,
        "parameters": packed(parameters(trace)),
        "logLikelihoods": _base64(trace.log_likelihoods),
        "lowerBounds": _base64(trace.lower_bounds),
        "outcome": trace.outcome,
    }


def points_payload(data: Data, sketch: Sketch, digits: int) -> Payload:
    points, histogram = data.points, sketch.histogram
    return {
        "n": data.n_points,
        "digits": digits,
        "dots": sketch.dots.tolist(),
        "dotValues": _base64(points[sketch.dots]),
        "levels": sketch.levels.tolist(),
        "columns": sketch.columns.tolist(),
        "columnValues": _base64(points[sketch.columns]),
        "binValues": _base64(histogram.centres if histogram else np.array([])),
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


def packed(rows: np.ndarray) -> str:
    """Rows of doubles that change little from one to the next, without loss in a third the space.

    Each number is XORed with the one above it, which zeroes the leading bytes they share; then
    all first bytes, column by column, all second bytes, … are deflated and written in base64.
    """
    bits = np.ascontiguousarray(rows, dtype="<f8").view("<u8")
    changes = np.concatenate([bits[:1], bits[1:] ^ bits[:-1]])
    planes = np.ascontiguousarray(changes.T).view(np.uint8).reshape(-1, 8).T
    return b64encode(zlib.compress(planes.tobytes())).decode()


def _base64(values: np.ndarray) -> str:
    return b64encode(np.ascontiguousarray(values, dtype="<f8").data).decode()


_sketches: dict[int, Sketch] = {}


def _sketch_of(data: Data) -> Sketch:
    """The sketch of the data, made once for each array of points and forgotten with it."""
    key = id(data.points)
    if key not in _sketches:
        _sketches[key] = sketch(data)
        finalize(data.points, _sketches.pop, key, None)
    return _sketches[key]
