"""The problem's widgets. Each shows what the session holds and hands a new value to an edit."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, floor, log10, sqrt
from typing import Any

import numpy as np
import streamlit as st

from em_core import Options, datasets
from em_core.options import MAX_ITER, TOL, VARIANCE_FLOOR
from em_core.rules import HOTTEST
from em_core.wording import counted, enumerated, number
from explorer.app import share, state
from explorer.app.markup import alert, dot, html, text
from explorer.model import edits
from explorer.model.agreed import in_words
from explorer.model.examples import NAMED, named_data
from explorer.model.problem import (
    MAX_COMPONENTS,
    MAX_ITERATIONS,
    MAX_SEED,
    Data,
    Generated,
    Named,
    Problem,
    StartMethod,
)
from explorer.model.remarks import remarks

OTHER = "own"
KEPT = (
    "These data are too many for a link. This tab keeps them, so a reload loses nothing; before "
    "closing it, save the session."
)
FIELD_AND_SLIDER = (1, 1.3)
NOT_KEPT = (
    "These data are too many for a link, and for this tab to keep: a reload loses them. Save the "
    "session to keep them."
)
METHOD_NAMES = {
    "manual": "By hand",
    "random": "Random points",
    "k-means++": "k-means++",
    "quantiles": "Quantiles",
    "annealing": "Annealing",
}
TYPE_NAMES = {
    1: {"full": "Unequal variances (full)", "tied": "Equal variances (tied)"},
    2: {
        "full": "Full: any ellipse each",
        "tied": "Tied: one ellipse for all",
        "diag": "Diagonal: axes not correlated",
        "spherical": "Spherical: circles",
    },
}
INTO_TYPE = {
    "full": "",
    "tied": "The start was brought into this type: its components now share one spread, the "
    "average of theirs. Undo takes it back.",
    "diag": "The start was brought into this type: its correlations are 0 now. Undo takes it back.",
    "spherical": "The start was brought into this type: its components are circles now, of the "
    "same variance on both axes. Undo takes it back.",
}
OPTION_NAMES = {
    "covariance_type": "covariances",
    "tol": "tolerance",
    "max_iter": "iteration limit",
    "variance_floor": "variance floor",
}
OF_TWO = (
    "Fields are for the two columns on the stage; others, and how columns go together, stay as the "
    "start has them."
)
SPREAD_NAMES = {"variance": "variance σ²", "sd": "std. dev. σ"}


# --- data -----------------------------------------------------------------------------------------


def data_section() -> bool:
    """Which data; True when the person asks to bring other data."""
    data = state.session().problem.data
    named = data.source.name if isinstance(data.source, Named) else None
    state.show("data", named or OTHER, frame=None if named else data.title)
    st.selectbox(
        "Data set",
        [*([] if named else [OTHER]), *NAMED],
        key="data",
        format_func=lambda name: data.title if name == OTHER else datasets.load(name).title,
        help="Classic data sets, each with something to learn from. Bring your own points "
        "with 'Your data', or click on the chart to add one.",
        on_change=state.edit_field,
        args=("data", _pick),
    )
    st.html(_about(data, datasets.load(named) if named else None))
    if not state.fits_into_link():
        words = KEPT if state.browser_keeps() else NOT_KEPT
        st.html(f'<p class="ex-note ex-lost" role="status">{text(words)}</p>')
        share.save_session("save-session")
    entering = st.button(
        "Your data",
        key="data-open",
        icon=":material/edit:",
        help="Paste, type, upload, pick or generate points.",
        width="stretch",
    )
    if entering:
        state.dialog_opens()
    return entering


def _pick(problem: Problem, name: str) -> Problem:
    return edits.with_data(problem, named_data(name)) if name in NAMED else problem


def _about(data: Data, dataset: datasets.Dataset | None) -> str:
    points = counted(data.n_points, "point")
    if data.counts is not None:
        points += f", counted {number(data.total)} times in all"
    if data.bins is not None:
        points += ", the middles of bins"
    if isinstance(data.source, Generated):
        return f'<p class="ex-note">{points}, drawn with seed {data.source.seed}.</p>'
    if dataset is None:
        whose = "; your own" if data.counts is not None else " of your own"
        return f'<p class="ex-note">{points}{whose}.</p>'
    return (
        f'<p class="ex-note">{points}. {text(dataset.shows)}</p>'
        f'<details class="ex-note"><summary>Source</summary>{text(dataset.source)}</details>'
    )


# --- start ----------------------------------------------------------------------------------------


def start_section() -> None:
    """Where EM starts: how many components, and each one's parameters."""
    problem = state.session().problem
    if words := state.notice("field"):
        st.html(alert(words))
    _count_and_method(problem)
    if problem.data.n_features > 2:
        st.html(f'<p class="ex-note">{OF_TWO}</p>')
    for component in range(problem.start.mixture.n_components):
        _component(problem, component)
    for words in remarks(
        problem.start.mixture, problem.data.points, problem.options.covariance_type
    ):
        st.html(f'<p class="ex-note">{text(words)}</p>')
    if problem.start.mixture.n_components > 1:
        st.html('<p class="ex-note">Weights sum to 1: change one and the others rescale.</p>')


