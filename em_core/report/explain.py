"""Where the numbers come from: the arithmetic of one iteration as data.

Nothing here is needed to run EM; it writes out, for one point or one component, the terms that
the E-step and the M-step add up (Bishop, PRML, equations 9.23 to 9.27). Indices count from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from em_core.covariance import CONSTRAINTS
from em_core.errors import InputError
from em_core.mixture import CovarianceType, GaussianMixture
from em_core.points import as_points, as_sample_weight
from em_core.steps import centred, e_step, m_step, scatter, shared_out

Floats = NDArray[np.float64]

SMALLEST_NORMAL = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class PosteriorTerm:
    """One component's part in the posterior of one point: prior * density / evidence."""

    component: int
    prior: float
    density: float
    product: float
    posterior: float
    log_density: float
    log_product: float


@dataclass(frozen=True)
class PosteriorAccount:
    """P(j | x) = prior_j * density_j / evidence for one point and each component.

    Far out in the tails the densities are too small for a double (`underflow`), or too large
    with tiny variances (`overflow`): the plain quotient then fails, while the posteriors,
    which come from log_product - log_evidence, still hold.
    """

    index: int
    point: Floats
    terms: tuple[PosteriorTerm, ...]
    evidence: float
    log_evidence: float

    @property
    def posteriors(self) -> Floats:
        """(K,), sum 1."""
        return np.array([term.posterior for term in self.terms])

    @property
    def underflow(self) -> bool:
        """Is the evidence below what a double holds at full precision?"""
        return self.evidence < SMALLEST_NORMAL

    @property
    def overflow(self) -> bool:
        """Is a density or the evidence above the largest double?"""
        return not np.isfinite([self.evidence, *(term.density for term in self.terms)]).all()


@dataclass(frozen=True)
class EStepTable:
    """The E-step at m points: a row for each, (m, K), and what is summed over the components, (m,).

    products are weight * density, evidence their sum over the components.
    """

    log_densities: Floats
    log_products: Floats
    densities: Floats
    products: Floats
    evidence: Floats
    log_evidence: Floats
    responsibilities: Floats


@dataclass(frozen=True)
class DensityAccount:
    """A component's density at a point x, in its parts (PRML 2.43).

    density = exp(-squared_distance / 2) / sqrt((2 pi)^d determinant), where determinant is
    |Sigma| and squared_distance = (x - mean)^T Sigma^-1 (x - mean), in one dimension
    (x - mean)^2 / variance. point and mean (d,), covariance (d, d).
    """

    component: int
    point: Floats
    mean: Floats
    covariance: Floats
    determinant: float
    squared_distance: float
    density: float
    log_density: float


@dataclass(frozen=True)
class PooledTerm:
    """What one component adds to a tied covariance: N_j * scatter_j / total weight, summed."""

    component: int
    effective_size: float
    scatter: Floats


@dataclass(frozen=True)
class ComponentAccount:
    """The sums behind one component's new weight, mean and covariance.

    responsibilities: (n,) r_ij times the point's sample weight, whose sum is effective_size N_j;
    weighted_points: (n, d) r_ij x_i, whose sum divided by N_j is the mean (d,);
    weighted_squares: (n, d, d) r_ij (x_i - mean)(x_i - mean)^T, whose sum divided by N_j is the
    scatter (d, d), about the NEW mean;
    covariance: (d, d), made of the scatter according to covariance_type: the scatter itself
    ("full"), its diagonal ("diag"), the mean of its diagonal on every axis ("spherical"), or
    the average of all components' scatters weighted by their N_j ("tied": `pooled`).
    weight is N_j / total_weight.
    """

    component: int
    covariance_type: CovarianceType
    effective_size: float
    total_weight: float
    weight: float
    mean: Floats
    scatter: Floats
    covariance: Floats
    responsibilities: Floats
    weighted_points: Floats
    weighted_squares: Floats
    pooled: tuple[PooledTerm, ...]

    def top_contributors(self, count: int) -> NDArray[np.intp]:
        """Indices of the `count` points (all, if fewer) that give most, the largest first."""
        n = len(self.responsibilities)
        count = min(count, n)
        top = np.arange(n)
        if count < n:
            top = np.sort(np.argpartition(-self.responsibilities, count)[:count])
        return top[np.argsort(-self.responsibilities[top], kind="stable")]


