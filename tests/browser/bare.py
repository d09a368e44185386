"""The stage on a page of its own, without server or Streamlit; what it tells Python is kept."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from em_core import Trace
from explorer.model.problem import Data
from explorer.stage import Message, Place, Settings, payload, read_message
from explorer.stage.assets import markup, script, style
from explorer.stage.library import source

_PAGE = """<!doctype html><meta charset="utf-8"><style>
:root {{ --st-background-color: #ffffff }}
body {{ margin: 0 }}
main {{ width: 800px }}
{css}</style>
<template>{html}</template><main></main><script>{library}</script>
<script type="module">{script}
let leave = () => {{}};
window.begin = async () => {{
  const main = document.querySelector("main");
  main.replaceChildren();
  leave();
  await new Promise((done) => setTimeout(done, 1));
  for (let timer = setTimeout(() => {{}}); timer; timer--) clearTimeout(timer);
  delete window.emLeft;
  document.activeElement.blur();
  scrollTo(0, 0);
  main.append(document.querySelector("template").content.cloneNode(true));
  window.sent = [];
}};
window.tell = (data) => leave = mount({{
  data, parentElement: document.querySelector("main"),
  setStateValue: (name, value) => sent.push(value),
  setTriggerValue: (name, value) => sent.push(value),
}});
window.ready = true;</script>"""

AT_THE_START, PLAIN = Place(), Settings()


class Stage:
    """A mounted stage. told: what it was told last."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.told: dict[str, Any] = {}

    def tell(
        self,
        data: Data,
        trace: Trace,
        place: Place = AT_THE_START,
        settings: Settings = PLAIN,
        point: int | None = None,
        component: int = 0,
    ) -> None:
        self.told = {**payload(data, trace, place, point, component, settings), "library": "page"}
        self.page.evaluate("(data) => void tell(data)", self.told)
        self.page.wait_for_selector("[data-role='component'] path[d^='M']", state="attached")

    def sent(self) -> list[Message]:
        """What it has told since this was last asked; nonsense fails the test."""
        values = self.page.evaluate("window.sent.splice(0)")
        read = [read_message(value) for value in values]
        assert None not in read, json.dumps(values)
        return [message for message in read if message is not None]

    def wait_for_message(self) -> list[Message]:
        self.page.wait_for_function("window.sent.length > 0")
        return self.sent()

    def pixel(self, chart: str, x: float, y: float, axes: tuple[str, str] = ("x", "y")) -> list:
        """Where in the window a place of a chart is."""
        return self.page.evaluate(
            """([chart, x, y, [xName, yName]]) => {
              const node = document.querySelector(`.em-${chart} .em-plot`);
              node.scrollIntoView({ block: "center" });
              const box = node.getBoundingClientRect();
              const full = node._fullLayout;
              const axis = (name, letter) => full[name.replace(letter, `${letter}axis`)];
              const at = (axis, value) => axis._offset + axis.l2p(axis.d2l(value));
              return [box.left + at(axis(xName, "x"), x), box.top + at(axis(yName, "y"), y)];
            }""",
            [chart, x, y, list(axes)],
        )

    def drag(self, selector: str, dx: float, dy: float = 0) -> None:
        """Hold the middle of an element, move it so many pixels and let go."""
        x, y = self.hold(selector)
        self.page.mouse.move(x + dx / 2, y + dy / 2)
        self.page.mouse.move(x + dx, y + dy)
        self.page.mouse.up()

    def widen(self, k: int, by: float) -> None:
        """Drag the handle of component k's spread outwards, whichever side it is on."""
        left = [
            self.page.locator(name).nth(k).bounding_box() for name in (".em-badge", ".em-handle")
        ]
        assert left[0] is not None
        assert left[1] is not None
        outwards = 1 if left[1]["x"] > left[0]["x"] else -1
        self.drag(f".em-handle >> nth={k}", outwards * by)

    def hold(self, selector: str) -> tuple[float, float]:
        box = self.page.locator(selector).bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        return x, y


class Pages:
    """Pages with a stage each, taken up again by the next test: Plotly takes long to be read."""

    def __init__(self, context: BrowserContext, file: Path) -> None:
        text = _PAGE.format(html=markup(), css=style(), library=source().decode(), script=script())
        file.write_text(text, encoding="utf-8")
        self.context, self.address = context, file.as_uri()
        self.free: list[Page] = []
        self.complaints: list[str] = []

    @contextmanager
    def stages(self) -> Iterator[Callable[..., Stage]]:
        """`open(data, trace, …)`: a new stage that was told this."""
        taken: list[Page] = []

        def open_stage(data: Data, trace: Trace, **told: Any) -> Stage:
            page = self.free.pop() if self.free else self._new()
            taken.append(page)
            page.bring_to_front()
            page.mouse.move(0, 0)
            page.evaluate("begin()")
            stage = Stage(page)
            stage.tell(data, trace, **told)
            return stage

        yield open_stage
        self.free += taken
        complaints, self.complaints = self.complaints, []
        assert not complaints, "\n".join(complaints)

    def _new(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.goto(self.address)
        page.wait_for_function("window.ready")
        return page


@contextmanager
def bare_pages(browser: Browser, file: Path) -> Iterator[Pages]:
    """Pages that are saved as `file`; each stage's own complaints fail its test."""
    context = browser.new_context(viewport={"width": 1000, "height": 900}, reduced_motion="reduce")
    yield Pages(context, file)
    context.close()
