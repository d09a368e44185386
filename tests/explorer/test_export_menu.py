"""The list of exports: every file opens by its own kind of reader."""

import csv
import io
import json
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pytest

from explorer.export.menu import exports, file_stem
from explorer.io.session_file import from_json
from explorer.model.examples import default_problem, own_data, suggested_start
from explorer.model.problem import Options, Problem, View
from explorer.model.runs import run

WORKED_EXAMPLE = default_problem()
VIEW = View(half_step=2)


def made(problem: Problem, view: View = VIEW) -> dict[str, tuple[str, bytes]]:
    return {item.key: (item.file_name, item.make()) for item in exports(run(problem), view)}


def test_every_file_opens_by_its_own_kind_of_reader() -> None:
    files = made(WORKED_EXAMPLE)
    name, content = files.pop("session")
    assert name == "worked-example.json"
    assert from_json(content.decode()) == (WORKED_EXAMPLE, VIEW)
    name, content = files.pop("notebook")
    assert name == "worked-example.ipynb"
    nbformat.validate(nbformat.reads(content.decode(), as_version=4))
    for key in ("script", "scikit-learn"):
        name, content = files.pop(key)
        assert name.endswith(".py")
        exec(compile(content, name, "exec"), {})
    for name, content in files.values():
        assert name.endswith(".csv")
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert len({len(row) for row in rows}) == 1
        assert len(rows) > 2


def test_many_points_travel_in_a_zip_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compressed for the screen, the run is made again on the points themselves."""
    data = own_data(np.random.default_rng(5).normal(size=30_000).round(4))
    problem = Problem(data, suggested_start(data), Options(max_iter=5))
    assert run(problem).sample_weight is not None
    files = made(problem, View(half_step=10))
    for key in ("notebook", "script"):
        name, content = files[key]
        assert name.endswith(".zip")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            archive.extractall(tmp_path)
    monkeypatch.chdir(tmp_path)
    exec((tmp_path / "own-data.py").read_text(encoding="utf-8"), {})
    cells = json.loads((tmp_path / "own-data.ipynb").read_text(encoding="utf-8"))["cells"]
    exec("\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code"), {})


def test_a_sample_of_the_responsibilities_is_said_before_it_is_made() -> None:
    def about(problem: Problem, half_step: int) -> str:
        offered = exports(run(problem), View(half_step))
        return next(each.help for each in offered if each.key == "responsibilities")

    assert about(WORKED_EXAMPLE, 0).startswith("Each point; nothing is shared out")
    assert about(WORKED_EXAMPLE, 1) == "Each point with its responsibilities, by the start."
    assert about(WORKED_EXAMPLE, 4) == (
        "Each point with its responsibilities, by the parameters after iteration 1 and by the "
        "parameters after iteration 2."
    )
    data = own_data(np.linspace(0, 1, 1_000_000) ** 3)
    many = Problem(data, suggested_start(data, 8), Options(max_iter=1))
    assert about(many, 2).endswith(
        "All 1\u202f000\u202f000 points would take more than 100 MB: one in every 5 is in the "
        "file, with its number."
    )


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Old Faithful, waiting times", "old-faithful-waiting-times"),
        ("../../etc/passwd<b>.csv", "etc-passwd-b-csv"),
        ("価格", "em"),
        ("", "em"),
        ("a" * 100, "a" * 40),
    ],
)
def test_file_names_are_plain(title: str, stem: str) -> None:
    assert file_stem(title) == stem
