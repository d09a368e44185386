"""The Share dialog: the link to what is on the screen, and a snippet that embeds it."""

import streamlit as st

from explorer.app import state
from explorer.app.apology import drawn_calmly
from explorer.app.markup import alert, text
from explorer.export.menu import exports
from explorer.io import link

HTML = """
<div class="ex-share">
  <label for="ex-link">Link</label>
  <textarea id="ex-link" rows="3" readonly></textarea>
  <button type="button" data-copies="ex-link">Copy link</button>
  <label for="ex-snippet">Embed in a web page</label>
  <textarea id="ex-snippet" rows="3" readonly></textarea>
  <button type="button" data-copies="ex-snippet">Copy snippet</button>
  <p role="status"></p>
</div>
"""

SCRIPT = """
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

export default function ({ data, parentElement }) {
  const part = (selector) => parentElement.querySelector(selector);
  const here = location.origin + location.pathname;
  part("#ex-link").value = here + data.query;
  part("#ex-snippet").value = data.snippet.replace(data.placeholder, escaped(here));
  for (const button of parentElement.querySelectorAll("[data-copies]")) {
    const field = part(`#${button.dataset.copies}`);
    field.onfocus = () => field.select();
    button.onclick = async () => {
      part("[role=status]").textContent = (await copied(field))
        ? "Copied."
        : "Press Ctrl+C or ⌘C to copy what is selected.";
    };
  }
}

async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}
"""

_links = st.components.v2.component("share_links", html=HTML, js=SCRIPT, isolate_styles=False)
PLACEHOLDER = "ADDRESS"
ADDRESS_HOLDS_NOTHING = (
    "The address bar cannot hold them either: whoever opens it finds the worked example."
)


@st.dialog("Share", on_dismiss="rerun")
@drawn_calmly("share")
def dialog() -> None:
    try:
        parameters = state.link_parameters()
    except link.LinkTooLong as refused:
        _file_instead(str(refused))
        return
    query = link.query(parameters)
    st.html(f'<p class="ex-note">{text(_about(parameters, query))}</p>')
    links("share-links", parameters)


def links(key: str, parameters: dict[str, str]) -> None:
    """The link and the snippet, to be copied."""
    _links(
        key=key,
        data={
            "query": link.query(parameters),
            "snippet": link.embed_snippet(PLACEHOLDER, parameters),
            "placeholder": PLACEHOLDER,
        },
    )


def _about(parameters: dict[str, str], query: str) -> str:
    holds = "It opens this very screen: data, start, options, step and selection."
    if "z" in parameters:
        return f"{holds} The data are compressed into it: it is {len(query)} characters long."
    return f"{holds} It can be read and changed by hand."


def _file_instead(reason: str) -> None:
    st.html(alert(f"{reason} {ADDRESS_HOLDS_NOTHING}"))
    save_session("share-session")


def save_session(key: str) -> None:
    """The button that takes the visit along as a file; from then on leaving loses nothing."""
    session = next(
        each for each in exports(state.current_run(), state.view()) if each.key == "session"
    )
    st.download_button(
        session.label,
        session.make,
        session.file_name,
        session.mime,
        key=key,
        help=session.help,
        icon=":material/download:",
        on_click=state.saved,
        type="primary",
        width="stretch",
    )
