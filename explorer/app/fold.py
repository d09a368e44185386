"""On a low screen, such as a phone's held sideways, the sidebar waits folded.

Streamlit folds it by the width alone.
"""

import streamlit as st

SCRIPT = """
// Newer Streamlits say data-collapsed, older ones aria-expanded.
const OPEN = '[data-testid="stSidebar"]:not([data-collapsed="true"], [aria-expanded="false"])';
const LOW = "(max-height: 500px) and (max-width: 1000px)";
let seen = false;

export default function () {
  if (seen) return;
  seen = true;
  if (!matchMedia(LOW).matches) return;
  const sidebar = document.querySelector(OPEN);
  sidebar?.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
}
"""

_fold = st.components.v2.component("fold", js=SCRIPT, isolate_styles=False)


def on_low_screens() -> None:
    """Draw this in the sidebar, last."""
    with st.container(key="fold"):
        _fold(key="fold-sidebar")
