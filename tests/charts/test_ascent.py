"""What js/ascent.js is told."""

from base64 import b64decode
from dataclasses import replace

import numpy as np

from em_core import Options, Parameter, Rules
from explorer.charts.ascent import ascent_payload
from explorer.model import ascent
from explorer.model.examples import named_data, suggested_start
from explorer.model.problem import Problem
from explorer.model.runs import run


def told(along=None, name="worked_example", **options):
    data = named_data(name)
    here = run(Problem(data, suggested_start(data), Options(**options)))
    made = ascent.begun(here, along)
    return here, made, ascent_payload(made, "r")


def singles(text: str, m: int) -> np.ndarray:
    return np.frombuffer(b64decode(text), "<f4").reshape(-1, m)


def test_curves_are_gains_over_where_the_iteration_began():
    here, made, sent = told()
    lowered = singles(sent["lowered"], len(made.places))
    gains = singles(sent["gains"], len(made.places))
    assert lowered.shape == (here.trace.n_iter, len(made.places))
    at_start, at_peak = (int(np.argmin(np.abs(made.places - s))) for s in (0, 1))
    np.testing.assert_allclose(gains[:, at_start], 0, atol=1e-6)
    rose = np.diff(here.trace.log_likelihoods)
    np.testing.assert_allclose(gains[:, at_peak], rose, rtol=1e-5, atol=1e-6)
    raised = here.trace.lower_bounds - here.trace.log_likelihoods[:-1]
    np.testing.assert_allclose(lowered[:, at_peak], raised, rtol=1e-5, atol=1e-6)
    assert sent["heights"] == here.trace.log_likelihoods.tolist()
    assert sent["road"] is None


def test_over_a_variance_the_axis_is_logarithmic_and_has_the_unit_squared():
    here, _, sent = told(Parameter("variance", 1), "old_faithful_waiting")
    assert sent["logarithmic"]
    assert sent["title"] == "Variance 2 (min²)"
    assert sent["road"] == here.trace.covariances[:, 1, 0, 0].tolist()
    assert told(Parameter("weight", 0), "old_faithful_waiting")[2]["title"] == "Weight 1"


def test_at_another_temperature_it_is_the_free_energy_that_never_falls():
    here, _, sent = told(rules=Rules(temperature=2.0))
    assert sent["height"] == "free energy"
    assert sent["heights"] == here.trace.free_energies.tolist()
    assert (np.diff(sent["heights"]) >= 0).all()


def test_a_run_without_an_m_step_has_no_curves():
    _, made, sent = told(max_iter=0)
    assert made.curves == ()
    assert sent["gains"] == sent["lowered"] == ""


def test_what_is_no_number_travels_as_none():
    here, made, _ = told()
    bounds = here.trace.lower_bounds.copy()
    bounds[0] = -np.inf
    odd = replace(made, run=replace(here, trace=replace(here.trace, lower_bounds=bounds)))
    assert ascent_payload(odd, "r")["bounds"][0] is None
