"""The static site's page in Chromium, with nothing behind it that would start Python."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from em_core import GaussianMixture, Options, fit
from explorer.io.link import Opened, decode, encode, query
from explorer.launch.static.page import write_page
from explorer.model.examples import default_problem, named_data, own_data, suggested_start
from explorer.model.problem import Display, Problem, Start, View
from explorer.stage.library import source

STLITE = """
export function mount(options, root) {
  window.mounted = options;
  window.kernel = Object.assign(new EventTarget(), { sendWebSocketMessage() {} });
  return { _kernel: window.kernel };
}
"""


def digest(content: bytes) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("front")
    lock = json.dumps({"packages": {}}).encode()
    files = {"plotly.js": source(), "stlite.js": STLITE.encode(), "style.css": b"", "lock": lock}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    places = {
        "plotly": "plotly.js",
        "stlite": "./stlite.js",
        "css": "style.css",
        "cssHash": digest(b""),
        "lock": "lock",
        "awaited": [{"url": "lock", "integrity": digest(lock), "size": len(lock)}],
    }
    nowhere = dict.fromkeys(("app", "pyodide", "store", "worker"), "nowhere")
    write_page(folder, places | nowhere | {"wheels": [], "packages": [], "starting": []}, {})
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def open_front(new_tab: Callable[..., Page], address: str) -> Iterator[Callable[..., Page]]:
    """`open_front(question, without="")`: the page at this address, a file of which is missing."""
    errors: list[str] = []

    def open_front(question: str = "", without: str = "nothing") -> Page:
        page = new_tab(service_workers="block")
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.route(f"**/{without}", lambda route: route.abort())
        page.goto(address + question)
        return page

    yield open_front
    assert not errors, errors


def said(page: Page) -> Opened:
    """What Python reads in the page's address."""
    return decode(dict(parse_qsl(urlsplit(page.url).query)))


def test_the_worked_example_is_stepped_before_python_is_there(open_front):
    page = open_front()
    expect(page.locator("#data-title")).to_have_text("Worked example")
    page.get_by_role("button", name="Iterate").click()
    expect(page.locator(".em-place")).to_have_text("Iteration 1 · M-step done")
    expect(page.locator(".em-likelihood")).to_contain_text("−7.422")
    expect(page.locator("#step")).to_have_text("Python is starting")
    page.wait_for_function("window.kernel")
    page.evaluate("kernel.sendWebSocketMessage(new Uint8Array())")
    expect(page).to_have_url(re.compile("[?]v=1&t=1&phase=m$"))
    page.get_by_role("button", name="To the start").click()
    expect(page).to_have_url(re.compile("/$"))


def test_the_tour_begins_before_python_is_there(open_front):
    """Without a link: the app, too, begins with it, since it reads an address that says nothing."""
    page = open_front()
    tour = page.locator("#front .tour")
    expect(tour).to_contain_text("1 of 5 Who made these points?")
    page.get_by_role("button", name="E-step").click()
    expect(tour).to_contain_text("2 of 5 Each point is shared out")
    page.get_by_role("button", name="Run").click()
    expect(tour).to_contain_text("5 of 5")
    page.wait_for_timeout(400)
    assert not urlsplit(page.url).query
    page.keyboard.press("Home")
    page.locator(".em-badge").first.press("ArrowRight")
    expect(tour).to_be_hidden()
    expect(page).to_have_url(re.compile("mu="))
    page = open_front("?v=1&t=1&phase=m")
    expect(page.locator(".em-place")).to_have_text("Iteration 1 · M-step done")
    expect(page.locator("#front .tour")).to_be_hidden()


def test_a_link_opens_where_it_points(open_front):
    points = np.random.default_rng(1).normal(size=300).round(2)
    data = own_data(points, "Mine")
    page = open_front(query(encode(Problem(data, suggested_start(data)), View(5, 7, 1))))
    expect(page.locator("#data-title")).to_have_text("Mine")
    expect(page.locator(".em-place")).to_have_text("Iteration 3 · E-step done")
    expect(page.locator(".em-selected")).to_contain_text("Point 8")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("z=.*t=3&phase=m"))
    assert said(page).problem.data == data


