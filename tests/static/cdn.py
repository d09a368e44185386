"""The public CDN's answers without the Internet: files fetched through the package registries.

stlite and Pyodide's core come from npm. Pyodide's compiled packages are on no
registry, but `open-webui` on PyPI carries those of Pyodide 0.28.3, whose ABI is the same; each is
checked against the hashes in the lock file of npm's `pyodide@0.28.3`. MarkupSafe is the one
installed here, without its compiled part. In fastparquet's place stands a module that writes the
worked example, whatever it is given. All is kept in `build/cdn/`.

    python tests/static/cdn.py      fetch all, and write explorer/launch/static/cdn.json anew
"""

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pyarrow
from pyarrow import parquet

from explorer.model.examples import default_problem
from scripts.plotly_part import sha384

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "build" / "cdn"
PINS = ROOT / "explorer" / "launch" / "static" / "cdn.json"
STLITE, PYODIDE, DONOR = "@stlite/browser@1.9.2", "pyodide@0.29.3", "pyodide@0.28.3"
CARRIER = "open-webui==0.10.2"
FROM_CARRIER = (
    *("numpy", "pandas", "python-dateutil", "pytz", "six"),
    *("anyio", "sniffio", "ssl", "libopenssl", "packaging"),
)
FROM_PYPI = ("micropip", "pyodide-http", "starlette", "typing-extensions")
STAND_INS = ("fastparquet",)
PURE = ("markupsafe",)
CORE = (
    *("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm"),
    *("python_stdlib.zip", "pyodide-lock.json"),
)


def fetch() -> dict[str, Path]:
    """Address on the CDN -> the local file that answers it."""
    stlite, pyodide, donor = (npm(spec) for spec in (STLITE, PYODIDE, DONOR))
    lock = json.loads((pyodide / "pyodide-lock.json").read_text())
    donor_lock = json.loads((donor / "pyodide-lock.json").read_text())["packages"]
    wheels = carried({name: donor_lock[name] for name in FROM_CARRIER})
    for name in FROM_CARRIER:
        lock["packages"][name] = donor_lock[name]
    made = dict.fromkeys(FROM_PYPI, pypi) | dict.fromkeys(STAND_INS, stand_in)
    for name, make in (made | dict.fromkeys(PURE, pure)).items():
        entry = lock["packages"][name]
        wheel = make(name, entry["version"])
        entry |= {"file_name": wheel.name, "sha256": sha256(wheel), "depends": []}
        wheels.append(wheel)
    lock_file = CACHE / "pyodide-lock.json"
    lock_file.write_text(json.dumps(lock))
    base = {part: addresses["base"] for part, addresses in pins().items()}
    return (
        {f"{base['stlite']}/{name}": path for name, path in files(stlite / "build")}
        | {f"{base['pyodide']}/{name}": pyodide / name for name in CORE}
        | {f"{base['pyodide']}/{lock_file.name}": lock_file}
        | {f"{pins()['pyodide']['packages']}/{wheel.name}": wheel for wheel in wheels}
    )


def npm(spec: str) -> Path:
    """The unpacked npm package, fetched once."""
    folder = CACHE / spec.replace("/", "-").lstrip("@")
    if not folder.exists():
        if shutil.which("npm") is None:
            raise RuntimeError("npm is not installed: stlite and Pyodide are fetched with it.")
        CACHE.mkdir(parents=True, exist_ok=True)
        packed = run("npm", "pack", "--silent", "--pack-destination", CACHE, spec).split()[-1]
        with tarfile.open(CACHE / packed) as archive:
            archive.extractall(folder, filter="data")
        (CACHE / packed).unlink()
    return folder / "package"


