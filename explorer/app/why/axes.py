"""Which two parameters a picture is over."""

import streamlit as st

from em_core import Parameter
from explorer.app import state
from explorer.model.why import over_two, parameters_of


def chosen() -> tuple[Parameter, Parameter]:
    """The two, as far as the problem has them."""
    problem = state.session().problem
    return over_two(problem.start.mixture, problem.options, state.why().x, state.why().y)


def choice() -> None:
    """The fields in which they are chosen."""
    left, right = st.columns(2)
    x, y = chosen()
    with left:
        _field("Across", "why-x", x, "x")
    with right:
        _field("Up", "why-y", y, "y")


def _field(label: str, key: str, shown: Parameter, which: str) -> None:
    d = state.session().problem.data.n_features
    names = [parameter.name(d) for parameter in _offered()]
    state.show(key, shown.name(d), frame=tuple(names))
    st.selectbox(label, names, key=key, on_change=_take, args=(key, which))


def _offered() -> tuple[Parameter, ...]:
    problem = state.session().problem
    return parameters_of(problem.start.mixture, problem.options)


@state.callback
def _take(key: str, which: str) -> None:
    """Where both would be the same they change places."""
    d = state.session().problem.data.n_features
    name = state.taken(key)
    wanted = next((p for p in _offered() if p.name(d) == name), None)
    x, y = chosen()
    new_x, new_y = (wanted or x, y) if which == "x" else (x, wanted or y)
    if new_x == new_y:
        new_x, new_y = y, x
    state.change_why(x=new_x, y=new_y)
