"""What the browser gets: the run and the points, packed small. Pure functions.

A run is every parameter of every iteration, to the last bit, so that the browser can draw any
frame by itself. Numbers travel as base64 of little-endian doubles; those of the run deflated, after
what an iteration leaves unchanged was struck out.
"""

import hashlib
import zlib
from base64 import b64encode
from typing import Any

import numpy as np

from em_core import Trace
from explorer.charts.sketch import Sketch
from explorer.model.problem import Data

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
