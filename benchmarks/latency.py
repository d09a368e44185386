"""How long the eye waits, in real Chromium: `python -m benchmarks.latency [--save]`.

Every time is set beside a plain Streamlit page's, measured in turn with it in the same run: a
click that changes one line of text (benchmarks/apps/text_only.py), or the opening of a page with
one chart (benchmarks/apps/one_chart.py). Ratios are of medians; they hold where the machine's
speed drifts, single times do not.

'Painted' is said by the browser. A time runs from the click's own timestamp (or from the start of
the navigation); a MutationObserver on the charts' nodes sees each change, and the second animation
frame after it is the first moment at which that change is certainly on the screen. Plotly's papers
are drawn when a run is opened; what a half-step changes lies on sheets above them, whose nodes are
the ones observed. The same rule is applied to the plain pages.
"""

import os
import platform
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Literal

import streamlit
from playwright.sync_api import Browser, Page, sync_playwright

from explorer.io.link import encode, query
from explorer.model.examples import default_problem, generated_data, named_data, suggested_start
from explorer.model.problem import Data, Generated, Options, Problem, View
from scripts import chromium
from scripts.app_server import running_app
from scripts.measured import print_or_save

HERE = Path(__file__).parent
ROUNDS, WARM_UP = 12, 2
OPENINGS = 7
FRAMES_WANTED = 20
LIVE_FRAMES_WANTED = 30
KILOBYTES_WANTED = 300
SCRUB_SECONDS = 3
KEY_REPEATS = 45
"""A held key's repetitions a second; keyboards have about thirty."""
QUIET = 700

WORKED, FAITHFUL, LARGE = "worked example", "Old Faithful", "100 000 points"
PENGUINS, GLIDING = "penguins in 2-D", "gliding"

SHEETS = ".em-sheet"
BOUND = ".ex-ascent svg"
WORDS = "[data-testid='stHtml']"
TEXT = "[data-testid='stMarkdown']"

