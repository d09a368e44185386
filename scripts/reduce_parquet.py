"""Data too many for one machine's memory, reduced where they lie to a few thousand weighted points.

    python -m scripts.reduce_parquet 'folder/*.parquet' COLUMN session.json [SCHEDULER]

With Dask, on a cluster of this machine's own or on the one whose SCHEDULER's address is given. Each
worker reads its files in portions and holds one of them at a time; what travels is a `Compressor`
of a hundred kilobytes. The session opens in the app, by 'Your data' or `em-explorer session.json`.

Needs requirements-dask.txt. Any other engine does as well: whatever can add to a Compressor beside
the data and merge two of them.
"""

import sys
from glob import glob
from math import ceil
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet
from dask.distributed import Client, LocalCluster

from em_core import Compressed, Compressor
from em_core.wording import count
from explorer.io.session_file import to_json
from explorer.model.examples import own_data, suggested_start
from explorer.model.points import MAX_TOTAL
from explorer.model.problem import Problem, View

ROWS = 1_000_000
"""Read at a time."""


def reduced_file(path: str, column: str, empty: Compressor) -> Compressor:
    """The numbers of one file; missing ones are left out."""
    found = empty
    with parquet.ParquetFile(path) as file:
        for portion in file.iter_batches(ROWS, columns=[column]):
            values = portion.column(0).to_numpy(zero_copy_only=False).astype(float)
            values = values[~np.isnan(values)]
            if len(values):
                found = found.add(values)
    return found


def reduced(client: Client, paths: list[str], column: str, cells: int = 8192) -> Compressed:
    """The column of all files together: reduced beside each file, merged two by two."""
    parts = client.map(reduced_file, paths, column=column, empty=Compressor(cells))
    while len(parts) > 1:
        pairs = zip(parts[0::2], parts[1::2], strict=False)
        odd = parts[len(parts) - len(parts) % 2 :]
        parts = [*(client.submit(Compressor.merge, a, b) for a, b in pairs), *odd]
    return parts[0].result().finish()


def main(pattern: str, column: str, target: str, scheduler: str = "") -> None:
    paths = sorted(glob(pattern))
    if not paths:
        raise SystemExit(f"No file is called {pattern}.")
    cluster = scheduler or LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with Client(cluster) as client:
        found = reduced(client, paths, column)
    Path(target).write_text(session_of(found, column), encoding="utf-8")
    print(f"{target}: {len(found.points)} points stand for {found.n_points}.")


def session_of(found: Compressed, column: str) -> str:
    """A session file: the points with their weights as counts, and a start.

    Counts are divided where they would be too many for the app, which moves no estimate.
    """
    each = ceil(found.sample_weight.sum() / MAX_TOTAL)
    title = f"{column}, {count(found.n_points)} values" + f", {count(each)} a count" * (each > 1)
    data = own_data(found.points, title, (column,), ("",), found.sample_weight / each)
    return to_json(Problem(data, suggested_start(data)), View())


if __name__ == "__main__":
    main(*sys.argv[1:])
