"""What all tests share: the order they run in, and how Hypothesis searches."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

BROWSER_TESTS = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser comes last: it is slow, and its event loop, once begun, lasts to the end."""
    items.sort(key=lambda item: BROWSER_TESTS in item.path.parents)
