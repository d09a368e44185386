"""A run as a notebook shows it: the stage plays in its frame, which asks nobody for anything."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from em_core import GaussianMixture, fit
from explorer.launch.notebook import playing

POINTS = [0.2, -0.9, -1, 1.2, 1.8]
START = GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])


def test_it_plays_in_its_frame(new_tab: Callable[..., Page]):
    shown = playing(POINTS, fit(POINTS, START), title='Five "<b>" & co', half_step=1)
    page = new_tab()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.set_content(f"<h1>Notebook</h1>{shown._repr_html_()}")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name='Five "<b>" & co')).to_be_visible(timeout=60_000)
    frame.get_by_role("button", name="M-step").click()
    expect(frame.get_by_text("log-likelihood −7.422").first).to_be_visible()
    assert not complaints
