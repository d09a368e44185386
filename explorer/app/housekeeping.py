"""What visits leave behind is collected, and goes back to the system, while nobody is waiting.

Streamlit's own collection after each rerun is switched off (.streamlit/config.toml), since it
holds up everybody; but visits that ended are held by reference cycles until somebody collects, and
what is freed stays with the C library until it is asked to give it back. Python's own collections,
which come in the middle of a step, go through what is new since: some 3 ms, and not the 100 ms of
all modules and visits.
"""

import ctypes
import gc
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

PAUSE = 2.0
"""Seconds without a rerun after which nobody is waiting."""
ROUND = 20.0
"""Seconds between two collections."""
BUSY_ROUND = 300.0
"""Seconds after which one is made although people are busy."""
M_ARENA_MAX = -8
"""What mallopt calls the number of heaps, from glibc's malloc.h."""
AFTERWARDS = 600.0
"""Seconds after the last rerun until which visits may still end: Streamlit keeps them for 120."""


@dataclass
class House:
    """When somebody last asked for something, and when it was last put in order."""

    asked: float = field(default_factory=time.monotonic)
    tidied: float = field(default_factory=time.monotonic)

    def is_due(self, now: float) -> bool:
        """Whether to collect now."""
        quiet, since = now - self.asked, now - self.tidied
        if quiet > AFTERWARDS or since < ROUND:
            return False
        return quiet >= PAUSE or since >= BUSY_ROUND

    def tidy(self) -> None:
        """What is there afterwards is not gone through by Python's own collections, until next
        time."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        _give_back()
        self.tidied = time.monotonic()

    def keep(self) -> None:
        while True:
            time.sleep(PAUSE)
            if self.is_due(time.monotonic()):
                self.tidy()


_house: House | None = None


def somebody_asks() -> None:
    """A rerun has begun. The first one also begins the rounds, one thread for the process."""
    global _house
    if _house is not None:
        _house.asked = time.monotonic()
        return
    _house = House()
    gc.freeze()
    _share_one_heap()
    if sys.platform != "emscripten":
        threading.Thread(target=_house.keep, name="housekeeping", daemon=True).start()


def _share_one_heap() -> None:
    """For threads to come (glibc). Each rerun is a thread, and of a heap of its own little could be
    given back. A host who sets MALLOC_ARENA_MAX=1 has it from the first thread on."""
    set_option = _in_libc("mallopt")
    if set_option is not None:
        set_option(M_ARENA_MAX, 1)


def _give_back() -> None:
    """Freed memory to the system, where the C library can (glibc)."""
    trim = _in_libc("malloc_trim")
    if trim is not None:
        trim(0)


def _in_libc(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
