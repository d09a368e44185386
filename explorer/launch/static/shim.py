"""Runs first in the static site: adds what its Streamlit build lacks for `st.components.v2`.

Streamlit on WebAssembly keeps its runtime in a context variable and drops the two class methods
by which components of version 2 find it.
"""

from streamlit import runtime

for name, function in {"exists": runtime.exists, "instance": runtime.get_instance}.items():
    if not hasattr(runtime.Runtime, name):
        setattr(runtime.Runtime, name, staticmethod(function))
