"""Plotly's basic part for the app's own server: `python -m scripts.smaller_plotly`. Needs npm.

A first visit opens in two thirds of the time with it. It comes from the npm registry, is checked
against the hash that the static site knows it by, and lies in `static/`, where the app finds it.
"""

import base64
import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

from explorer.launch.static.build import hashes, read_cdn
from explorer.stage.library import PART, STATIC


def fetch(target: Path = STATIC / PART) -> None:
    """Put the file there; RuntimeError where it is not the one that is known."""
    part = read_cdn()["plotly"]
    ((address, known),) = hashes(part).items()
    content = packed(part["base"].rpartition("/")[2], address.rpartition("/")[2])
    if sha384(content) != known:
        raise RuntimeError(f"{address} has another hash than {known}.")
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(content)


def packed(package: str, name: str) -> bytes:
    """A file of the npm package `name@version`."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", package]
        printed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
        with tarfile.open(Path(folder, printed.stdout.split()[-1])) as archive:
            file = archive.extractfile(f"package/{name}")
            assert file is not None
            return file.read()


def sha384(content: bytes) -> str:
    return f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}"


if __name__ == "__main__":
    fetch()
    print(f"{STATIC / PART}: start the app anew.")
