"""The page 'Why?' as a person meets it, in a real browser."""

import re
from base64 import b64decode

import nbformat
import pytest
from playwright.sync_api import Page, expect

from scripts.chromium import PHONE, settle

SLOWLY = 90_000
"""Milliseconds, on a busy machine."""


def says(page: Page, words: str | re.Pattern) -> None:
    expect(page.get_by_test_id("stMain")).to_contain_text(words, timeout=SLOWLY)


def at(page: Page, h: int) -> None:
    expect(page.locator(".ex-ascent")).to_have_attribute("data-h", str(h), timeout=SLOWLY)


def test_the_bound_touches_then_rises_and_follows_the_cursor_without_the_server(open_page):
    page = open_page("/?page=why")
    says(page, "There is no bound yet")
    page.locator(".em-next").wait_for()
    settle(page)
    page.context.set_offline(True)
    page.locator(".em-next").click()
    at(page, 1)
    says(page, "the gap is closed. The new bound touches the log-likelihood where we stand")
    assert page.locator(".ex-ascent .ex-gap").count() == 0
    page.locator(".em-next").click()
    at(page, 2)
    says(page, re.compile(r"raised to its peak, \+\d.*and by the gap that opened, \d"))
    gap, peak, here = (page.locator(f".ex-ascent .ex-{name}") for name in ("gap", "peak", "here"))
    assert gap.count() == 1
    assert float(here.get_attribute("cy")) < float(peak.get_attribute("cy"))
    assert page.locator(".ex-ascent .ex-bound").count() == 2
    page.keyboard.press("Home")
    at(page, 0)
    page.context.set_offline(False)


def test_over_a_variance_the_m_step_is_a_post_and_the_choice_is_kept(open_page):
    page = open_page("/?page=why&along=variance-1&t=1&phase=M")
    says(page, "The same with one variance moved")
    at(page, 2)
    says(page, "Variance 1")
    expect(page.locator(".ex-ascent")).to_contain_text("M-step")
    page.reload()
    at(page, 2)
    says(page, "Variance 1")


def test_on_a_phone_nothing_is_wider_than_the_screen_and_other_charts_are_out_of_the_way(open_page):
    page = open_page("/?page=why&t=1&phase=M", viewport=PHONE)
    at(page, 2)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    assert not page.locator(".em-trajectory").is_visible()


# --- the other pictures -----------------------------------------------------------------------


def seen(page: Page) -> str:
    """What is shown of the ending that is looked at."""
    return page.locator(".ex-plane [data-ghost].ex-seen").text_content()


def complete(page: Page) -> None:
    expect(page.get_by_role("button", name="Stop here")).to_have_count(0, timeout=SLOWLY)
    page.locator(".ex-plane svg").wait_for()
    settle(page)


def test_the_map_shows_the_ending_under_the_pointer_and_a_click_makes_it_the_start(open_page):
    page = open_page("/?page=why&why=map")
    complete(page)
    plane = page.locator(".ex-plane svg")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"], steps=3)
    assert "A:" in seen(page)
    page.mouse.move(box["x"] + 0.83 * box["width"], box["y"] + 0.16 * box["height"], steps=3)
    assert "A:" not in seen(page)
    before = page.locator(".em-likelihood").inner_text()
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    expect(page.locator(".em-likelihood")).not_to_have_text(before, timeout=SLOWLY)
    complete(page)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(".em-likelihood")).to_have_text(before, timeout=SLOWLY)


def test_a_finger_looks_first_and_chooses_when_it_taps_again(open_page):
    page = open_page("/?page=why&why=map", viewport=PHONE, has_touch=True, is_mobile=True)
    complete(page)
    plane = page.locator(".ex-plane svg")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    there = box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"]
    before = page.locator(".em-likelihood").text_content()
    page.touchscreen.tap(*there)
    expect(plane.locator(".ex-height")).to_contain_text("Tap again to begin here")
    assert "A:" in seen(page)
    page.touchscreen.tap(there[0] + 90, there[1])
    expect(plane.locator(".ex-height")).to_contain_text("Tap again to begin here")
    page.wait_for_timeout(500)
    expect(page.locator(".em-likelihood")).to_have_text(before)
    page.touchscreen.tap(there[0] + 92, there[1] + 2)
    expect(page.locator(".em-likelihood")).not_to_have_text(before, timeout=SLOWLY)