def _count_and_method(problem: Problem) -> None:
    state.show("count", problem.start.mixture.n_components)
    st.number_input(
        "Components",
        1,
        MAX_COMPONENTS,
        step=1,
        key="count",
        help="K, how many Gaussians share the data. Those that stay keep their place.",
        on_change=state.edit_field,
        args=("count", edits.with_component_count),
    )
    state.show("method", problem.start.method)
    st.selectbox(
        "Start",
        list(METHOD_NAMES),
        key="method",
        format_func=lambda name: METHOD_NAMES[name],
        help="Where the components stand before the first step: as you set them, at points drawn "
        "at random, at points far apart (k-means++), at quantiles of the data, or where EM was led "
        "by annealing, from hot to cold (see The dial under Why?).",
        on_change=state.edit_field,
        args=("method", _with_method),
    )
    if problem.start.method in ("random", "k-means++", "annealing"):
        _seed(problem)


def _with_method(problem: Problem, method: StartMethod) -> Problem:
    return edits.with_method(problem, method, problem.start.seed)


def _seed(problem: Problem) -> None:
    left, right = st.columns([1, 1], vertical_alignment="bottom")
    state.show("seed", problem.start.seed)
    left.number_input(
        "Seed",
        0,
        MAX_SEED,
        step=1,
        key="seed",
        help="The same seed draws the same start.",
        on_change=state.edit_field,
        args=("seed", _with_seed),
    )
    right.button(
        "New seed",
        key="new-seed",
        help="Draw another start.",
        on_click=state.press,
        args=(_with_next_seed,),
        width="stretch",
    )


def _with_seed(problem: Problem, seed: int) -> Problem:
    return edits.with_method(problem, problem.start.method, seed)


def _with_next_seed(problem: Problem) -> Problem:
    return _with_seed(problem, (problem.start.seed + 1) % (MAX_SEED + 1))


def _spread_switch() -> None:
    state.show("spread", state.display().spread)
    st.segmented_control(
        "Spreads shown as",
        list(SPREAD_NAMES),
        key="spread",
        format_func=lambda name: SPREAD_NAMES[name],
        help="Show spreads as variances σ² or as standard deviations σ = √σ². Only the labels "
        "and numbers change; the components stay as they are.",
        on_change=_take_spread,
        width="stretch",
    )


@state.callback
def _take_spread() -> None:
    state.set_display(spread=state.taken("spread") or state.display().spread)


# --- one component --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Parameter:
    """A number of one component: how it is called, what it is, and where its slider runs.

    axis: " x" or " y" in two dimensions, in more the column's name; digits: significant ones that
    are shown.
    """

    name: str
    title: str
    help: str
    value: float
    low: float
    high: float
    step: float
    change: Callable[[Problem, float], Problem]
    axis: str = ""
    digits: int = 4
    fixed: bool = False


