"""The static site in Chromium, without the Internet: `cdn.py` answers the CDN's addresses.

Not part of `make test`, which this file's name keeps it out of: run `make test-static`.
"""

from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright

from scripts import chromium
from scripts.static.build import build, read_cdn
from tests.static import cdn

BOOT = 120_000
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
}
# stlite asks this address, which exists nowhere, whether downloads are there.
NOWHERE = "stlite.invalid"


@pytest.fixture(scope="module")
def answers() -> dict[str, Path]:
    return cdn.fetch()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, answers: dict[str, Path]) -> Iterator[str]:
    """The site on this machine, in a folder of its host; only Pyodide's lock file is the test's."""
    host = tmp_path_factory.mktemp("host")
    pins = cdn.pins()
    lock = answers[f"{pins['pyodide']['base']}/pyodide-lock.json"]
    pins["pyodide"]["files"][lock.name] = cdn.integrity(lock)
    build(host / "courses" / "em", cdn=pins)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(host))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/courses/em/"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def visit(site: str, answers: dict[str, Path]) -> Iterator[Callable[..., Page]]:
    """`visit(query="", tampered="")`: a new visitor; the file named `tampered` is not as it was."""
    strangers: list[str] = []

    def visit(query: str = "", tampered: str = "") -> Page:
        def answer(route: Route) -> None:
            parts = urlsplit(route.request.url)
            path = answers.get(route.request.url)
            if parts.netloc == urlsplit(site).netloc or parts.scheme in ("blob", "data"):
                route.continue_()
            elif path is None:
                strangers.append(route.request.url)
                route.abort()
            else:
                body = path.read_bytes() + (b"\n" if path.name == tampered else b"")
                kind = TYPES.get(path.suffix, "application/octet-stream")
                route.fulfill(
                    body=body, content_type=kind, headers={"Access-Control-Allow-Origin": "*"}
                )

        context = browser.new_context(viewport=chromium.LAPTOP)
        context.route("**/*", answer)
        page = context.new_page()
        page.goto(site + query)
        return page

    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield visit
        browser.close()
    assert {urlsplit(url).netloc for url in strangers} <= {NOWHERE}, strangers


def test_the_pins_are_those_of_the_packages():
    assert read_cdn() == cdn.pins()


def test_a_tampered_file_stops_the_start(visit: Callable[..., Page]):
    page = visit(tampered="pyodide.asm.js")
    expect(page.get_by_role("status")).to_contain_text("The app could not be started")