@dataclass(frozen=True)
class IterationAccount:
    """One iteration as two tables.

    E-table, one row for each index in `rows` (m,): points (m, d), densities, products (prior *
    density), log_products and responsibilities (m, K), evidence and log_evidence (m,); priors
    (K,). M-table over ALL points, one row a component: effective_sizes (K,), and `after`, the
    mixture made of them. log_likelihood belongs to `before`.
    """

    before: GaussianMixture
    after: GaussianMixture
    log_likelihood: float
    rows: NDArray[np.intp]
    points: Floats
    densities: Floats
    products: Floats
    evidence: Floats
    responsibilities: Floats
    log_products: Floats
    log_evidence: Floats
    effective_sizes: Floats

    @property
    def priors(self) -> Floats:
        """(K,) weights before the iteration."""
        return self.before.weights


def explain_posterior(points: ArrayLike, mixture: GaussianMixture, i: int) -> PosteriorAccount:
    """The E-step at point `i` of points (n,) or (n, d). Raises InputError when there is none."""
    return explain_posteriors(points, mixture, [i])[0]


def explain_posteriors(
    points: ArrayLike, mixture: GaussianMixture, rows: Sequence[int]
) -> tuple[PosteriorAccount, ...]:
    """The E-step at each of the points `rows`. Raises InputError when one of them is not there."""
    x = as_points(points, mixture.n_features)
    for i in rows:
        _check_index("Point", i, len(x))
    x = x[list(rows)]
    table = _e_table(x, mixture)
    return tuple(_posterior_account(i, at, x, mixture, table) for at, i in enumerate(rows))


def _posterior_account(
    i: int, at: int, points: Floats, mixture: GaussianMixture, table: EStepTable
) -> PosteriorAccount:
    terms = tuple(
        PosteriorTerm(
            component=j,
            prior=float(mixture.weights[j]),
            density=float(table.densities[at, j]),
            product=float(table.products[at, j]),
            posterior=float(table.responsibilities[at, j]),
            log_density=float(table.log_densities[at, j]),
            log_product=float(table.log_products[at, j]),
        )
        for j in range(mixture.n_components)
    )
    evidence, log_evidence = float(table.evidence[at]), float(table.log_evidence[at])
    return PosteriorAccount(i, points[at], terms, evidence, log_evidence)


def explain_e_step(
    points: ArrayLike, mixture: GaussianMixture, rows: Sequence[int] | None = None
) -> EStepTable:
    """The E-step at the points (n,) or (n, d), or at those of them in `rows`, as a table.

    Raises InputError when the points do not fit the mixture.
    """
    x = as_points(points, mixture.n_features)
    return _e_table(x if rows is None else x[list(rows)], mixture)


def explain_density(points: ArrayLike, mixture: GaussianMixture, i: int, j: int) -> DensityAccount:
    """The density of component `j` at point `i` of points (n,) or (n, d), in its parts.

    Raises InputError when there is no such point or component.
    """
    x = as_points(points, mixture.n_features)
    _check_index("Point", i, len(x))
    _check_index("Component", j, mixture.n_components)
    covariance, deviation = mixture.covariances[j], x[i] - mixture.means[j]
    log_density = float(mixture.log_densities(x[[i]])[0, j])
    sigma = np.sqrt(np.diag(covariance))
    correlation, scaled = covariance / sigma / sigma[:, None], deviation / sigma
    with np.errstate(over="ignore", under="ignore"):
        return DensityAccount(
            component=j,
            point=x[i],
            mean=mixture.means[j],
            covariance=covariance,
            determinant=float(np.linalg.det(correlation) * np.prod(sigma) ** 2),
            squared_distance=float(scaled @ np.linalg.solve(correlation, scaled)),
            density=float(np.exp(log_density)),
            log_density=log_density,
        )


def _e_table(points: Floats, mixture: GaussianMixture) -> EStepTable:
    log_densities = mixture.log_densities(points)
    log_products = log_densities + np.log(mixture.weights)
    with np.errstate(over="ignore", under="ignore"):
        densities = np.exp(log_densities)
        products = mixture.weights * densities
    responsibilities, log_evidence = shared_out(log_products.T)
    return EStepTable(
        log_densities,
        log_products,
        densities,
        products,
        products.sum(axis=1),
        log_evidence,
        responsibilities.T,
    )