def _component(problem: Problem, component: int) -> None:
    parameters = _parameters(problem, component, state.display().spread)
    with st.container(key=f"component-{component + 1}", gap="small"):
        st.html(f'<p class="ex-component">{dot(component)} Component {component + 1}</p>')
        for parameter in parameters:
            _number_and_slider(parameter, component)


def _number_and_slider(parameter: Parameter, component: int) -> None:
    """A typed number with a slider beside it; both show the session's value."""
    common: dict[str, Any] = {"step": parameter.step, "disabled": parameter.fixed}
    key = f"{parameter.name}-{component + 1}"
    d = state.session().problem.data.n_features

    def change(problem: Problem, value: float) -> Problem:
        """Nothing where another change of the same moment took the component or axis away."""
        mixture = problem.start.mixture
        gone = component >= mixture.n_components or d != mixture.n_features
        return problem if gone else parameter.change(problem, float(value))

    field, track = st.columns(FIELD_AND_SLIDER, gap="small", vertical_alignment="bottom")
    state.show(key, parameter.value, frame=parameter.step)
    field.number_input(
        f"{parameter.title} {component + 1}{parameter.axis}",
        key=key,
        format=f"%.{parameter.digits}g",
        help=parameter.help,
        on_change=state.edit_field,
        args=(key, change),
        **common,
    )
    key = f"{key}-slider"
    inside = min(max(parameter.value, parameter.low), parameter.high)
    state.show(key, inside, frame=(parameter.low, parameter.high, parameter.step))
    track.slider(
        f"{parameter.title}{parameter.axis} of component {component + 1}",
        parameter.low,
        parameter.high,
        key=key,
        help=parameter.help,
        label_visibility="collapsed",
        on_change=state.edit_field,
        args=(key, change),
        **common,
    )


def _parameters(problem: Problem, component: int, spread: str) -> list[Parameter]:
    d = problem.data.n_features
    axes = range(d) if d <= 2 else state.pair()
    found = [_weight(problem, component)]
    found += [_mean(problem, component, axis) for axis in axes]
    found += [_spread(problem, component, axis, spread) for axis in axes]
    if d == 2:
        found.append(_correlation(problem, component))
    return found


def _weight(problem: Problem, component: int) -> Parameter:
    return Parameter(
        "weight",
        "Weight",
        "The component's share of all points, between 0 and 1.",
        float(problem.start.mixture.weights[component]),
        0.01,
        0.99 if problem.start.mixture.n_components > 1 else 1.0,
        0.01,
        lambda p, value: edits.with_weight(p, component, value),
        fixed=problem.start.mixture.n_components == 1,
    )


def _mean(problem: Problem, component: int, axis: int) -> Parameter:
    points = problem.data.points[:, axis]
    lowest, highest = float(points.min()), float(points.max())
    means = problem.start.mixture.means[:, axis]
    extent = highest - lowest or sqrt(problem.start.mixture.covariances[component, axis, axis])
    step = nice_step(extent / 100)
    margin = extent / 2
    return Parameter(
        f"mean{axis}",
        "Mean",
        f"Where the component's centre lies on {problem.data.columns[axis]}"
        f"{_in_unit(problem, axis)}.",
        float(means[component]),
        floor(min(lowest - margin, float(means.min())) / step) * step,
        ceil(max(highest + margin, float(means.max())) / step) * step,
        step,
        lambda p, value: edits.with_mean(p, component, axis, value),
        axis=_of_axis(problem, axis),
        digits=max(4, ceil(log10(max(abs(lowest), abs(highest), extent) / step)) + 1),
    )


def _spread(problem: Problem, component: int, axis: int, spread: str) -> Parameter:
    as_sd = spread == "sd"
    variances = problem.start.mixture.covariances[:, axis, axis]
    widest = max(4 * float(np.var(problem.data.points[:, axis])), float(variances.max()))
    largest = sqrt(widest) if as_sd else widest
    step = nice_step(largest / 200)
    value = float(variances[component])
    unit = _in_unit(problem, axis, "" if as_sd else "²")
    return Parameter(
        f"{spread}{axis}",
        "Std. dev." if as_sd else "Variance",
        ("Standard deviation σ" if as_sd else "Variance σ², the square of σ")
        + f": how wide the component is{unit}.",
        sqrt(value) if as_sd else value,
        step,
        ceil(largest / step) * step,
        step,
        lambda p, v: edits.with_variance(p, component, axis, v * abs(v) if as_sd else v),
        axis=_of_axis(problem, axis),
    )


