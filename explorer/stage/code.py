"""The code of components that are told something new all the time, sent to a page once.

A message of Streamlit's carries all the code of its component, each time: of the stage ten times as
much as what it is told. So the code of all these goes into one component, which stays as it is, and
each of them only calls its own there (js/call.js).
"""

import json
from functools import cache
from typing import Any

import streamlit as st

from explorer.stage.assets import script

TEXT = """const code = window.emCode ??= {{ waiting: [] }};
Object.assign(code, {{ {functions} }});
export default function () {{
  code.waiting.splice(0).forEach((call) => call());
}}
"""
_scripts: dict[str, str] = {}
_styles: list[str] = []


def component(name: str, js: str, css: str = "", html: str = "") -> Any:
    """As Streamlit's own, isolated from nothing. A page that draws it calls `deliver` as well."""
    _scripts[name] = js
    _styles.append(css)
    call = script("call").replace("NAME", json.dumps(name))
    return st.components.v2.component(name, html=html or None, js=call, isolate_styles=False)


def deliver() -> None:
    """Draw the code of all components: once, outside of what is drawn anew by itself."""
    with st.container(key="code"):
        _code()(key="code-once")


@cache
def _code() -> Any:
    functions = ", ".join(
        f"{json.dumps(name)}: (() => {{ {js.replace('export default', 'return', 1)} }})()"
        for name, js in _scripts.items()
    )
    text, css = TEXT.format(functions=functions), "\n".join(_styles)
    return st.components.v2.component("code", css=css, js=text, isolate_styles=False)