INSTRUMENTS = """
// The animation frame after the next one: what has changed until now is then on the screen.
const painted = (then) => {
  requestAnimationFrame(() => requestAnimationFrame(() => then(performance.now())));
};

// Milliseconds from the next click to the painting of each change inside the elements that match
// a selector, by selector; done when all have changed and then nothing for `quiet` ms.
window.afterClick = (selectors, quiet) => new Promise((resolve) => {
  const times = Object.fromEntries(selectors.map((selector) => [selector, []]));
  const changed = new Set();
  let begun = null;
  let timer;
  addEventListener("click", (event) => (begun = event.timeStamp), { capture: true, once: true });
  const observer = new MutationObserver((records) => {
    if (begun === null) return;
    const elements = records.map(({ target }) => target.closest ? target : target.parentElement);
    for (const selector of selectors) {
      if (!elements.some((element) => element?.closest(selector))) continue;
      changed.add(selector);
      painted((now) => times[selector].push(now - begun));
      clearTimeout(timer);
      if (changed.size < selectors.length) continue;
      timer = setTimeout(() => { observer.disconnect(); resolve(times); }, quiet);
    }
  });
  observer.observe(document.body, {
    subtree: true, childList: true, characterData: true,
    attributeFilter: ["d", "fill", "x", "y", "cx", "cy", "points", "transform", "style"],
  });
});

// The times of the animation frames that change something inside `selector`, as they come.
window.watchFrames = (selector) => {
  const frames = (window.changedFrames = []);
  let changed = false;
  const observer = new MutationObserver(() => (changed = true));
  for (const node of document.querySelectorAll(selector)) {
    observer.observe(node, { subtree: true, childList: true, attributes: true });
  }
  const turn = (now) => {
    if (changed) frames.push(now);
    changed = false;
    requestAnimationFrame(turn);
  };
  requestAnimationFrame(turn);
};

// window.opened: milliseconds from the navigation until the charts were painted, all three of ours.
const look = () => {
  const charts = ["main", "shares", "trajectory"].map((name) => `.em-${name} .em-sheet > *`);
  const ours = charts.every((chart) => document.querySelector(chart));
  const plain = document.querySelector(".js-plotly-plot .trace path");
  if (ours || (plain && !document.querySelector(".em-stage"))) {
    painted((now) => (window.opened = now));
  } else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


@dataclass(frozen=True)
class Row:
    """One line of the table. figure: as shown; wanted: the limit in words, or "" for none."""

    what: str
    figure: str
    beside: str
    ratio: str
    wanted: str = ""
    reached: bool | None = None

    def markdown(self) -> str:
        reached = {None: "", True: "yes", False: "no"}[self.reached]
        cells = (self.what, self.figure, self.beside, self.ratio, self.wanted, reached)
        return f"| {' | '.join(cells)} |"


def ratio_row(
    what: str, ours: list[float], other: list[float], at_most: float | None = None
) -> Row:
    ratio = statistics.median(ours) / statistics.median(other)
    wanted = "" if at_most is None else f"≤ {at_most:g}×"
    reached = None if at_most is None else ratio <= at_most
    return Row(what, spread(ours), spread(other), f"{ratio:.2f}×", wanted, reached)


def spread(times: list[float]) -> str:
    """Median and quartiles."""
    low, middle, high = statistics.quantiles(times, n=4)
    return f"{middle:.0f} ms ({low:.0f}–{high:.0f})"


# --- the problems ---------------------------------------------------------------------------------


def with_suggested_start(data: Data) -> Problem:
    return Problem(data, suggested_start(data))


def problems() -> dict[str, Problem]:
    large = generated_data(Generated("mixture_1d", 100_000, 3, 2.5, 1))
    return {
        WORKED: default_problem(),
        FAITHFUL: with_suggested_start(named_data("old_faithful_waiting")),
        LARGE: with_suggested_start(large),
        PENGUINS: with_suggested_start(named_data("penguins")),
    }


# --- measurements ---------------------------------------------------------------------------------

Motion = Literal["reduce", "no-preference"]
Times = dict[str, list[float]]


@dataclass(frozen=True)
class Bench:
    """A browser, and the addresses of the three apps it opens."""

    browser: Browser
    app: str
    text_only: str
    one_chart: str

    def page(self, motion: Motion = "reduce") -> Page:
        context = self.browser.new_context(viewport=chromium.LAPTOP, reduced_motion=motion)
        context.add_init_script(INSTRUMENTS)
        return context.new_page()

    def opened(self, problem: Problem, motion: Motion = "reduce", view: View | None = None) -> Page:
        """The app on this problem, at its start unless `view` says else, come to rest."""
        page = self.page(motion)
        page.goto(self.app + "/" + query(encode(problem, view or View())))
        page.wait_for_function("window.opened", timeout=60_000)
        chromium.settle(page)
        page.wait_for_timeout(QUIET)
        return page


def click(page: Page, button: str, *selectors: str) -> Times:
    """Click, and the times (ms) at which changes under each selector were painted."""
    page.bring_to_front()
    page.evaluate(
        "([selectors, quiet]) => void (window.times = afterClick(selectors, quiet))",
        [selectors, QUIET],
    )
    page.click(button)
    return page.evaluate("window.times")


def half_step(page: Page) -> Times:
    if page.locator(".em-next").is_disabled():
        click(page, "[data-act='start']", SHEETS)
    return click(page, ".em-next", SHEETS, WORDS)


def step_rows(bench: Bench) -> list[Row]:
    """Half-steps of each problem and text-only reruns, in turn."""
    text = bench.page()
    text.goto(bench.text_only)
    text.wait_for_selector(TEXT)
    pages = {name: bench.opened(problem) for name, problem in problems().items()}
    pages[GLIDING] = bench.opened(default_problem(), "no-preference")
    reruns: list[float] = []
    steps: dict[str, list[Times]] = {name: [] for name in pages}
    for turn in range(WARM_UP + ROUNDS):
        rerun = click(text, "button:has-text('Count')", TEXT)[TEXT][-1]
        found = {name: half_step(page) for name, page in pages.items()}
        if turn >= WARM_UP:
            reruns.append(rerun)
            for name, times in found.items():
                steps[name].append(times)
    for page in (text, *pages.values()):
        page.context.close()
    return _step_rows(reruns, steps)


def _step_rows(reruns: list[float], steps: dict[str, list[Times]]) -> list[Row]:
    painted = {name: [times[SHEETS][-1] for times in steps[name]] for name in steps}
    first = [times[SHEETS][0] for times in steps[GLIDING]]
    written = {name: [times[WORDS][-1] for times in steps[name]] for name in steps}
    step = "a half-step's click until all charts are painted"
    return [
        ratio_row(f"{step}: {WORKED}", painted[WORKED], reruns, 3),
        ratio_row(f"{step}: {FAITHFUL}", painted[FAITHFUL], reruns, 4),
        ratio_row(f"{step}: {LARGE}, beside {FAITHFUL}", painted[LARGE], painted[FAITHFUL], 1.5),
        ratio_row(f"{step}: {PENGUINS}", painted[PENGUINS], reruns),
        ratio_row("gliding: until the first frame of the movement is painted", first, reruns),
        ratio_row("gliding: until its last frame is painted", painted[GLIDING], reruns),
        *(
            ratio_row(
                f"a half-step's click until the written numbers have caught up: {name}",
                written[name],
                reruns,
            )
            for name in (WORKED, FAITHFUL, LARGE)
        ),
    ]


@dataclass(frozen=True)
class Dragged:
    """The middle of the element `held` is taken from end to end of the element `over`."""

    held: str
    over: str
    margin: float


SCRUBBER = Dragged(".em-scrubber", ".em-scrubber", 8)
BADGE = Dragged(".em-badge", ".em-main .em-canvas", 100)


def scrub_row(bench: Bench, name: str, problem: Problem) -> Row:
    """Drag the scrubber to and fro over a run of 200 iterations."""
    long_run = replace(problem, options=Options(tol=0, max_iter=200))
    page = bench.opened(long_run, "no-preference")
    what = f"scrubbing: {name}, 200 iterations"
    scrub = partial(drag_to_and_fro, page, SCRUBBER)
    return frames_row(page, what, SHEETS, scrub, FRAMES_WANTED)


def drag_row(bench: Bench, name: str, problem: Problem) -> Row:
    """Drag a mean to and fro: EM is run to its end from each place."""
    page = bench.opened(problem, "no-preference")
    drag = partial(drag_to_and_fro, page, BADGE)
    return frames_row(page, f"dragging a mean: {name}", SHEETS, drag, LIVE_FRAMES_WANTED)


def bound_row(bench: Bench, name: str, problem: Problem) -> Row:
    """Hold the right arrow key on the page Why?: the bound is drawn anew at each half-step."""
    long_run = replace(problem, options=Options(tol=0, max_iter=200))
    page = bench.opened(long_run, "no-preference", View(page="why"))
    what = f"the bound under a held arrow key: {name}"
    return frames_row(page, what, BOUND, partial(hold_key, page), LIVE_FRAMES_WANTED)


def frames_row(page: Page, what: str, drawn: str, act: Callable[[float], None], wanted: int) -> Row:
    """The frames in which what is `drawn` changes, while a hand does something for some seconds."""
    busy = busy_time(page)
    before = busy()
    page.evaluate("selector => watchFrames(selector)", drawn)
    act(SCRUB_SECONDS)
    frames = page.evaluate("window.changedFrames")
    a_frame = 1000 * (busy() - before) / len(frames)
    page.context.close()
    gaps = [after - before for before, after in pairwise(frames)]
    rate = 1000 * len(gaps) / sum(gaps)
    slowest = statistics.quantiles(gaps, n=20)[-1]
    return Row(
        what,
        f"{rate:.0f} frames a second",
        f"95% within {slowest:.0f} ms; {a_frame:.0f} ms of the page's thread each",
        "",
        f"≥ {wanted}",
        rate >= wanted,
    )


def drag_to_and_fro(page: Page, dragged: Dragged, seconds: float) -> None:
    over = page.locator(dragged.over).first.bounding_box()
    box = page.locator(dragged.held).first.bounding_box()
    assert box is not None
    assert over is not None
    left, right = over["x"] + dragged.margin, over["x"] + over["width"] - dragged.margin
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    stride = (right - left) / 60
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not left <= x + stride <= right:
            stride = -stride
        x += stride
        page.mouse.move(x, y)
    page.mouse.up()


def hold_key(page: Page, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        page.keyboard.down("ArrowRight")
        page.wait_for_timeout(1000 / KEY_REPEATS)
    page.keyboard.up("ArrowRight")


def busy_time(page: Page) -> Callable[[], float]:
    """A clock of the processor seconds that the page's main thread has used."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def read() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(m["value"] for m in metrics if m["name"] == "TaskDuration")

    return read