def test_of_more_columns_the_pair_that_the_link_names_is_stepped(open_front):
    data = named_data("iris")
    view = View(display=Display(pair=(3, 0)))
    page = open_front(query(encode(Problem(data, suggested_start(data)), view)))
    expect(page.locator(".em-main")).to_contain_text("Petal width")
    expect(page.locator(".em-hint")).to_contain_text("Two of 4 columns")
    page.get_by_role("button", name="Iterate").click()
    expect(page.locator(".em-place")).to_have_text("Iteration 1 · M-step done")
    first = fit(data.points, suggested_start(data).mixture, max_iter=1).log_likelihoods[1]
    shown = f"{first:.2f}".replace("-", "−")
    expect(page.locator(".em-likelihood")).to_contain_text(shown)
    page.keyboard.press(".")
    expect(page).to_have_url(re.compile("pt="))
    assert said(page).view.display.pair == (3, 0)
    index = said(page).view.point
    page.keyboard.press("Delete")
    expect(page).to_have_url(re.compile("z="))
    opened = said(page)
    assert (opened.problem.data.points == np.delete(data.points, index, axis=0)).all()
    assert opened.problem.data.columns == data.columns
    assert opened.problem.data.units == data.units
    assert opened.problem.start.mixture == suggested_start(data).mixture
    assert (opened.message, opened.view.display.pair) == ("", (3, 0))


def test_a_long_run_on_many_points_goes_on_with_python(open_front):
    points = np.tile(np.arange(50), 120)
    data = own_data(points, "Many")
    start = Start(GaussianMixture.univariate([0.5, 0.5], [20, 30], [25, 25]))
    problem = Problem(data, start, Options(tol=0.0, max_iter=2000))
    page = open_front(query(encode(problem, View(3000))))
    expect(page.locator("#remark")).to_contain_text("further steps come with Python")
    outcome = page.locator(".em-outcome")
    expect(outcome).to_have_text("further steps come with Python")
    page.wait_for_timeout(300)
    assert said(page).view.half_step == 3000
    page.keyboard.press("ArrowLeft")
    expect(outcome).to_be_empty()
    expect(page).not_to_have_url(re.compile("t=1500"))
    page.keyboard.press("ArrowRight")
    expect(outcome).not_to_be_empty()
    expect(page).to_have_url(re.compile("t=4[0-9][0-9]&phase=m"))


def test_points_of_a_generator_are_drawn_and_changed(open_front):
    page = open_front("?gen=mixture_1d&n=50&k=3&t=1&phase=m")
    expect(page.locator("#data-title")).to_have_text("3 components, 4 σ apart")
    expect(page.locator(".em-place")).to_have_text("Iteration 1 · M-step done")
    page.keyboard.press("Home")
    page.locator(".em-badge").first.press("ArrowRight")
    expect(page).to_have_url(re.compile("mu="))
    moved = said(page)
    before = decode({"gen": "mixture_1d", "n": "50", "k": "3"}).problem
    assert moved.problem.data == before.data
    assert moved.problem.start.mixture.means[0] > before.start.mixture.means[0]
    page.locator("h1").click()
    page.keyboard.press(".")
    page.keyboard.press("Delete")
    expect(page).to_have_url(re.compile("x=|z="))
    fewer = said(page)
    assert (fewer.message, fewer.problem.data.n_points) == ("", 49)
    assert np.isin(fewer.problem.data.points, before.data.points).all()


def test_what_hands_do_is_in_the_address(open_front):
    """A start that was moved and a point that was removed, without a complaint of the link's."""
    page = open_front("?v=1&t=2&phase=m&embed_options=dark_theme")
    mean = page.locator(".em-badge").first
    mean.wait_for()
    page.keyboard.press("Home")
    mean.press("ArrowRight")
    expect(page).to_have_url(re.compile("mu="))
    before = default_problem()
    moved = said(page).problem
    assert moved.start.mixture.means[0] > before.start.mixture.means[0]
    assert (moved.start.mixture.weights == before.start.mixture.weights).all()
    assert "embed_options=dark_theme" in page.url
    page.locator("h1").click()
    page.keyboard.press(".")
    page.keyboard.press("Delete")
    expect(page).to_have_url(re.compile("x="))
    opened = said(page)
    assert opened.problem.data.n_points == before.data.n_points - 1
    assert opened.problem.data.title == f"{before.data.title}, edited"
    assert opened.problem.start.mixture == moved.start.mixture
    assert (opened.message, opened.view.half_step) == ("", 0)
    expect(page.locator(".em-place")).to_have_text("Start")


