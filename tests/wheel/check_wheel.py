"""The wheel, installed into an empty environment and run where there is no checkout.

Not part of `make test`, which this file's name keeps it out of: run `make test-wheel`.
"""

import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from scripts import chromium
from scripts.app_server import ROOT, AppServer, end, free_port, wait_until_healthy

PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
BIN = "Scripts" if os.name == "nt" else "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT]
    subprocess.run(command, check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """Where the commands of an environment lie that holds the wheel and what it depends on."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    subprocess.run([folder / BIN / "python", "-m", "pip", "install", "-q", wheel], check=True)
    return folder / BIN


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        page = browser.new_page(viewport=chromium.LAPTOP)
        page.set_default_timeout(PATIENCE)
        yield page
        browser.close()


@contextmanager
def running(programs: Path, folder: Path, *words: str) -> Iterator[str]:
    """The address of `em-explorer` with these words."""
    port = free_port()
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [programs / "em-explorer", "--no-browser", "--port", str(port), *words],
            cwd=folder,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        server = AppServer(f"http://localhost:{port}", process, log)
        wait_until_healthy(server)
        yield server.url
        assert "Traceback" not in log.read_text()
    finally:
        end(process)


def open_at(page: Page, address: str) -> None:
    page.goto(address)
    chromium.settle(page)
    page.locator(".em-main .main-svg").first.wait_for()


def test_the_wheel_holds_the_app_and_its_types_and_nothing_else(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "em_core",
        "explorer",
        "em_explorer",
    }
    entry = "explorer/launch/entry"
    served = f"{entry}/static/plotly-basic.min.js"
    assert {"em_core/py.typed", f"{entry}/.streamlit/config.toml", served} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_it_opens_on_the_worked_example(programs: Path, page: Page, tmp_path: Path):
    with running(programs, tmp_path) as address:
        open_at(page, address)
        page.get_by_role("button", name="E-step").click()
        expect(page.get_by_text("Every number of EM can be followed by hand")).to_be_visible()
        expect(page.get_by_role("button", name="M-step")).to_be_visible()


def test_it_opens_with_a_files_column(programs: Path, page: Page, tmp_path: Path):
    values = "\n".join(f"{i},{i % 7 + 0.5},{i % 3}" for i in range(40))
    (tmp_path / "data.csv").write_text(f"id,x,y\n{values}\n")
    with running(programs, tmp_path, "data.csv", "--column", "x") as address:
        open_at(page, address)
        expect(page.get_by_text("40 points of your own")).to_be_visible()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.csv"], "nowhere.csv cannot be read"),
        (["data.csv", "--column", "z"], "There are: x and y"),
        (["static"], "name the folder"),
    ],
)
def test_what_cannot_be_opened_is_said(programs: Path, tmp_path: Path, words: list, said: str):
    (tmp_path / "data.csv").write_text("x,y\n1,2\n3,4\n5,6\n")
    ran = subprocess.run(
        [programs / "em-explorer", *words], cwd=tmp_path, capture_output=True, text=True
    )
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_static_site_is_built(programs: Path, tmp_path: Path):
    subprocess.run([programs / "em-explorer", "static", "site"], cwd=tmp_path, check=True)
    assert (tmp_path / "site" / "index.html").is_file()
    with zipfile.ZipFile(next((tmp_path / "site").glob("app-*.zip"))) as archive:
        assert {"streamlit_app.py", ".streamlit/config.toml"} <= set(archive.namelist())


def test_the_library_has_its_types(programs: Path, tmp_path: Path):
    (tmp_path / "use.py").write_text("from em_core import fit\n\nfit(1, 2, covariance_type=3)\n")
    command = [sys.executable, "-m", "mypy", "--python-executable", programs / "python", "use.py"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    assert "Literal['full', 'tied', 'diag', 'spherical']" in found
