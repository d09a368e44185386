"""Pictures of one fit: sound SVG, everything drawn that is promised, nothing off the paper."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from em_core import bootstrap, candidate, check_cdf, check_quantiles, influence
from explorer.charts import studies
from explorer.charts.sketch import sketch
from explorer.model.examples import named_data

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", params=["galaxies", "penguins"])
def fitted(request):
    data = named_data(request.param)
    found = candidate(data.points, 3, "full", 5)
    return data, found.mixture


@pytest.fixture(scope="module")
def replicates(fitted):
    data, mixture = fitted
    return bootstrap(data.points, mixture, "full", 12)


@pytest.fixture(scope="module")
def found(fitted):
    data, mixture = fitted
    return influence(data.points, mixture)


def test_every_replicate_is_a_ghost_behind_the_fit(fitted, replicates):
    data, mixture = fitted
    root = ET.fromstring(studies.ghosts(data, sketch(data), replicates))
    faint = [p for p in root.iter(f"{SVG}path") if p.get("opacity") in ("0.35", "0.3")]
    each = 1 if data.n_features == 1 else mixture.n_components
    assert len(faint) == len(replicates) * each
    numbers = [t.text for t in root.iter(f"{SVG}text") if t.get("font-weight") == "700"]
    assert numbers == ["1", "2", "3"]


def test_every_parameter_has_its_spread(fitted, replicates):
    data, _ = fitted
    root = ET.fromstring(studies.spread_of(replicates, data, 1))
    names = [t.text for t in root.iter(f"{SVG}text")][::3]
    assert names[0] == "weight"
    assert len(names) == 1 + 2 * data.n_features


def test_the_fit_checks_are_drawn(fitted):
    data, mixture = fitted
    check = check_quantiles(data.points, mixture)
    root = ET.fromstring(studies.quantiles(data, check))
    dots = list(root.iter(f"{SVG}circle"))
    assert len(dots) == len(check.observed)
    marked = [d for d in dots if "--em-c2" in d.get("style")]
    assert len(marked) == int(check.outside.sum())
    if data.n_features == 1:
        ET.fromstring(studies.distribution(data, check_cdf(data.points, mixture)))


def test_the_most_influential_points_show_the_fit_without_them(fitted, found):
    data, mixture = fitted
    root = ET.fromstring(studies.deciders(data, sketch(data), mixture, found))
    shown = {g.get("data-of") for g in root.iter(f"{SVG}g") if g.get("data-of")}
    ghosts = {g.get("data-ghost") for g in root.iter(f"{SVG}g") if g.get("data-ghost")}
    expected = {str(i) for i in found.order[: studies.MOST_DECIDERS]}
    assert shown == expected
    assert ghosts <= shown
    assert str(found.order[0]) in shown
    assert len(ghosts) >= len(shown) - np.isinf(found.displacements).sum()


def test_a_fit_that_is_no_mixture_has_no_ghost(found):
    broken = type(found)(
        found.weights * np.nan, found.means, found.covariances, found.displacements, True
    )
    assert studies.without(broken, 0) is None
    assert studies.without(found, int(found.order[-1])) is not None


def test_what_stands_at_a_mark_names_the_point_and_its_effect(fitted, found):
    data, _ = fitted
    i = int(found.order[0])
    assert studies.tip_of(data, found, i).startswith(f"point {i + 1}, ")