def opening_row(bench: Bench) -> Row:
    """A first visit, nothing cached: the app beside a page with one chart, in turn."""

    def seconds(url: str) -> float:
        page = bench.page()
        page.goto(url)
        page.wait_for_function("window.opened", timeout=60_000)
        opened = page.evaluate("window.opened")
        page.context.close()
        return opened

    taken = [(seconds(bench.app), seconds(bench.one_chart)) for _ in range(1 + OPENINGS)][1:]
    ours, other = map(list, zip(*taken, strict=True))
    return ratio_row("opening the page until all charts are painted", ours, other, 1.2)


def traffic_row(bench: Bench, name: str, problem: Problem) -> Row:
    """What the websocket brings: on opening, and for one half-step once it has been made."""
    page = bench.page()
    sizes: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda f: sizes.append(len(f))))
    page.goto(bench.app + "/" + query(encode(problem, View())))
    page.wait_for_function("window.opened", timeout=60_000)
    chromium.settle(page)
    page.wait_for_timeout(QUIET)
    opening = sum(sizes)
    half_step(page)
    step = sum(sizes) - opening
    page.context.close()
    return Row(
        f"sent to the browser: {name}",
        f"{opening / 1000:.0f} kB",
        f"then {step / 1000:.0f} kB a half-step, after it was drawn",
        "",
        f"≤ {KILOBYTES_WANTED} kB",
        max(opening, step) <= 1000 * KILOBYTES_WANTED,
    )


