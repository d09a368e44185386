"""Axis ranges that hold for a whole run, so that nothing jumps while stepping."""

import numpy as np

from em_core import Trace
from explorer.figures.sketch import Sketch

NARROW = 0.6
"""A spike is narrower than this fraction of the data's standard deviation over K."""


def value_range(trace: Trace, sketch: Sketch, axis: int) -> tuple[float, float]:
    """From the data and every mean of the run, with the spreads of its start and end in view.

    Spreads are followed up to a third of the data's width beyond the data, means up to twice.
    """
    span, lowest, highest = sketch.span[axis], sketch.lowest[axis], sketch.highest[axis]
    means = trace.means[:, :, axis]
    sds = np.sqrt(trace.covariances[:, :, axis, axis])
    ends = np.concatenate([means[0] - 1.1 * sds[0], means[-1] - 2.3 * sds[-1]])
    left = min(lowest - 0.12 * span, max(ends.min(), lowest - 0.35 * span))
    ends = np.concatenate([means[0] + 1.1 * sds[0], means[-1] + 2.3 * sds[-1]])
    right = max(highest + 0.12 * span, min(ends.max(), highest + 0.35 * span))
    return (
        float(min(left, max(means.min() - 0.15 * span, lowest - 2 * span))),
        float(max(right, min(means.max() + 0.15 * span, highest + 2 * span))),
    )


def density_top(trace: Trace, sketch: Sketch, deviation: float) -> float:
    """The top of the density axis; `deviation` is the standard deviation of the data.

    It holds every curve of the run except spikes: a collapsing component would press all others
    flat. A spike may reach a little higher and is cut off there.
    """
    sds = np.sqrt(trace.covariances[:, :, 0, 0])
    peaks = trace.weights / (sds * np.sqrt(2 * np.pi))
    plain = sds >= NARROW * deviation / sds.shape[1]
    data_peak = sketch.histogram.density.max() if sketch.histogram else 0.0
    honest = max(peaks[plain].max(initial=0.0), data_peak)
    if honest == 0.0:
        return float(peaks[0].max()) * 1.08
    return float(min(max(peaks.max(), data_peak), 1.15 * honest)) * 1.08
