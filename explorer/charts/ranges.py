"""Axis ranges that hold for a whole run, so that nothing jumps while stepping."""

import numpy as np

from em_core import Trace
from explorer.charts.sketch import Sketch

NARROW = 0.6
"""A spike is narrower than this fraction of the data's standard deviation over K."""
OPENING = 2.2
"""How many standard deviations about each mean of the start are in view."""
TALL = 1.5
"""How many times as high as the rest a spike may rise and still be shown whole."""
MIXTURES, GRID = 32, 400
"""At how many iterations, and on how many places, the height of the mixture is looked up."""


def value_range(trace: Trace, sketch: Sketch, axis: int) -> tuple[float, float]:
    """From the data and every mean of the run, with the spreads of its start and end in view.

    The end's spreads are followed up to a third of the data's width beyond the data, the start's,
    which are what the first picture shows, and all means up to twice.
    """
    span, lowest, highest = sketch.span[axis], sketch.lowest[axis], sketch.highest[axis]
    means = trace.means[:, :, axis]
    sds = np.sqrt(trace.covariances[:, :, axis, axis])
    far_left = min((means[0] - OPENING * sds[0]).min(), means.min() - 0.15 * span)
    far_right = max((means[0] + OPENING * sds[0]).max(), means.max() + 0.15 * span)
    near_left = (means[-1] - 2.3 * sds[-1]).min()
    near_right = (means[-1] + 2.3 * sds[-1]).max()
    return (
        float(
            min(
                lowest - 0.12 * span,
                max(near_left, lowest - 0.35 * span),
                max(far_left, lowest - 2 * span),
            )
        ),
        float(
            max(
                highest + 0.12 * span,
                min(near_right, highest + 0.35 * span),
                min(far_right, highest + 2 * span),
            )
        ),
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
