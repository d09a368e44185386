"""The stage in Chromium: every step, every handle, and the browser's formulas against em_core."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from em_core import GaussianMixture, e_step, fit
from explorer.charts.palette import DARK, LIGHT
from explorer.io.link import encode, query
from explorer.model.problem import Data, Own, Problem, Start, View
from scripts.app_server import running_app
from scripts.chromium import PHONE, settle

POINTS = np.array([0.2, -0.9, -1.0, 1.2, 1.8])
GLIDE = 500
"""Milliseconds after which a step has certainly come to rest."""
START = GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])
PLANE = GaussianMixture([0.5, 0.5], [[0, 1], [3, 0]], [np.eye(2), 2 * np.eye(2)])


def plane_link() -> str:
    """The address of a problem of forty points in the plane."""
    rng = np.random.default_rng(2)
    clouds = [rng.multivariate_normal(m, [[1, 0.6], [0.6, 1]], 20) for m in ([0, 0], [4, 1])]
    points = np.concatenate(clouds).round(2)
    data = Data(points, "Two clouds", ("a", "b"), ("cm", "kg"), Own())
    return "/?" + query(encode(Problem(data, Start(PLANE)), View()))


@pytest.fixture
def open_stage(open_page):
    """Open the app and wait until the charts are drawn."""

    def open_stage(path="/", reduced_motion="no-preference", **options):
        page = open_page(path, reduced_motion=reduced_motion, **options)
        page.wait_for_selector(".em-sheet path[d^='M']", state="attached")
        settle(page)
        return page

    return open_stage


def place(page):
    return page.locator(".em-place")


def at(iteration, phase):
    return f"Iteration {iteration} · {phase}-step done"


def shares(page):
    """The heights of the first component's bars, as drawn, in shares of the whole."""
    path = page.locator(".em-shares .em-sheet path").first.get_attribute("d")
    ends = np.array(re.findall(r"M[\d.-]+,([\d.-]+)V([\d.-]+)", path), dtype=float)
    ground, height = page.evaluate(
        """() => { const { yaxis } = document.querySelector(".em-shares .em-plot")._fullLayout;
                   return [yaxis._offset + yaxis._length, yaxis._length]; }"""
    )
    assert np.allclose(ends[:, 0], ground, atol=0.01)
    return (ground - ends[:, 1]) / height


def wait_for_link(page, condition):
    """Until the address bar, which follows the server, holds `condition` of the link's fields."""
    page.wait_for_function(
        f"() => {{ const link = new URLSearchParams(location.search); return {condition}; }}"
    )
    settle(page)


def x_range(page):
    return page.evaluate("document.querySelector('.em-main .em-plot')._fullLayout.xaxis.range")


def drag(page, locator, dx, dy=0):
    box = locator.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2, steps=3)
    page.mouse.move(x + dx, y + dy, steps=3)
    page.mouse.up()


# --- going through the run ------------------------------------------------------------------------


def test_half_steps_forward_and_back(open_stage):
    page = open_stage()
    following = page.locator(".em-next")
    expect(following).to_have_text("E-step")
    expect(page.locator(".em-empty")).to_be_visible()
    curve = page.locator(".em-main [data-role='component'] path").last
    before = curve.get_attribute("d")

    following.click()
    expect(place(page)).to_have_text(at(1, "E"))
    expect(following).to_have_text("M-step")
    expect(page.locator(".em-empty")).to_be_hidden()
    page.wait_for_timeout(GLIDE)
    expected = e_step(np.sort(POINTS), START).responsibilities[:, 0]
    assert shares(page) == pytest.approx(expected, abs=1e-3)
    assert curve.get_attribute("d") == before

    following.click()
    expect(place(page)).to_have_text(at(1, "M"))
    expect(page.locator(".em-likelihood")).to_contain_text("−7.422")
    page.wait_for_timeout(GLIDE)
    assert shares(page) == pytest.approx(expected, abs=1e-3)  # the shares that made this M-step
    assert curve.get_attribute("d") != before

    page.get_by_role("button", name="One half-step back").click()
    expect(place(page)).to_have_text(at(1, "E"))
    page.get_by_role("button", name="To the start").click()
    expect(place(page)).to_have_text("Start")
    page.wait_for_timeout(GLIDE)
    assert curve.get_attribute("d") == before


