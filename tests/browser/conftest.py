"""The app in a real browser: one server and one Chromium a session, a new context a page.

A test that takes `page` (or opens pages with `open_page`) fails when the page logs an error,
throws, or asks any other host for anything, and when the app raises on the server.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from scripts import chromium
from scripts.app_server import AppServer, running_app

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


@pytest.fixture
def open_page(browser: Browser, app_server: AppServer) -> Iterator[Callable[..., Page]]:
    """`open_page(path="/", viewport=…, color_scheme=…, …)`: the app in a context of its own.

    The options are those of Playwright's `Browser.new_context`.
    """
    contexts = []
    complaints: list[str] = []
    log_before = app_server.log.stat().st_size

    def open_page(path: str = "/", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": chromium.LAPTOP, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        _watch(page, app_server.url, complaints)
        page.goto(app_server.url + path)
        chromium.settle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    with app_server.log.open() as log:
        log.seek(log_before)
        printed = log.read()
    if "Traceback" in printed:
        complaints.append(f"the app raised:\n{printed}")
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """The app as it opens, 1280 × 800, light."""
    return open_page()


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
