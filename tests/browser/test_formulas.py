"""The browser's formulas and numbers, on an empty page, against em_core."""

import numpy as np
import pytest

from em_core import GaussianMixture, Rules, e_step, wording
from explorer.stage.payload import mixture_payload


def formula_cases():
    rng = np.random.default_rng(11)
    for scale, offset in ((1.0, 0.0), (1e-6, 0.0), (1e8, 0.0), (1.0, 1e9)):
        means = offset + scale * rng.normal(size=3)
        mixture = GaussianMixture.univariate(
            rng.dirichlet(np.ones(3)), means, (scale * rng.uniform(0.1, 2, 3)) ** 2
        )
        yield mixture, (offset + scale * rng.normal(scale=4, size=(40, 1)))
    for spread in (1.0, 1e3):
        factors = rng.normal(size=(4, 2, 2)) * [1.0, spread]
        covariances = np.einsum("kij,kil->kjl", factors, factors) + 0.05 * np.diag([1, spread**2])
        means = rng.normal(size=(4, 2)) * [1, spread]
        mixture = GaussianMixture(rng.dirichlet(np.ones(4)), means, covariances)
        yield mixture, rng.normal(scale=3, size=(40, 2)) * [1, spread]


@pytest.mark.parametrize(
    "case",
    list(formula_cases()),
    ids=["plain", "small", "large", "far from zero", "plane", "plane with unlike axes"],
)
def test_the_formulas_are_those_of_em_core(module, case):
    mixture, points = case
    page = module("formulas")
    logs, posteriors, evidence = page.evaluate(
        """([mixture, points]) => {
          const { logWeightedDensity, posterior } = formulas;
          const logs = [], posteriors = [], evidence = [];
          for (const [x, y] of points) {
            const shares = new Float64Array(mixture.K);
            evidence.push(posterior(mixture, x, y, shares));
            posteriors.push([...shares]);
            logs.push([...shares.keys()].map((k) => logWeightedDensity(mixture, k, x, y)));
          }
          return [logs, posteriors, evidence];
        }""",
        [mixture_payload(mixture), points.tolist()],
    )
    e = e_step(points, mixture)
    expected = mixture.log_densities(points) + np.log(mixture.weights)
    assert np.array(logs) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert np.array(posteriors) == pytest.approx(e.responsibilities, abs=1e-12)
    assert sum(evidence) == pytest.approx(e.log_likelihood, rel=1e-12)


def many_columns():
    """Mixtures in three to ten dimensions whose axes have quite other units, and points."""
    rng = np.random.default_rng(5)
    for d in (3, 4, 10):
        units = 10.0 ** rng.integers(-4, 5, d)
        factors = rng.normal(size=(4, d, d))
        covariances = np.einsum("kij,klj->kil", factors, factors) + 0.2 * np.eye(d)
        covariances *= np.outer(units, units)
        means = rng.normal(size=(4, d)) * units
        mixture = GaussianMixture(rng.dirichlet(np.ones(4)), means, covariances)
        yield mixture, rng.normal(scale=2, size=(30, d)) * units


@pytest.mark.parametrize("case", list(many_columns()), ids=["3", "4", "10"])
@pytest.mark.parametrize("temperature", [1, 2.5, 0])
def test_shares_by_all_columns_are_those_of_em_core_though_two_are_drawn(module, case, temperature):
    mixture, points = case
    pair = (points.shape[1] - 1, 1)
    module("run")
    page = module("formulas")
    seen = page.evaluate(
        """([mixture, pair]) => {
          const [w, m, c] = [mixture.w, mixture.m, mixture.c].map((a) => Float64Array.from(a));
          const whole = { ...mixture, w, m, c };
          const seen = formulas.marginal(whole, pair);
          return [seen.d, [...seen.w], [...seen.m], [...seen.c]];
        }""",
        [mixture_payload(mixture), pair],
    )
    shares = page.evaluate(
        """([mixture, points, temperature]) => {
          const [w, m, c] = [mixture.w, mixture.m, mixture.c].map((a) => Float64Array.from(a));
          const whole = { ...mixture, w, m, c };
          const options = { rules: { temperature } };
          return [...run.sharesOf({ options }, { d: 2, whole }, points)];
        }""",
        [mixture_payload(mixture), points.ravel().tolist(), temperature],
    )
    rules = Rules(temperature=temperature)
    expected = e_step(points, mixture, rules=rules).responsibilities
    assert np.reshape(shares, expected.shape) == pytest.approx(expected, abs=1e-12)
    drawn = mixture_payload(mixture.marginal(pair))
    assert seen == [2, drawn["w"], drawn["m"], drawn["c"]]


def some_numbers():
    """Some thousands, of every size and length, with ties and with roundings that carry over."""
    rng = np.random.default_rng(7)
    anywhere = rng.choice([-1, 1], 1500) * 10 ** rng.uniform(-12, 14, 1500)
    short = np.round(rng.normal(size=1000) * 10.0 ** rng.integers(-3, 6, 1000), 2)
    ties = rng.integers(1, 9999, 400) * 10.0 ** rng.integers(-2, 3, 400) + 0.5
    edges = [10.0**p * f for p in range(-8, 18) for f in (1, 0.99995, 0.99994999, 1.00005, 9.9996)]
    special = [
        0.0,
        -0.0,
        5e-324,
        1.7976931348623157e308,
        2.00003,
        34922.1,
        999999.7,
        1e21,
        0.1 + 0.2,
    ]
    return [*anywhere.tolist(), *short.tolist(), *ties.tolist(), *edges, *special]


@pytest.mark.parametrize(
    ("call", "write"),
    [
        ("numbers.number(x)", wording.number),
        ("numbers.number(x, null, 3)", lambda x: wording.number(x, digits=3)),
        ("numbers.number(x, null, 15)", lambda x: wording.number(x, digits=15)),
        ("numbers.number(x, 2.5)", lambda x: wording.number(x, 2.5)),
        ("numbers.number(x, 1e-7)", lambda x: wording.number(x, 1e-7)),
        ("numbers.dataValue(x, 2.5)", lambda x: wording.data_value(x, 2.5)),
        ("numbers.logLikelihood(x)", wording.log_likelihood),
        ("numbers.signed(x)", wording.signed),
        ("numbers.rough(x)", wording.rough),
        ("numbers.percent(x)", wording.percent),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_numbers_are_written_as_em_core_writes_them(module, call, write):
    values = some_numbers()
    page = module("numbers")
    drawn = page.evaluate(f"(values) => values.map((x) => {call})", values)
    beyond = page.evaluate("[NaN, Infinity, -Infinity].map((x) => numbers.number(x))")
    wrong = [(x, a, b) for x, a in zip(values, drawn, strict=True) if a != (b := write(x))]
    assert wrong == []
    assert beyond == ["–", "∞", "−∞"]