def test_nothing_is_changed_any_more_once_the_app_was_told(open_front):
    """Though the handles look as before, so that they do not blink."""
    page = open_front()
    mean = page.locator(".em-badge").first
    mean.press("ArrowRight")
    expect(page).to_have_url(re.compile("mu="))
    address, shape = page.url, mean.evaluate("node => [node.className, node.style.transform]")
    assert page.evaluate("emFront.hand()") == {"address": "?" + urlsplit(address).query}
    assert mean.evaluate("node => [node.className, node.style.transform]") == shape
    assert "em-mean" in shape[0]
    x, y = (mean.bounding_box()[side] + 10 for side in ("x", "y"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y)
    page.mouse.up()
    page.get_by_role("button", name="Iterate").click()
    expect(page.locator(".em-place")).to_have_text("Iteration 1 · M-step done")
    assert said(page).problem == decode(dict(parse_qsl(urlsplit(address).query))).problem


def test_many_points_stay_packed_when_one_is_removed(open_front):
    data = own_data(np.random.default_rng(1).normal(size=(200, 2)).round(2), "Mine")
    problem = Problem(data, suggested_start(data, 3))
    page = open_front(query(encode(problem, View(point=4))))
    expect(page.locator(".em-selected")).to_contain_text("Point 5")
    page.keyboard.press("Delete")
    expect(page.locator("#data-title")).to_have_text("Mine")
    page.wait_for_function("before => location.search !== before", arg=urlsplit(page.url).query)
    page.wait_for_timeout(300)
    opened = said(page)
    assert (opened.problem.data.points == np.delete(data.points, 4, axis=0)).all()
    assert opened.problem.start.mixture == problem.start.mixture


def test_a_tab_knows_its_visit_again_after_a_step(open_front):
    """The note of explorer/app/visit.js follows the address for as long as the problem stays."""
    page = open_front("404.html")
    note = {"mark": "m", "search": "?v=1&t=1&phase=m"}
    page.evaluate("(note) => sessionStorage.setItem('em-visit /  note', note)", json.dumps(note))
    root = page.url.removesuffix("404.html")
    page.goto(root + note["search"])
    page.get_by_role("button", name="Iterate").click()
    expect(page).to_have_url(re.compile("t=2&phase=m"))
    kept = "JSON.parse(sessionStorage.getItem('em-visit /  note')).search"
    assert page.evaluate(kept) == "?v=1&t=2&phase=m"
    page.keyboard.press("Home")
    page.locator(".em-badge").first.press("ArrowRight")
    expect(page).to_have_url(re.compile("mu="))
    assert "mu=" not in page.evaluate(kept)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("?start=random&startseed=3", "drawn by Python"),
        ("?page=practise", "comes with Python"),
        ("?help=none", "comes with Python"),
        ("?v=1&missing=5000", "asks this tab"),
        ("?x=1,two", "only Python can read"),
        ("?v=2", "only Python can read"),
        ("?z=AAAA", "only Python can read"),
        ("?x=1,2,3&w=0.5,0.6&mu=1,2&s2=1,1", "only Python can read"),
    ],
)
def test_what_takes_python_is_left_to_it(open_front, question, reason):
    page = open_front(question)
    expect(page.locator("#step")).to_have_text("Python is starting")
    expect(page.locator("#remark")).to_contain_text(reason)
    expect(page.locator(".em-stage")).to_be_hidden()


def test_the_app_takes_over_once_streamlit_has_drawn_all_of_it(open_front):
    """Grey bars stand for what is still fetched, and are higher or lower than that."""
    page = open_front("?page=practise")
    page.wait_for_function("window.kernel")
    page.evaluate("""() => {
      root.innerHTML = `<div data-test-script-state="notRunning">
        <h1 class="ex-title"></h1><div data-testid="stSkeleton"></div></div>`;
      emVisit.told = {};
      kernel.dispatchEvent(new Event("loadFinished"));
    }""")
    page.wait_for_timeout(2000)
    expect(page.locator("#front")).to_have_count(1)
    page.evaluate("root.querySelector('[data-testid=stSkeleton]').remove()")
    expect(page.locator("#front")).to_have_count(0)


@pytest.mark.parametrize("file", ["plotly.js", "lock", "stlite.js", "style.css"])
def test_a_file_that_is_missing_is_named(open_front, file):
    page = open_front(without=file)
    alert = page.locator("#step[role=alert]")
    expect(alert).to_contain_text(f"{file} did not arrive")
    expect(alert).to_contain_text("Reload the page")
    if file != "plotly.js":
        page.get_by_role("button", name="Iterate").click()
        expect(page.locator(".em-place")).to_have_text("Iteration 1 · M-step done")


@pytest.mark.parametrize("question", ["?embed=true", "?present=on"])
def test_in_a_frame_and_in_a_room_the_stage_stands_alone(open_front, question):
    page = open_front(question)
    expect(page.get_by_role("button", name="Iterate")).to_be_enabled()
    expect(page.locator("h1")).to_be_hidden()
    expect(page.locator("#step")).to_be_visible()
