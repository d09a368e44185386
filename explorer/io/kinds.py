"""How values of one sort are checked, and written in links and session files."""

import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, Protocol

import numpy as np

from explorer.io import strict_json
from explorer.io.strict_json import NotJson
from explorer.model.problem import MAX_TITLE

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
ROWS, ITEMS = "~", ","
LARGEST = sys.float_info.max


class NotANumber(ValueError):
    """Among several numbers one is none. place: which, from 1; item: what stands there."""

    def __init__(self, place: int, item: object) -> None:
        super().__init__(place, item)
        self.place = place
        self.item = item


class Kind(Protocol):
    """A sort of values.

    `check` takes what a JSON file may hold and returns the value, or raises ValueError; `plain`
    is the way back. `parse` takes the text of a link to what `check` takes, and may be lax;
    `text` is the way back. `rule` is the sentence shown when a value is refused.
    """

    @property
    def rule(self) -> str: ...
    def check(self, value: Any) -> Any: ...
    def plain(self, value: Any) -> Any: ...
    def parse(self, text: str) -> Any: ...
    def text(self, value: Any) -> str: ...


@dataclass(frozen=True)
class Whole:
    """A whole number from low to high.

    first: the number people count from, where the value is an index.
    """

    low: int
    high: int
    rule: str
    first: int = 0

    def check(self, value: Any) -> int:
        if type(value) is not int or not self.low <= value <= self.high:
            raise ValueError
        return value - self.first

    def plain(self, value: int) -> int:
        return value + self.first

    def parse(self, text: str) -> int:
        if len(text) > 20 or not (text.isascii() and text.isdecimal()):
            raise ValueError
        return int(text)

    def text(self, value: int) -> str:
        return str(self.plain(value))


@dataclass(frozen=True)
class Real:
    """A finite number that `low` and `high` enclose."""

    low: float
    high: float
    rule: str

    def check(self, value: Any) -> float:
        if type(value) not in (int, float) or not self.low <= value <= self.high:
            raise ValueError
        return float(value)

    def plain(self, value: float) -> float:
        return value

    def parse(self, text: str) -> float:
        return _number(text)

    def text(self, value: float) -> str:
        return _number_text(value)


@dataclass(frozen=True)
class Numbers:
    """An array of finite numbers, at most `limit` of them, as nested lists of equal length."""

    limit: int
    rule: str

    def check(self, value: Any) -> np.ndarray:
        if not 0 < _count(value, self.limit) <= self.limit:
            raise ValueError
        return np.array(value, dtype=float)

    def plain(self, value: np.ndarray) -> list[Any]:
        return value.tolist()

    def parse(self, text: str) -> list[Any]:
        items = [row.split(ITEMS) for row in text.split(ROWS)]
        places = count(1)
        rows = [[_number_at(next(places), item) for item in row] for row in items]
        return rows if ROWS in text else rows[0]

    def text(self, value: np.ndarray) -> str:
        if value.ndim == 1:
            return ITEMS.join(_number_text(item) for item in value)
        return ROWS.join(self.text(row.reshape(-1)) for row in value)


@dataclass(frozen=True)
class Members:
    """Some of the first `limit` components, each once; people count them from 1."""

    limit: int
    rule: str

    def check(self, value: Any) -> tuple[int, ...]:
        if type(value) is not list or not all(type(k) is int for k in value):
            raise ValueError
        if len(set(value)) < len(value) or not all(1 <= k <= self.limit for k in value):
            raise ValueError
        return tuple(sorted(k - 1 for k in value))

    def plain(self, value: tuple[int, ...]) -> list[int]:
        return [k + 1 for k in value]

    def parse(self, text: str) -> list[int]:
        items = text.split(ITEMS) if text else []
        if len(items) > self.limit or not all(i.isascii() and i.isdecimal() for i in items):
            raise ValueError
        return [int(item[:3]) for item in items]

    def text(self, value: tuple[int, ...]) -> str:
        return ITEMS.join(map(str, self.plain(value)))


