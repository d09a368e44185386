"""What a visit begins with: what its address stands for, or the file the app was started with."""

import json
import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from em_core import InputError
from explorer.io import link
from explorer.io.file_named import problem_in

VARIABLE = "EM_EXPLORER_FILE"
"""The environment variable by which the command `em-explorer` names a file: path and columns."""


def told(path: Path, columns: Sequence[str]) -> dict[str, str]:
    """The environment variable that names this file."""
    return {VARIABLE: json.dumps([str(path), *columns])}


def opened(parameters: link.Parameters, environment: Mapping[str, str] = os.environ) -> link.Opened:
    """An address that says something comes first, where it has not had to leave the data out."""
    named = environment.get(VARIABLE)
    said = {name for name in parameters if not link.OF_OTHERS.fullmatch(name)}
    if named is None or (said and link.MISSING not in said):
        return link.decode(parameters)
    return _of_file(named)


@lru_cache(maxsize=1)
def _of_file(named: str) -> link.Opened:
    """The points are read once and shared by all visits."""
    path, *columns = json.loads(named)
    try:
        problem, view, notes = problem_in(Path(path), columns)
    except InputError as error:
        fallen_back = link.decode({})
        return link.Opened(fallen_back.problem, fallen_back.view, f"{error} {link.INSTEAD}")
    return link.Opened(problem, view, " ".join(notes))
