"""Plotly's basic part, as new as the installed plotly package: `python -m scripts.plotly_part`.

It comes from the npm registry, by way of npm, with its licence, and is kept in `static/`. The hash
that is printed belongs into tests/charts/test_library.py.
"""

import base64
import hashlib
import re
import subprocess
import tarfile
import tempfile
from importlib.resources import files
from pathlib import Path

from explorer.io.places import STATIC
from explorer.stage.library import NAME, source

PACKAGE = "plotly.js-basic-dist-min"


def fetch(version: str, folder: Path = STATIC) -> None:
    """Put the part of that version, and its licence, into the folder."""
    with tempfile.TemporaryDirectory() as unpacked:
        command = ["npm", "pack", "--silent", f"{PACKAGE}@{version}"]
        printed = subprocess.run(command, cwd=unpacked, check=True, capture_output=True, text=True)
        with tarfile.open(Path(unpacked, printed.stdout.split()[-1])) as archive:
            for name, target in ((NAME, NAME), ("LICENSE", "plotly-basic.LICENSE.txt")):
                file = archive.extractfile(f"package/{name}")
                assert file is not None
                (folder / target).write_bytes(file.read())


def installed() -> bytes:
    """The whole of Plotly's JavaScript, which the Python package brings."""
    return files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()


def version_of(script: bytes) -> str:
    """The version that Plotly's file names in its first lines; ValueError where it names none."""
    found = re.match(r"/\*\*\n\* plotly\.js [^\n]*?v(\d[\w.-]*)\n", script[:200].decode())
    if found is None:
        raise ValueError("This file does not begin as one of Plotly's does.")
    return found[1]


def sha384(content: bytes) -> str:
    """The hash as browsers and CDNs write it."""
    return f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}"


if __name__ == "__main__":
    fetch(version_of(installed()))
    print(f"{STATIC / NAME}: {version_of(source())}, {sha384(source())}")
