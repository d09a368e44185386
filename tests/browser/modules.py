"""The stage's JavaScript modules on an empty page, to be called one by one."""

from pathlib import Path

from playwright.sync_api import Page

from explorer.stage.assets import MODULES, script

_IMPORT = """async ([name, text]) => {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  window[name] = await import(address);
}"""


def imported(page: Page, name: str, folder: Path = MODULES) -> Page:
    """The page, where `window.NAME` is now the module NAME.js of the folder, without a past."""
    page.evaluate(_IMPORT, [name, script(folder / f"{name}.js")])
    return page
