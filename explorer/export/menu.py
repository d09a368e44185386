"""Everything that can be taken along from a run, as one list for a page to offer."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from em_core import Trace, fit
from em_core.wording import count
from explorer.export.csv_tables import (
    MAX_BYTES,
    parameters_csv,
    points_csv,
    responsibilities_csv,
    shared_by,
    stride,
    summary_csv,
)
from explorer.export.notebook import POINTS_FILE, needs_points_file, notebook, script
from explorer.export.sklearn_code import sklearn_code
from explorer.io.session_file import to_json
from explorer.model.problem import Problem, View
from explorer.model.runs import Run

MIME = {"notebook": "application/x-ipynb+json", "script": "text/x-python"}
NUMPY_ALONE = "This run step by step on NumPy alone; ends by checking the numbers on the screen."


@dataclass(frozen=True)
class Export:
    """A file to offer: its words, its name and type, and how its bytes are made when asked for."""

    key: str
    label: str
    help: str
    file_name: str
    mime: str
    make: Callable[[], bytes]


def exports(run: Run, view: View) -> tuple[Export, ...]:
    """What there is to take along at the cursor. Files are made only when `make` is called."""
    problem, trace, h = run.problem, run.trace, view.half_step
    stem = file_stem(problem.data.title)
    return (
        _code("notebook", "Notebook", f"{stem}.ipynb", notebook, run, view),
        _code("script", "Python script", f"{stem}.py", script, run, view),
        Export(
            "session",
            "Session (JSON)",
            "Data, start, options and cursor; upload it to open it again.",
            f"{stem}.json",
            "application/json",
            lambda: to_json(problem, view).encode(),
        ),
        Export(
            "scikit-learn",
            "scikit-learn model",
            f"Code that makes the GaussianMixture of {whose(trace, h)} in scikit-learn.",
            f"{stem}-sklearn.py",
            "text/x-python",
            lambda: model_code(trace, h, problem.data.counts is not None).encode(),
        ),
        _table(
            "responsibilities",
            "Responsibilities",
            _about_responsibilities(run, h),
            stem,
            lambda: responsibilities_csv(problem, trace, h),
        ),
        _table(
            "parameters",
            "Parameters by iteration",
            "Every weight, mean and variance of the run.",
            stem,
            lambda: parameters_csv(trace),
        ),
        _table(
            "summary",
            "Summary",
            "What was fitted and how, where it ended, the parameters at this step.",
            stem,
            lambda: summary_csv(problem, trace, view),
        ),
    )


def model_code(trace: Trace, half_step: int, counted: bool = False) -> str:
    """The parameters in force at the half-step as scikit-learn's model."""
    mixture = trace.frame(half_step).mixture
    code = sklearn_code(mixture, trace.covariance_type, whose(trace, half_step), counted)
    if trace.options.rules.temperature == 1:
        return code
    return f"{code}# scikit-learn knows no temperature: it shares points out as plain EM does.\n"


def whose(trace: Trace, half_step: int) -> str:
    """What the parameters in force at a half-step are called."""
    iteration = trace.frame(half_step).n_iter
    return f"the parameters after iteration {iteration}" if iteration else "the start"


def _about_responsibilities(run: Run, half_step: int) -> str:
    by = list(shared_by(run.trace, half_step))
    if not by:
        return "Each point; nothing is shared out before the first E-step."
    names = [f"the parameters after iteration {t}" if t else "the start" for t in by]
    about = f"Each point with its responsibilities, by {' and by '.join(names)}."
    step = stride(run.problem, run.trace, half_step)
    if step == 1:
        return about
    return (
        f"{about} All {count(run.problem.data.n_points)} points would take more than "
        f"{MAX_BYTES // 10**6} MB: one in every {step} is in the file, with its number."
    )


def file_stem(title: str) -> str:
    """A short, plain file name for a title, whatever is in it."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower())[:40].strip("-") or "em"


def exact_trace(run: Run) -> Trace:
    """The run on the points themselves, where `run.trace` is of fewer that stand for them."""
    if not run.stands_in:
        return run.trace
    data, start = run.problem.data, run.problem.start.mixture
    return fit(data.points, start, sample_weight=data.counts, **run.problem.options.keywords())


def _table(key: str, label: str, help: str, stem: str, text: Callable[[], str]) -> Export:
    """A CSV file, with the byte-order mark that spreadsheets know UTF-8 by."""
    return Export(
        key,
        f"{label} (CSV)",
        help,
        f"{stem}-{key}.csv",
        "text/csv",
        lambda: text().encode("utf-8-sig"),
    )


def _code(
    key: str,
    label: str,
    file_name: str,
    write: Callable[[Problem, Trace, View], str],
    run: Run,
    view: View,
) -> Export:
    """Notebook or script; in a zip file together with the points where these are many."""

    def text() -> str:
        return write(run.problem, exact_trace(run), view)

    if not needs_points_file(run.problem):
        return Export(key, label, NUMPY_ALONE, file_name, MIME[key], lambda: text().encode())
    return Export(
        key,
        f"{label} and points (zip)",
        NUMPY_ALONE,
        f"{file_name}.zip",
        "application/zip",
        lambda: _zipped({file_name: text(), POINTS_FILE: points_csv(run.problem)}),
    )


def _zipped(files: dict[str, str]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return archive.getvalue()
