"""A problem and what is looked at as a JSON file, for data that a link cannot carry.

    {"em_explorer": 1,
     "data": {"points": [0.2, -0.9, -1, 1.2, 1.8], "title": "…"},
     "start": {"weights": [0.5, 0.5], "means": [-3, 2], "variances": [4, 4]},
     "options": {"covariance_type": "full", "tol": 1e-06, …},
     "view": {"iteration": 1, "phase": "M", …}}

Sections and keys are those of `explorer.io.fields`. A person's own points are all in the file; a
named or generated data set is named.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from em_core import InputError
from explorer.io import strict_json
from explorer.io.fields import FIELDS, Field, Record, from_record, to_record
from explorer.io.strict_json import NotJson
from explorer.model.problem import Problem, View
from explorer.model.refusal import echo

FORMAT = "em_explorer"
VERSION = 1
MAX_CHARACTERS = 50_000_000

Sections = dict[str, dict[str, Any]]


def to_json(problem: Problem, view: View) -> str:
    """The session file's text; `from_json` gives back the same to the last digit."""
    sections = {FORMAT: VERSION} | to_sections(problem, view)
    lines = (f'"{name}": {strict_json.dumps(values)}' for name, values in sections.items())
    return "{" + ",\n ".join(lines) + "}\n"


def from_json(text: str) -> tuple[Problem, View]:
    """The problem and view of a session file; what it leaves out is as usual for its data.

    Raises InputError, naming what is wrong.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError("session-size", f"The file is longer than {MAX_CHARACTERS} characters.")
    try:
        sections = strict_json.loads(text.removeprefix("\ufeff"))
    except NotJson as error:
        raise InputError("session-json", f"This is not a session file: {error}.") from None
    _check_version(sections)
    return from_sections({name: sections[name] for name in sections if name != FORMAT})


def to_sections(problem: Problem, view: View, fields: Sequence[Field] = FIELDS) -> Sections:
    """The values of each section by their keys, of these fields."""
    record = to_record(problem, view, fields)
    sections: Sections = {}
    for field in fields:
        if field.name in record:
            written = sections.setdefault(field.part.section, {})
            written[field.key] = field.kind.plain(record[field.name])
    return sections


def from_sections(sections: Mapping[str, Any]) -> tuple[Problem, View]:
    """As `from_json`, of what was read already."""
    return from_record(_record_of(sections))


def _check_version(sections: object) -> None:
    version = sections.get(FORMAT) if isinstance(sections, dict) else None
    if type(version) is not int or version < 1:
        raise InputError(
            "session-format", f'This is not a session file: it has no "{FORMAT}" number.'
        )
    if version > VERSION:
        raise InputError("session-newer", "This session file was made by a newer version.")


def _record_of(sections: Mapping[str, Any]) -> Record:
    """The checked values of the file; InputError for anything it should not hold."""
    places = {(field.part.section, field.key): field for field in FIELDS}
    record = {}
    for section, values in sections.items():
        if not isinstance(values, dict):
            raise InputError("session-section", f'"{echo(section)}" is not an object.')
        for key, value in values.items():
            if (section, key) not in places:
                raise InputError("session-key", f'"{echo(key)}" in "{echo(section)}" is unknown.')
            field = places[section, key]
            record[field.name] = field.check(value)
    return record
