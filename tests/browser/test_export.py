"""Every export is downloaded and opened again by its own kind of reader."""

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from explorer.io.session_file import from_json
from explorer.model.examples import default_problem
from explorer.model.problem import View

SLOWLY = 30_000


@pytest.fixture
def download(open_page: Callable[..., Page], tmp_path: Path) -> Callable[[str], Path]:
    """`download(label)`: the file behind that button, from the worked example's first M-step."""
    page = open_page("/?t=1&phase=m")
    expect(page.locator(".em-main .main-svg").first).to_be_visible(timeout=SLOWLY)
    page.get_by_role("button", name="Export").click()

    def download(label: str) -> Path:
        with page.expect_download(timeout=SLOWLY) as arriving:
            page.get_by_role("dialog").get_by_role("button", name=label, exact=True).click()
        file = tmp_path / arriving.value.suggested_filename
        arriving.value.save_as(file)
        return file

    return download


def table(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))


def test_every_file_opens(download):
    assert from_json(download("Session (JSON)").read_text()) == (
        default_problem(),
        View(half_step=2),
    )

    page = download("Web page that plays").read_text()
    assert page.startswith("<!doctype html>")
    assert "Worked example" in page

    notebook = json.loads(download("Notebook").read_text())
    assert notebook["nbformat"] == 4
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            compile("".join(cell["source"]), "cell", "exec")

    exec(compile(download("Python script").read_text(), "script", "exec"), {})

    shares = table(download("Responsibilities (CSV)"))
    assert float(shares[0]["responsibility_1_by_iteration_0"]) == pytest.approx(
        0.294214972162989, rel=1e-14
    )
    parameters = table(download("Parameters by iteration (CSV)"))
    assert float(parameters[1]["variance_1"]) == pytest.approx(0.575785907687063, rel=1e-13)
    summary = {row["quantity"]: row["value"] for row in table(download("Summary (CSV)"))}
    assert (summary["iteration"], summary["phase"]) == ("1", "M")

    made: dict = {}
    exec(compile(download("scikit-learn model").read_text(), "model", "exec"), made)
    assert made["model"].predict(np.array([[-1.0], [1.8]])).tolist() == [0, 1]


def test_charts_as_pictures(download):
    picture = download("Densities as PNG").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(picture[16:20]) >= 2000
    drawing = ElementTree.fromstring(download("Trajectory as SVG").read_text())
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"


def test_a_tooltip_that_stays_after_escape_takes_no_clicks(page):
    """It lies over the main menu, whose clicks it must let through."""
    page.get_by_role("button", name="Export").click()
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_test_id("stTooltipContent")).to_be_visible(timeout=30_000)
    page.get_by_test_id("stMainMenu").click()
    expect(page.get_by_test_id("stMainMenuPopover")).to_be_visible(timeout=30_000)
