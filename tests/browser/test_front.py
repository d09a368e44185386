"""The front of the static site on an empty page: what it tells the stage, held to Python's."""

import json
import zlib
from base64 import b64decode
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest

from em_core import GaussianMixture, Options, Rules
from explorer.io import strict_json
from explorer.io.link import decode, encode, query
from explorer.launch.static.prepared import prepared
from explorer.model.examples import named_data, own_data, suggested_start
from explorer.model.problem import FIRST_TWO, Display, Problem, Start, View
from explorer.model.runs import run
from explorer.stage import Place, Settings
from explorer.stage.payload import payload

EXACT = 1e-9


@pytest.fixture(scope="module")
def front(module):
    """A page with the front's modules, and what Python prepares for it."""
    page = module("front", Path(__file__).parent.resolve())
    page.evaluate(
        "(text) => { window.prepared = JSON.parse(text); }", strict_json.dumps(prepared())
    )
    return page


_TOLD = """async (search) => {
  const { problem } = await front.parts.opened(search, prepared);
  return front.parts.payloadOf(problem, prepared);
}"""


def told_by_the_front(page, problem, view):
    return page.evaluate(_TOLD, query(encode(problem, view)))


def told_of(page, link):
    """What the front tells of a link, and what Python does."""
    opened = decode(dict(parse_qsl(link.removeprefix("?"))))
    assert not opened.message
    return page.evaluate(_TOLD, link), told_by_python(opened.problem, opened.view)


def told_by_python(problem, view):
    data, display = problem.data, view.display
    middle = float(np.median(data.points))
    settings = Settings(
        spread=display.spread,
        posterior=display.posterior,
        truth=display.truth,
        query=(middle if display.query_at is None else display.query_at)
        if display.query and data.n_features == 1
        else None,
        pair=display.pair,
    )
    found = run(problem)
    place = Place(min(view.half_step, found.last))
    told = payload(data, found.trace, place, view.point, view.component, settings)
    return json.loads(json.dumps(told))


def comparable(told):
    """Without the names of run and data, numbers as numbers."""
    plain = json.loads(json.dumps(told))
    run, points = plain["run"], plain["points"]
    for name in ("id", "dataId"):
        del run[name]
    run["endings"].pop("running", None)
    del plain["library"], plain["place"]["nonce"]
    run["parameters"] = doubles(zlib.decompress(b64decode(run["parameters"])))
    for part, name in ((run, "logLikelihoods"), (run, "lowerBounds"), (points, "values")):
        part[name] = doubles(b64decode(part[name]))
    plain["place"]["halfStep"] = min(plain["place"]["halfStep"], 2 * len(run["lowerBounds"]))
    return plain


def doubles(bytes_):
    return np.frombuffer(bytes_, "<f8").tolist()


def differences(one, other, where="told"):
    """Where the two differ by more than rounding."""
    if isinstance(one, dict) and isinstance(other, dict):
        found = [f"{where}: {one.keys() ^ other.keys()}"] if one.keys() != other.keys() else []
        return found + [
            d
            for k in one.keys() & other.keys()
            for d in differences(one[k], other[k], f"{where}.{k}")
        ]
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return [f"{where}: {len(one)} and {len(other)}"]
        return [
            d
            for i, pair in enumerate(zip(one, other, strict=True))
            for d in differences(*pair, f"{where}[{i}]")
        ]
    if (
        isinstance(one, float | int)
        and isinstance(other, float | int)
        and not isinstance(one, bool)
    ):
        close = abs(one - other) <= EXACT * max(1.0, abs(one), abs(other))
        return [] if close else [f"{where}: {one} and {other}"]
    return [] if one == other else [f"{where}: {one!r} and {other!r}"]


def some_problem(rng):
    """Few or many points in up to five columns, perhaps with counts, ties and strange names."""
    d, K = int(rng.choice([1, 1, 2, 2, 3, 5])), int(rng.integers(1, 4))
    n = int(rng.choice([5, 24, 45, 120, 420, 900] if d <= 2 else [24, 45, 120]))
    centres = rng.normal(scale=4, size=(K, d))
    points = centres[rng.integers(K, size=n)] + rng.normal(size=(n, d))
    points = points.round(int(rng.choice([1, 2])) if n < 300 else 1) * 10.0 ** rng.integers(-2, 4)
    counts = rng.integers(1, 9, size=n).astype(float) if rng.random() < 0.3 else None
    words = (
        (("Waiting <time>", "y & z", "third")[:d], ("min", "km/s"))
        if rng.random() < 0.5
        else ((), ())
    )
    data = own_data(points, "A set", *words, counts)
    kind = (
        str(rng.choice(["full", "tied", "diag", "spherical"]))
        if d > 1
        else str(rng.choice(["full", "tied"]))
    )
    rules = Rules(1.0, bool(rng.random() < 0.2), fixed_means=(0,) if rng.random() < 0.2 else ())
    options = Options(kind, max_iter=int(rng.choice([0, 3, 30])), rules=rules)
    start = suggested_start(data, K)
    moved = start.mixture.means + 0.05 * np.ptp(points, axis=0) * rng.normal(size=(K, d))
    weights = rng.dirichlet(np.full(K, 5.0))
    start = Start(GaussianMixture(weights, moved, start.mixture.covariances * 0.7))
    display = Display(
        spread=str(rng.choice(["variance", "sd"])),
        posterior=bool(rng.random() < 0.3),
        query=bool(rng.random() < 0.4),
        pair=tuple(map(int, rng.permutation(max(d, 2))[:2])) if d > 2 else FIRST_TWO,
    )
    view = View(
        int(rng.integers(0, 9)),
        None if rng.random() < 0.5 else int(rng.integers(n)),
        int(rng.integers(K)),
        display=display,
    )
    return Problem(data, start, options), view


