"""What a page under AppTest says, and what its components were told."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def told(app: AppTest, name: str) -> dict[str, Any]:
    """All that the component is told that is told `name`: `run` the stage, `query` the address."""
    protos = [element.proto for element in app.get("bidi_component")]
    payloads = [json.loads(proto.bytes or proto.json or "{}") for proto in protos]
    return next(payload for payload in payloads if name in payload)


def text(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))
