"""Links: what is written opens again to the digit, and nothing that is sent can hurt."""

import base64
import json
import random
import zlib
from urllib.parse import parse_qs

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from em_core import GaussianMixture
from explorer.io.link import (
    MAX_LINK,
    LinkTooLong,
    Opened,
    decode,
    embed_snippet,
    encode,
    query,
    work_parameters,
)
from explorer.model.edits import with_method
from explorer.model.examples import (
    default_problem,
    generated_data,
    named_data,
    own_data,
    suggested_start,
)
from explorer.model.problem import Data, Display, Generated, Options, Problem, Start, View
from explorer.model.runs import run
from tests.explorer.strategies import problems_and_views

WORKED_EXAMPLE = default_problem()
TYPED = Problem(own_data([0.2, -0.9, -1, 1.2, 1.8]), WORKED_EXAMPLE.start)
MANY = Problem(
    own_data(np.random.default_rng(1).normal(size=300), "Weights", ("mass",), ("kg",)),
    WORKED_EXAMPLE.start,
    Options("tied", tol=1e-9, max_iter=77),
)
PLANE = Problem(
    own_data([[0, 1.5], [2, 0.25], [1, 1], [-0.0, 7]]),
    Start(
        GaussianMixture([0.25, 0.75], [[0, 1], [1, 2]], [[[1, 0.5], [0.5, 2]], np.eye(2)]),
        "k-means++",
        seed=7,
    ),
)


def opened(address: str) -> Opened:
    return decode(parse_qs(address.removeprefix("?"), keep_blank_values=True))


def packed(text: str | bytes) -> dict[str, str]:
    raw = text if isinstance(text, bytes) else text.encode()
    return {"v": "1", "z": base64.urlsafe_b64encode(zlib.compress(raw, 9)).decode()}


def assert_refused(answer: Opened, *words: str) -> None:
    assert answer.problem == WORKED_EXAMPLE
    assert answer.view == View()
    for word in (*words, "The worked example is shown instead."):
        assert word in answer.message


@given(problems_and_views())
@settings(max_examples=200)
def test_a_link_opens_what_was_linked(case: tuple[Problem, View]) -> None:
    problem, view = case
    parameters = encode(problem, view)
    assert opened(query(parameters)) == Opened(problem, view)
    assert encode(*case) == parameters
    elsewhere = View(half_step=7, practice=view.practice, why=view.why)
    assert encode(*case, work_parameters(problem, elsewhere)) == parameters


def test_the_default_needs_no_parameters() -> None:
    assert encode(WORKED_EXAMPLE, View()) == {}
    assert query({}) == ""
    assert decode({}) == Opened(WORKED_EXAMPLE, View())


@pytest.mark.parametrize(
    ("problem", "view", "address"),
    [
        (
            WORKED_EXAMPLE,
            View(display=Display(spread="sd", precise=True, query=True, query_at=0.5)),
            "?v=1&spread=sd&digits=15&query=on&at=0.5",
        ),
        (WORKED_EXAMPLE, View(half_step=3, point=2), "?v=1&t=2&phase=e&pt=3"),
        (
            TYPED,
            View(half_step=2),
            "?v=1&c=0000&x=0.2,-0.9,-1,1.2,1.8&w=0.5,0.5&mu=-3,2&s2=4,4&t=1&phase=m",
        ),
        (
            PLANE,
            View(component=1),
            "?v=1&c=0000&x=0,1.5~2,0.25~1,1~-0,7&w=0.25,0.75&mu=0,1~1,2"
            "&cov=1,0.5,0.5,2~1,0,0,1&start=k-means&startseed=7&comp=2",
        ),
    ],
)
def test_a_small_problem_can_be_read_in_its_link(
    problem: Problem, view: View, address: str
) -> None:
    parameters = encode(problem, view)
    if "c" in parameters:
        parameters["c"] = "0000"
    assert query(parameters) == address


def test_a_link_typed_by_hand_needs_little() -> None:
    answer = opened("?x=0.2,-0.9,-1,1.2,1.8&w=0.5,0.5&mu=-3,2&s2=4,4&t=1&phase=m")
    assert answer == Opened(TYPED, View(half_step=2))
    assert opened("?data=galaxies").problem.data == named_data("galaxies")
    assert opened("?x=1,2,4&mu=1,2,4").problem.start.mixture.n_components == 3
    assert opened("?w=0.3333,0.3333,0.3333&mu=0,1,2&s2=1,1,1").message == ""


def test_data_that_can_be_had_again_are_not_in_the_link() -> None:
    galaxies = named_data("galaxies")
    source = Generated("mixture_1d", n=500, n_components=3, separation=2.5, seed=11)
    drawn = generated_data(source)
    for data in (galaxies, drawn):
        address = query(encode(Problem(data, suggested_start(data)), View()))
        assert len(address) < 300
        assert opened(address).problem.data == data
    assert "gen=mixture_1d&n=500&k=3&sep=2.5&seed=11" in address


