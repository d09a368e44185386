"""The address bar follows what is on the screen.

Streamlit's own way, writing st.query_params, adds an entry to the browser's history for every
half-step, and 'back' would never lead out of the page; so the address is replaced instead. Where it
cannot hold the data the browser warns before they are lost.
"""

import streamlit as st

from explorer.io.link import query

SCRIPT = """
const warn = (event) => event.preventDefault();

export default function ({ data }) {
  (data.unsaved ? window.addEventListener : window.removeEventListener)("beforeunload", warn);
  if (data.query === null) return;
  const now = [...new URLSearchParams(location.search)];
  const own = new URLSearchParams(now.filter(([name]) => name.startsWith("embed"))).toString();
  const search = [own, data.query].filter(Boolean).join("&");
  const address = location.pathname + (search && `?${search}`) + location.hash;
  if (address !== location.pathname + location.search + location.hash) {
    history.replaceState(history.state, "", address);
  }
}
"""

_address = st.components.v2.component("address", js=SCRIPT, isolate_styles=False)


def follow(parameters: dict[str, str] | None, unsaved: bool) -> None:
    """Let the address stand for these parameters of a link; Streamlit's own ones stay.

    None: leave it as it is. unsaved: the browser asks before the page is left.
    """
    written = None if parameters is None else query(parameters).removeprefix("?")
    with st.container(key="address"):
        _address(key="address-bar", data={"query": written, "unsaved": unsaved})
