"""In a notebook, a run that plays.

from explorer.launch.notebook import playing

playing(points, fit(points, start))
"""

from dataclasses import dataclass
from html import escape

from numpy.typing import ArrayLike

from em_core import Trace
from explorer.export.player_run import player_page
from explorer.model.examples import OWN_TITLE, own_data

HEIGHT = 900
"""Pixels: the transport bar and the three charts."""


@dataclass(frozen=True)
class Playing:
    """A page that plays, in a frame of its own; it loads nothing from anywhere."""

    page: str

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.page)}" title="A run of EM" sandbox="allow-scripts" '
            f'width="100%" height="{HEIGHT}" style="border: 0"></iframe>'
        )


def playing(points: ArrayLike, trace: Trace, title: str = OWN_TITLE, half_step: int = 0) -> Playing:
    """The run on these points, (n,) or (n, d) with d 1 or 2, opened at the half-step.

    InputError for points that cannot be shown. The page has 1.4 MB, most of it Plotly.
    """
    return Playing(player_page(own_data(points, title), trace, half_step=half_step))
