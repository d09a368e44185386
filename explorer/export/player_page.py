"""A whole run as one HTML page that plays by itself: no server, no network, one file.

The page holds Plotly, the live plot's own markup, style and script, and the run. Its content
security policy lets nothing else in and nothing out.
"""

import base64
import hashlib
from dataclasses import dataclass
from html import escape
from typing import Any

from explorer.io import strict_json


@dataclass(frozen=True)
class Stage:
    """What the live plot consists of.

    html, css: its markup and style; script: an ES module that defines the function `mount`;
    payload: what it is told about the run, JSON-ready; library: Plotly's JavaScript.
    """

    html: str
    css: str
    script: str
    payload: dict[str, Any]
    library: str


def player(stage: Stage, title: str, remark: str) -> str:
    """The page's HTML. title and remark are plain text, whoever wrote them."""
    library, script = _inline(stage.library), _inline(stage.script + MOUNT)
    scripts = " ".join(map(_digest, (library, script)))
    return PAGE.format(
        policy=f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'",
        title=escape(title),
        remark=escape(remark),
        css=stage.css.replace("</", "<\\/"),
        html=stage.html,
        run=strict_json.dumps(stage.payload).replace("<", "\\u003c"),
        library=library,
        script=script,
    )


def _inline(script: str) -> str:
    """JavaScript that no HTML parser takes to end early; in strings and patterns it is the same."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


MOUNT = """
mount({
  data: JSON.parse(document.getElementById("run").textContent),
  parentElement: document.querySelector("main"),
  setStateValue() {},
  setTriggerValue() {},
});
"""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · EM Explorer</title>
<style>
:root {{ --st-background-color: #ffffff; --ink: #1c2630; color-scheme: light dark; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --st-background-color: #12171d; --ink: #e7ecf1; }}
}}
body {{ margin: 0 auto; max-width: 62rem; padding: 1rem; font-family: system-ui, sans-serif;
  color: var(--ink); background: var(--st-background-color); }}
h1 {{ margin: 0.2rem 0; font-size: 1.3rem; font-weight: 600; }}
p {{ margin: 0.2rem 0; }}
/* The run is a record: nothing can be removed from it. */
.em-selected button:first-of-type,
.em-keys dt:last-of-type, .em-keys dd:last-of-type {{ display: none; }}
</style>
<style>{css}</style>
</head>
<body>
<header><h1>{title}</h1><p>{remark}</p></header>
<main>{html}</main>
<noscript><p>This page needs JavaScript, all of which is in this file.</p></noscript>
<script type="application/json" id="run">{run}</script>
<script>{library}</script>
<script type="module">{script}</script>
</body>
</html>
"""
