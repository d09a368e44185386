"""An exercise for the hand, and what a person has done on it so far: plain frozen values."""

from dataclasses import dataclass, replace
from typing import Literal

from em_core import Cell, Diagnosis
from em_core.practice.arithmetic import Kind

HINTS = 3
"""Grades: the idea, the formula, the formula in numbers."""

MAX_ROUND, MAX_ROUNDS = 20, 4
"""The last iteration that is worked by hand, and the most in one exercise."""

Task = Literal["worksheet", "predict", "find"]
Act = Literal["answer", "hint", "show", "turn"]
Help = Literal["all", "hints", "none"]

E_STEP: tuple[Kind, ...] = ("density", "product", "evidence", "posterior")
M_STEP: tuple[Kind, ...] = ("N", "weight", "mean", "variance")
WHOLE: tuple[Kind, ...] = ("posterior", "log_likelihood", *M_STEP)
BLANKS: dict[str, tuple[Kind, ...]] = {
    "responsibilities": ("posterior",),
    "e-step": E_STEP,
    "m-step": M_STEP,
    "iteration": WHOLE,
    "everything": (*E_STEP, "log_likelihood", *M_STEP),
}
"""What can be left blank, by its name in links and files."""

ALL = -1
"""In place of a point or component: no single one."""


@dataclass(frozen=True)
class Exercise:
    """Which numbers are blanks: those of `kinds`, all or of one point or component.

    iteration: the first, from 1; rounds: how many iterations; point and component from 0, or ALL.
    """

    kinds: tuple[Kind, ...]
    iteration: int = 1
    rounds: int = 1
    point: int = ALL
    component: int = ALL

    @property
    def iterations(self) -> range:
        return range(self.iteration, self.iteration + self.rounds)


@dataclass(frozen=True)
class Level:
    """An exercise with a name, and what to do in it."""

    name: str
    exercise: Exercise
    task: str


LEVELS = (
    Level(
        "One responsibility",
        Exercise(BLANKS["responsibilities"], point=0, component=0),
        "How much of point 1 does component 1 have? One number of the E-step is missing.",
    ),
    Level(
        "One point",
        Exercise(E_STEP, point=1),
        "The E-step of point 2, from the densities to its responsibilities.",
    ),
    Level(
        "One iteration",
        Exercise(WHOLE),
        "A whole iteration: share out every point, then move the components.",
    ),
    Level(
        "Iteration 2",
        Exercise(WHOLE, iteration=2),
        "The next one. Weights and variances differ now, which is where hidden mistakes show.",
    ),
)


@dataclass(frozen=True)
class Try:
    """Something done about a blank of an iteration, and what came of an answer."""

    cell: Cell
    act: Act
    text: str = ""
    iteration: int = 1
    diagnosis: Diagnosis | None = None


@dataclass(frozen=True)
class Terms:
    """On which an exercise is set for others.

    help: hints and in the end the number, hints alone, or none; variant: the seed from which each
    person's own numbers are drawn, None where all have the problem's.
    """

    help: Help = "all"
    variant: int | None = None


@dataclass(frozen=True)
class Practice:
    """What is being practised.

    tries: on the problem's numbers, oldest first; lesson, case: the keys of those that are open;
    predictions: the key of a lesson or case and the answer given, oldest first, each once;
    terms: None where nobody set the exercise; name: of who works on it, or a number in place of it.
    """

    task: Task = "worksheet"
    exercise: Exercise = LEVELS[0].exercise
    tries: tuple[Try, ...] = ()
    lesson: str = "mixture"
    case: str = "1"
    predictions: tuple[tuple[str, float], ...] = ()
    terms: Terms | None = None
    name: str = ""


def predicted(practice: Practice, key: str, answer: float) -> Practice:
    """A lesson or case is answered."""
    kept = forgotten(practice, key).predictions
    return replace(practice, predictions=(*kept, (key, answer)))


def forgotten(practice: Practice, key: str) -> Practice:
    """The answer to a lesson or case is taken back."""
    kept = tuple(each for each in practice.predictions if each[0] != key)
    return replace(practice, predictions=kept)
