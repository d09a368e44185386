"""The picture buttons in a real browser: each chart arrives as a PNG and as an SVG file."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page

from em_core import fit
from explorer.app.pictures import HERE, HTML, payload
from explorer.model.examples import default_problem, named_data, suggested_start
from explorer.model.problem import Data, Start
from explorer.stage.library import source

PAGE = """<!doctype html><meta charset="utf-8"><main>{html}</main><script>{library}</script>
<script type="module">{script}
pictures({{ data: {data}, parentElement: document.querySelector("main") }});</script>"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A bare page: the app's own offers the buttons in its menu."""
    context = browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    yield page
    context.close()
    assert not errors


def show_buttons(page: Page, file: Path, data: Data, start: Start) -> None:
    trace = fit(data.points, start.mixture)
    html = PAGE.format(
        html=HTML,
        library=source().decode(),
        script=(HERE / "pictures.js").read_text(encoding="utf-8"),
        data=json.dumps(payload(data, trace, 3, "variance", posterior=True)),
    )
    file.write_text(html, encoding="utf-8")
    page.goto(file.as_uri())


def saved(page: Page, button: str) -> tuple[str, bytes]:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_each_chart_of_a_line_is_saved(page: Page, tmp_path: Path) -> None:
    problem = default_problem()
    show_buttons(page, tmp_path / "page.html", problem.data, problem.start)
    for label, height in [("Densities", 380), ("Responsibilities", 260), ("Trajectory", 480)]:
        name, png = saved(page, f"{label} as PNG")
        assert name == f"worked-example-{label.lower()}.png"
        assert png.startswith(b"\x89PNG")
        width, rows = struct.unpack(">II", png[16:24])
        assert width == 2125
        assert rows == pytest.approx(height * 300 / 96, abs=1)
        name, svg = saved(page, f"{label} as SVG")
        assert name == f"worked-example-{label.lower()}.svg"
        root = ElementTree.fromstring(svg)
        assert (root.get("width"), root.get("height")) == ("680", str(height))
        assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) > 5


def test_the_plane_is_saved(page: Page, tmp_path: Path) -> None:
    data = named_data("penguins")
    show_buttons(page, tmp_path / "page.html", data, suggested_start(data))
    _, svg = saved(page, "The plane as SVG")
    words = " ".join(ElementTree.fromstring(svg).itertext())
    assert "Bill length" in words
    assert "mm" in words
