"""A visit survives its server: killed and started again under an open page, or loaded anew."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts import chromium
from scripts.app_server import AppServer, running_app

PATIENCE = 60_000


class Restartable:
    """A server of the test's own, at an address that stays."""

    def __init__(self) -> None:
        self.stack = ExitStack()
        self.server: AppServer = self.stack.enter_context(running_app())

    @property
    def url(self) -> str:
        return self.server.url

    def kill(self) -> None:
        self.server.process.kill()
        self.server.process.wait()

    def start(self) -> None:
        port = urlsplit(self.server.url).port
        self.server = self.stack.enter_context(running_app(port=port))

    def raised(self) -> bool:
        return "Traceback" in self.server.log.read_text()


@pytest.fixture(scope="module")
def restartable() -> Iterator[Restartable]:
    server = Restartable()
    with server.stack:
        yield server


@pytest.fixture
def server(restartable: Restartable) -> Iterator[Restartable]:
    yield restartable
    assert not restartable.raised()


@pytest.fixture
def opened(new_tab: Callable[..., Page], server: Restartable) -> Callable[..., Page]:
    """`opened(question="")`: that address in a tab of its own."""

    def opened(question: str = "") -> Page:
        page = new_tab()
        open_at(page, f"{server.url}/{question}")
        return page

    return opened


def open_at(page: Page, address: str) -> None:
    page.goto(address)
    chromium.settle(page)
    stage_is_there(page)


def stage_is_there(page: Page) -> None:
    page.locator(".em-main .main-svg").first.wait_for()


def limit(page: Page):
    """The field, unfolded."""
    field = page.get_by_role("spinbutton", name="Iteration limit")
    if not field.is_visible():
        page.get_by_text("Options", exact=True).click()
    field.wait_for()
    return field


def set_limit(page: Page, value: int) -> None:
    """And wait until the stage, too, has the run that comes of it: keys are for that one."""
    before = page.evaluate("emCursor.run")
    limit(page).fill(str(value))
    limit(page).press("Enter")
    limit(page).blur()
    expect(page).to_have_url(re.compile(f"iter={value}"), timeout=PATIENCE)
    page.wait_for_function("before => emCursor.run !== before", arg=before)


def step(page: Page, times: int) -> None:
    for _ in range(times):
        page.keyboard.press("ArrowRight")


def words_say(page: Page, words: str) -> None:
    """Python's words, not the stage's, are about that half-step."""
    expect(page.locator(".st-key-workbench")).to_contain_text(words, timeout=PATIENCE)


def connected(page: Page) -> None:
    page.wait_for_selector("[data-test-connection-state='CONNECTED']")


def paste(page: Page, points: np.ndarray) -> None:
    page.get_by_role("button", name="Your data").click()
    page.get_by_role("dialog").get_by_text("Paste", exact=True).click()
    field = page.get_by_role("dialog").get_by_role("textbox").first
    field.fill(" ".join(map(str, points)))
    field.press("Control+Enter")
    page.get_by_role("button", name="Use these points").click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE)


def test_a_restart_in_mid_run_changes_nothing(server: Restartable, opened: Callable[..., Page]):
    """Nor does a second one; what was stepped while there was no server counts."""
    page = opened("?v=1&mu=-2,2")
    set_limit(page, 150)
    step(page, 3)
    expect(page).to_have_url(re.compile("t=2&phase=e"), timeout=PATIENCE)
    for steps, place in ((2, "t=3&phase=e"), (1, "t=3&phase=m")):
        server.kill()
        page.wait_for_selector("[data-test-connection-state='CONNECTED']", state="detached")
        step(page, steps)
        server.start()
        connected(page)
        expect(page).to_have_url(re.compile(place), timeout=PATIENCE)
        assert re.search(r"mu=-2(,|%2C)2", page.url)
        expect(limit(page)).to_have_value("150")
        expect(page.locator(".em-stage")).to_contain_text("Iteration 3")
    page.get_by_role("button", name="Undo").click()
    expect(limit(page)).to_have_value("200")
    expect(page).not_to_have_url(re.compile("iter="), timeout=PATIENCE)


