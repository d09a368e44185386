"""The first minute, endings side by side, a room, a frame and a phone, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from scripts.chromium import PHONE

SLOWLY = 60_000
BARS = ".em-shares .em-plot"
CHART = ".em-main .em-plot"


def step(page: Page, act: str) -> None:
    page.locator(f"[data-act={act}]").click()


def within(page: Page, selector: str) -> None:
    """It is seen whole without scrolling."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None, selector
    size = page.viewport_size
    assert size is not None
    assert box["x"] >= 0, selector
    assert box["y"] >= 0, selector
    assert box["x"] + box["width"] <= size["width"] + 1, selector
    assert box["y"] + box["height"] <= size["height"] + 1, selector


# --- the first minute -----------------------------------------------------------------------------


def test_the_tour_goes_along_and_never_holds_up(explore):
    page = explore()
    tour = page.locator(".st-key-tour")
    for number, act in enumerate(("next", "next", "iterate", "run"), start=1):
        expect(tour).to_contain_text(f"{number} of 5", timeout=SLOWLY)
        step(page, act)
    expect(tour).to_contain_text("5 of 5", timeout=SLOWLY)
    page.get_by_role("button", name="Equal variances").first.click()
    expect(tour).to_have_count(0, timeout=SLOWLY)


def test_the_tour_is_skipped_for_good(explore):
    page = explore()
    page.get_by_role("button", name="End the tour").click()
    expect(page.locator(".st-key-tour")).to_have_count(0, timeout=SLOWLY)
    step(page, "next")
    expect(page.locator(".ex-guide")).to_contain_text("Now M-step", timeout=SLOWLY)


def test_who_comes_by_a_link_is_not_toured(explore):
    page = explore("/?data=galaxies")
    expect(page.locator(".ex-guide")).to_contain_text("Press E-step", timeout=SLOWLY)
    expect(page.locator(".st-key-tour")).to_have_count(0)


# --- endings --------------------------------------------------------------------------------------


def test_endings_stay_as_cards_and_one_is_pinned_behind_the_chart(explore):
    page = explore()
    step(page, "run")
    cards = page.locator(".ex-card")
    expect(cards).to_have_count(1, timeout=SLOWLY)
    page.get_by_role("button", name="Equal variances").first.click()
    expect(page.locator(".em-place").last).to_have_text("Start", timeout=SLOWLY)
    expect(page.locator(".em-place")).to_have_count(1)
    step(page, "run")
    expect(cards).to_have_count(2, timeout=SLOWLY)
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("−6.531 is preferred to −3.218, although it is lower")
    cards.first.get_by_role("button", name="Pin").click()
    expect(page.locator(".em-legend [data-role=pinned]")).to_be_visible(timeout=SLOWLY)
    expect(main).to_contain_text("Beside the pinned ending")
    cards.first.get_by_role("button", name="Unpin").click()
    expect(page.locator(".em-legend [data-role=pinned]")).to_have_count(0, timeout=SLOWLY)
    cards.first.get_by_role("button", name="Open").click()
    expect(page.locator(".em-likelihood")).to_contain_text("−3.218", timeout=SLOWLY)
    expect(page.locator(".em-outcome")).to_have_text("converged")


# --- a room ---------------------------------------------------------------------------------------


def test_a_room_sees_chart_sentence_bars_and_code_in_large_type(explore):
    page = explore(viewport={"width": 1920, "height": 1080})
    step(page, "iterate")
    page.locator(".em-place").click()
    page.keyboard.press("p")
    expect(page.locator(".ex-qr")).to_be_visible(timeout=SLOWLY)
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.locator(".em-told p")).to_contain_text("Component 1 moved most", timeout=SLOWLY)
    for part in (CHART, BARS, ".em-told", ".ex-qr"):
        within(page, part)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll(".em-stage *")]
          .filter((e) => e.checkVisibility({checkVisibilityCSS: true}))
          .filter((e) => e.getBoundingClientRect().width > 2)
          .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
          .map((e) => [parseFloat(getComputedStyle(e).fontSize), e.textContent.trim()])"""
    )
    assert sizes
    assert [each for each in sizes if each[0] < 20] == []
    place = page.locator(".em-place")
    page.keyboard.press("PageDown")
    expect(place).to_have_text("Iteration 2 · E-step done")
    page.keyboard.press("PageUp")
    expect(place).to_have_text("Iteration 1 · M-step done")
    expect(page).to_have_url(re.compile("present=on"), timeout=SLOWLY)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Share")).to_be_visible(timeout=SLOWLY)
    expect(place).to_have_text("Iteration 1 · M-step done")


def test_a_link_opens_for_a_room(explore):
    page = explore("/?present=on&t=1&phase=m", viewport={"width": 1920, "height": 1080})
    expect(page.locator(".ex-qr")).to_be_visible(timeout=SLOWLY)
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("button", name="Present")).to_be_visible(timeout=SLOWLY)


def test_page_keys_scroll_where_nothing_is_presented(explore):
    page = explore("/?t=1&phase=m")
    page.locator(".em-place").click()
    page.keyboard.press("PageDown")
    expect(page.locator(".em-place")).to_have_text("Iteration 1 · M-step done")


# --- a frame, a phone -----------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(800, 500), (600, 400)])
def test_a_frame_holds_chart_buttons_and_sentence(explore, size):
    page = explore("/?embed=true&t=1&phase=m", viewport={"width": size[0], "height": size[1]})
    expect(page.locator(".em-told p")).to_contain_text("Component 1 moved most", timeout=SLOWLY)
    for part in (".em-buttons", ".em-told p", ".em-told a", CHART):
        within(page, part)
    chart = page.locator(CHART).bounding_box()
    assert chart is not None
    assert chart["height"] >= 0.35 * size[1]
    full = page.locator(".em-full")
    address = full.get_attribute("href")
    assert address is not None
    assert "embed" not in address
    step(page, "next")
    expect(page.locator(".em-told p")).to_contain_text("its responsibility", timeout=SLOWLY)


def test_a_small_frame_holds_the_plane_too(explore):
    frame = {"width": 600, "height": 400}
    page = explore("/?embed=true&data=old_faithful&t=1&phase=m", viewport=frame)
    expect(page.locator(".em-told p")).to_contain_text("moved most", timeout=SLOWLY)
    for part in (".em-buttons", ".em-told p", ".em-told a", CHART):
        within(page, part)


def test_on_a_phone_the_sentence_and_undo_are_beside_the_buttons(explore):
    page = explore("/?mu=-3,2", viewport=PHONE)
    step(page, "iterate")
    told = page.locator(".em-told")
    expect(told).to_contain_text("Component 1 moved most", timeout=SLOWLY)
    within(page, ".em-told p")
    expect(told.get_by_role("button", name="Undo")).to_be_hidden()
    canvas = page.locator(CHART).bounding_box()
    assert canvas is not None
    page.mouse.click(canvas["x"] + 200, canvas["y"] + 60)
    expect(told).to_contain_text("A point was added", timeout=SLOWLY)
    told.get_by_role("button", name="Undo").click()
    expect(told).to_contain_text("Component 1 moved most", timeout=SLOWLY)
    expect(page.locator(".em-place")).to_have_text("Iteration 1 · M-step done")
