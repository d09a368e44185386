"""An exercise on paper: a sheet for each name, with empty boxes or with the solution."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isfinite

import numpy as np
from markupsafe import Markup, escape

from em_core import Cell
from em_core.practice.arithmetic import Kind
from em_core.practice.candidates import before_this_cell, in_this_cell
from em_core.practice.names import subscript, symbol
from em_core.wording import counted, data_value, enumerated, log_likelihood, number
from explorer.charts import earned
from explorer.charts.earned import Earned, earned_picture
from explorer.charts.palette import component_classes
from explorer.export import qr
from explorer.export.paper import page, paragraph, table
from explorer.model.check_value import exercise_check
from explorer.model.exercise import M_STEP, Practice
from explorer.model.practice import Board, boards, conditions
from explorer.model.problem import Problem

BOX = Markup('<span class="box"></span>')
Column = tuple[str, Kind, int | None]
"""Its heading, and the kind and component of its cells."""
MOST_COLUMNS = 7
"""Of one table, beside the point and its x: more would be wider than the paper."""
MOST_WRONG = 8
"""Wrong numbers that are listed for a blank."""


def exercise_sheet(
    problem: Problem,
    practice: Practice,
    names: Sequence[str] = ("",),
    solved: bool = False,
    link: str = "",
) -> str:
    """The document, a sheet for each name (\"\": a line to write it on).

    link: under which the exercise opens in the browser, \"\" for none on the sheet.
    """
    sheets = [
        f'<section class="sheet">{_sheet(problem, replace(practice, name=name), solved, link)}'
        "</section>"
        for name in names
    ]
    title = f"{problem.data.title}: {'solution' if solved else 'exercise'}"
    rules = f"{component_classes()}\n{earned.rules()}\n{RULES}"
    return page(title, "\n".join(sheets), rules)


def _sheet(problem: Problem, practice: Practice, solved: bool, link: str) -> str:
    found = boards(problem, replace(practice, tries=()))
    parts = [_heading(found, problem, practice, solved, link), _given(found[0], solved)]
    for board in found:
        parts.append(_iteration(board, solved, known=board is found[0]))
    if solved:
        parts += [_worked(found), _wrong_numbers(found)]
    elif practice.terms is None or practice.terms.help != "none":
        parts.append(_formulas(found[0]))
    return "".join(parts)


def _heading(
    found: Sequence[Board], problem: Problem, practice: Practice, solved: bool, link: str
) -> str:
    mine = found[0].sheet
    iterations = [str(board.sheet.iteration) for board in found]
    what = f"iteration{'s' * (len(found) > 1)} {enumerated(iterations)} of EM"
    sizes = f"{counted(mine.n_points, 'point')} and {counted(mine.n_components, 'component')}"
    task = f"Work out the numbers in the boxes: {what} for {sizes}. Give three digits or more."
    words = f"Solution: {what} for {sizes}." if solved else task
    whose = escape(practice.name) if practice.name else Markup('<span class="line"></span>')
    named = Markup("<p>Name: {}</p>").format(whose) if practice.name or not solved else ""
    code = _code(link) if link and not solved else ""
    return (
        f"<header><div><h1>{escape(problem.data.title)}</h1>"
        f'<p class="lead">{escape(words)}</p>{named}'
        f'<p class="check">Exercise {exercise_check(problem, practice)}</p></div>{code}</header>'
    )


def _code(link: str) -> str:
    drawn = qr.code(link)
    if drawn is None:
        return ""
    return f"<figure>{drawn}<figcaption>Check it here</figcaption></figure>"


def _given(board: Board, solved: bool) -> str:
    sheet = board.sheet
    x = [f"x{subscript(i)} = {_x(board, i)}" for i in range(sheet.n_points)]
    mixture = sheet.mixture
    rows = [
        [
            _dot(k),
            number(float(mixture.weights[k])),
            number(float(mixture.means[k, 0]), _extent(board)),
            number(float(mixture.variances[k])),
            number(float(np.sqrt(mixture.variances[k]))),
        ]
        for k in range(sheet.n_components)
    ]
    head = ["component", "weight w", "mean μ", "variance σ²", "σ"]
    shares = tuple(sheet.values["posterior"]) if solved else (None,) * sheet.n_points
    picture = earned_picture(
        Earned(sheet.points, mixture, shares, (None,) * sheet.n_components),
        f"The start of iteration {sheet.iteration}",
    )
    return (
        f"<h2>Given</h2>{paragraph('; '.join(x) + '.')}"
        + "".join(map(paragraph, conditions(sheet)))
        + f'<div class="figures"><div>{table(head, rows)}</div><figure>{picture}</figure></div>'
    )


def _iteration(board: Board, solved: bool, known: bool) -> str:
    """known: the parameters in force are given, not results of the sheet."""

    def cell(each: Cell) -> str | Markup:
        value = board.sheet.value(each)
        written = log_likelihood(value) if each.kind == "log_likelihood" else number(value)
        if each in board.blanks:
            return Markup("<b>{}</b>").format(written) if solved else BOX
        return written if solved or (known and board.visible(each)) else ""

    kinds = board.practice.exercise.kinds
    parts = [f"<h2>Iteration {board.sheet.iteration}</h2>", _e_table(board, cell)]
    if "log_likelihood" in kinds:
        line = Markup("<p>Log-likelihood of the parameters at its start: {}</p>")
        parts.append(line.format(cell(Cell("log_likelihood"))))
    if set(M_STEP) & set(kinds):
        parts.append(_m_table(board, cell))
    return "".join(parts)


def _e_table(board: Board, cell) -> str:  # type: ignore[no-untyped-def]
    """In several parts where one would be wider than the paper."""
    components = range(board.sheet.n_components)
    groups: list[list[Column]] = [
        [(Markup("density {}").format(_dot(k)), "density", k) for k in components],
        [(Markup("× weight {}").format(_dot(k)), "product", k) for k in components],
        [
            ("evidence", "evidence", None),
            *((Markup("P({}|i)").format(k + 1), "posterior", k) for k in components),
        ],
    ]
    parts = groups[:1]
    for group in groups[1:]:
        if len(parts[-1]) + len(group) <= MOST_COLUMNS:
            parts[-1] = parts[-1] + group
        else:
            parts.append(group)
    made = []
    for columns in parts:
        head = ["point", "x", *(name for name, _, _ in columns)]
        rows = [
            [str(i + 1), _x(board, i), *(cell(Cell(kind, i, k)) for _, kind, k in columns)]
            for i in range(board.sheet.n_points)
        ]
        made.append(f'<div class="e-step">{table(head, rows)}</div>')
    return "".join(made)


def _m_table(board: Board, cell) -> str:  # type: ignore[no-untyped-def]
    rows = [
        [_dot(k), *(cell(Cell(kind, None, k)) for kind in M_STEP)]
        for k in range(board.sheet.n_components)
    ]
    return table(["component", "N", "new weight", "new mean", "new variance"], rows)


def _formulas(board: Board) -> str:
    rows = [
        [f"{symbol(cell)} = {board.sheet.formula(cell).symbols}"] for cell in _first_of_each(board)
    ]
    return f"<h2>Formulas</h2>{_words(['of the first number of each kind'], rows)}"


def _worked(found: Sequence[Board]) -> str:
    rows = [
        [
            f"{symbol(cell)} = {board.sheet.formula(cell).numbers} = "
            f"{number(board.sheet.value(cell))}"
        ]
        for board in found
        for cell in _first_of_each(board)
    ]
    return f"<h2>Worked out</h2>{_words(['the first number of each kind'], rows)}"


def _wrong_numbers(found: Sequence[Board]) -> str:
    """What a wrong number says of how it was come by."""
    rows = [
        [symbol(cell), _mistakes(board, cell)] for board in found for cell in _first_of_each(board)
    ]
    return f"<h2>What wrong numbers say</h2>{_words(['blank', 'number: the mistake'], rows)}"


def _words(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of lines to be read, where others have columns of numbers."""
    return f'<div class="words">{table(head, rows)}</div>'


def _mistakes(board: Board, cell: Cell) -> str:
    step, right = board.sheet.step, number(board.sheet.value(cell))
    titles: dict[str, str] = {}
    for each in (*in_this_cell(step, cell), *before_this_cell(step, cell)):
        if isfinite(each.value) and number(each.value) != right:
            titles.setdefault(number(each.value), each.mistake.title)
    return "; ".join(f"{value}: {title}" for value, title in list(titles.items())[:MOST_WRONG])


def _first_of_each(board: Board) -> Iterator[Cell]:
    for kind in board.practice.exercise.kinds:
        yield from [cell for cell in board.blanks if cell.kind == kind][:1]


def _dot(k: int) -> Markup:
    return Markup('<span class="dot ex-c{0}">{0}</span>').format(k + 1)


def _x(board: Board, i: int) -> str:
    return data_value(float(board.sheet.points[i]), _extent(board))


def _extent(board: Board) -> float:
    return float(np.ptp(board.sheet.points))


RULES = """
@page { size: A4; margin: 12mm; }
.sheet { line-height: 1.35; }
.e-step { font-size: .95em; }
.e-step td { font-size: .95em; }
.sheet + .sheet { break-before: page; }
header { display: flex; justify-content: space-between; gap: 1rem; align-items: start; }
header figure { width: 7rem; text-align: center; flex: none; }
.check { color: var(--em-muted); font-size: .82rem; }
.line { display: inline-block; width: 16rem; border-bottom: 1px solid var(--em-ink); }
.sheet h2 { margin-top: .7rem; padding-top: .3rem; }
.sheet .figures figure { max-width: 17rem; }
.sheet th, .sheet td { padding: .2rem .3rem; vertical-align: middle; }
.sheet td b { color: var(--em-c2); }
.box { display: inline-block; width: 100%; min-width: 2.6rem; height: 1.35rem;
  border: 1px solid var(--em-muted); border-radius: 3px; }
p .box { width: 5rem; vertical-align: middle; }
.dot { display: inline-block; width: 1.25em; border-radius: 1em; text-align: center;
  font-weight: 700; color: var(--ex-on); background: var(--ex-own);
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.sheet .words td, .sheet .words th { padding: .12rem .3rem; text-align: left;
  overflow-wrap: anywhere; }
.sheet .words th:not(:only-child) { white-space: nowrap; vertical-align: top; }
.sheet svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
"""
