"""Build the static site: the same app as a folder of files that any static host can publish.

    em-explorer static FOLDER [--address https://…/]

The page loads stlite (Streamlit on WebAssembly) and Pyodide from their public CDN at the fixed
versions and hashes of `cdn.json`; everything else is in the folder.
"""

import ast
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from html import escape
from io import BytesIO
from pathlib import Path

from explorer.io.places import MAIN, PICTURE, PROJECT, SETTINGS
from explorer.launch.static.page import (
    Site,
    fill,
    filled,
    write_named_by_content,
    write_page,
)
from explorer.stage.library import source

HERE = Path(__file__).parent
PACKAGES = ("em_core", "explorer")
NEEDLESS = ("__pycache__", "launch")
PYODIDES = ["markupsafe"]
"""What the app needs of Pyodide's own packages, besides what stlite asks for."""
STARTING = [
    *PYODIDES,
    *("micropip", "numpy", "packaging", "typing-extensions", "starlette", "anyio", "pyodide-http"),
]
"""All of them that come before the app, but for what these ask for themselves."""
LATER = ["pandas", "pillow", "altair", "fastparquet"]
"""What Streamlit asks for and the app starts without; `shim.py` brings what a table takes."""
Cdn = dict[str, dict]


def build(folder: Path, cdn: Cdn | None = None, address: str = "") -> None:
    """Write the site into `folder`, replacing a site that is there.

    address: where it will be published, for previews of links and the page of what is not found.
    """
    cdn = cdn or read_cdn()
    if (folder / "worker.js").exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise SystemExit(f"{folder} holds other files: name a folder that is empty or new.")
    site = write_app(folder, cdn)
    front = write_page(folder, site, hashes(cdn["stlite"], ".js"), address)
    write_worker(folder, cdn, site, front)
    fill(folder, "404.html", ADDRESS=escape(address) or "./")
    for name in ("favicon.svg", "_headers"):
        shutil.copy(HERE / name, folder)
    shutil.copy(PICTURE, folder / "preview.png")


def write_app(folder: Path, cdn: Cdn) -> Site:
    """The app and what Python needs for it; where all of it lies."""
    stlite, pyodide = cdn["stlite"], cdn["pyodide"]
    loader = filled(
        "pyodide.mjs",
        CORE=pyodide["base"],
        PACKAGES=pyodide["packages"],
        LATER=json.dumps(LATER),
    )
    app = write_named_by_content(folder, "app.zip", zip_app())
    wheels = [f"wheels/{name}" for name in fetch_wheels(folder / "wheels")]
    return {
        "app": app,
        "wheels": wheels,
        "packages": PYODIDES,
        "plotly": write_named_by_content(folder, "plotly.js", source()),
        "pyodide": write_named_by_content(folder, "pyodide.mjs", loader.encode()),
        "stlite": f"{stlite['base']}/stlite.js",
        "css": f"{stlite['base']}/stlite.css",
        "cssHash": stlite["files"]["stlite.css"],
        "worker": "worker.js",
        "awaited": awaited(stlite)
        + awaited(pyodide)
        + [awaited_here(folder, name) for name in (app, *wheels)],
        "starting": STARTING,
        "lock": f"{pyodide['base']}/pyodide-lock.json",
        "store": pyodide["packages"],
    }


def write_worker(folder: Path, cdn: Cdn, site: Site, front: str) -> None:
    """The service worker, which knows what never changes at its address."""
    first = [site["plotly"], front]
    stlite, pyodide = cdn["stlite"], cdn["pyodide"]
    stores = [f"{base}/" for base in (stlite["base"], pyodide["base"], pyodide["packages"])]
    lasting = [*first, site["app"], site["pyodide"], "wheels/", *stores]
    version = hashlib.sha256(json.dumps([front, site]).encode()).hexdigest()[:12]
    kept = {"FIRST": json.dumps(first), "LASTING": json.dumps(lasting)}
    fill(folder, "worker.js", VERSION=version, **kept)


def read_cdn() -> Cdn:
    return json.loads((HERE / "cdn.json").read_text(encoding="utf-8"))


def hashes(part: dict, ending: str) -> dict[str, str]:
    """Address -> integrity of the part's files whose names have that ending."""
    return {
        f"{part['base']}/{name}": value
        for name, value in part["files"].items()
        if name.endswith(ending)
    }


def awaited(part: dict) -> list[Site]:
    """What Python's start takes of this part of the CDN, for a count of what has arrived."""
    return [
        {"url": f"{part['base']}/{name}", "integrity": part["files"][name], "size": size}
        for name, size in part["sizes"].items()
    ]


def awaited_here(folder: Path, name: str) -> Site:
    """The same of a file of the site's own."""
    content = (folder / name).read_bytes()
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return {"url": name, "integrity": f"sha256-{digest}", "size": len(content)}


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


def said(folder: Path) -> str:
    """What was written there, in a sentence."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return f"{folder}: {size / 1e6:.1f} MB, ready for any static host"
