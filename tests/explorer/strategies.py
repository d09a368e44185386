"""Any valid problem and view, for Hypothesis."""

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st

from em_core import GaussianMixture, InputError, Parameter, Rules, fit
from explorer.model.cases import CASES
from explorer.model.examples import (
    GENERATORS,
    NAMED,
    generated_data,
    named_data,
    own_data,
    suggested_start,
)
from explorer.model.exercise import BLANKS, LEVELS, Exercise, Practice, Terms
from explorer.model.lessons import LESSONS
from explorer.model.problem import (
    MAX_SEED,
    PAGES,
    Data,
    Display,
    Generated,
    Options,
    Problem,
    Start,
    View,
)
from explorer.model.why import PICTURES, Why

NUMBERS = st.one_of(
    st.floats(-1e9, 1e9),
    st.floats(-1e80, 1e80),
    st.integers(-100, 100).map(float),
    st.decimals(-50, 50, places=2).map(float),
)
WORDS = st.text(st.characters(categories=["L", "N", "P", "S"], include_characters=" "), max_size=80)
SEEDS = st.integers(0, MAX_SEED)


@st.composite
def own(draw: st.DrawFn, d: int, max_points: int = 12) -> Data:
    rows = draw(st.lists(st.tuples(*[NUMBERS] * d), min_size=2, max_size=max_points))
    words = [draw(WORDS) for _ in range(1 + 2 * d)]
    often = st.lists(st.sampled_from([0.5, 1, 2, 17]), min_size=len(rows), max_size=len(rows))
    counts = draw(st.none() | often)
    try:
        return own_data(rows, words[0], tuple(words[1 : 1 + d]), tuple(words[1 + d :]), counts)
    except InputError:
        reject()


DRAWS = st.builds(
    Generated,
    recipe=st.sampled_from(GENERATORS),
    n=st.integers(2, 30),
    n_components=st.integers(1, 8),
    separation=st.floats(0, 100),
    seed=SEEDS,
)
DATA = st.one_of(
    own(1),
    own(2),
    own(4),
    own(10),
    st.sampled_from(NAMED).map(named_data),
    DRAWS.map(generated_data),
)


@st.composite
def mixtures(draw: st.DrawFn, d: int) -> GaussianMixture:
    k = draw(st.integers(1, 8))
    shares = np.array(draw(st.lists(st.integers(1, 1000), min_size=k, max_size=k)), dtype=float)
    means = [[draw(NUMBERS) for _ in range(d)] for _ in range(k)]
    spreads = st.floats(1e-3, 1e3)
    covariances = np.zeros((k, d, d))
    for component in range(k):
        deviations = np.array([draw(spreads) for _ in range(d)])
        correlation = draw(st.floats(-0.99, 0.99)) if d == 2 else 0.0
        pattern = np.full((d, d), correlation) + (1 - correlation) * np.eye(d)
        covariances[component] = pattern * np.outer(deviations, deviations)
    return GaussianMixture(shares / shares.sum(), np.array(means), covariances)


PRACTICES = st.builds(
    Practice,
    task=st.sampled_from(["worksheet", "predict", "find"]),
    exercise=st.sampled_from([level.exercise for level in LEVELS])
    | st.builds(
        Exercise,
        kinds=st.sampled_from(list(BLANKS.values())),
        iteration=st.integers(1, 20),
        rounds=st.integers(1, 4),
        point=st.integers(-1, 12),
        component=st.integers(-1, 3),
    ),
    lesson=st.sampled_from([lesson.key for lesson in LESSONS]),
    case=st.sampled_from([case.key for case in CASES]),
    terms=st.none()
    | st.builds(Terms, help=st.sampled_from(["all", "hints", "none"]), variant=st.none() | SEEDS),
    name=WORDS,
)
"""Nothing tried yet."""

PARAMETERS = st.builds(
    Parameter,
    st.sampled_from(["weight", "mean", "variance"]),
    st.integers(0, 7),
    st.integers(0, 1),
)
WHYS = st.builds(
    Why,
    picture=st.sampled_from(PICTURES),
    along=st.none() | PARAMETERS,
    n_starts=st.sampled_from([100, 300, 1000]),
    x=st.none() | PARAMETERS,
    y=st.none() | PARAMETERS,
    told_apart=st.booleans(),
    others=st.sampled_from(["end", "now"]),
    held=st.booleans(),
)

OPTIONS = st.builds(
    Options,
    covariance_type=st.sampled_from(["full", "tied", "diag", "spherical"]),
    tol=st.one_of(st.just(1e-6), st.floats(0, 1)),
    max_iter=st.integers(0, 2000),
    variance_floor=st.one_of(st.just(0.0), st.floats(0, 0.5)),
    rules=st.builds(
        Rules,
        temperature=st.sampled_from([1.0, 0.0]) | st.floats(0, 1e100),
        equal_weights=st.booleans(),
    ),
)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    data = draw(DATA)
    mixture = draw(mixtures(data.n_features))
    method = draw(st.sampled_from(["manual", "random", "k-means++", "quantiles", "annealing"]))
    problem = Problem(data, Start(mixture, method, draw(SEEDS)), draw(OPTIONS))
    try:
        fit(data.points, mixture, problem.options.covariance_type, max_iter=0)
    except InputError:
        reject()
    return problem


@st.composite
def problems_and_views(draw: st.DrawFn) -> tuple[Problem, View]:
    problem = draw(problems())
    d = problem.data.n_features
    pair = (0, 1) if d <= 2 else tuple(draw(st.permutations(range(d)))[:2])
    view = View(
        half_step=draw(st.integers(0, 2 * problem.options.max_iter)),
        point=draw(st.none() | st.integers(0, problem.data.n_points - 1)),
        component=draw(st.integers(0, problem.start.mixture.n_components - 1)),
        page=draw(st.sampled_from(PAGES)),
        display=Display(
            spread=draw(st.sampled_from(["variance", "sd"])),
            precise=draw(st.booleans()),
            posterior=draw(st.booleans()),
            truth=draw(st.booleans()),
            query=draw(st.booleans()),
            query_at=draw(st.none() | st.floats(-1e300, 1e300)),
            pair=pair,
        ),
        practice=draw(st.just(Practice()) | PRACTICES),
        why=draw(WHYS),
    )
    return problem, view


@st.composite
def problems_of_named_data(draw: st.DrawFn) -> Problem:
    """Classic data from the start that comes with them or from one of two to four components."""
    data = named_data(draw(st.sampled_from(NAMED)))
    return Problem(data, suggested_start(data, draw(st.none() | st.integers(2, 4))))
