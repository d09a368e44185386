"""The static site in Chromium, without the Internet: `cdn.py` answers the CDN's addresses.

Not part of `make test`, which this file's name keeps it out of: run `make test-static`.
"""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import ClassVar
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect, sync_playwright

from em_core import GaussianMixture, fit
from explorer.io.link import encode, query
from explorer.launch.static.build import build, read_cdn
from explorer.model.examples import own_data
from explorer.model.problem import Problem, Start, View
from scripts import chromium
from tests.static import cdn

BOOT = 180_000
"""Milliseconds that Python may take to start, also on a machine with much else to do."""
expect.set_options(timeout=30_000)
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
}
# Whatever the front says of what is coming.
TOLD = """addEventListener("DOMContentLoaded", () => {
  const coming = document.getElementById("coming");
  window.told = [];
  new MutationObserver(() => told.push(coming.textContent.trim()))
    .observe(coming, { childList: true, subtree: true, characterData: true });
});"""
# Where the front, and then the app, has the title, its sentence, the buttons, the charts, a handle.
PLACES = """addEventListener("DOMContentLoaded", () => {
  const names = [":is(h1, .ex-title)", ":is(.what-for, .ex-what-for)", ".em-bar", ".em-next",
    ".em-main", ".em-shares", ".em-trajectory", ".em-badge"];
  window.places = {};
  const see = (time, root) => {
    places[time] = names.map((name) => {
      const part = root.querySelector(name);
      const range = document.createRange();
      if (part?.childElementCount === 0) range.selectNodeContents(part);
      const { x, y, width } = (range.collapsed ? part : range)?.getBoundingClientRect() ?? {};
      return width ? [x, y] : null;
    });
  };
  const look = () => {
    const front = document.querySelector("#front");
    if (front) see("before", front);
    else see("after", document.querySelector("#root"));
    if (front) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});"""
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
    """`visit(question="", tampered="", missing=None, size=…)`: a new visitor; the file `tampered`
    is not as it was, and those whose names begin with `missing` do not come."""
    strangers: list[str] = []
    printed: list[str] = []

    def visit(
        question: str = "",
        tampered: str = "",
        missing: str | None = None,
        size: ViewportSize = chromium.LAPTOP,
    ) -> Page:
        def answer(route: Route) -> None:
            parts = urlsplit(route.request.url)
            path = answers.get(route.request.url)
            if parts.netloc == urlsplit(site).netloc or parts.scheme in ("blob", "data"):
                route.continue_()
            elif path is not None and missing and path.name.startswith(missing):
                route.abort()
            elif path is None:
                strangers.append(route.request.url)
                route.abort()
            else:
                body = path.read_bytes() + (b"\n" if path.name == tampered else b"")
                kind = TYPES.get(path.suffix, "application/octet-stream")
                route.fulfill(
                    body=body, content_type=kind, headers={"Access-Control-Allow-Origin": "*"}
                )

        context = browser.new_context(viewport=size, service_workers="block")
        context.route("**/*", answer)
        context.add_init_script(TOLD)
        context.add_init_script(PLACES)
        page = context.new_page()
        page.on("console", lambda message: printed.append(message.text))
        page.goto(site + question)
        return page

    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield visit
        browser.close()
    assert {urlsplit(url).netloc for url in strangers} <= {NOWHERE}, strangers
    assert not [text for text in printed if "Traceback" in text]


def test_the_pins_are_those_of_the_packages():
    assert read_cdn() == cdn.pins()


def test_a_tampered_file_stops_the_start_and_is_named(visit: Callable[..., Page]):
    page = visit(tampered="pyodide.asm.js")
    expect(page.get_by_role("alert")).to_contain_text("The app could not be started")
    expect(page.get_by_role("alert")).to_contain_text("pyodide.asm.js did not arrive")
    page.get_by_role("button", name="Iterate").click()
    expect(page.locator(".em-place")).to_have_text("Iteration 1 · M-step done")


def test_a_file_that_is_missing_is_named(visit: Callable[..., Page]):
    page = visit(missing="numpy")
    expect(page.get_by_role("alert")).to_contain_text(re.compile("numpy.*did not arrive"))


def taken_over(page: Page) -> None:
    """The app is there and the front is gone."""
    expect(page.locator("#front")).to_have_count(0, timeout=BOOT)


