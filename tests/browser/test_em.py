"""EM in the browser, on an empty page, against em_core: hundreds of random problems in all its
covariance types, rules and endings."""

from collections import Counter
from dataclasses import asdict

import numpy as np
import pytest

from em_core import GaussianMixture, Options, Rules, fit
from em_core.mixture import COVARIANCE_TYPES
from explorer.stage.payload import mixture_payload, options_payload

EXACT = 1e-9


def some_rules(rng, K, covariance_type):
    """Plain EM every other time."""
    if rng.random() < 0.5:
        return Rules()
    drawn = {
        name: tuple(np.flatnonzero(rng.random(K) < 0.3))
        for name in asdict(Rules())
        if "fix" in name
    }
    if covariance_type == "tied":
        drawn["fixed_covariances"] = tuple(range(K)) if rng.random() < 0.3 else ()
    equal = bool(rng.random() < 0.3)
    if equal or len(drawn["fixed_weights"]) == K:
        drawn["fixed_weights"] = ()
    temperature = float(rng.choice([1.0, 0.0, 0.3, 2.5, 20.0], p=[0.4, 0.2, 0.15, 0.15, 0.1]))
    return Rules(temperature, equal, **drawn)


def some_problem(rng):
    """Points, a start, options and perhaps counts: in up to ten dimensions, of any size, far from
    zero, rounded or not, in groups or in one."""
    d = int(rng.choice([1, 1, 1, 2, 2, 2, 3, 4, 10]))
    K, n = int(rng.integers(1, 6)), int(rng.integers(5, 60))
    covariance_type = str(rng.choice(COVARIANCE_TYPES))
    centres = rng.normal(scale=rng.choice([0.5, 4]), size=(K, d))
    points = centres[rng.integers(K, size=n)] + rng.normal(size=(n, d))
    if rng.random() < 0.3:
        points = points.round(1)
    means = points[rng.choice(n, K)] + 0.1 * rng.normal(size=(K, d))
    factors = rng.normal(size=(K, d, d)) + 0.5 * np.eye(d)
    covariances = factors @ factors.swapaxes(1, 2) + 0.05 * np.eye(d)
    weights = rng.dirichlet(np.full(K, 3.0))
    unit = 10.0 ** rng.integers(-6, 7, size=1 if covariance_type == "spherical" else d)
    offset = unit * rng.choice([0, 0, 1e3, 1e9])
    start = GaussianMixture(
        weights, offset + means * unit, covariances * (unit[:, None] * unit if d > 1 else unit**2)
    )
    options = Options(
        covariance_type,
        tol=float(rng.choice([1e-6, 1e-4, 0.0])),
        max_iter=int(rng.choice([0, 1, 12, 200, 200])),
        variance_floor=float(rng.choice([0.0, 0.0, 0.01, 0.3])),
        rules=some_rules(rng, K, covariance_type),
    )
    counts = rng.integers(1, 9, size=n).astype(float) if rng.random() < 0.25 else None
    return offset + points * unit, start, options, counts


_RUN = """(problems) => problems.map(([values, { K, d, w, m, c }, options, counts]) => {
  const [typed, plain] = [(list) => Float64Array.from(list), (list) => Array.from(list)];
  const start = { K, d, w: typed(w), m: typed(m), c: typed(c) };
  const run = em.runFrom(values, start, options, counts);
  const mixtures = run.mixtures.map(({ w, m, c }) => [w, m, c].map(plain));
  return { ...run, mixtures, logLikelihoods: plain(run.logLikelihoods) };
})"""


def runs_in_the_browser(module, problems):
    page = module("em")
    return page.evaluate(
        _RUN,
        [
            [
                p.ravel().tolist(),
                mixture_payload(s),
                options_payload(o),
                None if c is None else c.tolist(),
            ]
            for p, s, o, c in problems
        ],
    )


