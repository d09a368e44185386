"""The stage's JavaScript modules on an empty page, to be called one by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from explorer.stage.assets import MODULES, script

_IMPORT = """async ([name, text]) => {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  window[name] = await import(address);
}"""


@contextmanager
def module(browser: Browser, name: str, folder: Path = MODULES) -> Iterator[Page]:
    """A page on which `window.NAME` is the module NAME.js of the folder, the stage's js/."""
    page = browser.new_page()
    try:
        page.evaluate(_IMPORT, [name, script(folder / f"{name}.js")])
        yield page
    finally:
        page.close()