def test_longer_ways_by_button_and_key(open_stage):
    page = open_stage()
    last = fit(POINTS, START).n_iter
    for button, where in (
        ("Iterate", at(1, "M")),
        ("Run", at(last, "M")),
        ("To the start", "Start"),
        ("Ten iterations", at(min(10, last), "M")),
    ):
        page.get_by_role("button", name=button, exact=True).click()
        expect(place(page)).to_have_text(where)
    for key, where in (
        ("Home", "Start"),
        ("ArrowRight", at(1, "E")),
        ("Shift+ArrowRight", at(1, "M")),
        ("Shift+ArrowRight", at(2, "M")),
        ("ArrowLeft", at(2, "E")),
        ("Shift+ArrowLeft", at(1, "M")),
        ("End", at(last, "M")),
    ):
        page.keyboard.press(key)
        expect(place(page)).to_have_text(where)
    expect(page.locator(".em-outcome")).to_have_text("converged")
    expect(page.locator(".em-next")).to_be_disabled()
    page.keyboard.press("Home")
    for _ in range(7):  # held down, a key repeats without being let go
        page.keyboard.down("ArrowRight")
    expect(place(page)).to_have_text(at(4, "E"))


def test_keys_belong_to_the_field_that_is_being_typed_in(open_stage):
    page = open_stage()
    page.get_by_role("spinbutton").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    page.wait_for_timeout(300)
    expect(place(page)).to_have_text("Start")


def test_the_scrubber_goes_anywhere_and_the_page_follows(open_stage):
    page = open_stage()
    page.get_by_role("slider", name="Half-step of the run").fill("5")
    expect(place(page)).to_have_text(at(3, "E"))
    wait_for_link(page, "link.get('t') === '3'")


def test_a_stage_mounted_anew_goes_on_where_the_last_one_was(open_stage):
    page = open_stage()
    page.get_by_role("slider", name="Half-step of the run").fill("5")
    wait_for_link(page, "link.get('t') === '3'")
    page.locator(".em-stage").evaluate("(node) => node.replaceWith(node.cloneNode(true))")
    page.locator(".em-place").evaluate("(node) => node.replaceChildren()")
    page.emulate_media(color_scheme="dark")
    expect(place(page)).to_have_text(at(3, "E"))


def test_play_runs_to_the_end_and_stops(open_stage):
    page = open_stage()
    page.get_by_label("show the whole run").check()
    plot = page.locator(".em-trajectory .em-plot")
    x, y = plot.evaluate(
        """(node) => { const { xaxis4: x, yaxis4: y } = node._fullLayout;
                       return [x._offset + x.l2p(6.5), y._offset + y._length / 2]; }"""
    )
    plot.click(position={"x": x, "y": y}, force=True)
    expect(place(page)).to_have_text(at(7, "E"))
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator(".em-outcome")).to_have_text("converged", timeout=15_000)
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_without_motion_a_step_is_there_at_once(open_stage):
    page = open_stage(reduced_motion="reduce")
    drawn = page.evaluate(
        """async () => {
          const curve = document.querySelector(".em-main [data-role='component'] path");
          const next = document.querySelector(".em-next");
          next.click(); next.click();
          const frame = () => new Promise(requestAnimationFrame);
          await frame(); await frame();
          const first = curve.getAttribute("d");
          await new Promise((resolve) => setTimeout(resolve, 400));
          return [first, curve.getAttribute("d")];
        }"""
    )
    assert drawn[0] == drawn[1]


# --- what hands do --------------------------------------------------------------------------------


def test_zoom_survives_steps_and_a_double_click_ends_it(open_stage):
    page = open_stage()
    whole = x_range(page)
    box = page.locator(".em-main .em-plot").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 65, steps=5)
    page.mouse.up()
    expect(page.locator(".em-unzoom")).to_be_visible()
    zoomed = x_range(page)
    assert zoomed[1] - zoomed[0] < 0.5 * (whole[1] - whole[0])
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    wait_for_link(page, "link.get('phase') === 'm'")
    assert x_range(page) == pytest.approx(zoomed)
    page.mouse.dblclick(box["x"] + 350, box["y"] + 60)
    expect(page.locator(".em-unzoom")).to_be_hidden()
    assert x_range(page) == pytest.approx(whole)
    page.wait_for_timeout(500)
    expect(page.locator(".em-main [data-role=points] circle")).to_have_count(len(POINTS))


def test_the_start_is_changed_by_hand_and_by_key(open_stage):
    page = open_stage()
    first, second = page.locator(".em-badge").nth(0), page.locator(".em-badge").nth(1)
    expect(first).to_have_accessible_name(re.compile(r"Mean of component 1: −3\."))
    drag(page, first, 60)
    wait_for_link(page, "Number(link.get('mu')?.split(',')[0]) > -3")
    expect(first).to_have_accessible_name(re.compile(r"Mean of component 1: −1\.\d+"))
    drag(page, page.locator(".em-handle").first, 40)
    wait_for_link(page, "Number(link.get('s2')?.split(',')[0]) > 4")
    second.focus()
    page.keyboard.press("ArrowLeft")
    expect(second).to_have_accessible_name(re.compile(r"component 2: 1\.\d"))
    wait_for_link(page, "Number(link.get('mu').split(',')[1]) < 2")
    expect(place(page)).to_have_text("Start")
    page.locator(".em-next").click()
    expect(place(page)).to_have_text(at(1, "E"))
    expect(page.locator(".em-handle").first).to_be_hidden()


