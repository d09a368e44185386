"""Who decides it: the points that move the fit most, and what a typo would do."""

import numpy as np
import streamlit as st

from em_core import Candidate, Influence, InputError, what_if
from em_core.inference import remarks
from em_core.wording import counted, data_value, enumerated, log_likelihood, number
from em_core.wording import point as point_name
from explorer.app import gallery, state
from explorer.app.how_many import desk
from explorer.app.markup import alert, table
from explorer.app.portions import note, section, to_try
from explorer.charts import studies
from explorer.charts.sketch import sketch
from explorer.model import study

RANKED = 8


def show(candidate: Candidate) -> None:
    data = state.session().problem.data
    title = "Who decides it?"
    if data.n_points > desk.MOST_LEFT_OUT:
        section(title, f"Of {counted(data.n_points, 'point')} none decides anything by itself.")
        return
    if not desk.is_left_out(candidate):
        section(title, "Each point can be left out in turn, to see how far the fit moves.")
        st.button(
            "Leave each out in turn",
            key="deciders-run",
            icon=":material/play_arrow:",
            help="Takes a few seconds.",
            on_click=desk.leave_out,
        )
        return
    found = desk.influence_on(candidate)
    if isinstance(found, str):
        section(title, found)
        return
    section(title, remarks.of_influence(data.points, candidate, found))
    pair = state.pair()
    drawn = studies.deciders(data, sketch(data.seen(pair)), candidate.mixture, found, pair)
    pictures = [("", drawn)]
    gallery.show(pictures, key="deciders")
    to_try(
        "move the pointer over a mark, or to it with the Tab key: the fit without that point is "
        "drawn dashed."
    )
    st.html(_ranking(candidate, found))
    _typo(candidate)


def _ranking(candidate: Candidate, found: Influence) -> str:
    data = state.session().problem.data
    extent = np.ptp(data.points, axis=0)
    rows = []
    for i in found.order[:RANKED].tolist():
        rows.append(
            [
                f"point {i + 1}",
                point_name(data.points[i], extent),
                number(float(found.displacements[i]), digits=3),
                remarks.effect_of(data.points, candidate, found, i),
            ]
        )
    caption = (
        "The points that move the fit most when they are left out: twice the log-likelihood lost."
    )
    return table(["point", "value", "displacement", "largest change"], rows, caption)


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
        kind = candidate.covariance_type
        found = what_if(data.points, i, value, rivals, kind, data.counts)
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