def test_the_map_is_looked_at_and_chosen_from_by_keys_and_the_transport_stays(open_page):
    page = open_page("/?page=why&why=map")
    complete(page)
    plane = page.locator(".ex-plane")
    plane.focus()
    first = plane.locator(".ex-cell").get_attribute("visibility")
    plane.press("ArrowRight")
    assert first == "hidden"
    assert plane.locator(".ex-cell").get_attribute("visibility") == "visible"
    left = float(plane.locator(".ex-cell").get_attribute("x"))
    plane.press("ArrowRight")
    assert float(plane.locator(".ex-cell").get_attribute("x")) > left
    expect(page.locator(".em-place")).to_have_text("Start")
    before = page.locator(".em-likelihood").inner_text()
    plane.press("Enter")
    expect(page.locator(".em-likelihood")).not_to_have_text(before, timeout=SLOWLY)


@pytest.mark.parametrize("name", ["landscape", "speed"])
def test_the_dot_on_the_road_follows_the_cursor_without_the_server(open_page, name):
    page = open_page(f"/?page=why&why={name}")
    complete(page)
    dot = page.locator(".ex-plane > figure svg > .ex-here, .ex-plane svg > .ex-here").last
    expect(page.locator(".em-place")).to_have_text("Start", timeout=SLOWLY)
    before = dot.get_attribute("cx")
    page.context.set_offline(True)
    page.locator(".em-bar button[data-act='iterate']").click()
    expect(dot).not_to_have_attribute("cx", before, timeout=SLOWLY)
    page.context.set_offline(False)


def test_an_ending_opens_in_explore_at_its_end(open_page):
    page = open_page("/?page=why&why=endings&data=galaxies")
    card = page.locator("[data-pick='1']")
    card.wait_for()
    settle(page)
    title = page.locator("figure", has=card).locator("figcaption").inner_text()
    card.click()
    says(page, title)
    page.locator(".em-likelihood").wait_for()
    expect(page.locator(".em-likelihood")).to_contain_text(title.split(" ")[0][:6], timeout=SLOWLY)


def test_every_picture_fits_a_phone(open_page):
    page = open_page("/?page=why&why=endings", viewport=PHONE)
    for title in ("All the endings", "The map of starts", "How fast", "The landscape", "The dial"):
        choice = page.get_by_role("radio", name=title)
        choice.click()
        expect(choice).to_be_checked(timeout=SLOWLY)
        settle(page)
        page.locator(".st-key-why-picture svg.ex-picture").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, title


def test_the_picture_and_its_table_are_taken_along(open_page):
    page = open_page("/?page=why&why=landscape", color_scheme="dark")
    complete(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Pictures as SVG").click()
    picture = download.value.path().read_text(encoding="utf-8")
    assert download.value.suggested_filename == "worked-example-landscape.svg"
    assert "var(--" not in picture
    assert "rgb(27, 31, 39)" in picture
    assert ">Mean 1<" in picture
    with page.expect_download() as download:
        page.get_by_role("button", name="Pictures as PNG").click()
    assert download.value.path().read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    with page.expect_download() as download:
        page.get_by_role("button", name="Table (CSV)").click()
    assert "mean 1,mean 2,log_likelihood" in download.value.path().read_text(encoding="utf-8")


def test_a_notebook_of_the_run_has_the_picture_in_it_and_runs(open_page):
    page = open_page("/?page=why")
    at(page, 0)
    with page.expect_download() as download:
        page.get_by_role("button", name="Notebook").click()
    assert download.value.suggested_filename == "worked-example-rises.ipynb"
    document = nbformat.reads(download.value.path().read_text(encoding="utf-8"), as_version=4)
    nbformat.validate(document)
    names: dict = {}
    for cell in document.cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
    assert len(names["points"]) == 5
    last = document.cells[-1]
    assert "Look where the two curves touch" in last.source
    for name, kinds in last.attachments.items():
        assert f"(attachment:{name})" in last.source
        assert b64decode(kinds["image/png"]).startswith(b"\x89PNG")
    assert len(last.attachments) == 2