def test_a_start_moved_while_there_is_no_server_is_heard_of_afterwards(
    server: Restartable, opened: Callable[..., Page]
):
    """Else the charts would go on showing it, and the words the old one."""
    page = opened("?v=1&mu=-2,2")
    set_limit(page, 150)
    server.kill()
    page.wait_for_selector("[data-test-connection-state='CONNECTED']", state="detached")
    page.locator(".em-badge").first.focus()
    step(page, 5)
    page.keyboard.press("Tab")
    server.start()
    connected(page)
    expect(page).to_have_url(
        re.compile(r"iter=150.*mu=-1\.35,2|mu=-1\.35,2.*iter=150"), timeout=PATIENCE
    )
    words_say(page, "Log-likelihood −10.07")
    expect(page.locator(".em-stage")).not_to_contain_text("EM from here would end")
    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(re.compile(r"mu=-2,2"), timeout=PATIENCE)
    expect(limit(page)).to_have_value("150")


def test_endings_that_were_seen_and_the_pinned_one_outlive_a_restart(
    server: Restartable, opened: Callable[..., Page]
):
    page = opened("?v=1&data=old_faithful_waiting")
    page.locator("[data-act=run]").click()
    page.get_by_role("button", name="Pin", exact=True).click()
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("Beside the pinned ending", timeout=PATIENCE)
    server.kill()
    page.wait_for_selector("[data-test-connection-state='CONNECTED']", state="detached")
    server.start()
    connected(page)
    expect(page.get_by_role("button", name="Unpin")).to_have_count(1, timeout=PATIENCE)
    expect(main).to_contain_text("Beside the pinned ending")


def test_own_points_beyond_a_link_outlive_restart_and_reload(
    server: Restartable, opened: Callable[..., Page]
):
    page = opened()
    points = np.random.default_rng(0).normal(size=5_000).round(4)
    paste(page, points)
    expect(page).to_have_url(re.compile("missing=5000"), timeout=PATIENCE)
    set_missing = page.get_by_text("This tab keeps them")
    expect(set_missing).to_be_visible()
    page.get_by_role("button", name="E-step").click()
    page.wait_for_function(
        "JSON.parse(sessionStorage.getItem('em-visit /  note')).view.includes('\"phase\":\"E\"')"
    )
    page.on("dialog", lambda dialog: dialog.accept())
    for again in (lambda: (server.kill(), server.start(), connected(page)), page.reload):
        again()
        expect(page.get_by_text("5000 points of your own")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("button", name="M-step")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("so they are not here")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("5000 points of your own")).to_have_count(0, timeout=PATIENCE)


def test_a_million_points_that_are_lost_are_said_to_be(
    server: Restartable, opened: Callable[..., Page], tmp_path
):
    page = opened()
    file = tmp_path / "million.csv"
    file.write_text(
        "x\n" + "\n".join(map(str, np.random.default_rng(0).normal(size=10**6).round(4)))
    )
    page.get_by_role("button", name="Your data").click()
    page.get_by_role("dialog").get_by_text("Upload", exact=True).click()
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Use these points").click()
    expect(page.get_by_text("a reload loses them")).to_be_visible(timeout=PATIENCE)
    expect(page).to_have_url(re.compile("missing=1000000"), timeout=PATIENCE)
    server.kill()
    server.start()
    expect(page.get_by_text("too many for this browser to keep")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("of your own")).to_have_count(0)


def test_two_tabs_do_not_mix_and_another_link_opens_as_it_is(
    server: Restartable, opened: Callable[..., Page]
):
    page = opened()
    set_limit(page, 150)
    other = opened()
    set_limit(other, 120)
    server.kill()
    server.start()
    for tab, value in ((page, "150"), (other, "120")):
        tab.bring_to_front()
        connected(tab)
        expect(tab.get_by_role("button", name="Undo")).to_be_enabled(timeout=PATIENCE)
        expect(limit(tab)).to_have_value(value)
    open_at(other, f"{server.url}/?v=1&mu=-2,2")
    expect(limit(other)).to_have_value("200")
    expect(other.get_by_role("button", name="Undo")).to_be_disabled()


def test_to_forget_is_one_click(server: Restartable, opened: Callable[..., Page]):
    page = opened()
    set_limit(page, 150)
    page.get_by_role("button", name="Forget this visit").click()
    expect(limit(page)).to_have_value("200", timeout=PATIENCE)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(page).to_have_url(f"{server.url}/", timeout=PATIENCE)
    page.reload()
    chromium.settle(page)
    expect(limit(page)).to_have_value("200")
    assert page.evaluate("Object.values(sessionStorage).every((kept) => !kept.includes('150'))")
