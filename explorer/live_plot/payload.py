"""What the browser gets: the run and the points, packed small. Pure functions.

A run is every parameter of every iteration, so that the browser can draw any frame by itself.
Numbers travel as base64 of little-endian doubles; a run too long for that in single precision,
centred and scaled to the data, which is far finer than a screen.
"""

import hashlib
from base64 import b64encode
from typing import Any

import numpy as np

from em_core import Trace
from explorer.figures.sketch import Sketch
from explorer.problem import Data

EXACT_BYTES = 160_000
"""Longer runs than this are sent in single precision."""

Payload = dict[str, Any]


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


def run_payload(data: Data, trace: Trace, sketch: Sketch) -> Payload:
    values, precision = _parameters(trace), "f8"
    if values.nbytes > EXACT_BYTES:
        values, precision = _parameters(trace, sketch), "f4"
    return {
        "id": run_id(data, trace),
        "dataId": data_id(data),
        "K": trace.weights.shape[1],
        "d": data.n_features,
        "precision": precision,
        "centre": sketch.lowest.tolist(),
        "scale": sketch.span.tolist(),
        "values": _base64(values, precision),
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


def _parameters(trace: Trace, sketch: Sketch | None = None) -> np.ndarray:
    """(T + 1, ·) each iteration's weights, means and distinct covariances in one row."""
    upper = np.triu_indices(trace.means.shape[2])
    means, covariances = trace.means, trace.covariances
    if sketch is not None:
        means = (means - sketch.lowest) / sketch.span
        covariances = covariances / sketch.span / sketch.span[:, None]
    rows = len(trace.weights)
    return np.concatenate(
        [trace.weights, means.reshape(rows, -1), covariances[:, :, *upper].reshape(rows, -1)],
        axis=1,
    )


def _base64(values: np.ndarray, precision: str = "f8") -> str:
    return b64encode(np.ascontiguousarray(values, dtype=f"<{precision}").data).decode()
