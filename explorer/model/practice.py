"""Practising by hand: an exercise, what was tried on it, and how far that has come. Pure values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from em_core import Cell, Diagnosis, InputError, Worksheet, diagnose, worksheet
from em_core.practice.arithmetic import KINDS, Kind
from explorer.model.agreed import in_words
from explorer.model.examples import default_problem
from explorer.model.exercise import ALL, HINTS, Act, Exercise, Practice, Try
from explorer.model.problem import Problem
from explorer.model.variants import own_numbers

MAX_POINTS_BY_HAND = 12
MAX_COMPONENTS_BY_HAND = 4

MAX_TRIES = 1000
"""The oldest are forgotten beyond that."""

ADD_UP: tuple[Kind, ...] = ("posterior", "N", "weight")
"""Kinds whose numbers add up to something known over the components: all but one give the last."""


@dataclass(frozen=True)
class Mark:
    """How a blank stands: the last answer and its diagnosis, hints taken, the number shown."""

    text: str = ""
    diagnosis: Diagnosis | None = None
    wrong: int = 0
    hints: int = 0
    shown: bool = False

    @property
    def settled(self) -> bool:
        """Whether nothing is left to be done: answered right, or shown."""
        return self.shown or (self.diagnosis is not None and self.diagnosis.right)


@dataclass(frozen=True)
class Score:
    """blanks: how many there are; right: of them; alone: at the first try and without a hint;
    shown: given up."""

    blanks: int
    right: int
    alone: int
    shown: int

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.blanks + other.blanks,
            self.right + other.right,
            self.alone + other.alone,
            self.shown + other.shown,
        )


@dataclass(frozen=True, eq=False)
class Board:
    """A worksheet with its blanks as far as they are filled in.

    reason: why it is not the problem on Explore, "" where it is.
    """

    problem: Problem
    sheet: Worksheet
    practice: Practice
    reason: str = ""

    @cached_property
    def blanks(self) -> tuple[Cell, ...]:
        """In the order of work: point by point, then what is made of all points."""
        exercise = self.practice.exercise
        found = [cell for cell in self.sheet.cells(*exercise.kinds) if self._is_blank(cell)]
        return tuple(sorted(found, key=_order_of_work))

    def _is_blank(self, cell: Cell) -> bool:
        exercise = self.practice.exercise
        wanted = (
            (exercise.point, cell.point, self.sheet.n_points),
            (exercise.component, cell.component, self.sheet.n_components),
        )
        chosen = all(a == ALL or b is None or min(a, count - 1) == b for a, b, count in wanted)
        return chosen and not self.sheet.given(cell)

    @cached_property
    def tries(self) -> tuple[Try, ...]:
        """Those on this iteration, oldest first."""
        return tuple(each for each in self.practice.tries if self._is_here(each))

    def _is_here(self, tried: Try) -> bool:
        return tried.iteration == self.sheet.iteration

    @cached_property
    def marks(self) -> Mapping[Cell, Mark]:
        """How each blank that was tried stands."""
        marks: dict[Cell, Mark] = {}
        for each in self.tries:
            marks[each.cell] = _marked(marks.get(each.cell, Mark()), each)
        return marks

    def mark(self, cell: Cell) -> Mark:
        return self.marks.get(cell, Mark())

    @property
    def score(self) -> Score:
        settled = [mark for mark in map(self.mark, self.blanks) if mark.settled]
        right = [mark for mark in settled if not mark.shown]
        alone = [mark for mark in right if not mark.wrong and not mark.hints]
        return Score(len(self.blanks), len(right), len(alone), len(settled) - len(right))

    @property
    def open(self) -> tuple[Cell, ...]:
        """Blanks still to be filled in."""
        return tuple(cell for cell in self.blanks if not self.mark(cell).settled)

    @property
    def current(self) -> Cell | None:
        """The blank to work on: the last one that was tried, or the next that is open."""
        open_blanks = self.open
        if not open_blanks:
            return None
        last = self.tries[-1].cell if self.tries else None
        at = self.blanks.index(last) if last in self.blanks else 0
        return next((cell for cell in self.blanks[at:] if cell in open_blanks), open_blanks[0])

    def visible(self, cell: Cell) -> bool:
        """May its right number be on the screen? Never while it would give a blank away."""
        return cell not in self._hidden

    @cached_property
    def _hidden(self) -> frozenset[Cell]:
        hidden = set(self.open)
        for cell in self.sheet.cells():
            if self.mark(cell).settled:
                continue
            if self._outside(cell):
                hidden.add(cell)
                continue
            made_of_hidden = any(each in hidden for each in self.sheet.formula(cell).inputs)
            if made_of_hidden or any(each in self.open for each in self._beside(cell)):
                hidden.add(cell)
        return frozenset(hidden)

    def _outside(self, cell: Cell) -> bool:
        """Is it for a later exercise: another point's row, or a later step?"""
        last_step = max(map(KINDS.index, self.practice.exercise.kinds))
        later_row = cell.point is not None and cell.point > self._row
        return later_row or KINDS.index(cell.kind) > last_step

    @property
    def _row(self) -> int:
        last = self.sheet.n_points - 1
        point = self.practice.exercise.point
        return last if point == ALL else min(last, point)

    def _beside(self, cell: Cell) -> Iterator[Cell]:
        """Cells that it would give away, because they add up."""
        if cell.kind in ADD_UP:
            for k in range(self.sheet.n_components):
                yield replace(cell, component=k)

    @cached_property
    def told(self) -> Worksheet:
        """The worksheet that speaks of visible numbers only and knows what was typed."""
        sheet = self.sheet.hiding(self._hidden)
        for cell, mark in self.marks.items():
            if mark.text:
                sheet = sheet.with_answer(cell, mark.text)
        return sheet


