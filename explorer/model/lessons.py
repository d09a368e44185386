"""Predict, then see: short lessons, each one idea, one question, and a run that answers it.

What is right and every number of an explanation come from the run, so they cannot disagree with
what is seen. The data are in lessons.json.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from em_core import GaussianMixture, Options, Rules, e_step, fit
from em_core.wording import log_likelihood, number
from explorer.model.examples import default_problem, own_data
from explorer.model.problem import Problem, Start
from explorer.model.runs import Run, run

Verdict = Literal["right", "near", "wrong"]
NEAR = 2.5
"""Within so many tolerances an answer is near."""


@dataclass(frozen=True)
class Choose:
    """Answered by the index of one of a few options."""

    options: tuple[str, ...]


@dataclass(frozen=True)
class Give:
    """Answered by a number; right within `tolerance`."""

    words: str
    low: float
    high: float
    tolerance: float


@dataclass(frozen=True)
class Place:
    """Answered by a mark on the chart, a value of x; right within `tolerance`.

    component: whose mean is asked for.
    """

    component: int
    tolerance: float


@dataclass(frozen=True)
class Lesson:
    """key: short and stable, and says nothing of the answer: it stands in links; problem: what is
    run; right: the answer as the run gives it; told: two sentences about what there was to see;
    before: a title for those who have not answered, where its own says too much."""

    key: str
    title: str
    question: str
    ask: Choose | Give | Place
    problem: Callable[[], Problem]
    right: Callable[[Run], float]
    told: Callable[[Run], str]
    before: str = ""

    def named(self, answered: bool) -> str:
        """Its title, or as much of it as does not answer the question."""
        return self.title if answered else self.before or self.title


def judged(lesson: Lesson, answer: float) -> Verdict:
    """A choice is right or wrong; a number or a mark by its distance."""
    right = lesson.right(lesson_run(lesson))
    if isinstance(lesson.ask, Choose):
        return "right" if int(answer) == int(right) else "wrong"
    distance = abs(answer - right)
    if distance <= lesson.ask.tolerance:
        return "right"
    return "near" if distance <= NEAR * lesson.ask.tolerance else "wrong"


def lesson_run(lesson: Lesson) -> Run:
    """The run that the question is about; made once."""
    return _run_of(lesson.key)


@cache
def _run_of(key: str) -> Run:
    return run(BY_KEY[key].problem())


@cache
def _points(name: str) -> np.ndarray:
    path = Path(__file__).with_name("lessons.json")
    return np.array(json.loads(path.read_text(encoding="utf-8"))[name], dtype=float)


def _line(
    name: str,
    title: str,
    weights: list[float],
    means: list[float],
    variances: list[float],
    **options: Any,
) -> Problem:
    """A problem in one dimension on data of lessons.json."""
    mixture = GaussianMixture.univariate(weights, means, variances)
    return Problem(own_data(_points(name), title), Start(mixture), Options(**options))


def _worked(start: GaussianMixture | None = None, **options: Any) -> Problem:
    """The worked example, from its own start or another."""
    problem = default_problem()
    return Problem(problem.data, Start(start or problem.start.mixture), Options(**options))


def _after(iterations: int) -> GaussianMixture:
    """The parameters of the worked example after so many iterations."""
    problem = default_problem()
    return fit(problem.data.points, problem.start.mixture, max_iter=iterations, tol=0).mixtures[-1]


def _mirror(first_mean: float, tol: float = 1e-6) -> Problem:
    """Three clumps in mirror symmetry, and a start that is, or nearly."""
    return _line(
        "mirror", "Three clumps", [0.5, 0.5], [first_mean, 1], [4, 4], tol=tol, max_iter=100
    )


def _one_bell(K: int) -> Problem:
    """Thirty points of one normal distribution, fitted with K components."""
    starts = {
        1: ([1.0], [9.0], [2.5]),
        2: ([0.67, 0.33], [8.75, 10.0], [3.3, 0.3]),
        4: ([0.1, 0.1, 0.1, 0.7], [8.1, 7.4, 5.8, 10.0], [0.01, 0.01, 0.4, 0.9]),
    }
    return _line("one_bell", "Thirty points", *starts[K], max_iter=2000)


def _cross(shape: str) -> Problem:
    """Two crossing clouds, fitted with covariances of a shape."""
    slanted = np.array([[[4.0, 2.0], [2.0, 4.0]], [[4.0, -2.0], [-2.0, 4.0]]])
    upright = np.array([[[6.0, 0.0], [0.0, 2.0]], [[2.0, 0.0], [0.0, 6.0]]])
    mixture = GaussianMixture(
        np.array([0.5, 0.5]),
        np.array([[0.5, 0.0], [-0.5, 0.0]]),
        slanted if shape == "full" else upright,
    )
    options = Options(covariance_type="full" if shape == "full" else "diag")
    return Problem(own_data(_points("cross"), "Two crossing clouds"), Start(mixture), options)


def _mean(run: Run, component: int, iteration: int = -1) -> float:
    return float(run.trace.mixtures[iteration].means[component, 0])


def _variance(run: Run, component: int, iteration: int = -1) -> float:
    return float(run.trace.mixtures[iteration].variances[component])


def _level(run: Run, iteration: int = -1) -> float:
    return float(run.trace.log_likelihoods[iteration])


def _share(run: Run, point: int, component: int) -> float:
    """At the start."""
    found = e_step(run.problem.data.points, run.trace.mixtures[0])
    return float(found.responsibilities[point, component])


def _sds_apart(run: Run, component: int) -> float:
    variances = run.trace.mixtures[-1].variances
    return float(np.sqrt(variances.max() / variances[component]))


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "mixture",
        "What a mixture is",
        "Two bell curves might have made these five points. Which of them more likely made "
        "point 1, at x = 0.2?",
        Choose(("Component 1", "Component 2", "Both are equally likely")),
        _worked,
        lambda r: 0 if _share(r, 0, 0) > _share(r, 0, 1) else 1,
        lambda r: (
            "Component 2: its curve stands higher at x = 0.2, and its responsibility for it is "
            f"{number(_share(r, 0, 1))}. Component 1 is not ruled out: it has the other "
            f"{number(_share(r, 0, 0))}."
        ),
    ),
    Lesson(
        "e-step",
        "The E-step",
        "The E-step shares every point out. How much of point 4, at x = 1.2, will component 1 "
        "have, from 0 to 1?",
        Give("Responsibility of component 1", 0, 1, 0.06),
        _worked,
        lambda r: _share(r, 3, 0),
        lambda r: (
            f"It has {number(_share(r, 3, 0))}. The weights are equal, so only the heights of the "
            "two curves at x = 1.2 count, and that of component 2 is more than 8 times as high."
        ),
    ),
    Lesson(
        "m-step",
        "The M-step",
        "Now the components move to their points. Where will mean 2 be after the M-step? "
        "It starts at 2.",
        Place(1, 0.25),
        lambda: _worked(max_iter=1),
        lambda r: _mean(r, 1),
        lambda r: (
            f"It moves to {number(_mean(r, 1))}, the average of all five points, each counted by "
            "its responsibility. Even the points on the left pull: component 2 has more than a "
            "third of each of them."
        ),
    ),
    Lesson(
        "again",
        "And again",
        f"After one iteration mean 1 stands at {number(float(_after(1).means[0, 0]))}. Where does "
        "the second iteration move it?",
        Choose(("To the left", "Nowhere: it has arrived", "To the right")),
        lambda: _worked(_after(1), max_iter=1),
        lambda r: 1 + np.sign(_mean(r, 0) - _mean(r, 0, 0)),
        lambda r: (
            f"To the left, to {number(_mean(r, 0))}. The narrower curves share the points out more "
            "sharply than before, so component 1 loses its parts of the points on the right."
        ),
    ),
    Lesson(
        "level",
        "Why it rises",
        "The log-likelihood of the start is −11.65. What can be said of it after one iteration, "
        "before anything is worked out?",
        Choose(("It is higher", "It is lower", "It may be either")),
        lambda: _worked(max_iter=1),
        lambda r: 0 if _level(r, 1) > _level(r, 0) else 1,
        lambda r: (
            f"It is higher, {log_likelihood(_level(r))}: no iteration of EM ever lowers it. The "
            "E-step builds a curve that lies below the log-likelihood and touches it, and the "
            "M-step climbs to that curve's top."
        ),
        before="The log-likelihood",
    ),
    Lesson(
        "soft-hard",
        "Soft against hard",
        "k-means gives each point whole to one component. From the same start, where would mean 2 "
        "be after one iteration?",
        Place(1, 0.15),
        lambda: _worked(max_iter=1, rules=Rules(temperature=0)),
        lambda r: _mean(r, 1),
        lambda r: (
            f"At {number(_mean(r, 1))}, the average of 0.2, 1.2 and 1.8. EM goes to "
            f"{number(float(_after(1).means[1, 0]))}: the two points on the left, of which "
            "component 2 has a good third each, draw it towards them."
        ),
    ),
    Lesson(
        "start",
        "The start decides",
        "Three clear clumps, three components. Two of the means start in the left clump, at 0 and "
        "0.5, the third at 9. Where will EM end?",
        Choose(
            (
                "With one component in each clump",
                "With two in the left clump and one over the other two",
                "It never ends",
            )
        ),
        lambda: _line(
            "clumps", "Three clumps", [1 / 3] * 3, [0, 0.5, 9], [1, 1, 1], max_iter=600, tol=1e-7
        ),
        lambda r: 1 if _mean(r, 1) < 3 else 0,
        lambda r: (
            f"Two share the left clump for good, at {log_likelihood(_level(r))}; from means 0, 6 "
            "and 12 EM ends at −111.38. It climbs the hill it starts on, which need not be the "
            "highest, so try several starts."
        ),
        before="Three clumps",
    ),
    Lesson(
        "symmetric",
        "A symmetric start never parts",
        "Three clumps in mirror symmetry about 0, two components that start at −1 and 1. What "
        "becomes of the clump in the middle?",
        Choose(
            (
                "Component 1 gets it",
                "Component 2 gets it",
                "Each keeps half of it, however long it runs",
            )
        ),
        lambda: _mirror(-1, 1e-10),
        lambda r: 2 if abs(_mean(r, 0) + _mean(r, 1)) < 1e-6 else 0,
        lambda r: (
            f"Each keeps half: the means end at {number(_mean(r, 0))} and {number(_mean(r, 1))}, "
            "mirror images, because neither step can prefer a side. An ending that is 6.5 higher "
            "exists, and the lesson after the next finds it."
        ),
        before="A symmetric start",
    ),
    Lesson(
        "apart",
        "Collapse",
        "Fourteen points between 1.2 and 5.2, one at 9. Component 2 starts at 7 with variance 4. "
        "What will its variance do in the end?",
        Choose(("Grow without end", "Settle near 4", "Shrink to nothing")),
        lambda: _line("single", "A point apart", [0.5, 0.5], [3.3, 7], [1, 4]),
        lambda r: 2 if _variance(r, 1) < 1e-6 else 1,
        lambda r: (
            f"It collapses: by iteration {r.trace.iteration} it has shrunk to nothing, on the "
            "single point 9, where the likelihood has no upper limit. That is no fit but a hole in "
            "the method; other starts, or a variance floor, avoid it."
        ),
        before="A point apart",
    ),
    Lesson(
        "nudge",
        "Plateau",
        "The three clumps again, and one mean moved by only 0.001, to −1.001. At iteration 7 the "
        "log-likelihood hardly grows any more. And if EM goes on?",
        Choose(
            (
                "Nothing more happens",
                "It stays level for a long time, then rises steeply",
                "It falls back",
            )
        ),
        lambda: _mirror(-1.001, 1e-10),
        lambda r: 1 if _level(r) > _level(r, 8) + 1 else 0,
        lambda r: (
            f"At iteration 8 it stands at {log_likelihood(_level(r, 8))}, and in the end at "
            f"{log_likelihood(_level(r))}: the tiny difference doubles again and again until it "
            "tells. Such a plateau is no end: a small gain does not prove that EM has arrived."
        ),
        before="Hardly any gain",
    ),
    Lesson(
        "outliers",
        "Outliers",
        "Two clumps of thirty points, at 0 and 8, and four points far away. Two components start "
        "on the clumps. What will they do?",
        Choose(
            (
                "Stay on the clumps and leave the four alone",
                "One takes both clumps, the other spreads over the four",
                "One of them collapses",
            )
        ),
        lambda: _line(
            "outliers", "Two clumps and four outliers", [0.5, 0.5], [0, 8], [1, 1], tol=1e-9
        ),
        lambda r: 1 if 2 < _mean(r, 0) < 6 else 0,
        lambda r: (
            f"Component 1 takes both clumps, with its mean at {number(_mean(r, 0))} between them, "
            f"and component 2 becomes a wide net of variance {number(_variance(r, 1))} for the "
            "four. A third component brings the clumps back: outliers cost a component."
        ),
    ),
    Lesson(
        "too-many",
        "Too many components",
        "Thirty points of one normal distribution. With one component the log-likelihood is "
        "−57.45. What will it be with four?",
        Choose(
            (
                "Higher, although there is one bell only",
                "The same: there is nothing more to find",
                "Lower, because four are wrong",
            )
        ),
        lambda: _one_bell(4),
        lambda r: 0 if _level(r) > -57.45 else 1,
        lambda r: (
            f"Higher, {log_likelihood(_level(r))}: more components always fit at least as well, "
            "and here three of the four cling to three points each. BIC charges for their "
            "parameters and prefers one component, 121.7 against 140.9."
        ),
    ),
    Lesson(
        "labels",
        "Labels",
        "The worked example with its two components exchanged: the first starts at 2, the second "
        "at −3. What changes?",
        Choose(("The log-likelihood", "The numbers on the components, nothing else", "Both")),
        lambda: _worked(GaussianMixture.univariate([0.5, 0.5], [2, -3], [4, 4])),
        lambda r: 1 if np.isclose(_level(r, 1), _level(_run_of("level"), 1)) else 2,
        lambda r: (
            f"Only the numbers on them: after one iteration the log-likelihood is "
            f"{log_likelihood(_level(r, 1))} as before, and mean 2 is where mean 1 was. A mixture "
            "is a set of bells; which one is called 1 means nothing."
        ),
    ),
    Lesson(
        "shapes",
        "Shapes in the plane",
        "Two long clouds cross like an X. Which covariances fit them better?",
        Choose(("Full: ellipses at any angle", "Diagonal: ellipses along the axes")),
        lambda: _cross("full"),
        lambda r: 0 if _level(r) > _level(run(_cross("diag"))) else 1,
        lambda r: (
            f"Full: it ends at {log_likelihood(_level(r))}, diagonal ones at "
            f"{log_likelihood(_level(run(_cross('diag'))))}. Diagonal covariances know no slant: "
            "one becomes a small round spot in the middle of the X, the other a wide one over all "
            "of it, and neither follows an arm."
        ),
    ),
    Lesson(
        "spike",
        "How the worked example ends",
        "Back to the five points. Let EM run to its end: which variance will be larger?",
        Choose(("That of component 1", "That of component 2", "Both are the same")),
        _worked,
        lambda r: 0 if _variance(r, 0) > _variance(r, 1) else 1,
        lambda r: (
            f"That of component 2, {number(_variance(r, 1))} against {number(_variance(r, 0))}: "
            f"component 1 ends as a spike on the two points −1 and −0.9, "
            f"with a σ {number(_sds_apart(r, 0), digits=3)} times smaller. The log-likelihood is "
            "high, yet the fit is spurious: two neighbours are no cluster."
        ),
    ),
)

BY_KEY = {lesson.key: lesson for lesson in LESSONS}
