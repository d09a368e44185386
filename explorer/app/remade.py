"""What is drawn of a run or a card, kept as long as that lives and made anew when it changes."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from markupsafe import Markup

Whose = TypeVar("Whose", bound=Hashable)


class Kept(Generic[Whose]):
    """The last text of each; weak, so that it goes with the visit."""

    def __init__(self) -> None:
        self._last: WeakKeyDictionary[Whose, tuple[object, Markup]] = WeakKeyDictionary()

    def of(self, whose: Whose, mark: object, make: Callable[[], Markup]) -> Markup:
        """What `make` gives, made once for as long as `mark` stays the same."""
        last = self._last.get(whose)
        if last is None or last[0] != mark:
            last = self._last[whose] = (mark, make())
        return last[1]
