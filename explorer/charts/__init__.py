"""Values of `em_core` to Plotly figures, as plain dicts: pure functions, no Streamlit."""
