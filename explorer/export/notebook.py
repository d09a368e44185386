"""The run up to the cursor as a notebook and as a plain Python script, both on NumPy alone.

They hold this problem's numbers and the two half-steps as the textbook writes them (the source
of `explorer.export.textbook`), and end by asserting the numbers that stood on the screen.
"""

import json
from typing import Any

from em_core import Trace
from explorer.export.notebook_cells import MAX_INLINE, POINTS_FILE, Cell, cells_of
from explorer.io.kinds import one_line
from explorer.model.problem import Problem, View

__all__ = ["POINTS_FILE", "needs_points_file", "notebook", "script"]


def notebook(problem: Problem, trace: Trace, view: View) -> str:
    """The .ipynb file (nbformat 4.5). It may need POINTS_FILE beside it."""
    told = cells_of(problem, trace, view, as_markdown)
    cells = [_notebook_cell(number, cell) for number, cell in enumerate(told, start=1)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    document = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def script(problem: Problem, trace: Trace, view: View) -> str:
    """The same as plain Python, the explanations as comments; editors know ``# %%`` as a cell."""
    cells = cells_of(problem, trace, view, _as_comment)
    return "\n\n".join(map(_percent_cell, cells)) + "\n"


def needs_points_file(problem: Problem) -> bool:
    """Whether POINTS_FILE, the text of `points_csv`, must lie beside notebook and script."""
    return problem.data.points.size > MAX_INLINE


def as_markdown(text: str) -> str:
    """Foreign text that means nothing in Markdown, HTML or TeX."""
    plain = one_line(text, len(text))
    return "".join(
        c if c.isalnum() or c in " ,." or not c.isascii() else f"&#{ord(c)};" for c in plain
    )


def _notebook_cell(number: int, cell: Cell) -> dict[str, Any]:
    common = {
        "cell_type": cell.kind,
        "id": f"cell-{number}",
        "metadata": {},
        "source": cell.text,
    }
    return common if cell.kind == "markdown" else {**common, "execution_count": None, "outputs": []}


def _as_comment(text: str) -> str:
    return one_line(text, len(text))


def _percent_cell(cell: Cell) -> str:
    if cell.kind == "code":
        return f"# %%\n{cell.text}"
    return "# %% [markdown]\n" + "\n".join(f"# {row}".rstrip() for row in cell.text.splitlines())
