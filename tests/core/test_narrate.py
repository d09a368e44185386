"""The sentence about a half-step says what the numbers say."""

import numpy as np
import pytest

from em_core import GaussianMixture, InputError, e_step, fit
from em_core.datasets import load
from em_core.report.narrate import EStepAccount, describe_half_step, describe_step, sentence

FIVE = np.array([0.2, -0.9, -1.0, 1.2, 1.8])
START = GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])


def univariate(means, variances, weights=(0.5, 0.5)):
    return GaussianMixture.univariate(weights, means, variances)


def told(points, trace, h):
    return sentence(describe_half_step(points, trace, h))


def test_the_start():
    assert told(FIVE, fit(FIVE, START), 0) == "This is the start: no step has been made yet."


def test_the_first_e_step_shares_out():
    account = describe_step(FIVE, None, START, "E")
    assert isinstance(account, EStepAccount)
    shares = e_step(FIVE, START).responsibilities
    np.testing.assert_allclose(account.effective_sizes, shares.sum(axis=0), rtol=1e-14)
    assert account.size_changes is None
    assert account.contested == 1
    text = sentence(account)
    assert "component 2 got most, 3.272 points' worth" in text
    assert "the most contested point is −0.9" in text


def test_the_first_m_step_moves_and_narrows():
    trace = fit(FIVE, START)
    assert told(FIVE, trace, 2) == (
        "Component 1 moved most, from −3 to −0.5373, and narrowed (variance 4 → 0.5758)."
    )
    account = describe_half_step(FIVE, trace, 2)
    assert account.mover == 0
    assert account.shifts[0, 0] == pytest.approx(3 - 0.5373289474340418)
    assert account.relative_shifts[0] == pytest.approx((3 - 0.5373289474340418) / 2)
    assert account.spread_ratios[0] == pytest.approx(np.sqrt(0.5757859076870627 / 4))
    assert account.weight_changes.sum() == pytest.approx(0, abs=1e-15)


def test_a_point_that_changes_sides_is_given_up():
    before, after = univariate([-1, 1], [1, 1]), univariate([-1, 0.2], [0.1, 1])
    account = describe_step(FIVE, before, after, "E")
    old, new = (e_step(FIVE, m).responsibilities for m in (before, after))
    change = np.abs(new - old).max(axis=1)
    assert account.move.index == np.argmax(change)
    assert account.move.share_before == old[account.move.index, account.move.giver]
    assert account.move.share_after == new[account.move.index, account.move.giver]
    np.testing.assert_allclose(account.size_changes, new.sum(axis=0) - old.sum(axis=0), atol=1e-15)


def test_giving_up_and_leaving_more_are_told_apart():
    far = describe_step([0.5, -2], univariate([0, 4], [1, 1]), univariate([-4, 1], [1, 1]), "E")
    assert sentence(far) == (
        "Component 1 gave up the point 0.5, to component 2: its responsibility for it fell from "
        "100% to almost 0%."
    )
    near = describe_step([0.2, -9], univariate([0, 1], [1, 1]), univariate([-0.1, 1], [1, 1]), "E")
    assert sentence(near) == (
        "Component 1 left more of the point 0.2 to component 2: its responsibility for it fell "
        "from 57.4% to 56.8%."
    )


def test_other_points_that_changed_sides_are_counted():
    before, after = univariate([0, 9], [1, 1]), univariate([-9, 1], [1, 1])
    account = describe_step([0.5, 1, 1.5, -8, 9], before, after, "E")
    assert account.switched == 3
    assert sentence(account).endswith("2 more points changed sides.")


def test_of_three_components_it_says_mostly():
    before = univariate([0, 4, 8], [1, 1, 1], [1 / 3] * 3)
    after = univariate([-4, 1, 2], [1, 1, 1], [1 / 3] * 3)
    assert ", mostly to component 2:" in sentence(describe_step([0.5], before, after, "E"))


def test_widening():
    account = describe_step(FIVE, univariate([0, 1], [1, 1]), univariate([0, 1], [1, 4]), "M")
    assert sentence(account) == "Component 2 widened (variance 1 → 4)."


def test_in_two_dimensions_the_spread_is_told():
    points, covariances = load("penguins").points, np.array([np.eye(2), np.eye(2)])
    before = GaussianMixture([0.5, 0.5], [[40, 18], [48, 15]], covariances)
    after = GaussianMixture([0.5, 0.5], [[40, 18], [46, 15.5]], covariances / 4)
    assert sentence(describe_step(points, before, after, "M")) == (
        "Component 2 moved most, from (48, 15) to (46, 15.5), and narrowed (50% less spread)."
    )


