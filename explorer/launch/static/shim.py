"""Runs first in the static site: makes Streamlit on WebAssembly do what the app asks of Streamlit.

It keeps its runtime in a context variable, and drops the two class methods by which components of
version 2 find it.

pandas comes when a table is first wanted (`pyodide.mjs` keeps it back). Until then Streamlit finds
a module in which every name is a type that no value has: it asks whether values are data frames.
"""

import asyncio
import sys
from types import ModuleType

import micropip
import pyodide_js
from streamlit import runtime

OF_TABLES = ["pandas", "fastparquet"]


class NoValues(ModuleType):
    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


class Bringing:
    """Asked whether the packages are there, it fetches them, again where that failed."""

    task: asyncio.Task | None = None

    def __call__(self) -> bool:
        if self.task is None or (self.task.done() and self.task.exception()):
            self.task = asyncio.ensure_future(bring())
        return self.task.done()


async def bring() -> None:
    await pyodide_js.loadPackage(OF_TABLES)
    for name in OF_TABLES:
        micropip.remove_mock_package(name)
    del sys.modules["pandas"]


def complete_runtime() -> None:
    for name, function in {"exists": runtime.exists, "instance": runtime.get_instance}.items():
        if not hasattr(runtime.Runtime, name):
            setattr(runtime.Runtime, name, staticmethod(function))


def let_tables_wait() -> None:
    from explorer.app.data_entry import late  # which takes a complete runtime

    sys.modules["pandas"] = NoValues("pandas")
    late.arrived = Bringing()


complete_runtime()
let_tables_wait()
