"""Exported notebooks and scripts, executed: their assertions hold, and fail on other numbers."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbclient
import nbformat
import numpy as np
import pytest

from em_core import COVARIANCE_TYPES, CovarianceType, GaussianMixture, Rules, Trace
from em_core.starts import METHODS
from explorer.export.csv_tables import points_csv
from explorer.export.notebook import POINTS_FILE, needs_points_file, notebook, script
from explorer.model.examples import (
    GENERATORS,
    default_problem,
    generated_data,
    named_data,
    own_data,
    suggested_start,
)
from explorer.model.problem import Generated, Options, Problem, Start, View
from tests.explorer.fitted import trace_of

WORKED_EXAMPLE = default_problem()
GOLDEN_MEAN = -0.5373289474340418


def named(name: str, count: int | None = None, options: Options | None = None) -> Problem:
    data = named_data(name)
    return Problem(data, suggested_start(data, count), options or Options())


def executed(text: str) -> dict:
    """The names left after running the code cells of a notebook, one after the other."""
    document = nbformat.reads(text, as_version=4)
    nbformat.validate(document)
    names: dict = {}
    for cell in document.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, cell.id, "exec"), names)
    return names


def check_both(problem: Problem, trace: Trace, half_step: int) -> dict:
    view = View(half_step=half_step)
    exec(compile(script(problem, trace, view), "script", "exec"), {})
    return executed(notebook(problem, trace, view))


def test_the_worked_example_at_every_half_step() -> None:
    trace = trace_of(WORKED_EXAMPLE)
    for half_step in range(2 * trace.n_iter + 1):
        names = check_both(WORKED_EXAMPLE, trace, half_step)
        assert names["means"] == pytest.approx(trace.means[half_step // 2, :, 0], rel=1e-12)
    assert check_both(WORKED_EXAMPLE, trace, 2)["means"][0] == pytest.approx(GOLDEN_MEAN, rel=1e-14)


@pytest.mark.parametrize("covariance_type", COVARIANCE_TYPES)
@pytest.mark.parametrize("name", ["galaxies", "penguins", "old_faithful"])
@pytest.mark.parametrize("floor", [0.0, 0.1])
def test_every_covariance_type(name: str, covariance_type: CovarianceType, floor: float) -> None:
    problem = named(name, options=Options(covariance_type, variance_floor=floor))
    trace = trace_of(problem)
    for half_step in (3, 2 * trace.n_iter):
        check_both(problem, trace, half_step)


def test_the_floor_is_at_work_in_a_notebook() -> None:
    problem = named("galaxies", 6, Options(variance_floor=0.01))
    trace = trace_of(problem)
    assert trace.floored[-1].any()
    names = check_both(problem, trace, 2 * trace.n_iter)
    assert names["variances"].min() == pytest.approx(0.01 * problem.data.points.var())


def test_a_run_that_collapses_on_the_line() -> None:
    points = [0, 1, 2, 7, 7 + 2e-12]
    mixture = GaussianMixture.univariate([0.6, 0.4], [1, 7], [1, 0.1])
    problem = Problem(own_data(points), Start(mixture))
    trace = trace_of(problem)
    assert (trace.outcome, trace.iteration) == ("collapsed", trace.n_iter)
    text = notebook(problem, trace, View(half_step=2 * trace.n_iter))
    assert "The step that breaks down" in text
    for half_step in range(2 * trace.n_iter + 1):
        check_both(problem, trace, half_step)


def test_a_run_that_collapses_in_the_plane() -> None:
    data = named_data("iris_petal")
    problem = Problem(data, suggested_start(data, 6), Options(tol=0))
    trace = trace_of(problem)
    assert trace.outcome == "collapsed"
    for half_step in (2 * trace.n_iter - 1, 2 * trace.n_iter):
        check_both(problem, trace, half_step)


def test_a_run_that_collapses_at_once_to_nothing() -> None:
    mixture = GaussianMixture.univariate([0.5, 0.5], [0, 5], [0.01, 0.01])
    problem = Problem(own_data([0, 0, 0, 5, 5]), Start(mixture))
    trace = trace_of(problem)
    assert (trace.outcome, trace.n_iter) == ("collapsed", 0)
    check_both(problem, trace, 0)


@pytest.mark.parametrize("seed", range(40))
def test_any_problem(seed: int) -> None:
    rng = np.random.default_rng(seed)
    recipe = GENERATORS[seed % len(GENERATORS)]
    n, count = int(rng.integers(8, 60)), int(rng.integers(1, 5))
    data = generated_data(Generated(recipe, n, count, float(rng.uniform(0, 4)), seed))
    method = list(METHODS)[seed % len(METHODS)]
    start = METHODS[method](data.points, int(rng.integers(1, 6)), rng).mixture
    options = Options(COVARIANCE_TYPES[seed % 4], variance_floor=0.05 * (seed % 2))
    problem = Problem(data, Start(start), options)
    trace = trace_of(problem)
    check_both(problem, trace, int(rng.integers(0, 2 * trace.n_iter + 1)))


@pytest.mark.parametrize(("origin", "scale"), [(1e9, 1.0), (-1e12, 1.0), (0.0, 1e-140), (0, 1e140)])
@pytest.mark.parametrize("name", ["worked_example", "penguins"])
def test_data_far_off_or_in_strange_units(name: str, origin: float, scale: float) -> None:
    plain = named(name)
    mixture = plain.start.mixture
    start = GaussianMixture(
        mixture.weights, mixture.means * scale + origin, mixture.covariances * scale**2
    )
    data = own_data(plain.data.points * scale + origin)
    problem = Problem(data, Start(start))
    trace = trace_of(problem)
    check_both(problem, trace, min(12, 2 * trace.n_iter))


def test_a_notebook_does_not_promise_what_its_start_may_break() -> None:
    plain = named("old_faithful")
    assert "never falls." in notebook(plain, trace_of(plain), View(4))
    other = named("old_faithful", options=Options("spherical"))
    trace = trace_of(other)
    assert trace.log_likelihoods[1] < trace.log_likelihoods[0]
    text = notebook(other, trace, View(2))
    assert any(trace.fall_message in cell["source"] for cell in json.loads(text)["cells"])
    assert "The log-likelihood never falls" not in text


def test_the_assertions_can_fail() -> None:
    trace = trace_of(WORKED_EXAMPLE)
    text = script(WORKED_EXAMPLE, trace, View(half_step=4))
    for right, wrong in [
        ("points = np.array([0.2,", "points = np.array([0.2000001,"),
        ("means = np.array([-3.0,", "means = np.array([-3.0000001,"),
        ("range(1, 3)", "range(1, 4)"),
        ("screen_log_likelihood = -7.169", "screen_log_likelihood = -7.168"),
    ]:
        assert right in text
        with pytest.raises(AssertionError):
            exec(text.replace(right, wrong, 1), {})


@pytest.mark.parametrize("half_step", [3, 4])
@pytest.mark.parametrize("name", ["worked_example", "old_faithful"])
def test_each_assertion_can_fail(name: str, half_step: int) -> None:
    """Every number of the screen that the notebook holds, one after the other, a little off."""
    problem = named(name)
    code = script(problem, trace_of(problem), View(half_step=half_step))
    names = re.findall(r"^(screen_\w+) = ", code, flags=re.MULTILINE)
    assert len(names) == 4 + (half_step == 3)
    begin = code.index("# %% [markdown]\n# ## The same numbers")
    for each in names:
        off = code.replace("\nspread = ", f"\n{each} = {each} * (1 + 1e-5)\nspread = ", 1)
        assert off != code
        with pytest.raises(AssertionError):
            exec(off, {})
    assert "assert " not in code[:begin]
    exec(code, {})


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_the_floor_is_at_work_in_the_plane(covariance_type: CovarianceType) -> None:
    options = Options(covariance_type, variance_floor=0.3)
    problem = named("old_faithful", 3, options)
    trace = trace_of(problem)
    assert trace.floored[-1].any()
    names = check_both(problem, trace, 2 * trace.n_iter)
    assert names["covariances"] == pytest.approx(trace.covariances[-1])


RULES = {
    "warm": Rules(temperature=2.5),
    "hard": Rules(temperature=0.0),
    "k-means": Rules(temperature=0.0, equal_weights=True, fixed_covariances=(0, 1)),
    "equal": Rules(equal_weights=True),
    "held": Rules(fixed_weights=(1,), fixed_means=(0,), fixed_covariances=(1,)),
}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
@pytest.mark.parametrize("covariance_type", ["full", "tied", "spherical"])
@pytest.mark.parametrize("name", ["worked_example", "old_faithful"])
def test_a_run_under_rules_of_its_own(
    name: str, covariance_type: CovarianceType, rules: Rules
) -> None:
    if covariance_type == "tied" and rules.fixed_covariances:
        rules = replace(rules, fixed_covariances=(0, 1))
    options = Options(covariance_type, max_iter=6, variance_floor=0.05, rules=rules)
    problem = named(name, 2, options)
    trace = trace_of(problem)
    for half_step in (1, 2, 5, trace.last_half_step):
        names = check_both(problem, trace, half_step)
        assert names["weights"] == pytest.approx(trace.frame(half_step).mixture.weights)


@pytest.mark.parametrize("points", [[0.2, -0.9, 1.5], [[0.2, 1], [-0.9, 2], [1.5, 0], [0, 0.5]]])
def test_rules_and_counts_together(points: list) -> None:
    counts = np.arange(1.0, 1.0 + len(points))
    data = replace(own_data(points), counts=counts)
    options = Options(max_iter=3, rules=replace(RULES["held"], temperature=1.5))
    suggested = suggested_start(data, 2).mixture
    start = GaussianMixture([0.3, 0.7], suggested.means, suggested.covariances)
    problem = Problem(data, Start(start), options)
    check_both(problem, trace_of(problem), 6)


def test_what_the_rules_hold_is_said() -> None:
    problem = named("worked_example", 2, Options(max_iter=2, rules=RULES["held"]))
    text = notebook(problem, trace_of(problem), View(half_step=4))
    assert "Fixed means: component 1 keeps the start's." in text
    assert "Fixed variances: component 2 keeps the start's." in text
    warm = named("worked_example", 2, Options(max_iter=2, rules=RULES["warm"]))
    assert "This run has temperature T = 2.5" in notebook(warm, trace_of(warm), View(half_step=4))
    assert "the log-likelihood may fall" in notebook(warm, trace_of(warm), View(half_step=4))


def test_foreign_text_stays_text() -> None:
    title = '# <img src=x onerror=alert(1)> $x$ `a` *b* """ \\'
    problem = Problem(own_data([1, 2, 4], title), WORKED_EXAMPLE.start)
    trace = trace_of(problem)
    document = json.loads(notebook(problem, trace, View()))
    opening = document["cells"][0]["source"]
    for hostile in ("<img", "$x$", "`a`", "*b*"):
        assert hostile not in opening
    assert "&#60;img src&#61;x onerror" in opening
    check_both(problem, trace, 2)


def test_many_points_lie_in_a_file_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    for d in (1, 2):
        data = own_data(rng.normal(size=(3000, d)), columns=("=größe", "x")[:d])
        problem = Problem(data, suggested_start(data), Options(max_iter=3))
        trace = trace_of(problem)
        assert needs_points_file(problem)
        (tmp_path / POINTS_FILE).write_text(points_csv(problem), encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        assert len(notebook(problem, trace, View(6))) < 20_000
        check_both(problem, trace, 6)
    assert not needs_points_file(WORKED_EXAMPLE)


def test_the_script_runs_by_itself(tmp_path: Path) -> None:
    trace = trace_of(WORKED_EXAMPLE)
    file = tmp_path / "em.py"
    file.write_text(script(WORKED_EXAMPLE, trace, View(half_step=2)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", file.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    assert "The numbers are those on the screen." in done.stdout


def test_jupyter_runs_the_notebook(tmp_path: Path) -> None:
    problem = named("penguins")
    trace = trace_of(problem)
    document = nbformat.reads(notebook(problem, trace, View(half_step=9)), as_version=4)
    nbclient.NotebookClient(
        document, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    printed = "".join(out.text for cell in document.cells for out in cell.get("outputs", []))
    assert "The numbers are those on the screen." in printed
