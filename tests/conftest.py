"""What all tests share: the order they run in, and how Hypothesis searches."""

import os
from pathlib import Path
from secrets import randbelow

import pytest
from hypothesis import settings

settings.register_profile("here", deadline=None, derandomize=False, print_blob=True)
settings.load_profile("here")

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""Read when NumPy is first imported: matrices of ten rows are no work for two threads, which wait
for one another at full speed. Every process that a test starts has it, too."""

BROWSER_TESTS = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser comes last: it is slow, and its event loop, once begun, lasts to the end."""
    items.sort(key=lambda item: BROWSER_TESTS in item.path.parents)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Hypothesis searches elsewhere in every run, from a seed that can be given again."""
    if config.getoption("--hypothesis-seed") is None:
        config.option.hypothesis_seed = str(randbelow(2**32))


def pytest_report_header(config: pytest.Config) -> str:
    return f"again with the same examples: --hypothesis-seed={config.option.hypothesis_seed}"
