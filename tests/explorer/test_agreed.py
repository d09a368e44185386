"""Rules of a problem's own: kept fitting, said in words, and carried by links and files."""

import csv
import io

import numpy as np
import pytest

from em_core import InputError, Options, Rules, e_step
from explorer.export.csv_tables import responsibilities_csv
from explorer.export.menu import exports, model_code
from explorer.io.link import decode, encode
from explorer.io.session_file import from_json, to_json
from explorer.model import edits
from explorer.model.agreed import fitting, in_words, without
from explorer.model.examples import default_problem, named_data, suggested_start
from explorer.model.problem import Problem, View
from explorer.model.runs import run

HELD = Rules(0.5, False, (1,), (0, 2), (0, 1, 2))


def galaxies(rules: Rules, kind: str = "full") -> Problem:
    data = named_data("galaxies")
    return Problem(data, suggested_start(data), Options(kind, rules=rules))


def test_rules_are_kept_as_far_as_there_are_components():
    assert fitting(HELD, 2, "full") == Rules(0.5, False, (1,), (0,), (0, 1))
    assert fitting(Rules(fixed_covariances=(1,)), 3, "tied").fixed_covariances == (0, 1, 2)
    assert fitting(HELD, 3, "full") == HELD


def test_what_was_held_moves_up_with_its_component():
    assert without(HELD, 0) == Rules(0.5, False, (0,), (1,), (0, 1))
    assert without(HELD, 1) == Rules(0.5, False, (), (0, 1), (0, 1))


def test_each_rule_is_a_sentence():
    assert in_words(Rules()) == ()
    assert in_words(Rules(0.0, True)) == (
        "The weights stay equal.",
        "Each point goes whole to its likeliest component.",
    )
    assert in_words(HELD)[:2] == (
        "The weight of component 2 stays as it is.",
        "The mean of component 1 stays as it is.",
    )


@pytest.mark.parametrize("count", [1, 2, 4])
def test_components_come_and_go_and_the_run_can_still_be_made(count):
    problem = edits.with_component_count(galaxies(HELD), count)
    assert run(problem).trace.n_iter >= 0
    assert run(edits.without_component(galaxies(HELD), 1)).trace.options.rules.fixed_means == (0, 1)
    assert run(edits.with_options(galaxies(HELD), Options("tied", rules=HELD))).trace.n_iter > 0


def test_other_data_hold_nothing_but_keep_the_temperature():
    problem = edits.with_data(galaxies(HELD), named_data("worked_example"))
    assert problem.options.rules == Rules(0.5)


def test_held_parameters_stay_in_the_run():
    trace = run(galaxies(HELD)).trace
    np.testing.assert_array_equal(trace.means[-1, [0, 2]], trace.means[0, [0, 2]])
    assert (trace.means[-1, 1] != trace.means[0, 1]).all()
    np.testing.assert_array_equal(trace.covariances[-1], trace.covariances[0])


@pytest.mark.parametrize("rules", [HELD, Rules(0.0, True), Rules(2.5, fixed_weights=(0, 1, 2))])
def test_links_and_files_carry_them(rules):
    problem = galaxies(rules)
    assert decode(encode(problem, View())).problem.options.rules == rules
    assert from_json(to_json(problem, View()))[0].options.rules == rules


def test_plain_em_needs_no_words_in_a_link():
    assert (
        not {"temp", "equal", "holdw", "holdmu", "holdcov"}
        & encode(galaxies(Rules()), View()).keys()
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("temp", "-1"), ("holdmu", "9"), ("holdmu", "1,1"), ("holdw", "x"), ("equal", "perhaps")],
)
def test_what_is_no_rule_is_refused_with_the_rule(name, value):
    opened = decode({name: value})
    assert opened.message
    assert opened.problem == default_problem()


def test_rules_that_do_not_go_together_are_refused():
    assert "choose one of the two" in decode({"equal": "on", "holdw": "1"}).message
    beyond = decode({"holdmu": "3"}).message
    assert "What is held is a list of different component numbers. (fixed_means: 3)" in beyond
    with pytest.raises(InputError):
        edits.with_options(galaxies(Rules()), Options(rules=Rules(temperature=-1)))


def test_the_table_of_responsibilities_is_by_the_rules():
    problem = galaxies(Rules(temperature=2.0))
    here = run(problem)
    rows = list(csv.DictReader(io.StringIO(responsibilities_csv(problem, here.trace, 1))))
    shares = e_step(here.points, here.trace.mixtures[0], None, Rules(2.0)).responsibilities
    found = [float(row["responsibility_2_by_iteration_0"]) for row in rows]
    np.testing.assert_allclose(found, shares[:, 1], rtol=1e-12)


def test_the_same_files_are_offered_whatever_the_rules_and_scikit_learn_is_told():
    plain = {each.key for each in exports(run(galaxies(Rules())), View())}
    own = run(galaxies(Rules(temperature=2.0)))
    assert plain == {each.key for each in exports(own, View())}
    assert "knows no temperature" in model_code(own.trace, 0)
    assert "temperature" not in model_code(run(galaxies(Rules())).trace, 0)
