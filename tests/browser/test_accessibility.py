"""axe-core finds nothing serious on the Explore page: both themes, laptop and phone, all dialogs.

No part of the page is left out, Streamlit's own included.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from scripts.chromium import LAPTOP, PHONE, settle, wear

START = "/"
FOUND_OUT = "/?v=1&t=8&phase=m&pt=1"
ONE_ITERATION = "/?v=1&t=1&phase=m&pt=2"
PENGUINS = "/?v=1&data=penguins&t=2&phase=e&pt=1"
FOR_A_ROOM = "/?v=1&t=8&phase=m&present=on"
IN_A_FRAME = "/?v=1&t=1&phase=m&embed=true"
FRAME = {"width": 600, "height": 400}
DIALOGS = ("Your data", "Share", "Export")


def charts_stand(page: Page) -> None:
    for chart in ("main", "shares", "trajectory"):
        page.wait_for_selector(f".em-{chart} .em-sheet > *", state="attached", timeout=60_000)
    settle(page)


def serious(page: Page) -> list[str]:
    """What axe-core calls serious or critical: the rule, and the element that breaks it."""
    results = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{violation['impact']} {violation['id']}: {node['html']}\n{node['failureSummary']}"
        for violation in results.response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize(
    ("path", "viewport", "color_scheme"),
    [
        (START, LAPTOP, "light"),
        (FOUND_OUT, LAPTOP, "dark"),
        (PENGUINS, PHONE, "light"),
        (ONE_ITERATION, PHONE, "dark"),
        (FOR_A_ROOM, LAPTOP, "dark"),
        (IN_A_FRAME, FRAME, "light"),
    ],
)
def test_page(open_page, path, viewport, color_scheme):
    page = open_page(path, viewport=viewport, color_scheme=color_scheme)
    charts_stand(page)
    assert not serious(page)


def test_dialogs(open_page):
    page = open_page()
    charts_stand(page)
    found = {}
    for name in DIALOGS:
        page.get_by_role("button", name=name, exact=True).click()
        page.get_by_role("dialog").wait_for(timeout=30_000)
        for scheme in ("light", "dark"):
            wear(page, scheme)
            found[name, scheme] = serious(page)
        page.get_by_role("dialog").get_by_role("button", name="Close").click()
        page.get_by_role("dialog").wait_for(state="detached")
    assert not any(found.values()), found


def test_problem_on_a_phone(open_page):
    """The problem in its drawer."""
    page = open_page(viewport=PHONE)
    charts_stand(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("button", name="Your data").wait_for()
    settle(page)
    assert not serious(page)