def test_when_nothing_changes_any_more():
    trace = fit(FIVE, univariate([-0.56, 1.5], [0.3, 0.09], [0.6, 0.4]), tol=0, max_iter=800)
    assert told(FIVE, trace, 1599).startswith("Nothing changed any more: each point")
    assert told(FIVE, trace, 1600).startswith("Nothing changed any more: the components")
    account = describe_half_step(FIVE, trace, 1600)
    assert account.unchanged


def test_small_moves_are_called_small():
    account = describe_step(FIVE, univariate([0, 1], [1, 1]), univariate([0, 1.002], [1, 1]), "M")
    assert "hardly moved: component 2" in sentence(account)


def test_one_component_and_even_shares():
    one = GaussianMixture.univariate([1], [0], [1])
    assert "one component" in sentence(describe_step(FIVE, None, one, "E"))
    even = univariate([0, 0], [1, 1])
    assert "evenly" in sentence(describe_step(FIVE, None, even, "E"))
    assert sentence(describe_step(FIVE, one, univariate([0.5], [1], [1]), "M")) == (
        "Component 1 moved, from 0 to 0.5."
    )


def test_half_steps_of_a_run_use_the_right_mixtures():
    trace = fit(FIVE, START)
    account = describe_half_step(FIVE, trace, 5)
    old, new = (e_step(FIVE, trace.mixtures[t]).responsibilities for t in (1, 2))
    np.testing.assert_allclose(account.size_changes, (new - old).sum(axis=0), atol=1e-14)
    account = describe_half_step(FIVE, trace, 6)
    assert account.before == trace.mixtures[2]
    assert account.after == trace.mixtures[3]


def test_every_half_step_of_a_run_has_a_sentence():
    points = load("galaxies").points
    start = GaussianMixture.univariate([0.1, 0.8, 0.1], [10, 21, 33], [1, 5, 1])
    trace = fit(points, start)
    for h in range(2 * trace.n_iter + 1):
        text = told(points, trace, h)
        assert text[0].isupper()
        assert text.endswith(".")
        assert "nan" not in text


def test_far_from_zero_the_digits_tell_the_places_apart():
    points = 1e9 + FIVE
    text = told(points, fit(points, univariate(1e9 + np.array([-3, 2]), [4, 4])), 2)
    assert "from 999\u202f999\u202f997 to 999\u202f999\u202f999.463" in text


def test_repeat_counts_weigh_what_moves():
    before, after = univariate([-1, 1], [1, 1]), univariate([-0.5, 1], [1, 1])
    plain = describe_step(FIVE, before, after, "E")
    other = (plain.move.index + 1) % 5
    counts = np.ones(5)
    counts[other] = 1000
    assert describe_step(FIVE, before, after, "E", counts).move.index == other


def test_blocks_give_the_same_account(monkeypatch):
    before, after = univariate([-1, 1], [1, 1]), univariate([-1, 0.2], [0.1, 1])
    points = FIVE[::-1]
    whole = describe_step(points, before, after, "E")
    monkeypatch.setattr("em_core.report.narrate.BLOCK_ENTRIES", 4)
    parts = describe_step(points, before, after, "E")
    assert whole.move.index >= 2
    assert (parts.move.index, parts.contested) == (whole.move.index, whole.contested)
    assert sentence(parts) == sentence(whole)


def test_an_m_step_without_a_before_is_refused():
    with pytest.raises(InputError, match="before"):
        describe_step(FIVE, None, START, "M")


@pytest.mark.parametrize(("shift", "told"), [(0.0035, "hardly moved"), (0.007, "moved most")])
def test_a_move_is_worth_words_from_half_a_per_cent_of_the_deviation(shift, told):
    before, after = univariate([0, 1], [4, 4]), univariate([0, 1 + 2 * shift], [4, 4])
    assert told in sentence(describe_step(FIVE, before, after, "M"))


@pytest.mark.parametrize(("ratio", "told"), [(1.0035, "hardly moved"), (1.007, "widened")])
def test_a_spread_is_worth_words_from_half_a_per_cent(ratio, told):
    after = univariate([0, 1], [1, ratio**2])
    assert told in sentence(describe_step(FIVE, univariate([0, 1], [1, 1]), after, "M"))


@pytest.mark.parametrize(("moved", "unchanged"), [(3e-7, True), (8e-7, False)])
def test_what_six_digits_do_not_show_has_not_changed(moved, unchanged):
    before = univariate([0, 1], [1, 1])
    assert describe_step(FIVE, before, univariate([0, 1 + moved], [1, 1]), "M").unchanged == (
        unchanged
    )
    heavier = univariate([0, 1], [1, 1], [0.5 + moved, 0.5 - moved])
    assert describe_step(FIVE, before, heavier, "M").unchanged == unchanged
    even = univariate([-1, 1], [1, 1])
    tilted = univariate([-1, 1], [1, 1], [0.5 + moved, 0.5 - moved])
    assert describe_step([0.0], even, tilted, "E").unchanged == unchanged