def rows(bench: Bench) -> list[Row]:
    return [
        *step_rows(bench),
        *(scrub_row(bench, name, problem) for name, problem in problems().items()),
        *(drag_row(bench, name, problems()[name]) for name in (WORKED, FAITHFUL)),
        *(bound_row(bench, name, problems()[name]) for name in (WORKED, FAITHFUL)),
        opening_row(bench),
        *(traffic_row(bench, name, problem) for name, problem in problems().items()),
    ]


# --- the report -----------------------------------------------------------------------------------


def report() -> str:
    scripts = ((), (HERE / "apps/text_only.py",), (HERE / "apps/one_chart.py",))
    with ExitStack() as stack:
        urls = [stack.enter_context(running_app(*script)).url for script in scripts]
        browser = chromium.launch(stack.enter_context(sync_playwright()))
        version = browser.version
        measured = rows(Bench(browser, *urls))
    lines = [
        "# Latency of the app in Chromium",
        "",
        "Made by `python -m benchmarks.latency --save`. Times are medians (quartiles); each ratio "
        f"is that of the medians of {ROUNDS} samples ({OPENINGS} for the openings), taken in turn "
        "with what they stand beside: a rerun of a page with one line of text, or the opening of "
        "a page with one `st.plotly_chart` of one line, each in a fresh context with an empty "
        "cache.",
        "",
        "Painted means: the second animation frame after the last change inside the charts, since "
        "the click's own timestamp. The half-steps are made under prefers-reduced-motion, where "
        "the charts jump to where they belong; for everybody else they glide there in 300 ms, "
        "whose first and last frames have rows of their own. The written numbers begin to catch "
        "up when the cursor has rested for 200 ms, or the glide is over.",
        "",
        "An opening waits for Plotly (its basic part; the page beside it has the whole, from "
        "Streamlit) and for the forty more files of Streamlit's own code that the app's widgets "
        "are made of.",
        "",
        f"Python {platform.python_version()}, Streamlit {streamlit.__version__}, Chromium "
        f"{version}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the end.",
        "",
        "| what | figure | beside | ratio | wanted | reached |",
        "| --- | --- | --- | --- | --- | --- |",
        *(row.markdown() for row in measured),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print_or_save(__doc__, "benchmarks/latency.md", report)
