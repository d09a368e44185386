"""Does it fit: distribution functions, quantiles, and what rounding of the data does."""

from em_core import Candidate
from em_core.inference import remarks
from explorer.app import gallery, state
from explorer.app.how_many import desk
from explorer.app.portions import note, section, to_try
from explorer.charts import studies


def show(candidate: Candidate) -> None:
    data = state.session().problem.data
    distribution, quantiles = desk.distribution_of(candidate), desk.quantiles_of(candidate)
    words, pictures = remarks.of_quantiles(quantiles), []
    title = "Distances from the most probable component"
    if distribution is not None:
        words, title = f"{remarks.of_distribution(distribution)} {words}", "Quantiles"
        pictures.append(("Distribution functions", studies.distribution(data, distribution)))
    pictures.append((title, studies.quantiles(data, quantiles)))
    section("Does it fit?", words)
    gallery.show(pictures, key="fitness")
    if rounding := desk.rounding_of(candidate):
        note(rounding)
    to_try(
        "choose a fit with fewer components above and see where it leaves the band. A fit is "
        "closer to its own data than the truth would be: leaving the band is news, staying inside "
        "is no proof."
    )
