"""What folds away in the sidebar by itself: see js/folding.js."""

import streamlit as st

from explorer.stage.assets import script

_fold = st.components.v2.component("fold", js=script("folding"), isolate_styles=False)


def by_itself() -> None:
    """Draw this in the sidebar, last."""
    with st.container(key="fold"):
        _fold(key="fold-sidebar")
