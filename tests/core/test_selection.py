import numpy as np
import pytest
from sklearn.datasets import load_iris

from em_core import GaussianMixture, InputError, align, candidate, criteria, fit, select_model
from em_core.datasets import load
from em_core.inference.endings import objections
from em_core.inference.selection import weight_of_evidence


def galaxies_as_r_has_them():
    """The 78th value as MASS::galaxies has it: 26.69, a typo for 26.96."""
    points = load("galaxies").points.copy()
    assert points[77] == 26.96
    points[77] = 26.69
    return points


def by_kind(selection):
    return {(c.covariance_type, c.n_components): c for c in selection.candidates}


def test_acidity_as_mclust_prints_it():
    selection = select_model(load("acidity").points, range(1, 4))
    tied = by_kind(selection)["tied", 2]
    assert tied.log_likelihood == pytest.approx(-185.9493, abs=1e-4)
    assert tied.bic == pytest.approx(392.0723, abs=1e-4)
    assert tied.icl == pytest.approx(398.5554, abs=0.02)  # mclust stops EM earlier
    assert selection.best("bic") is tied
    assert selection.best("icl") is tied


def test_galaxies_as_mclust_prints_them_from_twenty_starts():
    selection = select_model(galaxies_as_r_has_them(), range(1, 6))
    found = by_kind(selection)
    assert found["full", 3].bic == pytest.approx(441.6122, abs=1e-4)
    assert found["full", 3].icl == pytest.approx(441.6126, abs=1e-4)
    assert found["full", 4].bic == pytest.approx(443.3997, abs=0.02)  # mclust stops EM earlier
    assert selection.best("bic") is found["full", 3]


def test_old_faithful_in_the_plane_as_mclust_prints_it():
    selection = select_model(load("old_faithful").points, (1, 2, 3), n_starts=10)
    found = by_kind(selection)
    assert found["full", 2].bic == pytest.approx(2322.192, abs=1e-3)
    assert found["tied", 3].bic == pytest.approx(2314.316, abs=0.03)  # mclust stops EM earlier
    assert selection.best("bic") is found["tied", 3]
    assert selection.best("icl") is found["full", 2]


def test_iris_in_four_dimensions_as_mclust_prints_it():
    selection = select_model(load_iris().data, (2, 3), ["full"])
    two, three = selection.candidates
    assert two.log_likelihood == pytest.approx(-214.3547, abs=5e-5)
    assert two.bic == pytest.approx(574.0178, abs=5e-5)
    assert three.log_likelihood == pytest.approx(-180.1859, abs=5e-4)  # mclust stops EM earlier
    assert selection.best("bic") is two


def test_spurious_endings_are_kept_and_shown_but_not_chosen():
    five = candidate(galaxies_as_r_has_them(), 5, "full", n_starts=40)
    assert len(five.starts) == len(five.runs) == 40
    assert "spurious" in {finding.kind for run in five.runs for finding in run.findings}
    assert five.sound
    assert five.log_likelihood < five.starts.max() - 5
    highest = max(run.log_likelihood for run in five.runs if run.sound)
    assert five.log_likelihood == pytest.approx(highest, abs=1e-3)


def test_where_all_are_spurious_or_collapsed_the_highest_that_did_not_collapse_is_shown():
    six = candidate(galaxies_as_r_has_them(), 6, "full", n_starts=40)
    kinds = {finding.kind for run in six.runs for finding in run.findings}
    assert {"collapsed", "spurious"} <= kinds
    assert not six.sound
    assert six.findings[0].kind == "spurious"
    assert six.log_likelihood < six.starts.max() - 5


def test_a_saddle_is_no_fit_however_still_em_stands_there():
    points = load("acidity").points
    twins = GaussianMixture.univariate([0.5, 0.5], [points.mean()] * 2, [points.var()] * 2)
    assert objections(points, twins)
    above = candidate(points, 2, "full", n_starts=5)
    assert not objections(points, above.mixture)


def test_where_something_speaks_against_every_ending_none_is_chosen():
    points = np.array([0.0, 0.001, 5, 5.002, 9, 9.001, 20])
    selection = select_model(points, [4], ["full"], n_starts=8)
    (only,) = selection.candidates
    assert not only.sound
    assert only.findings[0].severity in ("error", "warning")
    with pytest.raises(InputError) as refusal:
        selection.best()
    assert refusal.value.code == "none-sound"


def test_as_many_parameters_as_points_are_never_chosen():
    five = load("worked_example").points
    found = by_kind(select_model(five, range(1, 6)))
    assert found["tied", 4].bic < found["tied", 2].bic
    for (kind, k), each in found.items():
        crowded = "crowded" in {finding.kind for finding in each.findings}
        assert crowded == (each.n_parameters >= 5)
        assert crowded == all("crowded" in {f.kind for f in run.findings} for run in each.runs)
        assert (kind, k) == ("tied", 2) or k == 1 or not each.sound
    assert found["tied", 4].findings[-1].sentence.startswith("8 parameters for 5 points: ")


