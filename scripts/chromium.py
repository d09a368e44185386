"""Chromium, for the browser tests, the screenshots and the latency benchmark."""

import os
import shutil
from typing import Literal

from playwright.sync_api import Browser, Page, Playwright, ViewportSize

LAPTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}

MISSING = (
    "No Chromium was found: install Chromium or Google Chrome, or set CHROMIUM to the path of one,"
    " or run '.venv/bin/python -m playwright install chromium'."
)

_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC_APPS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",
)


def find(playwright: Playwright) -> str | None:
    """Path of the Chromium or Chrome to use, or None.

    The environment variable CHROMIUM decides where it is set; else an installed browser is
    preferred to Playwright's own.
    """
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    candidates = (*_COMMANDS, *_MAC_APPS, playwright.chromium.executable_path)
    return next(filter(None, map(shutil.which, candidates)), None)


def launch(playwright: Playwright) -> Browser:
    """Start the browser, without a window. RuntimeError where none is found, with the cure."""
    path = find(playwright)
    if path is None:
        raise RuntimeError(MISSING)
    return playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))


def settle(page: Page) -> None:
    """Wait until Streamlit has drawn the last run of the script, and the stage its charts.

    A click takes a moment to reach the server: first wait for something that the click brings.
    """
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']")
    page.wait_for_selector("[data-stale='true']", state="detached")
    page.wait_for_selector(".em-stage .em-loading:not([hidden])", state="detached")


def wear(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Change to that theme, as the person's system does at night, and wait until it is there."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "(scheme) => getComputedStyle(document.querySelector('.stApp')).colorScheme === scheme",
        arg=scheme,
    )
    settle(page)
