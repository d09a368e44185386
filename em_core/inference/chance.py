"""The generator for who brings none."""

import numpy as np

SEED = 0x4543_6F72_655F_454D
"""One that nobody types: data made with a seed such as 0 must not share its numbers with the
draws that judge them."""


def generator(rng: np.random.Generator | None) -> np.random.Generator:
    """`rng` itself, or one that gives the same draws each time."""
    return np.random.default_rng(SEED) if rng is None else rng