def test_points_that_count_more_often_carry_more_parameters():
    five, twice = load("worked_example").points, np.full(5, 2)
    assert candidate(five, 2, "full").findings[-1].kind == "crowded"
    both = candidate(five, 2, "full", sample_weight=twice)
    assert "crowded" not in {finding.kind for finding in both.findings}


def test_a_candidate_with_an_unbounded_likelihood_never_wins():
    selection = select_model(load("acidity").points, range(1, 9), ["full"])
    lowest = min(selection.candidates, key=lambda c: c.bic)
    assert lowest.n_components == 8
    assert not lowest.sound
    assert selection.best().n_components == 2


def test_the_criteria_are_those_of_the_mixture_shown():
    points = load("penguins").points
    for found in select_model(points, (2, 3), ("full", "spherical"), n_starts=4).candidates:
        again = criteria(points, found.mixture, found.covariance_type)
        assert found.criteria == again
        assert found.n_parameters == found.mixture.n_parameters(found.covariance_type)


def test_the_chosen_ending_is_at_rest():
    points = load("acidity").points
    found = candidate(points, 3, "full")
    further = fit(points, found.mixture, max_iter=2000, tol=0)
    assert further.log_likelihoods[-1] - found.log_likelihood < 1e-5


def test_runs_hold_the_starts_they_came_from():
    points = load("galaxies").points
    for run in candidate(points, 3, "full", n_starts=6).runs:
        trace = fit(points, run.start, "full", 1000, 1e-8)
        assert trace.outcome == run.outcome
        assert trace.log_likelihoods[-1] == pytest.approx(run.log_likelihood, rel=1e-12)


def test_each_start_is_judged_as_if_it_were_alone():
    points = galaxies_as_r_has_them()
    for run in candidate(points, 5, "full", n_starts=12).runs:
        alone = objections(points, run.mixture, "full")
        assert [f.kind for f in alone] == [f.kind for f in run.findings]


def test_a_collapse_is_told_with_the_iteration_it_happened_in():
    points = load("acidity").points
    runs = candidate(points, 8, "full").runs
    collapsed = next(run for run in runs if run.outcome == "collapsed")
    trace = fit(points, collapsed.start, "full", 1000, 1e-8)
    assert f"In iteration {trace.iteration} component" in collapsed.findings[0].sentence


def test_weights_count_as_repetition():
    values, counts = np.unique(load("pearson_crabs").points, return_counts=True)
    table = select_model(values, (1, 2), n_starts=4, sample_weight=counts)
    people = select_model(load("pearson_crabs").points, (1, 2), n_starts=4)
    for one, other in zip(table.candidates, people.candidates, strict=True):
        assert one.criteria.n == other.criteria.n == 1000
        assert one.bic == pytest.approx(other.bic, rel=1e-8)
        order = list(align(one.mixture, other.mixture))
        np.testing.assert_allclose(one.mixture.means, other.mixture.means[order], rtol=1e-4)


def test_points_of_weight_0_are_not_there():
    points, weight = np.array([0.0, 1, 2, 50]), np.array([1, 2, 1, 0])
    selection = select_model(points, range(1, 9), n_starts=2, sample_weight=weight)
    assert max(c.n_components for c in selection.candidates) == 3


def test_the_same_without_a_generator_and_other_starts_with_another():
    points = load("galaxies").points
    first, again = (select_model(points, [4], ["full"], 5) for _ in range(2))
    other = select_model(points, [4], ["full"], 5, np.random.default_rng(1))
    assert first.candidates[0].starts.tolist() == again.candidates[0].starts.tolist()
    assert first.candidates[0].starts.tolist() != other.candidates[0].starts.tolist()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"n_components": []}, "no-candidates"),
        ({"covariance_types": []}, "no-candidates"),
        ({"n_components": [9]}, "no-candidates"),
        ({"covariance_types": ["round"]}, "covariance-type"),
        ({"n_components": [0]}, "n-components"),
        ({"n_starts": 0}, "n-starts"),
    ],
)
def test_what_cannot_be_selected_from_is_refused(arguments, code):
    with pytest.raises(InputError) as refusal:
        select_model([1.0, 2, 3, 4], **arguments)
    assert refusal.value.code == code


def test_an_unknown_criterion_is_refused():
    selection = select_model([1.0, 2, 3, 4], [1], n_starts=1)
    with pytest.raises(InputError) as refusal:
        selection.best("mdl")
    assert refusal.value.code == "criterion"


def test_one_gaussian_has_one_optimum():
    points = np.random.default_rng(0).normal(size=60)
    selection = select_model(points, range(1, 4), n_starts=5)
    assert selection.best().n_components == 1
    single = selection.best().mixture
    expected = GaussianMixture.univariate([1], [points.mean()], [points.var()])
    np.testing.assert_allclose(single.means, expected.means, rtol=1e-12)
    np.testing.assert_allclose(single.covariances, expected.covariances, rtol=1e-12)


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (0, "hardly a difference"),
        (1.99, "hardly a difference"),
        (2, "positive evidence"),
        (6, "strong evidence"),
        (9.9, "strong evidence"),
        (10, "very strong evidence"),
    ],
)
def test_kass_and_rafterys_grades(difference, words):
    assert weight_of_evidence(difference) == words