def _correlation(problem: Problem, component: int) -> Parameter:
    covariance = problem.start.mixture.covariances[component]
    return Parameter(
        "correlation",
        "Correlation",
        "How the two axes go together within the component, between −1 and 1.",
        float(covariance[0, 1] / sqrt(covariance[0, 0] * covariance[1, 1])),
        -0.99,
        0.99,
        0.01,
        lambda p, value: edits.with_correlation(p, component, value),
        fixed=problem.options.covariance_type in edits.UNCORRELATED,
    )


def _of_axis(problem: Problem, axis: int) -> str:
    d = problem.data.n_features
    if d > 2:
        return f" {problem.data.columns[axis]}"
    return "" if d == 1 else f" {'xy'[axis]}"


def _in_unit(problem: Problem, axis: int, power: str = "") -> str:
    unit = problem.data.units[axis]
    return f", in {unit}{power}" if unit else ""


def nice_step(size: float) -> float:
    """The largest of 1, 2 or 5 times a power of ten that is at most `size`."""
    power = 10.0 ** floor(log10(size))
    return next(m * power for m in (5, 2, 1) if m * power <= size * (1 + 1e-9))


# --- options --------------------------------------------------------------------------------------


def options_section() -> None:
    """How EM runs: folded, and what is not as usual said above the fold.

    In a container that is always there: an expander that changes places is folded again.
    """
    options, usual = state.session().problem.options, Options()
    changed = [words for name, words in OPTION_NAMES.items() if _differs(options, usual, name)]
    with st.container():
        if changed:
            st.html(html('<p class="ex-note">Not as usual: {}.</p>', enumerated(changed)))
    with st.expander("Options"):
        _options()


def _differs(options: Options, usual: Options, name: str) -> bool:
    return getattr(options, name) != getattr(usual, name)


def _options() -> None:
    problem = state.session().problem
    options, names = problem.options, _type_names()
    equal = {"diag": "full", "spherical": "full"}
    shown = options.covariance_type
    state.show("covariance", shown if shown in names else equal[shown], frame=list(names))
    st.selectbox(
        "Covariances",
        list(names),
        key="covariance",
        format_func=lambda name: names[name],
        help="What shapes the components may take.",
        on_change=_take_type,
    )
    state.show("tolerance", options.tol)
    st.number_input(
        "Tolerance",
        TOL.lowest,
        TOL.highest,
        step=1e-7,
        format="%g",
        key="tolerance",
        help="EM has converged when an iteration raises the mean log-likelihood per point by less "
        "than this. 0: never.",
        on_change=state.edit_field,
        args=("tolerance", _option("tol")),
    )
    state.show("limit", options.max_iter)
    st.number_input(
        "Iteration limit",
        int(MAX_ITER.lowest),
        MAX_ITERATIONS,
        step=50,
        key="limit",
        help=f"EM stops after this many iterations at the latest; at most {MAX_ITERATIONS}.",
        on_change=state.edit_field,
        args=("limit", _option("max_iter")),
    )
    state.show("floor", options.variance_floor)
    st.number_input(
        "Variance floor",
        VARIANCE_FLOOR.lowest,
        VARIANCE_FLOOR.highest,
        step=0.001,
        format="%g",
        key="floor",
        help="The smallest variance a component may have, as a fraction of the data's variance. It "
        "keeps components from collapsing on a point. 0: off, plain EM.",
        on_change=state.edit_field,
        args=("floor", _option("variance_floor")),
    )


HELD = {"weights": "Hold weights", "means": "Hold means", "covariances": "Hold variances"}


def rules_section() -> None:
    """How EM may differ from plain EM: folded, and what is agreed said above the fold."""
    with st.container():
        for words in in_words(state.session().problem.options.rules):
            st.html(f'<p class="ex-note">{text(words)}</p>')
    with st.expander("Rules"):
        _rules()


