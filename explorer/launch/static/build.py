"""Build the static site: the same app as a folder of files that any static host can publish.

    em-explorer static FOLDER [--address https://…/]

The page loads stlite (Streamlit on WebAssembly) and Pyodide from their public CDN at the fixed
versions and hashes of `cdn.json`; everything else is in the folder.
"""

import ast
import hashlib
import json
import shutil
import string
import subprocess
import sys
import zipfile
from html import escape
from io import BytesIO
from pathlib import Path

from explorer.launch.places import MAIN, PICTURE, PROJECT, SETTINGS
from explorer.stage import library

HERE = Path(__file__).parent
PACKAGES = ("em_core", "explorer")
NEEDLESS = ("__pycache__", "launch")
Cdn = dict[str, dict]


def build(folder: Path, cdn: Cdn | None = None, address: str = "") -> None:
    """Write the site into `folder`, replacing a site that is there.

    address: where it will be published, for previews of links and the page of what is not found.
    """
    cdn = cdn or read_cdn()
    if (folder / "pyodide.mjs").exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise SystemExit(f"{folder} holds other files: name a folder that is empty or new.")
    wheels = fetch_wheels(folder / "wheels")
    plotly = write_named_by_content(folder, "plotly.min.js", library.source())
    site = {
        "app": write_named_by_content(folder, "app.zip", zip_app()),
        "wheels": [f"wheels/{name}" for name in wheels],
        "plotly": plotly,
        "stlite": f"{cdn['stlite']['base']}/stlite.js",
        "checked": hashes(cdn["pyodide"]) | hashes(cdn["stlite"], ".whl"),
    }
    fill(folder, "pyodide.mjs", CORE=cdn["pyodide"]["base"], PACKAGES=cdn["pyodide"]["packages"])
    fill(
        folder,
        "index.html",
        CSS=f"{cdn['stlite']['base']}/stlite.css",
        CSS_HASH=cdn["stlite"]["files"]["stlite.css"],
        IMPORT_MAP=json.dumps({"integrity": hashes(cdn["stlite"], ".js")}),
        PLOTLY=plotly,
        SITE=json.dumps(site),
        ADDRESS=escape(address),
    )
    fill(folder, "404.html", ADDRESS=escape(address) or "./")
    for name in ("favicon.svg", "_headers"):
        shutil.copy(HERE / name, folder)
    shutil.copy(PICTURE, folder / "preview.png")


def read_cdn() -> Cdn:
    return json.loads((HERE / "cdn.json").read_text(encoding="utf-8"))


def hashes(part: dict, ending: str = "") -> dict[str, str]:
    """Address -> integrity of the part's files whose names have that ending."""
    return {
        f"{part['base']}/{name}": value
        for name, value in part["files"].items()
        if name.endswith(ending)
    }


def zip_app() -> bytes:
    """The app's own files as a zip; the same files always give the same bytes."""
    files = {
        MAIN.name: with_shim(MAIN.read_text(encoding="utf-8")).encode(),
        "shim.py": (HERE / "shim.py").read_bytes(),
        ".streamlit/config.toml": SETTINGS.read_bytes(),
    }
    for package in PACKAGES:
        for path in (PROJECT / package).rglob("*"):
            own = path.relative_to(PROJECT)
            if path.is_file() and not set(NEEDLESS) & set(own.parts):
                files[own.as_posix()] = path.read_bytes()
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def with_shim(source: str) -> str:
    """The main script, importing `shim` on the line after its docstring."""
    lines = source.splitlines(keepends=True)
    tree = ast.parse(source)
    after = (tree.body[0].end_lineno or 0) if ast.get_docstring(tree) is not None else 0
    return "".join([*lines[:after], "import shim\n", *lines[after:]])


def fetch_wheels(folder: Path) -> list[str]:
    """Fetch the pure-Python wheels of requirements.txt with their hashes checked."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none"]
    command += ["--python-version=3.13", "--require-hashes", f"--dest={folder}"]
    subprocess.run([*command, "--requirement", str(HERE / "requirements.txt")], check=True)
    return sorted(path.name for path in folder.iterdir())


def write_named_by_content(folder: Path, name: str, content: bytes) -> str:
    """Write the file under a name that changes with its content, so that no cache serves a mix."""
    stem, _, ending = name.partition(".")
    named = f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
    (folder / named).write_bytes(content)
    return named


def fill(folder: Path, name: str, **values: str) -> None:
    template = string.Template((HERE / name).read_text(encoding="utf-8"))
    (folder / name).write_text(template.substitute(values), encoding="utf-8")


def said(folder: Path) -> str:
    """What was written there, in a sentence."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return f"{folder}: {size / 1e6:.1f} MB, ready for any static host"
