"""The app on a free port of this machine, for as long as a `with` block lasts."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class AppServer:
    """A running app: its address, its process, and the file its output goes to."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def running_app(
    script: Path = ROOT / "streamlit_app.py",
    base_path: str = "",
    port: int | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[AppServer]:
    """Start `script` under Streamlit, wait until it answers, and end it afterwards in any case.

    base_path: where the app lives at its address, as behind a proxy ("/em"), or "";
    port: any that is free where it is None; environment: what the process has beyond this one's.
    """
    port = port or free_port()
    options = (
        "--server.address=127.0.0.1",
        f"--server.port={port}",
        "--server.headless=true",
        "--server.fileWatcherType=none",
        f"--server.baseUrlPath={base_path}",
    )
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "server.log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", str(script), *options],
                cwd=ROOT,
                env=os.environ | {"PYTHONUNBUFFERED": "1"} | dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        server = AppServer(f"http://127.0.0.1:{port}{base_path}", process, log)
        try:
            wait_until_healthy(server)
            yield server
        finally:
            end(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(server: AppServer, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with urlopen(f"{server.url}/_stcore/health", timeout=5) as answer:
                if answer.read() == b"ok":
                    return
        except (URLError, OSError):
            pass
        time.sleep(0.05)
    raise RuntimeError(f"The app did not start. It printed:\n{server.log.read_text()}")


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
