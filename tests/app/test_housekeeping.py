import gc
import platform
import subprocess
import sys
import weakref
from pathlib import Path
from unittest.mock import Mock

import pytest

from explorer.app import housekeeping
from explorer.app.housekeeping import AFTERWARDS, BUSY_ROUND, PAUSE, ROUND, House

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("quiet", "since", "due"),
    [
        (PAUSE, ROUND, True),
        (PAUSE - 0.1, ROUND, False),
        (PAUSE, ROUND - 0.1, False),
        (0, BUSY_ROUND, True),
        (AFTERWARDS + 1, BUSY_ROUND, False),
    ],
    ids=["quiet", "somebody waits", "just done", "always busy", "nobody for long"],
)
def test_collections_are_made_while_nobody_waits(quiet, since, due):
    assert House(asked=1000 - quiet, tidied=1000 - since).is_due(1000) is due


def test_what_only_holds_itself_is_let_go():
    class Visit: ...

    gc.disable()
    try:
        visit = Visit()
        visit.itself = visit
        gone = weakref.ref(visit)
        del visit
        assert gone() is not None
        House().tidy()
        assert gone() is None
    finally:
        gc.unfreeze()
        gc.enable()


def test_what_stays_is_not_gone_through_in_the_middle_of_a_step():
    """Until the next time, when it is let go if nobody needs it any more."""

    class Visit: ...

    gc.disable()
    try:
        house, visit = House(), Visit()
        visit.itself = visit
        house.tidy()
        gone = weakref.ref(visit)
        del visit
        gc.collect()
        assert gone() is not None
        house.tidy()
        assert gone() is None
    finally:
        gc.unfreeze()
        gc.enable()


def test_modules_are_not_gone_through_from_the_first_drawing_on(monkeypatch):
    monkeypatch.setattr(housekeeping, "_house", None)
    monkeypatch.setattr(housekeeping, "_share_one_heap", Mock())
    monkeypatch.setattr(housekeeping.threading, "Thread", Mock())
    gc.unfreeze()
    try:
        housekeeping.somebody_asks()
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other C libraries have no such heaps"
)
def test_threads_share_one_heap():
    """In a process of its own: a heap that is there stays."""
    trial = """
import ctypes, threading
from explorer.app import housekeeping
housekeeping._share_one_heap()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
together = threading.Barrier(4)
def take():
    libc.malloc(5000)
    together.wait()
threads = [threading.Thread(target=take) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""
    told = subprocess.run([sys.executable, "-c", trial], cwd=ROOT, capture_output=True, check=True)
    assert told.stdout.count(b"<heap nr=") == 1
