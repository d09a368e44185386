"""Numbers as people read them: one writer for every sentence, table, message and chart."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from em_core import wording
from em_core.wording import count, counted, data_value, log_likelihood, number, percent, rough

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")


def read(text: str) -> float:
    """The value a person reads."""
    mantissa, _, power = text.translate(SCRIPTS).replace("\u202f", "").partition("×10")
    return float(f"{mantissa}e{power or 0}")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.294214972162989, "0.2942"),
        (0.5, "0.5"),
        (2.0, "2"),
        (2.00003, "2.000"),
        (0.99999, "1.000"),
        (9.9996, "10.00"),
        (0.0533999, "0.05340"),
        (-0.5373289474340418, "−0.5373"),
        (0.0, "0"),
        (-0.0, "0"),
        (1234.5, "1235"),
        (-1234.5, "−1235"),
        (1233.5, "1234"),
        (34922.1, "34\u202f922"),
        (99999.7, "100\u202f000"),
        (123456.0, "123\u202f456"),
        (999999.7, "1\u202f000\u202f000"),
        (1e6, "1×10⁶"),
        (1234567.0, "1.235×10⁶"),
        (1e-4, "0.0001"),
        (9.99e-5, "9.99×10⁻⁵"),
        (1.0834e-15, "1.083×10⁻¹⁵"),
        (2.5e300, "2.5×10³⁰⁰"),
        (5e-324, "5×10⁻³²⁴"),
        (inf, "∞"),
        (-inf, "−∞"),
        (nan, "–"),
    ],
)
def test_four_digits(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.294214972162989, "0.294214972162989"),
        (4.0, "4"),
        (1e-20, "1×10⁻²⁰"),
        (0.1 + 0.2, "0.300000000000000"),
        (123456789.25, "123\u202f456\u202f789.25"),
    ],
)
def test_full_precision(value, text):
    assert number(value, digits=wording.FULL) == text


@pytest.mark.parametrize(
    ("value", "spread", "text"),
    [
        (1e6 + 0.25, 1, "1\u202f000\u202f000.25"),
        (1e6 + 1 / 3, 1, "1\u202f000\u202f000.333"),
        (999999999.46268, 2, "999\u202f999\u202f999.463"),
        (0.5373289, 2, "0.5373"),
        (38.7914, 30, "38.79"),
        (387.914, 30, "387.91"),
        (1e15 + 3, 4, "1\u202f000\u202f000\u202f000\u202f000\u202f003"),
        (1234.567, 0, "1235"),
    ],
)
def test_places_are_told_apart_within_their_spread(value, spread, text):
    assert number(value, spread) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-1644.4912, "−1644.49"),
        (-7.4219, "−7.422"),
        (-12345.678, "−12\u202f345.68"),
        (-1234567.891, "−1\u202f234\u202f567.89"),
        (-0.0123456, "−0.01235"),
        (0.0, "0"),
        (-1e300, "−1×10³⁰⁰"),
        (-inf, "−∞"),
    ],
)
def test_a_log_likelihood_shows_its_decimals(value, text):
    assert log_likelihood(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (690.3, "690"),
        (0.001249, "0.0012"),
        (11500.0, "12\u202f000"),
        (0.0, "0"),
        (1.79e308, "1.8×10³⁰⁸"),
    ],
)
def test_rough_numbers_keep_no_zeros(value, text):
    assert rough(value) == text


def test_shares_changes_and_counts():
    assert [percent(x) for x in (0.574, 0.07, 1.0, 0.00012345)] == [
        "57.4%",
        "7%",
        "100%",
        "0.0123%",
    ]
    assert [wording.signed(x) for x in (4.2261, -0.002, 0.0)] == ["+4.226", "−0.002", "+0"]
    assert [count(n) for n in (342, 9999, 10_000, 1_000_000)] == [
        "342",
        "9999",
        "10\u202f000",
        "1\u202f000\u202f000",
    ]
    assert [counted(n, "point") for n in (1, 2)] == ["1 point", "2 points"]


def test_data_stand_as_they_were_typed_where_that_is_short():
    assert data_value(-0.9, 3) == "−0.9"
    assert data_value(10.227, 25) == "10.227"
    assert data_value(1_000_000.0, 1) == "1\u202f000\u202f000"
    assert data_value(1 / 3, 1) == "0.3333"
    assert data_value(1e6 + 1 / 3, 1) == "1\u202f000\u202f000.333"


@given(FINITE, st.integers(1, 17))
def test_what_is_read_is_the_value_to_half_a_digit(value, digits):
    error = abs(read(number(value / 4, digits=digits)) - value / 4)
    assert error <= 0.5000001 * 10.0 ** (1 - digits) * abs(value / 4) or abs(value) < 1e-300


@given(FINITE)
def test_seventeen_digits_name_the_value_itself(value):
    assert read(number(value, digits=wording.SHORTEST)) == value


@given(FINITE, st.floats(min_value=1e-300, allow_infinity=False))
def test_places_differ_by_a_thousandth_of_the_spread_at_most(value, spread):
    value /= 4
    error = abs(read(number(value, spread)) - value)
    assert error <= 1e-3 * spread or error <= 1e-14 * abs(value)