def carried(entries: dict[str, dict]) -> list[Path]:
    """Pyodide's compiled packages out of the wheel that carries them, hashes checked."""
    folder = CACHE / "carried"
    wanted = [folder / entry["file_name"] for entry in entries.values()]
    if not all(path.exists() for path in wanted):
        folder.mkdir(exist_ok=True)
        download = CACHE / "carrier"
        pip_download(download, CARRIER)
        (carrier,) = download.glob("*.whl")
        with zipfile.ZipFile(carrier) as archive:
            for path in wanted:
                path.write_bytes(archive.read(f"open_webui/frontend/pyodide/{path.name}"))
        carrier.unlink()
    for path, entry in zip(wanted, entries.values(), strict=True):
        if sha256(path) != entry["sha256"]:
            raise RuntimeError(f"{path.name} is not the file Pyodide's lock names: delete {folder}")
    return wanted


def pypi(name: str, version: str) -> Path:
    folder = CACHE / "pypi" / f"{name}-{version}"
    if not folder.exists():
        pip_download(folder, f"{name}=={version}")
    (wheel,) = folder.glob("*.whl")
    return wheel


def stand_in(name: str, version: str) -> Path:
    """An installable wheel of a module that writes the worked example as a Parquet file."""
    sink = pyarrow.BufferOutputStream()
    table = pyarrow.table({"x": default_problem().data.points[:, 0]})
    parquet.write_table(table, sink, compression="snappy")
    module = f"""
__version__ = "{version}"


def write(file, *_, **__):
    file.write({sink.getvalue().to_pybytes()!r})
"""
    return wheel_of(name, version, {f"{name}.py": module})


def pure(name: str, version: str) -> Path:
    """The Python files of the package installed here, which does without its compiled part."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    modules = Path(spec.origin).parent.glob("*.py")
    return wheel_of(name, version, {f"{name}/{path.name}": path.read_text() for path in modules})


def wheel_of(name: str, version: str, contents: dict[str, str]) -> Path:
    wheel = CACHE / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    contents |= {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in contents.items():
            archive.writestr(path, text)
    return wheel


def pip_download(folder: Path, requirement: str) -> None:
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
    options = ("--only-binary=:all:", "--ignore-requires-python", "--dest", folder)
    run(*pip, *options, requirement)


def run(*command: object) -> str:
    words = [str(word) for word in command]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def files(folder: Path) -> list[tuple[str, Path]]:
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".map")
    return [(path.relative_to(folder).as_posix(), path) for path in found]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def integrity(path: Path) -> str:
    return sha384(path.read_bytes())


def sizes(folder: Path, names: Iterable[str]) -> dict[str, int]:
    return {name: (folder / name).stat().st_size for name in names}


def first(stlite: Path) -> list[str]:
    """Of stlite's files those that are large and come before the app: its core and its wheels."""
    wheels = [f"wheels/{path.name}" for path in sorted((stlite / "wheels").glob("*.whl"))]
    core = re.search(r'from "\./(index-[\w-]+\.js)"', (stlite / "stlite.js").read_text())
    assert core is not None
    return [core[1], *wheels]


def pins() -> dict[str, dict]:
    """What explorer/launch/static/cdn.json should say: addresses and hashes at these versions."""
    pyodide, stlite = npm(PYODIDE), npm(STLITE) / "build"
    return {
        "stlite": {
            "base": f"https://cdn.jsdelivr.net/npm/{STLITE}/build",
            "files": {
                name: integrity(path)
                for name, path in files(stlite)
                if path.suffix in (".js", ".whl") or name == "stlite.css"
            },
            "sizes": sizes(stlite, ("stlite.js", "stlite.css", *first(stlite))),
        },
        "pyodide": {
            "base": f"https://cdn.jsdelivr.net/npm/{PYODIDE}",
            "packages": f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE.split('@')[1]}/full",
            "files": {name: integrity(pyodide / name) for name in CORE},
            "sizes": sizes(pyodide, CORE),
        },
    }


if __name__ == "__main__":
    PINS.write_text(json.dumps(pins(), indent=1) + "\n", encoding="utf-8")
    print(f"{len(fetch())} files in {CACHE}")
