"""More than two columns in Chromium: a pair on the stage, shared out by all, chosen by a click."""

import re

import numpy as np
from playwright.sync_api import expect

from em_core import e_step, fit
from explorer.model.examples import named_data, suggested_start
from scripts.chromium import PHONE, settle

IRIS = named_data("iris")


def opened(open_page, query="data=iris", **options):
    page = open_page(f"/?{query}", **options)
    page.wait_for_selector(".em-main .em-sheet path[d^='M']", state="attached")
    settle(page)
    return page


def bars(page, k):
    """The heights of component k's bars, as drawn, in shares of the whole."""
    path = page.locator(f".em-shares [data-role=share][data-k='{k}'] path").get_attribute("d")
    height = page.evaluate(
        "document.querySelector('.em-shares .em-plot')._fullLayout.yaxis._length"
    )
    ends = np.array(re.findall(r"M[\d.-]+,([\d.-]+)V([\d.-]+)", path), dtype=float)
    return (ends[:, 0] - ends[:, 1]) / height


def axis_titles(page):
    return [page.locator(f".em-main .{axis}title").text_content() for axis in ("x", "y")]


def middles(page, role):
    """Where the components' outlines lie, in data units."""
    return page.evaluate(
        """(role) => {
          const { xaxis, yaxis } = document.querySelector(".em-main .em-plot")._fullLayout;
          const outlines = `.em-main [data-role=${role}] path:last-child`;
          return [...document.querySelectorAll(outlines)].map((path) => {
            const all = [...path.getAttribute("d").matchAll(/([\\d.-]+),([\\d.-]+)/g)];
            const middle = (i) => {
              const values = all.map((pair) => Number(pair[i]));
              return (Math.max(...values) + Math.min(...values)) / 2;
            };
            return [xaxis.p2d(middle(1) - xaxis._offset), yaxis.p2d(middle(2) - yaxis._offset)];
          });
        }""",
        role,
    )


def test_points_are_shared_out_by_all_columns_whichever_pair_is_seen(open_page):
    trace = fit(IRIS.points, suggested_start(IRIS).mixture, max_iter=3, tol=0)
    expected = e_step(IRIS.points, trace.mixtures[2]).responsibilities
    for pair in ((0, 1), (3, 2)):
        page = opened(open_page, f"data=iris&t=3&phase=e&pair={pair[0] + 1},{pair[1] + 1}")
        for k in range(3):
            drawn = np.sort(bars(page, k))
            assert np.allclose(drawn, np.sort(expected[:, k]), atol=2e-3)
        means = trace.mixtures[2].means[:, list(pair)]
        assert np.allclose(middles(page, "component"), means, atol=0.02)


def test_a_click_on_a_pair_puts_it_on_the_stage_where_the_run_stands(open_page):
    page = opened(open_page, "data=iris&t=2&phase=m")
    assert axis_titles(page) == ["Sepal length (cm)", "Sepal width (cm)"]
    place = page.locator(".em-place").text_content()
    page.get_by_role("button", name="Petal length across, Petal width up").click()
    expect(page.locator(".em-main .xtitle")).to_have_text("Petal length (cm)")
    expect(page.locator(".em-main .ytitle")).to_have_text("Petal width (cm)")
    settle(page)
    assert page.locator(".em-place").text_content() == place
    assert re.search("pair=3(,|%2C)4", page.url)
    page.get_by_role("button", name=re.compile("^E-step")).click()
    expect(page.locator(".em-place")).to_have_text("Iteration 3 · E-step done")


def test_nothing_can_be_dragged_or_added_and_a_point_is_named_by_all_columns(open_page):
    page = opened(open_page)
    assert page.locator(".em-handle:visible").count() == 0
    expect(page.locator(".em-hint")).to_contain_text("Two of 4 columns")
    box = page.locator(".em-main .em-plot").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 40, box["y"] + 40)
    page.wait_for_timeout(700)
    expect(page.get_by_text("150 points.").first).to_be_visible()
    page.get_by_role("spinbutton", name="Point", exact=True).fill("42")
    page.keyboard.press("Enter")
    expect(page.locator(".em-selected")).to_contain_text("Point 42: 4.5, 2.3, 1.3, 0.3")


def test_the_matrix_is_scrolled_on_a_phone_and_the_page_is_not(open_page):
    page = opened(open_page, viewport=PHONE, color_scheme="dark")
    expect(page.locator(".ex-matrix svg")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    wide = page.locator(".ex-matrix").evaluate("(node) => node.scrollWidth - node.clientWidth")
    assert wide > 0
