"""Does it fit: distribution functions, quantiles, and what rounding of the data does."""

import numpy as np

from em_core import (
    Candidate,
    CdfCheck,
    QuantileCheck,
    check_cdf,
    check_quantiles,
    interval_log_likelihood,
    rounding_unit,
)
from em_core.wording import counted, log_likelihood, number
from explorer.app import gallery, state
from explorer.app.how_many import desk
from explorer.app.how_many.portions import note, section, to_try
from explorer.charts import studies

MATTERS = 0.5
"""A difference in log-likelihood below this is no reason to worry about rounding."""

CHANCE = 0.1
"""More of the quantiles outside an envelope that holds each with 95 % are no accident."""


def show(candidate: Candidate) -> None:
    data = state.session().problem.data
    now = desk.compared()
    quantiles: QuantileCheck = state.worked_out(
        "quantiles",
        candidate,
        lambda: check_quantiles(now.points, candidate.mixture, sample_weight=now.sample_weight),
    )
    pictures = []
    if data.n_features == 1:
        distribution: CdfCheck = state.worked_out(
            "distribution",
            candidate,
            lambda: check_cdf(now.points, candidate.mixture, sample_weight=now.sample_weight),
        )
        section("Does it fit?", f"{_of_distribution(distribution)} {_of_quantiles(quantiles)}")
        pictures.append(("Distribution functions", studies.distribution(data, distribution)))
        title = "Quantiles"
    else:
        section("Does it fit?", _of_quantiles(quantiles))
        title = "Distances from the most probable component"
    pictures.append((title, studies.quantiles(data, quantiles)))
    gallery.show(pictures, key="fitness")
    if data.n_features == 1 and (words := _of_rounding(candidate)):
        note(words)
    to_try(
        "choose a fit with fewer components above and see where it leaves the band. A fit is "
        "closer to its own data than the truth would be: leaving the band is news, staying inside "
        "is no proof."
    )


def _of_distribution(check: CdfCheck) -> str:
    where = "stays inside" if check.inside else "leaves"
    return (
        f"The mixture's distribution function {where} the 95 % band of the data: the largest gap "
        f"is {number(check.distance, digits=2)}, the band ±{number(check.band, digits=2)}."
    )


def _of_quantiles(check: QuantileCheck) -> str:
    outside = int(check.outside.sum())
    share = outside / len(check.outside)
    judged = "about what chance does" if share <= CHANCE else "more than chance would do"
    if not outside:
        judged = "a close fit"
    return (
        f"{outside} of {counted(len(check.outside), 'quantile')} lie outside the envelope that "
        f"holds each with 95 %: {judged}."
    )


def _of_rounding(candidate: Candidate) -> str:
    """Whether it matters that the values are rounded; "" where they are not."""
    now = desk.compared()
    unit = state.worked_out("unit", now.points, lambda: rounding_unit(now.points))
    if unit is None or now.sample_weight is not None:
        return ""
    x = now.points[:, 0]
    of_intervals = interval_log_likelihood(x - unit / 2, x + unit / 2, candidate.mixture)
    by_density = candidate.log_likelihood + len(x) * float(np.log(unit))
    words = f"The values are rounded to {number(unit)}. "
    if abs(of_intervals - by_density) < MATTERS:
        return words + "Intervals of that width give the same likelihood as the density does."
    return (
        f"{words}As intervals of that width they have the log-likelihood "
        f"{log_likelihood(of_intervals)}, and by density times width "
        f"{log_likelihood(by_density)}: some component is about as narrow as the rounding, so "
        "trust the first (Biernacki 2007)."
    )
