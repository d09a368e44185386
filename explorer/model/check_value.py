"""Short values that tell whether two exercises, or two results, are the same.

They find what was changed by accident or in passing. They are no seal: whoever can run this can
make them.
"""

from zlib import crc32

from explorer.model.exercise import Practice
from explorer.model.problem import Problem


def exercise_check(problem: Problem, practice: Practice) -> str:
    """Of an exercise, the same for all who work on it: eight hexadecimal digits, as 7F3A-19C2."""
    mixture = problem.start.mixture
    numbers = (problem.data.points, mixture.weights, mixture.means, mixture.covariances)
    words = repr((problem.options, practice.exercise, practice.terms)).encode()
    return _written(b"".join(each.tobytes() for each in numbers) + words)


def result_check(problem: Problem, practice: Practice) -> str:
    """Of all that one person did on it."""
    tried = [(t.iteration, t.cell, t.act, t.text) for t in practice.tries]
    return _written(repr((exercise_check(problem, practice), practice.name, tried)).encode())


def _written(content: bytes) -> str:
    digits = f"{crc32(content):08X}"
    return f"{digits[:4]}-{digits[4:]}"
