"""The parameters at the cursor as code that makes scikit-learn's `GaussianMixture` of them."""

import numpy as np

from em_core import CovarianceType, GaussianMixture
from explorer.export.literal import array_code
from explorer.model.shapes import is_of_type

_FACTORS = {
    "full": "np.linalg.inv(np.linalg.cholesky(model.covariances_)).transpose(0, 2, 1)",
    "tied": "np.linalg.inv(np.linalg.cholesky(model.covariances_)).T",
    "diag": "1 / np.sqrt(model.covariances_)",
    "spherical": "1 / np.sqrt(model.covariances_)",
}
"""The attribute `precisions_cholesky_`, which `predict_proba` works with, for each type."""


_NO_COUNTS = """\
# The points were fitted with counts. scikit-learn's model.fit has no sample_weight: repeat each
# point as often as it counts before you fit this model again.
"""


def sklearn_code(
    mixture: GaussianMixture,
    covariance_type: CovarianceType,
    whose: str = "these parameters",
    counted: bool = False,
) -> str:
    """Python code, complete with imports, that leaves a ready-to-use `model`.

    `model.predict_proba(points)`, points (n, d), gives the responsibilities under `mixture`.
    whose: what the parameters are called in the code's last remark; counted: the points they
    were fitted to have counts, which scikit-learn's own `fit` cannot use.
    A mixture that is not of `covariance_type` (a start may not be) is handed over as "full".
    """
    kind = covariance_type if is_of_type(mixture, covariance_type) else "full"
    return f"""\
import numpy as np
from sklearn.mixture import GaussianMixture

model = GaussianMixture(n_components={mixture.n_components}, covariance_type="{kind}")
model.weights_ = {array_code(mixture.weights)}
model.means_ = {array_code(mixture.means)}
model.covariances_ = {array_code(_covariances(mixture, kind))}
model.precisions_cholesky_ = {_FACTORS[kind]}

# points of shape (n, {mixture.n_features}):
# model.predict_proba(points) gives the responsibilities by {whose},
# model.score_samples(points) the logarithm of their density, log p(x).
{_NO_COUNTS * counted}"""


def _covariances(mixture: GaussianMixture, kind: str) -> np.ndarray:
    """In scikit-learn's shape: full (K, d, d), tied (d, d), diag (K, d), spherical (K,)."""
    match kind:
        case "tied":
            return mixture.covariances[0]
        case "diag":
            return np.diagonal(mixture.covariances, axis1=1, axis2=2)
        case "spherical":
            return mixture.covariances[:, 0, 0]
        case _:
            return mixture.covariances