def test_while_a_start_is_dragged_its_log_likelihood_follows(open_stage):
    page = open_stage()
    value = page.locator(".em-likelihood b")
    before = value.inner_text()
    box = page.locator(".em-badge").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"], steps=3)
    expect(value).not_to_have_text(before)
    held = value.inner_text()
    page.mouse.up()
    settle(page)
    expect(value).to_have_text(held)


def test_points_are_added_selected_and_removed(open_stage):
    page = open_stage()
    dots = page.locator(".em-main [data-role=points] circle")
    box = page.locator(".em-main .em-plot").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 60)
    expect(dots).to_have_count(6)
    settle(page)
    page.mouse.move(0, 0)
    target = dots.nth(0).bounding_box()
    page.mouse.click(target["x"] + target["width"] / 2, target["y"] + target["height"] / 2)
    expect(page.locator(".em-selected")).to_contain_text("Point 3: −1")
    expect(page.locator(".em-ring")).to_be_visible()
    settle(page)
    page.keyboard.press("Delete")
    expect(dots).to_have_count(5)


def test_a_bar_tells_its_numbers_and_selects_its_point(open_stage):
    page = open_stage()
    page.keyboard.press("ArrowRight")
    plot = page.locator(".em-shares .em-plot")
    box = plot.bounding_box()
    middle = {"x": box["width"] * 0.55, "y": box["height"] / 2}
    plot.hover(position=middle, force=True)
    tip = page.locator(".em-shares .em-tip")
    expect(tip).to_contain_text("Point 1: 0.2")
    expect(tip).to_contain_text("0.2942")
    plot.click(position=middle, force=True)
    expect(page.locator(".em-selected")).to_contain_text("Point 1: 0.2")


def test_the_query_line_shows_the_posterior_where_it_stands(open_stage):
    page = open_stage()
    page.get_by_text("View", exact=True).click()
    page.get_by_text("Query line", exact=True).click()
    line = page.get_by_role("slider", name="Query line")
    expect(line).to_be_visible()
    settle(page)
    drag(page, line, 50)
    x = float(line.get_attribute("aria-valuenow"))
    expected = e_step([x], START).responsibilities[0]
    cells = page.locator(".em-card tbody tr td:last-child").all_inner_texts()
    assert [float(cell) for cell in cells] == pytest.approx(expected, abs=1e-4)


# --- other shapes ---------------------------------------------------------------------------------


def test_two_dimensions(open_stage):
    page = open_stage(plane_link())
    expect(page.locator(".em-main [data-role=points] circle")).to_have_count(40)
    ellipse = page.locator("[data-role='component'] path").first
    before = ellipse.get_attribute("d")
    page.keyboard.press("Shift+ArrowRight")
    expect(place(page)).to_have_text(at(1, "M"))
    page.wait_for_timeout(GLIDE)
    assert ellipse.get_attribute("d") != before
    page.keyboard.press("Home")
    page.wait_for_timeout(GLIDE)
    drag(page, page.locator(".em-badge").first, 30, -30)
    expect(page.locator(".em-badge").first).not_to_have_accessible_name(re.compile("0, 1"))


def test_a_phone_shows_all_of_it_and_keeps_the_transport_in_sight(open_stage):
    page = open_stage(viewport=PHONE)
    assert page.locator(".em-stage").evaluate("(node) => node.scrollWidth <= node.clientWidth")
    assert page.locator(".em-bar").evaluate(
        """(bar) => [...bar.querySelectorAll("button")].every((button) =>
             button.getBoundingClientRect().right <= innerWidth)"""
    )
    page.locator(".em-trajectory").scroll_into_view_if_needed()
    top = page.locator(".em-next").bounding_box()["y"]
    assert 0 <= top < 200


def test_colours_follow_the_theme_at_once(open_stage):
    page = open_stage(color_scheme="light")
    bars = page.locator(".em-shares .em-sheet path")
    page.keyboard.press("ArrowRight")
    expect(bars.first).to_have_attribute("fill", LIGHT.components[0])
    page.emulate_media(color_scheme="dark")
    expect(bars.first).to_have_attribute("fill", DARK.components[0])
    expect(place(page)).to_have_text(at(1, "E"))


def test_charts_say_what_they_show(open_stage):
    page = open_stage()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_role("img", name=re.compile("component 1: .* mean −0.5373"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("Responsibilities of 5 points"))).to_be_visible()
    expect(page.locator(".em-status")).to_have_text(
        "Iteration 1 · M-step done. Log-likelihood −7.422."
    )


def test_under_a_base_path(new_tab):
    with running_app(base_path="/em") as server:
        page = new_tab()
        page.goto(server.url)
        page.wait_for_selector(".em-sheet path[d^='M']", state="attached")
