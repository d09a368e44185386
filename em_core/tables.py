"""Mixtures and runs as small HTML tables, for notebooks: what `_repr_html_` gives."""

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from em_core.wording import coordinates, counted, log_likelihood, number, signed

SHOWN = 4
"""So many iterations at each end of a run; what is between them is left out, and counted."""


def mixture_table(weights: np.ndarray, means: np.ndarray, covariances: np.ndarray) -> str:
    """A row for each component. weights (K,), means (K, d), covariances (K, d, d)."""
    line = means.shape[1] == 1
    variances = np.diagonal(covariances, axis1=1, axis2=2)
    spread = np.ptp(means, axis=0) + np.sqrt(variances.max(axis=0))
    rows = [
        (str(k), number(weight), coordinates(mean, spread), _covariance(covariance))
        for k, (weight, mean, covariance) in enumerate(
            zip(weights, means, covariances, strict=True), start=1
        )
    ]
    return table(("component", "weight", "mean", "variance σ²" if line else "covariance"), rows)


def run_table(log_likelihoods: np.ndarray, message: str, last: str) -> str:
    """The log-likelihood of each iteration (T+1,), how the run ended, and the table `last`."""
    gains = ["", *map(signed, np.diff(log_likelihoods))]
    rows = [
        (str(t), log_likelihood(value), gain)
        for t, (value, gain) in enumerate(zip(log_likelihoods, gains, strict=True))
    ]
    left_out = len(rows) - 2 * SHOWN
    if left_out > 1:
        rows[SHOWN:-SHOWN] = [("…", f"{counted(left_out, 'iteration')} more", "")]
    head = ("iteration", "log-likelihood", "gain")
    return f"<p>{escape(message)}</p>{table(head, rows)}{last}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A plain table; every text is escaped."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(_row(*row) for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _row(name: str, *cells: str) -> str:
    return f'<tr><th scope="row">{escape(name)}</th>{"".join(map(_cell, cells))}</tr>'


def _cell(text: str) -> str:
    return f"<td>{escape(text)}</td>"


def _covariance(covariance: np.ndarray) -> str:
    """4.2, or [4.2, 1.1; 1.1, 3]."""
    if covariance.size == 1:
        return number(covariance.item())
    return f"[{'; '.join(', '.join(map(number, row)) for row in covariance)}]"
