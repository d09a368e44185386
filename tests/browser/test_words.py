"""The words that follow the cursor: one message a half-step, and none for what is out of sight."""

import re

from playwright.sync_api import Locator, Page, expect

from scripts.chromium import settle
from tests.browser.conftest import PATIENCE

MESSAGES = 12
"""A half-step's, at most: a few of Streamlit's own, and those of the few elements drawn anew."""


def place(page: Page, name: str) -> Locator:
    return page.locator(f"[data-words={name}]")


def never_rest(page: Page) -> None:
    """From now on nothing is written because the cursor has rested for long."""
    page.evaluate("clearTimeout(window.emWords.resting)")


def test_a_half_step_takes_few_messages(explore):
    received: list[object] = []

    def count(frame: object) -> None:
        received.append(frame)

    page = explore("/?data=old_faithful_waiting", fresh=True)
    page.on("websocket", lambda socket: socket.on("framereceived", count))
    page.reload()
    expect(place(page, "guide")).to_contain_text("Press E-step", timeout=PATIENCE)
    page.locator(".em-main .main-svg").first.wait_for()
    settle(page)
    for said in ("Each point was shared out", "moved most"):
        before = len(received)
        page.keyboard.press("ArrowRight")
        expect(place(page, "happened")).to_contain_text(said, timeout=PATIENCE)
        settle(page)
        assert 1 <= len(received) - before <= MESSAGES


def test_what_is_out_of_sight_is_written_when_it_is_looked_at(explore):
    page = explore()
    numbers = place(page, "m-step")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(place(page, "happened")).to_contain_text("moved most", timeout=PATIENCE)
    expect(numbers).to_be_hidden()
    never_rest(page)
    numbers.evaluate("place => place.scrollIntoView()")
    expect(numbers).to_contain_text("M-step of iteration 1 (made)", timeout=PATIENCE)
    expect(numbers).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(numbers).to_contain_text("M-step of iteration 1 (not made yet)", timeout=PATIENCE)
    page.locator(".em-stage").evaluate("stage => stage.scrollIntoView()")
    expect(place(page, "happened")).to_contain_text("Each point was shared", timeout=PATIENCE)


def test_all_is_written_once_the_cursor_has_rested_for_long(explore):
    page = explore("/?data=old_faithful_waiting")
    page.keyboard.press("ArrowRight")
    expect(place(page, "happened")).to_contain_text("Each point was shared", timeout=PATIENCE)
    expect(place(page, "e-step")).to_be_hidden()
    expect(place(page, "e-step")).to_be_visible(timeout=PATIENCE)
    expect(place(page, "e-step")).to_contain_text("E-step of iteration 1, by the start")


def test_a_place_that_comes_anew_is_filled(explore):
    """The tour gives way to the guide, whose words were sent before."""
    page = explore()
    page.keyboard.press("ArrowRight")
    expect(place(page, "guide")).to_contain_text("2 of 5", timeout=PATIENCE)
    page.get_by_role("button", name="End the tour").click()
    expect(place(page, "guide")).to_have_text(
        "Now M-step: each component moves to the points that it holds.", timeout=PATIENCE
    )
    never_rest(page)
    place(page, "guide").evaluate("place => place.replaceWith(place.cloneNode())")
    expect(place(page, "guide")).to_contain_text("Now M-step", timeout=PATIENCE)


def test_on_another_page_the_stage_speaks_for_itself(explore):
    page = explore()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("t=1&phase=e"), timeout=PATIENCE)
    page.get_by_text("Why?", exact=True).click()
    expect(page.locator(".ex-ascent svg").first).to_be_visible(timeout=PATIENCE)
    page.locator("[data-act=next]").click()
    expect(page).to_have_url(re.compile("t=1&phase=m"), timeout=PATIENCE)
    page.get_by_text("Explore", exact=True).click()
    expect(place(page, "happened")).to_contain_text("moved most", timeout=PATIENCE)
