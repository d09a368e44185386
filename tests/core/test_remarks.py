"""The sentences about one fit say what its numbers say."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from em_core import (
    GaussianMixture,
    bootstrap,
    candidate,
    check_cdf,
    check_quantiles,
    criteria,
    information,
)
from em_core.datasets import load
from em_core.inference import influence
from em_core.inference.remarks import (
    effect_of,
    of_bins,
    of_distribution,
    of_influence,
    of_information,
    of_quantiles,
    of_replicates,
    of_rounding,
)
from em_core.wording import log_likelihood

ACIDITY = load("acidity").points


@pytest.fixture(scope="module")
def fitted():
    return candidate(ACIDITY, 2, "tied", 5)


@pytest.fixture(scope="module")
def found(fitted):
    return influence.influence(ACIDITY, fitted.mixture, "tied")


def test_standard_errors_that_cannot_be_had_are_explained(fitted):
    known = information(ACIDITY, fitted.mixture, "tied")
    assert "95% interval where the truth may lie" in of_information(known)
    twins = GaussianMixture.univariate([0.5, 0.5], [5.1, 5.1], [1, 1])
    assert "not positive definite" in of_information(information(ACIDITY, twins))


def test_useless_samples_are_counted(fitted):
    made = bootstrap(ACIDITY, fitted.mixture, "tied", 3)
    assert of_replicates(made) == "3 bootstrap samples drawn from the data."
    worse = replace(made, failed=2, unaligned=1)
    assert of_replicates(worse) == (
        "5 bootstrap samples drawn from the data; 2 ended in a collapsed or empty component; in 1 "
        "the components cannot be matched for sure."
    )


def test_the_band_is_stayed_in_or_left(fitted):
    assert "stays inside the 95% band" in of_distribution(check_cdf(ACIDITY, fitted.mixture))
    single = candidate(ACIDITY, 1, "tied", 1).mixture
    check = check_cdf(ACIDITY, single)
    assert "leaves the 95% band" in of_distribution(check)


def test_quantiles_outside_are_counted_and_weighed(fitted):
    check = check_quantiles(ACIDITY, fitted.mixture)
    n = len(check.outside)

    def with_outside(count):
        high = np.where(np.arange(n) < count, check.observed - 1, check.observed + 1)
        return replace(check, low=check.observed - 2, high=high)

    assert of_quantiles(with_outside(0)).endswith("holds each with 95% probability: a close fit.")
    assert of_quantiles(with_outside(n // 10)).startswith(f"{n // 10} of {n} quantiles")
    assert of_quantiles(with_outside(n // 10)).endswith("about as many as chance would put there.")
    assert of_quantiles(with_outside(n // 10 + 1)).endswith("more than chance would put there.")


def test_rounding_matters_where_a_component_is_as_narrow_as_it():
    newcomb = load("newcomb").points
    fine = candidate(newcomb, 1, "full", 1)
    assert "same likelihood as the density does" in of_rounding(newcomb, fine)
    spike = GaussianMixture.univariate([0.02, 0.98], [-44, 27], [0.01, 30])
    narrow = replace(fine, mixture=spike)
    assert "trust the first (Biernacki 2007)" in of_rounding(newcomb, narrow)
    assert of_rounding(newcomb / 3, fine) == ""
    assert of_rounding(load("penguins").points, fine) == ""


def test_rounding_is_weighed_by_the_counts():
    newcomb = load("newcomb").points
    values, counts = np.unique(newcomb, return_counts=True)
    spike = GaussianMixture.univariate([0.02, 0.98], [-44, 27], [0.01, 30])
    narrow = candidate(values, 1, "full", 1, sample_weight=counts)
    narrow = replace(narrow, mixture=spike, criteria=criteria(values, spike, sample_weight=counts))
    whole = replace(narrow, criteria=criteria(newcomb, spike))
    assert of_rounding(values, narrow, counts) == of_rounding(newcomb, whole)
    assert of_rounding(values, narrow, counts) != of_rounding(values, narrow)


def test_the_most_influential_point_is_named_and_weighed(fitted, found):
    words = of_influence(ACIDITY, fitted, found)
    assert words.startswith("Left out one by one, point 1 at 2.928524 moves the fit most: by 0.55")
    assert words.endswith("well within what sampling alone would do.")
    assert "to first order" in of_influence(ACIDITY, fitted, replace(found, exact=False))
    half = stats.chi2(fitted.n_parameters).median() / found.displacements[0]
    for times, words in ((0.97, "well within"), (1.03, "edge of a 50% confidence region")):
        scaled = replace(found, displacements=found.displacements * half * times)
        assert words in of_influence(ACIDITY, fitted, scaled)
    fatal = np.where(np.arange(len(ACIDITY)) == 4, np.inf, found.displacements)
    words = of_influence(ACIDITY, fitted, replace(found, displacements=fatal))
    assert "point 5 at" in words
    assert "decides most: without it a component collapses" in words
    effect = effect_of(ACIDITY, fitted, replace(found, displacements=fatal), 4)
    assert effect == "a component collapses"


def test_the_effect_names_the_mean_that_moves(fitted, found):
    first = int(np.argmin(fitted.mixture.means[:, 0])) + 1
    assert effect_of(ACIDITY, fitted, found, 0) == f"mean {first}: 4.371 → 4.387"


@pytest.mark.parametrize(("width", "end"), [(0.05, "to be the same."), (4.0, "width²/12 off).")])
def test_bins_have_the_probability_that_the_fit_gives_them(width, end):
    """SciPy's normal distribution is the oracle; wide bins make a difference, narrow ones none."""
    edges = np.arange(0, 12 + width, width)
    bins = np.column_stack([edges[:-1], edges[1:]])
    counts = np.histogram(ACIDITY[:, 0], edges)[0].astype(float)
    bins, counts = bins[counts > 0], counts[counts > 0]
    fit = candidate(bins.mean(axis=1), 1, "full", 1, sample_weight=counts)
    normal = stats.norm(fit.mixture.means[0, 0], np.sqrt(fit.mixture.variances[0]))
    by_bins = counts @ np.log(normal.cdf(bins[:, 1]) - normal.cdf(bins[:, 0]))
    by_density = counts @ (normal.logpdf(bins.mean(axis=1)) + np.log(bins[:, 1] - bins[:, 0]))
    said = of_bins(bins, fit, counts)
    assert said.startswith("EM counts each bin at its middle.")
    assert f"log-likelihood {log_likelihood(by_bins)} by this fit" in said
    assert f"it is {log_likelihood(by_density)}:" in said
    assert said.endswith(end)
