"""How sure: parameters with standard errors and intervals, and what other samples would give."""

import numpy as np
import streamlit as st
from markupsafe import Markup

from em_core import Candidate, e_step
from em_core.inference import remarks
from em_core.wording import percent
from em_core.wording import point as point_name
from explorer.app import gallery, state
from explorer.app.how_many import desk
from explorer.app.markup import NumberStyle, dot, html, joined, table
from explorer.app.portions import Portions, note, section, to_try
from explorer.charts import studies
from explorer.charts.sketch import sketch
from explorer.model import study
from explorer.model.parameters import Estimate, estimates
from explorer.model.study import Study

LEAST_CERTAIN = 5


def show(candidate: Candidate) -> None:
    section("How sure are the parameters?", remarks.of_information(desk.information_on(candidate)))
    Portions(
        name="study",
        get=lambda: desk.study_of(candidate),
        put=desk.put_study,
        further=study.carried_on,
        running=lambda now: now.running,
        set_running=study.set_running,
        show=_results,
        words=lambda now: (
            f"{now.made} of {study.REPLICATES} bootstrap samples are drawn and fitted."
            if now.made
            else f"{study.REPLICATES} bootstrap samples can be drawn and fitted."
        ),
        progress=lambda now: now.made / study.REPLICATES,
        left=lambda now: not now.complete,
        invitation="Draw bootstrap samples",
        help="The same fit to samples drawn from the data with replacement.",
    ).draw()
    _least_certain(candidate)


def _results(now: Study) -> None:
    data = state.session().problem.data
    candidate = now.candidate
    found = estimates(
        data,
        candidate.mixture,
        candidate.covariance_type,
        desk.information_on(candidate),
        now.replicates,
    )
    st.html(_table(found))
    if now.replicates is None or len(now.replicates) < 2:
        return
    replicates = now.replicates
    note(remarks.of_replicates(replicates))
    pair = state.pair()
    drawn = studies.ghosts(data, sketch(data.seen(pair)), replicates, pair)
    pictures = [("What other samples would give", drawn)]
    pictures += [
        (f"Component {k + 1}", studies.spread_of(replicates, data, k))
        for k in range(candidate.n_components)
    ]
    gallery.show(pictures, key="sureness")
    to_try(
        "look at a fit with one component more, above: its parameters are much less sure. Black "
        "marks are the estimate and its 95% interval."
    )


def _table(found: list[Estimate]) -> str:
    data = state.session().problem.data
    numbers = NumberStyle(state.display().precise, np.ptp(data.points, axis=0))

    def written(estimate: Estimate, value: float) -> str:
        axis = estimate.parameter.axis
        return numbers.of(value) if axis is None else numbers.at(value, axis)

    def between(estimate: Estimate, ends: tuple[float, float] | None) -> str:
        return "–" if ends is None else " to ".join(written(estimate, end) for end in ends)

    def error(value: float | None) -> str:
        return "–" if value is None else numbers.of(value)

    rows = [
        [
            html("{} {}", _owner(each), each.parameter.name),
            written(each, each.value),
            error(each.error),
            between(each, each.interval),
            error(each.replicated_error),
            between(each, each.replicated_interval),
        ]
        for each in found
    ]
    head = [
        "parameter",
        "estimate",
        "s.e.",
        "95% interval",
        "bootstrap s.e.",
        "bootstrap 95%",
    ]
    caption = "Standard errors and intervals from the information and from the bootstrap."
    return table(head, rows, caption)


def _owner(estimate: Estimate) -> Markup | str:
    component = estimate.parameter.component
    return "all:" if component is None else dot(component)


def _least_certain(candidate: Candidate) -> None:
    if candidate.n_components == 1:
        return
    data = state.session().problem.data
    shares = e_step(data.points, candidate.mixture).responsibilities
    _, first = np.unique(data.points, axis=0, return_index=True)
    order = first[np.argsort(shares[first].max(axis=1), kind="stable")][:LEAST_CERTAIN]
    extent = np.ptp(data.points, axis=0)
    rows: list[list[str]] = []
    for i in order:
        ranked = np.argsort(-shares[i])[:2]
        held = [html("{} {}", dot(int(k)), percent(float(shares[i, k]))) for k in ranked]
        rows.append([f"point {i + 1}", point_name(data.points[i], extent), joined(held, " ")])
    caption = "The points whose component is least certain, with their largest responsibilities."
    st.html(table(["point", "value", "shares"], rows, caption))
