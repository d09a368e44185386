"""The worksheet: blanks checked at once, and the picture as far as it has been earned."""

import numpy as np
import streamlit as st
from markupsafe import Markup

from em_core import Cell, hints
from em_core.practice.arithmetic import Kind
from em_core.practice.names import WORDS, symbol
from em_core.wording import counted, number
from explorer.app import gallery, state
from explorer.app.markup import NOTHING, NumberStyle, dot, html, joined, note, table
from explorer.app.practise import assigned
from explorer.app.practise.verdicts import verdict
from explorer.charts.earned import Earned, earned_picture
from explorer.model import practice
from explorer.model.exercise import HINTS, LEVELS, Exercise, Help, Practice, Try
from explorer.model.practice import Board, Mark

ANSWER = "practice-answer"
SIGNS = {"right": "✓", "carried": "✓", "so far": "…", "nearly": "≈", "no number": "?"}
GOOD = ("right", "carried")
EQUALS = "x\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"
COMPONENT = html('<span class="ex-over">component</span>')


def show() -> None:
    terms = state.practice().terms
    if terms is None:
        _levels(state.practice().exercise)
    elif not assigned.introduced(terms):
        return
    board = _board()
    if board.reason:
        note = '<p class="ex-note">{} The worked example is here instead.</p>'
        st.html(html(note, board.reason))
    with st.container(key="workbench"):
        work, picture = st.columns([1.25, 1], gap="large")
    with work:
        _prompt(board)
        if terms is not None:
            assigned.hand_in()
    with picture:
        gallery.show([("", _picture(board))], key="practice-picture")
        st.html(_given(board))
    st.html(_tables(board))


def _board() -> Board:
    return practice.board(state.session().problem, state.practice())


def _own_tries() -> tuple[Try, ...]:
    return practice.own_tries(state.session().problem, state.practice())


# --- which exercise -------------------------------------------------------------------------------


def _levels(exercise: Exercise) -> None:
    names = [level.name for level in LEVELS]
    now = next((i for i, each in enumerate(LEVELS) if each.exercise == exercise), None)
    state.show("practice-level", None if now is None else names[now])
    st.segmented_control(
        "Exercise",
        names,
        key="practice-level",
        label_visibility="collapsed",
        help="Each has more blanks than the one before.",
        on_change=_take_level,
    )
    if now is not None:
        st.html(html('<p class="ex-task">{}</p>', LEVELS[now].task))


def _help() -> Help:
    """How much of it there is."""
    terms = state.practice().terms
    return "all" if terms is None else terms.help


def _exercise(board: Board) -> Exercise:
    return board.practice.exercise


@state.callback
def _take_level() -> None:
    chosen = state.taken("practice-level")
    level = next((each for each in LEVELS if each.name == chosen), None)
    if level is not None and level.exercise != state.practice().exercise:
        state.set_practice(_set_about(level.exercise))


# --- the blank that is worked on ------------------------------------------------------------------


def _prompt(board: Board) -> None:
    cell = board.current
    if cell is None:
        _finished(board)
        return
    mark = board.mark(cell)
    _feedback(board)
    prompt = '<p class="ex-prompt"><span>{}</span><b>{} = ?</b> {}</p>'
    st.html(html(prompt, _progress(board), symbol(cell), _asked(board, cell)))
    state.show(ANSWER, mark.text)
    st.text_input(
        "Your number",
        key=ANSWER,
        label_visibility="collapsed",
        placeholder="Your number, then Enter",
        autocomplete="off",
        on_change=_take_answer,
        args=(cell,),
    )
    _buttons(board, cell, mark)
    _hints(board, cell, mark)


def _progress(board: Board) -> str:
    now = practice.score(state.session().problem, board.practice)
    return f"{now.right + now.shown} of {counted(now.blanks, 'blank')} filled"


def _asked(board: Board, cell: Cell) -> str:
    """The blank in words."""
    at = "" if cell.point is None else f"point {cell.point + 1}, {EQUALS}{_x(board, cell.point)}"
    whose = "" if cell.component is None else f"component {cell.component + 1}"
    asked: dict[Kind, str] = {
        "density": f"How high is the curve of {whose} at {at}?",
        "product": f"Weight times density of {whose} at {at}.",
        "evidence": f"All components together at {at}.",
        "posterior": f"The responsibility of {whose} for {at}.",
        "log_likelihood": "The log-likelihood of the parameters in force (natural logarithm).",
        "N": f"How many points does {whose} hold?",
        "weight": f"The new weight of {whose}.",
        "mean": f"The new mean of {whose}.",
        "variance": f"The new variance σ² of {whose}.",
    }
    return asked[cell.kind]


def _x(board: Board, i: int) -> str:
    return _style(board).point(float(board.sheet.points[i]))


