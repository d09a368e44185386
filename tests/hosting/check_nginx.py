"""Two processes of the app behind nginx, as `docs/nginx.conf` has it, on this machine's loopback.

Not part of `make test`, which this file's name keeps it out of: run `make test-hosting`.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from scripts import chromium
from scripts.app_server import (
    ROOT,
    AppServer,
    end,
    free_port,
    running_app,
    wait_until_healthy,
)

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
# A name that Streamlit does not know: its websocket has to be let in by the forwarded Host header.
HOST = "em.localhost"
expect.set_options(timeout=30_000)
AROUND = """
daemon off; {user} pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
    log_format processes '$cookie_em_visitor $upstream_addr';
    access_log {folder}/access.log processes;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/em-explorer.conf;
}}
"""


@dataclass(frozen=True)
class Site:
    """The app as visitors reach it, its processes, and what nginx noted of each answer."""

    url: str
    processes: list[AppServer]
    access_log: Path

    def process_of(self, page: Page) -> AppServer:
        """The one process that has answered this visitor so far."""
        (visitor,) = (c["value"] for c in page.context.cookies() if c["name"] == "em_visitor")
        noted = re.findall(rf"^{visitor} (\S+)$", self.access_log.read_text(), re.MULTILINE)
        (address,) = set(noted)
        (process,) = (p for p in self.processes if urlsplit(p.url).netloc == address)
        return process


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    if NGINX is None:
        pytest.fail("nginx is not installed: on Debian, apt-get install nginx-light", pytrace=False)
    with ExitStack() as stack:
        processes = [stack.enter_context(running_app(base_path="/em")) for _ in range(2)]
        port = free_port()
        stack.enter_context(running_nginx(tmp_path, port, processes))
        yield Site(f"http://{HOST}:{port}/em/", processes, tmp_path / "access.log")


@contextmanager
def running_nginx(folder: Path, port: int, processes: list[AppServer]) -> Iterator[None]:
    """nginx with the documented configuration, its ports and its host name exchanged."""
    text = (ROOT / "docs" / "nginx.conf").read_text()
    for documented, here in {
        "server 127.0.0.1:8501;": f"server {urlsplit(processes[0].url).netloc};",
        "server 127.0.0.1:8502;": f"server {urlsplit(processes[1].url).netloc};",
        "listen 80;": f"listen 127.0.0.1:{port};",
        "em.example.org": HOST,
    }.items():
        assert documented in text
        text = text.replace(documented, here)
    (folder / "em-explorer.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    nginx = subprocess.Popen([str(NGINX), "-p", folder, "-c", folder / "nginx.conf"])
    try:
        wait_until_healthy(AppServer(f"http://127.0.0.1:{port}/em", nginx, folder / "error.log"))
        yield
    finally:
        end(nginx)


@pytest.fixture
def visit(site: Site) -> Iterator[Callable[[], Page]]:
    """`visit()`: a new visitor, with cookies of their own, who opens the app."""
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)

        def visit() -> Page:
            page = browser.new_context(viewport=chromium.LAPTOP).new_page()
            page.goto(site.url)
            chromium.settle(page)
            page.get_by_text("Options", exact=True).click()
            return page

        yield visit
        browser.close()


def limit(page: Page) -> Locator:
    return page.get_by_role("spinbutton", name="Iteration limit")


def test_a_session_outlives_the_other_process(site: Site, visit: Callable[[], Page]):
    """Each visitor keeps to one process; when the other one dies they notice nothing.

    Nor does, for more than a moment, who was on the one that died: the browser hands the visit to
    the process that is left, the way back included.
    """
    visitors = [visit()]
    while len({site.process_of(page).url for page in visitors}) < 2:
        assert len(visitors) < 20, "twenty visitors all came to the same process"
        visitors.append(visit())
    survivor, stranded = visitors[0], visitors[-1]
    for page in (survivor, stranded):
        limit(page).fill("150")
        limit(page).press("Enter")
        expect(page).to_have_url(re.compile("=150"))
    stranded.get_by_role("button", name="E-step").click()
    expect(stranded).to_have_url(re.compile("phase=e"))

    site.process_of(stranded).process.kill()

    for page in (survivor, stranded):
        page.wait_for_selector("[data-test-connection-state='CONNECTED']")
        expect(page.get_by_role("button", name="Undo")).to_be_enabled()
        expect(limit(page)).to_have_value("150")
    expect(stranded).to_have_url(re.compile("phase=e"))
    for page in (survivor, stranded):
        page.get_by_role("button", name="Undo").click()
        expect(limit(page)).to_have_value("200")


def test_what_the_headers_forbid_the_app_does_not_need(site: Site, visit: Callable[[], Page]):
    complaints: list[str] = []
    page = visit()
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    answer = page.reload()
    assert answer is not None
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    page.locator(".em-main .main-svg").first.wait_for()
    page.get_by_role("button", name="E-step").click()
    expect(page.get_by_role("button", name="M-step")).to_be_visible()
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert not complaints