def _order_of_work(cell: Cell) -> tuple[int, int, int, int]:
    kind = KINDS.index(cell.kind)
    if cell.point is not None:
        return (0, cell.point, kind, cell.component or 0)
    if cell.kind == "log_likelihood":
        return (1, 0, 0, 0)
    return (2, cell.component or 0, kind, 0)


def _marked(mark: Mark, tried: Try) -> Mark:
    match tried.act:
        case "hint":
            return replace(mark, hints=min(HINTS, mark.hints + 1))
        case "show":
            return replace(mark, shown=True)
        case "turn":
            return mark
    right = tried.diagnosis is not None and tried.diagnosis.verdict in (
        "right",
        "carried",
        "so far",
    )
    return replace(mark, text=tried.text, diagnosis=tried.diagnosis, wrong=mark.wrong + (not right))


def board(problem: Problem, practice: Practice) -> Board:
    """The iteration that is worked on: the first with a blank still open, else the last."""
    found = boards(problem, practice)
    return next((each for each in found if each.open), found[-1])


def boards(problem: Problem, practice: Practice) -> tuple[Board, ...]:
    """The exercise on this problem, or on the worked example where it is none for the hand: a board
    for each of its iterations."""
    reason = unfit(problem)
    if not reason:
        try:
            return _boards(problem, practice)
        except InputError as error:
            reason = str(error)
    return tuple(replace(each, reason=reason) for each in _boards(default_problem(), practice))


def _boards(problem: Problem, practice: Practice) -> tuple[Board, ...]:
    mine = numbers_of(problem, practice)
    return tuple(Board(mine, _sheet(mine, t), practice) for t in practice.exercise.iterations)


def score(problem: Problem, practice: Practice) -> Score:
    """Of the whole exercise."""
    first, *others = (each.score for each in boards(problem, practice))
    return sum(others, start=first)


def numbers_of(problem: Problem, practice: Practice) -> Problem:
    """The problem, or the one that is the person's own where the exercise is set like that."""
    terms = practice.terms
    if terms is None or terms.variant is None:
        return problem
    return own_numbers(problem, terms.variant, practice.name, practice.exercise.iterations[-1])


def is_closed(problem: Problem, practice: Practice) -> bool:
    """Whether somebody who set the exercise still waits for answers: none may be seen elsewhere."""
    if practice.terms is None:
        return False
    found = boards(problem, practice)
    return not found[0].reason and any(each.open for each in found)


def conditions(sheet: Worksheet) -> tuple[str, ...]:
    """What is agreed beyond plain EM, a sentence each."""
    said = in_words(sheet.step.rules)
    return (
        ("All components share one variance.", *said) if sheet.covariance_type == "tied" else said
    )


