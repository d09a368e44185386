"""Whether memory comes back: `python -m benchmarks.memory [--save]`. Takes some seven minutes.

In Chromium one visitor after the other uploads a file of a million values, looks at the run and
goes. Once Streamlit has forgotten them (after two minutes, when the next one comes) and nobody
waits, the process should hold little more than before they came. Another one's file has a million
rows of two columns: what reading it takes at its peak, and what the visit holds while it lasts.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.load import KEPT, memory
from explorer.app.housekeeping import PAUSE, ROUND
from scripts import chromium
from scripts.app_server import AppServer, running_app
from scripts.measured import print_or_save

VISITORS, REPEATED = 20, 1000
"""A file says the same thousand lines so many times over."""
WANTED, HOLDS, READING = 1.2, 100, 150
"""At most: times what it was before; MB; MB."""
AS_IN_THE_CONTAINER = {"MALLOC_ARENA_MAX": "1"}
PATIENCE = 60_000


@dataclass(frozen=True)
class Findings:
    """MB of the process: before the crowd, at its largest with one of them there, and after it.
    reading, running, holds: MB more for a million rows of two columns, at the peak until they are
    read, until their run is drawn, and afterwards."""

    before: float
    largest: float
    after: float
    reading: float
    running: float
    holds: float


def measure() -> Findings:
    with running_app(environment=AS_IN_THE_CONTAINER) as server, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        before, sizes = at_rest(server, browser), []
        for number in range(VISITORS):
            with visit(server, browser) as page:
                read(page, number, n_columns=1)
                use(page)
                sizes.append(memory(server))
        time.sleep(KEPT)
        after = at_rest(server, browser)
        with visit(server, browser) as page:
            alone = memory(server)
            forget_peak(server)
            read(page, 0, n_columns=2)
            reading = peak(server) - alone
            use(page)
            running = peak(server) - alone
            time.sleep(ROUND + 3 * PAUSE)
            holds = memory(server) - alone
        return Findings(before, max(sizes), after, reading, running, holds)


def at_rest(server: AppServer, browser: Browser) -> float:
    """MB after one more visitor, once nobody has asked for anything for a while."""
    with visit(server, browser):
        pass
    time.sleep(ROUND + 3 * PAUSE)
    return memory(server)


@contextmanager
def visit(server: AppServer, browser: Browser) -> Iterator[Page]:
    page = browser.new_context(viewport=chromium.LAPTOP, reduced_motion="reduce").new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(server.url)
    chromium.settle(page)
    yield page
    page.context.close()


def read(page: Page, number: int, n_columns: int) -> None:
    """A file of a million lines is uploaded, and read."""
    page.get_by_role("button", name="Your data").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Upload").click()
    file = {"name": "many.csv", "mimeType": "text/csv", "buffer": content(number, n_columns)}
    dialog.locator("input[type=file]").set_input_files(file)
    status = dialog.locator(".ex-said")
    expect(status).to_contain_text("1\u202f000\u202f000", timeout=PATIENCE)
    if n_columns > 1:
        dialog.get_by_role("combobox", name="Second column").click()
        page.get_by_role("option", name="y").click()
        expect(status).to_contain_text("1\u202f000\u202f000 points", timeout=PATIENCE)


def use(page: Page) -> None:
    """The page is looked at until it shows the run."""
    page.get_by_role("dialog").get_by_role("button", name="Use these points").click()
    expect(page.get_by_text("points of your own.")).to_be_visible(timeout=PATIENCE)
    chromium.settle(page)


def content(number: int, n_columns: int) -> bytes:
    rng = np.random.default_rng(number)
    means = np.repeat([0.0, 6.0], [600, 400])
    rows = rng.normal(means[:, None], 1.0, (1000, n_columns))
    lines = "".join(",".join(f"{value:.3f}" for value in row) + "\n" for row in rows)
    return ",".join("xy"[:n_columns]).encode() + b"\n" + lines.encode() * REPEATED


def forget_peak(server: AppServer) -> None:
    """From now on `peak` is of what comes (Linux)."""
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")


def peak(server: AppServer) -> float:
    """The most MB that the process has held."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    (line,) = [each for each in lines if each.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


def report(found: Findings) -> str:
    rows = [
        ("before they came", found.before, None),
        ("at its largest with one of them there", found.largest, None),
        ("after they went", found.after, WANTED * found.before),
        ("more, at the peak of reading a million rows of two columns", found.reading, READING),
        ("more, at the peak of the run on these", found.running, None),
        ("more, while the visit with these lasts", found.holds, HOLDS),
    ]
    lines = [
        "# Memory that comes back",
        "",
        f"Made by `python -m benchmarks.memory --save`: {VISITORS} visitors in Chromium, one after "
        "the other, each with a file of a million values; all of them gone again. Streamlit keeps "
        "a visit for two minutes, so some are held at a time. Wanted after they went is at most "
        f"{WANTED:g} times as much as before. MALLOC_ARENA_MAX is 1, as in the container.",
        "",
        "| memory of the process | MB | wanted | reached |",
        "| --- | --- | --- | --- |",
        *(_row(*row) for row in rows),
    ]
    return "\n".join(lines) + "\n"


def _row(what: str, megabytes: float, most: float | None) -> str:
    if most is None:
        return f"| {what} | {megabytes:.0f} | | |"
    reached = "yes" if megabytes <= most else "no"
    return f"| {what} | {megabytes:.0f} | ≤ {most:.0f} | {reached} |"


if __name__ == "__main__":
    print_or_save(__doc__, "benchmarks/memory.md", lambda: report(measure()))
