"""The app in a real browser: one server and one Chromium a session.

A test that takes `page` (or opens pages with `open_page`) fails when the page logs an error,
throws, or asks any other host for anything, and when the app raises on the server.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from scripts import chromium
from scripts.app_server import AppServer, running_app
from tests.browser.bare import Pages, Stage, bare_pages
from tests.browser.modules import imported

PATIENCE = 90_000
"""Milliseconds. A test waits for what it expects; only a very busy machine takes this long."""


@pytest.fixture(scope="session")
def app_server() -> Iterator[AppServer]:
    with running_app() as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        if chromium.find(playwright) is None:
            pytest.fail(chromium.MISSING, pytrace=False)
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


class Windows:
    """Pages of the app, taken up again by the next test that can use them: Chromium then need not
    read and compile Streamlit and Plotly anew, which takes longer than most tests.

    Size, colours and motion are set on a page; what else is asked for needs another context, which
    knows no more of the first than another browser does, and is kept as well.
    """

    def __init__(self, browser: Browser, app_server: AppServer) -> None:
        self.browser, self.url = browser, app_server.url
        self.contexts: dict[str, BrowserContext] = {}
        self.free: dict[str, list[Page]] = {}
        self.complaints: list[str] = []

    def new(self, options: dict[str, Any]) -> Page:
        """A page without a history, which nothing watches."""
        looks, rest = _looks_and_rest(options)
        if repr(rest) not in self.contexts:
            context = self.contexts[repr(rest)] = self.browser.new_context(**rest)
            context.set_default_timeout(PATIENCE)
            # As long as it is open, what was compiled is kept.
            context.new_page().goto(f"{self.url}/_stcore/health")
        page = self.contexts[repr(rest)].new_page()
        _look(page, looks)
        return page

    def take(self, options: dict[str, Any], fresh: bool) -> Page:
        """A page that is watched; fresh: without a history."""
        looks, rest = _looks_and_rest(options)
        free = self.free.setdefault(repr(rest), [])
        if free and not fresh:
            page = free.pop()
            _look(page, looks)
        else:
            page = self.new(options)
            _watch(page, self.url, self.complaints)
        return page

    def leave(self, page: Page, options: dict[str, Any], fresh: bool) -> None:
        """Nothing of the visit stays, neither on the page nor in what the browser keeps."""
        page.context.set_offline(False)
        page.context.clear_permissions()
        page.goto(f"{self.url}/_stcore/health")
        page.evaluate("sessionStorage.clear(); localStorage.clear()")
        page.context.clear_cookies()
        if fresh:
            page.close()
        else:
            page.mouse.move(0, 0)
            self.free[repr(_looks_and_rest(options)[1])].append(page)


USUAL = {"viewport": chromium.LAPTOP, "color_scheme": "light", "reduced_motion": "reduce"}
"""Charts glide only for a test that asks for motion: each frame drawn is work."""


def _looks_and_rest(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    rest = {name: value for name, value in options.items() if name not in USUAL}
    return {name: options.get(name, value) for name, value in USUAL.items()}, rest


def _look(page: Page, looks: dict[str, Any]) -> None:
    page.set_viewport_size(looks["viewport"])
    page.emulate_media(color_scheme=looks["color_scheme"], reduced_motion=looks["reduced_motion"])


@pytest.fixture(scope="session")
def windows(browser: Browser, app_server: AppServer) -> Windows:
    return Windows(browser, app_server)


@pytest.fixture
def open_page(windows: Windows, app_server: AppServer) -> Iterator[Callable[..., Page]]:
    """`open_page(path="/", fresh=False, permissions=(), viewport=…, …)`: the app as a new visit.

    fresh: on a page without a history, whose listeners go with the test. The other options are
    those of Playwright's `Browser.new_context`.
    """
    opened: list[tuple[Page, dict[str, Any], bool]] = []
    log_before = app_server.log.stat().st_size

    def open_page(
        path: str = "/", fresh: bool = False, permissions: Sequence[str] = (), **options: Any
    ) -> Page:
        page = windows.take(options, fresh)
        opened.append((page, options, fresh))
        if permissions:
            page.context.grant_permissions(permissions)
        page.bring_to_front()
        page.goto(app_server.url + path)
        chromium.settle(page)
        return page

    yield open_page
    for each in opened:
        windows.leave(*each)
    with app_server.log.open() as log:
        log.seek(log_before)
        printed = log.read()
    complaints = windows.complaints[:]
    windows.complaints.clear()
    if "Traceback" in printed:
        complaints.append(f"the app raised:\n{printed}")
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def new_tab(windows: Windows) -> Iterator[Callable[..., Page]]:
    """`new_tab(**options)`: an empty page that nothing watches, and that goes with the test."""
    opened: list[Page] = []

    def new_tab(**options: Any) -> Page:
        opened.append(windows.new(options))
        return opened[-1]

    yield new_tab
    for page in opened:
        page.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """The app as it opens, 1280 × 800, light."""
    return open_page()


@pytest.fixture
def explore(open_page: Callable[..., Page]) -> Callable[..., Page]:
    """`explore(path="/", …)`: as `open_page`, and its stage is painted."""

    def explore(path: str = "/", **options: Any) -> Page:
        page = open_page(path, **options)
        page.locator(".em-main .main-svg").first.wait_for()
        return page

    return explore


@pytest.fixture(scope="session")
def module(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`module(name, folder=…)`: the one empty page that all tests of modules use, with this one."""
    with browser.new_context() as context:
        yield partial(imported, context.new_page())


@pytest.fixture(scope="session")
def bare(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Pages that have a stage each and nothing else."""
    with bare_pages(browser, tmp_path_factory.mktemp("bare") / "stage.html") as pages:
        yield pages


@pytest.fixture
def open_bare(bare: Pages) -> Iterator[Callable[..., Stage]]:
    """`open_bare(data, trace, …)`: a new stage on such a page."""
    with bare.stages() as open_stage:
        yield open_stage


def _watch(page: Page, app_url: str, complaints: list[str]) -> None:
    """Add to `complaints` each error on the page and each request to another host."""
    app_host = urlsplit(app_url).netloc

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"console error: {message.text} ({message.location.get('url')})")

    def on_address(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != app_host:
            complaints.append(f"request to another host: {url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
    page.on("request", lambda request: on_address(request.url))
    page.on("websocket", lambda socket: on_address(socket.url))
