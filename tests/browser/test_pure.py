"""Functions of the stage that only compute, called one by one: what a glide passes through, how
far badges are pushed apart, which steps of a long run are drawn."""

import numpy as np
import pytest

from em_core import GaussianMixture, e_step
from explorer.charts.palette import LIGHT, channels
from explorer.stage.payload import mixture_payload

FIRST = GaussianMixture.univariate([0.3, 0.7], [-3, 2], [4, 1])
SECOND = GaussianMixture.univariate([0.5, 0.5], [-1, 3], [2, 5])
POINTS = [0.2, -0.9, 1.8]
SHARES = """([from, to, points, s, inTurn]) => {
  const plain = { d: 1, K: 2, options: { rules: { temperature: 1 } } };
  return [...run.sharesBetween(plain, { from, to, s, inTurn }, points)];
}"""


def test_a_glide_goes_straight_from_one_mixture_to_the_other(module):
    page = module("run")
    between = page.evaluate(
        "([a, b, s]) => { const m = run.mixtureBetween(a, b, s);"
        " return [m.w, m.m, m.c].map((v) => [...v]); }",
        [mixture_payload(FIRST), mixture_payload(SECOND), 0.25],
    )
    pairs = ((m.weights, m.means[:, 0], m.variances) for m in (FIRST, SECOND))
    for found, one, other in zip(between, *pairs, strict=True):
        assert found == pytest.approx(0.75 * one + 0.25 * other)


@pytest.mark.parametrize("two", [False, True])
def test_shares_glide_too_from_none_at_the_start(module, two):
    page = module("run")
    shares = page.evaluate(
        SHARES,
        [mixture_payload(FIRST) if two else None, mixture_payload(SECOND), POINTS, 0.25, False],
    )
    back = page.evaluate(
        SHARES,
        [mixture_payload(FIRST), None, POINTS, 0.25, False],
    )
    first = e_step(POINTS, FIRST).responsibilities
    final = e_step(POINTS, SECOND).responsibilities
    assert shares == pytest.approx((0.75 * two * first + 0.25 * final).ravel())
    assert back == pytest.approx(0.75 * first.ravel())


def test_the_trajectory_s_quantities_are_read_off_the_mixture(module):
    """Where standard deviations are asked for, their curves are no variances."""
    tilted = GaussianMixture(
        [0.4, 0.6], [[0, 1], [3, 2]], [[[1, 0.5], [0.5, 2]], [[4, -0.6], [-0.6, 9]]]
    )
    asked = ["weight", "mean", "variance", "sd", "covariance"]
    page = module("run")
    found = page.evaluate(
        "([m, asked]) => asked.map((name) => run.parameterOf(m, [name, 1], 1))",
        [mixture_payload(tilted), asked],
    )
    line = page.evaluate("(m) => run.parameterOf(m, ['sd', 0], 0)", mixture_payload(FIRST))
    assert found == pytest.approx([0.6, 2, 9, 3, -0.6])
    assert line == pytest.approx(2)


def test_in_slow_motion_one_point_is_shared_out_after_the_other(module):
    page = module("run")
    shares = page.evaluate(SHARES, [None, mixture_payload(FIRST), POINTS, 0.5, True])
    final = e_step(POINTS, FIRST).responsibilities
    assert shares == pytest.approx((final * [[1], [0.5], [0]]).ravel())


def test_what_nobody_owns_yet_stays_neutral(module):
    """Half shared out, a point has half of its components' colours and half of the neutral one;
    what of it is contested goes half way to ink."""
    shares = [0.3, 0.2, 0.0, 1.0]
    page = module("colours")
    found = page.evaluate(
        "([s, palette]) => colours.blended(Float64Array.from(s), 2, 2, palette)",
        [shares, LIGHT.to_dict()],
    )
    known = (*LIGHT.components[:2], LIGHT.neutral, LIGHT.ink)
    one, other, neutral, ink = (np.array(channels(colour)) for colour in known)
    mean = 0.3 * one + 0.2 * other + 0.5 * neutral
    half = np.floor(mean + 0.5 * 2 * 0.2 * (ink - mean) + 0.5).astype(int)
    assert found == [f"rgb({','.join(map(str, colour))})" for colour in (half, other)]


def test_badges_are_pushed_apart_each_by_half_of_what_is_lacking(module):
    page = module("sheet")
    apart = "(places) => sheet.apart(places, 18)"
    assert page.evaluate(apart, [[0, 0], [18, 0]]) == [[0, 0], [18, 0]]
    moved = page.evaluate(apart, [[0, 0], [10, 0]])
    assert np.ravel(moved) == pytest.approx([-4, 0, 14, 0])
    same = page.evaluate(apart, [[5, 5], [5, 5]])
    assert np.ravel(same) == pytest.approx([5, -4, 5, 14])
    crowd = np.array(page.evaluate(apart, [[0, 0], [1, 0], [2, 1]]))
    distances = np.linalg.norm(crowd[:, None] - crowd, axis=2)[np.triu_indices(3, 1)]
    assert distances.min() >= 17.9


@pytest.mark.parametrize(("last", "most"), [(8, 9), (9, 9), (1000, 30), (31, 30)])
def test_a_long_run_is_thinned_to_its_first_steps_some_later_ones_and_its_last(module, last, most):
    page = module("curves")
    steps = page.evaluate("([last, most]) => curves.thinned(last, most)", [last, most])
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (0, last)
    if last < most:
        assert steps == list(range(last + 1))
    else:
        assert 0.8 * most <= len(steps) <= most
        assert steps[: most // 3] == list(range(most // 3))
        assert max(np.diff(steps)) <= 2 * last / most + 1


def test_bytes_of_the_same_length_are_told_apart(module):
    page = module("payload")
    read = page.evaluate(
        """() => {
          const bytes = (text) => new TextEncoder().encode(text);
          const read = payload.readPayload;
          const first = read(bytes('{"run":1}'));
          return [first.run, read(bytes('{"run":1}')) === first, read(bytes('{"run":2}')).run];
        }"""
    )
    assert read == [1, True, 2]


@pytest.mark.parametrize(("width", "text"), [(460, "variance x (mm²)"), (160, "variance x")])
def test_a_title_has_its_unit_where_there_is_room(module, width, text):
    layout = {
        "font": {"family": "Arial"},
        "margin": {"l": 50, "r": 10},
        "xaxis": {"domain": [0, 0.3]},
        "yaxis": {"domain": [0, 1]},
    }
    page = module("paper")
    found = page.evaluate(
        "([layout, title, width]) => paper.titled(layout, [title], width).annotations[0].text",
        [layout, ["variance x", "mm²"], width],
    )
    assert found == text
