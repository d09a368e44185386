"""The report and the other files to take along."""

from collections.abc import Callable

import streamlit as st

from em_core import Candidate, Influence
from explorer.app import state
from explorer.app.how_many import desk
from explorer.app.portions import note, section
from explorer.export.menu import file_stem
from explorer.export.report import Findings, candidates_csv, estimates_csv, report
from explorer.export.sklearn_code import sklearn_code


def show(candidate: Candidate) -> None:
    section(
        "Take it with you",
        "One page of HTML with the data, the choice and its reasons, the parameters with their "
        "intervals, the pictures, and a script on NumPy alone that makes the numbers again.",
    )
    study = desk.study_of(candidate)
    if not study.complete:
        note(
            "The report holds what has been worked out so far: draw the bootstrap samples "
            "above to have them in it too."
        )
    found = _findings(candidate)
    stem = file_stem(state.session().problem.data.title)

    def bytes_of(write: Callable[[Findings], str], coding: str = "utf-8") -> Callable[[], bytes]:
        return lambda: write(found).encode(coding)

    with st.container(horizontal=True, gap="small"):
        _download("report", "Report (HTML)", f"{stem}-report.html", "text/html", bytes_of(report))
        _download(
            "parameters",
            "Parameters (CSV)",
            f"{stem}-parameters.csv",
            "text/csv",
            bytes_of(estimates_csv, "utf-8-sig"),
        )
        _download(
            "candidates",
            "All candidates (CSV)",
            f"{stem}-candidates.csv",
            "text/csv",
            bytes_of(candidates_csv, "utf-8-sig"),
        )
        _download(
            "script",
            "Script (Python)",
            f"{stem}-report.py",
            "text/x-python",
            bytes_of(lambda found: found.script),
        )
        _download(
            "sklearn",
            "scikit-learn model",
            f"{stem}-sklearn.py",
            "text/x-python",
            lambda: sklearn_code(
                candidate.mixture, candidate.covariance_type, counted=found.data.counts is not None
            ).encode(),
        )


HELP = {
    "report": "One page that needs no network. It prints well.",
    "parameters": "Each parameter with standard errors and intervals.",
    "candidates": "Every candidate with its criteria, and what counts against it.",
    "script": "On NumPy alone; it makes the report's numbers again and checks them.",
    "sklearn": "Code that makes the same GaussianMixture in scikit-learn.",
}


def _download(key: str, label: str, file_name: str, mime: str, make: Callable[[], bytes]) -> None:
    st.download_button(
        label,
        make,
        file_name,
        mime,
        key=f"along-{key}",
        help=HELP[key],
        icon=":material/download:",
        type="primary" if key == "report" else "secondary",
        on_click="ignore",
    )


def _findings(candidate: Candidate) -> Findings:
    """All that is known now; influence only where the points have been left out already.

    Gathered while the page is drawn: a download is made outside of the visit.
    """
    data = state.session().problem.data
    found = desk.influence_on(candidate) if desk.is_left_out(candidate) else None
    return Findings(
        data,
        desk.compared(),
        candidate,
        desk.information_on(candidate),
        desk.study_of(candidate).replicates,
        desk.tests(),
        desk.distribution_of(candidate),
        desk.quantiles_of(candidate),
        desk.rounding_of(candidate),
        found if isinstance(found, Influence) else None,
        state.pair(),
    )
