"""Numbers and small pieces of HTML as people read them."""

import numpy as np
import pytest

from explorer.app.markup import Numbers, alert, figure, table


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.294214972162989, 4, "0.2942"),
        (0.5, 4, "0.5000"),
        (-0.5373289474340418, 4, "−0.5373"),
        (0.0, 4, "0"),
        (1234.5, 4, "1234"),
        (123456.0, 4, "123456"),
        (9.9999999e-5, 4, "0.0001000"),
        (1.0834e-15, 4, "1.08×10⁻¹⁵"),
        (2.5e300, 4, "2.50×10³⁰⁰"),
        (0.29421497216298875, 15, "0.294214972162989"),
        (4.0, 15, "4"),
        (1e-20, 15, "1×10⁻²⁰"),
        (float("-inf"), 4, "−∞"),
        (float("nan"), 4, "–"),
    ],
)
def test_figures(value, digits, text):
    assert figure(value, digits) == text


def test_places_far_from_zero_are_told_apart():
    numbers = Numbers(False, np.array([1.0]))
    assert numbers.at(1e6 + 0.25) != numbers.at(1e6 + 0.26)


def test_data_stand_as_they_were_typed():
    assert Numbers(False, np.array([3.0])).point(-0.9) == "−0.9"


def test_a_log_likelihood_shows_its_decimals():
    assert Numbers(False, np.array([1.0])).log_likelihood(-1644.4912) == "−1\u202f644.49"


def test_what_comes_in_is_escaped():
    assert "<b>" not in alert("<b>")
    assert "<i>" not in table(["a"], [["1"]], "<i>")
