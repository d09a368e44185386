"""Data drawn from a known mixture, so that what EM finds can be compared with the truth.

Every recipe is called as ``recipe(n, n_components, separation, rng)``; the same arguments and an
equally seeded generator give the same points.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from em_core.errors import InputError
from em_core.mixture import GaussianMixture


@dataclass(frozen=True, eq=False)
class Sample:
    """Points drawn from `mixture`.

    points: (n, d) read-only; truth: (n,) read-only, the component each point was drawn from.
    """

    points: np.ndarray
    truth: np.ndarray
    title: str
    mixture: GaussianMixture


def mixture_1d(n: int, n_components: int, separation: float, rng: np.random.Generator) -> Sample:
    """n points on a line from equally weighted components with σ = 1.

    separation: the distance between neighbouring means in units of σ; 0 makes all components the
    same, two modes appear above 2. The means lie symmetrically about 0.
    """
    _check(n, n_components, separation)
    places = np.arange(n_components) - (n_components - 1) / 2
    ones = np.ones(n_components)
    mixture = GaussianMixture.univariate(ones / n_components, separation * places, ones)
    return _draw(mixture, n, rng, f"{n_components} components, {separation:g} σ apart")


def crossing_clouds(
    n: int, n_components: int, separation: float, rng: np.random.Generator
) -> Sample:
    """n points in the plane from equally weighted elongated clouds that cross in the origin.

    The long axis of cloud j points in the direction π·j/K. separation: how much longer than the
    short σ (which is 1) the long σ is, so that it is 1 + separation; 0 makes all clouds the same
    round one.
    """
    _check(n, n_components, separation)
    angles = np.pi * np.arange(n_components) / n_components
    along = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    stretch = (1 + separation) ** 2 - 1
    covariances = np.eye(2) + stretch * along[:, :, None] * along[:, None, :]
    weights = np.full(n_components, 1 / n_components)
    mixture = GaussianMixture(weights, np.zeros((n_components, 2)), covariances)
    return _draw(
        mixture, n, rng, f"{n_components} crossing clouds, stretched by {1 + separation:g}"
    )


def single_gaussian(
    n: int, n_components: int, separation: float, rng: np.random.Generator
) -> Sample:
    """n points on a line from the one standard Gaussian: there are no groups to be found.

    n_components and separation change nothing; they are there because every recipe has them.
    """
    _check(n, n_components, separation)
    mixture = GaussianMixture.univariate([1.0], [0.0], [1.0])
    return _draw(mixture, n, rng, "One single Gaussian")


RECIPES: dict[str, Callable[[int, int, float, np.random.Generator], Sample]] = {
    "mixture_1d": mixture_1d,
    "crossing_clouds": crossing_clouds,
    "single_gaussian": single_gaussian,
}


def _draw(mixture: GaussianMixture, n: int, rng: np.random.Generator, title: str) -> Sample:
    points, truth = mixture.sample(n, rng)
    points.flags.writeable = False
    truth.flags.writeable = False
    return Sample(points, truth, title, mixture)


def _check(n: int, n_components: int, separation: float) -> None:
    if n < 1:
        raise InputError("n-points", f"The number of points is {n}; it must be at least 1.")
    if n_components < 1:
        raise InputError(
            "n-components", f"The number of components is {n_components}; it must be at least 1."
        )
    if not 0 <= separation < np.inf:
        raise InputError(
            "separation", f"The separation is {separation}; it must be 0 or a positive number."
        )
