"""Who may import whom: `em_core <- figures <- pages <- streamlit_app`.

Each module is imported in a fresh interpreter, which sees what comes with it however indirectly;
the sources are read as well, which also finds imports inside functions.
"""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Every other module of `explorer` is pure: it works without Streamlit.
USES_STREAMLIT = ("explorer.state", "explorer.controls", "explorer.live_plot", "explorer.pages")

_IMPORT_AND_TELL = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
import numpy, numpy.linalg, numpy.random
before = set(sys.modules)
importlib.import_module(sys.argv[2])
print(json.dumps(sorted({name.split(".")[0] for name in set(sys.modules) - before})))
"""


def _sources(package: str) -> dict[str, Path]:
    """Module name -> file, for every module of `package`."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def _lies_in(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


CORE = _sources("em_core")
EXPLORER = _sources("explorer")
PURE = {name: path for name, path in EXPLORER.items() if not _lies_in(name, USES_STREAMLIT)}
APP = {"streamlit_app": ROOT / "streamlit_app.py"}


@pytest.fixture(scope="module")
def brought_along() -> dict[str, set[str] | str]:
    """For each module that must stay pure: the packages that its import loads, or the error."""

    def load(module: str) -> set[str] | str:
        done = subprocess.run(
            [sys.executable, "-c", _IMPORT_AND_TELL, str(ROOT), module],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            return done.stderr.splitlines()[-1]
        return set(json.loads(done.stdout))

    modules = [*CORE, *PURE]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(modules, pool.map(load, modules), strict=True))


def _imports(path: Path) -> Iterator[str]:
    """Full names of the modules that a source file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_there_is_something_to_check():
    assert "em_core.mixture" in CORE
    assert any(name.startswith("explorer.figures.") for name in PURE)
    assert "explorer.state" in EXPLORER


@pytest.mark.parametrize("module", CORE)
def test_the_core_needs_numpy_and_the_standard_library_only(module, brought_along):
    loaded = brought_along[module]
    assert isinstance(loaded, set), loaded
    assert loaded - sys.stdlib_module_names <= {"em_core", "numpy"}


@pytest.mark.parametrize("module", PURE)
def test_pure_modules_load_without_streamlit(module, brought_along):
    loaded = brought_along[module]
    assert isinstance(loaded, set), loaded
    assert not loaded & {"streamlit", "pandas", "scipy"}


@pytest.mark.parametrize("module", CORE)
def test_the_core_imports_nothing_else_later_either(module):
    roots = {name.split(".")[0] for name in _imports(CORE[module])}
    assert roots - sys.stdlib_module_names <= {"em_core", "numpy"}


@pytest.mark.parametrize("module", PURE)
def test_pure_modules_import_no_streamlit_later_either(module):
    names = list(_imports(PURE[module]))
    assert not [name for name in names if _lies_in(name, ("streamlit", *USES_STREAMLIT))]


@pytest.mark.parametrize("module", [m for m in EXPLORER if not _lies_in(m, ("explorer.pages",))])
def test_only_the_app_imports_pages(module):
    assert not [name for name in _imports(EXPLORER[module]) if _lies_in(name, ("explorer.pages",))]


@pytest.mark.parametrize("module", [m for m in EXPLORER | APP if m != "explorer.state"])
def test_only_the_state_module_touches_the_session_state(module):
    tree = ast.parse((EXPLORER | APP)[module].read_text(encoding="utf-8"))
    words = {
        word
        for node in ast.walk(tree)
        for word in (getattr(node, key, None) for key in ("attr", "id", "name", "value"))
        if isinstance(word, str)
    }
    assert "session_state" not in words


def test_nothing_names_a_folder_outside_the_project():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    outside = "/".join(("..", "shared")).encode()
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert not [str(path) for path in files if path.is_file() and outside in path.read_bytes()]
