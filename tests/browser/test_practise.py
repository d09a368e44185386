"""Practising by keyboard, and on a phone: wrong first, then right, nothing given away."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from em_core.wording import number
from explorer.model.examples import default_problem
from explorer.model.exercise import LEVELS, Practice
from explorer.model.practice import board
from scripts import chromium

SLOWLY = 30_000
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
BOARDS = {
    level.name: board(default_problem(), Practice(exercise=level.exercise)) for level in LEVELS
}


@pytest.fixture
def practise(open_page) -> Page:
    page = open_page("/?page=practise")
    expect(page.get_by_label("Your number")).to_be_visible(timeout=SLOWLY)
    return page


def everything(page: Page) -> str:
    """What is in the document and in the address."""
    return page.content() + page.url


@pytest.mark.parametrize("level", ["One point", "Iteration 2"])
def test_type_enter_next(practise, level):
    """The whole worksheet by keyboard, each blank wrong first."""
    exercise = BOARDS[level]
    count = f"{len(exercise.blanks)} blank{'s' * (len(exercise.blanks) > 1)}"
    practise.get_by_role("radio", name=level, exact=True).click()
    field = practise.get_by_label("Your number")
    expect(practise.get_by_text(f"0 of {count} filled")).to_be_visible(timeout=SLOWLY)
    given = {number(exercise.sheet.value(c)) for c in exercise.sheet.cells() if exercise.visible(c)}
    field.focus()
    for done, cell in enumerate(exercise.blanks, start=1):
        answer = number(exercise.sheet.value(cell))
        if len(answer) > 4 and answer not in given:
            assert not re.search(rf"(?<![\d.]){answer}(?!\d)", everything(practise))
        practise.keyboard.type("7777")
        practise.keyboard.press("Enter")
        expect(practise.locator(".ex-verdict.ex-bad")).to_contain_text("7777", timeout=SLOWLY)
        expect(field).to_be_focused()
        practise.keyboard.press("Control+a")
        practise.keyboard.type(answer)
        practise.keyboard.press("Enter")
        given.add(answer)
        if done < len(exercise.blanks):
            expect(practise.get_by_text(f"{done} of {count} filled")).to_be_visible(timeout=SLOWLY)
            expect(field).to_have_value("")
            expect(field).to_be_focused()
    expect(practise.get_by_text("Done.")).to_be_visible(timeout=SLOWLY)


def test_the_page_is_accessible_wrong_and_done(practise):
    field = practise.get_by_label("Your number")
    for answer, words in (("0.4455", "It goes back to the density"), ("0.29", "Done.")):
        field.fill(answer)
        field.press("Enter")
        expect(practise.get_by_text(words)).to_be_visible(timeout=SLOWLY)
        for scheme in ("light", "dark"):
            chromium.wear(practise, scheme)
            found = Axe().run(practise, context=".stMain").response["violations"]
            assert not found, [(each["id"], each["nodes"][0]["html"][:200]) for each in found]


def test_on_a_phone_nothing_is_wider_than_the_screen(open_page):
    page = open_page("/?page=practise", **PHONE)
    expect(page.get_by_text("How much of point 1 does component 1 have?")).to_be_visible(
        timeout=SLOWLY
    )
    page.get_by_text("One iteration").click()
    expect(page.get_by_text("0 of 19 blanks filled")).to_be_visible(timeout=SLOWLY)
    expect(page.locator(".ex-earned")).to_be_visible()
    beyond = page.evaluate(
        """[...document.querySelectorAll("[data-testid=stMain] .ex-earned,"
           + "[data-testid=stMain] input, .ex-prompt, .ex-scroll")]
           .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).length"""
    )
    assert beyond == 0


def test_the_answers_come_along_to_explore_and_back(practise):
    field = practise.get_by_label("Your number")
    field.fill("0.4455")
    field.press("Enter")
    expect(practise.get_by_text(re.compile("σ = 4 gives"))).to_be_visible(timeout=SLOWLY)
    practise.get_by_role("radio", name="Explore").click()
    expect(practise.locator(".em-main .main-svg").first).to_be_visible(timeout=SLOWLY)
    practise.get_by_role("radio", name="Practise").click()
    expect(practise.get_by_text(re.compile("σ = 4 gives"))).to_be_visible(timeout=SLOWLY)


def test_a_mark_is_placed_by_keyboard_and_by_hand_and_the_stage_runs_it(practise):
    practise.get_by_role("radio", name="Predict, then see").click()
    practise.get_by_role("button", name="Next").click()
    expect(practise.get_by_text("The E-step shares every point out")).to_be_visible(timeout=SLOWLY)
    practise.get_by_role("button", name="Next").click()
    mark = practise.get_by_role("slider", name="Where mean 2 will be")
    expect(mark).to_be_visible(timeout=SLOWLY)
    assert "0.68" not in everything(practise)
    column = practise.locator("[data-testid=stColumn]", has=mark).bounding_box()
    assert practise.locator(".ex-placing svg").bounding_box()["width"] > 0.95 * column["width"]
    mark.focus()
    practise.keyboard.press("Home")
    practise.keyboard.press("Enter")
    expect(practise.get_by_text("No.")).to_be_visible(timeout=SLOWLY)
    expect(practise.locator(".em-main .main-svg").first).to_be_visible(timeout=SLOWLY)
    expect(practise.locator(".em-place")).to_contain_text("M-step done", timeout=SLOWLY)
    practise.get_by_role("button", name="Answer again").click()
    expect(mark).to_be_visible(timeout=SLOWLY)
    box = practise.locator(".ex-placing svg").bounding_box()
    low, high = (float(mark.get_attribute(f"aria-value{end}")) for end in ("min", "max"))
    left, right = (box["x"] + box["width"] * at / 480 for at in (10, 470))
    practise.mouse.click(left + (right - left) * (0.68 - low) / (high - low), box["y"] + 60)
    practise.get_by_role("button", name="That is my answer").click()
    expect(practise.get_by_text("Right.")).to_be_visible(timeout=SLOWLY)


def test_a_lesson_is_accessible_before_and_after(practise):
    practise.get_by_role("radio", name="Predict, then see").click()
    choice = practise.get_by_text("Component 2", exact=True)
    expect(choice).to_be_visible(timeout=SLOWLY)
    for _ in range(2):
        chromium.settle(practise)
        found = Axe().run(practise, context=".stMain").response["violations"]
        serious = [each for each in found if each["impact"] in ("serious", "critical")]
        assert not serious, [(each["id"], each["nodes"][0]["html"][:200]) for each in serious]
        if choice.is_visible():
            choice.click()
            practise.get_by_role("button", name="That is my answer").click()
            expect(practise.locator(".em-main .main-svg").first).to_be_visible(timeout=SLOWLY)


def test_the_keyboard_goes_on_by_itself_from_what_is_gone(practise):
    field = practise.get_by_label("Your number")
    field.focus()
    for hint in ("Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Show the number"):
        practise.get_by_role("button", name=hint).press("Enter", timeout=SLOWLY)
        if hint == "Hint 3 of 3":
            expect(field).to_be_focused(timeout=SLOWLY)
    following = practise.get_by_role("button", name="Next: One point")
    expect(following).to_be_focused(timeout=SLOWLY)
    following.press("Enter")
    expect(field).to_be_focused(timeout=SLOWLY)
    practise.get_by_role("radio", name="Predict, then see").press("Enter")
    practise.get_by_role("radio", name="Component 2").press(" ", timeout=SLOWLY)
    practise.get_by_role("button", name="That is my answer").press("Enter")
    following = practise.get_by_role("button", name="Next: The E-step")
    expect(following).to_be_focused(timeout=SLOWLY)
    following.press("Enter")
    expect(practise.get_by_label("Responsibility of component 1")).to_be_focused(timeout=SLOWLY)


def test_after_a_finger_no_field_opens_the_keys(open_page):
    page = open_page("/?page=practise", **PHONE)
    field = page.get_by_label("Your number")
    field.fill("0.29", timeout=SLOWLY)
    page.get_by_role("button", name="Check").tap()
    page.get_by_role("button", name="Next: One point").tap(timeout=SLOWLY)
    expect(page.get_by_text("0 of 7 blanks filled")).to_be_visible(timeout=SLOWLY)
    chromium.settle(page)
    expect(field).not_to_be_focused()


def test_both_runs_move_on_one_slider_when_the_mistake_is_found(practise):
    practise.get_by_role("radio", name="Find the mistake").click()
    practise.get_by_text("The variance taken for σ").click(timeout=SLOWLY)
    assert "√(2πσ²)" not in everything(practise)
    assert "variance-as-sd" not in everything(practise)
    practise.get_by_role("button", name="That is it").click()
    expect(practise.get_by_text("Found.")).to_be_visible(timeout=SLOWLY)
    expect(practise.locator("figcaption").first).to_contain_text("−3.676", timeout=SLOWLY)
    slider = practise.get_by_role("slider", name="Iteration")
    slider.focus()
    slider.press("ArrowRight")
    expect(practise.locator("figcaption").first).to_contain_text("−6.195", timeout=SLOWLY)
    expect(practise.locator("figcaption").last).to_contain_text("−3.487")
    chromium.settle(practise)
    found = Axe().run(practise, context=".stMain").response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert not serious, [(each["id"], each["nodes"][0]["html"][:200]) for each in serious]
