"""Runs first in the static site: adds what its Streamlit build lacks for `st.components.v2`.

Streamlit on WebAssembly keeps its runtime in a context variable and drops the two class methods
by which components of version 2 find it.
"""

from streamlit import runtime

if not hasattr(runtime.Runtime, "instance"):
    runtime.Runtime.exists = staticmethod(runtime.exists)
    runtime.Runtime.instance = staticmethod(runtime.get_instance)
