"""A problem and what is looked at, as the parameters of a link, and back.

A small problem is written out (``?v=1&x=0.2,-0.9,-1&mu=-3,2&t=1&phase=m``), a larger one is packed
into one parameter `z`: JSON of the same fields, deflated, in URL-safe base64. Only what differs
from the usual is written; `explorer.io.fields` lists the fields. A named or generated data set's
points are not in the link. Where a parameter is given more than once, the last one counts.

`v` is the version. `c` is a checksum of the problem: a link that was changed by hand, or lost its
tail, opens as far as it can be read and says so; a link typed by hand does without. Names may be
in capitals; what is not known here is left out, and said.
"""

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from em_core import InputError
from explorer.io import strict_json
from explorer.io.fields import (
    BY_NAME,
    LINKED,
    OF_WORK,
    Record,
    brief_place,
    brief_work,
    from_record,
    to_record,
)
from explorer.io.packed import packed, unpacked
from explorer.io.strict_json import NotJson
from explorer.model.examples import default_problem
from explorer.model.problem import Problem, View
from explorer.model.refusal import echo

VERSION = 1
MAX_LINK = 8_000
MAX_UNPACKED = 65_536
MAX_WRITTEN_OUT = 500
"""Problems that take more characters than this are packed."""

CUT = "This link is damaged: perhaps it was cut off when it was sent."
INSTEAD = "The worked example is shown instead."
CHANGED = (
    "This link was changed after it was made, by hand or because it was cut off when it was sent: "
    "check that nothing is missing."
)
NOT_HELD = (
    "The data behind this address are too many for a link, so they are not here. Whoever brought "
    "them can send the session as a JSON file, which opens under 'Your data', 'Upload'."
)
OF_OTHERS = re.compile(r"embed.*|utm_.*|.*clid", re.ASCII)
"""Parameters that Streamlit, mailers and social networks put into addresses."""

MISSING = "missing"
"""The parameter of an address that could not hold the data: the number of points."""

MAX_NAMED = 3
"""So many of the names that are not known are said."""

Parameters = Mapping[str, str | Sequence[str]]


class LinkTooLong(InputError):
    """The problem does not fit into a link."""

    def __init__(self, characters: int, limit: int) -> None:
        super().__init__(
            "link-too-long",
            f"These data are too many for a link: it would take at least {characters} characters "
            f"and the limit is {limit}. Save the session as a JSON file and send that.",
        )


@dataclass(frozen=True)
class Opened:
    """What a link stands for. message: what there is to say about it, or "".

    refused: the link could not be opened, and the worked example stands here instead.
    """

    problem: Problem
    view: View
    message: str = ""
    refused: bool = False


def encode(problem: Problem, view: View, work: Mapping[str, str] | None = None) -> dict[str, str]:
    """The link's parameters; none at all for the worked example before its first step.

    work: their `work_parameters`, where they are known. Raises LinkTooLong.
    """
    texts = work_parameters(problem, view) if work is None else work
    place = _written(brief_place(problem, view))
    if not texts and not place:
        return {}
    parameters = {"v": str(VERSION)} | dict(texts) | place
    length = len(query(parameters))
    if length > MAX_LINK:
        raise LinkTooLong(length, MAX_LINK)
    return parameters


def work_parameters(problem: Problem, view: View) -> dict[str, str]:
    """Those of the parameters that stay while somebody steps and looks around.

    They depend on the problem, `view.practice` and `view.why`. Raises LinkTooLong.
    """
    record = brief_work(problem, view)
    texts = _written(record)
    if len(query(texts)) > MAX_WRITTEN_OUT:
        return {"z": _packed(record)}
    return {"c": _checksum(texts)} | texts if texts else {}


def decode(parameters: Parameters) -> Opened:
    """What the parameters stand for. Never raises: what cannot be opened gives the default.

    The work is bounded by MAX_LINK and MAX_UNPACKED.
    """
    lowered = {name.lower(): value for name, value in parameters.items()}
    if MISSING in lowered:
        return Opened(default_problem(), View(), f"{NOT_HELD} {INSTEAD}", refused=True)
    try:
        record, changed = _record_of(lowered)
        problem, view = from_record(record)
    except InputError as error:
        reason = str(error)
        if not error.code.startswith("link-"):
            reason = f"This link is damaged or has a mistake in it: {error}"
        return Opened(default_problem(), View(), f"{reason} {INSTEAD}", refused=True)
    meant = {"v", "c", "z", "k", *(to_record(problem, view).keys() & LINKED.keys())}
    idle = [name for name in lowered if name not in meant and not OF_OTHERS.fullmatch(name)]
    return Opened(problem, view, " ".join(filter(None, [CHANGED * changed, _left_out(idle)])))


