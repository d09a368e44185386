"""The page 'How many?' as a person meets it, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from scripts.chromium import PHONE, settle

SLOWLY = 90_000
"""Milliseconds: the whole comparison, on a busy machine."""


def says(page: Page, words: str | re.Pattern) -> None:
    expect(page.get_by_test_id("stMain")).to_contain_text(words, timeout=SLOWLY)


def compared(page: Page) -> None:
    says(page, "BIC favours")
    expect(page.get_by_role("button", name="Stop here")).to_have_count(0, timeout=SLOWLY)
    settle(page)


def test_a_dot_opens_its_start_in_explore_and_undo_brings_back_what_was_there(open_page):
    page = open_page("/?page=how-many&data=worked_example")
    compared(page)
    dot = page.locator("[data-pick^='tied:2:']").last
    told = dot.get_attribute("aria-label") or ""
    value = re.search(r"log-likelihood (\S+?),", told).group(1)
    dot.focus()
    dot.press("Enter")
    says(page, f"ends at the log-likelihood {value}")
    expect(page.locator(".em-main .main-svg").first).to_be_visible(timeout=SLOWLY)
    says(page, "Log-likelihood of the parameters after")
    says(page, value[:6])
    if page.get_by_role("button", name="Undo").count() == 0:
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("button", name="Undo").first.click()
    settle(page)
    says(page, "Press E-step")


def test_a_click_on_a_dot_is_heard(open_page):
    page = open_page("/?page=how-many&data=worked_example")
    compared(page)
    page.locator("[data-pick^='tied:1:']").last.click()
    says(page, re.compile(r"Start \d+ of 1 component ends at the log-likelihood"))


def looks_at(page: Page, fit: str) -> None:
    looked_at = page.get_by_role("combobox", name="The fit looked at below")
    expect(looked_at).to_have_value(re.compile(f"^{fit}: "), timeout=SLOWLY)


def test_other_data_are_looked_at_by_the_fit_that_bic_favours_there(open_page):
    page = open_page("/?page=how-many&data=worked_example")
    compared(page)
    looks_at(page, "1 component")
    page.get_by_role("combobox", name="Data set").click()
    page.get_by_role("option", name="Acidity of lakes").click()
    says(page, "BIC favours 2 components with equal variances")
    compared(page)
    looks_at(page, "2 components with equal variances")


def stopped_and_carried_on(page: Page) -> None:
    page.get_by_role("radio", name="How many?").click()
    page.get_by_role("button", name="Stop here").click()
    says(page, "Stopped.")
    settle(page)
    page.get_by_role("button", name="Carry on").click()


def test_what_was_best_when_it_was_stopped_is_not_looked_at_for_ever(open_page):
    page = open_page("/?data=newcomb")
    stopped_and_carried_on(page)
    compared(page)
    page.wait_for_timeout(1500)
    looks_at(page, "3 components with equal variances")


def test_it_stops_and_carries_on(open_page):
    page = open_page("/?data=old_faithful")
    stopped_and_carried_on(page)
    says(page, "candidates are fitted")


def test_a_dialog_stays_open_when_the_comparison_behind_it_is_done(open_page):
    page = open_page("/?page=how-many&data=worked_example")
    page.get_by_role("button", name="Your data").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible(timeout=SLOWLY)
    says(page, re.compile("BIC favours"))
    expect(page.get_by_role("button", name="Stop here")).to_have_count(0, timeout=SLOWLY)
    page.wait_for_timeout(1500)
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0, timeout=SLOWLY)
    says(page, "How sure are the parameters?")


def test_on_a_phone_nothing_is_wider_than_the_screen(open_page):
    page = open_page("/?page=how-many&data=worked_example", viewport=PHONE)
    compared(page)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    box = page.locator(".ex-picture").first.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


def test_the_report_is_taken_along_and_a_mark_shows_the_fit_without_its_point(open_page):
    page = open_page("/?page=how-many&data=worked_example")
    compared(page)
    says(page, "Take it with you")
    mark = page.locator("[data-of]").first
    which = mark.get_attribute("data-of")
    mark.scroll_into_view_if_needed()
    mark.hover(force=True)
    expect(page.locator(f"[data-ghost='{which}'].ex-seen")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Report (HTML)").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert "How many components?" in text
    assert download.value.suggested_filename == "worked-example-report.html"


@pytest.mark.parametrize("visit", [1, 2, 3])
def test_the_page_that_a_link_opens_is_the_one_chosen_above(open_page, visit):
    """Its work may end before the browser has heard of the first drawing: from the second visit."""
    page = open_page("/?page=how-many")
    expect(page.get_by_text("BIC favours").first).to_be_visible(timeout=SLOWLY)
    settle(page)
    expect(page.get_by_role("radio", name="How many?")).to_be_checked()
