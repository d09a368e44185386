"""EM in 60- to 80-digit arithmetic, worked out elsewhere: oracle/*.json hold its digits."""

import json
from pathlib import Path

import numpy as np
import pytest

from em_core import GaussianMixture, InputError, e_step, fit, m_step

CASES = {path.stem: path for path in sorted((Path(__file__).parent / "oracle").glob("*.json"))}
COVARIANCE_TYPES = {"equal": "tied", "unequal": "full"}
RTOL = {"hard_near_singular_2d": 1e-6, "hard_n2_k2": 1e-12}
LOG_LIKELIHOOD_RTOL = {"hard_near_singular_2d": 1e-6}
REFUSED = {"hard_weight_zero"}


def _start(case: dict) -> GaussianMixture:
    start = case["start"]
    if case["dim"] == 1:
        return GaussianMixture.univariate(start["weights"], start["means"], start["variances"])
    return GaussianMixture(start["weights"], start["means"], start["covariances"])


def _states(case: dict) -> dict[int, dict]:
    return {int(t): state for t, state in case["expected"].items() if t.isdigit()}


def _read(name: str) -> tuple[dict, str]:
    case = json.loads(CASES[name].read_text())
    return case, COVARIANCE_TYPES.get(case["covariance"], case["covariance"])


def _assert_state(mixture: GaussianMixture, state: dict, rtol: float) -> None:
    spread = np.sqrt(np.diagonal(mixture.covariances, axis1=1, axis2=2))
    scale = np.maximum(np.abs(mixture.means), spread)
    means = np.reshape(state["means"], mixture.means.shape)
    np.testing.assert_allclose(mixture.weights, state["weights"], rtol=rtol)
    assert (np.abs(mixture.means - means) <= rtol * scale).all()
    expected = state.get("covariances") or state["variances"]
    np.testing.assert_allclose(
        mixture.covariances, np.reshape(expected, mixture.covariances.shape), rtol=rtol
    )


@pytest.mark.parametrize("name", [name for name in CASES if name not in REFUSED])
def test_fit_reproduces_the_digits(name):
    case, covariance_type = _read(name)
    trace = fit(case["data"], _start(case), covariance_type, max_iter=10, tol=0)
    compared = 0
    for t, state in _states(case).items():
        if t > trace.n_iter or state.get("loglik") is None:
            continue
        compared += 1
        log_likelihood_rtol = LOG_LIKELIHOOD_RTOL.get(name, 1e-13)
        assert trace.log_likelihoods[t] == pytest.approx(state["loglik"], rel=log_likelihood_rtol)
        if t:
            _assert_state(trace.mixtures[t], state, RTOL.get(name, 1e-13))
    assert compared >= 2


@pytest.mark.parametrize(
    "name", [n for n in CASES if n not in REFUSED and not n.startswith(("hard_n2", "hard_dup"))]
)
def test_the_two_steps_by_hand_reproduce_the_digits(name):
    case, covariance_type = _read(name)
    mixture = _start(case)
    for t in range(1, 11):
        responsibilities = e_step(case["data"], mixture).responsibilities
        mixture = m_step(case["data"], responsibilities, covariance_type)
        if t in _states(case):
            _assert_state(mixture, _states(case)[t], RTOL.get(name, 1e-12))


@pytest.mark.parametrize("name", ["hard_duplicates_two_values", "hard_n2_k2"])
def test_a_collapse_ends_the_run_on_the_last_finite_parameters(name):
    case, covariance_type = _read(name)
    trace = fit(case["data"], _start(case), covariance_type, tol=0)
    assert trace.outcome == "collapsed"
    assert trace.components == (0, 1)
    assert "Components 1 and 2" in trace.message
    assert f"iteration {trace.iteration}" in trace.message
    assert np.isfinite(trace.log_likelihoods).all()


def test_a_start_weight_of_0_is_refused():
    case, _ = _read("hard_weight_zero")
    with pytest.raises(InputError, match="Weight 1 is 0: a component with weight 0") as refused:
        _start(case)
    assert refused.value.code == "weight-zero"


@pytest.mark.parametrize("name", [n for n in CASES if not n.startswith("hard")])
def test_it_converges_to_the_reference_optimum(name):
    case, covariance_type = _read(name)
    trace = fit(case["data"], _start(case), covariance_type, max_iter=5000, tol=1e-13)
    expected = case["expected"]["converged"]
    assert trace.outcome == "converged"
    assert trace.log_likelihoods[-1] == pytest.approx(expected["loglik"], rel=1e-9)
    assert _start(case).n_parameters(covariance_type) == expected["n_params"]
