"""Small pieces of HTML, and the numbers in them."""

import numpy as np

from explorer.app.markup import NumberStyle, alert, table


def test_full_precision_is_asked_for_once():
    values = (0.294214972162989, 0.1 + 0.2)
    brief, full = (NumberStyle(precise, np.array([1.0])) for precise in (False, True))
    assert [brief.of(x) for x in values] == ["0.2942", "0.3000"]
    assert [full.of(x) for x in values] == ["0.294214972162989", "0.300000000000000"]
    assert [style.point(1 / 3) for style in (brief, full)] == ["0.3333", "0.3333333333333333"]
    assert [style.gain(1 / 3) for style in (brief, full)] == ["+0.3333", "+0.333333333333333"]


def test_places_far_from_zero_are_told_apart():
    style = NumberStyle(False, np.array([1.0]))
    assert style.at(1e6 + 0.25) == "1\u202f000\u202f000.25"


def test_what_comes_in_is_escaped():
    assert "<b>" not in alert("<b>")
    assert "<i>" not in table(["a"], [["1"]], "<i>")
