"""What EM found beside the true groups, where these are known."""

import numpy as np
from markupsafe import Markup

from em_core import datasets
from em_core.agreement import assign, assigned_on_a_line, rand_index_of_table
from em_core.wording import number
from explorer.app.markup import dot, html, panel, table
from explorer.app.remade import Kept
from explorer.model.problem import Data, Named
from explorer.model.runs import Run, RunFrame

MEANING = (
    "Each point counts for the component with its largest responsibility. The adjusted Rand index "
    "is 1 where the groups are found exactly and about 0 where they agree no better than by chance."
)


def found_and_true(frame: RunFrame, truth: np.ndarray) -> Markup:
    """truth: (n,) each point's true group.

    It is the same at the E-step and the M-step of an iteration, so the last one is kept.
    """
    data = frame.run.problem.data
    mark = (frame.by_iteration, frame.phase == "start")
    compared = _KEPT.of(frame.run, mark, lambda: _comparison(frame, data, truth))
    return panel("Compared with the true groups", compared)


_KEPT: Kept[Run] = Kept()


def _comparison(frame: RunFrame, data: Data, truth: np.ndarray) -> Markup:
    names = _group_names(data, truth)
    counts = _counts(frame, truth, len(names))
    rows = [[name, *map(str, row)] for name, row in zip(names, counts.tolist(), strict=True)]
    return html(
        '<p class="ex-fact"><span>Adjusted Rand index{}</span><b>{}</b></p>'
        '<p class="ex-muted">{}</p>{}',
        " of the start" if frame.phase == "start" else "",
        number(rand_index_of_table(counts)),
        MEANING,
        table(
            ["true group", *map(dot, range(frame.by.n_components))],
            rows,
            "Points of each true group in each component",
        ),
    )


def _counts(frame: RunFrame, truth: np.ndarray, n_groups: int) -> np.ndarray:
    """(G, K) how many points of each true group each component has most of."""
    run, K = frame.run, frame.by.n_components
    if run.stands_in:
        return assigned_on_a_line(run.groups, frame.by)
    if frame.responsibilities is None:
        labels = assign(run.points, frame.by)
    else:
        labels = frame.responsibilities.argmax(axis=1)
    return np.bincount(truth * K + labels, minlength=n_groups * K).reshape(-1, K)


def _group_names(data: Data, truth: np.ndarray) -> tuple[str, ...]:
    if isinstance(data.source, Named):
        return datasets.load(data.source.name).truth_names
    return tuple(f"group {group + 1}" for group in range(int(truth.max()) + 1))
