"""Axis ranges that hold for a whole run, so that nothing jumps while stepping."""

import numpy as np

from em_core import Trace
from explorer.figures.sketch import Sketch

NARROW = 0.12
"""A component narrower than this fraction of the data's standard deviation is a spike."""


def value_range(trace: Trace, sketch: Sketch, axis: int) -> tuple[float, float]:
    """From the data and every mean of the run, with the start's spreads in view.

    A mean that strays far is followed up to twice the data's width beyond the data.
    """
    span, lowest, highest = sketch.span[axis], sketch.lowest[axis], sketch.highest[axis]
    means = trace.means[:, :, axis]
    start_sds = np.sqrt(trace.covariances[0, :, axis, axis])
    left = min(lowest - 0.12 * span, (means[0] - start_sds).min(), (means - 0.12 * span).min())
    right = max(highest + 0.12 * span, (means[0] + start_sds).max(), (means + 0.12 * span).max())
    return max(left, lowest - 2 * span), min(right, highest + 2 * span)


def density_top(trace: Trace, sketch: Sketch, deviation: float) -> float:
    """The top of the density axis; `deviation` is the standard deviation of the data.

    It holds every curve of the run except spikes: a collapsing component would press all others
    flat. A spike may reach half as high again and is cut off there.
    """
    sds = np.sqrt(trace.covariances[:, :, 0, 0])
    peaks = trace.weights / (sds * np.sqrt(2 * np.pi))
    plain = sds >= NARROW * deviation
    data_peak = sketch.histogram.density.max() if sketch.histogram else 0.0
    honest = max(peaks[plain].max(initial=0.0), data_peak)
    if honest == 0.0:
        return float(peaks[0].max()) * 1.08
    return float(min(max(peaks.max(), data_peak), 1.5 * honest)) * 1.08