def test_the_cursor_stays_readable_beside_packed_data() -> None:
    parameters = encode(MANY, View(half_step=1))
    assert set(parameters) == {"v", "z", "t", "phase"}
    assert len(query(parameters)) <= MAX_LINK


def test_no_number_needs_escaping() -> None:
    """A plus sign would: in an address it stands for a blank."""
    address = query(encode(Problem(own_data([1e-20, 1e20, -2.5e30]), TYPED.start), View()))
    assert "x=1e-20,1e20,-2.5e30&" in address


def test_what_does_not_fit_is_refused_with_the_way_out() -> None:
    data = own_data(np.random.default_rng(0).normal(size=2000))
    with pytest.raises(LinkTooLong, match=r"limit is 8000.*JSON file"):
        encode(Problem(data, suggested_start(data)), View())
    repeated = own_data([1.5, 2.5] * 20_000)
    with pytest.raises(LinkTooLong, match="JSON file"):
        encode(Problem(repeated, suggested_start(repeated)), View())


def test_of_a_repeated_parameter_the_last_counts() -> None:
    assert opened("?t=1&t=4&t=2&phase=m").view.half_step == 4


def test_parameters_of_others_are_ignored() -> None:
    assert opened("?embed=true&embed_options=dark_theme&utm_source=mail&fbclid=1").message == ""


def test_names_may_be_in_capitals() -> None:
    answer = opened("?X=1,2,4&MU=1,2,4")
    assert answer.problem.data.points[:, 0].tolist() == [1, 2, 4]
    assert answer.problem.start.mixture.n_components == 3


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("?points=1,2,3", '"points"'),
        ("?data=penguins&sep=3&seed=4", '"sep", "seed"'),
        ("?a=1&b=2&xx=3&d=4&<b>=5", '"a", "b", "xx" and 2 more'),
        ("?data=galaxies&cov=1", '"cov"'),
    ],
)
def test_what_means_nothing_is_said(address: str, names: str) -> None:
    answer = opened(address)
    assert answer.message == f"What this link says of {names} means nothing here and was left out."
    assert not answer.refused


def test_the_number_of_components_can_be_asked_for() -> None:
    penguins = named_data("penguins")
    answer = opened("?data=penguins&k=8")
    assert answer == Opened(Problem(penguins, suggested_start(penguins, 8)), View())
    assert opened("?x=1,2,3,4&k=3").problem.start.mixture.n_components == 3
    assert_refused(opened("?data=galaxies&k=4&mu=9,20,22"), "4 components are asked for and 3")
    assert opened("?gen=mixture_1d&k=3&mu=0,4").problem.start.mixture.n_components == 2


@pytest.mark.parametrize("method", ["random", "k-means", "quantiles"])
@pytest.mark.parametrize("source", ["data=galaxies", "data=worked_example", "data=old_faithful"])
def test_a_method_without_parameters_draws_its_start(method: str, source: str) -> None:
    problem = opened(f"?{source}&type=tied").problem
    drawn = opened(f"?{source}&type=tied&start={method}&startseed=3")
    name = {"k-means": "k-means++"}.get(method, method)
    assert drawn.problem == with_method(problem, name, 3)
    assert opened(query(encode(drawn.problem, View()))) == drawn


def test_a_link_changed_by_hand_opens_as_changed_and_says_so() -> None:
    address = query(encode(TYPED, View(half_step=2)))
    answer = opened(address.replace("0.2,", "0.7,"))
    assert answer.problem.data.points[:, 0].tolist() == [0.7, -0.9, -1, 1.2, 1.8]
    assert answer.view == View(half_step=2)
    assert "changed after it was made" in answer.message
    assert not answer.refused
    assert "changed" in opened(address + "&type=tied").message
    assert opened(address + "&pt=2").message == ""


def test_a_link_that_lost_its_tail_says_so_wherever_it_was_cut() -> None:
    address = query(encode(TYPED, View()))
    begin = address.index("x=")
    cuts = [opened(address[:end]) for end in range(begin + len("x=0.2,-0.9"), len(address))]
    assert len(cuts) > 30
    assert all(answer.message for answer in cuts)


