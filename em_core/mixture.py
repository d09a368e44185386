"""A Gaussian mixture as a frozen value: p(x) = sum_k w_k N(x | mu_k, Sigma_k).

Bishop, *Pattern Recognition and Machine Learning* (PRML, 2006), sections 2.3.9 and 9.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike

from em_core.errors import InputError
from em_core.points import as_points
from em_core.tables import mixture_table
from em_core.wording import number, rough

CovarianceType = Literal["full", "tied", "diag", "spherical"]
COVARIANCE_TYPES: tuple[CovarianceType, ...] = ("full", "tied", "diag", "spherical")

LOG_2PI = float(np.log(2.0 * np.pi))

WEIGHT_SUM_TOLERANCE = 1e-3
"""How far typed weights may miss a sum of 1 (rounded thirds: 0.9999) before they are refused."""

BLOCK = 2**14
"""Points whose densities are worked out together, to stay in a core's cache."""

SINGULAR = 1e-15
"""A correlation matrix whose smallest eigenvalue is at most this is singular in doubles."""

FARTHEST = 1e150
"""Standard deviations whose square is still an ordinary double."""


class Factor(NamedTuple):
    """Lower-triangular factors of covariances (..., d, d): Sigma = L L^T.

    lower: L (..., d, d); whiten: its inverse; half_log_det: (...) log det(Sigma) / 2.
    """

    lower: np.ndarray
    whiten: np.ndarray
    half_log_det: np.ndarray


