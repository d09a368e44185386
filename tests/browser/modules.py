"""The stage's JavaScript modules on an empty page, to be called one by one."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from explorer.stage.assets import script

_IMPORT = """async ([name, text]) => {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  window[name] = await import(address);
}"""


@contextmanager
def module(browser: Browser, name: str) -> Iterator[Page]:
    """A page on which `window.NAME` is the module js/NAME.js."""
    page = browser.new_page()
    try:
        page.evaluate(_IMPORT, [name, script(name)])
        yield page
    finally:
        page.close()
