"""Who decides it: the points that move the fit most, and what a typo would do."""

import numpy as np
import streamlit as st

from em_core import Candidate, Influence, InputError, influence, what_if
from em_core.wording import counted, data_value, enumerated, log_likelihood, number
from em_core.wording import point as point_name
from explorer.app import gallery, state
from explorer.app.how_many.portions import note, section, to_try
from explorer.app.markup import alert, table
from explorer.charts import studies
from explorer.charts.sketch import sketch
from explorer.model import study

RANKED = 8
MOST_POINTS = 20_000
AT_ONCE = 600
"""Up to so many points each is left out by itself; more wait to be asked for."""

LARGE = 1.0
"""A displacement from which on one point alone changes what the data say."""


def show(candidate: Candidate) -> None:
    data = state.session().problem.data
    title = "Who decides it?"
    if data.n_points > MOST_POINTS:
        section(title, f"Of {counted(data.n_points, 'point')} none decides anything by itself.")
        return
    asked = state.worked_out("asked", candidate, lambda: data.n_points <= AT_ONCE)
    if not asked:
        section(title, "Each point can be left out in turn, to see how far the fit moves.")
        st.button(
            "Leave each out in turn",
            key="deciders-run",
            icon=":material/play_arrow:",
            help="Some seconds of work.",
            on_click=_ask,
        )
        return
    found = state.worked_out("influence", candidate, lambda: _influence(candidate))
    if isinstance(found, str):
        section(title, found)
        return
    section(title, _lead(found))
    pictures = [("", studies.deciders(data, sketch(data), candidate.mixture, found))]
    gallery.show(pictures, key="deciders")
    to_try(
        "move the pointer over a mark, or to it with the Tab key: the fit without that point is "
        "drawn dashed."
    )
    st.html(_ranking(candidate, found))
    _typo(candidate)


@state.callback
def _ask() -> None:
    state.work_out("asked", True)


def _influence(candidate: Candidate) -> Influence | str:
    points = state.session().problem.data.points
    try:
        return influence(points, candidate.mixture, candidate.covariance_type)
    except InputError as error:
        return str(error)


def _lead(found: Influence) -> str:
    """What the most influential point does, and whether that is much."""
    data = state.session().problem.data
    first = int(found.order[0])
    where = point_name(data.points[first], np.ptp(data.points, axis=0))
    how = "Left out one by one" if found.exact else "Left out to first order"
    most = found.displacements[first]
    if np.isinf(most):
        return f"{how}, point {first + 1} ({where}) decides most: without it a component collapses."
    moved = number(float(most), digits=2)
    judged = (
        "enough to change what the data say" if most >= LARGE else "no single point decides the fit"
    )
    return (
        f"{how}, point {first + 1} ({where}) moves the fit most: by {moved} in "
        f"likelihood displacement (Cook 1986), {judged}."
    )


def _ranking(candidate: Candidate, found: Influence) -> str:
    data = state.session().problem.data
    extent = np.ptp(data.points, axis=0)
    rows = []
    for i in found.order[:RANKED]:
        value = found.displacements[i]
        finite = bool(np.isfinite(value))
        rows.append(
            [
                f"point {i + 1}",
                point_name(data.points[i], extent),
                number(float(value), digits=3) if finite else "∞",
                _effect(candidate, found, int(i)) if finite else "a component collapses",
            ]
        )
    caption = (
        "The points that move the fit most when they are left out: twice the log-likelihood lost."
    )
    return table(["point", "value", "displacement", "largest change"], rows, caption)


def _effect(candidate: Candidate, found: Influence, i: int) -> str:
    """Which mean moves most, in its own standard deviations, from where to where."""
    mixture = candidate.mixture
    data = state.session().problem.data
    deviations = np.sqrt(np.diagonal(mixture.covariances, axis1=1, axis2=2))
    moves = np.abs(found.means[i] - mixture.means) / deviations
    k, axis = (int(j) for j in np.unravel_index(np.argmax(moves), moves.shape))
    spread = float(np.ptp(data.points[:, axis]))
    name = f" ({data.columns[axis]})" if data.n_features > 1 else ""
    before, after = mixture.means[k, axis], found.means[i, k, axis]
    return f"mean {k + 1}{name} {number(float(before), spread)} → {number(float(after), spread)}"


@st.fragment
def _typo(candidate: Candidate) -> None:
    """What if one value had been mistyped: would another optimum win?"""
    data = state.session().problem.data
    rivals = state.worked_out("rivals", candidate, lambda: study.rivals(candidate))
    if data.n_features > 1 or len(rivals) < 2:
        return
    st.html('<h3 class="ex-heading">What if one value is a typo?</h3>')
    left, right = st.columns(2)
    place = left.number_input(
        "Point",
        1,
        data.n_points,
        key="typo-point",
        help="Its number, as in the tables.",
    )
    i = int(place) - 1
    now = float(data.points[i, 0])
    value = right.number_input(
        f"is {data_value(now)}; what if it were",
        value=now,
        key=f"typo-value-{i}",
        format="%.6g",
        help="Each optimum that the starts found is fitted again to the data with this value.",
    )
    if value == now:
        note(
            f"The starts found {len(rivals)} different optima with these components. Type another "
            "value to see whether a rival would win."
        )
        return
    try:
        found = what_if(data.points, i, value, rivals, candidate.covariance_type)
    except InputError as error:
        st.html(alert(str(error)))
        return
    best, after = int(np.argmax(found.before)), int(np.argmax(found.after))
    words = (
        f"With {data_value(float(value))} the best optimum goes from "
        f"{log_likelihood(float(found.before[best]), 6)} to "
        f"{log_likelihood(float(found.after[best]), 6)}"
    )
    if found.flips:
        means = enumerated(number(float(m)) for m in np.sort(found.mixtures[after].means[:, 0]))
        note(
            f"{words}, and another one wins with {log_likelihood(float(found.after[after]), 6)}: "
            f"its means are {means}. That one value decides."
        )
    else:
        note(f"{words}, and it still wins.")
