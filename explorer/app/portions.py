"""Work that is made in portions: how far it is, a way to stop it, and a way to carry on."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

from explorer.app import markup, state
from explorer.app.apology import drawn_calmly
from explorer.app.markup import html

PAUSE = 0.05
"""Seconds between two portions, in which a press of 'Stop' is heard."""

PORTION = 0.3
"""Seconds of work made in one go, at least one piece of it."""

Work = TypeVar("Work")


@dataclass(frozen=True)
class Portions(Generic[Work]):
    """What is worked out, by its name: how to get at it, go on, and say how far it is.

    get and put: the work as far as it has come; further: with one piece more; running: is it to
    be carried on now; set_running: stopped or carried on; show: draw what there is; words: how
    far it is, and progress: the same from 0 to 1; left: whether something is still to be done;
    invitation: what the button says that begins it, and help: its tooltip.
    """

    name: str
    get: Callable[[], Work]
    put: Callable[[Work], None]
    further: Callable[[Work], Work]
    running: Callable[[Work], bool]
    set_running: Callable[[Work, bool], Work]
    show: Callable[[Work], None]
    words: Callable[[Work], str]
    progress: Callable[[Work], float]
    left: Callable[[Work], bool]
    invitation: str
    help: str

    def draw(self) -> None:
        """All there is; while it is being worked out, piece by piece in a fragment."""
        if self.running(self.get()):
            st.fragment(self._portion, run_every=PAUSE)()
            return
        self.show(self.get())
        self._go_on()

    def _portion(self) -> None:
        with drawn_calmly(self.name):
            self._draw_portion()

    def _draw_portion(self) -> None:
        now = self.get()
        if not self.running(now) and not state.dialog_is_open():
            state.draw_again()
        self.show(now)
        if not self.running(now):
            return
        note(self.words(now))
        st.progress(self.progress(now))
        st.button(
            "Stop here",
            key=f"{self.name}-stop",
            icon=":material/stop:",
            help="Look at what there is so far. The rest can be made later.",
            on_click=self._set,
            args=(False,),
        )
        begun = time.monotonic()
        while self.running(now) and time.monotonic() - begun < PORTION:
            now = self.further(now)
        self.put(now)
        if not self.running(now) and not state.dialog_is_open():
            state.draw_again()

    def _go_on(self) -> None:
        now = self.get()
        if not self.left(now):
            return
        begun = self.progress(now) > 0
        note(("Stopped. " if begun else "") + self.words(now))
        st.button(
            "Carry on" if begun else self.invitation,
            key=f"{self.name}-run",
            icon=":material/play_arrow:",
            help=self.help,
            on_click=self._set,
            args=(True,),
        )

    @state.callback
    def _set(self, running: bool) -> None:
        self.put(self.set_running(self.get(), running))


def note(words: str) -> None:
    st.html(markup.note(words))


def section(title: str, words: str = "") -> None:
    """A heading and the sentence that leads what follows."""
    st.html(html('<h2 class="ex-section">{}</h2>', title))
    if words:
        lead(words)


def lead(words: str) -> None:
    """The sentence that leads a section."""
    st.html(html('<p class="ex-lead">{}</p>', words))


def to_try(words: str) -> None:
    """What a section ends with: something to try."""
    st.html(html('<p class="ex-try"><b>Try:</b> {}</p>', words))
