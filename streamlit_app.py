"""EM Explorer: the app's entry. `streamlit run streamlit_app.py`"""

import streamlit as st

from explorer.app import pages

st.set_page_config(
    page_title="EM Explorer",
    page_icon="🔔",
    layout="wide",
    initial_sidebar_state="collapsed" if st.context.is_embedded else "auto",
)

pages.show()
