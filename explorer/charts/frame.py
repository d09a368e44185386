"""A half-step of a run, ready to be drawn."""

from dataclasses import dataclass

from em_core import GaussianMixture, Trace


@dataclass(frozen=True)
class Frame:
    """Half-step `half_step` of a run: 0 the start, 2t−1 the E-step of iteration t, 2t its M-step.

    mixture: the parameters in force; sharer: the mixture whose posterior shares out the points,
    None before the first E-step; previous: the parameters the last M-step replaced, else None.
    """

    half_step: int
    mixture: GaussianMixture
    sharer: GaussianMixture | None
    previous: GaussianMixture | None


def last_half_step(trace: Trace) -> int:
    return 2 * (len(trace.mixtures) - 1)


def frame_at(trace: Trace, half_step: int) -> Frame:
    """The frame at `half_step`, or at the end of the run if that comes first."""
    h = min(max(half_step, 0), last_half_step(trace))
    after_m_step = h > 0 and h % 2 == 0
    return Frame(
        half_step=h,
        mixture=trace.mixtures[h // 2],
        sharer=trace.mixtures[(h - 1) // 2] if h else None,
        previous=trace.mixtures[h // 2 - 1] if after_m_step else None,
    )
