"""The mistakes people make in an iteration of EM: faulty formulas beside the right ones.

Each row replaces one formula of `arithmetic.RIGHT` and says, in the numbers of the problem, which
step went wrong. Two formulas may lead to the same number: then the row that stands first is named.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import pi, sqrt

import numpy as np

from em_core.practice.arithmetic import RIGHT, Cell, Formula, Kind, Step, winners
from em_core.practice.names import subscript, symbol
from em_core.wording import enumerated, number


@dataclass(frozen=True)
class Scene:
    """Where a mistake happened, for its sentence: the right step, point i and component k.

    shown: the value of a cell that the person may see, or None.
    """

    step: Step
    i: int
    k: int
    shown: Callable[[Cell], float | None]

    @property
    def variance(self) -> float:
        return float(self.step.parameters.variances[self.k])

    @property
    def sd(self) -> str:
        return number(sqrt(self.variance))

    @property
    def var(self) -> str:
        return number(self.variance)

    @property
    def off(self) -> float:
        """x − μ, about the mean in force"""
        return float(self.step.distance[self.i, self.k])

    @property
    def weights(self) -> str:
        return enumerated([number(w) for w in self.step.parameters.weights])

    @property
    def n(self) -> int:
        return self.step.n

    @property
    def j(self) -> int:
        """The component as people count."""
        return self.k + 1

    @property
    def kept_weight(self) -> str:
        """What the rules say of the weights."""
        if self.step.rules.equal_weights:
            return f"each is 1/K = {number(1 / self.step.K)}"
        fixed = [f"w{subscript(j)}" for j in self.step.rules.fixed_weights]
        return f"{enumerated(fixed)} {'stays' if len(fixed) == 1 else 'stay'} as before"

    def old(self, name: str) -> str:
        return number(float(getattr(self.step.parameters, name)[self.k]))

    def of(self, kind: Kind) -> str:
        """The symbol of a cell here, with its number where that may be seen: 'N₁ = 1.728'."""
        points = self.i if kind in ("density", "product", "evidence", "posterior") else None
        component = None if kind in ("evidence", "log_likelihood") else self.k
        cell = Cell(kind, points, component)
        value = self.shown(cell)
        return symbol(cell) if value is None else f"{symbol(cell)} = {number(value)}"


@dataclass(frozen=True)
class Mistake:
    """A faulty formula.

    name: short and stable; title: a few words; kind: the formula it replaces;
    sentence: what happened, in the numbers of the scene; source: where it is on record.
    """

    name: str
    title: str
    kind: str
    formula: Formula
    sentence: Callable[[Scene], str]
    source: str = ""


CROSS_VALIDATED = "Cross Validated, question 312703"
MITCHELL = "Mitchell, Machine Learning (1997), section 6.12, as once printed"


def _bell(s: Step, spread: np.ndarray) -> np.ndarray:
    """The normal density with `spread` where the variance belongs."""
    return np.exp(-(s.distance**2) / (2 * spread)) / np.sqrt(2 * np.pi * spread)


def _squares(s: Step) -> np.ndarray:
    return (s.points[:, None] - s.mean) ** 2


def _recomputed(s: Step) -> np.ndarray:
    """(n, K) posteriors with the new means and all else old."""
    parameters = s.parameters
    squares = _squares(s) / parameters.variances
    return s.shared(
        parameters.weights * np.exp(-squares / 2) / np.sqrt(2 * np.pi * parameters.variances)
    )


def _log_likelihood_before(s: Step) -> np.ndarray:
    if s.before is None:
        return np.array(np.nan)
    return Step(s.points, s.before).log_likelihood


TABLE: tuple[Mistake, ...] = (
    Mistake(
        "variance-as-sd",
        "the variance taken for σ",
        "density",
        lambda s: _bell(s, s.parameters.variances**2),
        lambda at: f"That is what σ = {at.var} gives; the variance is {at.var}, so σ = {at.sd}.",
        CROSS_VALIDATED,
    ),
    Mistake(
        "sd-for-variance",
        "σ put where σ² belongs",
        "density",
        lambda s: _bell(s, np.sqrt(s.parameters.variances)),
        lambda at: (
            f"That is what a variance of {at.sd} gives; {at.sd} is σ, and the variance σ² is "
            f"{at.var}."
        ),
    ),
    Mistake(
        "no-half-in-exponent",
        "the half in the exponent left out",
        "density",
        lambda s: (
            np.exp(-(s.distance**2) / s.parameters.variances)
            / np.sqrt(2 * np.pi * s.parameters.variances)
        ),
        lambda at: (
            f"The exponent lacks its half: that is e to the {number(-(at.off**2) / at.variance)}, "
            f"and it should be e to the {number(-(at.off**2) / at.variance / 2)}."
        ),
    ),
    Mistake(
        "no-normalising-constant",
        "the factor 1/√(2πσ²) left out",
        "density",
        lambda s: np.exp(-(s.distance**2) / (2 * s.parameters.variances)),
        lambda at: (
            f"That is e to the {number(-(at.off**2) / at.variance / 2)} alone: it is still to be "
            f"divided by √(2πσ²) = {number(sqrt(2 * pi * at.variance))}."
        ),
    ),
    Mistake(
        "variance-outside-root",
        "divided by √(2π)·σ² instead of √(2π)·σ",
        "density",
        lambda s: (
            np.exp(-(s.distance**2) / (2 * s.parameters.variances))
            / (np.sqrt(2 * np.pi) * s.parameters.variances)
        ),
        lambda at: (
            f"The variance stands outside the root: that divides by √(2π)·{at.var} = "
            f"{number(sqrt(2 * pi) * at.variance)} and not by √(2π·{at.var}) = "
            f"{number(sqrt(2 * pi * at.variance))}."
        ),
    ),
    Mistake(
        "distance-not-squared",
        "the distance not squared in the exponent",
        "density",
        lambda s: (
            np.exp(-np.abs(s.distance) / (2 * s.parameters.variances))
            / np.sqrt(2 * np.pi * s.parameters.variances)
        ),
        lambda at: (
            f"The distance is not squared: the exponent has |x − μ| = {number(abs(at.off))} where "
            f"(x − μ)² = {number(at.off**2)} belongs."
        ),
    ),
    Mistake(
        "two-pi-outside-root",
        "divided by 2π·σ instead of √(2π)·σ",
        "density",
        lambda s: (
            np.exp(-(s.distance**2) / (2 * s.parameters.variances))
            / (2 * np.pi * np.sqrt(s.parameters.variances))
        ),
        lambda at: (
            f"2π stands outside the root: that divides by 2π·{at.sd} = "
            f"{number(2 * pi * sqrt(at.variance))} and not by √(2π)·{at.sd} = "
            f"{number(sqrt(2 * pi * at.variance))}."
        ),
    ),
    Mistake(
        "prior-left-out",
        "the weights left out of the products",
        "product",
        lambda s: s.density,
        lambda at: (
            f"The weights are left out: a density times its weight, here {at.old('weights')}."
        ),
    ),
    Mistake(
        "first-prior-for-all",
        "the first weight taken for every component",
        "product",
        lambda s: s.parameters.weights[0] * s.density,
        lambda at: (
            f"That has the first weight, {number(float(at.step.parameters.weights[0]))}, for every "
            f"component; component {at.j} has weight {at.old('weights')}."
        ),
    ),
    Mistake(
        "evidence-without-priors",
        "densities added without their weights",
        "evidence",
        lambda s: s.density.sum(axis=1),
        lambda at: (
            "That is the sum of the densities: each is first multiplied by its weight, "
            f"{at.weights}."
        ),
    ),
    Mistake(
        "prior-left-out",
        "the weights left out of Bayes' rule",
        "posterior",
        lambda s: s.shared(s.density),
        lambda at: (
            "The weights are left out: that is the responsibility if each were "
            f"{number(1 / at.step.K)}, and they are {at.weights}."
        ),
    ),
    Mistake(
        "not-normalised",
        "the product not divided by the evidence",
        "posterior",
        lambda s: s.product,
        lambda at: (
            f"That is weight × density, {at.old('weights')} times the density: it is still to be "
            f"divided by {at.of('evidence')}, the sum over the components."
        ),
    ),
    Mistake(
        "normalised-over-points",
        "shared out among the points instead of the components",
        "posterior",
        lambda s: s.product / s.product.sum(axis=0),
        lambda at: (
            f"That is divided by the sum over the {at.n} points; a point is shared out among the "
            f"{at.step.K} components, so divide by {at.of('evidence')}."
        ),
    ),
    Mistake(
        "density-for-posterior",
        "the density taken for the responsibility",
        "posterior",
        lambda s: s.density,
        lambda at: (
            f"That is the density N(x; μ, σ²) itself: times the weight {at.old('weights')}, "
            f"divided by {at.of('evidence')}, it becomes the responsibility."
        ),
    ),
    Mistake(
        "hard-assignment",
        "each point given whole to one component",
        "posterior",
        lambda s: winners(s.product),
        lambda at: (
            f"That gives point {at.i + 1} whole to one component, 1 or 0, as k-means does; EM "
            "shares it out in parts between 0 and 1."
        ),
        "k-means and 'hard EM': Bishop, PRML (2006), 9.3.2",
    ),
    Mistake(
        "first-prior-for-all",
        "the first weight taken for every component",
        "posterior",
        lambda s: s.parameters.weights[0] * s.density / s.evidence[:, None],
        lambda at: (
            f"That has the first weight, {number(float(at.step.parameters.weights[0]))}, above the "
            f"line; component {at.j} has weight {at.old('weights')}."
        ),
    ),
    Mistake(
        "log-base-10",
        "logarithms to base 10",
        "log_likelihood",
        lambda s: np.log10(s.evidence).sum(),
        lambda at: "That is in logarithms to base 10; the natural ones, ln, are 2.303 times that.",
    ),
    Mistake(
        "log-of-sum",
        "the logarithm of the sum over the points",
        "log_likelihood",
        lambda s: np.log(s.evidence.sum()),
        lambda at: (
            f"That is one logarithm, of the sum over the points; take the logarithm of each of the "
            f"{at.n} evidences, then add."
        ),
    ),
    Mistake(
        "mean-log-likelihood",
        "divided by the number of points",
        "log_likelihood",
        lambda s: np.log(s.evidence).mean(),
        lambda at: f"That is the average per point: the total is {at.n} times that.",
    ),
    Mistake(
        "likelihood-not-log",
        "the likelihood without its logarithm",
        "log_likelihood",
        lambda s: s.evidence.prod(),
        lambda at: f"That is the likelihood, the product of the {at.n} evidences: take its ln.",
    ),
    Mistake(
        "log-density-without-priors",
        "densities added without their weights",
        "log_likelihood",
        lambda s: np.log(s.density.sum(axis=1)).sum(),
        lambda at: (
            "The weights are left out of the evidences: each density is first multiplied by its "
            f"weight, {at.weights}."
        ),
    ),
    Mistake(
        "sign-flipped",
        "the sign turned round",
        "log_likelihood",
        lambda s: -np.log(s.evidence).sum(),
        lambda at: (
            "The size is right and the sign is not: ln p(x) is added as it is; ln 0.1 is −2.303."
        ),
    ),
    Mistake(
        "complete-data-log-likelihood",
        "the expected complete-data log-likelihood",
        "log_likelihood",
        lambda s: np.where(s.posterior > 0, s.posterior * np.log(s.product), 0).sum(),
        lambda at: (
            "That is Σ P(k|i) ln(weight × density), what the M-step maximises; the "
            f"log-likelihood is the sum of ln p(x) over the {at.n} points."
        ),
        "Bishop, PRML (2006), equation 9.40",
    ),
    Mistake(
        "log-likelihood-of-old-parameters",
        "the log-likelihood of the parameters before",
        "log_likelihood",
        _log_likelihood_before,
        lambda at: (
            "That is the log-likelihood of the parameters one iteration earlier; component 1 now "
            f"has the mean {number(float(at.step.parameters.means[0]))}"
            + (
                f" and no longer {number(float(at.step.before.means[0]))}."
                if at.step.before is not None
                else "."
            )
        ),
    ),
    Mistake(
        "hard-counts",
        "points counted whole",
        "N",
        lambda s: winners(s.product).sum(axis=0),
        lambda at: (
            f"That counts whole points, each for its likeliest component; N{subscript(at.k)} adds "
            f"the parts that component {at.j} has of all {at.n} points."
        ),
    ),
    Mistake(
        "count-not-divided",
        "the weight not divided by n",
        "weight",
        lambda s: s.N,
        lambda at: (
            f"That is N of component {at.j}: divided by the number of points, {at.n}, it is the "
            "weight."
        ),
    ),
    Mistake(
        "weight-over-components",
        "divided by the number of components",
        "weight",
        lambda s: s.N / s.K,
        lambda at: (
            f"That divides by K = {at.step.K} components; the weight divides by n = {at.n} points."
        ),
    ),
    Mistake(
        "weight-not-updated",
        "the weights never updated",
        "weight",
        lambda s: s.parameters.weights,
        lambda at: (
            f"{at.old('weights')} is the weight as it was: the new one is {at.of('N')} divided by "
            f"n = {at.n}."
        ),
    ),
    Mistake(
        "mean-over-n",
        "the mean divided by n instead of N",
        "mean",
        lambda s: s.points @ s.posterior / s.n,
        lambda at: (
            f"That divides by n = {at.n}; the mean of component {at.j} divides by {at.of('N')}."
        ),
        MITCHELL,
    ),
    Mistake(
        "mean-not-divided",
        "the mean not divided by N",
        "mean",
        lambda s: s.points @ s.posterior,
        lambda at: (
            f"That is the sum of P({at.j}|i)·x over the {at.n} points: it is still to be divided "
            f"by {at.of('N')}."
        ),
    ),
    Mistake(
        "unweighted-mean",
        "the mean of all points, without their responsibilities",
        "mean",
        lambda s: np.full(s.K, s.points.mean()),
        lambda at: (
            f"That is the plain mean of the {at.n} points; weigh each by P({at.j}|i) and "
            f"divide by {at.of('N')}."
        ),
    ),
    Mistake(
        "hard-mean",
        "the mean of the points that the component wins",
        "mean",
        lambda s: s.points @ winners(s.product) / winners(s.product).sum(axis=0),
        lambda at: (
            f"That is the mean of the points whose likeliest component is {at.j}; EM takes all "
            f"{at.n}, each counted by P({at.j}|i)."
        ),
        "k-means and 'hard EM': Bishop, PRML (2006), 9.3.2",
    ),
    Mistake(
        "mean-not-updated",
        "the means never updated",
        "mean",
        lambda s: s.parameters.means,
        lambda at: (
            f"{at.old('means')} is the mean as it was: the new one is the sum of P({at.j}|i)·x "
            f"divided by {at.of('N')}."
        ),
    ),
    Mistake(
        "variance-about-old-mean",
        "the variance about the old mean",
        "scatter",
        lambda s: (s.distance**2 * s.posterior).sum(axis=0) / s.N,
        lambda at: (
            f"That is the variance about the old mean, {at.old('means')}; take the new one, "
            f"{at.of('mean')}."
        ),
    ),
    Mistake(
        "variance-over-n",
        "the variance divided by n instead of N",
        "scatter",
        lambda s: (_squares(s) * s.posterior).sum(axis=0) / s.n,
        lambda at: (
            f"That divides by n = {at.n}; the variance of component {at.j} divides by {at.of('N')}."
        ),
        MITCHELL,
    ),
    Mistake(
        "variance-not-divided",
        "the variance not divided by N",
        "scatter",
        lambda s: (_squares(s) * s.posterior).sum(axis=0),
        lambda at: (
            f"That is the sum of P({at.j}|i)·(x − μ)² over the {at.n} points: it is still to be "
            f"divided by {at.of('N')}."
        ),
    ),
    Mistake(
        "unbiased-variance",
        "the variance divided by N − 1",
        "scatter",
        lambda s: (_squares(s) * s.posterior).sum(axis=0) / (s.N - 1),
        lambda at: (
            f"That divides by N − 1, as for the variance of a sample; EM's M-step divides by "
            f"{at.of('N')}."
        ),
    ),
    Mistake(
        "sd-for-variance",
        "σ given where σ² is asked for",
        "variance",
        lambda s: np.sqrt(RIGHT["variance"](s)),
        lambda at: "That is the standard deviation σ: the variance is its square, σ².",
    ),
    Mistake(
        "unweighted-variance",
        "squared distances without the responsibilities",
        "scatter",
        lambda s: _squares(s).mean(axis=0),
        lambda at: (
            f"That is the plain average of (x − μ)² over the {at.n} points; weigh each by "
            f"P({at.j}|i) and divide by {at.of('N')}."
        ),
    ),
    Mistake(
        "squared-responsibilities",
        "the responsibilities squared as well",
        "scatter",
        lambda s: (_squares(s) * s.posterior**2).sum(axis=0) / s.N,
        lambda at: (
            f"That squares the responsibilities as well: it is P({at.j}|i)·(x − μ)², with only the "
            f"distance squared, divided by {at.of('N')}."
        ),
    ),
    Mistake(
        "distance-not-squared",
        "the distance not squared",
        "scatter",
        lambda s: (np.abs(s.points[:, None] - s.mean) * s.posterior).sum(axis=0) / s.N,
        lambda at: (
            f"The distances are not squared: that adds P({at.j}|i)·|x − μ| over the {at.n} points, "
            f"where (x − μ)² belongs."
        ),
    ),
    Mistake(
        "second-moment",
        "the mean not subtracted",
        "scatter",
        lambda s: (s.points[:, None] ** 2 * s.posterior).sum(axis=0) / s.N,
        lambda at: (
            f"That is the average of x², about 0; the variance is about the new mean, "
            f"{at.of('mean')}: subtract μ², or use (x − μ)²."
        ),
    ),
    Mistake(
        "variance-not-updated",
        "the variances never updated",
        "variance",
        lambda s: s.parameters.variances,
        lambda at: (
            f"{at.var} is the variance as it was: the new one is the sum of P({at.j}|i)·(x − μ)² "
            f"divided by {at.of('N')}."
        ),
    ),
    Mistake(
        "responsibilities-recomputed",
        "responsibilities recomputed between mean and variance",
        "scatter",
        lambda s: (_squares(s) * _recomputed(s)).sum(axis=0) / _recomputed(s).sum(axis=0),
        lambda at: (
            f"That shares the points out again by the new mean, {at.of('mean')}, before the "
            f"variance; one M-step uses the same P({at.j}|i) for mean and variance."
        ),
    ),
)

TIED: tuple[Mistake, ...] = (
    Mistake(
        "not-pooled",
        "each component with a variance of its own",
        "variance",
        lambda s: s.scatter,
        lambda at: (
            f"That is component {at.j}'s own variance; here all {at.step.K} share one: the average "
            "of their variances, weighted by N."
        ),
    ),
    Mistake(
        "pooled-without-weights",
        "variances averaged without N",
        "variance",
        lambda s: np.full(s.K, s.scatter.mean()),
        lambda at: (
            f"That is the plain average of the {at.step.K} variances; weigh each by its N, "
            f"together n = {at.n}."
        ),
    ),
)
"""Mistakes that can be made only where all components share one variance."""

TEMPERED: tuple[Mistake, ...] = (
    Mistake(
        "temperature-left-out",
        "the temperature left out",
        "posterior",
        lambda s: s.product / s.evidence[:, None],
        lambda at: (
            f"That is the responsibility at temperature 1; here it is "
            f"{number(at.step.rules.temperature)}: raise each product to the power 1/T first."
        ),
    ),
)
"""Mistakes that can be made only where the temperature is not 1."""

RULED: tuple[Mistake, ...] = tuple(
    Mistake("rule-ignored", f"the rule for the {name} ignored", name, RIGHT[name], tell)
    for name, tell in (
        (
            "weight",
            lambda at: (
                f"That is {at.of('N')} divided by n = {at.n}, as without the rule; by the rules "
                f"{at.kept_weight}."
            ),
        ),
        (
            "mean",
            lambda at: (
                "That is the mean as the M-step would make it; by the rules it stays "
                f"{at.old('means')}."
            ),
        ),
        (
            "variance",
            lambda at: (
                f"That is the variance as the M-step would make it; by the rules it stays {at.var}."
            ),
        ),
    )
)
"""Named where the rules keep something; their formulas are the right ones, free of the rule."""

SWAPPED_KINDS: tuple[Kind, ...] = (
    "density",
    "product",
    "posterior",
    "N",
    "weight",
    "mean",
    "variance",
)


def mistakes_for(step: Step) -> tuple[Mistake, ...]:
    """The rows that can matter for a step like this one, in the order in which they are tried."""
    tempered = TEMPERED if step.rules.temperature != 1 else ()
    return (*tempered, *TABLE, *RULED, *(TIED if step.tied else ()), *_swaps(step.K))


def title_of(name: str, kind: str) -> str:
    """A mistake in a few words, as made in a formula of this kind or before it."""
    rows = [each for each in (*TABLE, *TEMPERED, *RULED, *TIED, *_swaps(2)) if each.name == name]
    return next((each for each in rows if each.kind == kind), rows[0]).title


def _swaps(K: int) -> Iterator[Mistake]:
    """Another component's number, `shift` components on."""
    for shift in range(1, K):
        for kind in SWAPPED_KINDS:
            yield Mistake(
                "components-swapped",
                "components mixed up",
                kind,
                partial(_rolled, kind=kind, shift=shift),
                partial(_tell_swap, shift=shift),
            )


def _rolled(s: Step, kind: str, shift: int) -> np.ndarray:
    return np.roll(RIGHT[kind](s), -shift, axis=-1)


def _tell_swap(at: Scene, shift: int) -> str:
    other = (at.k + shift) % at.step.K + 1
    return f"The components are mixed up: component {other}'s number stands for component {at.j}'s."
