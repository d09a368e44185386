"""Options and rules: their defaults and ranges, and what is refused by name."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from em_core import GaussianMixture, InputError, Options, Rules, fit, fit_many, iterate
from em_core.options import DEFAULTS, MAX_ITER, TOL, VARIANCE_FLOOR

POINTS = [0.2, -0.9, -1, 1.2, 1.8]
START = GaussianMixture.univariate([0.5, 0.5], [-3, 2], [4, 4])


def test_the_defaults_are_those_of_fit():
    assert Options("full", 1e-6, 200, 0.0, Rules()) == DEFAULTS
    assert (TOL.default, MAX_ITER.default, VARIANCE_FLOOR.default) == (1e-6, 200, 0.0)
    assert fit(POINTS, START).options == DEFAULTS


def test_options_travel_as_keywords():
    options = Options("tied", 1e-3, 7, 0.01, Rules(equal_weights=True))
    trace = fit(POINTS, START, **options.keywords())
    assert trace.options == options
    assert trace.covariance_type == "tied"
    assert fit_many(POINTS, [START], **options.keywords()).iterations[0] == trace.n_iter
    assert len(list(iterate(POINTS, START, **options.keywords()))) == 2 * trace.n_iter


def test_options_are_frozen_and_checked_when_replaced():
    with pytest.raises(FrozenInstanceError):
        DEFAULTS.tol = 1
    with pytest.raises(InputError, match="tol is -1"):
        replace(DEFAULTS, tol=-1)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"covariance_type": "round"}, "covariance-type"),
        ({"tol": -1e-9}, "tol"),
        ({"tol": float("inf")}, "tol"),
        ({"tol": float("nan")}, "tol"),
        ({"tol": "small"}, "tol"),
        ({"tol": True}, "tol"),
        ({"max_iter": -1}, "max-iter"),
        ({"max_iter": 1.5}, "max-iter"),
        ({"max_iter": float("nan")}, "max-iter"),
        ({"max_iter": float("inf")}, "max-iter"),
        ({"max_iter": True}, "max-iter"),
        ({"variance_floor": -0.1}, "variance-floor"),
        ({"variance_floor": 1}, "variance-floor"),
        ({"variance_floor": None}, "variance-floor"),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(values, code):
    with pytest.raises(InputError) as refused:
        Options(**values)
    assert refused.value.code == code
    assert next(iter(values)) in str(refused.value).replace("Covariance type", "covariance_type")


@pytest.mark.parametrize("allowed", [TOL, MAX_ITER, VARIANCE_FLOOR])
def test_a_range_holds_its_ends_and_its_default(allowed):
    assert all(map(allowed.allows, allowed))
    assert not allowed.allows(np.nextafter(allowed.lowest, -1))
    assert not allowed.allows(float("nan"))


def test_the_ends_of_the_ranges_are_options():
    Options(tol=TOL.lowest, max_iter=0, variance_floor=VARIANCE_FLOOR.lowest)
    Options(tol=TOL.highest, max_iter=int(MAX_ITER.highest), variance_floor=VARIANCE_FLOOR.highest)


def test_a_whole_number_of_iterations_may_come_as_a_float():
    assert fit(POINTS, START, max_iter=np.float64(3), tol=0).n_iter == 3


@pytest.mark.parametrize(
    ("rules", "code", "text"),
    [
        ({"temperature": -0.1}, "temperature", "temperature is -0.1: give a number from 0"),
        ({"temperature": float("nan")}, "temperature", "temperature is nan"),
        ({"temperature": float("inf")}, "temperature", "temperature is inf"),
        ({"temperature": "hot"}, "temperature", "temperature is hot"),
        ({"fixed_means": (-1,)}, "index", "fixed_means names component -1: give indices of at"),
        ({"fixed_means": 2}, "rules", "fixed_means is 2: give component numbers, from 0"),
        ({"fixed_weights": (0.5,)}, "rules", "fixed_weights is (0.5,)"),
        ({"equal_weights": True, "fixed_weights": (0,)}, "rules", "choose one of the two"),
    ],
)
def test_rules_that_make_no_sense_are_refused(rules, code, text):
    with pytest.raises(InputError) as refused:
        Rules(**rules)
    assert refused.value.code == code
    assert text in str(refused.value)


@pytest.mark.parametrize(
    ("covariance_type", "rules", "code", "text"),
    [
        ("full", Rules(fixed_means=(0, 2)), "index", "component 3 and there are 2: give indices f"),
        ("tied", Rules(fixed_covariances=(1,)), "rules", "names 1 of 2 components: name all"),
    ],
)
def test_rules_must_suit_the_mixture(covariance_type, rules, code, text):
    for run in (
        lambda: fit(POINTS, START, covariance_type, rules=rules),
        lambda: iterate(POINTS, START, covariance_type, rules=rules),
        lambda: fit_many(POINTS, [START], covariance_type, rules=rules),
    ):
        with pytest.raises(InputError) as refused:
            run()
        assert refused.value.code == code
        assert text in str(refused.value)


def test_indices_are_kept_in_order_and_once():
    assert Rules(fixed_means=np.array([2, 0, 2])).fixed_means == (0, 2)
    assert Rules(fixed_weights=range(2)) == Rules(fixed_weights=(1, 0))
