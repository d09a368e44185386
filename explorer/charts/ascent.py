"""The bound and the log-likelihood about each iteration, packed for js/ascent.js."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import numpy as np

from em_core import Bound
from explorer.charts.ground import title_of
from explorer.model.ascent import Ascent
from explorer.model.reach import is_logarithmic, road_of


def ascent_payload(ascent: Ascent, run_id: str) -> dict[str, Any]:
    """The form of the type `Told` of js/ascent.js.

    Curves travel as gains over where the iteration began, (iterations, places) each, in single
    precision: they are drawn, and no number is read from them. NaN where there are no parameters.
    """
    trace, along = ascent.run.trace, ascent.along
    starts = trace.free_energies[: len(ascent.curves)]
    return {
        "run": run_id,
        "height": "log-likelihood" if trace.options.rules.temperature == 1 else "free energy",
        "heights": _numbers(trace.free_energies),
        "bounds": _numbers(trace.lower_bounds),
        "places": ascent.places.tolist(),
        "logarithmic": along is not None and is_logarithmic(along),
        "title": _title(ascent),
        "road": None if along is None else road_of(along, ascent.run).tolist(),
        "gains": _gains(ascent.curves, starts, lambda curve: curve.log_likelihoods),
        "lowered": _gains(ascent.curves, starts, lambda curve: curve.lower_bounds),
    }


def _title(ascent: Ascent) -> str:
    """What lies on the axis below the curves."""
    along, data = ascent.along, ascent.run.problem.data
    if along is None:
        return "share of the M-step’s way"
    return title_of(along, data)


def _numbers(values: np.ndarray) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]


def _gains(curves: tuple[Bound, ...], starts: np.ndarray, of: Callable[[Bound], np.ndarray]) -> str:
    rows = [of(curve) - start for curve, start in zip(curves, starts, strict=True)]
    return b64encode(np.array(rows, dtype="<f4").tobytes()).decode()