def test_a_cursor_beyond_the_limit_stands_at_it() -> None:
    assert opened("?iter=10&t=500&phase=m").view.half_step == 20


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("?v=999&x=1,2,3", "This link was made by a newer version."),
        ("?v=one", "damaged"),
        ("?v=0", "damaged"),
        ("?z=abc", "damaged"),
        ("?z=", "damaged"),
        ("?z=gARjcG9zaXgKc3lzdGVtCi4=", "damaged"),
        ("?z=eNq" + "A" * MAX_LINK, "longer than 8000"),
        ("?k=1000000000", "Choose 1 to 8 components."),
        ("?k=1.5", "Choose 1 to 8 components."),
        ("?mu=1,2,3,4,5,6,7,8,9", "Choose 1 to 8 components."),
        ("?iter=1000000000", "At most 2000 iterations"),
        ("?t=-1", "The iteration is a whole number from 0 to 2000."),
        (
            "?floor=1",
            "The variance floor is a fraction of the data's variance, at least 0 and below",
        ),
        ("?tol=-1", "The tolerance is a number of at least 0."),
        ("?type=round", "The covariance type is full, tied, diag or spherical."),
        ("?seed=" + "9" * 31, "Seed must be between 0 and 4294967295."),
        ("?gen=mixture_1d&n=100000000", "2 to 100000 points"),
        ("?gen=os.system", "no generator of this name"),
        ("?data=../../etc/passwd", "no data set of this name"),
        ("?data=galaxies&x=1,2", "More than one source"),
        ("?x=1,nan,2", "finite numbers"),
        ("?x=1,inf,2", "finite numbers"),
        ("?x=1,1e999,2", "finite numbers"),
        ("?x=1,2_000", "finite numbers"),
        ("?x=１,2", "finite numbers"),
        ("?x=1,2~3", "finite numbers"),
        ("?x=1,2,3,4,5,6,7,8,9,10,11~4,5,6,4,5,6,7,8,9,10,11", "choose at most 10"),
        ("?x=", "finite numbers"),
        ("?x=3,3,3", "at least 2 different values"),
        ("?x=1e308,-1e308", "rescale"),
        ("?w=0,1", "Weight 1 is 0"),
        ("?w=0.5,nan", "finite numbers, for 1 to 8 components. (weights, number 2: nan)"),
        ("?mu=1e999,2", "(means, number 1: 1e999)"),
        ("?x=1,2~3,4~5,six", "(points, number 6: six)"),
        ("?s2=0,1", "Variance 1 is 0: give"),
        ("?s2=-1,1", "Variance 1 is negative (−1)"),
        ("?mu=1,2,3&w=1", "weights"),
        ("?x=1,2~3,4&mu=1,2,3", "give 2 for each component"),
        ("?x=1,2~3,5&cov=1,2,2,1", "|correlation| must be below 1 (here 2)"),
        ("?pt=6", "selected point"),
        ("?comp=3", "selected component"),
        ("?page=../admin", "no page of this name"),
    ],
)
def test_a_bad_link_shows_the_default_and_says_why(address: str, words: str) -> None:
    assert_refused(opened(address), words)


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ("[" * 60_000, "nested too deeply"),
        ('{"x":' + "[" * 400 + "1" + "]" * 400 + "}", "finite numbers"),
        ('{"x":[1,' + "9" * 5000 + "]}", "too large"),
        ('{"x":[1,' + "9" * 300 + "]}", "rescale"),
        ('{"x":[1,1e400]}', "too large"),
        ('{"x":[1,NaN]}', "NaN is not a finite number"),
        ('{"x":[1,-Infinity]}', "not a finite number"),
        ('{"x":[true,false,true]}', "finite numbers"),
        ('{"x":["1","2"]}', "finite numbers"),
        ('{"w":[0.5,"nan"]}', "(weights, number 2: nan)"),
        ('{"w":[0.5,' + "9" * 20 + "e300]}", "too large"),
        ('{"x":{"0":1}}', "finite numbers"),
        ('{"x":3}', "finite numbers"),
        ('{"x":[]}', "finite numbers"),
        ('{"x":[[1,2],[3]]}', "finite numbers"),
        ('{"k":1000000000}', "Choose 1 to 8 components."),
        ('{"k":true}', "Choose 1 to 8 components."),
        ('{"iter":2000.0}', "At most 2000 iterations"),
        ('{"tol":"0"}', "tolerance"),
        ('{"title":["a"]}', "text"),
        ('{"v":999,"d":[1,2,3]}', "newer version"),
        ('{"d":[1,2,3]}', "unknown item"),
        ("[1,2,3]", "damaged"),
        ("null", "damaged"),
        ('{"x":[1,2]', "damaged"),
        (b"\xff\xfe\x00", "damaged"),
        (b"0" * 5_000_000, "unpacks to too much"),
        (b"", "damaged"),
    ],
)
def test_a_bad_packed_link_shows_the_default_and_says_why(payload: str | bytes, words: str) -> None:
    assert_refused(decode(packed(payload)), words)


@pytest.mark.parametrize("value", [[], [None], None, 3, [["1"]], {"a": 1}, b"1"])
def test_values_that_are_not_text_are_refused(value: object) -> None:
    assert_refused(decode({"x": value}), "damaged")  # type: ignore[dict-item]


