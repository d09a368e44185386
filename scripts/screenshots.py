"""Pictures of the app's main states under docs/: `python -m scripts.screenshots [name …]`.

Each is a link opened in Chromium, photographed, and reduced to at most 256 colours, so that the
pictures stay small. Without names all of them are taken.
"""

import argparse
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from em_core import GaussianMixture
from explorer.io.link import encode, query
from explorer.model.examples import default_problem, generated_data, named_data, suggested_start
from explorer.model.problem import Data, Generated, Problem, Start, View
from explorer.model.why import Why
from scripts import chromium
from scripts.app_server import running_app

DOCS = Path(__file__).resolve().parent.parent / "docs"

SCREENS: dict[str, ViewportSize] = {
    "laptop": chromium.LAPTOP,
    "phone": chromium.PHONE,
    "tall": {"width": 1280, "height": 2000},
}

START = View()
CHARTS = {"explore": ("main", "shares", "trajectory"), "why": ("main",)}
"""What stands on the stage of a page; the others have none."""


@dataclass(frozen=True)
class Shot:
    """A picture: which view of which problem, on what screen; `name` is its path under docs/."""

    name: str
    problem: Problem
    view: View = START
    screen: Literal["laptop", "phone", "tall"] = "laptop"
    theme: Literal["light", "dark"] = "light"

    @property
    def file(self) -> Path:
        return DOCS / f"{self.name}.png"

    @property
    def path(self) -> str:
        return "/" + query(encode(self.problem, self.view))


def shots() -> list[Shot]:
    worked = default_problem()
    faithful = suggested("old_faithful_waiting")
    return [
        Shot("explore", faithful, View(half_step=5)),
        Shot("screenshots/start", worked),
        Shot("screenshots/first-e-step", worked, View(half_step=1, point=0)),
        Shot("screenshots/one-iteration", worked, View(half_step=2, point=0), "tall"),
        Shot("screenshots/spurious", worked, end(worked)),
        Shot("screenshots/old-faithful", faithful, View(half_step=8)),
        Shot("screenshots/penguins", suggested("penguins"), View(half_step=7)),
        Shot("screenshots/collapse", collapsing(), end(collapsing())),
        Shot("screenshots/large", large(), View(half_step=9)),
        Shot("screenshots/phone", worked, View(half_step=2), "phone"),
        Shot("screenshots/phone-dark", worked, View(half_step=1), "phone", "dark"),
        Shot("screenshots/why", worked, View(2, page="why", why=Why(picture="map"))),
        Shot("screenshots/practise", worked, View(page="practise")),
        Shot("screenshots/how-many", suggested("galaxies"), View(page="how-many")),
        Shot("screenshots/dark", faithful, View(half_step=5), theme="dark"),
    ]


def suggested(name: str) -> Problem:
    return _with_suggested_start(named_data(name))


def _with_suggested_start(data: Data) -> Problem:
    return Problem(data, suggested_start(data))


def large() -> Problem:
    return _with_suggested_start(generated_data(Generated("mixture_1d", 100_000, 3, 2.5, 1)))


def collapsing() -> Problem:
    """The worked example's points from a start whose second component ends on one of them."""
    start = GaussianMixture.univariate([0.5, 0.5], [-0.5, 1.8], [1, 0.01])
    return replace(default_problem(), start=Start(start))


def end(problem: Problem) -> View:
    """The end of the run; a link leads no further than that."""
    return View(half_step=2 * problem.options.max_iter)


def take(browser: Browser, url: str, shot: Shot) -> bytes:
    """The picture as PNG."""
    context = browser.new_context(
        viewport=SCREENS[shot.screen], color_scheme=shot.theme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(url + shot.path)
    drawn(page, CHARTS.get(shot.view.page, ()))
    picture = page.screenshot()
    context.close()
    return picture


def drawn(page: Page, charts: tuple[str, ...]) -> None:
    """Wait until these charts stand, all work is done, and no field is a skeleton."""
    for chart in charts:
        page.wait_for_selector(f".em-{chart} .em-sheet > *", state="attached", timeout=60_000)
    page.wait_for_selector("[data-testid='stSkeleton']", state="detached")
    page.wait_for_timeout(500)
    chromium.settle(page)
    page.get_by_role("button", name="Stop here").wait_for(state="detached", timeout=120_000)
    page.wait_for_timeout(500)
    chromium.settle(page)


def smaller(picture: bytes) -> bytes:
    """The same picture in a palette of 256 colours."""
    out = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(256).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="the last part of a picture's name")
    names = parser.parse_args().names
    chosen = [shot for shot in shots() if not names or Path(shot.name).name in names]
    with running_app() as server, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for shot in chosen:
            picture = smaller(take(browser, server.url, shot))
            shot.file.parent.mkdir(parents=True, exist_ok=True)
            shot.file.write_bytes(picture)
            print(f"{shot.file.relative_to(DOCS.parent)}  {len(picture) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
