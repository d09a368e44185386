"""Data for the tests of the figures."""

import numpy as np

from explorer.model.problem import Data, Own

POINTS = [0.2, -0.9, -1.0, 1.2, 1.8]


def data_of(points, columns=("x",), units=("",), title="Test") -> Data:
    points = np.asarray(points, dtype=float)
    return Data(points.reshape(len(points), -1), title, columns, units, Own())