def _style(board: Board) -> NumberStyle:
    return NumberStyle(state.display().precise, np.ptp(board.problem.data.points, axis=0))


@state.callback
def _take_answer(cell: Cell) -> None:
    typed = state.taken(ANSWER).strip()
    if typed:
        state.set_practice(practice.answered(_board(), cell, typed))


def _feedback(board: Board) -> None:
    """What came of the last thing that was done. Read out by screen readers."""
    tries = _own_tries()
    last = tries[-1] if tries else None
    said = NOTHING
    if last is not None and last.diagnosis is not None:
        found = last.diagnosis
        tone = "good" if found.verdict in GOOD else "soft" if found.verdict in SIGNS else "bad"
        tried = f"{symbol(last.cell)}: {last.text}"
        said = verdict(tone, SIGNS.get(found.verdict, "✗"), tried, found.sentence)
    elif last is not None and last.act == "show":
        value = _style(board).of(board.sheet.value(last.cell))
        said = verdict("soft", "→", f"{symbol(last.cell)} = {value}")
    st.html(html('<div role="status" aria-live="polite" class="ex-told">{}</div>', said))


def _buttons(board: Board, cell: Cell, mark: Mark) -> None:
    with st.container(horizontal=True, key="practice-buttons"):
        st.button(
            "Check",
            key="practice-check",
            type="primary",
            help="Enter does the same.",
            on_click=_take_answer,
            args=(cell,),
        )
        if mark.hints < HINTS and _help() != "none":
            st.button(
                f"Hint {mark.hints + 1} of {HINTS}",
                key="practice-hint",
                help="First the idea, then the formula, then the formula in numbers.",
                on_click=_take_hint,
                args=(cell,),
            )
        if mark.hints == HINTS and _help() == "all":
            st.button(
                "Show the number",
                key="practice-show",
                help="It is written into the blank; the next one is yours again.",
                on_click=_take_shown,
                args=(cell,),
            )
        _take_back_button()
        _go_to(board, cell)


def _take_back_button() -> None:
    st.button(
        "Take back",
        key="practice-undo",
        icon=":material/undo:",
        disabled=not practice.can_take_back(state.session().problem, state.practice()),
        help="Take back the last answer, hint or number shown.",
        on_click=_take_back,
    )


def _go_to(board: Board, cell: Cell) -> None:
    if len(board.open) < 2:
        return
    state.show("practice-go", cell, frame=board.open)
    st.selectbox(
        "Blank",
        board.open,
        key="practice-go",
        label_visibility="collapsed",
        width=260,
        format_func=lambda each: f"{symbol(each)}: {WORDS[each.kind]}",
        help="The blanks that are still open; the next comes by itself.",
        on_change=_take_turn,
    )


@state.callback
def _take_hint(cell: Cell) -> None:
    state.set_practice(practice.hinted(_board(), cell))


@state.callback
def _take_shown(cell: Cell) -> None:
    state.set_practice(practice.shown(_board(), cell))


@state.callback
def _take_back() -> None:
    state.set_practice(practice.taken_back(state.session().problem, state.practice()))


@state.callback
def _take_turn() -> None:
    board = _board()
    cell = state.chosen("practice-go", board.open)
    if cell is not None:
        state.set_practice(practice.turned_to(board, cell))


def _hints(board: Board, cell: Cell, mark: Mark) -> None:
    if mark.hints:
        items = joined(html("<li>{}</li>", each) for each in hints(board.told, cell)[: mark.hints])
        st.html(html('<ol class="ex-hints" aria-label="Hints">{}</ol>', items))


def _finished(board: Board) -> None:
    _feedback(board)
    st.html(html('<p class="ex-prompt" role="status"><b>Done.</b> {}</p>', _summary(board)))
    if board.practice.terms is not None:
        st.html(note("The other pages are open now: see on Explore how it goes on."))
        return
    names = [each.exercise for each in LEVELS]
    at = names.index(_exercise(board)) if _exercise(board) in names else len(names) - 1
    with st.container(horizontal=True, key="practice-done"):
        if at + 1 < len(LEVELS):
            st.button(
                f"Next: {LEVELS[at + 1].name}",
                key="practice-next",
                type="primary",
                on_click=_take_next,
                args=(at + 1,),
            )
        st.button("Once more", key="practice-again", on_click=_take_again)
        _take_back_button()


def _summary(board: Board) -> str:
    score = practice.score(state.session().problem, board.practice)
    if score.alone == score.blanks:
        return "Every blank right at the first try, without a hint."
    return (
        f"Of {counted(score.blanks, 'blank')}, {score.alone} right at the first try without a "
        f"hint, {score.right - score.alone} later or with a hint, "
        f"{score.blanks - score.right} shown."
    )