def test_the_worked_example_to_the_digit(visit: Callable[..., Page]):
    """From the front, before Python is there, to the app: the same half-step, the same digits."""
    page = visit()
    front = page.locator("#front")
    front.get_by_role("button", name="Iterate").click()
    expect(front.locator(".em-place")).to_have_text("Iteration 1 · M-step done")
    written = [front.locator(name).inner_text() for name in (".em-place", ".em-likelihood")]
    expect(page).to_have_url(re.compile("[?]" + re.escape("v=1&t=1&phase=m")), timeout=BOOT)
    taken_over(page)
    told = re.findall(r"Python is on its way: (\d+) of (\d+) MB", " ".join(page.evaluate("told")))
    assert len({here for here, _ in told}) > 5
    assert told[-1][0] == told[-1][1]
    assert [page.locator(name).inner_text() for name in (".em-place", ".em-likelihood")] == written
    for mean_or_variance in ("−0.5373", "0.5758"):
        shown = page.get_by_text(mean_or_variance).locator("visible=true")
        expect(shown.first).to_be_visible()
    expect(page).to_have_url(re.compile("[?]" + re.escape("v=1&t=1&phase=m")))
    page.get_by_role("button", name="Export").click()
    with page.expect_download(timeout=BOOT) as download:
        page.get_by_role("button", name="Python script").click()
    command = [sys.executable, str(download.value.path())]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "0.57578591" in printed


@pytest.mark.parametrize(
    ("question", "size"),
    [
        ("", chromium.LAPTOP),
        ("", {"width": 1000, "height": 700}),
        ("", {"width": 768, "height": 900}),
        ("", chromium.PHONE),
        ("?v=1&t=1&phase=m", chromium.LAPTOP),
        ("?v=1&t=1&phase=m", {"width": 1000, "height": 700}),
        ("?v=1&t=1&phase=m", chromium.PHONE),
        ("?v=1&t=1&phase=m&embed=true", {"width": 800, "height": 600}),
        ("?v=1&t=1&phase=m&embed=true", {"width": 900, "height": 620}),
        ("?v=1&t=1&phase=m&present=on", chromium.LAPTOP),
        ("?v=1&t=1&phase=m&page=why", chromium.LAPTOP),
        ("?v=1&t=1&phase=m&page=why", chromium.PHONE),
        ("?v=1&t=1&phase=m&data=iris", chromium.LAPTOP),
    ],
)
def test_nothing_moves_when_the_app_takes_over(visit: Callable[..., Page], question, size):
    page = visit(question, size=size)
    taken_over(page)
    page.wait_for_function("places.after")
    places = page.evaluate("places")
    seen = [pair for pair in zip(places["before"], places["after"], strict=True) if all(pair)]
    assert len(seen) >= 5
    assert abs(np.diff(seen, axis=1)).max() < 2, places


def test_handles_stand_on_their_curves_in_every_theme(visit: Callable[..., Page]):
    """stlite puts a class, another in each theme, before Streamlit's rules, which would outweigh
    the stage's."""
    page = visit("?v=1&t=1&phase=m")
    taken_over(page)
    margin = "() => parseFloat(getComputedStyle(document.querySelector('.em-badge')).marginLeft)"
    assert page.evaluate(margin) < -10
    scope = page.locator(".stlite-root")
    light = scope.get_attribute("class")
    page.emulate_media(color_scheme="dark")
    expect(scope).not_to_have_class(str(light))
    assert page.evaluate(margin) < -10


def test_what_was_done_before_python_is_kept(visit: Callable[..., Page]):
    """A start moved at once, a point removed once Streamlit is in the page, a step after that."""
    page = visit("?v=1&t=1&phase=m")
    front = page.locator("#front")
    front.get_by_role("button", name="To the start").click()
    front.locator(".em-badge").first.press("ArrowRight")
    expect(page).to_have_url(re.compile("mu="))
    page.wait_for_selector("#root [data-testid=stApp]", state="attached", timeout=BOOT)
    front.locator("h1").click()
    page.keyboard.press(".")
    of_five = front.locator(".em-likelihood").inner_text()
    page.keyboard.press("Delete")
    expect(front.locator(".em-likelihood")).not_to_have_text(of_five)
    expect(page).to_have_url(re.compile("x="))
    page.keyboard.press("ArrowRight")
    expect(front.locator(".em-place")).to_have_text("Iteration 1 · E-step done")
    written = front.locator(".em-likelihood").inner_text()
    taken_over(page)
    expect(page.locator(".em-place")).to_have_text("Iteration 1 · E-step done")
    expect(page.locator(".em-likelihood")).to_have_text(written)
    expect(page.get_by_text("4 points").first).to_be_visible()
    expect(page).to_have_url(re.compile("x=.*mu=.*t=1&phase=e"))


