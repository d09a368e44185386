"""The exported page, opened from a file in a real browser that reports every complaint."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from em_core import fit
from explorer.export.player_run import player_page
from explorer.model.examples import default_problem, named_data, own_data, suggested_start
from explorer.model.problem import Data, Start

WORKED_EXAMPLE = default_problem()


@pytest.fixture
def open_file(new_tab: Callable[..., Page], tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Save a page and open it; afterwards, no errors and no request but for the file."""
    complaints: list[str] = []

    def open_file(html: str, **options: object) -> Page:
        file = tmp_path / "run.html"
        file.write_text(html, encoding="utf-8")
        page = new_tab(**options)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: requested(request.url))
        page.goto(file.as_uri())
        return page

    def requested(url: str) -> None:
        if not url.startswith(("file://", "data:", "blob:")):
            complaints.append(f"request: {url}")

    yield open_file
    assert not complaints, "\n".join(complaints)


def html_of(data: Data, start: Start, half_step: int = 0) -> str:
    return player_page(data, fit(data.points, start.mixture), half_step=half_step)


def test_a_run_plays_from_a_file(open_file: Callable[..., Page]) -> None:
    page = open_file(html_of(WORKED_EXAMPLE.data, WORKED_EXAMPLE.start, half_step=2))
    place = page.locator(".em-place")
    expect(place).to_contain_text("Iteration 1")
    expect(page.locator(".em-likelihood")).to_contain_text("−7.422")
    page.keyboard.press("ArrowRight")
    expect(place).to_contain_text("Iteration 2")
    page.get_by_title("Run to the end").click()
    expect(place).to_contain_text("Iteration 8")
    expect(page.locator(".em-outcome")).not_to_be_empty()
    page.get_by_title("To the start").click()
    page.get_by_role("button", name="Play").click()
    expect(place).to_contain_text("Iteration 1")
    expect(page.locator(".em-main .em-plot .main-svg").first).to_be_visible()


def test_a_run_in_the_plane_in_the_dark(open_file: Callable[..., Page]) -> None:
    data = named_data("old_faithful")
    page = open_file(html_of(data, suggested_start(data)), color_scheme="dark")
    expect(page.locator(".em-stage")).to_have_attribute("data-theme", "dark")
    expect(page.locator("h1")).to_have_text(data.title)


def test_nothing_can_be_added_or_removed(open_file: Callable[..., Page]) -> None:
    page = open_file(html_of(WORKED_EXAMPLE.data, WORKED_EXAMPLE.start))
    expect(page.locator(".em-hint")).to_contain_text("Play, or step")
    page.keyboard.press(".")
    expect(page.locator(".em-selected")).to_contain_text("Point 3")
    expect(page.get_by_role("button", name="Remove it")).to_be_hidden()


def test_foreign_text_does_nothing_on_the_page(open_file: Callable[..., Page]) -> None:
    hostile = "</script></style><script>alert(1)</script><img src=x onerror=alert(2)>"
    data = own_data([1, 2, 4, 7], hostile, (hostile[:60],), ("<b>",))
    page = open_file(html_of(data, suggested_start(data)))
    expect(page.locator("h1")).to_have_text(hostile)
    expect(page.locator(".em-place")).not_to_be_empty()
    assert page.locator("img").count() == 0


def test_the_page_may_not_ask_the_network(open_file: Callable[..., Page]) -> None:
    page = open_file(
        html_of(WORKED_EXAMPLE.data, WORKED_EXAMPLE.start).replace("<h1>", "<h1 id=a>")
    )
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "connect-src" not in policy
    assert "unsafe-inline" not in policy.split(";")[1]