def difference(points, trace, run):
    """The largest of any parameter and log-likelihood, in units of the data, of 1 nat a point, and
    of what a double can tell apart so far from zero. What a collapse itself leaves is rounding."""
    K, d = trace.means.shape[1:]
    compared = len(trace.weights) - (trace.outcome == "collapsed")
    if compared == 0:
        return 0.0
    span = np.ptp(points, axis=0)
    upper = np.triu_indices(d)
    weights, means, covariances = (
        np.array(parameter) for parameter in zip(*run["mixtures"][:compared], strict=True)
    )
    grain = 4 * np.spacing(np.abs(points).max(axis=0)) / EXACT
    true_covariances = trace.covariances[:compared, :, *upper]
    off_covariances = covariances.reshape(compared, K, -1) - true_covariances
    log_likelihoods = np.array(run["logLikelihoods"][:compared])
    off = [
        weights - trace.weights[:compared],
        (means.reshape(-1, K, d) - trace.means[:compared]) / (span + grain),
        off_covariances / (span[:, None] * span)[upper],
        (log_likelihoods - trace.log_likelihoods[:compared]) / len(points),
    ]
    return max(np.abs(each).max() for each in off)


@pytest.mark.parametrize("seed", range(4))
def test_hundreds_of_runs_are_those_of_em_core(module, seed):
    rng = np.random.default_rng(seed)
    problems = [some_problem(rng) for _ in range(150)]
    outcomes = Counter()
    runs = runs_in_the_browser(module, problems)
    for (points, start, options, counts), run in zip(problems, runs, strict=True):
        trace = fit(points, start, **options.keywords(), sample_weight=counts)
        assert (run["outcome"], run["iteration"]) == (trace.outcome, trace.iteration), options
        assert len(run["mixtures"]) >= trace.n_iter + (trace.outcome != "collapsed")
        assert difference(points, trace, run) < EXACT, options
        outcomes[trace.outcome] += 1
    assert min(outcomes[name] for name in ("converged", "max_iter", "collapsed", "empty")) > 0


def near_an_edge():
    """Starved, near a collapse, and starts that the first iteration has to put right."""
    points = np.array([[0.0], [0.1], [0.2], [0.999], [1.0]])
    for mean in (1.9, 2.216, 9):
        start = GaussianMixture.univariate([0.5, 0.5], [0.3, mean], [0.1, 0.001])
        yield points, start, Options(max_iter=3), None
    close = np.array([[0.0], [1.5e-8], [0.5], [0.7], [1.0]])
    yield close, GaussianMixture.univariate([0.4, 0.6], [7e-9, 0.7], [1e-16, 0.1]), Options(), None
    thin = GaussianMixture.univariate([0.4, 0.6], [0, 0.7], [1e-26, 0.1])
    yield close, thin, Options(rules=Rules(fixed_covariances=(0,))), None
    even = GaussianMixture.univariate([0.5, 0.5], [-1, 1], [1, 1])
    pair = np.array([[-2.0], [-1.0], [-0.5], [0.5], [1.0], [2.0]])
    for rules, floor, kind in (
        (Rules(equal_weights=True), 0.0, "full"),
        (Rules(), 0.3, "full"),
        (Rules(), 0.0, "tied"),
        (Rules(fixed_covariances=(0, 1)), 0.0, "tied"),
    ):
        options = Options(kind, 1e-6, 200, floor, rules)
        end = fit(pair, even, **options.keywords()).mixtures[-1]
        lower = end.variances * [1 - 1e-12, 1 - 2e-12]
        yield (
            pair,
            GaussianMixture.univariate([0.5 + 1e-12, 0.5 - 1e-12], end.means[:, 0], lower),
            options,
            None,
        )


def test_so_are_runs_near_an_edge(module):
    problems = list(near_an_edge())
    runs = runs_in_the_browser(module, problems)
    for (points, start, options, counts), run in zip(problems, runs, strict=True):
        trace = fit(points, start, **options.keywords(), sample_weight=counts)
        assert (run["outcome"], run["iteration"]) == (trace.outcome, trace.iteration), options
        assert tuple(run["components"]) == trace.components
        assert difference(points, trace, run) < EXACT