def explain_component(
    points: ArrayLike,
    responsibilities: ArrayLike,
    j: int,
    covariance_type: CovarianceType = "full",
    sample_weight: ArrayLike | None = None,
) -> ComponentAccount:
    """The M-step of component `j` from points (n,) or (n, d) and responsibilities (n, K).

    The sums are those of `em_core.m_step` to rounding; memory is a few arrays of the size of
    the points. Component j must hold something (N_j > 0). Raises InputError when there is none.
    """
    x = as_points(points)
    weight = as_sample_weight(sample_weight, len(x))
    shares = np.asarray(responsibilities, dtype=float)
    if weight is not None:
        shares = shares * weight[:, None]
    _check_index("Component", j, shares.shape[1])
    sizes = shares.sum(axis=0)
    total = float(len(x)) if weight is None else float(weight.sum())
    r = shares[:, j]
    mean, deviations, own_scatter = _moments(x, r / sizes[j])
    pooled: tuple[PooledTerm, ...] = ()
    if covariance_type == "tied":
        pooled = tuple(
            PooledTerm(k, float(size), _moments(x, shares[:, k] / size)[2])
            for k, size in enumerate(sizes)
        )
    return ComponentAccount(
        component=j,
        covariance_type=covariance_type,
        effective_size=float(sizes[j]),
        total_weight=total,
        weight=float(sizes[j] / total),
        mean=mean,
        scatter=own_scatter,
        covariance=_constrained(own_scatter, covariance_type, pooled),
        responsibilities=r,
        weighted_points=r[:, None] * x,
        weighted_squares=r[:, None, None] * deviations[:, :, None] * deviations[:, None, :],
        pooled=pooled,
    )


def _check_index(item: str, index: int, count: int) -> None:
    if not 0 <= index < count:
        raise InputError(
            "index", f"{item} {index + 1} does not exist: give an index from 0 to {count - 1}."
        )


def _moments(points: Floats, share: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean (d,), deviations (n, d) and scatter (d, d) for shares (n,) that sum to 1."""
    mean, _, deviations = centred(points, share)
    return mean, deviations, scatter(deviations, share)


def _constrained(
    own: Floats, covariance_type: CovarianceType, pooled: tuple[PooledTerm, ...]
) -> Floats:
    """The component's own scatter (d, d) as the covariance type has it."""
    sizes = np.array([term.effective_size for term in pooled] or [1.0])
    scatters = np.stack([term.scatter for term in pooled] or [own])
    return CONSTRAINTS[covariance_type](sizes, scatters)[0]


def explain_iteration(
    points: ArrayLike,
    mixture: GaussianMixture,
    covariance_type: CovarianceType = "full",
    sample_weight: ArrayLike | None = None,
    rows: ArrayLike | None = None,
) -> IterationAccount:
    """The whole E-table and M-table of the iteration that starts from `mixture`.

    points: (n,) or (n, d). With many points, `rows` (indices of points) keeps the E-table to
    those; the M-table is always over all. sample_weight: (n,) repeat counts. Raises InputError
    as `e_step` and `m_step` do.
    """
    x = as_points(points, mixture.n_features)
    chosen = np.arange(len(x)) if rows is None else np.asarray(rows, dtype=np.intp)
    step = e_step(x, mixture, sample_weight)
    after = m_step(x, step.responsibilities, covariance_type, sample_weight)
    weight = as_sample_weight(sample_weight, len(x))
    counts = np.ones(len(x)) if weight is None else weight
    table = _e_table(x[chosen], mixture)
    return IterationAccount(
        before=mixture,
        after=after,
        log_likelihood=step.log_likelihood,
        rows=chosen,
        points=x[chosen],
        densities=table.densities,
        products=table.products,
        evidence=table.evidence,
        responsibilities=step.responsibilities[chosen],
        log_products=table.log_products,
        log_evidence=table.log_evidence,
        effective_sizes=counts @ step.responsibilities,
    )
