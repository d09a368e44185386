"""What EM found beside the true groups, where these are known."""

import numpy as np
import streamlit as st

from em_core import datasets
from em_core.agreement import adjusted_rand_index, assign
from em_core.wording import number
from explorer.app.markup import dot, panel, table, text
from explorer.model.problem import Data, Named
from explorer.model.runs import Run

MEANING = (
    "Each point counts for the component with its largest share. The adjusted Rand index is 1 "
    "where the groups are found exactly and about 0 where they agree no better than by chance."
)


def show(run: Run, h: int) -> None:
    """Nothing where the truth is not known."""
    data = run.problem.data
    if data.truth is not None:
        st.html(panel("Beside the truth", _comparison(run, h, data, data.truth)))


def _comparison(run: Run, h: int, data: Data, truth: np.ndarray) -> str:
    sharer = run.sharer(h)
    labels = assign(data.points, sharer)
    index = number(adjusted_rand_index(labels, truth))
    whose = " of the start" if h == 0 else ""
    components = range(sharer.n_components)
    names = _group_names(data, truth)
    rows = [
        [text(name), *(str(np.sum(labels[truth == group] == k)) for k in components)]
        for group, name in enumerate(names)
    ]
    head = ["true group", *map(dot, components)]
    return (
        f'<p class="ex-fact"><span>Adjusted Rand index{whose}</span><b>{index}</b></p>'
        f'<p class="ex-muted">{MEANING}</p>'
        f"{table(head, rows, 'Points of each true group in each component')}"
    )


def _group_names(data: Data, truth: np.ndarray) -> tuple[str, ...]:
    if isinstance(data.source, Named):
        return datasets.load(data.source.name).truth_names
    return tuple(f"group {group + 1}" for group in range(int(truth.max()) + 1))
