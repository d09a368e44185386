"""JSON as written here and accepted from strangers: finite numbers only, nothing that can hurt."""

import json
import math
from typing import Any

import numpy as np


class NotJson(ValueError):
    """The text is not JSON, or not JSON that is read here; its message ends a sentence."""


def dumps(value: Any) -> str:
    """Compact JSON; arrays as lists, each float in the shortest form that reads back the same."""
    return json.dumps(
        value,
        default=np.ndarray.tolist,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    )


def loads(text: str) -> Any:
    """The value of JSON text. NotJson for anything else, NaN, infinity and deep nesting."""
    try:
        return json.loads(
            text, parse_int=_whole, parse_float=_finite, parse_constant=_refuse_constant
        )
    except RecursionError:
        raise NotJson("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"line {error.lineno} is not JSON") from None


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= 20 else _finite(digits)


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise NotJson(f"{digits[:40]} is too large for a number")
    return value


def _refuse_constant(name: str) -> float:
    raise NotJson(f"{name} is not a finite number")
