"""The numbers behind the pictures of 'Why?' as CSV text: full precision, numbers from 1."""

from collections.abc import Iterator

import numpy as np

from em_core import Optima
from explorer.export.csv_tables import Value, columns_of, table_csv
from explorer.model.ascent import Ascent
from explorer.model.dialing import Turning
from explorer.model.landscape import View
from explorer.model.pace import Pace
from explorer.model.start_map import Charting


def ascent_csv(ascent: Ascent) -> str:
    """One row a place of each iteration's curves: log-likelihood and lower bound there, empty where
    there are no parameters."""

    def rows() -> Iterator[list[Value]]:
        for t, curve in enumerate(ascent.curves, start=1):
            both = zip(curve.s, curve.log_likelihoods, curve.lower_bounds, strict=True)
            for place, height, bound in both:
                yield [t, float(place), _or_empty(height), _or_empty(bound)]

    place = "share_of_step"
    if ascent.along is not None:
        place = ascent.along.name(ascent.run.problem.data.n_features)
    return table_csv(["iteration", place, "log_likelihood", "lower_bound"], rows())


def endings_csv(found: Optima) -> str:
    """One row an ending, the best first: its height, how often, what speaks against it, and every
    parameter."""
    names = list(columns_of(found.optima[0].mixture))
    header = ["ending", "log_likelihood", "starts", "of", "outcome", "findings", *names]
    rows: list[list[Value]] = [
        [
            place,
            optimum.log_likelihood,
            optimum.count,
            found.n_starts,
            optimum.outcome,
            "; ".join(finding.kind for finding in optimum.findings),
            *columns_of(optimum.mixture).values(),
        ]
        for place, optimum in enumerate(found.optima, start=1)
    ]
    return table_csv(header, rows)


def start_map_csv(charting: Charting) -> str:
    """One row a start: its two values, where EM ended and how long it took; empty where the grid
    has no start."""
    made, d = charting.made, charting.run.problem.data.n_features
    header = [charting.x.name(d), charting.y.name(d)]
    header += ["ending", "order", "log_likelihood", "iterations"]

    def rows() -> Iterator[list[Value]]:
        if made is None:
            return
        for (row, column), ending in np.ndenumerate(made.ending):
            values: list[Value] = [float(charting.xs[column]), float(charting.ys[row])]
            if ending < 0:
                yield [*values, "", "", "", ""]
                continue
            height = made.endings[ending].log_likelihood
            order, took = int(made.labelling[row, column]), int(made.iterations[row, column])
            yield [*values, int(ending) + 1, order + 1, height, took]

    return table_csv(header, rows())


def pace_csv(found: Pace) -> str:
    """One row a place of EM and of the accelerated runs: EM iterations spent, and the distance."""

    def rows() -> Iterator[list[Value]]:
        for t, distance in enumerate(found.speed.distances.tolist()):
            yield ["EM", t, distance]
        for name, (maps, distances) in found.others.items():
            for spent, distance in zip(maps.tolist(), distances.tolist(), strict=True):
                yield [name, spent, distance]

    return table_csv(["method", "em_iterations", "distance_in_standard_errors"], rows())


def landscape_csv(view: View) -> str:
    """One row a place: its two values, and the log-likelihood where these are parameters."""
    d, seen = view.run.problem.data.n_features, view.found

    def rows() -> Iterator[list[Value]]:
        for (row, column), height in np.ndenumerate(seen.log_likelihoods):
            yield [float(seen.xs[column]), float(seen.ys[row]), _or_empty(height)]

    return table_csv([view.x.name(d), view.y.name(d), "log_likelihood"], rows())


def dial_csv(turning: Turning) -> str:
    """One row a temperature, the hottest first: how many components differ, every parameter."""
    header = ["temperature", "different_components", *columns_of(turning.start)]
    rows: list[list[Value]] = [
        [setting.temperature, setting.n_different, *columns_of(setting.mixture).values()]
        for setting in turning.settled
    ]
    return table_csv(header, rows)


def _or_empty(value: float) -> Value:
    return float(value) if np.isfinite(value) else ""
