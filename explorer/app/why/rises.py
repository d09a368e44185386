"""Why it rises: the log-likelihood and its lower bound about the iteration we stand in."""

import streamlit as st

from em_core import Parameter
from explorer.app import state
from explorer.app.portions import Portions, lead, to_try
from explorer.app.why import taking_along
from explorer.charts.ascent import ascent_payload
from explorer.export.why_tables import ascent_csv
from explorer.model import ascent
from explorer.model.ascent import Ascent
from explorer.model.why import parameters_of
from explorer.stage import serialised
from explorer.stage.assets import script

HTML = """
<div class="ex-ascent">
  <svg class="ex-picture" viewBox="0 0 480 290" role="img"></svg>
  <svg class="ex-picture" viewBox="0 0 480 132" aria-hidden="true"></svg>
  <p class="ex-told ex-note" role="status"></p>
</div>
"""
ALONG = "M-step"

LEADS = {
    "M-step": "Look where the two curves touch: the E-step put the bound there. The M-step goes to "
    "the bound’s peak, and the log-likelihood, which lies above it, must rise with it.",
    "mean": "The same with one mean moved and all else held: the bound peaks where the M-step puts "
    "the mean, and the log-likelihood is nowhere below it.",
    "variance": "The same with one variance moved and all else held. Its axis is logarithmic: look "
    "at what the log-likelihood does far to the left, where the component becomes a spike.",
    "weight": "The same with one weight moved, the others keeping their proportions: the bound "
    "peaks at the share of the points that the component holds.",
}
TRIES = {
    "M-step": "hold the right arrow key. The steps become small, and the two curves the same near "
    "where we stand: nothing is left to gain.",
    "mean": "go on to the end of the run: touching point, peak and the top of the log-likelihood "
    "are one place there.",
    "variance": "put the mean of the start exactly on a point. Then the curve rises without end to "
    "the left: a component on one point makes the likelihood infinite.",
    "weight": "compare the first iteration with a late one: the bound hugs the log-likelihood "
    "where the labels hide little.",
}

_picture = st.components.v2.component(
    "ascent", html=HTML, js=script("ascent"), isolate_styles=False
)


def show() -> None:
    """The picture; what is not worked out at once is made in portions."""
    along = _along()
    about = along.kind if along else "M-step"
    lead(LEADS[about])
    _choice(along)
    name = f"ascent {along}"
    Portions(
        name="ascent",
        get=lambda: _made(name, along),
        put=lambda further: state.work_out(name, further),
        further=ascent.carried_on,
        running=lambda now: now.running,
        set_running=ascent.set_running,
        show=_show,
        words=lambda now: (
            f"The curves of {len(now.curves)} of {now.run.trace.n_iter} iterations are worked out."
        ),
        progress=lambda now: len(now.curves) / max(1, now.run.trace.n_iter),
        left=lambda now: not now.complete,
        invitation="Work out the others",
        help="The curves of the later iterations.",
    ).draw()
    made = _made(name, along)
    taking_along.offer(lambda: ascent_csv(made))
    to_try(TRIES[about])


def _along() -> Parameter | None:
    """The parameter that is chosen, where the problem has it."""
    chosen = state.why().along
    return chosen if chosen in _parameters() else None


def _parameters() -> tuple[Parameter, ...]:
    problem = state.session().problem
    return parameters_of(problem.start.mixture, problem.options)


def _made(name: str, along: Parameter | None) -> Ascent:
    run = state.current_run()
    found: Ascent = state.worked_out(name, run.trace, lambda: ascent.begun(run, along))
    return found


def _show(now: Ascent) -> None:
    told: bytes = state.worked_out(
        "ascent told", now, lambda: serialised(ascent_payload(now, state.run_name()))
    )
    _picture(key="ascent", data=told)


def _choice(along: Parameter | None) -> None:
    offered: dict[str, Parameter | None] = {ALONG: None}
    d = state.session().problem.data.n_features
    offered |= {parameter.name(d): parameter for parameter in _parameters()}
    shown = next(name for name, parameter in offered.items() if parameter == along)
    state.show("along", shown, frame=tuple(offered))
    st.selectbox(
        "Along",
        list(offered),
        key="along",
        format_func=lambda name: "the M-step’s own direction" if name == ALONG else name,
        help="The way through the parameters that the curves are drawn over.",
        on_change=_choose,
    )


@state.callback
def _choose() -> None:
    d = state.session().problem.data.n_features
    wanted = state.taken("along")
    found = [parameter for parameter in _parameters() if parameter.name(d) == wanted]
    state.change_why(along=found[0] if found else None)