def test_links_open_as_in_python(front):
    """To rounding: points, run, axes, ticks and words, from packed links and written out ones."""
    rng = np.random.default_rng(5)
    tried = 0
    while tried < 60:
        problem, view = some_problem(rng)
        try:
            link = encode(problem, view)
        except ValueError:
            continue
        tried += 1
        told = comparable(told_by_the_front(front, problem, view))
        assert differences(comparable(told_by_python(problem, view)), told) == [], link


def test_of_many_points_the_same_ones_travel(front):
    points = np.tile(np.random.default_rng(3).integers(0, 40, size=(60, 2)), (50, 1))
    for data in (own_data(points[:, 0]), own_data(points)):
        start = suggested_start(data)
        problem, view = Problem(data, start, Options(max_iter=20)), View(4, 2999)
        told = comparable(told_by_the_front(front, problem, view))
        assert told["points"]["rows"] is not None
        assert differences(comparable(told_by_python(problem, view)), told) == []


@pytest.mark.parametrize(
    "link",
    [
        "?gen=mixture_1d",
        "?gen=mixture_1d&n=900&k=3&sep=2.5&seed=4294967295&truth=on",
        "?gen=mixture_1d&n=5000&k=4&seed=7&iter=20",
        "?gen=crossing_clouds&n=400&k=3&seed=1&truth=on&start=quantiles&type=spherical",
        "?gen=crossing_clouds&n=40&mu=1,2~3,4&iter=3",
        "?gen=single_gaussian&n=60&k=2&seed=3&truth=on",
    ],
)
def test_so_do_points_that_a_generator_draws(front, link):
    ours, pythons = told_of(front, link)
    assert differences(comparable(pythons), comparable(ours)) == []


def test_numbers_at_random_are_numpys_to_the_last_bit(front):
    """Also those of the bell curve's tail, one in 2 000."""
    for seed in (0, 3, 2**32 - 1):
        rng = np.random.default_rng(seed)
        expected = [rng.random(50).tolist(), rng.standard_normal(30_000).tolist()]
        ours = front.evaluate(
            """(seed) => {
              const random = new front.parts.Random(seed, prepared.normals);
              const uniform = Array.from({ length: 50 }, () => random.uniform());
              return [uniform, Array.from({ length: 30000 }, () => random.normal())];
            }""",
            seed,
        )
        assert ours == expected
        assert max(map(abs, expected[1])) > 3.66


@pytest.mark.parametrize("seed", range(40))
def test_starts_at_quantiles_are_pythons(front, seed):
    """Of own points in one to four columns, with ties and counts, where a link gives no start."""
    rng = np.random.default_rng(seed)
    d, n, k = int(rng.integers(1, 5)), int(rng.integers(6, 60)), int(rng.integers(1, 5))
    points = rng.normal(size=(n, d)).round(int(rng.integers(0, 3))) @ rng.normal(size=(d, d))
    rows = "~".join(",".join(map(repr, row)) for row in points.round(3).tolist())
    counts = "&count=" + ",".join(map(str, rng.integers(1, 4, size=n))) if seed % 2 else ""
    method = ["", "&start=quantiles&type=spherical"][seed % 3 == 0]
    ours, pythons = told_of(front, f"?x={rows}&k={k}{counts}{method}&iter=0")
    assert differences(comparable(pythons), comparable(ours)) == []


@pytest.mark.parametrize("name", prepared()["sets"])
def test_so_do_the_data_sets(front, name):
    data = named_data(name)
    for display in (Display(), Display(spread="sd", truth=True, query=True)):
        view = View(5, 3, 1, display=display)
        problem = Problem(data, suggested_start(data, 3))
        told = comparable(told_by_the_front(front, problem, view))
        assert differences(comparable(told_by_python(problem, view)), told) == []
