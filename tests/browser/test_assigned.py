"""From the teacher's button to the student's result, in the browser; the sheet on paper."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from em_core.wording import number
from explorer.io.session_file import from_json
from explorer.model.check_value import exercise_check
from explorer.model.practice import board
from scripts import chromium

SLOWLY = 30_000
SCHEMES = [(chromium.LAPTOP, "light"), (chromium.PHONE, "dark")]


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in serious]


def set_exercise(page: Page) -> str:
    """The link of "one iteration", own numbers for each."""
    page.get_by_role("button", name="Make it an exercise").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".ex-qr")).to_be_visible(timeout=SLOWLY)
    dialog.get_by_text("Own numbers for each student").click()
    expect(dialog.get_by_role("textbox", name="Link")).to_have_value(re.compile("variant=1"))
    return dialog.get_by_role("textbox", name="Link").input_value()


def downloaded(page: Page, button) -> str:
    with page.expect_download() as waiting:
        button.click()
    return Path(waiting.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize(("viewport", "scheme"), SCHEMES)
def test_an_exercise_is_set_worked_on_and_handed_in(open_page, app_server, viewport, scheme):
    teacher = open_page("/?page=practise", viewport=viewport, color_scheme=scheme)
    path = set_exercise(teacher).removeprefix(app_server.url)
    chromium.settle(teacher)
    assert not violations(teacher)

    page = open_page(path, viewport=viewport, color_scheme=scheme)
    name = page.get_by_role("textbox", name="Your name or number")
    name.fill("Anna")
    name.press("Enter")
    field = page.get_by_label("Your number")
    expect(field).to_be_visible(timeout=SLOWLY)
    field.fill("0.5")
    field.press("Enter")
    expect(page.locator(".ex-verdict")).to_contain_text("P(1|1): 0.5", timeout=SLOWLY)
    assert not page.get_by_role("button", name="Export").count()
    assert not page.get_by_role("radio").count()
    page.get_by_text("Hand in").click()
    expect(page.get_by_text(re.compile("Name: Anna"))).to_be_visible(timeout=SLOWLY)
    chromium.settle(page)
    assert not violations(page)

    result = downloaded(page, page.get_by_role("button", name="Result file"))
    problem, view = from_json(result)
    check = exercise_check(problem, view.practice)
    assert f'"check":"{check}"' in result
    assert view.practice.tries[0].text == "0.5"
    now = board(problem, view.practice)
    answers = {number(now.sheet.value(c)) for c in now.sheet.cells() if not now.visible(c)}
    answers -= {number(now.sheet.value(c)) for c in now.sheet.cells() if now.visible(c)}
    sent = page.content() + page.url + result
    assert not [each for each in answers if len(each) > 4 and each in sent]


def test_the_printed_sheet(open_page, new_tab):
    """One page for an iteration of five points, nothing cut off, no answer on it."""
    page = open_page("/")
    page.get_by_role("button", name="Make it an exercise").click()
    dialog = page.get_by_role("dialog")
    sheet = downloaded(page, dialog.get_by_role("button", name="Sheet to print"))
    solution = downloaded(page, dialog.get_by_role("button", name="Solution"))
    questions = downloaded(page, dialog.get_by_role("button", name="Question sheet"))
    assert "ex-qr" in sheet
    assert "0.2942" not in sheet
    assert "0.2942" in solution
    for document, pages in ((sheet, 1), (solution, 2), (questions, 1)):
        paper = new_tab(viewport={"width": 794, "height": 1123})
        paper.set_content(document)
        paper.emulate_media(media="print")
        assert paper.evaluate("document.documentElement.scrollWidth") <= 794
        printed = paper.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= pages