@state.callback
def _take_next(level: int) -> None:
    state.set_practice(_set_about(LEVELS[level].exercise))


def _set_about(exercise: Exercise) -> Practice:
    return practice.set_about(state.session().problem, state.practice(), exercise)


@state.callback
def _take_again() -> None:
    state.set_practice(practice.begun_anew(state.session().problem, state.practice()))


# --- what is known so far -------------------------------------------------------------------------


def _tables(board: Board) -> Markup:
    m_step = _m_table(board) if "mean" in _exercise(board).kinds else NOTHING
    return _e_table(board) + m_step


def _e_table(board: Board) -> Markup:
    K = board.sheet.n_components
    head: list[str] = ["point", "x"]
    head += [html("density {}", dot(k)) for k in range(K)] + [
        html("× weight {}", dot(k)) for k in range(K)
    ]
    head += ["evidence"] + [html("responsibility {}", dot(k)) for k in range(K)]
    rows = []
    for i in range(board.sheet.n_points):
        cells = [Cell("density", i, k) for k in range(K)] + [
            Cell("product", i, k) for k in range(K)
        ]
        cells += [Cell("evidence", i)] + [Cell("posterior", i, k) for k in range(K)]
        if any(_drawn(board, each) for each in cells):
            rows.append([str(i + 1), _x(board, i), *(_cell(board, each) for each in cells)])
    return table(head, rows, "E-step: every point is shared out")


def _drawn(board: Board, cell: Cell) -> bool:
    return cell in board.blanks or board.visible(cell)


def _m_table(board: Board) -> Markup:
    kinds: tuple[Kind, ...] = ("N", "weight", "mean", "variance")
    rows = [
        [dot(k), *(_cell(board, Cell(kind, None, k)) for kind in kinds)]
        for k in range(board.sheet.n_components)
    ]
    head = [COMPONENT, "N", "new weight", "new mean", "new variance"]
    made = table(head, rows, "M-step: every component moves to its points")
    likelihood = _cell(board, Cell("log_likelihood"))
    line = '<p class="ex-panel">Log-likelihood of the parameters in force: {}</p>'
    return made + html(line, likelihood)


def _cell(board: Board, cell: Cell) -> str | Markup:
    """A number that is given or earned, the blank that stands for it, or nothing yet."""
    mark = board.mark(cell)
    if cell in board.blanks and mark.diagnosis is not None and mark.diagnosis.verdict == "carried":
        return html('<span class="ex-blank ex-soft">{}</span>', mark.text)
    if cell in board.blanks and not mark.settled:
        return _open_blank(board, cell, mark)
    if not board.visible(cell):
        return html('<span class="ex-muted">·</span>')
    written = _style(board).of(board.sheet.value(cell))
    if cell not in board.blanks:
        return written
    return html(
        '<span class="ex-blank {}">{}</span>', "ex-soft" if mark.shown else "ex-good", written
    )


def _open_blank(board: Board, cell: Cell, mark: Mark) -> Markup:
    here = " ex-here" if cell == board.current else ""
    if mark.text:
        return html('<span class="ex-blank ex-bad{}">{}</span>', here, mark.text[:12])
    return html('<span class="ex-blank{}"><span class="ex-over">blank</span>?</span>', here)


def _picture(board: Board) -> str:
    sheet = board.sheet
    shares = tuple(
        sheet.values["posterior"][i]
        if all(board.visible(Cell("posterior", i, k)) for k in range(sheet.n_components))
        else None
        for i in range(sheet.n_points)
    )
    made = tuple(_made(board, k) for k in range(sheet.n_components))
    earned = Earned(sheet.points, sheet.mixture, shares, made)
    return earned_picture(earned, f"Iteration {sheet.iteration}")


def _made(board: Board, k: int) -> tuple[float, float, float] | None:
    kinds: tuple[Kind, ...] = ("weight", "mean", "variance")
    cells = [Cell(kind, None, k) for kind in kinds]
    if not all(map(board.visible, cells)):
        return None
    weight, mean, variance = (board.sheet.value(each) for each in cells)
    return weight, mean, variance


def _given(board: Board) -> Markup:
    """The parameters in force when the iteration starts."""
    mixture, style = board.sheet.mixture, _style(board)
    rows = [
        [
            dot(k),
            style.of(float(mixture.weights[k])),
            style.at(float(mixture.means[k, 0])),
            style.of(float(mixture.variances[k])),
            number(float(np.sqrt(mixture.variances[k]))),
        ]
        for k in range(mixture.n_components)
    ]
    head = [COMPONENT, "weight", "mean", "variance σ²", "σ"]
    agreed = joined(html("<p>{}</p>", each) for each in practice.conditions(board.sheet))
    return agreed + table(head, rows, f"In force at the start of iteration {board.sheet.iteration}")
