"""The least a page with a chart can cost in Streamlit: one line of 400 points, nothing else."""

import plotly.graph_objects as go
import streamlit as st

st.plotly_chart(go.Figure(go.Scatter(y=[(i % 40) ** 2 for i in range(400)])))
