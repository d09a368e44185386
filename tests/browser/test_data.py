"""Data come in through the dialog of a real browser."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.chromium import PHONE, settle

SLOWLY = 30_000


@pytest.fixture
def dialog(open_page: Callable[..., Page]) -> Callable[..., Locator]:
    """`dialog(way, **options)`: the dialog of a fresh page, open at this way in."""

    def open_dialog(way: str, **options: object) -> Locator:
        page = open_page(**options)
        page.get_by_role("button", name="Your data").click()
        found = page.get_by_role("dialog")
        found.get_by_role("radio", name=way).click(timeout=SLOWLY)
        return found

    return open_dialog


def use(dialog: Locator) -> Page:
    """Accept what is offered; the page once it shows that."""
    page = dialog.page
    dialog.get_by_role("button", name="Use these points").click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SLOWLY)
    settle(page)
    return page


def test_on_a_phone_the_chart_is_seen_once_the_data_are_there(open_page):
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True, fresh=True)
    sidebar = page.get_by_test_id("stSidebar")
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(sidebar).to_have_attribute("data-collapsed", "false")
    page.get_by_role("button", name="Your data").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Numbers", exact=True).fill("61 80 55 71 90")
    use(dialog)
    expect(sidebar).to_have_attribute("data-collapsed", "true")


def test_a_column_from_a_spreadsheet_is_pasted_and_said_back(dialog):
    paste = dialog("Paste")
    paste.get_by_role("textbox", name="Numbers", exact=True).fill("weight\n61,5\n80,25\n55\n71,75")
    paste.get_by_text("Skip missing values").click()
    expect(paste.get_by_role("status")).to_contain_text("4 values read", timeout=SLOWLY)
    expect(paste.get_by_role("status")).to_contain_text("Read commas as decimal signs (3 values)")
    page = use(paste)
    expect(page.get_by_text("4 points of your own.")).to_be_visible()
    assert "x=61.5,80.25,55,71.75" in page.url
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("5 points. Every number")).to_be_visible(timeout=SLOWLY)


def test_values_with_counts_are_dots_as_large_as_these(dialog):
    paste = dialog("Paste")
    paste.get_by_role("combobox", name="Counts").click()
    paste.page.get_by_role("option", name="The last number on a line is a count").click()
    paste.get_by_role("textbox", name="Numbers", exact=True).fill("0 4\n1 16\n5 8\n6 1")
    paste.get_by_text("Skip missing values").click()
    expect(paste.get_by_role("status")).to_contain_text("Counted 29 times in all", timeout=SLOWLY)
    page = use(paste)
    expect(page.get_by_text("4 points, counted 29 times in all")).to_be_visible(timeout=SLOWLY)
    dots = page.locator(".em-main .em-sheet [data-role=points] circle")
    expect(dots).to_have_count(4)
    radii = [float(dots.nth(i).get_attribute("r") or 0) for i in range(4)]
    assert np.square(radii) / radii[1] ** 2 == pytest.approx(np.array([4, 16, 8, 1]) / 16)
    assert "count=4,16,8,1" in page.url


def test_text_typed_is_there_again_after_escape(dialog):
    paste = dialog("Paste")
    page = paste.page
    paste.get_by_role("textbox", name="Numbers", exact=True).fill("3 4 5")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SLOWLY)
    page.get_by_role("button", name="Your data").click()
    text = page.get_by_role("dialog").get_by_role("textbox", name="Numbers", exact=True)
    expect(text).to_have_value("3 4 5", timeout=SLOWLY)


def test_two_columns_of_a_file_are_chosen_after_a_look_at_it(dialog):
    upload = dialog("Upload")
    content = "name;weight;height\nann;61,5;170\nbob;80,25;182\ncy;;177\ndee;55;160\n"
    upload.locator("input[type=file]").set_input_files(
        {"name": "<b>men</b>.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    preview = upload.get_by_role("table")
    expect(preview).to_contain_text("<b>men</b>.csv: the first 4 of 4 rows", timeout=SLOWLY)
    expect(upload.get_by_role("status")).to_contain_text("1 missing value skipped; 3 values used.")
    upload.get_by_role("combobox", name="Second column").click()
    upload.page.get_by_role("option", name="height").click()
    expect(upload.get_by_role("status")).to_contain_text("3 points used", timeout=SLOWLY)
    page = use(upload)
    assert "x=61.5,170~80.25,182~55,160" in page.url
    expect(page.get_by_role("img", name=re.compile("weight")).first).to_be_visible(timeout=SLOWLY)


def test_a_file_that_cannot_be_read_is_refused_and_the_data_stay(dialog):
    upload = dialog("Upload")
    upload.locator("input[type=file]").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": b"x,y\n1,2\n3\n"}
    )
    expect(upload.get_by_role("alert")).to_contain_text("ine 3", timeout=SLOWLY)
    upload.get_by_role("button", name="Close").click()
    expect(upload.page.get_by_text("5 points. Every number")).to_be_visible(timeout=SLOWLY)


def test_a_cell_of_the_table_is_corrected_by_keyboard(dialog):
    table = dialog("Type")
    page = table.page
    grid = table.get_by_test_id("stDataFrame")
    expect(grid.locator("canvas").first).to_be_visible(timeout=SLOWLY)
    settle(page)
    page.wait_for_timeout(500)
    grid.click(position={"x": 300, "y": 55})
    page.keyboard.press("7", delay=50)
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    expect(table.get_by_role("status")).to_contain_text("5 values in the table", timeout=SLOWLY)
    use(table)
    assert "x=7,-0.9,-1,1.2,1.8" in page.url


def test_points_are_drawn_with_their_truth_beside_them(dialog):
    generate = dialog("Generate")
    generate.get_by_role("spinbutton", name="Seed").fill("7")
    generate.get_by_role("button", name="New seed").click()
    expect(generate.get_by_role("spinbutton", name="Seed")).to_have_value("8", timeout=SLOWLY)
    page = use(generate)
    expect(page.get_by_text("drawn with seed 8")).to_be_visible()
    page.keyboard.press("End")
    comparison = page.locator(".ex-panel", has_text="Compared with the true groups")
    expect(comparison.locator("b").first).to_have_text(re.compile(r"^0\.9|^1\.0"), timeout=SLOWLY)
    assert "gen=mixture_1d" in page.url


def test_a_million_values_are_read_fitted_and_drawn(dialog):
    upload = dialog("Upload")
    rng = np.random.default_rng(0)
    some = np.concatenate([rng.normal(0, 1, 600), rng.normal(6, 1, 400)]).round(3)
    content = ("\n".join(map(str, some)) + "\n").encode() * 1000
    upload.locator("input[type=file]").set_input_files(
        {"name": "many.txt", "mimeType": "text/plain", "buffer": content}
    )
    expect(upload.get_by_role("status")).to_contain_text("1 000 000 values read.", timeout=60_000)
    page = use(upload)
    expect(page.get_by_text("points of your own.")).to_be_visible(timeout=60_000)
    page.keyboard.press("End")
    expect(page.locator(".em-place")).to_contain_text("Iteration", timeout=SLOWLY)
    expect(page.locator(".em-shares .em-caption")).to_contain_text("1\u202f000\u202f000 points")
    expect(page.locator(".em-main rect").first).to_be_attached()
