"""Arrays as Python code that makes the same arrays, to the last bit."""

import textwrap

import numpy as np

WIDTH = 92


def array_code(array: np.ndarray) -> str:
    """``np.array([...])``, wrapped; finite numbers only."""
    text = f"np.array({array.tolist()})"
    if len(text) <= WIDTH - 20:
        return text
    lines = textwrap.wrap(text[9:-1], WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    return "np.array(\n" + textwrap.indent("\n".join(lines), "    ") + "\n)"
