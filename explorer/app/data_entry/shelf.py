"""Runs that other people printed: each opens at the state whose digits they give."""

import streamlit as st

from explorer.app import printed
from explorer.app.data_entry.offer import Offer, propose
from explorer.app.markup import html
from explorer.model import published


def show() -> None:
    runs = {run.id: run for run in published.shelf()}
    chosen = runs[
        st.selectbox(
            "A run that others printed",
            list(runs),
            key="shelf",
            format_func=lambda name: runs[name].title,
            help="From papers, manuals, courses and a forum. It opens at the state whose numbers "
            "they give, and these stand beside ours.",
        )
    ]
    st.html(html('<p class="ex-note">{}</p>', chosen.shows))
    with st.spinner("EM runs …"):
        opening = published.opening(chosen)
        st.html(printed.beside(chosen))
    problem = opening.problem
    notes = (f"{chosen.title}: {problem.data.n_points} points.",)
    propose(lambda: Offer(lambda _: problem, notes, opening.view), label="Open this run")
