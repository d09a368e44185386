"""Numbers of one's own for each person: another exercise of the same kind and difficulty."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from zlib import crc32

import numpy as np

from em_core import CovarianceType, GaussianMixture, InputError, Rules, Worksheet, worksheet
from em_core.practice.arithmetic import Step
from em_core.practice.mistakes import mistakes_for
from explorer.model.examples import own_data
from explorer.model.problem import Problem, Start

MOVE = 0.12
"""By so much of the data's range a point or a mean may be moved."""

MAX_DECIMALS = 6
FEWEST_STEPS = 2
"""To either side, by which a point can be moved: where its decimals allow fewer, it has more."""
DRAWS = 100
TINIER = 0.5
"""The smallest share and the smallest variance may be this much smaller than the problem's own."""

APART = 0.02
"""Relative; a mistake that leads this far from the right number can be told from it."""


def own_numbers(problem: Problem, variant: int, name: str, last: int) -> Problem:
    """The problem with points and start means that belong to `name`: the same for ever.

    variant: the seed that is common to the class; last: the last iteration to be worked out.
    Points and means have the decimals they have in the problem, points more where these leave no
    room; weights and variances stay.
    """
    data, mixture, options = problem.data, problem.start.mixture, problem.options
    points, means = _drawn(
        tuple(data.points[:, 0].tolist()),
        tuple(
            tuple(each.tolist())
            for each in (mixture.weights, mixture.means[:, 0], mixture.variances)
        ),
        options.covariance_type,
        options.rules,
        (variant, crc32(" ".join(name.casefold().split()).encode())),
        last,
    )
    start = GaussianMixture.univariate(mixture.weights, means, mixture.variances)
    drawn = own_data(points, data.title, data.columns, data.units)
    return replace(problem, data=drawn, start=Start(start))


@lru_cache(maxsize=64)
def _drawn(
    points: tuple[float, ...],
    start: tuple[tuple[float, ...], ...],
    covariance_type: CovarianceType,
    rules: Rules,
    seed: tuple[int, int],
    last: int,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Points and means: the first draw that is as hard as the original, or else the original."""
    weights, means, variances = start

    def sheets(points: tuple[float, ...], means: tuple[float, ...]) -> list[Worksheet]:
        mixture = GaussianMixture.univariate(weights, means, variances)
        return [worksheet(points, mixture, t, covariance_type, rules) for t in range(1, last + 1)]

    model = sheets(points, means)
    for draw in _draws(points, means, seed):
        try:
            if draw != (points, means) and _as_hard(sheets(*draw), model):
                return draw
        except InputError:
            continue
    return points, means


def _draws(
    points: tuple[float, ...], means: tuple[float, ...], seed: tuple[int, int]
) -> Iterator[tuple[tuple[float, ...], tuple[float, ...]]]:
    rng = np.random.default_rng(seed)
    reach = MOVE * np.ptp(points)
    decimals = _decimals(points)
    while int(reach * 10**decimals) < FEWEST_STEPS and decimals < MAX_DECIMALS:
        decimals += 1
    for _ in range(DRAWS):
        yield _moved(points, decimals, reach, rng), _moved(means, _decimals(means), reach, rng)


def _moved(
    values: tuple[float, ...], decimals: int, reach: float, rng: np.random.Generator
) -> tuple[float, ...]:
    """Each value moved by a whole number of units of its last decimal."""
    most = int(reach * 10**decimals)
    steps = rng.integers(-most, most + 1, size=len(values))
    return tuple(
        round(v + s / 10**decimals, decimals) for v, s in zip(values, steps.tolist(), strict=True)
    )


def _decimals(values: tuple[float, ...]) -> int:
    """How many the values are written with."""
    return next(
        (p for p in range(MAX_DECIMALS) if all(round(v, p) == v for v in values)), MAX_DECIMALS
    )


def _as_hard(sheets: list[Worksheet], model: list[Worksheet]) -> bool:
    """No number much smaller, no points that coincide, and mistakes that can be told apart."""
    same_values = len(set(sheets[0].points)) == len(set(model[0].points))
    return same_values and all(map(_alike, sheets, model))


def _alike(sheet: Worksheet, model: Worksheet) -> bool:
    least = all(
        sheet.values[kind].min() >= TINIER * model.values[kind].min()
        for kind in ("posterior", "variance")
    )
    return least and _told_apart(sheet) >= _told_apart(model) - 1


def _told_apart(sheet: Worksheet) -> int:
    """How many mistakes of the table lead away from a right number."""
    step = sheet.step
    return sum(
        _differs(replace(step, faulty={each.kind: each.formula}), step, each.kind)
        for each in mistakes_for(step)
    )


def _differs(step: Step, right: Step, kind: str) -> bool:
    made, wanted = getattr(step, kind), getattr(right, kind)
    return bool((np.abs(made - wanted) > APART * np.abs(wanted)).any())
