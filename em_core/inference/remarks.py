"""What the studies of one fit say, in plain sentences."""

import numpy as np
from numpy.typing import ArrayLike

from em_core.inference.bootstrap import Bootstrap
from em_core.inference.checks import (
    CdfCheck,
    QuantileCheck,
    interval_log_likelihood,
    rounding_unit,
)
from em_core.inference.influence import Influence
from em_core.inference.selection import Candidate
from em_core.optimum.coordinates import on_axis
from em_core.optimum.information import Information
from em_core.points import as_points
from em_core.wording import count, counted, log_likelihood, number
from em_core.wording import point as point_name

MATTERS = 0.5
"""A difference in log-likelihood below this is no reason to worry about rounding."""

AT_MIDDLES = "EM counts each bin at its middle."

CHANCE = 0.1
"""More of the quantiles outside an envelope that holds each with 95% are no accident."""

MEDIAN_OFF = 2 / 3
"""The median of chi-squared with p degrees of freedom is about p − 2/3: a displacement from there
on leads to the edge of the 50% confidence region (Cook 1986 calibrates it so)."""


def of_information(information: Information) -> str:
    if information.definite:
        return (
            "Each number below is an estimate: a standard error says by how much it would vary "
            "from sample to sample, a 95% interval where the truth may lie."
        )
    return (
        "Standard errors from the information cannot be had here: in some direction the "
        "log-likelihood is flat, or this is a saddle, so the observed information is not "
        "positive definite. The bootstrap shows what can be said all the same."
    )


def of_replicates(replicates: Bootstrap) -> str:
    """How many samples were drawn, and how many of them are of no use."""
    words = [f"{counted(replicates.n_replicates, 'bootstrap sample')} drawn from the data"]
    if replicates.failed:
        words.append(f"{count(replicates.failed)} ended in a collapsed or empty component")
    if replicates.unaligned:
        words.append(f"in {count(replicates.unaligned)} the components cannot be matched for sure")
    return "; ".join(words) + "."


def of_distribution(check: CdfCheck) -> str:
    where = "stays inside" if check.inside else "leaves"
    return (
        f"The mixture's distribution function {where} the 95% band of the data: the largest gap "
        f"is {number(check.distance, digits=2)}, the band ±{number(check.band, digits=2)}."
    )


def of_quantiles(check: QuantileCheck) -> str:
    outside = int(check.outside.sum())
    judged = "a close fit"
    if outside:
        few = outside <= CHANCE * len(check.outside)
        judged = (
            "about as many as chance would put there" if few else "more than chance would put there"
        )
    return (
        f"{outside} of {counted(len(check.outside), 'quantile')} lie outside the envelope that "
        f"holds each with 95% probability: {judged}."
    )


def of_rounding(
    points: ArrayLike, candidate: Candidate, sample_weight: ArrayLike | None = None
) -> str:
    """Whether it matters that the values are rounded; "" where they are not, or in the plane."""
    x = as_points(points)
    unit = rounding_unit(x) if x.shape[1] == 1 else None
    if unit is None:
        return ""
    values = x[:, 0]
    of_intervals = interval_log_likelihood(
        values - unit / 2, values + unit / 2, candidate.mixture, sample_weight
    )
    by_density = candidate.log_likelihood + candidate.criteria.n * float(np.log(unit))
    words = f"The values are rounded to {number(unit)}. "
    if abs(of_intervals - by_density) < MATTERS:
        return words + "Intervals of that width give the same likelihood as the density does."
    return (
        f"{words}As intervals of that width they have the log-likelihood "
        f"{log_likelihood(of_intervals)}, and by density times width "
        f"{log_likelihood(by_density)}: some component is about as narrow as the rounding, so "
        "trust the first (Biernacki 2007)."
    )


def of_bins(bins: ArrayLike, candidate: Candidate, sample_weight: ArrayLike | None = None) -> str:
    """What the fit to the middles of bins (n, 2) is worth as a fit to the bins themselves."""
    low, high = np.asarray(bins, dtype=float).T
    weight = np.ones(len(low)) if sample_weight is None else np.asarray(sample_weight)
    of_intervals = interval_log_likelihood(low, high, candidate.mixture, weight)
    by_density = candidate.log_likelihood + float(weight @ np.log(high - low))
    words = (
        f"{AT_MIDDLES} The bins themselves have the log-likelihood "
        f"{log_likelihood(of_intervals)} by this fit, the probability of each; by the density at "
        f"the middle times the width it is {log_likelihood(by_density)}: "
    )
    if abs(of_intervals - by_density) < MATTERS:
        return words + "the bins are narrow enough for that to be the same."
    return (
        words + "some component is hardly wider than the bins, so trust the first, and take "
        "variances for rough (Sheppard 1898 takes width²/12 off)."
    )


def of_influence(points: ArrayLike, candidate: Candidate, found: Influence) -> str:
    """What the most influential point does, and whether that is much."""
    x = as_points(points)
    first = int(found.order[0])
    who = f"point {first + 1} at {point_name(x[first], np.ptp(x, axis=0))}"
    how = "Left out one by one" if found.exact else "Left out to first order"
    most = float(found.displacements[first])
    if np.isinf(most):
        return f"{how}, {who} decides most: without it a component collapses."
    far = most >= candidate.n_parameters - MEDIAN_OFF
    judged = (
        "as far as the edge of a 50% confidence region"
        if far
        else "well within what sampling alone would do"
    )
    return (
        f"{how}, {who} moves the fit most: by {number(most, digits=2)} in likelihood displacement "
        f"(Cook 1986), {judged}."
    )


def effect_of(points: ArrayLike, candidate: Candidate, found: Influence, i: int) -> str:
    """Without point i, which mean moves most in its own standard deviations: 'mean 2 3.1 → 3.4'."""
    if not np.isfinite(found.displacements[i]):
        return "a component collapses"
    x, mixture = as_points(points), candidate.mixture
    deviations = np.sqrt(np.diagonal(mixture.covariances, axis1=1, axis2=2))
    moves = np.abs(found.means[i] - mixture.means) / deviations
    k, axis = (int(j) for j in np.unravel_index(np.argmax(moves), moves.shape))
    spread = float(np.ptp(x[:, axis]))
    before, after = (number(float(m[k, axis]), spread) for m in (mixture.means, found.means[i]))
    return f"mean {k + 1}{on_axis(axis, x.shape[1])}: {before} → {after}"