@dataclass(frozen=True, eq=False, repr=False)
class GaussianMixture:
    """K weighted Gaussians in d dimensions.

    weights: (K,), each above 0, sum 1 (sums off by less than 0.001 are normalised);
    means: (K, d), in the data's unit; covariances: (K, d, d), symmetric positive definite, in
    that unit squared. All arrays are float64 and read-only.

    Two mixtures are equal when these three are equal to the last bit. Mixtures made by EM also
    carry `means_residual` (K, d), what the means lost when they were rounded to a double; it
    lets the next step be exact when the data lie far from 0.

    Raises InputError, naming the component, when a value breaks a rule above.
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    means_residual: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        weights = _checked_weights(_floats("weights", self.weights, 1))
        means = _floats("means", self.means, 2)
        covariances = _floats("covariances", self.covariances, 3)
        n_components, n_features = means.shape
        if weights.shape != (n_components,):
            raise InputError(
                "shape", f"{weights.size} weights but {n_components} means: give one of each."
            )
        if covariances.shape != (n_components, n_features, n_features):
            raise InputError(
                "shape",
                f"Covariances have shape {covariances.shape}: {n_components} means in "
                f"{n_features} dimensions need {(n_components, n_features, n_features)}.",
            )
        for k, mean in enumerate(means):
            if not np.isfinite(mean).all():
                raise InputError("mean-not-finite", f"Mean {k + 1} is not a finite number.")
        covariances = np.stack([_checked_covariance(k, c) for k, c in enumerate(covariances)])
        self._fill(weights, means, covariances, np.zeros_like(means))

    def _fill(
        self,
        weights: np.ndarray,
        means: np.ndarray,
        covariances: np.ndarray,
        means_residual: np.ndarray,
    ) -> None:
        fields = self.__dict__
        fields["weights"] = read_only(weights)
        fields["means"] = read_only(means)
        fields["covariances"] = read_only(covariances)
        fields["means_residual"] = read_only(means_residual)

    def _repr_html_(self) -> str:
        """In a notebook: a row for each component."""
        return mixture_table(self.weights, self.means, self.covariances)

    @classmethod
    def _trusted(
        cls,
        weights: np.ndarray,
        means: np.ndarray,
        covariances: np.ndarray,
        means_residual: np.ndarray,
    ) -> Self:
        """The mixture of arrays that EM itself has computed, without checking them again."""
        mixture = cls.__new__(cls)
        mixture._fill(weights, means, covariances, means_residual)
        return mixture

    @classmethod
    def univariate(cls, weights: ArrayLike, means: ArrayLike, variances: ArrayLike) -> Self:
        """The one-dimensional mixture; weights, means, variances (sigma squared): (K,)."""
        flat_means = _floats("means", means, 1)
        flat_variances = _floats("variances", variances, 1)
        return cls(np.asarray(weights), flat_means[:, None], flat_variances[:, None, None])

    @property
    def n_components(self) -> int:
        return self.means.shape[0]

    @property
    def n_features(self) -> int:
        return self.means.shape[1]

    @property
    def variances(self) -> np.ndarray:
        """(K,) variances (sigma squared) of a one-dimensional mixture."""
        if self.n_features != 1:
            raise InputError(
                "dimension",
                f"variances is for one dimension and this mixture has {self.n_features}: "
                "use covariances.",
            )
        return self.covariances[:, 0, 0]

    @cached_property
    def _factor(self) -> Factor:
        return factorise(self.covariances)

    def log_densities(self, points: ArrayLike) -> np.ndarray:
        """(n, K) log N(x_i | mu_k, Sigma_k), without the weights (PRML 2.43)."""
        values = as_points(points, self.n_features)
        constants = self._factor.half_log_det + 0.5 * self.n_features * LOG_2PI
        log_densities = np.empty((self.n_components, len(values)))
        for begin in range(0, len(values), BLOCK):
            block = np.ascontiguousarray(values[begin : begin + BLOCK].T)
            for k, whiten in enumerate(self._factor.whiten):
                offsets = (block - self.means[k, :, None]) - self.means_residual[k, :, None]
                with np.errstate(over="ignore", invalid="ignore"):
                    whitened = whiten @ offsets
                    squares = np.einsum("ib,ib->b", whitened, whitened)
                squares = np.where(np.isnan(squares), np.inf, squares)
                log_densities[k, begin : begin + BLOCK] = -0.5 * squares - constants[k]
        return log_densities.T

    def log_density(self, points: ArrayLike) -> np.ndarray:
        """(n,) log p(x_i), by log-sum-exp over the components (PRML 2.188)."""
        return np.logaddexp.reduce(self.log_densities(points) + np.log(self.weights), axis=1)

    def density(self, points: ArrayLike) -> np.ndarray:
        """(n,) p(x_i), per unit (in d dimensions per unit to the power d)."""
        return np.exp(self.log_density(points))

    def marginal(self, axes: Sequence[int]) -> Self:
        """The mixture of some of the coordinates, `axes` from 0: what is seen of it along them.

        Its responsibilities are those of these coordinates alone, not this mixture's (PRML 2.98).
        """
        i = np.asarray(axes)
        return self._trusted(
            self.weights,
            self.means[:, i],
            self.covariances[:, i[:, None], i],
            self.means_residual[:, i],
        )

    def sample(self, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw n points: (n, d) points and (n,) the component each came from."""
        labels = rng.choice(self.n_components, size=n, p=self.weights)
        noise = rng.standard_normal((n, self.n_features))
        return self.means[labels] + np.einsum(
            "nij,nj->ni", self._factor.lower[labels], noise
        ), labels

    def n_parameters(self, covariance_type: CovarianceType = "full") -> int:
        """Number of free parameters: K - 1 weights, K d means and those of the covariances."""
        return n_parameters(self.n_components, self.n_features, covariance_type)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: weights, means and covariances as nested lists of floats."""
        return {
            "weights": self.weights.tolist(),
            "means": self.means.tolist(),
            "covariances": self.covariances.tolist(),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The mixture that `to_dict` wrote. Raises InputError for anything else."""
        missing = [k for k in ("weights", "means", "covariances") if k not in values]
        if missing:
            raise InputError("missing", f"The mixture has no {missing[0]}: give all three.")
        return cls(values["weights"], values["means"], values["covariances"])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, GaussianMixture):
            return NotImplemented
        return (
            np.array_equal(self.weights, other.weights)
            and np.array_equal(self.means, other.means)
            and np.array_equal(self.covariances, other.covariances)
        )

    def __hash__(self) -> int:
        return hash((self.weights.tobytes(), self.means.tobytes(), self.covariances.tobytes()))

    def __repr__(self) -> str:
        def short(values: np.ndarray) -> str:
            return np.array2string(values, precision=4, separator=", ", threshold=24)

        if self.n_features == 1:
            return (
                f"GaussianMixture.univariate(weights={short(self.weights)}, "
                f"means={short(self.means[:, 0])}, variances={short(self.variances)})"
            )
        return (
            f"GaussianMixture(K={self.n_components}, d={self.n_features}, "
            f"weights={short(self.weights)}, means={short(self.means)})"
        )


def read_only(array: np.ndarray) -> np.ndarray:
    """The same array, no longer writeable."""
    array.flags.writeable = False
    return array


def factorise(covariances: np.ndarray) -> Factor:
    """Cholesky factors of (..., d, d), taken of the correlation matrices.

    So axes in units of 1e-6 and 1e6, or of 1e150, lose nothing.
    """
    if covariances.shape[-1] == 1:
        deviations = np.sqrt(covariances)
        return Factor(deviations, 1.0 / deviations, np.log(deviations[..., 0, 0]))
    deviations = np.sqrt(np.diagonal(covariances, axis1=-2, axis2=-1))
    lower = np.linalg.cholesky(_correlations(covariances))
    whiten = np.tril(np.linalg.inv(lower)) / deviations[..., None, :]
    logs = np.log(np.diagonal(lower, axis1=-2, axis2=-1)) + np.log(deviations)
    return Factor(lower * deviations[..., :, None], whiten, logs.sum(axis=-1))


