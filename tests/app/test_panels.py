"""Every labelled number on the Explore page is em_core's, for the parameters its label names."""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from em_core import describe_half_step, e_step, fit, sentence
from em_core.wording import data_value, log_likelihood, number, signed
from explorer.model import runs
from explorer.model.session import moved
from tests.app.told import app_at, text

LAST = 10_000


@dataclass
class Table:
    """A table of the page: cells as (text, what stands small below it)."""

    caption: str = ""
    rows: list[list[tuple[str, str]]] = field(default_factory=list)

    def column(self, head: str) -> list[str]:
        at = [text for text, _ in self.rows[0]].index(head)
        return [row[at][0] for row in self.rows[1:] if len(row) > at]

    def row(self, name: str) -> list[str]:
        return next([text for text, _ in row[1:]] for row in self.rows if row[0][0] == name)


class Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Table] = []
        self.into = ""

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.found.append(Table())
        elif tag == "tr":
            self.found[-1].rows.append([])
        elif tag in ("th", "td"):
            self.found[-1].rows[-1].append(("", ""))
        if tag in ("caption", "th", "td") or (tag == "small" and self.into):
            self.into = tag

    def handle_endtag(self, tag):
        if tag in ("caption", "th", "td", "small"):
            self.into = ""

    def handle_data(self, data):
        if self.into == "caption":
            self.found[-1].caption += data
        elif self.into:
            row = self.found[-1].rows[-1]
            text, below = row[-1]
            row[-1] = (text, below + data) if self.into == "small" else (text + data, below)


@dataclass
class Page:
    app: AppTest

    @property
    def html(self) -> str:
        return text(self.app)

    @property
    def words(self) -> str:
        return unescape(re.sub(r"<[^>]*>", "", self.html))

    def table(self, caption: str) -> Table:
        reader = Tables()
        reader.feed(self.html)
        return next(table for table in reader.found if re.search(caption, table.caption))

    def at(self, h: int) -> "Page":
        self.app.session_state["session"] = moved(self.app.session_state["session"], h)
        self.app.run()
        assert not self.app.exception
        return self

    @property
    def problem(self):
        return self.app.session_state["session"].problem

    @property
    def trace(self):
        problem, options = self.problem, self.problem.options
        return fit(
            problem.data.points, problem.start.mixture, options.covariance_type, tol=options.tol
        )


def opened(**parameters: str) -> Page:
    return Page(app_at(**parameters))


def written(values) -> list[str]:
    return [number(value) for value in np.ravel(values)]


def bell(points: np.ndarray, mixture, k: int) -> np.ndarray:
    """The textbook's formula, by itself."""
    off, covariance = points - mixture.means[k], mixture.covariances[k]
    distance = np.einsum("ni,ij,nj->n", off, np.linalg.inv(covariance), off)
    return np.exp(-distance / 2) / np.sqrt(np.linalg.det(2 * np.pi * covariance))


@pytest.fixture(scope="module", params=["worked_example", "old_faithful"])
def page(request) -> Page:
    return opened(data=request.param)