def _rules() -> None:
    problem = state.session().problem
    rules, K = problem.options.rules, problem.start.mixture.n_components
    state.show("temperature", rules.temperature)
    st.number_input(
        "Temperature",
        0.0,
        HOTTEST,
        step=0.1,
        format="%g",
        key="temperature",
        help="How softly points are shared out. 1: EM; 0: each point goes whole to its likeliest "
        "component; hot: all alike.",
        on_change=state.edit_field,
        args=("temperature", _rule("temperature")),
    )
    _rule_toggle("Equal weights", "equal_weights", rules.equal_weights)
    for name, label in HELD.items():
        key = f"hold-{name}"
        state.show(key, list(getattr(rules, f"fixed_{name}")), frame=K)
        st.pills(
            label,
            range(K),
            selection_mode="multi",
            key=key,
            format_func=lambda k: str(k + 1),
            help="These components keep the start's value.",
            disabled=name == "weights" and rules.equal_weights,
            on_change=state.edit_field,
            args=(key, _rule(f"fixed_{name}")),
        )


def _rule_toggle(label: str, name: str, value: bool) -> None:
    state.show(name, value)
    st.toggle(
        label,
        key=name,
        help="The M-step makes all weights 1 / K.",
        on_change=state.edit_field,
        args=(name, _rule(name)),
    )


def _rule(name: str) -> Callable[[Problem, Any], Problem]:
    def change(problem: Problem, value: Any) -> Problem:
        taken = tuple(value) if isinstance(value, list) else value
        changes: dict[str, Any] = {name: taken}
        if changes.get("equal_weights"):
            changes["fixed_weights"] = ()
        if name == "fixed_covariances" and problem.options.covariance_type == "tied":
            before = len(problem.options.rules.fixed_covariances)
            changes[name] = taken if len(taken) > before else ()
        rules = replace(problem.options.rules, **changes)
        return edits.with_options(problem, replace(problem.options, rules=rules))

    return change


def _type_names() -> dict[str, str]:
    return TYPE_NAMES[min(state.session().problem.data.n_features, 2)]


@state.callback
def _take_type() -> None:
    """Another covariance type; where it changes the start, that is said."""
    if state.chosen("covariance", _type_names()) is None:
        return
    before = state.session().problem.start.mixture
    state.edit_field("covariance", _option("covariance_type"))
    problem = state.session().problem
    if problem.start.mixture.covariances is not before.covariances:
        state.tell(INTO_TYPE[problem.options.covariance_type], "said")


def _option(name: str) -> Callable[[Problem, Any], Problem]:
    def change(problem: Problem, value: Any) -> Problem:
        return edits.with_options(problem, replace(problem.options, **{name: value}))

    return change


# --- view -----------------------------------------------------------------------------------------


def view_section() -> None:
    """How spreads are written, and what else the charts show."""
    with st.expander("View"):
        _spread_switch()
        _view()


def _view() -> None:
    shown, data = state.display(), state.session().problem.data
    if data.truth is not None:
        _toggle(
            "True groups",
            "truth",
            shown.truth,
            "Draw the groups the points really came from, dashed.",
        )
    if data.n_features == 1:
        _toggle(
            "Posterior curves",
            "posterior",
            shown.posterior,
            "Draw, for every x, the share each component would get of a point there.",
        )
        _toggle(
            "Query line",
            "query",
            shown.query,
            "A line to move over the densities: weight × density → posterior at any x.",
        )


def _toggle(label: str, key: str, value: bool, explanation: str) -> None:
    state.show(key, value)
    st.toggle(label, key=key, help=explanation, on_change=_take_toggle, args=(key,))


@state.callback
def _take_toggle(key: str) -> None:
    state.set_display(**{key: state.taken(key)})


# --- forgetting -----------------------------------------------------------------------------------


def forget_section() -> None:
    st.button(
        "Forget this visit",
        key="forget",
        icon=":material/restart_alt:",
        help="What you did is forgotten, in this browser too, and the worked example opens. This "
        "cannot be undone.",
        on_click=state.start_again,
        width="stretch",
    )
