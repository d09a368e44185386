"""A visit as text that the browser keeps and hands back: the problem, the way back and forth, and
the runs whose endings were seen.

    {"data": [{…}, …], "here": {"data": 0, "start": {…}, …}, "past": [{…}, …], "future": [{…}, …],
     "cards": [{…}, …], "pinned": 0}

packed. The sections are those of a session file; each moment names its data by their place in the
list. Of an ending its problem is kept, and the run made again: what a browser hands back cannot
claim to be right. What is looked at changes at every step, so it is kept beside this, by
`view_text`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from em_core import InputError
from explorer.io import strict_json
from explorer.io.fields import FIELDS, OF_PROBLEM
from explorer.io.packed import packed, unpacked
from explorer.io.session_file import from_sections, to_sections
from explorer.io.strict_json import NotJson
from explorer.model.cards import MAX_CARDS, again, of_data
from explorer.model.problem import Data, Own, Problem, View
from explorer.model.session import MAX_UNDO, Moment, Session

MAX_OWN = 100_000
"""Coordinates of own points that are kept: 1 to 2 MB of text."""
MAX_READ = 1_000_000
"""Coordinates that are read again when all moments are handed back: some seconds."""
MAX_UNPACKED = 8_000_000

_LOOKED_AT = tuple(field for field in FIELDS if field.part.section not in OF_PROBLEM)

DAMAGED = "What this browser kept of your visit is damaged."


def to_text(session: Session) -> str:
    """As much of the way back as is affordable; "" where the points alone are too many."""
    here = Moment(session.problem, View())
    if not _fits([here]):
        return ""
    past = _affordable(session.past, (here,))
    future = _affordable(session.future, (here, *past))
    cards = of_data(session.cards, session.problem.data)
    places: dict[int, int] = {}
    datas: list[Any] = []

    def written(moment: Moment) -> Mapping[str, Any]:
        sections: dict[str, Any] = dict(to_sections(moment.problem, moment.view))
        place = places.setdefault(id(moment.problem.data), len(datas))
        if place == len(datas):
            datas.append(sections["data"])
        return sections | {"data": place}

    kept = {
        "here": written(here),
        "past": [written(moment) for moment in past],
        "future": [written(moment) for moment in future],
        "cards": [
            written(Moment(replace(card.problem, data=session.problem.data), View()))
            for card in cards
        ],
        "pinned": next((i for i, card in enumerate(cards) if card is session.pinned), None),
        "data": datas,
    }
    return packed(strict_json.dumps(kept))


def view_text(problem: Problem, view: View) -> str:
    """What is looked at: the sections that do not hold the problem."""
    return strict_json.dumps(to_sections(problem, view, _LOOKED_AT))


def from_text(text: str, view: str = "") -> Session:
    """The visit that `to_text` wrote, where `view_text` stood; without that at the start.

    Raises InputError: a browser can send anything.
    """
    try:
        kept = strict_json.loads(unpacked(text, MAX_UNPACKED))
        looked_at = strict_json.loads(view) if view else {}
        datas, read = kept["data"], dict[int, Data]()
        problem = {name: kept["here"][name] for name in OF_PROBLEM}
        here = _read(looked_at | problem, datas, read)
        past, future = (
            tuple(_read(sections, datas, read) for sections in kept[name][-MAX_UNDO:])
            for name in ("past", "future")
        )
        ended = [_read(sections, datas, read) for sections in kept.get("cards", [])[-MAX_CARDS:]]
        pinned = kept.get("pinned")
    except (NotJson, LookupError, TypeError, AttributeError):
        raise InputError("kept-damaged", DAMAGED) from None
    known = [again(moment.problem) for moment in ended]
    cards = tuple(card for card in known if card is not None)
    is_known = type(pinned) is int and 0 <= pinned < len(known)
    return Session(
        here.problem,
        here.view,
        past,
        future,
        cards=cards,
        pinned=known[pinned] if is_known else None,
    )


def _read(sections: Mapping[str, Any], datas: Sequence[Any], read: dict[int, Data]) -> Moment:
    """The moment of these sections; moments on the same data share their points."""
    place = sections["data"]
    problem, view = from_sections({**sections, "data": datas[place]})
    return Moment(replace(problem, data=read.setdefault(place, problem.data)), view)


def _affordable(moments: Sequence[Moment], others: Sequence[Moment]) -> Sequence[Moment]:
    """The nearest, which stand last: as many as the limits allow beside the others."""
    first = next((i for i in range(len(moments)) if _fits([*others, *moments[i:]])), len(moments))
    return moments[first:]


def _fits(moments: Iterable[Moment]) -> bool:
    datas = [moment.problem.data for moment in moments]
    own = {id(data): data.points.size for data in datas if isinstance(data.source, Own)}
    return sum(own.values()) <= MAX_OWN and sum(each.points.size for each in datas) <= MAX_READ
