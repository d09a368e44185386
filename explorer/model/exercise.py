"""An exercise for the hand, and what a person has done on it so far: plain frozen values."""

from dataclasses import dataclass, replace
from typing import Literal

from em_core import Cell, Diagnosis
from em_core.practice.arithmetic import Kind

HINTS = 3
"""Grades: the idea, the formula, the formula in numbers."""

Task = Literal["worksheet", "predict", "find"]
Act = Literal["answer", "hint", "show", "turn"]

E_STEP: tuple[Kind, ...] = ("density", "product", "evidence", "posterior")
WHOLE: tuple[Kind, ...] = ("posterior", "log_likelihood", "N", "weight", "mean", "variance")


@dataclass(frozen=True)
class Exercise:
    """Which numbers are blanks: those of `kinds` in an iteration, all or of one point or component.

    iteration from 1; point and component from 0, None for all.
    """

    iteration: int = 1
    kinds: tuple[Kind, ...] = ("posterior",)
    point: int | None = None
    component: int | None = None


@dataclass(frozen=True)
class Level:
    """An exercise with a name, and what to do in it."""

    name: str
    exercise: Exercise
    task: str


LEVELS = (
    Level(
        "One share",
        Exercise(point=0, component=0),
        "How much of point 1 does component 1 have? One number of the E-step is missing.",
    ),
    Level(
        "One point",
        Exercise(kinds=E_STEP, point=1),
        "The E-step of point 2, from the densities to its shares.",
    ),
    Level(
        "One iteration",
        Exercise(kinds=WHOLE),
        "A whole iteration: share out every point, then move the components.",
    ),
    Level(
        "Iteration 2",
        Exercise(iteration=2, kinds=WHOLE),
        "The next one. Weights and variances differ now, which is where hidden mistakes show.",
    ),
)


@dataclass(frozen=True)
class Try:
    """Something done about a blank, and what came of an answer."""

    cell: Cell
    act: Act
    text: str = ""
    diagnosis: Diagnosis | None = None


@dataclass(frozen=True)
class Practice:
    """What is being practised.

    tries: on the exercise, oldest first; lesson, case: the keys of those that are open;
    predictions: the key of a lesson or case and the answer given, oldest first, each once.
    """

    task: Task = "worksheet"
    exercise: Exercise = LEVELS[0].exercise
    tries: tuple[Try, ...] = ()
    lesson: str = "mixture"
    case: str = "variance-as-sd"
    predictions: tuple[tuple[str, float], ...] = ()


def begun(practice: Practice, exercise: Exercise) -> Practice:
    """Another exercise, nothing done on it yet."""
    return replace(practice, exercise=exercise, tries=())


def predicted(practice: Practice, key: str, answer: float) -> Practice:
    """A lesson or case is answered."""
    kept = forgotten(practice, key).predictions
    return replace(practice, predictions=(*kept, (key, answer)))


def forgotten(practice: Practice, key: str) -> Practice:
    """The answer to a lesson or case is taken back."""
    kept = tuple(each for each in practice.predictions if each[0] != key)
    return replace(practice, predictions=kept)