@dataclass(frozen=True)
class Words:
    """Text for people; what does not fit on one line of MAX_TITLE characters is left out."""

    rule: str

    def check(self, value: Any) -> str:
        if type(value) is not str:
            raise ValueError
        return one_line(value)

    def plain(self, value: str) -> str:
        return one_line(value)

    def parse(self, text: str) -> str:
        return text

    def text(self, value: str) -> str:
        return one_line(value)


@dataclass(frozen=True)
class Names:
    """Texts for people, at most `limit` of them, each as in `Words`; in links as JSON."""

    limit: int
    rule: str

    def check(self, value: Any) -> tuple[str, ...]:
        if type(value) is not list or not 0 < len(value) <= self.limit:
            raise ValueError
        if not all(type(name) is str for name in value):
            raise ValueError
        return tuple(map(one_line, value))

    def plain(self, value: tuple[str, ...]) -> list[str]:
        return list(map(one_line, value))

    def parse(self, text: str) -> Any:
        try:
            return strict_json.loads(text)
        except NotJson:
            raise ValueError from None

    def text(self, value: tuple[str, ...]) -> str:
        return strict_json.dumps(self.plain(value))


@dataclass(frozen=True)
class Two:
    """Two different ones of the first `limit` columns; people count them from 1."""

    limit: int
    rule: str

    def check(self, value: Any) -> tuple[int, int]:
        if type(value) is not list or len(value) != 2 or not all(type(i) is int for i in value):
            raise ValueError
        first, second = value
        if first == second or not all(1 <= i <= self.limit for i in value):
            raise ValueError
        return first - 1, second - 1

    def plain(self, value: tuple[int, int]) -> list[int]:
        return [i + 1 for i in value]

    def parse(self, text: str) -> list[int]:
        items = text[:20].split(ITEMS)
        if not all(item.isascii() and item.isdecimal() for item in items):
            raise ValueError
        return [int(item) for item in items]

    def text(self, value: tuple[int, int]) -> str:
        return ITEMS.join(map(str, self.plain(value)))


@dataclass(frozen=True)
class Choice:
    """One of a few words, each standing for a value.

    Links have the words in lower case, and k-means++ without its ++.
    """

    words: Mapping[str, Any]
    rule: str

    @classmethod
    def among(cls, words: tuple[str, ...], rule: str) -> "Choice":
        """Words that stand for themselves."""
        return cls({word: word for word in words}, rule)

    def check(self, value: Any) -> Any:
        if type(value) is not str or value not in self.words:
            raise ValueError
        return self.words[value]

    def plain(self, value: Any) -> str:
        return next(word for word, meant in self.words.items() if meant == value)

    def parse(self, text: str) -> str:
        return {_as_in_link(word): word for word in self.words}.get(_as_in_link(text), text)

    def text(self, value: Any) -> str:
        return _as_in_link(self.plain(value))


def one_line(text: str, limit: int = MAX_TITLE) -> str:
    """The printable characters of the text, other white space as blanks, cut at the limit."""
    kept = (c if c.isprintable() else " " for c in text if c.isprintable() or c.isspace())
    return "".join(islice(kept, limit))


def _as_in_link(word: str) -> str:
    return word.rstrip("+").lower()


def _number_text(value: float) -> str:
    """The shortest text that reads back as exactly this number, without a '+' (URLs eat it)."""
    return repr(float(value)).removesuffix(".0").replace("e+", "e")


def _number(text: str) -> float:
    """A plain decimal number; ValueError for anything else, NaN and infinity included."""
    if not NUMBER.fullmatch(text):
        raise ValueError
    return float(text)


def _number_at(place: int, text: str) -> float:
    try:
        value = _number(text)
    except ValueError:
        raise NotANumber(place, text) from None
    if math.isinf(value):
        raise NotANumber(place, text)
    return value


def _count(value: Any, limit: int, depth: int = 3) -> int:
    """How many numbers lists hold, nested at most `depth` deep; ValueError for anything else."""
    if type(value) is not list or len(value) > limit or depth == 0:
        raise ValueError
    if not any(type(item) is list for item in value):
        for place, item in enumerate(value, start=1):
            if type(item) not in (int, float) or not -LARGEST <= item <= LARGEST:
                raise NotANumber(place, item)
        return len(value)
    return sum(_count(item, limit, depth - 1) for item in value)
