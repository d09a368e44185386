"""Of more than two columns: what the fit looks like along all pairs of them."""

from em_core import Candidate
from explorer.app import pairs, state
from explorer.app.portions import section
from explorer.model.problem import FIRST_TWO


def show(candidate: Candidate) -> None:
    """Nothing where there are no more than two."""
    if state.session().problem.data.n_features <= len(FIRST_TWO):
        return
    section(
        "What do the components look like?",
        "The pair that is chosen here, by a click on its picture, is the one that is drawn below "
        "and on the stage of Explore.",
    )
    pairs.choice()
    pairs.matrix(candidate.mixture, "pairs-of-fit")
