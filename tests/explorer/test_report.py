"""The report: complete, escaped, without scripts; its script makes its numbers again."""

import csv
import io
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from em_core import bootstrap, check_cdf, check_quantiles, influence, information
from em_core.inference import remarks
from explorer.export.report import Findings, candidates_csv, estimates_csv, report
from explorer.model import comparison, study
from explorer.model.examples import named_data, own_data


def found_for(data, kind, K, replicates=4):
    now = comparison.begun(data.points)
    now = replace(now, planned=tuple(p for p in now.planned if p in {(kind, K), (kind, 1)}))
    while now.planned:
        now = comparison.carried_on(now)
    candidate = next(c for c in now.selection.candidates if c.n_components == K)
    looked = study.begun(data.points, None, candidate)
    while looked.made < replicates:
        looked = study.carried_on(looked)
    line = data.n_features == 1
    return Findings(
        data,
        now,
        candidate,
        information(data.points, candidate.mixture, kind),
        looked.replicates,
        None,
        check_cdf(data.points, candidate.mixture) if line else None,
        check_quantiles(data.points, candidate.mixture),
        remarks.of_rounding(data.points, candidate),
        influence(data.points, candidate.mixture, kind),
    )


@pytest.fixture(scope="module")
def acidity():
    return found_for(named_data("acidity"), "tied", 2)


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.words = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


def read(html):
    reader = Reader()
    reader.feed(html)
    return reader


def test_it_holds_data_choice_parameters_pictures_and_words(acidity):
    reader = read(report(acidity))
    words = " ".join(reader.words)
    for part in (
        "BIC favours 2 components with equal variances",
        "Crawford and others (1992)",
        "log-likelihood −185.949 with 4 parameters",
        "bootstrap samples drawn from the data",
        "stays inside the 95% band",
        "The values are rounded to 1×10⁻⁶",
        "point 1 at 2.928524 moves the fit most",
        "It makes the numbers above again",
    ):
        assert part in words
    pictures = [attrs for tag, attrs in reader.tags if tag == "svg"]
    assert len(pictures) == 2 + 1 + 2 + 2 + 1
    assert all(each["aria-label"] for each in pictures)


def test_it_asks_nobody_for_anything_and_runs_no_script(acidity):
    html = report(acidity)
    tags = {tag for tag, _ in read(html).tags}
    assert not tags & {"script", "link", "img", "iframe", "object"}
    assert "default-src 'none'" in html
    addresses = set(re.findall(r"https?://[^\s\"'<]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg"}


def test_foreign_text_is_escaped_everywhere():
    data = own_data(
        named_data("worked_example").points, "<script>alert(1)</script>", ("<b>x</b>",), ("&",)
    )
    html = report(found_for(data, "tied", 2))
    assert "<script>" not in html
    assert "<b>x" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html


@pytest.mark.parametrize(
    ("name", "kind", "K"),
    [
        ("acidity", "tied", 2),
        ("old_faithful_waiting", "full", 2),
        ("old_faithful", "full", 2),
        ("old_faithful", "diag", 2),
        ("old_faithful", "spherical", 2),
    ],
)
def test_the_script_makes_the_numbers_again(name, kind, K, tmp_path):
    found = found_for(named_data(name), kind, K)
    script = tmp_path / "report.py"
    script.write_text(found.script, encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "The report's numbers are made again." in done.stdout
    said = re.findall(r": (\S+) \(the report: (\S+)\)", done.stdout)
    assert len(said) == len(found.estimates)
    for ours, theirs in said:
        assert float(ours) == pytest.approx(float(theirs), rel=1e-3)


def test_the_script_notices_a_number_that_is_not_so(acidity, tmp_path):
    script = tmp_path / "report.py"
    wrong = acidity.script.replace(repr(acidity.candidate.log_likelihood), "-185.9")
    script.write_text(wrong, encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert "AssertionError" in done.stderr


def test_tables_hold_every_parameter_and_every_candidate(acidity):
    rows = list(csv.DictReader(io.StringIO(estimates_csv(acidity))))
    assert [row["component"] for row in rows] == ["1", "1", "2", "2", "all"]
    for row, each in zip(rows, acidity.estimates, strict=True):
        assert float(row["estimate"]) == each.value
        assert float(row["low_95"]) < each.value < float(row["high_95"])
        assert float(row["bootstrap_standard_error"]) == each.replicated_error
    rows = list(csv.DictReader(io.StringIO(candidates_csv(acidity))))
    assert [row["n_components"] for row in rows] == ["1", "2"]
    best = acidity.candidate
    assert float(rows[1]["bic"]) == best.bic
    assert rows[1]["starts"] == "20"


def test_a_column_that_a_spreadsheet_would_calculate_is_guarded():
    data = own_data(named_data("old_faithful").points, "mine", ("=1+1", "y"), ("", ""))
    text = estimates_csv(found_for(data, "spherical", 2))
    assert "mean =1+1" in text
    assert not re.search(r"(^|,)=", text, re.MULTILINE)


def test_what_was_not_worked_out_is_left_out(acidity):
    bare = replace(acidity, replicates=None, influence=None, distribution=None)
    words = " ".join(read(report(bare)).words)
    assert "bootstrap samples drawn from the data" not in words
    assert "Who decides it?" not in words
    made = bootstrap(acidity.data.points, acidity.candidate.mixture, "tied", 1)
    alone = report(replace(acidity, replicates=made))
    assert "What other samples would give" not in alone
