"""Rules that change EM: how hard points are shared out, and which parameters are held.

The temperature: Ueda & Nakano (1998), Neural Networks 11, 271-282; Celeux & Govaert (1992) for
the hard end, 0, where with equal weights and fixed spherical covariances EM is k-means.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import index
from typing import TypeGuard

import numpy as np

from em_core.errors import InputError

HOTTEST = 1e100
"""The highest temperature; long before it every point is shared out evenly."""


@dataclass(frozen=True)
class Rules:
    """How EM differs from plain EM, which `Rules()` is.

    temperature: the E-step's r_ik is proportional to (w_k N_ik)^(1 / temperature); 1 is EM, 0
    gives each point wholly to its likeliest component (the first of several), hot is soft;
    equal_weights: the M-step makes all weights 1 / K;
    fixed_weights, fixed_means, fixed_covariances: components (from 0) whose weight, mean or
    covariance keeps the start's value. The free weights share what is left in proportion to
    N_k; a free covariance is taken about the mean in force. With type "tied" covariances are
    fixed all together or not at all.

    Raises InputError when a value breaks a rule above.
    """

    temperature: float = 1.0
    equal_weights: bool = False
    fixed_weights: tuple[int, ...] = ()
    fixed_means: tuple[int, ...] = ()
    fixed_covariances: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not is_number(self.temperature) or not 0 <= self.temperature <= HOTTEST:
            raise InputError(
                "temperature",
                f"The temperature is {self.temperature}: give a number from 0 (hard) to "
                f"{HOTTEST:g}; 1 is EM.",
            )
        for name in _FIXED:
            object.__setattr__(self, name, _as_indices(name, getattr(self, name)))
        if self.equal_weights and self.fixed_weights:
            raise InputError(
                "rules",
                "The weights are to be equal and some of them fixed as well: choose one of the "
                "two, equal_weights or fixed_weights.",
            )

    def check(self, n_components: int, covariance_type: str) -> None:
        """Raises InputError when these rules do not suit K components of this type."""
        for name in _FIXED:
            beyond = [k for k in getattr(self, name) if k >= n_components]
            if beyond:
                raise InputError(
                    "index",
                    f"{name} names component {beyond[0] + 1} and there are {n_components}: give "
                    f"indices from 0 to {n_components - 1}.",
                )
        if covariance_type == "tied" and 0 < len(self.fixed_covariances) < n_components:
            raise InputError(
                "rules",
                "With covariance type tied all components have one covariance, and "
                f"fixed_covariances names {len(self.fixed_covariances)} of {n_components} "
                "components: name all of them or none.",
            )

    def weights(
        self, counts: np.ndarray, total: np.ndarray | float, before: np.ndarray
    ) -> np.ndarray:
        """(..., K) new weights of effective sizes (..., K), which sum to `total` (..., 1).

        They maximise sum_k N_k log w_k under the rules; before: (..., K) the weights so far.
        """
        if self.equal_weights:
            return np.full_like(counts, 1.0 / counts.shape[-1])
        if not self.fixed_weights:
            return counts / total
        free = ~held(self.fixed_weights, counts.shape[-1])
        left = before[..., free].sum(axis=-1, keepdims=True)
        weights = before.copy()
        weights[..., free] = (
            left * counts[..., free] / counts[..., free].sum(axis=-1, keepdims=True)
        )
        return weights


_FIXED = ("fixed_weights", "fixed_means", "fixed_covariances")


def held(components: tuple[int, ...], n_components: int) -> np.ndarray:
    """(K,) whether each component is one of these."""
    chosen = np.zeros(n_components, dtype=bool)
    chosen[list(components)] = True
    return chosen


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a real number; True and False are none."""
    return isinstance(value, _NUMBERS) and not isinstance(value, bool)


_NUMBERS = (int, float, np.integer, np.floating)


def _as_indices(name: str, components: Iterable[int]) -> tuple[int, ...]:
    """In ascending order, each once."""
    try:
        indices = {index(k) for k in components}
    except TypeError as error:
        raise InputError(
            "rules", f"{name} is {components!r}: give component numbers, from 0."
        ) from error
    if any(k < 0 for k in indices):
        raise InputError(
            "index", f"{name} names component {min(indices)}: give indices of at least 0."
        )
    return tuple(sorted(indices))


PLAIN = Rules()
"""Plain EM."""
