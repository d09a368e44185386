import gc
import weakref

import pytest

from explorer.app.housekeeping import AFTERWARDS, BUSY_ROUND, PAUSE, ROUND, House


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
        gc.enable()
