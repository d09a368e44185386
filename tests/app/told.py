"""The app under AppTest: opened, what its page says, and what its components were told."""

import json
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "streamlit_app.py"


def app_at(**query: str) -> AppTest:
    """The app as it opens at the address with this query."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params.update(query)
    return app.run()


def told(app: AppTest, name: str) -> dict[str, Any]:
    """All that the component is told that is told `name`: `run` the stage, `query` the address."""
    protos = [element.proto for element in app.get("bidi_component")]
    payloads = [json.loads(proto.bytes or proto.json or "{}") for proto in protos]
    return next(payload for payload in payloads if name in payload)


def text(app: AppTest) -> str:
    """All that is written: what stands on the page, and what follows the cursor."""
    protos = [element.proto for element in app.get("bidi_component")]
    told = [json.loads(each.bytes) for each in protos if each.component_name == "words"]
    long = [json.loads(each.json) for each in protos if each.component_name == "long_words"]
    written = [text for each in told for text in each["words"].values()]
    written += [each["body"] for each in long]
    return "\n".join([*(element.proto.body for element in app.get("html")), *written])
