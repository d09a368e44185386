"""The page's style sheet: the palette's colours for light and dark, and page.css."""

from functools import cache
from pathlib import Path

import streamlit as st

from explorer.figures.palette import DARK, LIGHT, css_variables


@cache
def sheet() -> str:
    light, dark = css_variables(LIGHT).split(";"), css_variables(DARK).split(";")
    both = [
        f"{name}:light-dark({colour},{other.partition(':')[2]})"
        for (name, _, colour), other in zip(
            (each.partition(":") for each in light), dark, strict=True
        )
    ]
    components = [
        f".ex-c{j}{{--ex-own:var(--em-c{j});--ex-on:var(--em-on-c{j});--ex-wash:var(--em-wash{j})}}"
        for j in range(1, len(LIGHT.components) + 1)
    ]
    rules = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    return "\n".join([f":root{{{';'.join(both)}}}", *components, rules])


def install() -> None:
    st.html(f"<style>{sheet()}</style>")
