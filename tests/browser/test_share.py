"""A link is copied in one browser and opened in another: the same screen, the same digits."""

import math
import re

from playwright.sync_api import Dialog, Page, expect

SLOWLY = 30_000
CLIPBOARD = ["clipboard-read", "clipboard-write"]


def copied(page: Page, button: str) -> str:
    """What the Share dialog's button puts on the clipboard."""
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=button).click(timeout=SLOWLY)
    expect(dialog.get_by_role("status")).to_have_text("Copied.")
    text = page.evaluate("navigator.clipboard.readText()")
    dialog.get_by_role("button", name="Close").click()
    return text


def digits(page: Page) -> list[str]:
    """The numbers of the whole iteration, to 15 digits."""
    page.get_by_text("Full precision").click()
    expect(page.get_by_test_id("stMain")).to_contain_text("0.294214972162989", timeout=SLOWLY)
    place = page.locator(".em-place")
    expect(place).to_have_text("Iteration 1 · M-step done", timeout=SLOWLY)
    expect(page.locator(".ex-away")).to_have_count(0, timeout=SLOWLY)
    return page.locator(".ex-table").all_inner_texts()


def test_a_link_opens_the_same_screen_in_a_fresh_browser(open_page):
    here = open_page("/?t=1&phase=e&pt=2", permissions=CLIPBOARD)
    expect(here.get_by_test_id("stMain")).to_contain_text("Point 2: x = −0.9", timeout=SLOWLY)
    expect(here.locator(".em-main .main-svg").first).to_be_visible(timeout=SLOWLY)
    here.keyboard.press("ArrowRight")
    expect(here.get_by_test_id("stMain")).to_contain_text("Component 1 moved most", timeout=SLOWLY)
    link = copied(here, "Copy link")
    assert link == here.url
    there = open_page("/?" + link.partition("?")[2], locale="de-DE")
    expect(there.get_by_test_id("stMain")).to_contain_text("Component 1 moved most", timeout=SLOWLY)
    expect(there.get_by_test_id("stMain")).to_contain_text("Point 2: x = −0.9")
    assert digits(there) == digits(here)


def test_the_snippet_embeds_the_page(open_page, new_tab):
    page = open_page("/?t=1&phase=m", permissions=CLIPBOARD)
    snippet = copied(page, "Copy snippet")
    course = new_tab()
    course.set_content(snippet)
    frame = course.frame_locator("iframe")
    expect(frame.get_by_test_id("stMain")).to_contain_text("Component 1 moved most", timeout=SLOWLY)


def test_a_damaged_link_is_explained_calmly(open_page):
    page = open_page("/?v=1&z=eJyrVs")
    alert = page.get_by_test_id("stMain").get_by_role("alert")
    expect(alert).to_contain_text("This link is damaged", timeout=SLOWLY)
    expect(alert).to_contain_text("The worked example is shown instead.")
    expect(page).to_have_url(re.compile(r"[?]v=1&z=eJyrVs$"))
    expect(page.locator(".em-main .main-svg").first).to_be_visible(timeout=SLOWLY)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("[?]v=1&t=1&phase=e$"), timeout=SLOWLY)


def test_streamlits_own_parameters_stay_in_the_address(open_page):
    page = open_page("/?embed=true&embed_options=light_theme&mu=-2,1")
    expect(page).to_have_url(
        re.compile("[?]embed=true&embed_options=light_theme&v=1&.*mu=-2,1"), timeout=SLOWLY
    )


def test_leaving_asks_first_where_data_would_be_lost(open_page):
    page = open_page(fresh=True)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", stay)
    page.get_by_role("button", name="Your data").click()
    values = " ".join(str(round(math.sin(i) * 1e6) / 1e6) for i in range(3000))
    page.get_by_label("Numbers", exact=True).fill(values)
    page.get_by_role("button", name="Use these points").click()
    expect(page.get_by_text("This tab keeps them")).to_be_visible(timeout=SLOWLY)
    expect(page).to_have_url(re.compile("[?]v=1&missing=3000$"), timeout=SLOWLY)
    page.reload()
    assert asked == ["beforeunload"]
    expect(page.get_by_text("3000 points of your own")).to_be_visible(timeout=SLOWLY)