def unfit(problem: Problem) -> str:
    """Why a problem is no exercise for the hand, or ""."""
    data, K = problem.data, problem.start.mixture.n_components
    if data.n_features != 1:
        return (
            f"The data on Explore have {data.n_features} columns, and sums by hand are done in one."
        )
    if data.n_points > MAX_POINTS_BY_HAND:
        return (
            f"The data on Explore have {data.n_points} points: for the hand, take at most "
            f"{MAX_POINTS_BY_HAND}."
        )
    if problem.options.variance_floor:
        return "A variance floor is set on Explore, which sums by hand do not know: set it to 0."
    if data.counts is not None:
        return "The points on Explore have counts, and by hand each counts once."
    if K > MAX_COMPONENTS_BY_HAND:
        return (
            f"There are {K} components on Explore: for the hand, take at most "
            f"{MAX_COMPONENTS_BY_HAND}."
        )
    return ""


def _sheet(problem: Problem, iteration: int) -> Worksheet:
    options = problem.options
    return worksheet(
        problem.data.points,
        problem.start.mixture,
        iteration,
        options.covariance_type,
        options.rules,
    )


def answered(board: Board, cell: Cell, text: str) -> Practice:
    """The practice with a number typed into a blank, judged."""
    terms = board.practice.terms
    alone = terms is not None and terms.help == "none"
    hint = None if alone else min(board.mark(cell).wrong, HINTS - 1)
    diagnosis = diagnose(board.told, cell, text, hint=hint)
    return _with(board, cell, "answer", text, diagnosis)


def hinted(board: Board, cell: Cell) -> Practice:
    """One hint more; after the last there is the number itself, by `shown`."""
    return _with(board, cell, "hint")


def shown(board: Board, cell: Cell) -> Practice:
    """The number is given up and shown."""
    return _with(board, cell, "show")


def turned_to(board: Board, cell: Cell) -> Practice:
    """Another blank is worked on."""
    return _with(board, cell, "turn")


def set_about(problem: Problem, practice: Practice, exercise: Exercise) -> Practice:
    """Another exercise, from its first blank that is open."""
    now = board(problem, replace(practice, exercise=exercise))
    elsewhere = now.open and now.current != now.open[0]
    return turned_to(now, now.open[0]) if elsewhere else now.practice


def _with(
    board: Board, cell: Cell, act: Act, text: str = "", diagnosis: Diagnosis | None = None
) -> Practice:
    tried = Try(cell, act, text, board.sheet.iteration, diagnosis)
    return replace(board.practice, tries=(*board.practice.tries, tried)[-MAX_TRIES:])


def own_tries(problem: Problem, practice: Practice) -> tuple[Try, ...]:
    """Those on the exercise's blanks, oldest first."""
    blanks = {(b.sheet.iteration, cell) for b in boards(problem, practice) for cell in b.blanks}
    return tuple(each for each in practice.tries if (each.iteration, each.cell) in blanks)


def can_take_back(problem: Problem, practice: Practice) -> bool:
    """Is there something to take back? What somebody who set the exercise is to know of stays: a
    number that was shown, and the end."""
    tries = own_tries(problem, practice)
    if not tries or practice.terms is None:
        return bool(tries)
    return tries[-1].act != "show" and is_closed(problem, practice)


def taken_back(problem: Problem, practice: Practice) -> Practice:
    """Without what was done last on the exercise."""
    return _without(practice, own_tries(problem, practice)[-1:])


def begun_anew(problem: Problem, practice: Practice) -> Practice:
    """With nothing done on the exercise."""
    return _without(practice, own_tries(problem, practice))


def _without(practice: Practice, tries: tuple[Try, ...]) -> Practice:
    gone = set(map(id, tries))
    return replace(practice, tries=tuple(t for t in practice.tries if id(t) not in gone))


def judged_again(problem: Problem, practice: Practice) -> Practice:
    """The practice with each of its answers judged, as they come from a file.

    Raises InputError ("cell") for a try on a number that the problem does not have.
    """
    if not practice.tries:
        return practice
    mine = boards(problem, practice)[0].problem
    sheets: dict[int, Worksheet] = {}
    now = replace(practice, tries=())
    for tried in practice.tries:
        if tried.iteration not in sheets:
            sheets[tried.iteration] = _sheet(mine, tried.iteration)
        here = Board(mine, sheets[tried.iteration], now)
        cell = here.sheet.checked(tried.cell)
        if tried.act == "answer":
            now = answered(here, cell, tried.text)
        else:
            now = _with(here, cell, tried.act)
    return now
