"""What a student hands in: a short text, beside the session file that holds every step."""

from collections import Counter

from em_core.practice.mistakes import title_of
from em_core.wording import counted, enumerated
from explorer.model.check_value import exercise_check, result_check
from explorer.model.exercise import Practice
from explorer.model.practice import own_tries, score
from explorer.model.problem import Problem

NO_NAME = "(no name)"


def result_text(problem: Problem, practice: Practice) -> str:
    """A few lines: whose, which exercise, how much of it, which mistakes, and check values."""
    now = score(problem, practice)
    lines = [
        f"EM Explorer, exercise {exercise_check(problem, practice)}",
        f"Name: {practice.name or NO_NAME}",
        f"Data: {problem.data.title}, {_iterations(practice)}",
        f"Right: {now.right} of {counted(now.blanks, 'blank')}, {now.alone} of them at the first "
        "try without a hint",
        f"Shown: {now.shown}. Open: {now.blanks - now.right - now.shown}.",
        f"Mistakes on the way: {_mistakes(practice, problem)}",
        f"Result {result_check(problem, practice)}",
    ]
    return "\n".join(lines)


def _iterations(practice: Practice) -> str:
    first, last = practice.exercise.iterations[0], practice.exercise.iterations[-1]
    return f"iteration {first}" if first == last else f"iterations {first} to {last}"


def _mistakes(practice: Practice, problem: Problem) -> str:
    made = Counter(
        title_of(t.diagnosis.mistake, t.cell.kind)
        for t in own_tries(problem, practice)
        if t.diagnosis is not None and t.diagnosis.mistake
    )
    words = [
        f"{title} ({times} times)" if times > 1 else title for title, times in made.most_common()
    ]
    return enumerated(words) + "." if words else "none that has a name."