def in_force(page: Page, h: int):
    """Points, and the mixtures: in force, that shared the points out, made of that, before."""
    t, trace = (h + 1) // 2, page.trace
    sharer = trace.mixtures[max(0, t - 1)]
    return page.problem.data.points, trace.mixtures[h // 2], sharer, trace.mixtures[t]


@pytest.mark.parametrize("h", [0, 4, 1, 2, 3])  # 4 with nothing kept of its E-step
def test_the_e_table_is_of_the_parameters_it_names(page, h):
    points, _, sharer, _ = in_force(page.at(h), h)
    table = page.table("E-step of iteration")
    t = max(1, (h + 1) // 2)
    assert f"E-step of iteration {t}" in table.caption
    assert ("by the start" if t == 1 else f"by the parameters after iteration {t - 1}") in (
        table.caption
    )
    assert ("not made yet" in table.caption) == (h == 0)
    points = points[:60]
    products = np.stack([sharer.weights[k] * bell(points, sharer, k) for k in range(2)])
    for k in range(2):
        assert table.column(f"density {k + 1}") == written(bell(points, sharer, k))
        assert table.column(f"product {k + 1}") == written(products[k])
        assert table.column(f"r {k + 1}") == written(e_step(points, sharer).responsibilities[:, k])
    assert table.column("evidence") == written(products.sum(axis=0))


def test_the_e_table_follows_whatever_it_shows():
    """It is kept from one drawing to the next: point, digits, unfolded cell and step renew it."""
    page = opened(data="worked_example").at(1)

    def e_table() -> str:
        tables = page.html.split("<table")
        return next(text for text in tables if "<caption><span>E-step of" in text)

    def chosen() -> list[str]:
        return re.findall(r'<tr class="ex-chosen"[^>]*><th scope="row">(\d)', e_table())

    for point in (2, 4):
        page.app.number_input(key="point").set_value(point).run()
        assert chosen() == [str(point)]
    for precise, share in ((True, "0.294214972162989"), (False, "0.2942")):
        page.app.toggle(key="precise").set_value(precise).run()
        assert f"<b>{share}</b>" in e_table()
    for cell, squared in (("density-1:0", "(0.2 + 3)²"), ("density-1:4", "(1.8 + 3)²"), ("", "")):
        page.app.session_state["words"] = {"cell": cell}
        page.app.run()
        assert re.findall(r"\(\d\.\d \+ 3\)²", unescape(e_table())) == [squared] * bool(cell)
    for h, not_made in ((0, True), (1, False), (3, False)):
        page.at(h)
        assert ("not made yet" in e_table()) == not_made
    assert "by the parameters after iteration 1" in e_table()


@pytest.mark.parametrize("h", [1, 2, 3, 4])
def test_the_m_table_is_what_comes_of_the_responsibilities_in_force(page, h):
    points, _, sharer, made = in_force(page.at(h), h)
    table = page.table("M-step of iteration")
    assert table.caption.startswith(f"M-step of iteration {(h + 1) // 2} ")
    assert ("not made yet" in table.caption) == (h % 2 == 1)
    assert table.column("N") == written(e_step(points, sharer).responsibilities.sum(axis=0))
    assert table.column("weight") == written(made.weights)
    spreads = np.diagonal(made.covariances, axis1=1, axis2=2)
    if points.shape[1] == 1:
        assert table.column("variance") == written(spreads)
        assert table.column("mean") == written(made.means)
    else:
        for axis, name in enumerate(page.problem.data.columns):
            assert table.column(f"variance {name}") == written(spreads[:, axis])
        assert table.column("covariance") == written(made.covariances[:, 0, 1])


@pytest.mark.parametrize("h", [0, 1, 2, 3, 4])
def test_the_parameters_beside_the_chart_are_those_in_force(page, h):
    points, now, sharer, _ = in_force(page.at(h), h)
    table = page.table("start. Points|Still|After iteration")
    plane = points.shape[1] == 2
    read = table.row if plane else table.column
    assert read("weight") == written(now.weights)
    assert read("variance x" if plane else "variance") == written(now.covariances[:, 0, 0])
    if h:
        assert read("N") == written(e_step(points, sharer).responsibilities.sum(axis=0))
    cells = [cell for row in table.rows for cell in row]
    before = [below.removeprefix("from ") for _, below in cells if below]
    assert bool(before) == (h in (2, 4))
    if h == 2:
        origin = page.problem.start.mixture.covariances[0, 0, 0]
        assert number(origin) in before


def test_before_a_value_stands_the_one_it_replaced(page):
    page.at(4)
    first = page.trace.mixtures[1]
    table = page.table("After iteration 2")
    below = {b.removeprefix("from ") for row in table.rows for _, b in row if b}
    assert set(written(first.covariances[:, 0, 0])) <= below


@pytest.mark.parametrize("h", [0, 1, 2, 3, 4, LAST])
def test_the_log_likelihood_is_of_the_parameters_named(page, h):
    page.at(h)
    trace, h = page.trace, min(h, page.trace.last_half_step)
    t, values = h // 2, trace.log_likelihoods
    whose = "of the start" if t == 0 else f"of the parameters after iteration {t}"
    gain = f" {signed(values[t] - values[t - 1])}" if h and h % 2 == 0 else ""
    shown = re.search(rf"Log-likelihood {whose}(.*)", page.words)
    assert shown
    assert shown[1].startswith(log_likelihood(values[t]) + gain)
    assert bool(gain) == shown[1].startswith(log_likelihood(values[t]) + " ")


@pytest.mark.parametrize("h", [1, 2, 3])
def test_what_each_point_gives_adds_up_to_the_sums(page, h):
    points, _, sharer, made = in_force(page.at(h), h)
    page.app.selectbox(key="component").set_value(1).run()
    page.app.number_input(key="point").set_value(4).run()
    r = e_step(points, sharer).responsibilities[:, 1]
    table = page.table("What each point gives component 2")
    shown = [int(name) - 1 for name in table.column("point") if name.isdigit()]
    assert 3 in shown
    assert len(shown) == min(12, len(points))
    assert set(np.argsort(-r)[: len(shown) - 1]) <= set(shown)
    values, extent = points[shown, 0], float(np.ptp(points[:, 0]))
    assert table.column("x")[: len(shown)] == [data_value(x, extent) for x in values]
    off = points[:, 0] - made.means[1, 0]
    letter = "" if points.shape[1] == 1 else "x"
    for head, column in (
        ("r", r),
        ("r x", r * points[:, 0]),
        (f"r (x − μ{letter})²", r * off**2),
    ):
        assert table.column(head)[: len(shown)] == written(column[shown])
        assert table.column(head)[-1] == number(column.sum())
        if len(points) > len(shown):
            assert table.column(head)[-2] == number(column.sum() - column[shown].sum())


@pytest.mark.parametrize("h", [0, 1, 2, 3])
def test_the_chosen_point_is_written_out(page, h):
    points, _, sharer, _ = in_force(page.at(h), h)
    page.app.number_input(key="point").set_value(3).run()
    assert "Point 3: " in page.words
    t = (h + 1) // 2 - 1
    said = "The E-step will share it out by the start" if h == 0 else "Shared out by the start"
    assert (said if t <= 0 else f"Shared out by the parameters after iteration {t}") in page.words
    table = page.table("weight × density = product")
    x = points[[2]]
    densities = np.concatenate([bell(x, sharer, k) for k in range(2)])
    assert table.column("weight")[:2] == written(sharer.weights)
    assert table.column("density")[:2] == written(densities)
    assert table.column("product") == written(
        [*(sharer.weights * densities), sharer.weights @ densities]
    )
    assert table.column("r")[:2] == written(e_step(x, sharer).responsibilities)


@pytest.mark.parametrize("h", [1, 2, 3, 4, 5])
def test_the_sentence_is_about_the_half_step_in_view(page, h):
    page.at(h)
    told = sentence(describe_half_step(page.problem.data.points, page.trace, h))
    assert told in page.words


def test_standard_deviations_are_roots_of_the_variances(page):
    page.app.segmented_control(key="spread").set_value("sd").run()
    page.at(2)
    made, plane = page.trace.mixtures[1], page.problem.data.n_features == 2
    table, roots = page.table("M-step of iteration 1"), np.sqrt(made.covariances[:, 0, 0])
    name = page.problem.data.columns[0]
    assert table.column(f"std. deviation {name}" if plane else "std. deviation") == written(roots)
    now = page.table("After iteration 1")
    read = now.row("std. deviation x") if plane else now.column("std. deviation")
    assert read == written(roots)
    assert plane or "(standard deviation 2 → 0.7588)" in page.words
    page.app.segmented_control(key="spread").set_value("variance").run()


def test_the_density_and_the_sums_of_the_worked_example_are_written_out():
    page = opened(t="1", phase="m")
    for formula in (
        "density 1 = 1 ÷ √(2π · 4) · exp(−(0.2 + 3)² ÷ 2 · 4) = 0.05546",
        "r 1 = 0.5 × 0.05546 ÷ 0.02773 + 0.06652 = 0.2942",
        "N = Σ r = 0.2942 + 0.6225 + 0.6514 + 0.1067 + 0.05340 = 1.728",
        "w = N ÷ n = 1.728 ÷ 5 = 0.3456",
        "0.2942 · 0.2 + 0.6225 · (−0.9) + 0.6514 · (−1) + 0.1067 · 1.2 + 0.05340 · 1.8 ÷ 1.728 "
        "= −0.5373",
        "0.2942 · (0.2 + 0.5373)² + 0.6225 · (−0.9 + 0.5373)² + 0.6514 · (−1 + 0.5373)² + "
        "0.1067 · (1.2 + 0.5373)² + 0.05340 · (1.8 + 0.5373)² ÷ 1.728 = 0.5758",
    ):
        assert formula in page.words


def test_the_density_in_the_plane_is_written_out():
    page = opened(data="old_faithful", pt="2")
    mixture, x = page.problem.start.mixture, page.problem.data.points[1]
    off, covariance = x - mixture.means[0], mixture.covariances[0]
    distance = off @ np.linalg.inv(covariance) @ off
    assert "|Σ| ÷" not in page.words
    assert re.search(rf"\|Σ\| = .* = {number(np.linalg.det(covariance))}", page.words)
    assert re.search(rf"Δ² = .* = {number(distance)}", page.words)


@pytest.mark.parametrize("kind", ["tied", "diag", "spherical"])
def test_what_the_covariance_type_makes_of_the_sums_is_said(kind):
    page = opened(data="old_faithful", type=kind, t="1", phase="m")
    covariance = page.trace.mixtures[1].covariances[0]
    words = {"tied": "Tied: the average", "diag": "Diagonal: 0", "spherical": "Spherical: the av"}
    assert words[kind] in page.words
    shown = covariance[0, 1] if kind == "diag" else covariance[0, 0]
    assert f" = {number(shown)}" in page.words.partition(words[kind])[2]


def test_sums_over_weighted_points_agree_with_the_run_to_the_last_digit():
    page = opened(gen="mixture_1d", n="30000", t="1", phase="m", digits="15")
    made = page.app.session_state["runs"][0].trace.mixtures[1]
    mean = number(made.means[0, 0], digits=15)
    assert page.table("M-step of iteration 1").column("mean")[0] == mean
    assert page.words.count(mean) >= 3
    table = page.table("weighted points that EM runs on gives component 1")
    assert table.column("count c")[-1] == "sum"
    held = table.column("c r")[-1].replace("\u202f", "")
    assert float(held) == pytest.approx(made.weights[0] * 30_000, rel=1e-12)


def test_what_is_chosen_is_written_out_at_once():
    page = opened(t="1", phase="e")
    assert "how well component 1 explains the point" in page.words
    page.app.selectbox(key="component").set_value(1).run()
    assert "how well component 2 explains the point" in page.words
    density = page.trace.mixtures[0].log_densities(page.problem.data.points[:1])[0, 1]
    for precise, digits in ((False, 4), (True, 15)):
        page.app.toggle(key="precise").set_value(precise).run()
        told = page.words.partition("component 2 explains the point")[2].partition("Resp")[0]
        assert told.endswith(f" = {number(np.exp(density), digits=digits)}")


@pytest.mark.parametrize(
    "data",
    [{"data": "penguins"}, {"gen": "mixture_1d", "n": "30000", "k": "3"}],
    ids=["few", "very many"],
)
def test_the_page_says_what_is_known_of_the_true_groups(data):
    page = opened(**data, t="3", phase="e")
    problem = page.problem
    sharer = page.trace.mixtures[2]
    labels = e_step(problem.data.points, sharer).responsibilities.argmax(axis=1)
    table = page.table("Points of each true group")
    for k in range(3):
        counts = [np.sum((labels == k) & (problem.data.truth == g)) for g in range(3)]
        assert table.column(str(k + 1)) == [str(n) for n in counts]


@pytest.mark.parametrize(("h", "most"), [(1, 1), (2, 0), (3, 1), (4, 0), (5, 1)])
def test_a_half_step_shares_all_points_out_at_most_once(monkeypatch, h, most):
    page = opened(data="penguins", t=str(h // 2), phase="m") if h > 1 else opened(data="penguins")
    page.at(h - 1)
    calls = []

    def counted(points, *args, **options):
        calls.append(len(points))
        return e_step(points, *args, **options)

    for module in ("explorer.model.runs", "em_core.report.narrate", "em_core.agreement"):
        monkeypatch.setattr(f"{module}.e_step", counted, raising=False)
    page.at(h)
    assert sum(n == page.problem.data.n_points for n in calls) <= most


def test_responsibilities_of_many_points_are_not_kept():
    run = opened().app.session_state["runs"][0]
    runs_kept = runs.KEPT_ENTRIES
    assert runs_kept * 8 <= 16 * 2**20
    first = run.frame(1).responsibilities
    assert run.frame(2).responsibilities is first