def smallest_correlation_eigenvalue(covariances: np.ndarray) -> np.ndarray:
    """(...) smallest eigenvalue of the correlation matrix of each (..., d, d) covariance."""
    return np.linalg.eigvalsh(_correlations(covariances))[..., 0]


def n_parameters(n_components: int, n_features: int, covariance_type: str = "full") -> int:
    """Free parameters of K Gaussians in d dimensions: K − 1 weights, K·d means, the covariances.

    Raises `InputError` ("covariance-type") for a type other than full, tied, diag, spherical.
    """
    of_one = covariance_parameters(n_features, covariance_type)
    n_covariances = 1 if covariance_type == "tied" else n_components
    return n_components - 1 + n_components * n_features + n_covariances * of_one


def covariance_parameters(n_features: int, covariance_type: str) -> int:
    """Free parameters of one (d, d) covariance; of type tied there is one for all components."""
    each_full = n_features * (n_features + 1) // 2
    counts = {"full": each_full, "tied": each_full, "diag": n_features, "spherical": 1}
    return counts[checked_covariance_type(covariance_type)]


def checked_covariance_type(covariance_type: str) -> CovarianceType:
    """The same, known to be one. Raises InputError ("covariance-type") for any other."""
    for known in COVARIANCE_TYPES:
        if covariance_type == known:
            return known
    raise InputError(
        "covariance-type",
        f"Covariance type {covariance_type!r} is unknown: choose full, tied, diag or spherical.",
    )


def _correlations(covariances: np.ndarray) -> np.ndarray:
    deviations = np.sqrt(np.diagonal(covariances, axis1=-2, axis2=-1))
    return covariances / deviations[..., :, None] / deviations[..., None, :]


def _floats(name: str, values: ArrayLike, ndim: int) -> np.ndarray:
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            "not-numeric", f"The {name} are not all numbers: give {ndim} level(s) of numbers."
        ) from error
    if array.ndim != ndim or array.size == 0:
        raise InputError(
            "shape", f"The {name} have shape {array.shape}: give {ndim} dimension(s), none empty."
        )
    return array


def _checked_weights(weights: np.ndarray) -> np.ndarray:
    for k, weight in enumerate(weights, start=1):
        if not np.isfinite(weight):
            raise InputError("weight-not-finite", f"Weight {k} is not a number.")
        if weight == 0:
            raise InputError(
                "weight-zero", f"Weight {k} is 0: a component with weight 0 can never come back."
            )
        if weight < 0:
            raise InputError(
                "weight-negative",
                f"Weight {k} is negative ({number(weight)}): give a number above 0.",
            )
    total = weights.sum()
    if abs(total - 1.0) > WEIGHT_SUM_TOLERANCE:
        raise InputError(
            "weight-sum", f"The weights sum to {number(total)}, not to 1: divide each by their sum."
        )
    rounding = 4 * len(weights) * np.finfo(float).eps
    return weights if abs(total - 1.0) <= rounding else weights / total


def _checked_covariance(k: int, covariance: np.ndarray) -> np.ndarray:
    name = f"Variance {k + 1}" if covariance.size == 1 else f"Covariance {k + 1}"
    if not np.isfinite(covariance).all():
        raise InputError("variance-not-finite", f"{name} is not a finite number.")
    for variance in np.diagonal(covariance):
        if variance < 0:
            raise InputError(
                "variance-negative",
                f"{name} is negative ({number(variance)}): give a number above 0.",
            )
        if variance == 0:
            is_0 = "is 0" if covariance.size == 1 else "has a variance of 0"
            raise InputError("variance-zero", f"{name} {is_0}: give a number above 0.")
    if covariance.size == 1:
        return covariance
    correlations = _correlations(covariance)
    if np.abs(correlations - correlations.T).max() > 1e-8:
        raise InputError("not-symmetric", f"{name} is not symmetric: make [i, j] equal [j, i].")
    if smallest_correlation_eigenvalue(covariance) <= SINGULAR:
        raise InputError("not-positive-definite", f"{name} {_why_singular(correlations)}")
    return (covariance + covariance.T) / 2


def _why_singular(correlations: np.ndarray) -> str:
    if len(correlations) == 2:
        return (
            "is not positive definite: |correlation| must be below 1 "
            f"(here {rough(abs(correlations[0, 1]), 6)})."
        )
    return "is not positive definite: all its eigenvalues must be above 0."
