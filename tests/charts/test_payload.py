"""What the browser is told is the run, and is small."""

import json
import zlib
from base64 import b64decode

import numpy as np
import pytest

from em_core import GaussianMixture, fit
from explorer.charts.sketch import sketch
from explorer.stage import Place, Settings, payload, run_id, serialised
from explorer.stage.payload import data_id, points_payload, run_payload
from tests.charts.problems import data_of


def doubles(base64):
    return np.frombuffer(b64decode(base64), "<f8")


def unpacked(text, rows):
    return np.frombuffer(zlib.decompress(b64decode(text)), "<f8").reshape(rows, -1)


@pytest.mark.parametrize("problem", ["worked", "crowd", "plane"])
def test_a_run_travels_to_the_last_bit(problem, request):
    data, trace = request.getfixturevalue(problem)
    K, d = trace.means.shape[1:]
    rows = unpacked(run_payload(data, trace)["parameters"], len(trace.mixtures))
    weights, means, covariances = np.split(rows, [K, K * (1 + d)], axis=1)
    upper = np.triu_indices(d)
    assert np.array_equal(weights, trace.weights)
    assert np.array_equal(means.reshape(-1, K, d), trace.means)
    assert np.array_equal(covariances.reshape(len(rows), K, -1), trace.covariances[:, :, *upper])


def test_the_longest_run_stays_within_a_few_hundred_kilobytes():
    rng = np.random.default_rng(5)
    points = 1e9 + rng.normal(size=(100, 2))
    data = data_of(points, ("a", "b"), ("", ""))
    start = GaussianMixture(np.full(8, 1 / 8), points[:8], [np.eye(2)] * 8)
    trace = fit(points, start, tol=0, max_iter=2000)
    assert len(trace.mixtures) == 2001
    assert len(serialised(payload(data, trace, Place(), None, 0, Settings()))) < 1_000_000


def test_a_million_points_become_a_few_kilobytes():
    points = np.random.default_rng(0).normal(size=1_000_000)
    data = data_of(points)
    assert len(json.dumps(points_payload(data, sketch(data)))) < 20_000


def test_the_run_is_named_by_what_is_in_it(worked):
    data, trace = worked
    same = data_of(data.points.copy())
    other_point = data_of([0.2, -0.9, -1.0, 1.2, 1.9])
    shorter = fit(data.points, trace.mixtures[0], max_iter=2)
    assert run_id(same, trace) == run_id(data, trace)
    assert data_id(other_point) != data_id(data)
    assert run_id(data, shorter) != run_id(data, trace)


def test_following_the_cursor_sends_nothing_new(worked):
    """The payload depends on where Python put the cursor, not on where it went since."""
    data, trace = worked
    one, other = (payload(data, trace, Place(4, 1), 2, 0, Settings()) for _ in range(2))
    assert serialised(one) == serialised(other)


@pytest.mark.parametrize("n", [40, 5000])
@pytest.mark.parametrize("d", [1, 2])
def test_each_point_that_is_drawn_travels_once(n, d):
    points = np.random.default_rng(0).normal(size=(n, d))
    data = data_of(points, ("a", "b")[:d], ("", "")[:d])
    drawn = sketch(data)
    told = points_payload(data, drawn)
    values = doubles(told["values"]).reshape(-1, d)
    rows = np.arange(n) if told["rows"] is None else np.array(told["rows"])
    assert len(rows) == len(np.unique(rows)) == len(values)
    for place, wanted in (("dots", drawn.dots), ("columns", drawn.columns)):
        assert rows[told[place]].tolist() == wanted.tolist()
        assert np.array_equal(values[told[place]], points[wanted])


def test_a_selected_point_that_is_gone_is_not_selected(worked):
    data, trace = worked
    assert payload(data, trace, Place(), 99, 0, Settings())["view"]["point"] is None
    assert payload(data, trace, Place(), 1, 0, Settings())["view"]["point"] == {
        "index": 1,
        "value": [-0.9],
    }
