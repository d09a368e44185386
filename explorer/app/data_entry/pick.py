"""The classic data sets, each with what it shows and where it comes from."""

import streamlit as st

from em_core import datasets
from explorer.app import state
from explorer.app.data_entry.offer import of_data, propose
from explorer.app.markup import text
from explorer.model.examples import NAMED, WORKED_EXAMPLE, named_data
from explorer.model.problem import Named


def show() -> None:
    source = state.session().problem.data.source
    here = source.name if isinstance(source, Named) else WORKED_EXAMPLE
    name = st.radio(
        "Data set",
        NAMED,
        index=NAMED.index(here),
        key="data-pick",
        format_func=_title,
        captions=[datasets.load(each).shows for each in NAMED],
        help="Classic data sets, each with something to learn from.",
    )
    found = datasets.load(name)
    st.html(f'<p class="ex-note">Source: {text(found.source)}</p>')
    axes = ", ".join(
        f"{column} ({unit})" if unit else column
        for column, unit in zip(found.columns, found.units, strict=True)
    )
    known = " The true groups are known." if found.truth is not None else ""
    propose(
        lambda: of_data(
            named_data(name), f"{found.title}: {len(found.points)} points, {axes}.{known}"
        )
    )


def _title(name: str) -> str:
    found = datasets.load(name)
    d = found.points.shape[1]
    where = {1: "", 2: " in the plane"}.get(d, f" in {d} columns")
    return f"{found.title} ({len(found.points)} points{where})"
