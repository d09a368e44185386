"""What is seen of a mixture, and of a run, along some of its coordinates."""

import numpy as np
import pytest
from scipy import stats
from sklearn.mixture import GaussianMixture as SklearnMixture

from em_core import GaussianMixture, candidate, fit
from em_core.datasets import load

IRIS = load("iris").points


def any_mixture(d: int) -> GaussianMixture:
    rng = np.random.default_rng(d)
    factors = rng.normal(size=(3, d, d))
    covariances = np.einsum("kij,klj->kil", factors, factors) + 0.1 * np.eye(d)
    return GaussianMixture(rng.dirichlet(np.ones(3)), rng.normal(size=(3, d)), covariances)


@pytest.mark.parametrize("axes", [(0, 2), (3, 1), (2,)])
def test_a_marginal_is_what_integrating_the_other_coordinates_away_leaves(axes):
    mixture = any_mixture(4)
    seen = mixture.marginal(axes)
    drawn, _ = mixture.sample(200_000, np.random.default_rng(0))
    assert np.cov(drawn[:, axes].T) == pytest.approx(
        np.cov(seen.sample(200_000, np.random.default_rng(1))[0].T), abs=0.08
    )
    places = np.random.default_rng(2).normal(size=(5, len(axes)))
    expected = sum(
        w * stats.multivariate_normal(m[list(axes)], c[np.ix_(axes, axes)]).pdf(places)
        for w, m, c in zip(mixture.weights, mixture.means, mixture.covariances, strict=True)
    )
    assert seen.density(places) == pytest.approx(expected, rel=1e-12)


def test_a_run_seen_along_two_coordinates_keeps_its_log_likelihoods():
    trace = fit(IRIS, candidate(IRIS, 3, n_starts=2).runs[0].start)
    seen = trace.marginal((3, 1))
    assert seen.log_likelihoods is trace.log_likelihoods
    assert seen.mixtures[-1] == trace.mixtures[-1].marginal((3, 1))
    assert not seen.means.flags.writeable


@pytest.mark.parametrize(("n_components", "printed"), [(2, -214.3547), (3, -180.1859)])
def test_iris_in_four_dimensions_has_the_published_log_likelihoods(n_components, printed):
    """mclust's VVV models; for three components it prints the ending of its own start."""
    found = candidate(IRIS, n_components, n_starts=20)
    assert found.log_likelihood == pytest.approx(printed, abs=5e-4)
    oracle = SklearnMixture(
        n_components,
        tol=1e-12,
        reg_covar=0,
        max_iter=2000,
        weights_init=found.mixture.weights,
        means_init=found.mixture.means,
        precisions_init=np.linalg.inv(found.mixture.covariances),
    ).fit(IRIS)
    assert oracle.score(IRIS) * len(IRIS) == pytest.approx(found.log_likelihood, abs=1e-6)
    assert oracle.bic(IRIS) == pytest.approx(found.bic, abs=1e-6)
    assert oracle.means_ == pytest.approx(found.mixture.means, abs=1e-4)


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_twelve_steps_in_four_dimensions_are_those_of_scikit_learn(covariance_type):
    start = candidate(IRIS, 3, covariance_type, n_starts=1).runs[0].start
    trace = fit(IRIS, start, covariance_type, max_iter=12, tol=0)
    precisions = np.linalg.inv(start.covariances)
    kinds = {
        "full": precisions,
        "tied": precisions[0],
        "diag": np.diagonal(precisions, axis1=1, axis2=2),
        "spherical": precisions[:, 0, 0],
    }
    oracle = SklearnMixture(
        3,
        covariance_type=covariance_type,
        tol=0,
        reg_covar=0,
        max_iter=12,
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=kinds[covariance_type],
    )
    with pytest.warns(UserWarning, match="did not converge"):
        oracle.fit(IRIS)
    assert trace.means[-1] == pytest.approx(oracle.means_, rel=1e-9)
    assert trace.log_likelihoods[-1] == pytest.approx(oracle.score(IRIS) * 150, rel=1e-9)
