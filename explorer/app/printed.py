"""What others printed of a run, beside our digits."""

import streamlit as st
from markupsafe import Markup

from explorer.app import state
from explorer.app.markup import html, panel, table
from explorer.model import published
from explorer.model.published import Published


def beside(run: Published) -> Markup:
    """Their numbers and ours, a tick where they agree, and where theirs stand."""
    rows = [
        [each.printed.words, each.printed.theirs, each.own, each.verdict]
        for each in published.compared(run)
    ]
    caption = "What they printed beside what is computed here"
    version = f" Data: {run.version}." if run.version else ""
    return table(["", "printed", "here", "agree"], rows, caption) + html(
        '<p class="ex-note">Printed in: {}.{}</p>', run.source, version
    )


def printed_elsewhere() -> None:
    """Nothing where the problem is no run of the shelf."""
    problem = state.session().problem
    run = state.worked_out("published", problem, lambda: published.printed_of(problem))
    if run is not None:
        st.html(panel("Printed elsewhere", beside(run)))
