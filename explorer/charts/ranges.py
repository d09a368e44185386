"""Axis ranges that hold for a whole run, so that nothing jumps while stepping."""

import numpy as np

from em_core import Trace
from explorer.charts.sketch import Sketch

NARROW = 0.6
"""A spike is narrower than this fraction of the data's standard deviation over K."""
TALL = 1.5
"""How many times as high as the rest a spike may rise and still be shown whole."""
MIXTURES, GRID = 32, 400
"""At how many iterations, and on how many places, the height of the mixture is looked up."""


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

    It holds every curve of the run except tall spikes: a collapsing component would press all
    others flat. Such a spike may reach a little higher and is cut off there.
    """
    sds = np.sqrt(trace.covariances[:, :, 0, 0])
    peaks = trace.weights / (sds * np.sqrt(2 * np.pi))
    plain = sds >= NARROW * deviation / sds.shape[1]
    data_peak = sketch.histogram.density.max() if sketch.histogram else 0.0
    honest = max(_mixture_peak(trace, sds, np.where(plain, peaks, 0.0)), data_peak)
    if honest == 0.0:
        return float(peaks[0].max()) * 1.08
    whole = max(_mixture_peak(trace, sds, peaks), data_peak)
    return 1.08 * (whole if whole <= TALL * honest else 1.15 * honest)


def _mixture_peak(trace: Trace, sds: np.ndarray, peaks: np.ndarray) -> float:
    """The highest place of the sum of curves with these peaks, all (T + 1, K), during the run.

    Single curves are looked at in every iteration, their sum in some; it peaks between the means.
    """
    means = trace.means[:, :, 0]
    highest = float(peaks.max())
    for t in thinned(len(means), MIXTURES):
        grid = np.union1d(np.linspace(means[t].min(), means[t].max(), GRID), means[t])
        z = (grid[:, None] - means[t]) / sds[t]
        highest = max(highest, float((np.exp(-0.5 * z * z) @ peaks[t]).max()))
    return highest


def thinned(n: int, most: int) -> np.ndarray:
    """At most `most` iterations below n: the first ones all, then evenly; always the last."""
    if n <= most:
        return np.arange(n)
    first = most // 3
    later = np.linspace(first, n - 1, most - first).round()
    return np.unique(np.concatenate([np.arange(first), later])).astype(int)
