"""The picture buttons in a real browser: each chart arrives as a PNG and as an SVG file."""

import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page

from em_core import fit
from explorer.app.pictures import HTML
from explorer.export.pictures import pictures
from explorer.model.examples import default_problem, named_data, suggested_start
from explorer.model.problem import Data, Start
from explorer.stage import Settings
from explorer.stage.assets import script
from explorer.stage.library import source
from tests.browser.conftest import Windows

PAGE = """<!doctype html><meta charset="utf-8"><main>{html}</main><script>{library}</script>
<script type="module">{script}
pictures({{ data: {data}, parentElement: document.querySelector("main") }});</script>"""
SETTINGS = Settings(posterior=True)
INCH = 0.0254


def with_buttons(windows: Windows, file: Path, data: Data, start: Start) -> Iterator[Page]:
    """A bare page with the buttons for a run, which the app offers in its menu."""
    page = windows.new({})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    trace = fit(data.points, start.mixture)
    html = PAGE.format(
        html=HTML,
        library=source().decode(),
        script=script("pictures"),
        data=json.dumps(pictures(data, trace, 4, SETTINGS)),
    )
    file.write_text(html, encoding="utf-8")
    page.goto(file.as_uri())
    yield page
    page.close()
    assert not errors


@pytest.fixture(scope="module")
def line(windows: Windows, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    problem = default_problem()
    file = tmp_path_factory.mktemp("pictures") / "page.html"
    yield from with_buttons(windows, file, problem.data, problem.start)


@pytest.fixture
def plane(windows: Windows, tmp_path: Path) -> Iterator[Page]:
    data = named_data("penguins")
    yield from with_buttons(windows, tmp_path / "page.html", data, suggested_start(data))


def saved(page: Page, button: str) -> tuple[str, bytes]:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def words_of(svg: bytes) -> str:
    return " ".join(ElementTree.fromstring(svg).itertext())


def test_each_chart_of_a_line_is_saved(line: Page) -> None:
    for label in ("Densities", "Responsibilities", "Trajectory"):
        name, svg = saved(line, f"{label} as SVG")
        assert name == f"worked-example-{label.lower()}.svg"
        root = ElementTree.fromstring(svg)
        width, height = float(root.get("width", 0)), float(root.get("height", 0))
        assert width == 680
        assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) > 5
        assert "component 2" in words_of(svg)
        name, png = saved(line, f"{label} as PNG")
        assert name == f"worked-example-{label.lower()}.png"
        assert png.startswith(b"\x89PNG")
        assert struct.unpack(">II", png[16:24]) == (2125, round(height * 300 / 96))


def test_a_png_says_its_resolution(line: Page) -> None:
    _, png = saved(line, "Densities as PNG")
    at = png.index(b"pHYs")
    across, up, unit = struct.unpack(">IIB", png[at + 4 : at + 13])
    assert (across, up, unit) == (round(300 / INCH), round(300 / INCH), 1)
    assert struct.unpack(">I", png[at + 13 : at + 17])[0] == zlib.crc32(png[at : at + 13])


def test_the_legend_names_what_is_drawn_and_nothing_else(line: Page) -> None:
    words = words_of(saved(line, "Densities as SVG")[1])
    for drawn in ("component 1", "mixture", "before this M-step", "decision boundary", "posterior"):
        assert drawn in words
    assert "true groups" not in words
    assert "lower bound (ELBO)" in words_of(saved(line, "Trajectory as SVG")[1])


def test_the_plane_is_saved_with_all_its_parameters(plane: Page) -> None:
    words = words_of(saved(plane, "The plane as SVG")[1])
    assert "Bill length (mm)" in words
    assert "90% of each component" in words
    words = words_of(saved(plane, "Trajectory as SVG")[1])
    for title in ("means x (mm)", "σ² y (mm²)", "covariances (mm²)"):
        assert title in words
