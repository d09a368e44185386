"""The tables by which NumPy draws normal numbers, read off NumPy itself.

`Generator.standard_normal` cuts the bell curve into 256 layers (Marsaglia & Tsang 2000, Journal of
Statistical Software 5(8): the ziggurat). 64 random bits choose a layer, a sign and one of 2⁵²
places in the layer; its width makes a number of the place, which is under the curve if the place
comes before the layer's limit. NumPy shows neither widths nor limits; a generator whose next
bits are known does.
"""

import numpy as np

LAYERS, PLACES = 256, 2**52
MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
"""Of PCG64's step: state ← MULTIPLIER · state + increment, modulo 2¹²⁸."""
MODULUS = 2**128


def tables() -> dict[str, list]:
    """widths: of each layer's places; limits: how many of them are surely under the curve."""
    layers = range(LAYERS)
    return {
        "widths": [_drawn(layer, 1)[0] for layer in layers],
        "limits": [_limit(layer) for layer in layers],
    }


def _limit(layer: int) -> int:
    low, high = 0, PLACES
    while low < high:
        middle = (low + high) // 2
        if _drawn(layer, middle)[1]:
            low = middle + 1
        else:
            high = middle
    return low


def _drawn(layer: int, place: int) -> tuple[float, bool]:
    """The normal number from these bits, and whether no further bits were asked for."""
    bits = place << 9 | layer
    generator = np.random.PCG64(0)
    state = generator.state
    before = (bits - state["state"]["inc"]) * pow(MULTIPLIER, -1, MODULUS) % MODULUS
    state["state"]["state"] = before
    generator.state = state
    number = np.random.Generator(generator).standard_normal()
    return number, generator.state["state"]["state"] == bits
