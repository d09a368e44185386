"""The Practise page: EM done by the hand, each number checked at once."""

from functools import cache
from pathlib import Path

import streamlit as st

from explorer.app import address, state
from explorer.app.practise import blanks


def draw() -> None:
    """The page below its header."""
    st.html(f"<style>{_sheet()}</style>")
    blanks.show()
    address.follow(state.address_parameters(), state.unsaved())


@cache
def _sheet() -> str:
    return Path(__file__).with_name("practise.css").read_text(encoding="utf-8")
