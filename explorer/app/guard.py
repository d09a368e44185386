"""What nobody foresaw is logged and answered calmly; no visitor ever sees a traceback."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)


@contextmanager
def guarded(otherwise: Callable[[], None]) -> Iterator[None]:
    """Whatever goes wrong within ends in `otherwise`. A `with` block, or a decorator."""
    try:
        yield
    except Exception:
        log.exception("Something went wrong.")
        otherwise()