def _left_out(names: Sequence[str]) -> str:
    """That these parameters mean nothing here, or ""."""
    if not names:
        return ""
    shown = ", ".join(f'"{echo(name)}"' for name in names[:MAX_NAMED])
    more = f" and {len(names) - MAX_NAMED} more" * (len(names) > MAX_NAMED)
    return f"What this link says of {shown}{more} means nothing here and was left out."


def stand_in(problem: Problem) -> dict[str, str]:
    """What an address says of a problem that does not fit into it: how many points are missing."""
    return {"v": str(VERSION), MISSING: str(problem.data.n_points)}


def query(parameters: Mapping[str, str]) -> str:
    """The parameters as they stand in an address, from its question mark on; "" for none."""
    pairs = "&".join(f"{name}={quote(text, safe=',~')}" for name, text in parameters.items())
    return f"?{pairs}" if pairs else ""


def embed_snippet(address: str, parameters: Mapping[str, str], height: int = 900) -> str:
    """HTML that shows the link's view inside another page."""
    source = address + query({"embed": "true"} | dict(parameters))
    return (
        f'<iframe src="{escape(source)}" title="EM Explorer" width="100%" height="{height}" '
        'style="border: 0" loading="lazy"></iframe>'
    )


def _written(record: Record) -> dict[str, str]:
    return {name: BY_NAME[name].kind.text(value) for name, value in record.items()}


def _checksum(texts: Mapping[str, str]) -> str:
    """Four hexadecimal digits that depend on all parameters but the cursor's."""
    kept = [f"{field.name}={texts[field.name]}" for field in OF_WORK if field.name in texts]
    return f"{zlib.crc32('&'.join(kept).encode(errors='replace')) & 0xFFFF:04x}"


def _packed(record: Record) -> str:
    plain = {name: BY_NAME[name].kind.plain(value) for name, value in record.items()}
    text = strict_json.dumps(plain)
    if len(text.encode()) > MAX_UNPACKED:
        raise LinkTooLong(len(text), MAX_UNPACKED)
    return packed(text)


def _record_of(parameters: Parameters) -> tuple[Record, bool]:
    """The checked values of all known parameters, and whether they are not those of its making."""
    known = [name for name in ("v", "c", "z", *LINKED) if name in parameters]
    texts = {name: _last(name, parameters[name]) for name in known}
    if sum(map(len, texts.values())) > MAX_LINK:
        raise InputError("link-length", f"This link is longer than {MAX_LINK} characters.")
    _check_version(texts.pop("v", str(VERSION)))
    packed = _unpacked(texts.pop("z")) if "z" in texts else {}
    changed = "c" in texts and texts.pop("c") != _checksum(texts)
    written_out = {name: BY_NAME[name].parse(text) for name, text in texts.items()}
    return packed | written_out, changed


def _last(name: str, values: str | Sequence[str]) -> str:
    several = isinstance(values, Sequence) and not isinstance(values, str) and values
    text = values[-1] if several else values
    if not isinstance(text, str):
        raise InputError("link-damaged", f"This link is damaged: {name} is not text.")
    return text


def _check_version(version: object) -> None:
    text = str(version)
    if text == str(VERSION):
        return
    if text.isascii() and text.isdecimal() and text.lstrip("0"):
        raise InputError("link-newer", "This link was made by a newer version.")
    raise InputError("link-damaged", "This link is damaged: its version is not a number.")


def _unpacked(text: str) -> Record:
    """The record that `_packed` wrote, checked."""
    try:
        values = strict_json.loads(unpacked(text, MAX_UNPACKED))
    except NotJson as error:
        raise InputError("link-damaged", f"This link is damaged: {error}.") from None
    except InputError as error:
        if error.code == "packed-size":
            raise InputError("link-size", "This link is damaged: it unpacks to too much.") from None
        raise InputError("link-damaged", CUT) from None
    if not isinstance(values, dict):
        raise InputError("link-damaged", CUT)
    _check_version(values.pop("v", VERSION))
    record = {name: LINKED[name].check(values[name]) for name in LINKED if name in values}
    if values.keys() != record.keys():
        raise InputError("link-damaged", "This link is damaged: it holds an unknown item.")
    return record
