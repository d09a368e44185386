"""The run up to the cursor as a notebook and as a plain Python script, both on NumPy alone.

They hold this problem's numbers and the two half-steps as the textbook writes them (the source
of `explorer.export.textbook`), and end by asserting the numbers that stood on the screen.
"""

import json

from em_core import Trace
from explorer.export.story import MAX_INLINE, POINTS_FILE, Cell, cells_of
from explorer.export.tables import points_csv
from explorer.fields import one_line
from explorer.problem import Problem, View

__all__ = ["POINTS_FILE", "notebook", "points_file", "script"]


def notebook(problem: Problem, trace: Trace, view: View) -> str:
    """The .ipynb file (nbformat 4.5). It reads POINTS_FILE where `points_file` gives one."""
    cells = [
        {"cell_type": cell.kind, "id": f"cell-{number}", "metadata": {}, "source": cell.text}
        | ({"execution_count": None, "outputs": []} if cell.kind == "code" else {})
        for number, cell in enumerate(cells_of(problem, trace, view, as_markdown), start=1)
    ]
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


def points_file(problem: Problem) -> str | None:
    """The text of POINTS_FILE where notebook and script need it beside them, else None."""
    return points_csv(problem) if problem.data.points.size > MAX_INLINE else None


def as_markdown(text: str) -> str:
    """Foreign text that means nothing in Markdown, HTML or TeX."""
    plain = one_line(text, len(text))
    return "".join(
        c if c.isalnum() or c in " ,." or not c.isascii() else f"&#{ord(c)};" for c in plain
    )


def _as_comment(text: str) -> str:
    return one_line(text, len(text))


def _percent_cell(cell: Cell) -> str:
    if cell.kind == "code":
        return f"# %%\n{cell.text}"
    return "# %% [markdown]\n" + "\n".join(f"# {row}".rstrip() for row in cell.text.splitlines())
