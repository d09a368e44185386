"""A script on NumPy alone that makes the report's numbers again, and checks them."""

from dataclasses import dataclass

import numpy as np

from em_core import Candidate
from em_core.inference.chance import SEED
from em_core.inference.endings import MAX_ITER, TOL
from explorer.export.literal import array_code
from explorer.model.parameters import Estimate
from explorer.model.problem import Data

MOST_VALUES = 100_000
"""More values than this are not written into a script."""


@dataclass(frozen=True, eq=False)
class Told:
    """What the report says: the fit, its parameters, and how its replicates were drawn.

    portion: of how many replicates each generator made the draws; stand_ins: the fit is of fewer
    points that stand for the data, so the numbers agree only roughly and the draws not at all.
    """

    data: Data
    candidate: Candidate
    estimates: list[Estimate]
    n_replicates: int
    portion: int
    stand_ins: bool


def report_script(told: Told) -> str:
    """The script; data of more than `MOST_VALUES` values are read from points.csv beside it."""
    data, found = told.data, told.candidate
    highest = max(
        (run for run in found.runs if run.sound),
        key=lambda run: run.log_likelihood,
        default=found.runs[0],
    )
    points, counts = _points_code(data)
    return TEMPLATE.format(
        points=points,
        counts=counts,
        kind=found.covariance_type,
        weights=array_code(highest.start.weights),
        means=array_code(highest.start.means),
        covariances=array_code(highest.start.covariances),
        tol=TOL,
        polish=TOL / 1000,
        max_iter=MAX_ITER,
        printed=array_code(np.array([each.value for each in told.estimates])),
        log_likelihood=repr(found.log_likelihood),
        n_parameters=found.n_parameters,
        bic=repr(found.bic),
        errors=_code([each.error for each in told.estimates]),
        replicated=_code([None if told.stand_ins else e.replicated_error for e in told.estimates]),
        margin=1e-5 * data.total if told.stand_ins else 1e-4,
        names=repr([_name(each) for each in told.estimates]),
        places=repr([(each.parameter.part, each.parameter.index) for each in told.estimates]),
        seed=SEED,
        n_replicates=told.n_replicates,
        portion=told.portion,
    )


def _points_code(data: Data) -> tuple[str, str]:
    """The points, and how often each counts."""
    if data.points.size <= MOST_VALUES:
        often = "np.ones(len(points))" if data.counts is None else array_code(data.counts)
        return array_code(data.points), often
    rows = 'np.loadtxt("points.csv", delimiter=",", skiprows=1, ndmin=2)'
    if data.counts is None:
        return rows, "np.ones(len(points))"
    return f"{rows}[:, :-1]", f"{rows}[:, -1]"


def _name(estimate: Estimate) -> str:
    component = estimate.parameter.component
    whose = "all" if component is None else str(component + 1)
    return f"{estimate.parameter.name} ({whose})"


def _code(errors: list[float | None]) -> str:
    if any(error is None for error in errors):
        return "None"
    return array_code(np.array(errors, dtype=float))


