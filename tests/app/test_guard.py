"""What nobody foresaw never reaches the screen as a traceback, wherever it happens."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.told import app_at, text

ROOT = Path(__file__).parents[2]
CALLED_BACK = ("on_click", "on_change", "on_dismiss", "on_cursor", "on_edit")


@pytest.fixture
def app() -> AppTest:
    return app_at()


def breaks(*arguments: object) -> None:
    raise OverflowError("a fault that was put here on purpose")


def test_a_callback_that_breaks_changes_nothing_and_says_so(app, monkeypatch, caplog):
    before = app.session_state["session"]
    with monkeypatch.context() as patch:
        patch.setattr("explorer.app.state.run", breaks)
        app.number_input(key="mean0-1").set_value(-2.5).run()
    assert not app.exception
    assert app.session_state["session"].problem == before.problem
    assert app.number_input(key="mean0-1").value == -3
    assert "Something went wrong with that change" in text(app)
    assert "put here on purpose" in caplog.text
    app.number_input(key="mean0-1").set_value(-2.0).run()
    assert app.session_state["session"].problem.start.mixture.means[0, 0] == -2
    assert "Something went wrong" not in text(app)


@pytest.mark.parametrize(
    ("key", "broken"),
    [
        ("share", "explorer.app.share._about"),
        ("export", "explorer.app.export.exports"),
        ("data-open", "streamlit.segmented_control"),
    ],
)
def test_a_dialog_that_breaks_ends_in_a_calm_sentence(app, monkeypatch, key, broken):
    monkeypatch.setattr(broken, breaks)
    app.button(key=key).click().run()
    assert not app.exception
    assert "Something went wrong here" in text(app)


def handed_over(tree: ast.Module) -> Iterator[str]:
    """The names of the functions that widgets are told to call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in CALLED_BACK:
            value = node.value
            if isinstance(value, ast.Call) and ast.unparse(value.func) == "partial":
                value = value.args[0]
            if not isinstance(value, ast.Constant):
                yield ast.unparse(value).rpartition(".")[2]


def guarded_functions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            decorators = [ast.unparse(each) for each in node.decorator_list]
            if {"callback", "state.callback"} & set(decorators):
                yield node.name


def test_every_function_that_a_widget_calls_is_guarded():
    trees = [ast.parse(path.read_text()) for path in (ROOT / "explorer" / "app").rglob("*.py")]
    called = {name for tree in trees for name in handed_over(tree)}
    assert len(called) > 10
    assert called <= {name for tree in trees for name in guarded_functions(tree)}