def test_a_permalink_shows_its_view(visit: Callable[..., Page]):
    """Own points, from a start of their own, after one iteration and an E-step."""
    start = GaussianMixture.univariate([0.3, 0.7], [-2, 1], [1, 0.5])
    problem = Problem(own_data([-2.5, -2, 0.25, 1, 1.5]), Start(start))
    reached = fit(problem.data.points, start, max_iter=1).log_likelihoods[1]
    page = visit(query(encode(problem, View(half_step=3))))
    shown = f"{reached:.4g}".replace("-", "−")
    expect(page.locator("#front .em-likelihood")).to_contain_text(shown)
    taken_over(page)
    status = page.get_by_text(re.compile("^Iteration 2 · E-step done[.] Log-likelihood"))
    expect(status).to_contain_text(shown)
    page.get_by_role("button", name="M-step").click()
    expect(page).to_have_url(re.compile("t=2&phase=m"))


def test_a_start_that_python_draws_comes_with_it(visit: Callable[..., Page]):
    page = visit("?start=random&startseed=3")
    expect(page.get_by_role("status").first).to_contain_text("drawn by Python")
    taken_over(page)
    page.get_by_role("button", name="Iterate").click()
    expect(page.locator(".em-place")).to_have_text("Iteration 1 · M-step done")


def test_a_table_brings_what_it_takes(visit: Callable[..., Page]):
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    taken_over(page)
    assert not [url for url in asked if re.search("pandas|pillow|altair|parquet", url)]
    page.get_by_role("button", name="Your data").click()
    page.get_by_role("radio", name="Type").click()
    expect(page.get_by_text("The table is on its way")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible(timeout=BOOT)
    expect(page.get_by_test_id("stDataFrame")).to_contain_text("-0.9")
    expect(page.get_by_text("The table is on its way")).to_have_count(0)
    expect(page.get_by_role("dialog").get_by_role("alert")).to_have_count(0)


class Counting(SimpleHTTPRequestHandler):
    """The site and, below /cdn/, what its CDN has; notes what is asked for."""

    asked: ClassVar[list[str]] = []
    cdn: ClassVar[dict[str, Path]] = {}
    slowly: ClassVar[Event] = Event()

    def translate_path(self, path: str) -> str:
        found = self.cdn.get(path)
        return str(found) if found else super().translate_path(path)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.slowly.is_set() and self.path.endswith("/"):
            time.sleep(8)
        super().do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_each_file_comes_once_and_the_next_visit_opens_without_a_network(
    tmp_path: Path, answers: dict[str, Path]
):
    pins = cdn.pins()
    lock = answers[f"{pins['pyodide']['base']}/pyodide-lock.json"]
    pins["pyodide"]["files"][lock.name] = cdn.integrity(lock)
    handler = partial(Counting, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        origin = f"http://127.0.0.1:{server.server_port}"
        bases = [(part, "base") for part in pins]
        for part, name in [*bases, ("pyodide", "packages")]:
            was = pins[part][name]
            pins[part][name] = f"{origin}/cdn/{urlsplit(was).path.strip('/')}"
        Counting.cdn = {f"/cdn{urlsplit(url).path}": path for url, path in answers.items()}
        build(tmp_path / "em", cdn=pins)
        Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = chromium.launch(playwright)
            page = browser.new_page(viewport=chromium.LAPTOP)
            page.goto(f"{origin}/em/")
            taken_over(page)
            files = [path for path in Counting.asked if not path.endswith(("/", "worker.js"))]
            assert len(files) > 20
            assert [path for path in set(files) if files.count(path) > 1] == []

            Counting.slowly.set()
            page.reload(timeout=5_000)
            front = page.locator("#front")
            expect(front.get_by_role("button", name="Iterate")).to_be_enabled(timeout=5_000)

            server.shutdown()
            server.server_close()
            page.context.set_offline(True)
            page.reload()
            front.get_by_role("button", name="Iterate").click()
            expect(page.get_by_text("no network is needed")).to_be_visible()
            taken_over(page)
            expect(page.locator(".em-place")).to_have_text("Iteration 1 · M-step done")
            page.get_by_role("button", name="E-step").click()
            expect(page.locator(".em-place")).to_have_text("Iteration 2 · E-step done")
            browser.close()
