"""What is drawn on the stage, read back from the paths into data units."""

import re
from dataclasses import dataclass

import numpy as np
from playwright.sync_api import Page

_READ = """(chart) => {
  const figure = document.querySelector(`.em-${chart}`);
  const full = figure.querySelector(".em-plot")._fullLayout;
  const axes = {};
  for (const [name, axis] of Object.entries(full)) {
    if (!/^[xy]axis\\d*$/.test(name)) continue;
    const { _offset: start, _length: length, range, type } = axis;
    axes[name] = { start, length, range, log: type === "log" };
  }
  const marks = [...figure.querySelectorAll(".em-sheet > g")].map((group) => ({
    role: group.dataset.role,
    k: group.dataset.k === undefined ? null : Number(group.dataset.k),
    paths: [...group.querySelectorAll("path")].map((node) => ({
      d: node.getAttribute("d") || "",
      fill: node.getAttribute("fill"),
      stroke: node.getAttribute("stroke"),
    })),
    circles: [...group.querySelectorAll("circle")].map((node) => ({
      x: Number(node.getAttribute("cx")),
      y: Number(node.getAttribute("cy")),
      fill: node.getAttribute("fill"),
    })),
    words: [...group.querySelectorAll("text")].map((node) => node.textContent),
  }));
  return { axes, marks };
}"""


@dataclass(frozen=True)
class Axis:
    """One of Plotly's axes: pixels to data units."""

    start: float
    length: float
    range: tuple[float, float]
    log: bool
    vertical: bool

    def value(self, pixel: np.ndarray) -> np.ndarray:
        part = (np.asarray(pixel, dtype=float) - self.start) / self.length
        part = 1 - part if self.vertical else part
        value = self.range[0] + part * (self.range[1] - self.range[0])
        return 10**value if self.log else value

    @property
    def per_pixel(self) -> float:
        """Data units in a pixel."""
        return (self.range[1] - self.range[0]) / self.length


class Drawn:
    """One chart as it is on the screen; `main`, `shares` or `trajectory`."""

    def __init__(self, page: Page, chart: str) -> None:
        read = page.evaluate(_READ, chart)
        self.marks = read["marks"]
        self.axes = {
            name: Axis(**axis | {"range": tuple(axis["range"])}, vertical=name.startswith("y"))
            for name, axis in read["axes"].items()
        }

    def of(self, role: str, k: int | None = None) -> list[dict]:
        return [m for m in self.marks if m["role"] == role and (k is None or m["k"] == k)]

    def curve(self, role: str, k: int | None = None, panel: int = 0) -> np.ndarray:
        """(m, 2) the places of a line, in data units; `panel` counts the axes from 0."""
        mark = self.of(role, k)[panel]
        return self.places(mark["paths"][-1]["d"], panel)

    def places(self, path: str, panel: int = 0, y: str | None = None) -> np.ndarray:
        """The places that a path goes through, in data units."""
        found = re.findall(r"([ML])(-?[\d.]+),(-?[\d.]+)", path)
        pixels = np.array([(float(x), float(y)) for _, x, y in found]).reshape(-1, 2)
        number = "" if panel == 0 else panel + 1
        x_axis, y_axis = self.axes[f"xaxis{number}"], self.axes[y or f"yaxis{number}"]
        return np.stack([x_axis.value(pixels[:, 0]), y_axis.value(pixels[:, 1])], axis=1)

    def fills(self, role: str) -> list[str]:
        return [node["fill"] for mark in self.of(role) for node in mark["paths"] or mark["circles"]]

    def strokes(self, role: str) -> list[str]:
        return [mark["paths"][-1]["stroke"] for mark in self.of(role)]
