"""Who may import whom. The folders say it: each may import those above it in LAYERS, and itself.

The sources are read, which also finds imports inside functions; and each folder that must do
without Streamlit is imported in a fresh interpreter, which sees what comes along indirectly.
"""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LAYERS = (
    "em_core",
    "explorer.model",
    "explorer.io",
    "explorer.charts",
    "explorer.stage",
    "explorer.export",
    "explorer.app",
    "explorer.launch",
    "streamlit_app",
)
KNOW_STREAMLIT = ("explorer.stage", "explorer.app", "explorer.launch", "streamlit_app")
ONLY_THE_STATE = "explorer.app.state"

CORE_LAYERS = ("em_core.engine", "em_core.report", "em_core.optimum", "em_core.inference")
"""Folders of em_core in their order; the textbook's files beside them import none of these."""

_IMPORT_AND_TELL = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
import numpy, numpy.linalg, numpy.random
before = set(sys.modules)
for module in sys.argv[2:]:
    importlib.import_module(module)
print(json.dumps(sorted({name.split(".")[0] for name in set(sys.modules) - before})))
"""


def _modules() -> dict[str, Path]:
    """Module name -> file, for every module of the product."""
    files = [ROOT / "streamlit_app.py", *(ROOT / "em_core").rglob("*.py")]
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted([*files, *(ROOT / "explorer").rglob("*.py")])
    }


def _layer_of(module: str) -> str | None:
    return next((a for a in LAYERS if module == a or module.startswith(a + ".")), None)


def _imports(path: Path) -> Iterator[str]:
    """Full names of the modules that a source file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


MODULES = _modules()


def test_every_module_lies_in_a_layer():
    assert {_layer_of(m) for m in MODULES if m != "explorer"} == set(LAYERS)


@pytest.mark.parametrize("module", [m for m in MODULES if _layer_of(m)])
def test_imports_point_to_the_layers_above(module):
    own = LAYERS.index(_layer_of(module))
    below = [
        n for n in _imports(MODULES[module]) if (at := _layer_of(n)) and LAYERS.index(at) > own
    ]
    assert not below


@pytest.mark.parametrize("module", [m for m in MODULES if _layer_of(m) not in KNOW_STREAMLIT])
def test_only_stage_and_app_name_streamlit(module):
    assert not [name for name in _imports(MODULES[module]) if name.split(".")[0] == "streamlit"]


@pytest.mark.parametrize("layer", [a for a in LAYERS if a not in KNOW_STREAMLIT])
def test_a_layer_loads_without_streamlit(layer):
    modules = [m for m in MODULES if _layer_of(m) == layer]
    command = [sys.executable, "-c", _IMPORT_AND_TELL, str(ROOT), *modules]
    loaded = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert not {"streamlit", "pandas", "scipy"} & set(loaded)
    if layer == "em_core":
        assert set(loaded) - sys.stdlib_module_names <= {"em_core", "numpy"}


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("em_core.")])
def test_the_textbook_imports_nothing_that_is_built_on_it(module):
    own = next((i for i, a in enumerate(CORE_LAYERS) if module.startswith(a)), -1)
    if module.startswith(("em_core.starts", "em_core.datasets")):
        own = len(CORE_LAYERS)
    assert not [n for n in _imports(MODULES[module]) if n.startswith(CORE_LAYERS[own + 1 :])]


@pytest.mark.parametrize("module", [m for m in MODULES if m != ONLY_THE_STATE])
def test_only_the_state_module_touches_the_session_state(module):
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
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
