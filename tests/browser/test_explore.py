"""The Explore page as a person meets it, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from scripts.chromium import LAPTOP, PHONE, settle

SLOWLY = 60_000
"""Milliseconds to wait for an answer of the server, on a busy machine."""


def step(page: Page, act: str) -> None:
    page.locator(f"[data-act={act}]").click()


def says(page: Page, words: str | re.Pattern) -> None:
    expect(page.get_by_test_id("stMain")).to_contain_text(words, timeout=SLOWLY)


def numbers_of(page: Page, table: str) -> list[list[str]]:
    """The cells of the table with this caption, brought into sight, where it is written."""
    place = page.locator(f"[data-words={table[:6].lower()}]")
    place.evaluate("place => place.scrollIntoView()")
    found = page.get_by_role("table", name=re.compile(table))
    expect(found).to_be_visible(timeout=SLOWLY)
    rows = found.locator("tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def type_into(page: Page, label: str, value: str) -> None:
    """In mid-run the start values are folded away, and unfolded first."""
    field = page.get_by_role("spinbutton", name=label, exact=True).first
    settle(page)
    summary = page.locator("summary", has_text="Start values")
    if "arrow_right" in summary.inner_text():
        summary.click()
    field.fill(value)
    field.press("Enter")


def test_the_worked_example_to_the_digit(explore):
    page = explore()
    says(page, "Press E-step")
    step(page, "next")
    says(page, "Each point was shared out")
    shares = [row[-2] for row in numbers_of(page, "E-step of iteration 1")]
    assert shares == ["0.2942", "0.6225", "0.6514", "0.1067", "0.05340"]
    assert page.locator("[data-act=next]").inner_text().strip() == "M-step"
    step(page, "next")
    says(page, "Component 1 moved most, from −3 to −0.5373")
    first = numbers_of(page, "M-step of iteration 1")[0]
    assert first[1:] == ["1.728", "0.3456", "−0.5373", "0.5758"]
    page.get_by_text("Full precision").click()
    says(page, "0.294214972162989")
    says(page, "0.575785907687063")


def test_forward_and_back_shows_the_same(explore):
    page = explore()
    seen = [page.locator(".em-place").inner_text()]
    for _ in range(3):
        step(page, "next")
        seen.append(page.locator(".em-place").inner_text())
    says(page, "E-step of iteration 2")
    assert seen == [
        "Start",
        *(f"Iteration {t} · {p}-step done" for t, p in ((1, "E"), (1, "M"), (2, "E"))),
    ]
    step(page, "back")
    says(page, "Component 1 moved most")
    step(page, "start")
    says(page, "Press E-step")


def test_the_address_is_enough_and_back_leaves(explore):
    page = explore(fresh=True)
    step(page, "iterate")
    expect(page).to_have_url(re.compile(r"[?&]t=1&phase=m$"), timeout=SLOWLY)
    again = explore("/" + page.url.partition("/?")[2].join(["?", ""]))
    says(again, "Component 1 moved most, from −3 to −0.5373")
    page.go_back()
    assert page.url == "about:blank"


def test_fields_move_the_stage_and_undo_takes_it_back(explore):
    page = explore()
    step(page, "iterate")
    says(page, "Component 1 moved most")
    type_into(page, "Mean 1", "-1")
    badge = page.get_by_role("button", name=re.compile("Mean of component 1: −1"))
    expect(badge).to_be_visible(timeout=SLOWLY)
    says(page, "Press E-step")
    expect(page.get_by_role("slider", name="Mean of component 1")).to_have_value("-1")
    page.get_by_role("button", name="Undo").click()
    says(page, "Component 1 moved most, from −3")
    type_into(page, "Weight 1", "2")
    expect(page.get_by_role("alert")).to_contain_text("Weight 1 is 2", timeout=SLOWLY)


def test_another_data_set_in_the_plane(explore):
    page = explore()
    page.get_by_role("combobox", name="Data set").click()
    page.get_by_role("option", name="Penguins' bills").click()
    expect(page.locator(".em-main figcaption b")).to_have_text("The plane", timeout=SLOWLY)
    expect(page.locator(".em-plot text.xtitle").first).to_have_text("Bill length (mm)")
    step(page, "iterate")
    says(page, "M-step of iteration 1")
    assert len(numbers_of(page, "M-step of iteration 1")) == 3
    assert len(numbers_of(page, "E-step of iteration 1")) == 60
    says(page, "The first 60 of 342 points")


def test_a_collapse_is_a_state_with_a_way_out(explore):
    page = explore("/?x=0,0,0,5,6,7&w=0.5,0.5&mu=0,6&s2=1,1")
    step(page, "run")
    says(page, "Component 1 collapsed on the value 0")
    expect(page.locator(".em-outcome")).to_have_text("a component collapsed")
    expect(page.locator(".ex-away")).to_have_count(0, timeout=SLOWLY)
    assert "NaN" not in page.get_by_test_id("stMain").inner_text()
    page.get_by_role("button", name="Try 50 random starts").click()
    says(page, "Press E-step")


def test_the_spurious_end_is_told_and_helped(explore):
    page = explore()
    step(page, "run")
    says(page, "Component 1 rests on the points −1 and −0.9 only")
    page.get_by_role("button", name="Equal variances").click()
    says(page, "Press E-step")
    page.get_by_text("Options", exact=True).click()
    types = page.get_by_role("combobox", name="Covariances")
    expect(types).to_have_value("Equal variances (tied)", timeout=SLOWLY)


def test_keyboard_only(explore):
    page = explore()
    page.keyboard.press("ArrowRight")
    says(page, "Each point was shared out")
    page.keyboard.press("Shift+ArrowRight")
    says(page, "Component 1 moved most")
    page.locator("summary", has_text="Start values").press("Enter")
    slider = page.get_by_role("slider", name="Mean of component 2")
    slider.focus()
    slider.press("ArrowLeft")
    says(page, "Press E-step")
    mean = page.get_by_role("spinbutton", name="Mean 2", exact=True)
    expect(mean).to_have_value("1.98", timeout=SLOWLY)
    settle(page)
    point = page.get_by_role("spinbutton", name="Point", exact=True)
    point.focus()
    point.press("ArrowUp")
    says(page, "Point 2: x = −0.9")


@pytest.mark.parametrize("path", ["/?t=1&phase=m", "/?data=penguins&t=1&phase=m&embed=true"])
def test_a_phone_shows_everything_without_scrolling_sideways(explore, path):
    page = explore(path, viewport=PHONE, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    wide = page.evaluate(
        """[...document.querySelectorAll('[data-testid=stMain] *')].filter(e =>
        e.getBoundingClientRect().right > innerWidth + 1
        && !e.closest('.ex-scroll, .ex-formula, svg')).map(e => e.className || e.tagName)"""
    )
    assert wide == []
    expect(page.locator("[data-act=next]")).to_be_in_viewport()


def test_dark(explore):
    page = explore("/?t=1&phase=m", viewport=LAPTOP, color_scheme="dark")
    says(page, "Component 1 moved most")
    dot = page.locator(".ex-dot.ex-c1").first
    assert dot.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(63, 159, 224)"
    assert page.locator(".em-stage").get_attribute("data-theme") == "dark"


def test_a_damaged_link_says_so(explore):
    page = explore("/?x=1,<b>two</b>")
    expect(page.get_by_role("alert")).to_contain_text("This link is damaged", timeout=SLOWLY)
    says(page, "Press E-step")


def test_what_hands_do_on_the_charts_reaches_the_fields(explore):
    page = explore()
    mean = page.get_by_role("spinbutton", name="Mean 1", exact=True)
    badge = page.get_by_role("button", name=re.compile("Mean of component 1"))
    badge.focus()
    badge.press("ArrowRight")
    expect(mean).not_to_have_value("-3", timeout=SLOWLY)
    click_empty_space(page)
    expect(page.get_by_test_id("stSidebar")).to_contain_text("6 points", timeout=SLOWLY)
    page.locator(".em-shares .em-plot").click(position={"x": 100, "y": 60})
    says(page, "Point 3: x = −1")
    page.keyboard.press("Delete")
    expect(page.get_by_test_id("stSidebar")).to_contain_text("5 points", timeout=SLOWLY)
    for _ in range(3):
        page.get_by_role("button", name="Undo").click()
    expect(mean).to_have_value("-3", timeout=SLOWLY)
    expect(page.get_by_role("combobox", name="Data set")).to_have_value("Worked example")


def click_empty_space(page: Page) -> None:
    canvas = page.locator(".em-main .em-plot").bounding_box()
    assert canvas is not None
    page.mouse.move(canvas["x"] + 300, canvas["y"] + 60, steps=4)
    page.mouse.down()
    page.mouse.up()


def test_a_stray_click_in_mid_run_says_what_happened_and_is_taken_back(explore):
    page = explore()
    place = page.locator(".em-place")
    step(page, "iterate")
    says(page, "Component 1 moved most")
    click_empty_space(page)
    says(page, re.compile("A point was added at .*, so the run begins anew"))
    page.locator(".st-key-done").get_by_role("button", name="Undo").click()
    says(page, "Component 1 moved most")
    expect(place).to_have_text("Iteration 1 · M-step done")


def test_keys_undo_and_do_again_but_not_in_a_field(explore):
    page = explore()
    mean = page.get_by_role("spinbutton", name="Mean 1", exact=True)
    type_into(page, "Mean 1", "-1")
    expect(page.get_by_role("button", name="Undo")).to_be_enabled(timeout=SLOWLY)
    mean.press("Control+z")
    mean.press("Control+y")
    page.locator(".em-scrubber").focus()
    page.keyboard.press("Control+z")
    expect(mean).to_have_value("-3", timeout=SLOWLY)
    page.keyboard.press("Meta+Shift+z")
    expect(mean).to_have_value("-1", timeout=SLOWLY)
    page.keyboard.press("Control+z")
    expect(mean).to_have_value("-3", timeout=SLOWLY)
    page.keyboard.press("Control+y")
    expect(mean).to_have_value("-1", timeout=SLOWLY)


def test_sliders_and_the_data_set_s_name_follow_when_their_frame_changes(explore):
    page = explore()
    variance = page.get_by_role("slider", name="Variance of component 1")
    expect(variance).to_have_value("4", timeout=SLOWLY)
    page.get_by_role("button", name="Your data").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Paste").click()
    dialog.get_by_role("textbox").first.fill("1 2 2.5 3 8 9 9.5 11")
    dialog.get_by_role("textbox").first.press("Control+Enter")
    dialog.get_by_role("button", name="Use these points").click()
    names = ("Mean of component 1", "Mean of component 2", "Variance of component 1")
    for name, value in zip(names, ("2", "9", "7"), strict=True):
        expect(page.get_by_role("slider", name=name)).to_have_value(value, timeout=SLOWLY)
    expect(page.get_by_role("combobox", name="Data set")).to_have_value("Own data")
    page.get_by_role("button", name="Your data").click()
    dialog.get_by_role("radio", name="Generate").click()
    dialog.get_by_role("button", name="Use these points").click()
    expect(page.get_by_role("combobox", name="Data set")).to_have_value(
        re.compile("apart"), timeout=SLOWLY
    )


def test_a_number_unfolds_where_it_stands(explore):
    page = explore("/?t=1&phase=m")
    table = page.get_by_role("table", name=re.compile("E-step of iteration 1"))
    cell = table.get_by_role("cell", name="0.1149", exact=True)
    cell.click()
    unfolded = table.locator(".ex-unfolded")
    expect(unfolded).to_contain_text("(−0.9 + 3)²", timeout=SLOWLY)
    expect(unfolded).to_contain_text("0.1149")
    expect(table.locator(":focus")).to_have_text("0.1149")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(unfolded).to_contain_text("(−1 + 3)²", timeout=SLOWLY)
    expect(table.locator(":focus")).to_have_text("0.1210")
    page.keyboard.press("Enter")
    expect(unfolded).to_have_count(0, timeout=SLOWLY)
    made = page.get_by_role("table", name=re.compile("M-step of iteration 1"))
    made.get_by_role("cell", name="0.6811", exact=True).click()
    expect(made.locator(".ex-unfolded")).to_contain_text("0.9466 · 1.8", timeout=SLOWLY)
    expect(table.locator(".ex-unfolded")).to_have_count(0)


def test_on_a_phone_held_sideways_the_sidebar_waits_folded(explore):
    page = explore(viewport={"width": 844, "height": 390})
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar).to_have_attribute("data-collapsed", "true", timeout=SLOWLY)
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(sidebar).to_have_attribute("data-collapsed", "false")
    step(page, "next")
    says(page, "Each point was shared out")
    expect(sidebar).to_have_attribute("data-collapsed", "false")


def test_the_start_values_fold_away_while_a_run_is_looked_at(explore):
    page = explore()
    weight = page.get_by_role("spinbutton", name="Weight 1")
    expect(weight).to_be_visible()
    page.locator(".em-next").click()
    expect(weight).to_be_hidden()
    page.get_by_text("Start values", exact=True).click()
    expect(weight).to_be_visible()
    page.locator(".em-next").click()
    expect(page.locator(".em-place")).to_have_text("Iteration 1 · M-step done")
    settle(page)
    expect(weight).to_be_visible()
    page.get_by_text("Start values", exact=True).click()
    expect(weight).to_be_hidden()
    page.locator("[data-act=start]").click()
    page.locator(".em-next").click()
    expect(weight).to_be_hidden()
    page.locator("[data-act=start]").click()
    expect(weight).to_be_visible()
    page.get_by_text("Start values", exact=True).click()
    expect(weight).to_be_hidden()
    page.locator(".em-next").click()
    page.locator("[data-act=start]").click()
    settle(page)
    expect(weight).to_be_hidden()


def test_the_last_column_of_the_sums_is_in_view_on_a_laptop(explore):
    for path in ("/?data=galaxies&t=3&phase=E", "/?data=iris&t=3&phase=E"):
        page = explore(path)
        terms = page.get_by_role("region", name=re.compile("weight × density = product"))
        assert terms.evaluate("region => region.scrollWidth <= region.clientWidth"), path


def test_fields_of_the_start_show_their_whole_number(explore):
    page = explore("/?mu=-3,1000000&s2=4,0.000181234")
    for label in ("Mean 2", "Variance 2"):
        field = page.get_by_role("spinbutton", name=label, exact=True)
        assert field.evaluate("field => field.scrollWidth <= field.clientWidth"), label
        slider = page.get_by_role("slider", name=f"{label[:-2]} of component 2")
        track = slider.locator("xpath=ancestor::*[@data-testid='stSlider']")
        box = track.bounding_box()
        assert box is not None
        assert box["width"] >= 110
    chosen = page.get_by_role("combobox", name="Start")
    assert chosen.evaluate("field => field.scrollWidth <= field.clientWidth")


@pytest.mark.parametrize("width", [390, 820, 1280])
def test_the_header_is_within_the_page_and_nothing_in_it_overlaps(explore, width):
    page = explore(viewport={"width": width, "height": 800})
    boxes = page.locator(".st-key-header > *").evaluate_all(
        "parts => parts.map((part) => part.getBoundingClientRect().toJSON())"
        ".filter((box) => box.width)"
    )
    assert len(boxes) >= 5
    for i, one in enumerate(boxes):
        assert one["x"] >= 0
        assert one["x"] + one["width"] <= width
        for other in boxes[i + 1 :]:
            beside = (
                one["x"] + one["width"] <= other["x"] + 1
                or other["x"] + other["width"] <= one["x"] + 1
            )
            below = (
                one["y"] + one["height"] <= other["y"] + 1
                or other["y"] + other["height"] <= one["y"] + 1
            )
            assert beside or below


def test_undo_is_pressed_before_the_page_has_heard_of_the_last_change(new_tab, app_server):
    page, waiting, held = new_tab(), [], []

    def answers_wait(browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        browser.on_message(server.send)
        server.on_message(lambda told: (held.append if waiting else browser.send)(told))
        page.released = lambda: [browser.send(told) for told in held]

    page.route_web_socket("**/_stcore/stream", answers_wait)
    page.goto(app_server.url)
    page.locator(".em-main .main-svg").first.wait_for()
    settle(page)
    mean = page.get_by_role("spinbutton", name="Mean 1", exact=True)
    for value in ("-2.5", "-2", "-1.5"):
        mean.fill(value)
        mean.press("Enter")
        expect(page).to_have_url(re.compile(f"mu={value},"), timeout=SLOWLY)
    settle(page)
    waiting.append(True)
    for _ in range(2):
        page.get_by_role("button", name="Undo").click()
        page.wait_for_timeout(500)
    waiting.clear()
    page.released()
    expect(mean).to_have_value("-2.5", timeout=SLOWLY)
    expect(page.get_by_role("button", name="Redo")).to_be_enabled()
