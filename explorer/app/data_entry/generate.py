"""Points drawn from a mixture that is known, so that what EM finds can be compared with it."""

from dataclasses import dataclass

import streamlit as st

from em_core.wording import counted
from explorer.app import state
from explorer.app.data_entry.offer import Offer, of_data, propose
from explorer.app.markup import text
from explorer.model.examples import MAX_GENERATED, generated_data
from explorer.model.problem import MAX_COMPONENTS, MAX_SEED, Generated


@dataclass(frozen=True)
class Recipe:
    """A generator in words. overlap: what its separation means, "" where it means nothing."""

    title: str
    overlap: str = ""


RECIPES = {
    "mixture_1d": Recipe(
        "Groups on a line",
        "The distance between neighbouring means, in standard deviations σ. At 0 all groups are "
        "the same; above 2 two equal groups show two modes; from 4 on they hardly overlap.",
    ),
    "crossing_clouds": Recipe(
        "Crossing clouds in the plane",
        "How much longer than wide each cloud is: its long axis is 1 + this many σ. At 0 all "
        "clouds are the same round one; the longer, the easier to tell apart.",
    ),
    "single_gaussian": Recipe("One single Gaussian: no groups at all"),
}


def show() -> None:
    recipe = st.selectbox(
        "What to draw",
        list(RECIPES),
        key="generate-recipe",
        format_func=lambda name: RECIPES[name].title,
        help="All groups are equally likely. Which group each point came from is remembered.",
    )
    n, n_components = _sizes(recipe)
    separation = _separation(recipe)
    seed = _seed()
    propose(lambda: _draw(Generated(recipe, n, n_components, separation, seed)))


def _sizes(recipe: str) -> tuple[int, int]:
    left, right = st.columns(2)
    n = left.number_input(
        "Points",
        2,
        MAX_GENERATED,
        200,
        step=50,
        key="generate-n",
        help=f"How many points are drawn, at most {MAX_GENERATED}.",
    )
    if not RECIPES[recipe].overlap:
        return n, 1
    n_components = right.number_input(
        "Groups",
        1,
        MAX_COMPONENTS,
        2,
        step=1,
        key="generate-count",
        help="How many components the points are drawn from.",
    )
    return n, n_components


def _separation(recipe: str) -> float:
    overlap = RECIPES[recipe].overlap
    if not overlap:
        return 0.0
    separation = st.slider(
        "Separation", 0.0, 10.0, 4.0, 0.25, key="generate-separation", help=overlap
    )
    st.html(f'<p class="ex-note">{text(overlap)}</p>')
    return separation


def _seed() -> int:
    left, right = st.columns(2, vertical_alignment="bottom")
    seed = left.number_input(
        "Seed",
        0,
        MAX_SEED,
        1,
        step=1,
        key="generate-seed",
        help="The same seed draws the same points.",
    )
    right.button(
        "New seed",
        key="generate-new-seed",
        on_click=_take_next_seed,
        help="Draw other points.",
        width="stretch",
    )
    return seed


@state.callback
def _take_next_seed() -> None:
    state.show("generate-seed", (state.value_of("generate-seed") + 1) % (MAX_SEED + 1))


def _draw(source: Generated) -> Offer:
    data = state.kept("drawn", source, lambda: generated_data(source))
    return of_data(
        data, f"{data.title}: {counted(data.n_points, 'point')}.", "Their true groups are kept."
    )
