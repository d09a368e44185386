"""The stage's JavaScript modules on an empty page, to be called one by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page

from em_core import GaussianMixture
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


def told(mixture: GaussianMixture) -> dict[str, Any]:
    """A mixture as formulas.js has it, in plain lists."""
    upper = np.triu_indices(mixture.n_features)
    return {
        "K": mixture.n_components,
        "d": mixture.n_features,
        "w": mixture.weights.tolist(),
        "m": mixture.means.ravel().tolist(),
        "c": mixture.covariances[:, *upper].ravel().tolist(),
    }
