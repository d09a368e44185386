"""The dialog in which points are typed, pasted or corrected."""

import streamlit as st


@st.dialog("Edit points", width="medium")
def dialog() -> None:
    st.write("soon")
