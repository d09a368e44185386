"""A thousand files read as their owners would expect: pandas, told what each is, has the last word.

Not part of `make test`, which this file's name keeps it out of: run `make test-files`.
"""

import io
import re

import numpy as np
import pandas as pd
import pytest

from explorer.io.reading import MAX_COLUMNS, ReadingError, Table, read_file
from explorer.model.refusal import echo
from tests.files.owners import files

REFUSED = {
    "Zelig/friendship.csv": "No rows under the header",
    "Zelig/sna.ex.csv": "No rows under the header",
    "statsmodels/datasets/scotland/src/scotland_population.csv": "Line 16 has 1 field",
    "statsmodels/tsa/statespace/tests/results/cfa_tvpvar_v10.csv": '"14,14", may be 14.14',
    "statsmodels/tsa/statespace/tests/results/cfa_tvpvar_vi0.csv": '"7,7", may be 7.7',
    "statsmodels/tsa/tests/results/arima212_forecast.csv": "Line 3 has 5 fields",
}
"""No data, no table, or more than one way to read it."""
SPACED = {"sep": r"\s+"}
OTHERWISE = {
    "statsmodels/datasets/anes96/anes96.csv": {"sep": "\t"},
    "statsmodels/datasets/anes96/src/anes96.csv": SPACED,
    "statsmodels/datasets/interest_inflation/E6_jmulti.csv": SPACED,
    "statsmodels/datasets/modechoice/modechoice.csv": {"sep": ";"},
    "statsmodels/datasets/spector/spector.csv": SPACED,
    "sklearn/datasets/data/linnerud_exercise.csv": SPACED,
    "sklearn/datasets/data/linnerud_physiological.csv": SPACED,
    "statsmodels/datasets/macrodata/src/unemp.csv": {"skiprows": 9, "usecols": range(4)},
    "statsmodels/datasets/scotland/src/scotvote.csv": {"sep": " "},
    "statsmodels/regression/tests/results/dietox.csv": {},
}
"""How pandas is to read what is no plain CSV file."""
COUNTED = ("datasets/data/", "genmod/tests/results/iris.csv")
"""scikit-learn's first lines count rows and columns."""
COLUMNS = 8
LARGE = 1_000_000
"""So many columns of a file are read, one of a file with more bytes: more take long."""


def parameters() -> list:
    return [pytest.param(name, content, id=name) for name, content in files()]


@pytest.mark.parametrize(("name", "content"), parameters())
def test_a_file_is_read_as_its_owners_expect(name, content):
    found = read(name, content)
    if found is None:
        return
    expected = as_pandas_reads(name, content, found)
    assert found.n_rows == len(expected)
    if found.has_header:
        for ours, theirs in zip(found.columns, expected.columns, strict=True):
            assert ours == echo(" ".join(theirs.split())) or re.search(r"^Unnamed|\.\d+$", theirs)
    numeric = [
        j
        for j, dtype in enumerate(expected.dtypes)
        if pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)
    ]
    for column in numeric[: COLUMNS if len(content) < LARGE else 1]:
        same_numbers(found, column, expected.iloc[:, column].to_numpy(dtype=float))
    offered_well(found, expected, numeric)


def read(name: str, content: bytes) -> Table | None:
    """The table, or None where the file is rightly refused."""
    refused = REFUSED.get(name, f"at most {MAX_COLUMNS}")
    try:
        found = read_file(name, content)
    except ReadingError as refusal:
        if refused not in str(refusal):
            raise
        return None
    assert name not in REFUSED
    return found


def as_pandas_reads(name: str, content: bytes, found: Table) -> pd.DataFrame:
    """The file as pandas reads it, the unnamed first column a column as any other."""
    options: dict = {"low_memory": False}
    options |= OTHERWISE.get(name, {"index_col": False})
    if any(part in name for part in COUNTED) and name.endswith(
        ("iris.csv", "cancer.csv", "data.csv")
    ):
        options |= {"skiprows": 1}
    if not found.has_header:
        options |= {"header": None}
    encoding = "utf-8" if found.encoding == "UTF-8" else "cp1252"
    table = pd.read_csv(io.BytesIO(content), encoding=encoding, skipinitialspace=True, **options)
    if found.n_columns == table.shape[1] + 1:
        table = table.reset_index(names="Unnamed: 0")
    table.columns = [str(column) for column in table.columns]
    return table


def same_numbers(found: Table, column: int, values: np.ndarray) -> None:
    present = values[~np.isnan(values)]
    if len(np.unique(present)) < 2 or np.isinf(present).any():
        return
    assert np.array_equal(found.points((column,)).points[:, 0], present)


def offered_well(found: Table, expected: pd.DataFrame, numeric: list[int]) -> None:
    """The column offered first is one that varies and does not only number or name the rows."""
    first = expected.iloc[:, 0]
    unnamed = found.has_header and expected.columns[0][:8] in ("", "Unnamed:")
    varying = [j for j in numeric if expected.iloc[:, j].nunique() > 1]
    others = [j for j in varying if j > 0]
    counts = np.array_equal(first, np.arange(len(first)) + 1)
    if (unnamed or (counts and not found.has_header)) and others:
        assert found.first_numeric != 0
    if others:
        assert expected.iloc[:, found.first_numeric].nunique() > 1
