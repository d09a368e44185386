"""A hundred million values in Parquet files, reduced by a Dask cluster of two local workers.

Not part of `make test`, which this file's name keeps it out of: run `make test-dask`.
"""

from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from dask.distributed import Client, LocalCluster

from em_core import GaussianMixture, e_step, fit
from em_core.wording import count
from explorer.io.session_file import from_json
from explorer.model.runs import run
from scripts.reduce_parquet import reduced, session_of

FILES, ROWS = 20, 5_000_000
START = GaussianMixture.univariate([1 / 3] * 3, [-4, 0, 3], [1, 1, 1])
WORKER_MB = 400


def values_of(file: int) -> np.ndarray:
    rng = np.random.default_rng(file)
    group = rng.choice(3, ROWS, p=[0.3, 0.5, 0.2])
    return rng.normal(np.array([-5.0, 0, 4])[group], np.array([0.7, 1, 1.5])[group])


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("parquet")
    paths = [str(folder / f"{i}.parquet") for i in range(FILES)]
    for i, path in enumerate(paths):
        parquet.write_table(pa.table({"x": values_of(i)}), path, row_group_size=10**6)
    return paths


@pytest.fixture(scope="module")
def client():
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, memory_limit="1GB", dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def test_em_on_what_is_left_is_em_on_the_whole(client: Client, paths: list[str]):
    before = max(client.run(lambda: psutil.Process().memory_info().rss).values())
    found = reduced(client, paths, "x")
    peaks = client.run(lambda: __import__("resource").getrusage(0).ru_maxrss * 1024)
    assert found.n_points == FILES * ROWS
    assert len(found.points) <= 2 * 8192
    assert found.sample_weight.sum() == pytest.approx(FILES * ROWS, rel=1e-12)
    assert max(peaks.values()) - before < WORKER_MB * 1e6

    trace = fit(found.points, START, max_iter=20, tol=0, sample_weight=found.sample_weight)
    mixture = trace.mixtures[-1]
    whole = sum(e_step(values_of(i), mixture).log_likelihood for i in range(FILES))
    error = abs(trace.log_likelihoods[-1] - whole) / found.n_points
    assert error <= found.error_bound(mixture) + 1e-12
    assert found.error_bound(mixture) < 1e-6


def test_what_is_left_opens_as_a_session(client: Client, paths: list[str]):
    found = reduced(client, paths[:2], "x")
    problem, _ = from_json(session_of(found, "x"))
    shown = run(problem)
    exact = fit(
        found.points,
        problem.start.mixture,
        sample_weight=found.sample_weight,
        max_iter=shown.trace.n_iter,
        tol=0,
    )
    assert problem.data.each_counts.sum() == pytest.approx(10**6, rel=1e-12)
    assert problem.data.title == f"x, {count(10**7)} values, 10 a count"
    np.testing.assert_allclose(10 * shown.trace.log_likelihoods, exact.log_likelihoods, rtol=1e-9)
    np.testing.assert_allclose(shown.trace.means, exact.means, rtol=1e-9, atol=1e-9)


def test_a_file_of_holes_changes_nothing(client: Client, paths: list[str], tmp_path: Path):
    holes = str(tmp_path / "holes.parquet")
    parquet.write_table(pa.table({"x": pa.array([None, np.nan], pa.float64())}), holes)
    with_holes, without = (reduced(client, p, "x") for p in ([*paths[:3], holes], paths[:3]))
    np.testing.assert_array_equal(with_holes.points, without.points)
    np.testing.assert_array_equal(with_holes.sample_weight, without.sample_weight)