TEMPLATE = '''"""EM Explorer: this script makes the report's numbers again. Needs NumPy alone."""

import numpy as np

points = {points}
once = {counts}  # how often each point counts
kind = "{kind}"  # of covariances: full, tied, diag or spherical
start = (
    {weights},
    {means},
    {covariances},
)
n, d = points.shape
total = once.sum()
K = len(start[0])


def log_joint(weights, means, covariances):
    """(n, K) log w_k N(x_i | mu_k, Sigma_k)."""
    logs = np.empty((n, len(weights)))
    for k in range(len(weights)):
        lower = np.linalg.cholesky(covariances[k])
        z = np.linalg.solve(lower, (points - means[k]).T)
        determinant = np.log(np.diag(lower)).sum()
        logs[:, k] = np.log(weights[k]) - 0.5 * (z**2).sum(axis=0) - determinant
    return logs - 0.5 * d * np.log(2 * np.pi)


def e_step(mixture):
    """Responsibilities (n, K) and the log density (n,) of each point."""
    logs = log_joint(*mixture)
    peak = logs.max(axis=1, keepdims=True)
    joint = np.exp(logs - peak)
    evidence = joint.sum(axis=1, keepdims=True)
    return joint / evidence, (np.log(evidence) + peak)[:, 0]


def m_step(shares, counts):
    """Weights, means and covariances of points that count so often."""
    held = shares * counts[:, None]
    sizes = held.sum(axis=0)
    means = held.T @ points / sizes[:, None]
    covariances = np.empty((K, d, d))
    for k in range(K):
        offsets = points - means[k]
        covariances[k] = (held[:, k, None] * offsets).T @ offsets / sizes[k]
    if kind == "tied":
        covariances[:] = np.einsum("k,kij->ij", sizes / sizes.sum(), covariances)
    elif kind == "diag":
        covariances *= np.eye(d)
    elif kind == "spherical":
        covariances = np.eye(d) * np.trace(covariances, axis1=1, axis2=2)[:, None, None] / d
    return sizes / sizes.sum(), means, covariances


def em(mixture, counts, tol, max_iter={max_iter}):
    """EM until an iteration gains less than tol per point; None where a component collapses."""
    before = -np.inf
    for _ in range(max_iter + 1):
        try:
            with np.errstate(all="raise", under="ignore"):
                shares, logs = e_step(mixture)
                value = counts @ logs
                if value - before < tol * counts.sum():
                    break
                before, mixture = value, m_step(shares, counts)
        except (FloatingPointError, np.linalg.LinAlgError):
            return None
    return mixture


names = {names}
places = {places}


def numbers(mixture):
    """The parameters in the report's order."""
    parts = dict(zip(("weights", "means", "covariances"), mixture))
    return np.array([parts[part][index] for part, index in places])


fit = em(em(start, once, {tol!r}), once, {polish!r})
shares, logs = e_step(fit)
log_likelihood = once @ logs
bic = {n_parameters} * np.log(total) - 2 * log_likelihood
print(f"log-likelihood {{log_likelihood:.6f}}, BIC {{bic:.6f}}")
assert abs(log_likelihood - {log_likelihood}) < {margin}
assert abs(bic - {bic}) < 2 * {margin}
printed = {printed}
assert np.allclose(numbers(fit), printed, rtol=1e-3, atol=1e-9)


def moved(step):
    """The log-likelihood after a step in the free parameters, the last weight taking the rest."""
    weights, means, covariances = (part.copy() for part in fit)
    weights[:-1] += step[: K - 1]
    weights[-1] -= step[: K - 1].sum()
    means += step[K - 1 : K - 1 + K * d].reshape(K, d)
    for value, (members, i, j) in zip(step[K - 1 + K * d :], shapes):
        for k in members:
            covariances[k, i, j] += value
            if i != j:
                covariances[k, j, i] += value
            elif kind == "spherical":
                for other in range(1, d):
                    covariances[k, other, other] += value
    return once @ e_step((weights, means, covariances))[1]


owners = [range(K)] if kind == "tied" else [[k] for k in range(K)]
axes = range(1) if kind == "spherical" else range(d)
pairs = [(i, j) for i in axes for j in (range(i, d) if kind in ("full", "tied") else [i])]
shapes = [(members, i, j) for members in owners for i, j in pairs]
size = np.concatenate(
    [
        fit[0][:-1],
        np.sqrt(np.diagonal(fit[2], axis1=1, axis2=2)).ravel(),
        [np.sqrt(fit[2][m[0], i, i] * fit[2][m[0], j, j]) for m, i, j in shapes],
    ]
)
h = 1e-3 * size * np.sqrt(20 / total)
p = len(size)
information = np.empty((p, p))  # minus the second derivatives, by central differences
for a in range(p):
    for b in range(a + 1):
        u, v = h * (np.arange(p) == a), h * (np.arange(p) == b)
        bend = moved(u + v) - moved(u - v) - moved(v - u) + moved(-u - v)
        information[a, b] = information[b, a] = -bend / (4 * h[a] * h[b])
errors = {errors}
if errors is not None:
    inverse = np.linalg.inv(information)
    gradients = np.zeros((len(places), p))
    for row, (part, index) in enumerate(places):
        if part == "weights":
            gradients[row, : K - 1] = -1 if index[0] == K - 1 else np.arange(K - 1) == index[0]
        elif part == "means":
            gradients[row, K - 1 + index[0] * d + index[1]] = 1
        else:
            k, i, j = index
            column = next(c for c, s in enumerate(shapes) if k in s[0] and s[1:] == (i, j))
            gradients[row, K - 1 + K * d + column] = 1
    found = np.sqrt(np.einsum("rp,pq,rq->r", gradients, inverse, gradients))
    for name, value, error in zip(names, numbers(fit), found):
        print(f"{{name}}: {{value:.6g}}, standard error {{error:.4g}}")
    assert np.allclose(found, errors, rtol=0.02, atol=1e-9)


def matched(other):
    """The replicate with its components in the fit's order: those that share the same points."""
    ours, theirs = (np.sqrt(once)[:, None] * e_step(mixture)[0] for mixture in (fit, other))
    common = ours.T @ theirs / np.outer(
        np.linalg.norm(ours, axis=0), np.maximum(np.linalg.norm(theirs, axis=0), 1e-300)
    )
    order = np.empty(K, dtype=int)
    for _ in range(K):
        j, k = np.unravel_index(np.argmax(common), common.shape)
        order[j] = k
        common[j], common[:, k] = -1, -1
    return tuple(part[order] for part in other)


replicated = {replicated}
if replicated is not None:
    values, done, wanted = [], 0, {n_replicates}
    while done < wanted:
        size = min({portion}, wanted - done)
        rng = np.random.default_rng([{seed}, done])
        for counts in rng.multinomial(max(1, round(total)), once / total, size=size):
            again = em(fit, counts.astype(float), {tol!r})
            if again is not None:
                values.append(numbers(matched(again)))
        done += size
    spread = np.std(values, axis=0, ddof=1)
    print(f"{{len(values)}} of {{wanted}} bootstrap samples; standard errors:")
    for name, error, said in zip(names, spread, replicated):
        print(f"{{name}}: {{error:.4g}} (the report: {{said:.4g}})")
print("The report's numbers are made again.")
'''
