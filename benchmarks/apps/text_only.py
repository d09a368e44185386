"""The least a click can cost in Streamlit: a button, and a line of text that follows it."""

import streamlit as st

st.session_state.setdefault("clicks", 0)


def count() -> None:
    st.session_state["clicks"] += 1


st.button("Count", on_click=count)
st.write(f"{st.session_state['clicks']} clicks")
