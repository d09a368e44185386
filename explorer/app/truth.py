"""What EM found beside the true groups, where these are known."""

import numpy as np
import streamlit as st
from markupsafe import Markup

from em_core import datasets
from em_core.agreement import adjusted_rand_index, assign
from em_core.wording import number
from explorer.app.markup import dot, html, panel, table
from explorer.model.problem import Data, Named
from explorer.model.runs import RunFrame

MEANING = (
    "Each point counts for the component with its largest responsibility. The adjusted Rand index "
    "is 1 where the groups are found exactly and about 0 where they agree no better than by chance."
)


def found_and_true(frame: RunFrame) -> None:
    """Nothing where the truth is not known."""
    data = frame.run.problem.data
    if data.truth is not None:
        st.html(panel("Compared with the true groups", _comparison(frame, data, data.truth)))


def _comparison(frame: RunFrame, data: Data, truth: np.ndarray) -> Markup:
    labels = _labels(frame, data)
    rows = [
        [name, *(str(np.sum(labels[truth == group] == k)) for k in range(frame.by.n_components))]
        for group, name in enumerate(_group_names(data, truth))
    ]
    return html(
        '<p class="ex-fact"><span>Adjusted Rand index{}</span><b>{}</b></p>'
        '<p class="ex-muted">{}</p>{}',
        " of the start" if frame.phase == "start" else "",
        number(adjusted_rand_index(labels, truth)),
        MEANING,
        table(
            ["true group", *map(dot, range(frame.by.n_components))],
            rows,
            "Points of each true group in each component",
        ),
    )


def _labels(frame: RunFrame, data: Data) -> np.ndarray:
    """(n,) the component with most of each point."""
    if frame.responsibilities is None or frame.run.stands_in:
        return assign(data.points, frame.by)
    return frame.responsibilities.argmax(axis=1)


def _group_names(data: Data, truth: np.ndarray) -> tuple[str, ...]:
    if isinstance(data.source, Named):
        return datasets.load(data.source.name).truth_names
    return tuple(f"group {group + 1}" for group in range(int(truth.max()) + 1))
