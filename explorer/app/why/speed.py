"""How fast: the distance to the end, what holds EM up, and where stopping rules end it."""

import streamlit as st

from explorer.app import gallery, state
from explorer.app.markup import table
from explorer.app.portions import lead, note, to_try
from explorer.app.why import plane, taking_along
from explorer.charts.pace import missing_picture, pace_picture
from explorer.charts.sketch import sketch
from explorer.export.why_tables import pace_csv
from explorer.model.pace import Pace, in_words, pace, stops_in_words

HOLDS = "Who holds it up: shares of the missing information"


def show() -> None:
    lead(
        "The distance still to go, on a logarithmic axis: look at its slope. Near the end EM takes "
        "the same share of it in every iteration, and no more than the points allow."
    )
    run = state.current_run()
    if run.trace.n_iter == 0:
        note("This run has made no iteration: raise the limit under Options.")
        return
    found: Pace = state.worked_out("pace", run.trace, lambda: pace(run))
    picture, places = pace_picture(found)
    plane.show(picture, {"road": places}, key="pace")
    note(in_words(found))
    st.html(
        table(
            ["stopping rule", "after", "still to come", "farthest parameter"],
            stops_in_words(found),
            "After which iteration three rules, each with its default, stop this run, and what was "
            "still to come there: in log-likelihood, and for the parameter that is farthest.",
        )
    )
    pair = state.pair()
    if points := missing_picture(found, sketch(run.problem.data.seen(pair)), pair):
        gallery.show(
            [("Who holds it up: shares of the missing information", points)], key="missing"
        )
    taking_along.offer(lambda: pace_csv(found))
    to_try(
        "bring the two components of the start closer together, or take Pearson’s crabs: the more "
        "they overlap, the more the labels hide, and the flatter the slope."
    )