def test_a_title_is_kept_to_one_short_line() -> None:
    title = "datum['x'] + \"\\\u2028\"<script>\x00" + "y" * 200
    answer = decode({"x": "1,2,3", "title": title})
    assert answer.message == ""
    assert answer.problem.data.title.startswith("datum['x'] + \"\\ \"<script>y")
    assert len(answer.problem.data.title) == 80
    unclean = Data(np.array([[1.0], [2.0]]), "\ud800\n=1", ("x",), ("",), TYPED.data.source)
    assert decode(encode(Problem(unclean, TYPED.start), View())).problem.data.title == " =1"


def test_a_thousand_mangled_links_open_the_default_or_say_that_they_were_changed() -> None:
    """Unless the damage spared the problem: the cursor is not covered by the checksum."""
    chance = random.Random(20)
    problems = [TYPED, PLANE, MANY]
    addresses = [query(encode(problem, View(half_step=3))) for problem in problems]
    refused = 0
    for _ in range(1000):
        which = chance.randrange(len(problems))
        address = mangled(addresses[which], chance)
        answer = opened(address)
        if answer.refused:
            assert_refused(answer)
            refused += 1
        elif not answer.message and ("v=1&c=" in address or "&z=" in address):
            assert answer.problem == problems[which] or address == "?v=1"
    assert refused > 500


def mangled(address: str, chance: random.Random) -> str:
    """The link cut, or with a few characters changed, lost, doubled or made up."""
    at = chance.randrange(8, len(address))
    made_up = "".join(chr(chance.choice([chance.randrange(256), 0x1F600])) for _ in range(5))
    return chance.choice(
        [
            address[:at],
            address[: at - 1] + address[at:],
            address[:at] + address[at - 1 :],
            address[:at] + chance.choice("0123456789abcXYZ-_,~.%&=+") + address[at + 1 :],
            address[:at] + made_up + address[at:],
            address[:at] + address[at : at + 20][::-1] + address[at + 20 :],
        ]
    )


def test_bytes_made_up_open_the_default() -> None:
    chance = random.Random(4)
    for _ in range(300):
        noise = chance.randbytes(chance.randrange(1, 3000))
        assert_refused(decode({"z": base64.urlsafe_b64encode(noise).decode()}))
        assert_refused(decode(packed(noise)))
        assert_refused(decode({"x": noise.decode("latin-1")}))


def test_the_embed_snippet_is_escaped_html() -> None:
    snippet = embed_snippet('https://em.example/"><b>', {"v": "1", "t": "2"})
    assert 'src="https://em.example/&quot;&gt;&lt;b&gt;?embed=true&amp;v=1&amp;t=2"' in snippet


def test_the_packed_form_is_plain_json_of_the_fields() -> None:
    z = encode(MANY, View())["z"]
    fields = json.loads(zlib.decompress(base64.urlsafe_b64decode(z + "==")))
    assert set(fields) == {"x", "title", "xname", "xunit", "w", "mu", "s2", "type", "tol", "iter"}
    assert fields["x"] == MANY.data.points[:, 0].tolist()


def test_a_data_set_alone_comes_with_its_suggested_start() -> None:
    for name in ("newcomb", "worked_example"):
        data = named_data(name)
        assert decode({"data": name}).problem == Problem(data, suggested_start(data))


TINY = st.integers(-320, 2).map(lambda power: f"1e{power}")


@given(
    n=st.sampled_from([20_001, 50_000]),
    variances=st.lists(TINY, min_size=1, max_size=3),
    means=st.lists(st.integers(-300, 300).map(lambda power: f"1e{power}"), min_size=1, max_size=3),
    iterations=st.sampled_from([0, 1, 3]),
    method=st.sampled_from(["", "&type=tied", "&floor=0.5"]),
)
@settings(max_examples=25)
def test_many_points_and_variances_of_any_size_open_and_run(
    n: int, variances: list[str], means: list[str], iterations: int, method: str
) -> None:
    """What a link brings either runs or is refused in words."""
    k = len(variances)
    means = (means * k)[:k]
    answer = opened(
        f"?gen=mixture_1d&n={n}&k={k}&mu={','.join(means)}&s2={','.join(variances)}"
        f"&iter={iterations}{method}"
    )
    there = run(answer.problem)
    assert there.trace.message
    assert answer.refused == bool(answer.message)


def test_the_link_that_once_crashed_the_page_opens() -> None:
    answer = opened("?gen=mixture_1d&n=50000&k=2&w=0.5,0.5&mu=0,4&s2=1e-170,1&iter=0")
    assert answer.problem.start.mixture.variances.tolist() == [1e-170, 1]
    assert run(answer.problem).trace.outcome == "max_iter"
