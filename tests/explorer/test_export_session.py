"""Session files: JSON that opens again to the digit, and is refused with the reason."""

import json

import numpy as np
import pytest
from hypothesis import given, settings

from em_core import Cell, InputError
from explorer.io.session_file import from_json, to_json
from explorer.model.examples import default_problem, own_data, suggested_start
from explorer.model.exercise import LEVELS, Practice, predicted
from explorer.model.practice import answered, board, hinted
from explorer.model.problem import MAX_POINTS, Problem, View
from tests.explorer.strategies import problems_and_views

FIRST = Cell("posterior", 0, 0)
WORKED_EXAMPLE = default_problem()
TYPED = Problem(own_data([0.2, -0.9, -1, 1.2, 1.8]), WORKED_EXAMPLE.start)


@given(problems_and_views())
@settings(max_examples=100)
def test_a_file_opens_what_was_saved(case: tuple[Problem, View]) -> None:
    assert from_json(to_json(*case)) == case


def test_the_file_is_json_with_the_points_and_plain_names() -> None:
    saved = json.loads(to_json(TYPED, View(half_step=3, point=2)))
    assert saved["em_explorer"] == 1
    assert saved["data"]["points"] == [0.2, -0.9, -1, 1.2, 1.8]
    assert saved["start"]["means"] == [-3, 2]
    assert saved["start"]["variances"] == [4, 4]
    assert saved["options"]["covariance_type"] == "full"
    assert saved["view"] == {
        "iteration": 2,
        "phase": "E",
        "point": 3,
        "component": 1,
        "page": "explore",
        "spread": "variance",
        "digits": "4",
        "posterior": "off",
        "truth": "off",
        "query": "off",
        "present": "off",
    }


def test_a_file_may_leave_out_what_is_usual() -> None:
    assert from_json('{"em_explorer": 1}') == (WORKED_EXAMPLE, View())
    problem, _ = from_json('\ufeff{"em_explorer": 1, "data": {"points": [[1, 2], [2, 4]]}}')
    assert problem.data.n_features == 2


def test_what_was_practised_comes_along_and_is_judged_anew() -> None:
    practice = Practice(exercise=LEVELS[2].exercise)
    for cell, text in ((FIRST, "0.4455"), (FIRST, "0,29"), (Cell("mean", None, 1), "x")):
        practice = answered(board(TYPED, practice), cell, text)
    practice = hinted(board(TYPED, practice), Cell("log_likelihood"))
    practice = predicted(predicted(practice, "mixture", 1.0), "m-step", -0.25)
    view = View(page="practise", practice=predicted(practice, "find-2", 3.0))
    text = to_json(TYPED, view)
    assert from_json(text) == (TYPED, view)
    assert json.loads(text)["practice"]["tries"][0] == [1, "posterior", 1, 1, "answer", "0.4455"]
    assert "right" not in text
    changed = from_json(text.replace('"0.4455"', '"0.294"'))[1].practice
    assert changed.tries[0].diagnosis.right


def test_a_file_carries_as_many_points_as_can_be_read() -> None:
    data = own_data(np.random.default_rng(0).normal(size=MAX_POINTS).round(3))
    problem = Problem(data, suggested_start(data))
    assert from_json(to_json(problem, View()))[0] == problem


def test_too_many_points_are_refused_before_an_array_is_made() -> None:
    text = '{"em_explorer": 1, "data": {"points": [' + "1," * (2 * MAX_POINTS) + "2]}}"
    with pytest.raises(InputError, match="at most 1000000 rows"):
        from_json(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "This is not a session file: line 1 is not JSON."),
        ("x,y\n1,2\n", "not a session file: line 1 is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("null", 'no "em_explorer" number'),
        ("{}", 'no "em_explorer" number'),
        ('{"em_explorer": true}', 'no "em_explorer" number'),
        ('{"em_explorer": 2}', "newer version"),
        ('{"em_explorer": 1, "data": [1, 2]}', '"data" is not an object'),
        ('{"em_explorer": 1, "data": {"file": "/etc/passwd"}}', '"file" in "data" is unknown'),
        ('{"em_explorer": 1, "<b>": {"x": 1}}', '"x" in "<b>" is unknown'),
        ('{"em_explorer": 1, "data": {"points": [1, NaN]}}', "NaN is not a finite number"),
        ('{"em_explorer": 1, "data": {"points": [1, 1e999]}}', "too large"),
        ('{"em_explorer": 1, "data": {"points": [1, true]}}', "finite numbers"),
        ('{"em_explorer": 1, "data": {"points": [1, "2"]}}', "finite numbers"),
        ('{"em_explorer": 1, "data": {"points": [4, 4]}}', "at least 2 different values"),
        ('{"em_explorer": 1, "start": {"weights": [0, 1]}}', "Weight 1 is 0"),
        ('{"em_explorer": 1, "options": {"max_iter": 1000000000}}', "At most 2000 iterations"),
        ('{"em_explorer": 1, "options": {"variance_floor": 1}}', "at least 0 and below 1"),
        ('{"em_explorer": 1, "view": {"point": 6}}', "selected point"),
        (
            '{"em_explorer": 1, "practice": {"blanks": "all"}}',
            "The blanks are one of responsibilities",
        ),
        ('{"em_explorer": 1, "practice": {"iteration": 21}}', "from 1 to 20"),
        ('{"em_explorer": 1, "practice": {"tries": [[1, "mean", 0, 9, "hint"]]}}', "component 8"),
        ('{"em_explorer": 1, "practice": {"tries": [[1, "mean", 0, 1, "answer"]]}}', "was tried"),
        ('{"em_explorer": 1, "practice": {"tries": [[1e9, "N", 0, 1, "hint"]]}}', "was tried"),
        ('{"em_explorer": 1, "practice": {"tries": [[1, "N", 0, 1, "answer", 3]]}}', "was tried"),
        ('{"em_explorer": 1, "practice": {"tries": "many"}}', "was tried"),
        ('{"em_explorer": 1, "practice": {"predictions": {"mixture": 3}}}', "Predictions are"),
        ('{"em_explorer": 1, "practice": {"predictions": {"find-it": 0}}}', "Predictions are"),
        ('{"em_explorer": 1, "practice": {"predictions": {"m-step": "x"}}}', "Predictions are"),
    ],
)
def test_what_is_wrong_is_named(text: str, words: str) -> None:
    with pytest.raises(InputError) as refusal:
        from_json(text)
    assert words in str(refusal.value)


def test_a_file_too_long_to_be_one_is_not_parsed() -> None:
    with pytest.raises(InputError, match="longer than 50000000 characters"):
        from_json(" " * 50_000_001)
