"""The page's style sheet: the palette's colours for light and dark, and page.css.

Streamlit says which of the two it is on the app's own element; dialogs and tooltips lie outside
of it, so a script says it to the whole document.
"""

from functools import cache
from pathlib import Path

import streamlit as st

from explorer.charts.palette import DARK, LIGHT, component_classes, css_variables

SCRIPT = """
export default function () {
  const app = document.querySelector(".stApp");
  const say = () => {
    document.documentElement.style.colorScheme = getComputedStyle(app).colorScheme;
  };
  const observer = new MutationObserver(say);
  observer.observe(app, { attributes: true, attributeFilter: ["class"] });
  say();
  return () => observer.disconnect();
}
"""

_scheme = st.components.v2.component("colour_scheme", js=SCRIPT, isolate_styles=False)


@cache
def sheet() -> str:
    light, dark = css_variables(LIGHT).split(";"), css_variables(DARK).split(";")
    both = [
        f"{name}:light-dark({colour},{other.partition(':')[2]})"
        for (name, _, colour), other in zip(
            (each.partition(":") for each in light), dark, strict=True
        )
    ]
    rules = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    return "\n".join([f":root{{{';'.join(both)}}}", component_classes(), rules])


def install() -> None:
    st.html(f"<style>{sheet()}</style>")
    with st.container(key="colour-scheme"):
        _scheme(key="scheme")
