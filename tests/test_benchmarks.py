"""The benchmarks are run by hand and now and then; that they can be run is held here."""

import importlib
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.mark.parametrize("name", sorted(path.stem for path in BENCHMARKS.glob("*.py")))
def test_what_a_benchmark_imports_is_there(name):
    assert importlib.import_module(f"benchmarks.{name}")
