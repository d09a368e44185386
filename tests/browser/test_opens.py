"""The app opens, in both themes and on a phone, without one error."""

import pytest

from scripts.chromium import LAPTOP, PHONE


@pytest.mark.parametrize(
    ("viewport", "color_scheme"), [(LAPTOP, "light"), (LAPTOP, "dark"), (PHONE, "light")]
)
def test_opens(open_page, viewport, color_scheme):
    page = open_page(viewport=viewport, color_scheme=color_scheme)
    page.get_by_role("button", name="E-step").first.wait_for()
    assert "EM Explorer" in page.get_by_test_id("stMain").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_test_id("stException").count() == 0
