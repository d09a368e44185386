import numpy as np
import pytest
from scipy import stats
from sklearn.mixture import GaussianMixture as Peer

from em_core import GaussianMixture, InputError
from em_core.datasets import load
from em_core.inference.criteria import aic, aicc, bic, criteria, doubt, entropy, icl
from em_core.mixture import n_parameters

TYPES = ["full", "tied", "diag", "spherical"]


def peer_fit(points, n_components, covariance_type):
    """scikit-learn's fit, and the same parameters as one of our mixtures."""
    peer = Peer(n_components, covariance_type=covariance_type, random_state=0, reg_covar=0)
    peer.fit(points)
    eye = np.eye(points.shape[1])
    covariances = {
        "full": lambda c: c,
        "tied": lambda c: np.stack([c] * n_components),
        "diag": lambda c: c[:, :, None] * eye,
        "spherical": lambda c: c[:, None, None] * eye,
    }[covariance_type](peer.covariances_)
    return peer, GaussianMixture(peer.weights_, peer.means_, covariances)


@pytest.mark.parametrize("covariance_type", TYPES)
@pytest.mark.parametrize("name", ["old_faithful_waiting", "penguins"])
def test_criteria_are_scikit_learns(name, covariance_type):
    points = load(name).points
    peer, mixture = peer_fit(points, 3, covariance_type)
    found = criteria(points, mixture, covariance_type)
    assert found.n_parameters == peer._n_parameters()
    assert found.n == len(points)
    assert found.log_likelihood == pytest.approx(peer.score(points) * len(points), rel=1e-10)
    assert found.aic == pytest.approx(peer.aic(points), rel=1e-10)
    assert found.bic == pytest.approx(peer.bic(points), rel=1e-10)
    unsure = stats.entropy(peer.predict_proba(points), axis=1).sum()
    assert found.entropy == pytest.approx(unsure, rel=1e-8)
    certain = np.log(peer.predict_proba(points).max(axis=1)).sum()
    assert found.doubt == pytest.approx(-certain, rel=1e-8)
    assert found.icl == pytest.approx(peer.bic(points) - 2 * certain, rel=1e-10)


@pytest.mark.parametrize(
    ("covariance_type", "count"), [("full", 29), ("tied", 17), ("diag", 20), ("spherical", 14)]
)
def test_parameters_of_three_components_in_three_dimensions(covariance_type, count):
    assert n_parameters(3, 3, covariance_type) == count


@pytest.mark.parametrize("covariance_type", TYPES)
@pytest.mark.parametrize(("n_components", "n_features"), [(1, 1), (2, 1), (3, 2), (4, 5)])
def test_the_count_is_that_of_the_mixture(n_components, n_features, covariance_type):
    mixture = GaussianMixture(
        np.full(n_components, 1 / n_components),
        np.zeros((n_components, n_features)),
        np.stack([np.eye(n_features)] * n_components),
    )
    count = n_parameters(n_components, n_features, covariance_type)
    assert count == mixture.n_parameters(covariance_type)


def test_an_unknown_type_has_no_count():
    with pytest.raises(InputError) as refusal:
        n_parameters(2, 2, "round")
    assert refusal.value.code == "covariance-type"


def test_formulas_by_hand():
    assert aic(-100.0, 5) == 210
    assert bic(-100.0, 5, np.e**2) == pytest.approx(210)
    assert icl(-100.0, 5, np.e**2, 3.0) == pytest.approx(216)
    assert aicc(-100.0, 5, 16) == pytest.approx(210 + 60 / 10)
    assert aicc(-100.0, 5, 6) == np.inf


def test_entropy_is_zero_where_certain_and_largest_where_even():
    assert entropy([[1, 0], [0, 1]]) == 0
    assert entropy([[0.25] * 4] * 3) == pytest.approx(3 * np.log(4))
    assert entropy([[0.5, 0.5], [1, 0]], sample_weight=[3, 7]) == pytest.approx(3 * np.log(2))


def test_doubt_looks_at_the_most_probable_component():
    assert doubt([[1, 0], [0, 1]]) == 0
    assert doubt([[0.5, 0.25, 0.25]], sample_weight=[3]) == pytest.approx(3 * np.log(2))


def test_weights_count_as_repetition():
    points, counts = np.array([0.0, 1.0, 4.0, 5.0, 6.0]), np.array([3, 1, 2, 0, 4])
    mixture = GaussianMixture.univariate([0.4, 0.6], [1, 5], [1, 2])
    weighted = criteria(points, mixture, sample_weight=counts)
    repeated = criteria(np.repeat(points, counts), mixture)
    assert weighted.n == repeated.n == 10
    for name in ("log_likelihood", "entropy", "aic", "aicc", "bic", "icl"):
        assert getattr(weighted, name) == pytest.approx(getattr(repeated, name), rel=1e-13)


def test_two_groups_are_preferred_for_old_faithful_and_one_for_one_gaussian():
    waiting = load("old_faithful_waiting").points
    noise = np.random.default_rng(0).normal(size=(300, 1))
    best = {}
    for name, points in (("waiting", waiting), ("noise", noise)):
        values = [criteria(points, peer_fit(points, k, "full")[1]).bic for k in (1, 2, 3)]
        best[name] = 1 + int(np.argmin(values))
    assert best == {"waiting": 2, "noise": 1}
