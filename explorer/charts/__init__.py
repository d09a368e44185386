"""Values of `em_core` to descriptions of charts: axes, words, what of the data is drawn.

Axes are Plotly layouts as plain dicts. What is drawn on them, the roles with their styles, is
declared in explorer/stage/js/marks.js. Pure functions, no Streamlit.
"""
